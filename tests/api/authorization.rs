//! Who may call: walked from the API document, so that no operation can be forgotten.

use std::collections::BTreeSet;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use crm_app::{Crm, HashCost, SecretKey, Secrets};
use crm_domain::activity::Actor;
use crm_domain::role::Role;
use crm_domain::user::User;
use crm_testing::app::PASSWORD;
use crm_testing::request::TestRequest;
use crm_testing::{Client, TestApp};
use poem::http::{Method, header};
use serde_json::{Value, json};

use crate::auth::{refusal, sign_in};

/// The operations for everybody. An operation that joins them is a decision: it goes here, or it wants a token.
const PUBLIC: [&str; 8] = [
    "getDatabaseHealth",
    "getHealth",
    "getLiveness",
    "getReadiness",
    "login",
    "logout",
    "refreshToken",
    "setUp",
];

pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) method: Method,
    /// As the document has it: `/api/leads/{id}`.
    pub(crate) template: String,
    /// With some id in the place of each parameter.
    path: String,
    is_public: bool,
    pub(crate) permissions: Vec<String>,
}

impl Operation {
    fn request<'a>(&self, client: &Client<'a>) -> TestRequest<'a> {
        client.request(self.method.clone(), &self.path)
    }
}

pub(crate) fn operations() -> Vec<Operation> {
    let document = crm_http::document().unwrap();
    let mut operations = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let fill = |part| match part {
                part if str::starts_with(part, '{') => "01900000-0000-7000-8000-000000000000",
                part => part,
            };
            operations.push(Operation {
                id: operation["operationId"].as_str().unwrap().to_owned(),
                method: method.to_uppercase().parse().unwrap(),
                template: path.clone(),
                path: path.split('/').map(fill).collect::<Vec<_>>().join("/"),
                is_public: operation["security"] == json!([]),
                permissions: serde_json::from_value(operation["x-permissions"].clone()).unwrap(),
            });
        }
    }
    // Counted in another way: an operation that the walk does not understand is not left out in silence.
    let text = document.to_string();
    assert_eq!(operations.len(), text.matches("\"operationId\"").count());
    operations
}

fn guarded() -> impl Iterator<Item = Operation> {
    operations()
        .into_iter()
        .filter(|operation| !operation.is_public)
}

#[test]
fn exactly_these_operations_are_for_everybody() {
    let public: BTreeSet<_> = operations()
        .into_iter()
        .filter(|operation| operation.is_public)
        .map(|operation| operation.id)
        .collect();
    assert_eq!(public, PUBLIC.map(str::to_owned).into());
}

/// Sends the credential to every operation that is not public, with a body that is no JSON, and wants 401 each time.
async fn is_refused_everywhere(app: &TestApp, credential: &[&str], code: &str) {
    let before = app.database().fingerprint().await;
    let mut walked = 0;
    for operation in guarded() {
        let request = operation.request(&app.anonymous());
        let request = request.raw("application/json", "{\"name\":");
        let request = credential.iter().fold(request, |request, value| {
            request.header(header::AUTHORIZATION, value)
        });
        let response = request.send().await;
        let place = format!("{} with {credential:?}", operation.id);
        assert_eq!(refusal(&response), (401, code.to_owned()), "{place}");
        assert_eq!(
            response.header("www-authenticate"),
            r#"Bearer error="invalid_token""#,
            "{place}"
        );
        walked += 1;
    }
    assert_eq!(walked, operations().len() - PUBLIC.len());
    assert_eq!(app.database().fingerprint().await, before);
}

/// The same for what should be an access token.
async fn is_no_token(app: &TestApp, token: &str) {
    is_refused_everywhere(app, &[&format!("Bearer {token}")], "invalid-token").await;
}

#[tokio::test]
async fn nothing_is_done_without_a_token() {
    let app = TestApp::new().await;
    is_refused_everywhere(&app, &[], "unauthenticated").await;
}

#[tokio::test]
async fn nothing_is_done_for_another_scheme() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let token = agent.token();
    for credential in [
        "",
        "Bearer",
        "Basic QWRhOnNlY3JldA==",
        &format!("Basic {token}"),
        token,
    ] {
        is_refused_everywhere(&app, &[credential], "unauthenticated").await;
    }
}

#[tokio::test]
async fn nothing_is_done_for_garbage() {
    let app = TestApp::new().await;
    for scheme in ["Bearer", "bearer"] {
        let garbage = format!("{scheme} garbage");
        is_refused_everywhere(&app, &[&garbage], "invalid-token").await;
    }
    is_no_token(&app, "a.b.c").await;
    is_no_token(&app, &"x".repeat(5000)).await;
}

#[tokio::test]
async fn nothing_is_done_for_two_tokens_though_both_are_good() {
    let app = TestApp::new().await;
    let (one, two) = (app.admin().await, app.admin().await);
    let [one, two] = [one.token(), two.token()].map(|token| format!("Bearer {token}"));
    is_refused_everywhere(&app, &[&one, &two], "unauthenticated").await;
    is_refused_everywhere(&app, &[&one, &one], "unauthenticated").await;
}

