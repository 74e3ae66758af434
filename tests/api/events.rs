//! The feed of events: each of them once, in an order that stays, for whoever may know of it.

mod catalogue;
mod order;
mod sight;
mod stream;

use std::time::Duration;

use chrono::TimeDelta;
use crm_testing::{Client, TestApp};
use serde_json::{Value, json};

use crate::leads::{make, path};

/// Waits until all that was written has its place in the feed. Until then other tests' transactions may be under way, which
/// are of the same server.
async fn settled(app: &TestApp) {
    let query = "select coalesce(max(horizon), 0) < pg_snapshot_xmin(pg_current_snapshot())::text::bigint as is_settled
                 from events";
    for _ in 0..1_200 {
        if app.database().rows(query).await == [json!({ "is_settled": true })] {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("some transaction does not end");
}

async fn part(client: &Client<'_>, query: &str) -> Value {
    client
        .get(&format!("/api/events?{query}"))
        .expect(200)
        .await
}

/// The query of what is behind a part.
fn behind(part: &Value) -> String {
    format!("limit=100&after={}", part["next"].as_str().unwrap())
}

fn events(part: &Value) -> Vec<Value> {
    part["events"].as_array().unwrap().clone()
}

/// All events that the client sees, in parts of so many.
async fn all(app: &TestApp, client: &Client<'_>, query: &str, limit: u16) -> Vec<Value> {
    settled(app).await;
    let (mut found, mut after) = (Vec::new(), String::new());
    loop {
        let part = part(client, &format!("limit={limit}&{query}{after}")).await;
        found.extend(events(&part));
        if part["isComplete"] == json!(true) {
            return found;
        }
        after = format!("&after={}", part["next"].as_str().unwrap());
    }
}

/// What happened to a record, by the names of the events.
fn of(found: &[Value], record: &Value) -> Vec<String> {
    let of_record = found
        .iter()
        .filter(|event| event["resourceId"] == record["id"]);
    of_record
        .map(|event| event["type"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn an_event_tells_what_happened_to_which_record_and_by_whom() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let lead = make(&agent, json!({ "name": "Ada" })).await;
    let edit = json!({ "company": "Analytical" });
    agent.patch(&path(&lead)).json(edit).expect(200).await;
    let found = all(&app, &agent, "types=lead.created&types=lead.edited", 100).await;
    let [created, edited] = found.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!(created["type"], "lead.created");
    assert_eq!(created["payload"]["leadId"], lead["id"]);
    assert_eq!(edited["type"], "lead.edited");
    assert_eq!(edited["version"], 1);
    assert_eq!(edited["resource"], "lead");
    assert_eq!(edited["resourceId"], lead["id"]);
    let actor = json!({ "type": "user", "id": agent.user().id, "owner": null, "name": null });
    assert_eq!(edited["actor"], actor);
    let changes = json!({ "company": { "from": null, "to": "Analytical" } });
    assert_eq!(
        edited["payload"],
        json!({ "leadId": lead["id"], "changes": changes })
    );
    // The entry of the activity log is found by it.
    let log = agent
        .get("/api/activities?action=lead.edited")
        .expect(200)
        .await;
    assert_eq!(log["activities"][0]["id"], edited["id"]);
    assert_eq!(log["activities"][0]["at"], edited["at"]);
    assert_eq!(log["activities"][0]["requestId"], edited["requestId"]);
}

#[tokio::test]
async fn who_asks_behind_the_end_is_told_what_is_new_and_nothing_twice() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let first = make(&agent, json!({})).await;
    settled(&app).await;
    let before = part(&agent, "limit=100").await;
    assert_eq!(before["isComplete"], true);
    assert_eq!(of(&events(&before), &first), ["lead.created"]);
    let nothing = part(&agent, &behind(&before)).await;
    assert_eq!(
        (events(&nothing), &nothing["isComplete"]),
        (vec![], &json!(true))
    );
    let second = make(&agent, json!({})).await;
    settled(&app).await;
    for from in [&before, &nothing] {
        let new = events(&part(&agent, &behind(from)).await);
        assert_eq!(of(&new, &second), ["lead.created"]);
        assert_eq!(new.len(), 1);
    }
    // The cursor is one of the whole feed, whichever kinds were asked for.
    let teams = part(&agent, &format!("{}&types=team.created", behind(&before))).await;
    assert!(events(&teams).is_empty());
    let new = events(&part(&agent, &behind(&teams)).await);
    assert!(new.is_empty());
}

#[tokio::test]
async fn the_feed_is_the_same_each_time_it_is_read_from_the_beginning() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for _ in 0..12 {
        let lead = make(&admin, json!({})).await;
        admin.delete(&path(&lead)).expect(200).await;
    }
    let whole = all(&app, &admin, "", 100).await;
    assert!(whole.len() > 24, "{}", whole.len());
    for limit in [1, 7, 100] {
        assert_eq!(all(&app, &admin, "", limit).await, whole, "{limit}");
    }
    // In the order of the outbox, as long as no two transactions were at work at once.
    let stored = app
        .database()
        .rows("select id from events order by position")
        .await;
    let ids: Vec<_> = whole
        .iter()
        .map(|event| json!({ "id": event["id"] }))
        .collect();
    assert_eq!(ids, stored);
}

#[tokio::test]
async fn a_cursor_that_is_older_than_what_is_kept_is_told_so() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    make(&admin, json!({})).await;
    settled(&app).await;
    let begun = part(&admin, "limit=1").await;
    let end = part(&admin, "limit=100").await;
    app.clock.advance(TimeDelta::days(60));
    let admin = app.sign_in(admin.user().clone()).await;
    // At the end nothing was missed, though nothing happened either: the cursor is young again.
    let later = part(&admin, &behind(&end)).await;
    app.clock.advance(TimeDelta::days(31));
    let admin = app.sign_in(admin.user().clone()).await;
    for old in [&begun, &end] {
        let problem = admin.get(&format!("/api/events?{}", behind(old)));
        assert_eq!(problem.expect(410).await["code"], "events-gone");
    }
    settled(&app).await;
    let signed_in = events(&part(&admin, &behind(&later)).await);
    assert!(!signed_in.is_empty());
    // What a cursor that is still good has not read is not removed.
    app.clock.advance(TimeDelta::days(58));
    app.drain_jobs().await;
    let admin = app.sign_in(admin.user().clone()).await;
    let again = events(&part(&admin, &behind(&later)).await);
    assert_eq!(again[..signed_in.len()], signed_in);
}

#[tokio::test]
async fn questions_that_the_document_does_not_know_are_refused() {
    let app = TestApp::new().await;
    let (admin, other) = (app.admin().await, app.admin().await);
    make(&admin, json!({})).await;
    settled(&app).await;
    let refused = async |client: &Client<'_>, query: &str, parameter: &str, code: &str| {
        let problem = client
            .get(&format!("/api/events?{query}"))
            .expect(400)
            .await;
        assert_eq!(
            problem["errors"][0]["parameter"], parameter,
            "{query}: {problem}"
        );
        assert_eq!(problem["errors"][0]["code"], code, "{query}: {problem}");
    };
    let many = "types=lead.created&".repeat(21);
    for (query, parameter, code) in [
        ("limit=0", "limit", "out-of-range"),
        ("limit=101", "limit", "out-of-range"),
        ("types=lead.created&types=lead.flown", "types", "not-one-of"),
        ("types=", "types", "too-short"),
        (many.trim_end_matches('&'), "types", "too-many"),
        ("page=1", "page", "unknown-parameter"),
        ("cursor=x", "cursor", "unknown-parameter"),
        ("after=x&after=y", "after", "duplicate-parameter"),
        ("after=x", "after", "invalid-cursor"),
    ] {
        refused(&admin, query, parameter, code).await;
    }
    let own = part(&admin, "limit=1").await;
    refused(&other, &behind(&own), "after", "invalid-cursor").await;
    let list = admin.get("/api/activities?limit=1").expect(200).await;
    let of_log = format!("after={}", list["nextCursor"].as_str().unwrap());
    refused(&admin, &of_log, "after", "invalid-cursor").await;
}
