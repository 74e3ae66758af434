//! What every answer carries, whatever was asked.

use crm_domain::event::LeadCreated;
use crm_testing::TestApp;
use crm_testing::request::{TestRequest, TestResponse};
use poem::http::{HeaderName, Method, header};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::auth::refusal;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The members that every problem has.
const MEMBERS: [&str; 11] = [
    "type",
    "title",
    "status",
    "detail",
    "instance",
    "error",
    "details",
    "code",
    "errors",
    "request_id",
    "retry_after",
];

#[tokio::test]
async fn browsers_are_told_to_trust_nothing_on_success_and_on_errors() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let requests = [
        agent.get("/api/auth/me"),
        app.anonymous().get("/health"),
        app.anonymous().get("/api/openapi.json"),
        app.anonymous().get("/api/auth/me"),
        app.anonymous().get("/api/nothing"),
        app.anonymous().request(Method::PUT, "/api/auth/me"),
        agent.patch("/api/auth/me").json(json!({})),
        agent
            .patch("/api/auth/me")
            .raw("application/json", vec![b' '; 300_000]),
    ];
    for request in requests {
        let response = request.send().await;
        let expected = [
            (
                "strict-transport-security",
                "max-age=31536000; includeSubDomains",
            ),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            (
                "content-security-policy",
                "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
            ),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("cache-control", "no-store"),
        ];
        for (name, value) in expected {
            assert_eq!(
                response.header(name),
                value,
                "{name} of {}",
                response.status
            );
        }
        for name in ["server", "x-powered-by"] {
            assert!(!response.headers.contains_key(name), "{name}");
        }
    }
}

#[tokio::test]
async fn a_request_keeps_the_id_that_its_sender_chose() {
    let app = TestApp::new().await;
    let id = "0190b5c2-3c6f-7d2e-8c64-9f1b2a3c4d5e";
    for path in ["/health", "/api/auth/me", "/api/nothing"] {
        let response = app
            .anonymous()
            .get(path)
            .header(REQUEST_ID, id)
            .send()
            .await;
        assert_eq!(response.header("x-request-id"), id);
    }
}

#[tokio::test]
async fn an_id_that_is_no_uuid_is_replaced() {
    let app = TestApp::new().await;
    let mut seen = std::collections::BTreeSet::new();
    let long = "0".repeat(1000);
    for garbage in [
        "",
        "1",
        "0190b5c2-3c6f-7d2e-8c64-9f1b2a3c4d5",
        "x y",
        "${jndi:ldap://x}",
        &long,
    ] {
        let request = app.anonymous().get("/health").header(REQUEST_ID, garbage);
        let response = request.send().await;
        let id: Uuid = response.header("x-request-id").parse().unwrap();
        assert_eq!(id.get_version_num(), 7, "{garbage:?}");
        assert!(seen.insert(id));
    }
}

#[tokio::test]
async fn the_id_stands_in_the_problem_and_in_the_activity_log() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let id = "0190b5c2-3c6f-7d2e-8c64-9f1b2a3c4d5e";
    let new = json!({"name": "Ada", "emailId": "ada@crm.test", "password": "long and odd enough", "role": "Agent"});
    let register = || {
        let request = admin.post("/api/auth/register").json(new.clone());
        request.header(REQUEST_ID, id)
    };
    register().expect(201).await;
    let problem = register().expect(409).await;
    assert_eq!(problem["request_id"], id);
    assert_eq!(problem["instance"], format!("urn:uuid:{id}"));
    let noted = format!("select action, actor_id from activities where request_id = '{id}'");
    assert_eq!(
        app.database().rows(&noted).await,
        [json!({ "action": "user.created", "actor_id": admin.user().id })]
    );
}

