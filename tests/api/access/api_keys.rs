//! API keys: what a program that has one may do, and for how long.

use chrono::TimeDelta;
use crm_app::Error;
use crm_app::api_keys::NewApiKey;
use crm_domain::role::Role;
use crm_testing::app::PASSWORD;
use crm_testing::{Client, TestApp};
use serde_json::{Value, json};

use super::{roles, set};
use crate::auth::refusal;

async fn issue(client: &Client<'_>, scopes: &[&str]) -> Value {
    let body = json!({ "name": "Sync", "scopes": scopes, "password": PASSWORD });
    client.post("/api/api-keys").json(body).expect(201).await
}

fn program<'a>(app: &'a TestApp, issued: &Value) -> Client<'a> {
    app.anonymous()
        .with_token(issued["token"].as_str().unwrap())
}

#[tokio::test]
async fn a_key_may_do_what_both_it_and_its_owner_may() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let issued = issue(&agent, &["lead:read", "lead:create"]).await;
    let token = issued["token"].as_str().unwrap();
    assert!(token.starts_with("crm_ak_") && token.len() == 81, "{token}");
    let key = program(&app, &issued);
    let body = json!({ "name": "From a program", "phone": "+49 30 1234567" });
    let lead = key.post("/api/leads").json(body).expect(201).await;
    let path = format!("/api/leads/{}", lead["id"].as_str().unwrap());
    key.get(&path).expect(200).await;
    let response = key.delete(&path).send().await;
    assert_eq!(refusal(&response), (403, "forbidden".to_owned()));
    // What is not the owner's is not the key's.
    let admin = app.admin().await;
    let body = json!({ "name": "Hidden", "phone": "+49 30 1234567" });
    let hidden = admin.post("/api/leads").json(body).expect(201).await;
    key.get(&format!("/api/leads/{}", hidden["id"].as_str().unwrap()))
        .expect(404)
        .await;
    let me = key.get("/api/auth/me").expect(200).await;
    let held: Vec<_> = me["permissions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|held| &held["permission"])
        .collect();
    assert_eq!(held, ["lead:read", "lead:create"]);
    // The log tells the key from the person.
    let noted = "select actor_id, api_key_id from activities where action = 'lead.created' and api_key_id is not null";
    let expected = json!({ "actor_id": agent.user().id, "api_key_id": issued["apiKey"]["id"] });
    assert_eq!(app.database().rows(noted).await, [expected]);
    // What the owner loses, the key loses.
    set(&app, agent.user().id, roles(&[Role::ReadOnly.id()])).await;
    let body = json!({ "name": "Another", "phone": "+49 30 1234567" });
    key.post("/api/leads").json(body).expect(403).await;
    key.get("/api/leads").expect(200).await;
}

#[tokio::test]
async fn a_key_is_no_person() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let key = program(
        &app,
        &issue(&admin, &["lead:read", "apiKey:manage", "user:manage"]).await,
    );
    let before = app.database().fingerprint().await;
    let password = json!({ "currentPassword": "x", "newPassword": "y" });
    for response in [
        key.get("/api/api-keys").send().await,
        key.post("/api/api-keys")
            .json(json!({ "name": "x", "scopes": ["lead:read"], "password": PASSWORD }))
            .send()
            .await,
        key.get("/api/auth/sessions").send().await,
        key.post("/api/auth/logout-all").send().await,
        key.patch("/api/auth/me")
            .json(json!({ "name": "x" }))
            .send()
            .await,
        key.post("/api/auth/change-password")
            .json(password)
            .send()
            .await,
    ] {
        assert_eq!(refusal(&response), (403, "needs-session".to_owned()));
    }
    let fingerprint = app.database().fingerprint().await;
    let without_use = |text: &str| -> Vec<String> {
        text.lines()
            .filter(|line| !line.starts_with("api_keys "))
            .map(str::to_owned)
            .collect()
    };
    assert_eq!(without_use(&fingerprint), without_use(&before));
}

