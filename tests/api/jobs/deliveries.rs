//! Events reach their subscribers: with the transaction that made them, and once.

use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use crm_app::Crm;
use crm_app::event::HookError;
use crm_app::jobs::{AnyEvent, Delivered, JobContext, JobError};
use crm_domain::event::{TeamCreated, TeamEdited};
use crm_testing::TestApp;
use crm_testing::app::secrets;
use serde_json::json;

type Seen<T> = Arc<Mutex<Vec<T>>>;

#[tokio::test]
async fn each_subscriber_is_given_each_event_that_it_asked_for() {
    let (teams, all) = (
        Seen::<Delivered<TeamCreated>>::default(),
        Seen::<AnyEvent>::default(),
    );
    let (to_teams, to_all) = (Arc::clone(&teams), Arc::clone(&all));
    let app = TestApp::with(|builder| {
        builder
            .subscribe("test.teams", move |_, event: Delivered<TeamCreated>| {
                to_teams.lock().unwrap().push(event);
                async { Ok(()) }
            })
            .subscribe_to_all("test.all", move |_, event: AnyEvent| {
                to_all.lock().unwrap().push(event);
                async { Ok(()) }
            })
    })
    .await;
    let admin = app.admin().await;
    let team = json!({ "name": "North" });
    let team = admin.post("/api/teams").json(team).expect(201).await;
    let queued = app
        .database()
        .rows("select * from jobs where name = 'test.teams'")
        .await;
    assert_eq!(queued.len(), 1);
    app.drain_jobs().await;
    assert_eq!(app.drain_jobs().await, 0);
    let delivered = teams.lock().unwrap().clone();
    assert_eq!(delivered.len(), 1);
    let delivered = &delivered[0];
    assert_eq!(json!(delivered.event.team_id), team["id"]);
    let stored = app
        .database()
        .rows("select * from events where name = 'team.created'")
        .await;
    assert_eq!(stored[0]["id"], json!(delivered.id));
    let events = app
        .database()
        .rows("select id from events order by position")
        .await;
    let all = all.lock().unwrap().clone();
    let mut ids: Vec<_> = all.iter().map(|event| json!({ "id": event.id })).collect();
    ids.sort_by_key(ToString::to_string);
    let mut expected = events.clone();
    expected.sort_by_key(ToString::to_string);
    assert_eq!(ids, expected);
    let event = all
        .iter()
        .find(|event| event.name == "team.created")
        .unwrap();
    assert_eq!((event.resource.as_str(), event.version), ("team", 1));
    assert_eq!(event.payload, stored[0]["payload"]);
}

#[tokio::test]
async fn what_is_undone_is_not_delivered() {
    let app = TestApp::with(|builder| {
        builder
            .before_commit("no", |_: &TeamCreated, _| {
                Box::pin(async {
                    Err(HookError::Veto {
                        code: "no".to_owned(),
                        message: "no".to_owned(),
                    })
                })
            })
            .subscribe("test.teams", |_, _: Delivered<TeamCreated>| async {
                Ok(())
            })
    })
    .await;
    let admin = app.admin().await;
    admin
        .post("/api/teams")
        .json(json!({ "name": "North" }))
        .expect(422)
        .await;
    assert_eq!(app.drain_jobs().await, 0);
}

#[tokio::test]
async fn the_events_of_one_record_come_in_order_to_who_asks_for_that() {
    let seen = Seen::<(String, i32)>::default();
    let to_seen = Arc::clone(&seen);
    let app = TestApp::with(|builder| {
        builder.subscribe_in_order(
            "test.names",
            move |context: JobContext, event: Delivered<TeamEdited>| {
                let name = event.event.changes.to_json()["name"]["to"]
                    .as_str()
                    .unwrap()
                    .to_owned();
                to_seen
                    .lock()
                    .unwrap()
                    .push((name.clone(), context.attempt));
                async move {
                    if name == "One" && context.attempt == 1 {
                        return Err(JobError::retry("not yet"));
                    }
                    Ok(())
                }
            },
        )
    })
    .await;
    let admin = app.admin().await;
    let team = admin
        .post("/api/teams")
        .json(json!({ "name": "Zero" }))
        .expect(201)
        .await;
    let path = format!("/api/teams/{}", team["id"].as_str().unwrap());
    for name in ["One", "Two"] {
        admin
            .patch(&path)
            .json(json!({ "name": name }))
            .expect(200)
            .await;
    }
    app.drain_jobs().await;
    app.clock.advance(TimeDelta::seconds(5));
    app.drain_jobs().await;
    let expected = [("One", 1), ("One", 2), ("Two", 1)];
    assert_eq!(
        *seen.lock().unwrap(),
        expected.map(|(name, attempt)| (name.to_owned(), attempt))
    );
}

#[tokio::test]
async fn an_event_of_a_newer_program_waits_and_one_that_cannot_be_read_is_dead() {
    let app = TestApp::with(|builder| {
        builder.subscribe("test.teams", |_, _: Delivered<TeamCreated>| async {
            Ok(())
        })
    })
    .await;
    let admin = app.admin().await;
    for name in ["North", "South"] {
        admin
            .post("/api/teams")
            .json(json!({ "name": name }))
            .expect(201)
            .await;
    }
    let change = "update jobs set payload = jsonb_set(payload, '{version}', '2')
                  where payload -> 'payload' -> 'changes' -> 'name' ->> 'to' = 'North';
                  update jobs set payload = jsonb_set(payload, '{payload}', '{}')
                  where payload -> 'payload' -> 'changes' -> 'name' ->> 'to' = 'South'";
    app.database().execute(change).await;
    assert_eq!(app.drain_jobs().await, 2);
    let left = app
        .database()
        .rows("select state, last_error from jobs order by position")
        .await;
    assert_eq!(left[0]["state"], "ready");
    assert!(
        left[0]["last_error"]
            .as_str()
            .unwrap()
            .contains("newer than this program")
    );
    assert_eq!(left[1]["state"], "dead");
}

/// A server that has no subscriber queues nothing for one that has.
#[tokio::test]
async fn nobody_pays_for_subscribers_that_are_not_there() {
    let app = TestApp::new().await;
    app.admin().await;
    assert!(
        app.database()
            .rows("select 1 as one from jobs")
            .await
            .is_empty()
    );
    let other = Crm::builder(app.crm.pool().clone(), secrets()).build();
    other.jobs().prepare().await.unwrap();
}
