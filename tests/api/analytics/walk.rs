//! Every figure of every answer against the list that it links to, on random records.

use crm_domain::due::Tz;
use crm_domain::role::Role;
use crm_testing::{Client, TestApp};
use serde_json::Value;

use super::figures;
use super::story::Story;

const ANSWERS: [&str; 4] = ["dashboard", "leads-by-status", "funnel", "agents"];

/// Days on which clocks were set, in zones of whole hours and of others, and the workspace's last thirty days.
const PERIODS: [&str; 6] = [
    "",
    "tz=UTC&from=2026-03-01&to=2026-03-10",
    "tz=Europe/Berlin&from=2026-03-26&to=2026-04-01",
    "tz=America/St_Johns&from=2026-03-05&to=2026-03-11",
    "tz=Australia/Lord_Howe&from=2026-04-02&to=2026-04-08",
    "tz=Asia/Kathmandu&from=2026-02-01&to=2026-02-05",
];

/// A figure: where it stands, how many it tells, and of which list.
struct Found {
    place: String,
    count: i64,
    list: String,
}

fn find(place: &str, value: &Value, found: &mut Vec<Found>) {
    match value {
        Value::Object(members) => {
            if let Some(list) = members.get("list") {
                found.push(Found {
                    place: place.to_owned(),
                    count: members["count"].as_i64().unwrap(),
                    list: list.as_str().unwrap().to_owned(),
                });
            }
            for (name, member) in members {
                find(&format!("{place}/{name}"), member, found);
            }
        }
        Value::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                find(&format!("{place}/{index}"), element, found);
            }
        }
        _ => {}
    }
}

/// The exact total of a list.
async fn total(client: &Client<'_>, list: &str) -> i64 {
    let sign = if list.contains('?') { '&' } else { '?' };
    let path = format!("{list}{sign}count=exact&limit=1");
    let list = client.get(&path).expect(200).await;
    let total =
        list.as_object().unwrap().iter().find(|(name, _)| {
            ["totalLeads", "totalCustomers", "totalTasks"].contains(&name.as_str())
        });
    total.unwrap().1.as_i64().unwrap()
}

