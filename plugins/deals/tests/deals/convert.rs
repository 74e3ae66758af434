//! Leads that become customers with a deal.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::{LOST, app, error, errors, id};

async fn lead(client: &crm_testing::Client<'_>) -> Value {
    let new = json!({ "name": "Ada", "emailId": "ada@example.org" });
    client.post("/api/leads").json(new).expect(201).await
}

fn place(lead: &Value) -> String {
    format!("/api/deals/convert/{}", id(lead))
}

#[tokio::test]
async fn a_lead_becomes_a_customer_with_a_deal() {
    let app = app().await;
    let agent = app.agent().await;
    let lead = lead(&agent).await;
    let body = json!({ "deal": { "name": "Lamps", "amount": { "amount": 5, "currency": "EUR" } } });
    let converted = agent
        .post(&place(&lead))
        .json(body.clone())
        .expect(200)
        .await;
    assert_eq!(converted["lead"]["status"], json!("Converted"));
    let customer = json!({ "id": converted["customer"]["id"], "name": "Ada" });
    assert_eq!(converted["deal"]["customer"], customer);
    let of_customer = format!("/api/deals?customerId={}", id(&converted["customer"]));
    let list = agent.get(&of_customer).expect(200).await;
    assert_eq!(list["deals"], json!([converted["deal"]]));
    let again = agent.post(&place(&lead)).json(body).expect(409).await;
    assert_eq!(again["reason"], json!("deals.lead-converted"));
}

#[tokio::test]
async fn a_deal_that_is_wrong_leaves_the_lead_as_it_is() {
    let app = app().await;
    let agent = app.agent().await;
    let lead = lead(&agent).await;
    let before = app.database().fingerprint().await;
    let body = json!({ "deal": { "name": " " } });
    let problem = agent.post(&place(&lead)).json(body).expect(400).await;
    assert_eq!(errors(&problem), [error("#/deal/name", "too-short")]);
    let body = json!({ "deal": { "name": "Lamps", "stageId": LOST } });
    let problem = agent.post(&place(&lead)).json(body).expect(400).await;
    assert_eq!(errors(&problem), [error("#/deal/stageId", "not-allowed")]);
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn somebody_elses_lead_is_not_there() {
    let app = app().await;
    let (agent, other) = (app.agent().await, app.agent().await);
    let lead = lead(&other).await;
    let body = json!({ "deal": { "name": "Lamps" } });
    agent.post(&place(&lead)).json(body).expect(404).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_converts_at_once_one_makes_a_deal() {
    let app = app().await;
    let agent = app.agent().await;
    let lead = lead(&agent).await;
    let body = json!({ "deal": { "name": "Lamps" } });
    let at_once = (0..16).map(|_| agent.post(&place(&lead)).json(body.clone()).send());
    let answers = join_all(at_once).await;
    let done = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(done, 1);
    let list = agent.get("/api/deals").expect(200).await;
    assert_eq!(list["totalDeals"], json!(1));
}
