//! What a plugin brings is there as if it were the core's.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use crm_domain::role::Role;
use serde_json::json;

use super::grants::take_from_agents;
use super::stock::Stock;
use super::{app_with, put};

#[tokio::test]
async fn its_operations_answer_who_holds_its_permissions() {
    let app = app_with(&Arc::default()).await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    let reader = app.as_role(Role::ReadOnly).await;
    let new = json!({ "name": "Lamp" });
    app.anonymous().get("/api/stock").expect(401).await;
    reader
        .post("/api/stock")
        .json(new.clone())
        .expect(403)
        .await;
    let item = agent.post("/api/stock").json(new).expect(201).await;
    let path = format!("/api/stock/{}", item["id"].as_str().unwrap());
    assert_eq!(reader.get(&path).expect(200).await, item);
    // Agents change none, unless somebody grants it.
    let edit = json!({ "name": "Desk lamp" });
    agent.patch(&path).json(edit.clone()).expect(403).await;
    let edited = admin.patch(&path).json(edit).expect(200).await;
    assert_eq!(
        (&edited["name"], &edited["version"]),
        (&json!("Desk lamp"), &json!(2))
    );
}

#[tokio::test]
async fn its_lists_hold_what_is_within_reach_and_go_on() {
    let app = app_with(&Arc::default()).await;
    let (admin, one, other) = (app.admin().await, app.agent().await, app.agent().await);
    for name in ["A", "B", "C"] {
        put(&one, name).await;
    }
    let hidden = put(&other, "D").await;
    let path = format!("/api/stock/{}", hidden["id"].as_str().unwrap());
    one.get(&path).expect(404).await;
    let page = one.get("/api/stock?limit=2").expect(200).await;
    assert_eq!(
        (&page["total"], page["items"].as_array().unwrap().len()),
        (&json!(3), 2)
    );
    let cursor = page["nextCursor"].as_str().unwrap();
    let rest = one
        .get(&format!("/api/stock?limit=2&cursor={cursor}"))
        .expect(200)
        .await;
    assert_eq!(
        (rest["items"].as_array().unwrap().len(), &rest["nextCursor"]),
        (1, &json!(null))
    );
    let all = admin.get("/api/stock").expect(200).await;
    assert_eq!(all["total"], json!(4));
    let of_other = format!("/api/stock?owner={}", other.user().id);
    assert_eq!(admin.get(&of_other).expect(200).await["total"], json!(1));
    assert_eq!(one.get(&of_other).expect(200).await["total"], json!(0));
    one.get("/api/stock?colour=red").expect(400).await;
}

#[tokio::test]
async fn its_changes_are_in_the_log_and_reach_its_handlers() {
    let stock = Arc::new(Stock::default());
    let app = app_with(&stock).await;
    let (admin, agent, other) = (app.admin().await, app.agent().await, app.agent().await);
    let item = put(&agent, "Lamp").await;
    let about = format!(
        "/api/activities?resource=stock.item&resourceId={}",
        item["id"].as_str().unwrap()
    );
    for reader in [&admin, &agent] {
        let log = reader.get(&about).expect(200).await;
        let entry = &log["activities"][0];
        assert_eq!(entry["action"], json!("stock.made"));
        assert_eq!(entry["resourceName"], json!("Lamp"));
    }
    let log = other.get(&about).expect(200).await;
    assert_eq!(log["activities"], json!([]));
    let events = app
        .database()
        .rows("select name from events where name like 'stock.%'")
        .await;
    assert_eq!(events, [json!({ "name": "stock.made" })]);
    app.drain_jobs().await;
    assert_eq!(stock.counted.load(Ordering::SeqCst), 1);
    app.clock.advance(chrono::TimeDelta::hours(2));
    app.drain_jobs().await;
    assert_eq!(stock.fired.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_stale_item_is_shown_as_it_is() {
    let app = app_with(&Arc::default()).await;
    let admin = app.admin().await;
    let item = put(&admin, "Lamp").await;
    let path = format!("/api/stock/{}", item["id"].as_str().unwrap());
    let edit = json!({ "name": "Desk lamp" });
    let stale = poem::http::header::IF_MATCH;
    let edit = admin.patch(&path).json(edit).header(stale, "\"7\"");
    let problem = edit.expect(412).await;
    assert_eq!(problem["current"], item);
}

#[tokio::test]
async fn meta_shows_it_to_who_may_see_it() {
    let app = app_with(&Arc::default()).await;
    let meta = app.agent().await.get("/api/meta").expect(200).await;
    assert_eq!(
        meta["plugins"],
        json!([{ "id": "stock", "version": "1.2.0", "about": "Keeps a stock of items" }])
    );
    assert_eq!(
        meta["navigation"],
        json!([{ "plugin": "stock", "label": "Stock", "path": "/stock" }])
    );
    take_from_agents(&app).await;
    let meta = app.agent().await.get("/api/meta").expect(200).await;
    assert_eq!(meta["navigation"], json!([]));
}

#[tokio::test]
async fn plugins_start_with_the_server_and_stop_with_it() {
    let stock = Arc::new(Stock::default());
    let app = app_with(&stock).await;
    assert_eq!(stock.started.load(Ordering::SeqCst), 1);
    app.crm.stop_plugins().await;
    assert_eq!(stock.stopped.load(Ordering::SeqCst), 1);
}