/// Gives how many figures there were, and how many of them were of something.
async fn check(client: &Client<'_>, answer: &str, query: &str) -> (usize, usize) {
    let role = &client.user().name;
    let value = figures(client, answer, query).await;
    let mut found = Vec::new();
    find(answer, &value, &mut found);
    for Found { place, count, list } in &found {
        let total = total(client, list).await;
        assert_eq!(*count, total, "{role}, {query}: {place} of {list}");
    }
    let full = found.iter().filter(|found| found.count > 0);
    (found.len(), full.count())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_figure_is_the_exact_total_of_the_list_that_it_links_to() {
    let app = TestApp::with(|builder| builder.time_zone(Tz::Europe__Berlin)).await;
    let story = Story::tell(&app, 20_260_329).await;
    let (mut all, mut full) = (0, 0);
    for user in [&story.admin, &story.manager, &story.agent, &story.reader] {
        let client = app.sign_in(user.clone()).await;
        for answer in ANSWERS {
            for query in PERIODS {
                let (figures, not_empty) = check(&client, answer, query).await;
                assert!(figures > 3, "{answer} has figures");
                all += figures;
                full += not_empty;
            }
        }
    }
    assert!(all > 1_500 && full > 500, "{full} of {all} tell something");
    // A year, of which each day is asked for.
    let admin = app.sign_in(story.admin.clone()).await;
    let year = "tz=Pacific/Auckland&from=2025-12-01&to=2026-12-01";
    let (figures, _) = check(&admin, "dashboard", year).await;
    assert!(figures > 2 * 366, "{figures}");
}

/// What was counted is the sum of the counts and of the changes that are not in them yet.
#[tokio::test]
async fn figures_are_the_same_before_and_after_changes_are_folded_into_the_counts() {
    let app = TestApp::new().await;
    let story = Story::tell(&app, 7).await;
    let mut before = Vec::new();
    for folds in [false, true] {
        if folds {
            assert!(app.crm.analytics().fold().await.unwrap() > 10);
            assert_eq!(app.crm.analytics().fold().await.unwrap(), 0);
        }
        let mut answers = Vec::new();
        for user in [&story.admin, &story.manager, &story.agent] {
            let client = app.sign_in(user.clone()).await;
            for answer in ANSWERS {
                answers.push(figures(&client, answer, PERIODS[2]).await);
                answers.push(figures(&client, answer, PERIODS[5]).await);
            }
        }
        // Signing in is an activity, but of no record that the dashboard tells of.
        if folds {
            assert_eq!(answers, before);
        }
        before = answers;
    }
}

/// Postgres works out the days of the zone for itself.
#[tokio::test]
async fn each_day_has_the_leads_that_were_made_on_it_as_the_clocks_of_the_zone_showed() {
    let app = TestApp::new().await;
    let story = Story::tell(&app, 11).await;
    let admin = app.sign_in(story.admin.clone()).await;
    for (zone, from, to) in [
        ("Europe/Berlin", "2026-03-20", "2026-04-05"),
        ("America/New_York", "2026-03-01", "2026-03-15"),
        ("Asia/Kolkata", "2026-01-02", "2026-02-10"),
        ("Australia/Lord_Howe", "2026-03-30", "2026-04-10"),
    ] {
        let answer = figures(
            &admin,
            "dashboard",
            &format!("tz={zone}&from={from}&to={to}"),
        )
        .await;
        for (field, column) in [("made", "created_at"), ("converted", "converted_at")] {
            let query = format!(
                "select ({column} at time zone '{zone}')::date as day, count(*) as leads from leads
                 where not is_archived and ({column} at time zone '{zone}')::date between '{from}' and '{to}'
                 group by 1 order by 1"
            );
            let expected = app.database().rows(&query).await;
            let days = answer["leads"]["byDay"].as_array().unwrap().iter();
            let shown = days.filter(|day| day[field]["count"] != 0);
            let shown: Vec<_> = shown
                .map(|day| serde_json::json!({ "day": day["date"], "leads": day[field]["count"] }))
                .collect();
            assert!(!shown.is_empty() || field == "converted", "{zone}");
            assert_eq!(shown, expected, "{field} in {zone}");
        }
    }
}

#[tokio::test]
async fn the_parts_of_a_whole_add_up_to_it() {
    let app = TestApp::new().await;
    let story = Story::tell(&app, 5).await;
    for user in [&story.admin, &story.manager, &story.agent, &story.reader] {
        let client = app.sign_in(user.clone()).await;
        let answer = figures(&client, "dashboard", "from=2026-01-01&to=2026-06-30").await;
        let leads = &answer["leads"];
        let made = leads["made"]["count"].as_i64().unwrap();
        assert!(made > 0);
        let sum = |figures: &Value, of: fn(&Value) -> &Value| -> i64 {
            let figures = figures.as_array().unwrap().iter();
            figures
                .map(|figure| of(figure)["count"].as_i64().unwrap())
                .sum()
        };
        assert_eq!(sum(&leads["byStatus"], |figure| &figure["leads"]), made);
        assert_eq!(sum(&leads["byDay"], |day| &day["made"]), made);
        let converted = sum(&leads["byDay"], |day| &day["converted"]);
        assert_eq!(leads["converted"]["count"], converted);
        let rest = |of: &Value| {
            of["other"]["count"].as_i64().unwrap() + of["none"]["count"].as_i64().unwrap()
        };
        let by_agent = sum(&leads["byAgent"]["top"], |figure| &figure["records"]);
        assert_eq!(by_agent + rest(&leads["byAgent"]), made);
        let by_source = sum(&leads["bySource"]["top"], |figure| &figure["leads"]);
        assert_eq!(by_source + rest(&leads["bySource"]), made);
        let owners = &answer["customers"]["byOwner"];
        let by_owner = sum(&owners["top"], |figure| &figure["records"]);
        assert_eq!(
            answer["customers"]["total"]["count"],
            by_owner + rest(owners)
        );
    }
    let admin = app.sign_in(story.admin.clone()).await;
    let answer = figures(&admin, "dashboard", "from=2026-01-01&to=2026-06-30").await;
    for of in [
        &answer["leads"]["byAgent"],
        &answer["leads"]["bySource"],
        &answer["customers"]["byOwner"],
    ] {
        assert_eq!(of["top"].as_array().unwrap().len(), 20);
        assert!(of["other"]["count"].as_i64() > Some(0), "{of}");
        assert!(of["none"]["count"].as_i64() > Some(0), "{of}");
    }
    assert_eq!(
        story.reader.name.to_string().split(' ').next(),
        Some(Role::ReadOnly.as_str())
    );
}
