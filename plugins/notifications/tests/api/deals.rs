//! With another plugin, known by the names of its events: who has a deal is told of it.

use std::sync::Arc;

use crm_deals::DealsPlugin;
use crm_http::plugin::HttpPlugin;
use crm_notifications::Notifications;
use crm_testing::TestApp;
use serde_json::json;

use crate::notices::{pair, told};

const WON: &str = "00000000-0000-7000-8000-00000dea1005";
const LOST: &str = "00000000-0000-7000-8000-00000dea1006";

#[tokio::test]
async fn who_has_a_deal_is_told_that_it_was_given_won_and_lost() {
    let plugins: [Arc<dyn HttpPlugin>; 2] =
        [Arc::new(DealsPlugin), Arc::new(Notifications::default())];
    let app = TestApp::with_plugins(&plugins).await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    let customer = json!({ "name": "Ada" });
    let customer = admin
        .post("/api/customers")
        .json(customer)
        .expect(201)
        .await;
    for (name, stage, reason) in [
        ("Lamps", WON, json!(null)),
        ("Desks", LOST, json!("Too dear")),
    ] {
        let new = json!({ "name": name, "customerId": customer["id"], "owner": agent.user().id });
        let deal = admin.post("/api/deals").json(new).expect(201).await;
        let path = format!("/api/deals/{}/move", deal["id"].as_str().unwrap());
        let to = json!({ "stageId": stage, "lostReason": reason });
        admin.post(&path).json(to).expect(200).await;
    }
    app.drain_jobs().await;
    let mut found = told(&agent).await;
    found.sort();
    assert_eq!(
        found,
        [
            pair("assigned", "deals.deal-created"),
            pair("assigned", "deals.deal-created"),
            pair("dealLost", "deals.deal-lost"),
            pair("dealWon", "deals.deal-won"),
        ]
    );
}
