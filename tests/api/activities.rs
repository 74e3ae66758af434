//! The activity log as it is read: who did what, seen by whoever may see both the act and the record.

mod filters;
mod sight;

use chrono::TimeDelta;
use crm_testing::{Client, TestApp};
use serde_json::{Value, json};

use crate::leads::{make, path};

async fn list(client: &Client<'_>, query: &str) -> Value {
    let path = format!("/api/activities?{query}");
    client.get(&path).expect(200).await
}

/// What was done, the newest first, as far as one page shows it.
async fn actions(client: &Client<'_>, query: &str) -> Vec<String> {
    let list = list(client, &format!("limit=100&{query}")).await;
    assert_eq!(list["nextCursor"], Value::Null);
    let activities = list["activities"].as_array().unwrap().iter();
    activities
        .map(|entry| entry["action"].as_str().unwrap().to_owned())
        .collect()
}

fn id(record: &Value) -> &str {
    record["id"].as_str().unwrap()
}

#[tokio::test]
async fn an_entry_tells_who_changed_what_of_which_record() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let lead = make(&agent, json!({ "name": "Ada" })).await;
    app.clock.advance(TimeDelta::seconds(1));
    let edit = json!({ "name": "Ada King", "company": "Analytical" });
    agent.patch(&path(&lead)).json(edit).expect(200).await;
    let feed = list(&agent, "resource=lead").await;
    let [edited, created] = feed["activities"].as_array().unwrap().as_slice() else {
        panic!("{feed}")
    };
    assert_eq!(edited["action"], "lead.edited");
    assert_eq!(edited["resource"], "lead");
    assert_eq!(edited["resourceId"], lead["id"]);
    // Under the name that the record has today.
    assert_eq!(edited["resourceName"], "Ada King");
    assert_eq!(created["resourceName"], "Ada King");
    let user = agent.user();
    assert_eq!(
        edited["actor"],
        json!({ "type": "user", "id": user.id, "name": user.name.as_str(), "owner": null })
    );
    assert_eq!(
        edited["changes"],
        json!({
            "name": { "from": "Ada", "to": "Ada King" },
            "company": { "from": null, "to": "Analytical" },
        })
    );
    assert_eq!(created["action"], "lead.created");
    assert_eq!(
        created["changes"]["name"],
        json!({ "from": null, "to": "Ada" })
    );
    assert!(edited["at"].as_str() > created["at"].as_str());
    assert!(edited["requestId"].is_string());
}

#[tokio::test]
async fn a_key_and_the_program_itself_are_named() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let scopes = json!(["lead:read", "lead:create", "activity:read"]);
    let body = json!({ "name": "Sync", "scopes": scopes, "password": crm_testing::app::PASSWORD });
    let issued = admin.post("/api/api-keys").json(body).expect(201).await;
    let key = app
        .anonymous()
        .with_token(issued["token"].as_str().unwrap());
    make(&key, json!({})).await;
    let created = list(&admin, "action=lead.created").await["activities"][0].clone();
    let owner = json!({ "id": admin.user().id, "name": admin.user().name.as_str() });
    let actor = json!({
        "type": "apiKey", "id": issued["apiKey"]["id"], "name": "Sync", "owner": owner,
    });
    assert_eq!(created["actor"], actor);
    let made = list(&admin, "action=user.created").await["activities"][0].clone();
    let program = json!({ "type": "system", "id": null, "name": "test", "owner": null });
    assert_eq!(made["actor"], program);
    assert_eq!(made["resourceName"], admin.user().name.as_str());
    // What was done by the key is an act of its owner's too.
    let of_owner = format!("actor={}&resource=lead", admin.user().id);
    assert_eq!(actions(&admin, &of_owner).await, ["lead.created"]);
}

#[tokio::test]
async fn the_cursor_goes_on_to_the_end_however_much_is_done_meanwhile() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    for _ in 0..7 {
        make(&agent, json!({})).await;
    }
    let whole = list(&agent, "resource=lead&limit=100").await;
    let mut walked = Vec::new();
    let mut query = "resource=lead&limit=2".to_owned();
    loop {
        let part = list(&agent, &query).await;
        let entries = part["activities"].as_array().unwrap().clone();
        assert!(!entries.is_empty());
        walked.extend(entries);
        // All at one instant: the id breaks the tie.
        make(&agent, json!({})).await;
        let Some(cursor) = part["nextCursor"].as_str() else {
            break;
        };
        query = format!("resource=lead&limit=2&cursor={cursor}");
    }
    let before = whole["activities"].as_array().unwrap();
    walked.retain(|entry| before.contains(entry));
    assert_eq!(&walked, before);
}

#[tokio::test]
async fn a_cursor_serves_no_other_filter_and_no_other_reader() {
    let app = TestApp::new().await;
    let (admin, other) = (app.admin().await, app.admin().await);
    for _ in 0..3 {
        make(&admin, json!({})).await;
    }
    let cursor = list(&admin, "resource=lead&limit=1").await["nextCursor"].clone();
    let cursor = cursor.as_str().unwrap();
    list(&admin, &format!("resource=lead&limit=2&cursor={cursor}")).await;
    let refused = async |client: &Client<'_>, query: &str| {
        let path = format!("/api/activities?{query}cursor={cursor}");
        let problem = client.get(&path).expect(400).await;
        assert_eq!(problem["code"], "invalid-cursor", "{query}");
    };
    refused(&other, "resource=lead&").await;
    for query in ["", "resource=task&", "resource=lead&action=lead.created&"] {
        refused(&admin, query).await;
    }
    let leads = admin.get(&format!("/api/leads?cursor={cursor}"));
    assert_eq!(leads.expect(400).await["code"], "invalid-cursor");
}
