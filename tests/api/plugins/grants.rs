//! Permissions of plugins: granted at first, taken away for good, kept while the plugin is absent.

use std::sync::Arc;

use crm_app::Crm;
use crm_app::plugin::{Plugin, Plugins, Settings};
use crm_domain::role::Role;
use crm_testing::TestApp;
use crm_testing::app::secrets;
use serde_json::json;

use super::stock::Stock;
use super::{app_with, put};

/// Takes from agents what the stock granted them.
pub(super) async fn take_from_agents(app: &TestApp) {
    let path = format!("/api/roles/{}", Role::Agent.id());
    let edit = json!({ "grants": [] });
    app.admin().await.patch(&path).json(edit).expect(200).await;
}

/// Another server on the same database, with these plugins.
async fn restarted(app: &TestApp, plugins: Vec<Arc<dyn Plugin>>) -> Crm {
    let plugins = Plugins::new(plugins, &Settings::default()).unwrap();
    let pool = app.database().pool();
    let crm = Crm::builder(pool, secrets()).plugins(plugins).build();
    crm.start_plugins().await.unwrap();
    crm
}

#[tokio::test]
async fn default_grants_are_given_once_and_in_the_log() {
    let app = app_with(&Arc::default()).await;
    let admin = app.admin().await;
    let grants = |role: Role| {
        let path = format!("/api/roles/{}", role.id());
        let admin = admin.clone();
        async move { admin.get(&path).expect(200).await["grants"].clone() }
    };
    let given = json!([
        { "permission": "stock.item:create", "scope": "own" },
        { "permission": "stock.item:read", "scope": "own" },
    ]);
    let mut found = grants(Role::Agent).await;
    found
        .as_array_mut()
        .unwrap()
        .sort_by_key(ToString::to_string);
    assert_eq!(found, given);
    let log = admin
        .get("/api/activities?action=role.edited")
        .expect(200)
        .await;
    assert_eq!(log["activities"].as_array().unwrap().len(), 2);
    take_from_agents(&app).await;
    restarted(&app, vec![Arc::new(Stock::default())]).await;
    assert_eq!(grants(Role::Agent).await, json!([]));
    assert_eq!(grants(Role::ReadOnly).await.as_array().unwrap().len(), 1);
    app.agent().await.get("/api/stock").expect(403).await;
}

#[tokio::test]
async fn many_servers_that_start_at_once_give_them_once() {
    let app = TestApp::new().await;
    let starts = (0..4).map(|_| restarted(&app, vec![Arc::new(Stock::default())]));
    futures_util::future::join_all(starts).await;
    let edits = app
        .database()
        .rows("select * from activities where action = 'role.edited'")
        .await;
    assert_eq!(edits.len(), 2);
}

#[tokio::test]
async fn what_a_built_in_role_grants_of_the_core_stays() {
    let app = app_with(&Arc::default()).await;
    let admin = app.admin().await;
    let path = format!("/api/roles/{}", Role::Agent.id());
    for grant in ["lead:export", "lead:read"] {
        let edit = json!({ "grants": [{ "permission": grant, "scope": "all" }] });
        let problem = admin.patch(&path).json(edit).expect(409).await;
        assert_eq!(problem["code"], json!("built-in-role"), "{grant}");
    }
    let edit = json!({ "grants": [{ "permission": "stock.item:update", "scope": "own" }] });
    admin.patch(&path).json(edit).expect(200).await;
    let path = format!("/api/roles/{}", Role::Admin.id());
    let edit = json!({ "grants": [] });
    let problem = admin.patch(&path).json(edit).expect(403).await;
    assert_eq!(problem["code"], json!("own-rights"));
}

#[tokio::test]
async fn what_an_absent_plugin_has_is_kept_and_breaks_nothing() {
    let app = app_with(&Arc::default()).await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    put(&agent, "Lamp").await;
    let without = restarted(&app, vec![]).await;
    let page = crm_domain::list::PageRequest::default();
    let filter = crm_domain::activity::EntryFilter::default();
    let seen = |who: crm_domain::activity::Actor| {
        let (without, page, filter) = (without.clone(), page.clone(), filter.clone());
        async move {
            let log = without
                .activities()
                .list(&who, &filter, &page)
                .await
                .unwrap();
            let actions = log
                .records
                .iter()
                .map(|shown| shown.entry.action.to_string());
            actions.filter(|action| action == "stock.made").count()
        }
    };
    assert_eq!(seen(admin.actor()).await, 1);
    assert_eq!(seen(agent.actor()).await, 0);
    let roles = without.roles().list(&admin.actor()).await.unwrap();
    assert!(
        roles
            .iter()
            .all(|role| !role.is_built_in || role.grants.is_empty())
    );
    // Its deliveries wait for a server that has it.
    without.jobs().drain().await.unwrap();
    let jobs = app
        .database()
        .rows("select * from jobs where name = 'stock.made'")
        .await;
    assert_eq!(jobs.len(), 1);
    let grants = app
        .database()
        .rows("select * from role_grants where permission like 'stock.%'")
        .await;
    assert_eq!(grants.len(), 3);
}
