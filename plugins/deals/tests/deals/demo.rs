//! Demo data.

use crm_app::demo::{self, Plan};
use crm_testing::app::PASSWORD;
use serde_json::json;

use crate::app;

#[tokio::test]
async fn demo_customers_have_deals_whose_histories_fit_and_nobody_is_told() {
    let app = app().await;
    let plan = Plan {
        leads: 300,
        seed: 1,
        until: app.crm.now(),
        password: PASSWORD.to_owned(),
        add: false,
    };
    let database = app.database().options();
    demo::load(&app.crm, &database, &plan, |_| {})
        .await
        .unwrap();
    let admin = app.admin().await;
    let open = admin
        .get("/api/deals?kind=open&count=exact")
        .expect(200)
        .await;
    assert!(
        open["totalDeals"].as_i64().unwrap() > 3,
        "{}",
        open["totalDeals"]
    );
    let gaps = "
        select deal.id from deals_deals deal
        where stage_since <> coalesce(
            (select max(changed_at) from deals_stage_changes where deal_id = deal.id), created_at)
            or stage_since > '2026-01-02T12:00:00Z'";
    assert!(app.database().rows(gaps).await.is_empty());
    let told = "select count(*) as events from events where name like 'deals.%'";
    assert_eq!(app.database().rows(told).await, [json!({ "events": 0 })]);
}
