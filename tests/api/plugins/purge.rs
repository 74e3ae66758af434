//! What a plugin has left is removed when somebody says so, and nothing else is.

use std::sync::Arc;
use std::time::Duration;

use crm_app::plugin::Holdings;
use diesel_async::SimpleAsyncConnection as _;

use super::stock::Stock;
use super::{app_with, put};

#[tokio::test]
async fn a_plugin_is_purged_with_all_that_it_has() {
    let stock = Arc::new(Stock::default());
    let app = app_with(&stock).await;
    let agent = app.agent().await;
    put(&agent, "Lamp").await;
    app.database()
        .execute("create table stockings (id uuid)")
        .await;
    let found = app.crm.plugin_holdings("stock").await.unwrap();
    let expected = Holdings {
        tables: vec!["stock_items".to_owned()],
        migrations: 1,
        grants: 3,
        jobs: 1,
    };
    assert_eq!(found, expected);
    assert_eq!(app.crm.purge_plugin("stock").await.unwrap(), expected);
    let after = app.crm.plugin_holdings("stock").await.unwrap();
    assert!(after.is_empty());
    let left = app.database().rows("select * from stockings").await;
    assert!(left.is_empty());
    let logged = app
        .database()
        .rows("select * from activities where resource = 'stock.item'")
        .await;
    assert_eq!(logged.len(), 1);
    // A start with the plugin begins anew.
    let mut conn = app.database().connect().await;
    let plugins = app.crm.plugins().migrations();
    let applied = crm_storage::migrate::apply(&mut conn, &plugins, |_| {}).await;
    assert!(applied.unwrap().pending.is_empty());
    app.crm.apply_default_grants().await.unwrap();
    agent.get("/api/stock").expect(200).await;
}

#[tokio::test]
async fn a_purge_waits_for_who_migrates() {
    let app = app_with(&Arc::default()).await;
    // The lock that crm-storage takes while it migrates.
    let lock = i64::from_be_bytes(*b"crm_migr");
    let mut migrating = app.database().connect().await;
    migrating
        .batch_execute(&format!("begin; select pg_advisory_xact_lock({lock})"))
        .await
        .unwrap();
    let purging = app.crm.purge_plugin("stock");
    let early = tokio::time::timeout(Duration::from_millis(300), purging).await;
    assert!(early.is_err(), "it did not wait");
    migrating.batch_execute("rollback").await.unwrap();
    let purged = app.crm.purge_plugin("stock").await.unwrap();
    assert_eq!(purged.migrations, 1);
}

#[tokio::test]
async fn the_core_is_not_purged() {
    let app = crm_testing::TestApp::new().await;
    let before = app.database().fingerprint().await;
    for name in ["core", "crm", "lead", "role", "%", "", "x'y"] {
        assert!(app.crm.purge_plugin(name).await.is_err(), "{name}");
    }
    assert_eq!(app.database().fingerprint().await, before);
}
