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
use ring::hmac;
use serde_json::{Value, json};

use crate::auth::{refusal, sign_in};
use crate::matrix::world::{Caller, Subject, World};
use crate::matrix::{kind, plain};
use crate::{app_as_held, document_as_held};

/// The operations for everybody. An operation that joins them is a decision: it goes here, or it wants a token.
const PUBLIC: [&str; 10] = [
    "getDatabaseHealth",
    "getHealth",
    "getLiveness",
    "getMetrics",
    "getReadiness",
    "login",
    "logout",
    "refreshToken",
    "setPassword",
    "setUp",
];

#[derive(Clone)]
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

/// All operations, those of plugins among them.
fn operations() -> Vec<Operation> {
    operations_in(&document_as_held())
}

/// The operations of the core.
pub(crate) fn core_operations() -> Vec<Operation> {
    operations_in(&crm_http::document(&[]).unwrap())
}

fn operations_in(document: &Value) -> Vec<Operation> {
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

/// A workspace, and a request of every operation that is not public for every kind of record.
struct Walk {
    world: World,
    targets: Vec<(Operation, Subject, String)>,
}

impl Walk {
    async fn new() -> Self {
        let world = World::new().await;
        let mut targets = Vec::new();
        let core: BTreeSet<_> = core_operations().into_iter().map(|core| core.id).collect();
        for operation in guarded() {
            if !core.contains(&operation.id) {
                // The world has no records of plugins.
                let path = operation.path.clone();
                targets.push((operation, Subject::Missing, path));
                continue;
            }
            for subject in Subject::ALL {
                let id = world.record(kind(&operation), Caller::Agent, subject).await;
                if let Some(id) = id {
                    let path = world.path(&operation, &id).await;
                    targets.push((operation.clone(), subject, path));
                }
            }
        }
        Self { world, targets }
    }

    fn app(&self) -> &TestApp {
        &self.world.app
    }

    /// Sends the credential with each request, and a body that is no JSON, and wants the same 401 each time.
    async fn is_refused(&self, credential: &[&str], code: &str) {
        let before = self.app().database().fingerprint().await;
        let mut walked = BTreeSet::new();
        let mut answers = BTreeSet::new();
        for (operation, subject, path) in &self.targets {
            let request = self.app().anonymous();
            let request = request.request(operation.method.clone(), path);
            let request = request.raw("application/json", "{\"name\":");
            let request = credential.iter().fold(request, |request, value| {
                request.header(header::AUTHORIZATION, value)
            });
            let response = request.send().await;
            let place = format!("{} on {subject:?} with {credential:?}", operation.id);
            assert_eq!(refusal(&response), (401, code.to_owned()), "{place}");
            assert_eq!(
                response.header("www-authenticate"),
                r#"Bearer error="invalid_token""#,
                "{place}"
            );
            answers.insert(plain(&response.json()).to_string());
            walked.insert(&operation.id);
        }
        assert_eq!(walked.len(), operations().len() - PUBLIC.len());
        assert_eq!(answers.len(), 1, "{answers:?}");
        assert_eq!(self.app().database().fingerprint().await, before);
    }

    /// The same for what should be an access token.
    async fn is_no_token(&self, token: &str) {
        let credential = format!("Bearer {token}");
        self.is_refused(&[&credential], "invalid-token").await;
    }
}

#[tokio::test]
async fn nothing_is_done_without_a_token() {
    let walk = Walk::new().await;
    walk.is_refused(&[], "unauthenticated").await;
}

#[tokio::test]
async fn nothing_is_done_for_another_scheme() {
    let walk = Walk::new().await;
    let agent = walk.app().agent().await;
    let token = agent.token();
    for credential in [
        "",
        "Bearer",
        "Basic QWRhOnNlY3JldA==",
        &format!("Basic {token}"),
        token,
    ] {
        walk.is_refused(&[credential], "unauthenticated").await;
    }
}

#[tokio::test]
async fn nothing_is_done_for_garbage() {
    let walk = Walk::new().await;
    for scheme in ["Bearer", "bearer"] {
        let garbage = format!("{scheme} garbage");
        walk.is_refused(&[&garbage], "invalid-token").await;
    }
    walk.is_no_token("a.b.c").await;
    walk.is_no_token(&"x".repeat(5000)).await;
}

#[tokio::test]
async fn nothing_is_done_for_two_tokens_though_both_are_good() {
    let walk = Walk::new().await;
    let (one, two) = (walk.app().admin().await, walk.app().admin().await);
    let [one, two] = [one.token(), two.token()].map(|token| format!("Bearer {token}"));
    walk.is_refused(&[&one, &two], "unauthenticated").await;
    walk.is_refused(&[&one, &one], "unauthenticated").await;
}

#[tokio::test]
async fn nothing_is_done_for_an_expired_token() {
    let walk = Walk::new().await;
    let admin = walk.app().admin().await;
    walk.app().clock.advance(TimeDelta::minutes(16));
    let token = format!("Bearer {}", admin.token());
    walk.is_refused(&[&token], "token-expired").await;
}

#[tokio::test]
async fn nothing_is_done_for_a_token_of_an_ended_session() {
    let walk = Walk::new().await;
    let admin = walk.app().admin().await;
    admin.post("/api/auth/logout").expect(200).await;
    walk.is_no_token(admin.token()).await;
}

#[tokio::test]
async fn nothing_is_done_for_a_disabled_user() {
    let walk = Walk::new().await;
    let (admin, _other) = (walk.app().admin().await, walk.app().admin().await);
    let system = Actor::system("test");
    walk.app()
        .crm
        .users()
        .disable(&system, admin.user().id)
        .await
        .unwrap();
    walk.is_no_token(admin.token()).await;
}

#[tokio::test]
async fn nothing_is_done_for_a_token_of_another_server() {
    let walk = Walk::new().await;
    let user = walk.app().user(Role::Admin).await;
    let token = signed_by_another_server(walk.app(), &user).await;
    walk.is_no_token(&token).await;
    // The name of our key over the other's signature.
    let ours = sign_in(walk.app(), &user).await.access;
    let parts = [parts(&ours)[0], parts(&token)[1], parts(&token)[2]];
    walk.is_no_token(&parts.join(".")).await;
}

#[tokio::test]
async fn nothing_is_done_for_a_token_without_a_signature() {
    let walk = Walk::new().await;
    let admin = walk.app().admin().await;
    let [_, payload, signature] = parts(admin.token());
    let unsigned = edited(parts(admin.token())[0], "alg", json!("none"));
    walk.is_no_token(&format!("{unsigned}.{payload}.")).await;
    walk.is_no_token(&format!("{unsigned}.{payload}.{signature}"))
        .await;
    let other = edited(parts(admin.token())[0], "alg", json!("RS256"));
    walk.is_no_token(&format!("{other}.{payload}.{signature}"))
        .await;
}

#[tokio::test]
async fn nothing_is_done_for_a_token_that_was_tampered_with() {
    let walk = Walk::new().await;
    let (admin, agent) = (walk.app().admin().await, walk.app().agent().await);
    let [header, payload, signature] = parts(agent.token());
    let forged = [
        edited(payload, "sub", json!(admin.user().id)),
        edited(payload, "role", json!("Admin")),
        edited(payload, "exp", json!(9_999_999_999_u64)),
        parts(admin.token())[1].to_owned(),
    ];
    for payload in forged {
        walk.is_no_token(&format!("{header}.{payload}.{signature}"))
            .await;
    }
}

#[tokio::test]
async fn nothing_is_done_for_a_refresh_token() {
    let walk = Walk::new().await;
    let user = walk.app().user(Role::Admin).await;
    let tokens = sign_in(walk.app(), &user).await;
    walk.is_no_token(&tokens.refresh).await;
}

/// Signed by our own key: only what the token says of itself is wrong.
#[tokio::test]
async fn nothing_is_done_for_a_token_of_another_type_issuer_or_audience() {
    let walk = Walk::new().await;
    let admin = walk.app().admin().await;
    let [header, payload, _] = parts(admin.token());
    let untouched = signed_with_our_key(header, payload);
    assert_eq!(untouched, admin.token());
    let without = |member| edited(payload, member, Value::Null);
    let wrong = [
        signed_with_our_key(&edited(header, "typ", json!("JWT")), payload),
        signed_with_our_key(&edited(header, "typ", json!("rt+jwt")), payload),
        signed_with_our_key(&edited(header, "kid", json!("../../x")), payload),
        signed_with_our_key(&edited(header, "kid", Value::Null), payload),
        signed_with_our_key(header, &edited(payload, "aud", json!("other"))),
        signed_with_our_key(header, &edited(payload, "iss", json!("other"))),
        signed_with_our_key(header, &edited(payload, "exp", json!("soon"))),
        signed_with_our_key(header, &without("aud")),
        signed_with_our_key(header, &without("iss")),
        signed_with_our_key(header, &without("exp")),
        signed_with_our_key(header, &without("sub")),
    ];
    for token in wrong {
        walk.is_no_token(&token).await;
    }
}

/// Shows that the walks above would see an operation that does its work.
#[tokio::test]
async fn with_a_good_token_no_operation_answers_401() {
    let app = app_as_held().await;
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
    let without: BTreeSet<_> = core_operations()
        .into_iter()
        .filter(|operation| !operation.is_public && operation.permissions.is_empty())
        .map(|operation| operation.id)
        .collect();
    // What everybody may do to themselves.
    let own = [
        "changePassword",
        "confirmTwoFactor",
        "createApiKey",
        "createView",
        "deleteView",
        "endSession",
        "explain",
        "getMe",
        "getMeta",
        "getTwoFactor",
        "getView",
        "listApiKeys",
        "listPermissions",
        "listSessions",
        // It takes the permission to read the records that the query names.
        "listTags",
        "listViews",
        "logoutAll",
        "removeTwoFactor",
        "renewRecoveryCodes",
        "revokeApiKey",
        // Each kind is found by those who may read it.
        "search",
        "startTwoFactor",
        "updateMe",
        "updateView",
    ];
    // Which one it is depends on what is imported: the use cases ask, and the matrix shows it.
    let of_imports = [
        "checkImport",
        "configureImport",
        "createImport",
        "deleteImport",
        "getImport",
        "getImportErrors",
        "listImports",
        "revertImport",
        "runImport",
    ];
    // The same with the fields: who reads the records reads them.
    let of_fields = ["getCustomField", "getCustomFieldSchema", "listCustomFields"];
    let expected = own.into_iter().chain(of_imports).chain(of_fields);
    assert_eq!(without, expected.map(str::to_owned).collect());
}

async fn signed_by_another_server(app: &TestApp, user: &User) -> String {
    let key = |byte| SecretKey::new(vec![byte; 32]).unwrap();
    let secrets = Secrets::single(key(7), key(8));
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

/// A token as our own server would sign it.
fn signed_with_our_key(header: &str, payload: &str) -> String {
    let message = format!("{header}.{payload}");
    let key = hmac::Key::new(hmac::HMAC_SHA256, &[1; 32]);
    let signature = URL_SAFE_NO_PAD.encode(hmac::sign(&key, message.as_bytes()));
    format!("{message}.{signature}")
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
