//! Webhooks as records: made, shown, changed, deleted, by whom.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use crm_domain::role::Role;
use crm_testing::TestApp;
use poem::http::Method;
use serde_json::{Value, json};

use crate::receiver::Receiver;
use crate::{app, app_on, let_have_webhooks, path, webhook};

const WEBHOOKS: &str = "/api/notifications/webhooks";

#[tokio::test]
async fn a_webhook_is_made_shown_changed_and_deleted() {
    let (app, receiver) = (app().await, Receiver::start().await);
    let admin = app.admin().await;
    let issued = webhook(&admin, &receiver, &["lead.created", "lead.created"]).await;
    let path = path(&issued);
    let made = &issued["webhook"];
    assert_eq!(made["url"], json!(receiver.url));
    assert_eq!(made["eventTypes"], json!(["lead.created"]));
    assert_eq!(made["owner"], json!(admin.user().id));
    assert_eq!(
        (&made["isEnabled"], &made["version"]),
        (&json!(true), &json!(1))
    );
    assert_eq!(admin.get(&path).expect(200).await, *made);
    let edit = json!({ "name": "Other", "eventTypes": ["lead.edited"], "isEnabled": false });
    let edited = admin.patch(&path).json(edit.clone()).expect(200).await;
    assert_eq!(
        (
            &edited["name"],
            &edited["disabledReason"],
            &edited["version"]
        ),
        (&json!("Other"), &json!("byUser"), &json!(2))
    );
    let same = admin.patch(&path).json(edit).expect(200).await;
    assert_eq!(same, edited);
    let on = json!({ "isEnabled": true });
    let on = admin.patch(&path).json(on).expect(200).await;
    assert_eq!(
        (&on["disabledAt"], &on["disabledReason"]),
        (&json!(null), &json!(null))
    );
    let list = admin.get(WEBHOOKS).expect(200).await;
    assert_eq!(
        (&list["webhooks"], &list["totalWebhooks"]),
        (&json!([on]), &json!(1))
    );
    let off = admin
        .get(&format!("{WEBHOOKS}?isEnabled=false"))
        .expect(200)
        .await;
    assert_eq!(off["totalWebhooks"], json!(0));
    let stale = admin
        .delete(&path)
        .header(poem::http::header::IF_MATCH, "\"1\"");
    assert_eq!(stale.expect(412).await["current"], on);
    admin.delete(&path).expect(200).await;
    admin.get(&path).expect(404).await;
    assert_eq!(app.wrong_events().await, Vec::<String>::new());
}

/// All rows of all tables.
async fn everything(app: &TestApp) -> String {
    let tables = "select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'";
    let mut all = String::new();
    for table in app.database().rows(tables).await {
        let query = format!("select * from {}", table["table_name"].as_str().unwrap());
        let rows = app.database().rows(&query).await;
        all.extend(rows.iter().map(ToString::to_string));
    }
    all
}

#[tokio::test]
async fn its_secret_is_shown_once_and_stands_nowhere_in_the_open() {
    let (app, receiver) = (app().await, Receiver::start().await);
    let admin = app.admin().await;
    let issued = webhook(&admin, &receiver, &["lead.created"]).await;
    let secret = issued["secret"].as_str().unwrap();
    assert!(
        secret.starts_with("whsec_") && secret.len() == 50,
        "{secret}"
    );
    let shown = admin.get(&path(&issued)).expect(200).await.to_string();
    assert!(!shown.contains("whsec_"));
    let stored = everything(&app).await;
    assert!(stored.contains(issued["webhook"]["id"].as_str().unwrap()));
    let bytes = STANDARD.decode(&secret[6..]).unwrap();
    let hex: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    for shown in ["whsec_", &secret[6..], &hex.concat()] {
        assert!(!stored.contains(shown), "{shown}");
    }
    // The way to a receiver is often a secret too: the log tells only where it leads.
    let log = app
        .database()
        .rows("select changes from activities where resource = 'notifications.webhook'")
        .await;
    let log = Value::from(log).to_string();
    assert!(
        log.contains("http://127.0.0.1:") && !log.contains("/hook"),
        "{log}"
    );
}

#[tokio::test]
async fn only_its_owner_says_where_a_webhook_goes() {
    let (app, receiver) = (app().await, Receiver::start().await);
    let (owner, other) = (app.admin().await, app.admin().await);
    let issued = webhook(&owner, &receiver, &["lead.created"]).await;
    let path = path(&issued);
    for edit in [
        json!({ "url": "https://example.org" }),
        json!({ "eventTypes": ["lead.edited"] }),
        json!({ "name": "Mine" }),
        json!({ "isEnabled": true }),
    ] {
        let problem = other.patch(&path).json(edit).expect(409).await;
        assert_eq!(problem["reason"], json!("notifications.not-the-owner"));
    }
    let rotated = other
        .post(&format!("{path}/rotate-secret"))
        .expect(409)
        .await;
    assert_eq!(rotated["reason"], json!("notifications.not-the-owner"));
    let off = other.patch(&path).json(json!({ "isEnabled": false }));
    assert_eq!(off.expect(200).await["isEnabled"], json!(false));
    let ping = owner.post(&format!("{path}/ping")).expect(409).await;
    assert_eq!(ping["reason"], json!("notifications.webhook-disabled"));
    other.delete(&path).expect(200).await;
}