#[tokio::test]
async fn a_key_works_until_it_is_revoked_runs_out_or_its_owner_is_disabled() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let agent = app.agent().await;
    let issued = issue(&agent, &["lead:read"]).await;
    let key = program(&app, &issued);
    key.get("/api/leads").expect(200).await;
    let path = format!("/api/api-keys/{}", issued["apiKey"]["id"].as_str().unwrap());
    agent.delete(&path).expect(200).await;
    assert_eq!(
        refusal(&key.get("/api/leads").send().await),
        (401, "invalid-token".to_owned())
    );
    agent.delete(&path).expect(404).await;

    let key = program(&app, &issue(&agent, &["lead:read"]).await);
    let disable = format!("/api/users/{}/disable", agent.user().id);
    admin.post(&disable).expect(200).await;
    key.get("/api/leads").expect(401).await;
    admin
        .post(&disable.replace("disable", "enable"))
        .expect(200)
        .await;
    key.get("/api/leads").expect(200).await;
    app.clock
        .advance(TimeDelta::days(90) - TimeDelta::seconds(1));
    key.get("/api/leads").expect(200).await;
    app.clock.advance(TimeDelta::seconds(1));
    key.get("/api/leads").expect(401).await;
}

#[tokio::test]
async fn the_last_use_of_a_key_is_noted_once_a_minute_and_its_secret_nowhere() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let issued = issue(&agent, &["lead:read"]).await;
    let key = program(&app, &issued);
    let used = async || {
        let list = agent.get("/api/api-keys").expect(200).await;
        list["apiKeys"][0]["lastUsedAt"].clone()
    };
    assert_eq!(used().await, json!(null));
    key.get("/api/leads").expect(200).await;
    assert_eq!(used().await, "2026-01-02T12:00:00Z");
    app.clock.advance(TimeDelta::seconds(30));
    key.get("/api/leads").expect(200).await;
    app.clock.advance(TimeDelta::seconds(30));
    assert_eq!(used().await, "2026-01-02T12:00:00Z");
    let agent = app.sign_in(agent.user().clone()).await;
    key.get("/api/leads").expect(200).await;
    let list = agent.get("/api/api-keys").expect(200).await;
    assert_eq!(list["apiKeys"][0]["lastUsedAt"], "2026-01-02T12:01:00Z");
    let secret = issued["token"]
        .as_str()
        .unwrap()
        .rsplit('_')
        .nth(1)
        .unwrap();
    for table in ["api_keys", "activities", "events"] {
        let found = format!("select 1 from {table} where {table}::text like '%{secret}%'");
        assert!(app.database().rows(&found).await.is_empty(), "{table}");
    }
}

