//! The plugin as a client and a receiver see it, on the real database and real sockets.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "in tests a panic is the report"
)]

mod addresses;
mod deals;
mod deliveries;
mod live;
mod mail;
mod network;
mod notices;
mod plans;
mod receiver;
mod tls;
mod tries;
mod webhooks;

use std::sync::Arc;

use crm_app::plugin::{Setting, Settings};
use crm_domain::ids::UserId;
use crm_http::plugin::HttpPlugin;
use crm_notifications::Notifications;
use crm_testing::{Client, TestApp};
use serde_json::{Value, json};

use network::TestNetwork;
use receiver::Receiver;

/// The application on a network of the test's own, whose webhooks may connect to these networks besides the public internet.
async fn app_on(network: &Arc<TestNetwork>, allowed: &[&str]) -> TestApp {
    let mut settings = Settings::default();
    let setting = Setting {
        value: json!(allowed),
        place: "the test".to_owned(),
    };
    settings.set("notifications", "allowed_networks", setting);
    let plugin = Notifications::on(Arc::clone(network) as _);
    let plugins = [Arc::new(plugin) as Arc<dyn HttpPlugin>];
    TestApp::with_plugin_settings(&plugins, &settings).await
}

/// The application, whose webhooks may connect to this machine.
async fn app() -> TestApp {
    app_on(&Arc::default(), &["127.0.0.0/8"]).await
}

/// Makes a webhook that tells the receiver of these; gives it with its secret.
async fn webhook(client: &Client<'_>, receiver: &Receiver, event_types: &[&str]) -> Value {
    let new = json!({ "name": "Receiver", "url": receiver.url, "eventTypes": event_types });
    let made = client.post("/api/notifications/webhooks").json(new);
    made.expect(201).await
}

fn path(issued: &Value) -> String {
    let id = issued["webhook"]["id"].as_str().unwrap();
    format!("/api/notifications/webhooks/{id}")
}

/// The log of a webhook, the newest first.
async fn log(client: &Client<'_>, issued: &Value) -> Vec<Value> {
    let path = format!("{}/deliveries?limit=100", path(issued));
    let log = client.get(&path).expect(200).await;
    log["deliveries"].as_array().unwrap().clone()
}

/// Makes a lead; gives its id.
async fn lead(client: &Client<'_>, name: &str) -> String {
    let new = json!({ "name": name, "phone": "+49 30 1234567" });
    let lead = client.post("/api/leads").json(new).expect(201).await;
    lead["id"].as_str().unwrap().to_owned()
}

/// Gives a user, besides being an agent, all that there is to be done with their own webhooks.
async fn let_have_webhooks(app: &TestApp, user: UserId) {
    let admin = app.admin().await;
    let grant =
        |action| json!({ "permission": format!("notifications.webhook:{action}"), "scope": "own" });
    let grants: Vec<_> = ["read", "create", "update", "delete"].map(grant).into();
    let agent = crm_domain::role::Role::Agent.id().to_string();
    let role = json!({ "name": "Teller", "inherits": [agent], "grants": grants });
    let role = admin.post("/api/roles").json(role).expect(201).await;
    let edit = json!({ "roles": [role["id"]] });
    let path = format!("/api/users/{user}");
    admin.patch(&path).json(edit).expect(200).await;
}
