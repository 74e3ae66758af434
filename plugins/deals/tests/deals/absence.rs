//! A program that has lost the plugin, on a database that has deals; and then has it again.

use crm_testing::{Client, TestApp};
use serde_json::{Value, json};

use crate::{QUALIFIED, WON, app, customer, deal, id, moved, path, plugins};

/// What there is in the tables of the plugin.
async fn kept(app: &TestApp) -> Vec<String> {
    let all = app.database().fingerprint().await;
    let of_deals = all.lines().filter(|table| table.starts_with("deals_"));
    of_deals.map(str::to_owned).collect()
}

async fn take_from_agents(admin: &Client<'_>) {
    let role = format!("/api/roles/{}", crm_domain::role::Role::Agent.id());
    let grants = admin.get(&role).expect(200).await["grants"].clone();
    let is_kept = |grant: &&Value| grant["permission"] != "deals.deal:create";
    let kept: Vec<_> = grants.as_array().unwrap().iter().filter(is_kept).collect();
    admin
        .patch(&role)
        .json(json!({ "grants": kept }))
        .expect(200)
        .await;
}

#[tokio::test]
async fn without_the_plugin_the_core_goes_on_and_with_it_again_all_deals_are_back() {
    let app = app().await;
    let admin = app.admin().await;
    let (lamps, desks) = (deal(&admin, "Lamps").await, deal(&admin, "Desks").await);
    moved(&admin, &lamps, json!({ "stageId": QUALIFIED })).await;
    moved(&admin, &desks, json!({ "stageId": WON })).await;
    take_from_agents(&admin).await;
    let shown = admin.get(&path(&lamps)).expect(200).await;
    let before = kept(&app).await;
    assert_eq!(before.len(), 5);

    let app = app.restarted_with_plugins(&[]).await;
    let admin = app.admin().await;
    admin.get(&path(&lamps)).expect(404).await;
    let of_lamps = format!(
        "/api/customers/{}",
        shown["customer"]["id"].as_str().unwrap()
    );
    let record = admin.get(&of_lamps).expect(200).await;
    assert_eq!(record["deals"], json!([]));
    admin
        .patch(&of_lamps)
        .json(json!({ "company": "Light" }))
        .expect(200)
        .await;
    customer(&admin, "Somebody new").await;
    admin.get("/api/activities").expect(200).await;
    admin.get("/api/events").expect(200).await;
    admin.get("/api/roles").expect(200).await;
    app.drain_jobs().await;

    let app = app.restarted_with_plugins(&plugins()).await;
    let admin = app.admin().await;
    assert_eq!(kept(&app).await, before);
    assert_eq!(admin.get(&path(&lamps)).expect(200).await, shown);
    let record = admin.get(&of_lamps).expect(200).await;
    assert_eq!(record["deals"], json!([id(&lamps)]));
    // What an Admin took away is not given again.
    let new = json!({ "name": "Chairs", "customerId": record["id"] });
    app.agent()
        .await
        .post("/api/deals")
        .json(new)
        .expect(403)
        .await;
    deal(&admin, "Chairs").await;
}
