//! Undoing a conversion, while nothing was built on it.

use chrono::TimeDelta;
use crm_testing::{Client, TestApp};
use poem::http::header;
use serde_json::{Value, json};

use super::{id, make, make_in, path, trail};

async fn convert(client: &Client<'_>, lead: &Value, body: Value) -> Value {
    let path = format!("{}/convert", path(lead));
    client.post(&path).json(body).expect(200).await
}

fn unconvert(lead: &Value) -> String {
    format!("{}/unconvert", path(lead))
}

fn customer_path(converted: &Value) -> String {
    format!("/api/customers/{}", id(&converted["customer"]))
}

#[tokio::test]
async fn the_lead_is_qualified_again_and_its_customer_archived() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let lead = make(&admin, json!({})).await;
    let converted = convert(&admin, &lead, json!({})).await;
    app.clock.advance(TimeDelta::seconds(90));
    let answer = admin.post(&unconvert(&lead)).send().await;
    let reopened = answer.expect(200);
    assert_eq!(answer.header("etag"), "\"3\"");
    for (field, value) in [
        ("status", json!("Qualified")),
        ("convertedCustomerId", Value::Null),
        ("convertedAt", Value::Null),
        ("version", json!(3)),
    ] {
        assert_eq!(reopened[field], value, "{field}");
    }
    let customer = admin.get(&customer_path(&converted)).expect(200).await;
    assert_eq!(customer["isArchived"], true);
    assert_eq!(customer["originLeadId"], Value::Null);
    let trail = trail(&app, &admin, &answer, &lead).await;
    let names: Vec<_> = trail.events.iter().map(|event| &event["name"]).collect();
    assert_eq!(names, ["customer.archived", "lead.unconverted"]);
    let steps = app
        .database()
        .rows("select from_status, to_status, seconds from lead_status_changes order by id desc limit 1")
        .await;
    let step = json!({ "from_status": "Converted", "to_status": "Qualified", "seconds": 90 });
    assert_eq!(steps[0], step);
}

#[tokio::test]
async fn the_lead_can_be_converted_anew_and_the_old_customer_restored() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let lead = make(&admin, json!({})).await;
    let first = convert(&admin, &lead, json!({})).await;
    let _ = admin.post(&unconvert(&lead)).expect(200).await;
    let second = convert(&admin, &lead, json!({})).await;
    assert_ne!(first["customer"]["id"], second["customer"]["id"]);
    let restore = format!("{}/restore", customer_path(&first));
    let _ = admin.post(&restore).expect(200).await;
}

#[tokio::test]
async fn a_customer_with_whom_anything_was_done_since_stays() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let leads = [0; 4].map(|_| async { make(&admin, json!({})).await });
    let [edited, noted, tasked, archived] = leads.map(|lead| async {
        let lead = lead.await;
        let converted = convert(&admin, &lead, json!({})).await;
        (lead, converted)
    });
    let (edited, noted) = (edited.await, noted.await);
    let (tasked, archived) = (tasked.await, archived.await);
    let edit = json!({ "company": "ACME" });
    let _ = admin
        .patch(&customer_path(&edited.1))
        .json(edit)
        .expect(200)
        .await;
    let note = format!("{}/notes", customer_path(&noted.1));
    let _ = admin
        .post(&note)
        .json(json!({ "text": "Met them" }))
        .expect(201)
        .await;
    let related = json!({ "type": "Customer", "id": id(&tasked.1["customer"]) });
    let task = json!({ "title": "Call", "relatedTo": related });
    let _ = admin.post("/api/tasks").json(task).expect(201).await;
    let _ = admin.delete(&customer_path(&archived.1)).expect(200).await;
    let before = app.database().fingerprint().await;
    for (lead, _) in [edited, noted, tasked, archived] {
        let problem = admin.post(&unconvert(&lead)).expect(409).await;
        assert_eq!(problem["code"], "in-use");
    }
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn a_customer_who_was_there_before_the_lead_stays_as_they_are() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let ada = json!({ "name": "Ada" });
    let ada = admin.post("/api/customers").json(ada).expect(201).await;
    let lead = make(&admin, json!({})).await;
    let link = json!({ "customer": { "mode": "link", "id": id(&ada) } });
    let linked = convert(&admin, &lead, link).await;
    let reopened = admin.post(&unconvert(&lead)).expect(200).await;
    assert_eq!(reopened["status"], "Qualified");
    let customer = admin.get(&customer_path(&linked)).expect(200).await;
    assert_eq!(
        (&customer["isArchived"], &customer["version"]),
        (&json!(false), &json!(2))
    );
}

#[tokio::test]
async fn only_a_converted_lead_in_the_version_that_the_caller_saw_is_reopened() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for status in ["New", "Unqualified"] {
        let lead = make_in(&admin, status).await;
        let problem = admin.post(&unconvert(&lead)).expect(409).await;
        assert_eq!(problem["code"], "not-converted");
    }
    let lead = make_in(&admin, "Converted").await;
    let stale = admin
        .post(&unconvert(&lead))
        .header(header::IF_MATCH, "\"1\"");
    assert_eq!(stale.expect(412).await["code"], "stale");
    let archive = admin.delete(&path(&lead)).expect(200);
    let _ = archive.await;
    let problem = admin.post(&unconvert(&lead)).expect(409).await;
    assert_eq!(problem["code"], "archived");
}