fn assert_problem(response: &TestResponse, status: u16, code: &str) -> Value {
    assert_eq!(refusal(response), (status, code.to_owned()));
    assert_eq!(response.header("content-type"), "application/problem+json");
    let problem = response.json();
    for member in MEMBERS {
        assert!(problem.get(member).is_some(), "{code} without {member}");
    }
    let id = response.header("x-request-id");
    assert_eq!(problem["request_id"], id);
    assert_eq!(problem["instance"], format!("urn:uuid:{id}"));
    assert_eq!(problem["status"], status);
    assert_eq!(problem["error"], problem["title"]);
    assert_eq!(problem["type"], format!("urn:crm:problem:{code}"));
    assert!(!problem["detail"].as_str().unwrap().is_empty());
    let (details, errors) = (problem["details"].as_array(), problem["errors"].as_array());
    assert_eq!(details.map(Vec::len), errors.map(Vec::len));
    for error in errors.unwrap() {
        assert_ne!(
            error["pointer"].is_null(),
            error["parameter"].is_null(),
            "{error}"
        );
    }
    problem
}

#[tokio::test]
async fn every_refusal_is_a_problem_with_all_its_members() {
    let app = TestApp::new().await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    let anonymous = app.anonymous();
    let new = |email: &str, password: &str| json!({"name": "Ada", "emailId": email, "password": password, "role": "Agent"});
    let register = |body: Value| admin.post("/api/auth/register").json(body);
    let session = "/api/auth/sessions/01900000-0000-7000-8000-000000000000";
    let long = "x".repeat(257);
    let cases: [(TestRequest<'_>, u16, &str); 17] = [
        (register(json!({})), 400, "validation-failed"),
        (register(new("nowhere", "short")), 400, "validation-failed"),
        (agent.get("/api/leads?page=0"), 400, "validation-failed"),
        (agent.get("/api/auth/me?x=1"), 400, "validation-failed"),
        (
            agent.delete("/api/auth/sessions/x"),
            400,
            "validation-failed",
        ),
        (
            agent.patch("/api/auth/me").raw("application/json", "{"),
            400,
            "malformed-json",
        ),
        (anonymous.get("/api/auth/me"), 401, "unauthenticated"),
        (
            anonymous.with_token("x").get("/api/auth/me"),
            401,
            "invalid-token",
        ),
        (agent.post("/api/auth/register"), 403, "forbidden"),
        (anonymous.post("/api/auth/refresh"), 403, "cross-site"),
        (agent.get("/api/nothing"), 404, "not-found"),
        (agent.delete(session), 404, "not-found"),
        (agent.delete("/api/auth/me"), 405, "method-not-allowed"),
        (
            register(new(agent.user().email.as_str(), "long and odd enough")),
            409,
            "duplicate",
        ),
        (
            agent.patch("/api/auth/me").raw("text/plain", "x"),
            415,
            "unsupported-media-type",
        ),
        (
            agent
                .patch("/api/auth/me")
                .raw("application/json", vec![b' '; 300_000]),
            413,
            "body-too-large",
        ),
        (
            register(new("ada@crm.test", &long)),
            422,
            "password-too-long",
        ),
    ];
    for (request, status, code) in cases {
        assert_problem(&request.send().await, status, code);
    }
}

#[tokio::test]
async fn a_failure_of_ours_is_a_problem_that_tells_nothing() {
    let app = TestApp::with(|builder| {
        builder.before_commit::<LeadCreated, _>("test", |_, _| {
            Box::pin(async { panic!("the secret of the house") })
        })
    })
    .await;
    let admin = app.admin().await;
    let request = admin
        .post("/api/leads")
        .json(json!({ "name": "Ada", "emailId": "ada@crm.test" }));
    let response = request.send().await;
    let problem = assert_problem(&response, 500, "internal-error");
    assert!(!problem.to_string().contains("secret"));
    assert_eq!(app.database().rows("select from leads").await.len(), 0);
}

#[tokio::test]
async fn a_database_that_is_away_is_a_problem_that_says_when_to_try_again() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    app.crm.pool().close();
    let response = agent.get("/api/auth/me").send().await;
    let problem = assert_problem(&response, 503, "database-unavailable");
    assert_eq!(problem["retry_after"], 1);
    assert_eq!(response.header("retry-after"), "1");
}

