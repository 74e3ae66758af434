//! Days of the workspace's calendar, and what is overdue.

use std::sync::Arc;

use chrono::TimeDelta;
use crm_app::Crm;
use crm_domain::activity::Actor;
use crm_domain::due::Tz;
use crm_domain::list::ListQuery;
use crm_domain::task::{DueFilter, TaskFilter};
use crm_testing::TestApp;
use crm_testing::app::secrets;
use serde_json::{Value, json};

use super::{list, make, path, titles};

async fn app_in(zone: Tz) -> TestApp {
    TestApp::with(|builder| builder.time_zone(zone)).await
}

#[tokio::test]
async fn a_date_is_the_same_in_every_zone_and_overdue_when_its_day_has_ended_there() {
    // It is 2026-01-02, 12:00 in UTC.
    for (zone, overdue, today) in [
        (Tz::UTC, vec!["First"], vec!["Second"]),
        (Tz::America__New_York, vec!["First"], vec!["Second"]),
        (
            Tz::Pacific__Auckland,
            vec!["First", "Second"],
            vec!["Third"],
        ),
        (
            Tz::Pacific__Kiritimati,
            vec!["First", "Second"],
            vec!["Third"],
        ),
    ] {
        let app = app_in(zone).await;
        let agent = app.agent().await;
        for (title, date) in [
            ("First", "2026-01-01"),
            ("Second", "2026-01-02"),
            ("Third", "2026-01-03"),
        ] {
            let task = make(&agent, title, json!({ "dueDate": date })).await;
            assert_eq!(task["dueDate"], date, "{zone}");
            assert_eq!(task["dueAt"], Value::Null, "{zone}");
            let shown = agent.get(&path(&task)).expect(200).await;
            assert_eq!(shown, task, "{zone}");
            let on = format!("from={date}&to={date}");
            assert_eq!(titles(&list(&agent, &on).await), [title], "{zone}");
        }
        assert_eq!(
            titles(&list(&agent, "due=overdue").await),
            overdue,
            "{zone}"
        );
        assert_eq!(titles(&list(&agent, "due=today").await), today, "{zone}");
    }
}

#[tokio::test]
async fn a_day_is_overdue_at_its_end_and_an_instant_when_it_has_passed() {
    let app = app_in(Tz::America__New_York).await;
    let agent = app.agent().await;
    make(&agent, "On", json!({ "dueDate": "2026-01-02" })).await;
    // An hour before the end of that day in New York, which is the next day in UTC.
    make(&agent, "At", json!({ "dueAt": "2026-01-03T04:00:00Z" })).await;
    let due = async |query| list(&app.sign_in(agent.user().clone()).await, query).await;
    assert_eq!(titles(&due("due=today").await), ["At", "On"]);
    app.clock.advance(TimeDelta::hours(16));
    assert!(titles(&due("due=overdue").await).is_empty());
    app.clock.advance(TimeDelta::microseconds(1));
    assert_eq!(titles(&due("due=overdue").await), ["At"]);
    app.clock
        .advance(TimeDelta::hours(1) - TimeDelta::microseconds(2));
    assert_eq!(titles(&due("due=overdue").await), ["At"]);
    app.clock.advance(TimeDelta::microseconds(1));
    assert_eq!(titles(&due("due=overdue").await), ["At", "On"]);
    assert!(titles(&due("due=today").await).is_empty());
}

#[tokio::test]
async fn only_what_is_still_to_be_done_is_overdue() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    for status in ["Open", "InProgress", "Done", "Cancelled"] {
        let more = json!({ "dueDate": "2026-01-01", "status": status });
        make(&agent, status, more).await;
        app.clock.advance(TimeDelta::seconds(1));
    }
    let overdue = list(&agent, "due=overdue&sort=createdAt").await;
    assert_eq!(titles(&overdue), ["Open", "InProgress"]);
    assert_eq!(overdue["totalTasks"], 2);
}

#[tokio::test]
async fn a_week_is_today_and_the_six_days_after_it() {
    let app = app_in(Tz::Europe__Berlin).await;
    let agent = app.agent().await;
    for day in 1..10 {
        let more = json!({ "dueDate": format!("2026-01-0{day}") });
        make(&agent, &format!("{day}"), more).await;
    }
    // Midnight after the seventh day in Berlin.
    make(&agent, "late", json!({ "dueAt": "2026-01-08T23:00:00Z" })).await;
    make(&agent, "just", json!({ "dueAt": "2026-01-08T22:59:59Z" })).await;
    let week = list(&agent, "due=week&limit=100").await;
    let expected = ["2", "3", "4", "5", "6", "7", "just", "8"];
    assert_eq!(titles(&week), expected);
    let cut = list(&agent, "due=week&from=2026-01-07&to=2026-01-20").await;
    assert_eq!(titles(&cut), ["7", "just", "8"]);
}

#[tokio::test]
async fn a_day_and_an_instant_take_the_place_of_each_other() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let (date, at) = ("2026-01-05", "2026-01-05T12:00:00Z");
    let both = json!({ "title": "x", "dueDate": date, "dueAt": at });
    let problem = agent.post("/api/tasks").json(both).expect(400).await;
    assert_eq!(problem["errors"][0]["pointer"], "#/dueAt");
    let path = path(&make(&agent, "x", json!({ "dueDate": date })).await);
    for (edit, expected) in [
        (json!({ "dueAt": at }), (Value::Null, json!(at))),
        (json!({ "dueDate": null }), (Value::Null, json!(at))),
        (json!({ "dueDate": date }), (json!(date), Value::Null)),
        (
            json!({ "dueAt": at, "dueDate": null }),
            (Value::Null, json!(at)),
        ),
        (json!({ "dueAt": null }), (Value::Null, Value::Null)),
    ] {
        let edited = agent.patch(&path).json(edit.clone()).expect(200).await;
        let due = (edited["dueDate"].clone(), edited["dueAt"].clone());
        assert_eq!(due, expected, "{edit}");
    }
    let both = json!({ "dueDate": date, "dueAt": at });
    agent.patch(&path).json(both).expect(400).await;
}

/// The order of days among instants is that of the zone before, until they are written again.
#[tokio::test]
async fn what_is_overdue_is_right_also_when_the_workspace_has_moved() {
    let app = app_in(Tz::Pacific__Kiritimati).await;
    let agent = app.agent().await;
    for day in 1..6 {
        let more = json!({ "dueDate": format!("2026-01-0{day}") });
        make(&agent, &format!("{day}"), more).await;
    }
    let moved = Crm::builder(app.database().pool(), secrets())
        .clock(Arc::clone(&app.clock) as _)
        .time_zone(Tz::Pacific__Niue)
        .build();
    let due = async |due| {
        let query = ListQuery {
            filter: TaskFilter {
                due: Some(due),
                ..TaskFilter::default()
            },
            ..ListQuery::default()
        };
        let list = moved.tasks().list(&Actor::system("test"), &query).await;
        let records = list.unwrap().records.into_iter();
        records
            .map(|listed| listed.task.title.to_string())
            .collect::<Vec<_>>()
    };
    // Kiritimati is 25 hours ahead of Niue, where it is still 2026-01-02.
    assert_eq!(due(DueFilter::Overdue).await, ["1"]);
    assert_eq!(due(DueFilter::Today).await, ["2"]);
    assert_eq!(due(DueFilter::Week).await, ["2", "3", "4", "5"]);
}