#[tokio::test]
async fn nothing_is_done_for_an_expired_token() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    app.clock.advance(TimeDelta::minutes(16));
    let token = format!("Bearer {}", admin.token());
    is_refused_everywhere(&app, &[&token], "token-expired").await;
}

#[tokio::test]
async fn nothing_is_done_for_a_token_of_an_ended_session() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    admin.post("/api/auth/logout").expect(200).await;
    is_no_token(&app, admin.token()).await;
}

#[tokio::test]
async fn nothing_is_done_for_a_disabled_user() {
    let app = TestApp::new().await;
    let (admin, _other) = (app.admin().await, app.admin().await);
    let system = Actor::system("test");
    app.crm
        .users()
        .disable(&system, admin.user().id)
        .await
        .unwrap();
    is_no_token(&app, admin.token()).await;
}

#[tokio::test]
async fn nothing_is_done_for_a_token_of_another_server() {
    let app = TestApp::new().await;
    let user = app.user(Role::Admin).await;
    let token = signed_by_another_server(&app, &user).await;
    is_no_token(&app, &token).await;
    // The name of our key over the other's signature.
    let ours = sign_in(&app, &user).await.access;
    let parts = [parts(&ours)[0], parts(&token)[1], parts(&token)[2]];
    is_no_token(&app, &parts.join(".")).await;
}

#[tokio::test]
async fn nothing_is_done_for_a_token_without_a_signature() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let [_, payload, signature] = parts(admin.token());
    let unsigned = edited(parts(admin.token())[0], "alg", json!("none"));
    is_no_token(&app, &format!("{unsigned}.{payload}.")).await;
    is_no_token(&app, &format!("{unsigned}.{payload}.{signature}")).await;
    let other = edited(parts(admin.token())[0], "alg", json!("RS256"));
    is_no_token(&app, &format!("{other}.{payload}.{signature}")).await;
}

#[tokio::test]
async fn nothing_is_done_for_a_token_that_was_tampered_with() {
    let app = TestApp::new().await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    let [header, payload, signature] = parts(agent.token());
    let forged = [
        edited(payload, "sub", json!(admin.user().id)),
        edited(payload, "role", json!("Admin")),
        edited(payload, "exp", json!(9_999_999_999_u64)),
        parts(admin.token())[1].to_owned(),
    ];
    for payload in forged {
        is_no_token(&app, &format!("{header}.{payload}.{signature}")).await;
    }
}

#[tokio::test]
async fn nothing_is_done_for_a_refresh_token() {
    let app = TestApp::new().await;
    let user = app.user(Role::Admin).await;
    let tokens = sign_in(&app, &user).await;
    is_no_token(&app, &tokens.refresh).await;
}

/// Shows that the walks above would see an operation that does its work.
#[tokio::test]
async fn with_a_good_token_no_operation_answers_401() {
    let app = TestApp::new().await;
    for operation in guarded() {
        // One of these ends the session.
        let admin = app.admin().await;
        let response = operation.request(&admin).send().await;
        assert!(
            ![401, 403].contains(&response.status.as_u16()),
            "{}",
            operation.id
        );
    }
}

#[test]
fn every_guarded_operation_of_records_names_its_permission() {
    let without: BTreeSet<_> = guarded()
        .filter(|operation| operation.permissions.is_empty())
        .map(|operation| operation.id)
        .collect();
    // What everybody may do to themselves.
    let own = [
        "changePassword",
        "createApiKey",
        "endSession",
        "explain",
        "getMe",
        "listApiKeys",
        "listPermissions",
        "listSessions",
        "logoutAll",
        "revokeApiKey",
        "updateMe",
    ];
    assert_eq!(without, own.map(str::to_owned).into());
}

async fn signed_by_another_server(app: &TestApp, user: &User) -> String {
    let key = |byte| SecretKey::new(vec![byte; 32]).unwrap();
    let secrets = Secrets {
        access: key(7),
        refresh: key(8),
    };
    let other = Crm::builder(app.crm.pool().clone(), secrets)
        .clock(Arc::clone(&app.clock) as _)
        .hash_cost(HashCost::ForTests)
        .build();
    let client = crm_app::auth::Client::default();
    let signed_in = other
        .auth()
        .login(user.email.as_str(), PASSWORD.to_owned(), client)
        .await;
    signed_in.unwrap().access_token
}

fn parts(token: &str) -> [&str; 3] {
    let parts: Vec<_> = token.split('.').collect();
    parts.try_into().unwrap()
}

/// The part of a token with another value of one member.
fn edited(part: &str, member: &str, value: Value) -> String {
    let mut json: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
    json[member] = value;
    URL_SAFE_NO_PAD.encode(json.to_string())
}
