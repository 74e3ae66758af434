//! Doing one thing to many records: each as if it were the only one.

mod at_once;
mod refused;

use crm_testing::{Client, TestApp};
use serde_json::{Value, json};

/// The kinds of records, each with what one is made of, a field to change, and the field that says who works on it.
const KINDS: [(&str, &str, &str, &str); 3] = [
    ("leads", "name", "company", "assignedAgent"),
    ("customers", "name", "company", "owner"),
    ("tasks", "title", "description", "assignedTo"),
];

/// Makes so many records of a kind, and gives their ids in order.
async fn make(client: &Client<'_>, kind: &str, number: usize) -> Vec<String> {
    let (_, name, ..) = KINDS
        .into_iter()
        .find(|(known, ..)| *known == kind)
        .unwrap();
    let mut ids = Vec::new();
    for number in 0..number {
        let mut body = json!({ name: format!("Number {number}") });
        if kind == "leads" {
            body["phone"] = json!("+49 30 1234567");
        }
        let made = client
            .post(&format!("/api/{kind}"))
            .json(body)
            .expect(201)
            .await;
        ids.push(made["id"].as_str().unwrap().to_owned());
    }
    ids.sort();
    ids
}

async fn bulk(client: &Client<'_>, kind: &str, body: Value) -> Value {
    let path = format!("/api/{kind}/bulk");
    client.post(&path).json(body).expect(200).await
}

async fn get(client: &Client<'_>, kind: &str, id: &str) -> Value {
    client.get(&format!("/api/{kind}/{id}")).expect(200).await
}

/// How many were done, were so already, and were refused.
fn counts(result: &Value) -> [u64; 3] {
    ["done", "unchanged", "refused"].map(|count| result[count].as_u64().unwrap())
}

/// The activities and events of a record.
async fn told(app: &TestApp, id: &str) -> Vec<Value> {
    let query = format!(
        "select activities.action, activities.actor_id, events.payload -> 'changes' = activities.changes as same
         from activities join events on events.name = activities.action and events.resource_id = activities.resource_id
             and events.at = activities.at
         where activities.resource_id = '{id}' order by activities.id"
    );
    app.database().rows(&query).await
}

#[tokio::test]
async fn each_record_is_changed_given_put_away_and_taken_back_with_an_activity_of_its_own() {
    let app = TestApp::new().await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    for (kind, _, field, assignee) in KINDS {
        let ids = make(&admin, kind, 3).await;
        let to = agent.user().id.to_string();
        let actions = [
            json!({ "action": "update", "changes": { field: "ACME" } }),
            json!({ "action": "assign", "changes": { assignee: to } }),
            json!({ "action": "archive" }),
            json!({ "action": "restore" }),
        ];
        for (number, action) in actions.into_iter().enumerate() {
            // The clock tells one change of a record from another.
            app.clock.advance(chrono::TimeDelta::seconds(1));
            let mut body = action;
            body["ids"] = json!([ids[2], ids[0], ids[1]]);
            let result = bulk(&admin, kind, body.clone()).await;
            let items = ids
                .iter()
                .map(|id| json!({ "id": id, "status": "done", "code": null, "message": null }));
            let expected = json!({
                "items": items.collect::<Vec<_>>(), "done": 3, "unchanged": 0, "refused": 0, "next": null,
            });
            assert_eq!(result, expected, "{kind} {body}");
            for id in &ids {
                let record = get(&admin, kind, id).await;
                assert_eq!(record["version"], number + 2);
                assert_eq!(record["isArchived"], number == 2);
                assert_eq!(record[field], "ACME");
            }
            let before = app.database().fingerprint().await;
            let again = bulk(&admin, kind, body).await;
            assert_eq!(counts(&again), [0, 3, 0]);
            assert_eq!(app.database().fingerprint().await, before, "{kind}");
        }
        let one = &kind[..kind.len() - 1];
        for id in &ids {
            assert_eq!(get(&admin, kind, id).await[assignee]["id"], to);
            let told = told(&app, id).await;
            let actions: Vec<_> = told.iter().map(|row| row["action"].clone()).collect();
            let expected = ["created", "edited", "edited", "archived", "restored"];
            assert_eq!(
                actions,
                expected.map(|action| json!(format!("{one}.{action}")))
            );
            assert!(told.iter().all(|row| row["same"] == true));
            assert!(
                told.iter()
                    .all(|row| row["actor_id"] == admin.user().id.to_string())
            );
        }
    }
}

#[tokio::test]
async fn a_filter_means_the_records_that_the_list_has() {
    let app = TestApp::new().await;
    let (agent, other) = (app.agent().await, app.agent().await);
    make(&other, "leads", 2).await;
    let ids = make(&agent, "leads", 5).await;
    let lost = json!({ "status": "Unqualified", "unqualifiedReason": "Spam" });
    let path = format!("/api/leads/{}", ids[4]);
    agent.patch(&path).json(lost).expect(200).await;
    let path = format!("/api/leads/{}", ids[3]);
    agent.delete(&path).expect(200).await;
    let body = json!({
        "filter": { "status": ["New", "Qualified"], "search": "number" },
        "action": "update", "changes": { "status": "Contacted" },
    });
    let result = bulk(&agent, "leads", body.clone()).await;
    assert_eq!(counts(&result), [3, 0, 0]);
    assert_eq!(result["next"], json!(null));
    for id in &ids[..3] {
        assert_eq!(get(&agent, "leads", id).await["status"], "Contacted");
    }
    // None is New any more.
    assert_eq!(bulk(&agent, "leads", body).await["items"], json!([]));
    let everything = json!({ "filter": {}, "action": "archive" });
    assert_eq!(counts(&bulk(&agent, "leads", everything).await), [4, 0, 0]);
    let rest = "select id from leads where not is_archived";
    assert_eq!(app.database().rows(rest).await.len(), 2);
}

#[tokio::test]
async fn a_filter_goes_on_after_a_record_and_through_more_than_share_a_transaction() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for kind in ["leads", "customers", "tasks"] {
        let ids = make(&admin, kind, 205).await;
        let body = json!({ "filter": {}, "after": ids[2], "action": "archive" });
        let result = bulk(&admin, kind, body).await;
        assert_eq!(counts(&result), [202, 0, 0]);
        let looked_at = result["items"].as_array().unwrap().iter();
        let looked_at: Vec<_> = looked_at.map(|item| item["id"].as_str().unwrap()).collect();
        assert_eq!(looked_at, ids[3..]);
        let body = json!({ "ids": ids, "action": "restore" });
        assert_eq!(counts(&bulk(&admin, kind, body).await), [202, 3, 0]);
    }
}

#[tokio::test]
async fn days_in_a_filter_are_those_of_the_workspace() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for (title, day) in [("late", "2026-01-01"), ("soon", "2026-01-03")] {
        let body = json!({ "title": title, "dueDate": day });
        admin.post("/api/tasks").json(body).expect(201).await;
    }
    let body = json!({
        "filter": { "due": "overdue" }, "action": "update", "changes": { "status": "Done" },
    });
    assert_eq!(counts(&bulk(&admin, "tasks", body).await), [1, 0, 0]);
    let done = admin.get("/api/tasks?status=Done").expect(200).await;
    assert_eq!(done["tasks"][0]["title"], "late");
}