#[tokio::test]
async fn a_method_that_a_path_has_not_is_refused_with_those_that_it_has() {
    let app = TestApp::new().await;
    let cases = [
        (Method::PUT, "/api/auth/me", "GET, HEAD, PATCH"),
        (Method::DELETE, "/api/auth/login", "POST"),
        (Method::HEAD, "/api/auth/login", "POST"),
        (Method::OPTIONS, "/api/auth/login", "POST"),
        (Method::TRACE, "/api/auth/login", "POST"),
        (Method::POST, "/health", "GET, HEAD"),
        (Method::PUT, "/api/auth/sessions/x", "DELETE"),
        (Method::PUT, "/api/auth/me/", "GET, HEAD, PATCH"),
        ("FOO".parse().unwrap(), "/api/auth/me", "GET, HEAD, PATCH"),
    ];
    for (method, path, expected) in cases {
        let response = app.anonymous().request(method.clone(), path).send().await;
        assert_eq!(refusal(&response).0, 405, "{method} {path}");
        let mut allowed: Vec<_> = response.header("allow").split(", ").collect();
        allowed.sort_unstable();
        assert_eq!(allowed.join(", "), expected, "{method} {path}");
        assert_problem(&response, 405, "method-not-allowed");
    }
}

#[tokio::test]
async fn the_document_is_for_reading_only() {
    let app = TestApp::new().await;
    for method in [Method::POST, Method::PUT, Method::DELETE] {
        let request = app.anonymous().request(method.clone(), "/api/openapi.json");
        let response = request.send().await;
        assert_eq!(response.status, 405, "{method}");
        assert_eq!(response.header("allow"), "GET, HEAD");
    }
}

#[tokio::test]
async fn a_path_that_there_is_not_is_a_problem() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    for path in [
        "/",
        "/api",
        "/api/auth",
        "/api/nothing",
        "/nothing",
        "/api/auth/me/x",
        "/api/auth/ME",
        "/api/../etc/passwd",
        "/api/auth/%6De/x",
    ] {
        for client in [&agent, &app.anonymous()] {
            assert_problem(&client.get(path).send().await, 404, "not-found");
        }
    }
}

#[tokio::test]
async fn a_slash_at_the_end_changes_nothing() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let me = agent.get("/api/auth/me").expect(200).await;
    assert_eq!(agent.get("/api/auth/me/").expect(200).await, me);
    app.anonymous().get("/api/auth/me/").expect(401).await;
    app.anonymous().get("/health/").expect(200).await;
}

#[tokio::test]
async fn a_head_is_answered_like_a_get() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let cases = [
        (&agent, "/api/auth/me"),
        (&app.anonymous(), "/api/auth/me"),
        (&agent, "/api/nothing"),
    ];
    for (client, path) in cases {
        let get = client.get(path).send().await;
        let head = client.request(Method::HEAD, path).send().await;
        assert_eq!(head.status, get.status);
        let names = |response: &TestResponse| -> Vec<_> {
            let mut names: Vec<_> = response.headers.keys().map(ToString::to_string).collect();
            names.sort_unstable();
            names
        };
        assert_eq!(names(&head), names(&get), "{path}");
        assert_eq!(head.header("content-type"), get.header("content-type"));
    }
}

#[tokio::test]
async fn what_proxies_say_of_the_client_is_not_believed() {
    let app = TestApp::new().await;
    let user = app.user(crm_domain::role::Role::Agent).await;
    let body = json!({ "emailId": user.email.as_str(), "password": crm_testing::app::PASSWORD });
    let request = app.anonymous().post("/api/auth/login").json(body);
    let request = request
        .header(HeaderName::from_static("x-forwarded-for"), "6.6.6.6")
        .header(HeaderName::from_static("x-real-ip"), "6.6.6.6")
        .header(header::FORWARDED, "for=6.6.6.6");
    request.expect(200).await;
    let addresses = app.database().rows("select address from sessions").await;
    assert_eq!(addresses, [json!({ "address": null })]);
}
