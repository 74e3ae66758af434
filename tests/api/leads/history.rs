//! Through which statuses a lead went.

use chrono::TimeDelta;
use crm_domain::role::Role;
use crm_testing::{Client, TestApp};
use serde_json::{Value, json};

use super::{make, path};

async fn history(client: &Client<'_>, lead: &Value, query: &str) -> Value {
    let path = format!("{}/history?{query}", path(lead));
    client.get(&path).expect(200).await
}

async fn set(client: &Client<'_>, lead: &Value, status: &str) {
    let edit = json!({ "status": status });
    client.patch(&path(lead)).json(edit).expect(200).await;
}

#[tokio::test]
async fn each_step_tells_from_where_to_where_when_by_whom_and_after_how_long() {
    let app = TestApp::new().await;
    let (agent, admin) = (app.agent().await, app.admin().await);
    let lead = make(&agent, json!({})).await;
    let none = history(&agent, &lead, "").await;
    assert_eq!(none["changes"], json!([]));
    assert_eq!(
        none["current"],
        json!({ "status": "New", "since": lead["createdAt"], "seconds": 0 })
    );
    app.clock.advance(TimeDelta::seconds(90));
    set(&agent, &lead, "Contacted").await;
    app.clock.advance(TimeDelta::milliseconds(10_999));
    set(&admin, &lead, "Qualified").await;
    let at = app.crm.now();
    // Another change of the lead is none of its status.
    let edit = json!({ "company": "Acme" });
    agent.patch(&path(&lead)).json(edit).expect(200).await;
    app.clock.advance(TimeDelta::seconds(5));
    let told = history(&agent, &lead, "").await;
    let by = |client: &Client<'_>| {
        let user = client.user();
        json!({ "id": user.id, "name": user.name.as_str(), "emailId": user.email.as_str() })
    };
    let [first, second] = told["changes"].as_array().unwrap().as_slice() else {
        panic!("{told}")
    };
    let step = |from, to, seconds, actor| json!({ "from": from, "to": to, "seconds": seconds, "actor": actor });
    let without_time = |step: &Value| {
        let mut step = step.clone();
        step.as_object_mut().unwrap().remove("at");
        step
    };
    let expected = step("New", "Contacted", 90, by(&agent));
    assert_eq!(without_time(first), expected);
    let expected = step("Contacted", "Qualified", 10, by(&admin));
    assert_eq!(without_time(second), expected);
    assert_eq!(second["at"], json!(at));
    assert_eq!(
        told["current"],
        json!({ "status": "Qualified", "since": second["at"], "seconds": 5 })
    );
}

#[tokio::test]
async fn a_cursor_goes_on_to_the_end_and_serves_no_other_lead() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let (lead, other) = (make(&agent, json!({})).await, make(&agent, json!({})).await);
    for status in ["Contacted", "Nurturing", "Qualified", "Contacted"] {
        set(&agent, &lead, status).await;
        // Their steps lie between those of the other.
        set(&agent, &other, status).await;
    }
    let whole = history(&agent, &lead, "").await;
    let first = history(&agent, &lead, "limit=3").await;
    let cursor = first["nextCursor"].as_str().unwrap();
    let rest = history(&agent, &lead, &format!("limit=3&cursor={cursor}")).await;
    assert_eq!(rest["nextCursor"], Value::Null);
    let parts = [&first, &rest].map(|part| part["changes"].as_array().unwrap().clone());
    assert_eq!(json!(parts.concat()), whole["changes"]);
    for refused in [
        agent.get(&format!("{}/history?cursor={cursor}", path(&other))),
        agent.get(&format!("{}/timeline?cursor={cursor}", path(&lead))),
    ] {
        assert_eq!(refused.expect(400).await["code"], "invalid-cursor");
    }
}

#[tokio::test]
async fn the_history_is_told_to_whoever_may_read_the_lead() {
    let app = TestApp::new().await;
    let (agent, stranger) = (app.agent().await, app.agent().await);
    let lead = make(&agent, json!({})).await;
    set(&agent, &lead, "Contacted").await;
    let reader = app.as_role(Role::ReadOnly).await;
    let told = history(&reader, &lead, "").await;
    assert_eq!(told["changes"][0]["to"], "Contacted");
    let path = format!("{}/history", path(&lead));
    stranger.get(&path).expect(404).await;
    app.as_role(Role::Manager)
        .await
        .get(&path)
        .expect(404)
        .await;
}