#[tokio::test]
async fn one_sees_ones_own_webhooks_only_where_a_role_says_so() {
    let (app, receiver) = (app().await, Receiver::start().await);
    let (admin, agent) = (app.admin().await, app.agent().await);
    let of_admin = webhook(&admin, &receiver, &["lead.created"]).await;
    for role in [Role::Manager, Role::Agent, Role::ReadOnly] {
        app.as_role(role).await.get(WEBHOOKS).expect(403).await;
    }
    let_have_webhooks(&app, agent.user().id).await;
    let own = webhook(&agent, &receiver, &["lead.created"]).await;
    let list = agent.get(WEBHOOKS).expect(200).await;
    assert_eq!(list["webhooks"], json!([own["webhook"]]));
    for (method, what) in [
        (Method::GET, ""),
        (Method::DELETE, ""),
        (Method::POST, "/ping"),
        (Method::POST, "/rotate-secret"),
        (Method::GET, "/deliveries"),
    ] {
        let path = format!("{}{what}", path(&of_admin));
        agent.request(method, &path).expect(404).await;
    }
}

#[tokio::test]
async fn a_key_makes_no_webhook_which_would_tell_more_than_the_key_may_read() {
    let (app, receiver) = (app().await, Receiver::start().await);
    let admin = app.admin().await;
    let key = json!({
        "name": "Key", "password": crm_testing::app::PASSWORD,
        "scopes": ["notifications.webhook:create", "notifications.webhook:update", "notifications.webhook:read"],
    });
    let key = admin.post("/api/api-keys").json(key).expect(201).await;
    let program = admin.with_token(key["token"].as_str().unwrap());
    let new = json!({ "name": "N", "url": receiver.url, "eventTypes": ["lead.created"] });
    let problem = program.post(WEBHOOKS).json(new).expect(403).await;
    assert_eq!(problem["code"], json!("needs-session"));
    let issued = webhook(&admin, &receiver, &["lead.created"]).await;
    let edit = program
        .patch(&path(&issued))
        .json(json!({ "url": "https://example.org" }));
    assert_eq!(edit.expect(403).await["code"], json!("needs-session"));
    program
        .post(&format!("{}/rotate-secret", path(&issued)))
        .expect(403)
        .await;
    program.get(&path(&issued)).expect(200).await;
}

#[tokio::test]
async fn what_is_wrong_with_a_webhook_is_pointed_to() {
    let app = app_on(&std::sync::Arc::default(), &[]).await;
    let admin = app.admin().await;
    for (url, types, pointer, code) in [
        ("https://example.org", json!([]), "#/eventTypes", "required"),
        (
            "https://example.org",
            json!(["lead.craeted"]),
            "#/eventTypes/0",
            "not-one-of",
        ),
        (
            "https://example.org",
            json!(["lead.created", ""]),
            "#/eventTypes/1",
            "too-short",
        ),
        (
            "https://user@example.org",
            json!(["lead.created"]),
            "#/url",
            "not-allowed",
        ),
        (
            "https://127.0.0.1",
            json!(["lead.created"]),
            "#/url",
            "not-allowed",
        ),
        (
            "http://example.org",
            json!(["lead.created"]),
            "#/url",
            "not-allowed",
        ),
        (
            "file:///etc/passwd",
            json!(["lead.created"]),
            "#/url",
            "not-a-url",
        ),
    ] {
        let new = json!({ "name": "N", "url": url, "eventTypes": types });
        let problem = admin.post(WEBHOOKS).json(new).expect(400).await;
        let error = &problem["errors"][0];
        assert_eq!(
            (&error["pointer"], &error["code"]),
            (&json!(pointer), &json!(code)),
            "{problem}"
        );
    }
    assert_eq!(
        admin.get(WEBHOOKS).expect(200).await["totalWebhooks"],
        json!(0)
    );
}

#[tokio::test]
async fn a_user_has_twenty_webhooks_at_most() {
    let (app, receiver) = (app().await, Receiver::start().await);
    let admin = app.admin().await;
    for _ in 0..19 {
        webhook(&admin, &receiver, &["lead.created"]).await;
    }
    let new = json!({ "name": "N", "url": receiver.url, "eventTypes": ["lead.created"] });
    let make = || async { admin.post(WEBHOOKS).json(new.clone()).send().await };
    let (one, other) = tokio::join!(make(), make());
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
}

#[tokio::test]
async fn the_secret_before_the_last_one_is_good_for_a_day() {
    let (app, receiver) = (app().await, Receiver::start().await);
    app.clock.advance(crate::deliveries::until_now(&app));
    let admin = app.admin().await;
    let issued = webhook(&admin, &receiver, &["lead.created"]).await;
    let path = path(&issued);
    let rotated = admin
        .post(&format!("{path}/rotate-secret"))
        .expect(200)
        .await;
    assert_eq!(rotated["webhook"]["version"], json!(2));
    let (old, new) = (
        issued["secret"].as_str().unwrap(),
        rotated["secret"].as_str().unwrap(),
    );
    assert_ne!(old, new);
    admin.post(&format!("{path}/ping")).expect(202).await;
    app.drain_jobs().await;
    let told = receiver.told();
    assert!(told[0].verifies(old) && told[0].verifies(new));
    app.database()
        .execute(
            "update notifications_webhooks set previous_until = previous_until - interval '1 day'",
        )
        .await;
    admin.post(&format!("{path}/ping")).expect(202).await;
    app.drain_jobs().await;
    let told = receiver.told();
    assert!(!told[0].verifies(old) && told[0].verifies(new));
    assert_eq!(
        told[0].header("webhook-signature").matches("v1,").count(),
        1
    );
}
