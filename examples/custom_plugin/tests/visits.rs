//! The plugin in the whole application, each test on a database of its own. Every answer is checked against the API document.

use std::sync::Arc;

use crm_domain::role::Role;
use crm_testing::{Client, TestApp};
use serde_json::{Value, json};
use visits::VisitsPlugin;

async fn app() -> TestApp {
    TestApp::with_plugins(&[Arc::new(VisitsPlugin)]).await
}

async fn customer(client: &Client<'_>) -> Value {
    let new = json!({ "name": "Ada Lovelace" });
    client.post("/api/customers").json(new).expect(201).await
}

async fn plan(client: &Client<'_>, customer: &Value) -> Value {
    let new = json!({ "name": "Say hello", "customerId": customer["id"] });
    client.post("/api/visits").json(new).expect(201).await
}

fn path(kind: &str, record: &Value) -> String {
    format!("/api/{kind}/{}", record["id"].as_str().unwrap())
}

#[tokio::test]
async fn a_visit_is_planned_and_done() {
    let app = app().await;
    let agent = app.agent().await;
    let customer = customer(&agent).await;
    let (visit, events) = app.events_of(plan(&agent, &customer)).await;
    assert_eq!(events, ["visits.planned"]);
    let at = path("visits", &visit);
    assert_eq!(agent.get(&at).expect(200).await, visit);
    let done = agent.post(&format!("{at}/complete")).expect(200).await;
    assert_eq!(done["version"], json!(2));
    assert!(done["doneAt"].is_string());
    let list = agent.get("/api/visits").expect(200).await;
    assert_eq!(list["visits"], json!([done]));
}

#[tokio::test]
async fn an_agent_sees_their_own_visits_only() {
    let app = app().await;
    let (agent, other) = (app.agent().await, app.agent().await);
    let visit = plan(&agent, &customer(&agent).await).await;
    let at = path("visits", &visit);
    other.get(&at).expect(404).await;
    let list = other.get("/api/visits").expect(200).await;
    assert_eq!(list["visits"], json!([]));
    let reader = app.as_role(Role::ReadOnly).await;
    reader.get(&at).expect(200).await;
    reader.post(&format!("{at}/complete")).expect(403).await;
}

#[tokio::test]
async fn a_visit_is_for_a_customer_whom_one_may_see() {
    let app = app().await;
    let (agent, other) = (app.agent().await, app.agent().await);
    let customer = customer(&agent).await;
    let new = json!({ "name": "Say hello", "customerId": customer["id"] });
    let problem = other.post("/api/visits").json(new).expect(400).await;
    assert_eq!(problem["errors"][0]["pointer"], json!("#/customerId"));
}

#[tokio::test]
async fn a_customer_with_an_open_visit_is_not_archived() {
    let app = app().await;
    let admin = app.admin().await;
    let customer = customer(&admin).await;
    let visit = plan(&admin, &customer).await;
    let at = path("customers", &customer);
    let before = app.database().fingerprint().await;
    let problem = admin.delete(&at).expect(422).await;
    assert_eq!(problem["veto"]["code"], json!("visits.open"));
    assert_eq!(app.database().fingerprint().await, before);
    let done = format!("{}/complete", path("visits", &visit));
    admin.post(&done).expect(200).await;
    admin.delete(&at).expect(200).await;
}

#[tokio::test]
async fn whoever_becomes_a_customer_gets_one_first_visit() {
    let app = app().await;
    let admin = app.admin().await;
    let new = json!({ "name": "Grace Hopper", "emailId": "grace@example.org" });
    let lead: Value = admin.post("/api/leads").json(new).expect(201).await;
    let convert = format!("{}/convert", path("leads", &lead));
    admin.post(&convert).expect(200).await;
    app.drain_jobs().await;
    let list = admin.get("/api/visits").expect(200).await;
    assert_eq!(list["total"], json!(1));
    assert_eq!(list["visits"][0]["name"], json!("First visit"));
    app.drain_jobs().await;
    let list = admin.get("/api/visits").expect(200).await;
    assert_eq!(list["total"], json!(1));
}

#[tokio::test]
async fn each_operation_is_done_for_who_may_call_it_and_nobody_else() {
    assert_eq!(app().await.walk_permissions("visits").await, 4);
    assert_eq!(app().await.wrong_events().await, Vec::<String>::new());
}