#[tokio::test]
async fn a_key_that_is_wrong_in_any_way_is_refused() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let issued = issue(&agent, &["lead:read"]).await;
    let other = issue(&agent, &["lead:read"]).await;
    let token = issued["token"].as_str().unwrap();
    let foreign = other["token"].as_str().unwrap();
    let mut mixed = token[..30].to_owned();
    mixed.push_str(&foreign[30..]);
    for wrong in [
        &token[..80],
        &mixed,
        "crm_ak_",
        "crm_ak_a_b_c",
        &format!("{token}x"),
        &token.to_uppercase(),
    ] {
        let response = app
            .anonymous()
            .with_token(wrong)
            .get("/api/leads")
            .send()
            .await;
        assert_eq!(
            refusal(&response),
            (401, "invalid-token".to_owned()),
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn a_key_that_cannot_be_is_not_made() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let now = "2026-01-02T12:00:00Z";
    for (body, pointer) in [
        (json!({ "name": "", "scopes": ["lead:read"] }), "#/name"),
        (json!({ "name": "k", "scopes": [] }), "#/scopes"),
        (json!({ "name": "k", "scopes": ["lead:fly"] }), "#/scopes/0"),
        (
            json!({ "name": "k", "scopes": ["user:create"] }),
            "#/scopes",
        ),
        (
            json!({ "name": "k", "scopes": ["lead:read"], "expiresAt": now }),
            "#/expiresAt",
        ),
        (
            json!({ "name": "k", "scopes": ["lead:read"], "expiresAt": "2027-01-05T00:00:00Z" }),
            "#/expiresAt",
        ),
        (
            json!({ "name": "k", "scopes": ["lead:read"], "more": 1 }),
            "#/more",
        ),
    ] {
        let mut body = body;
        body["password"] = json!(PASSWORD);
        let problem = agent.post("/api/api-keys").json(body).expect(400).await;
        assert_eq!(problem["errors"][0]["pointer"], pointer);
    }
    // More are wrong than are told.
    let body = json!({ "name": "", "scopes": vec!["lead:fly"; 1000], "password": PASSWORD });
    let problem = agent.post("/api/api-keys").json(body).expect(400).await;
    assert_eq!(problem["errors"].as_array().unwrap().len(), 1000);
    assert_eq!(problem["detail"], "1001 fields are invalid");
    let admin = app.admin().await;
    let body = json!({ "name": "k", "scopes": ["lead:read"], "owner": admin.user().id, "password": PASSWORD });
    agent.post("/api/api-keys").json(body).expect(403).await;
    agent
        .get(&format!("/api/api-keys?owner={}", admin.user().id))
        .expect(403)
        .await;
    let keys = "select 1 from api_keys";
    assert!(app.database().rows(keys).await.is_empty());
}

#[tokio::test]
async fn a_user_has_so_many_keys_and_no_more_even_when_they_are_made_at_once() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let (actor, keys) = (agent.actor(), app.crm.api_keys());
    let made = (0..60).map(|_| {
        let new = NewApiKey {
            owner: None,
            name: "k".parse().unwrap(),
            scopes: [crm_testing::permission("lead:read")].into(),
            expires_at: None,
        };
        keys.create(&actor, new)
    });
    let outcomes = futures_util::future::join_all(made).await;
    let made = outcomes.iter().filter(|outcome| outcome.is_ok());
    assert_eq!(made.count(), 50);
    let is_too_many = |error: Error| matches!(error, Error::TooMany { max: 50, .. });
    assert!(
        outcomes
            .into_iter()
            .filter_map(Result::err)
            .all(is_too_many)
    );
    let list = agent.get("/api/api-keys").expect(200).await;
    assert_eq!(list["apiKeys"].as_array().unwrap().len(), 50);
}

#[tokio::test]
async fn a_person_makes_a_key_with_the_present_password_only_and_guesses_are_slowed() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let body =
        |password: &str| json!({ "name": "k", "scopes": ["lead:read"], "password": password });
    for _ in 0..3 {
        let problem = agent
            .post("/api/api-keys")
            .json(body("wrong"))
            .expect(400)
            .await;
        let error = &problem["errors"][0];
        assert_eq!(
            (&error["pointer"], &error["code"]),
            (&json!("#/password"), &json!("wrong-password"))
        );
        app.clock.advance(chrono::TimeDelta::seconds(1));
    }
    let early = agent
        .post("/api/api-keys")
        .json(body(PASSWORD))
        .expect(429)
        .await;
    assert_eq!(early["code"], "too-many-attempts");
    assert!(
        app.database()
            .rows("select 1 from api_keys")
            .await
            .is_empty()
    );
    let failures = "select 1 from activities where action = 'user.sign-in-failed'";
    assert_eq!(app.database().rows(failures).await.len(), 3);
    app.clock.advance(chrono::TimeDelta::seconds(3));
    agent
        .post("/api/api-keys")
        .json(body(PASSWORD))
        .expect(201)
        .await;
    let without = json!({ "name": "k", "scopes": ["lead:read"] });
    agent.post("/api/api-keys").json(without).expect(400).await;
}
