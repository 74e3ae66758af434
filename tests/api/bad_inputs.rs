//! Inputs that no honest client sends: each is refused with a problem that says what is wrong, none is a failure of
//! ours, and none changes anything or takes much memory.

#![expect(clippy::too_many_lines, reason = "tables of inputs are long")]

mod bodies;
mod lists;
mod memory;
mod over_tcp;
mod queries;
mod reading;

use crm_testing::request::{TestRequest, TestResponse};
use crm_testing::{Client, TestApp};
use poem::http::{HeaderName, Method, header};
use serde_json::json;

use crate::leads::{body, errors, make, path};
use memory::Peak;

/// What is wrong where, as the first of a problem's errors has it; empty when it names none.
type Fault = (&'static str, &'static str);

const NO_FAULT: Fault = ("", "");

/// Sends a request, which is refused so.
async fn refused(
    what: &str,
    request: TestRequest<'_>,
    status: u16,
    code: &str,
    fault: Fault,
) -> TestResponse {
    let answer = request.send().await;
    let text = String::from_utf8_lossy(&answer.body);
    let shown: String = text.chars().take(1_000).collect();
    assert_eq!(answer.status.as_u16(), status, "{what}: {shown}");
    assert_eq!(
        answer.header("content-type"),
        "application/problem+json",
        "{what}"
    );
    assert!(
        answer.body.len() < 10_000,
        "{what}: {} bytes of answer",
        answer.body.len()
    );
    let problem = answer.json();
    assert_eq!(problem["code"], code, "{what}: {shown}");
    assert_eq!(problem["status"], status, "{what}");
    let found = errors(&problem).first().copied().unwrap_or(NO_FAULT);
    assert_eq!(found, fault, "{what}: {shown}");
    answer
}

/// A client whose first request, which is noted, is over.
async fn admin(app: &TestApp) -> Client<'_> {
    let admin = app.admin().await;
    let _ = admin.get("/api/leads").expect(200).await;
    admin
}

#[tokio::test]
async fn requests_in_another_form_than_the_documents_are_refused() {
    let app = TestApp::new().await;
    let admin = admin(&app).await;
    let lead = make(&admin, json!({})).await;
    let before = app.database().fingerprint().await;
    let new = body(json!({})).to_string();
    for media_type in [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "application/jsonp",
        "application/merge-patch+json",
        "text/json",
        "application/json, text/plain",
        "é",
    ] {
        let form = "unsupported-media-type";
        refused(
            media_type,
            admin.post("/api/leads").raw(media_type, new.clone()),
            415,
            form,
            NO_FAULT,
        )
        .await;
        refused(
            media_type,
            admin.patch(&path(&lead)).raw(media_type, "{}"),
            415,
            form,
            NO_FAULT,
        )
        .await;
        let convert = admin
            .post(&format!("{}/convert", path(&lead)))
            .raw(media_type, "{}");
        refused(media_type, convert, 415, form, NO_FAULT).await;
    }
    for coding in ["gzip", "br", "zstd", "deflate", "identity, gzip", "x"] {
        let packed = admin
            .post("/api/leads")
            .json(json!({}))
            .header(header::CONTENT_ENCODING, coding);
        let answer = refused(coding, packed, 415, "unsupported-media-type", NO_FAULT).await;
        assert_eq!(answer.header("accept-encoding"), "identity", "{coding}");
    }
    let large = format!("{new}{}", " ".repeat(256 * 1024));
    let large = admin.post("/api/leads").raw("application/json", large);
    refused(
        "a body over the limit",
        large,
        413,
        "body-too-large",
        NO_FAULT,
    )
    .await;
    for method in ["PUT", "POST", "TRACE", "CONNECT", "FOO", "PROPFIND"] {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let answer = admin.request(method.clone(), &path(&lead)).send().await;
        assert_eq!(answer.expect(405)["code"], "method-not-allowed", "{method}");
        assert_eq!(
            answer.header("allow"),
            "GET, HEAD, PATCH, DELETE",
            "{method}"
        );
    }
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn callers_who_do_not_say_who_they_are_are_refused() {
    let app = TestApp::new().await;
    let admin = admin(&app).await;
    let before = app.database().fingerprint().await;
    let token = admin.token();
    let anonymous = app.anonymous();
    for authorization in [
        String::new(),
        "Bearer".to_owned(),
        token.to_owned(),
        format!("Basic {token}"),
        format!("Token {token}"),
        format!("Bearer: {token}"),
        "é".to_owned(),
    ] {
        let list = anonymous
            .get("/api/leads")
            .header(header::AUTHORIZATION, &authorization);
        refused(&authorization, list, 401, "unauthenticated", NO_FAULT).await;
    }
    let twice = admin
        .get("/api/leads")
        .header(header::AUTHORIZATION, &format!("Bearer {token}"));
    refused("two tokens", twice, 401, "unauthenticated", NO_FAULT).await;
    for bad in [
        "x",
        "a.b.c",
        &token[1..],
        &format!("{token}A"),
        &format!("{token} {token}"),
        &"A".repeat(1_000_000),
    ] {
        let list = anonymous
            .get("/api/leads")
            .header(header::AUTHORIZATION, &format!("Bearer {bad}"));
        refused(
            "a token that is none of ours",
            list,
            401,
            "invalid-token",
            NO_FAULT,
        )
        .await;
    }
    let lower = anonymous
        .get("/api/leads")
        .header(header::AUTHORIZATION, &format!("bearer {token}"));
    let _ = lower.expect(200).await;
    // Who calls is asked before what they want.
    let nonsense = anonymous.post("/api/leads?x=1").raw("text/plain", "{");
    refused(
        "nonsense from nobody",
        nonsense,
        401,
        "unauthenticated",
        NO_FAULT,
    )
    .await;
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn headers_that_make_no_difference_make_none() {
    let app = TestApp::new().await;
    let admin = admin(&app).await;
    for (name, value) in [
        ("accept", "image/png"),
        ("accept", "text/html;q=0.9, */*;q=0"),
        ("accept-encoding", "zstd, br;q=NaN"),
        ("range", "bytes=0-1"),
        ("x-http-method-override", "DELETE"),
        ("x-forwarded-for", "6.6.6.6"),
        ("x-original-url", "/api/users"),
        ("idempotency-key", "x"),
        ("expect", "200-maybe"),
    ] {
        let list = admin
            .get("/api/leads")
            .header(HeaderName::from_static(name), value);
        let answer = list.send().await;
        assert_eq!(answer.expect(200)["totalLeads"], 0, "{name}: {value}");
        assert_eq!(answer.header("content-type"), "application/json");
    }
}

#[tokio::test]
async fn large_inputs_take_little_memory() {
    let app = TestApp::new().await;
    let admin = admin(&app).await;
    let peak = Peak::begin();
    let strings = format!(r#"{{"name":"a","tags":[{}""]}}"#, r#""","#.repeat(60_000));
    let keys: Vec<_> = (0..20_000)
        .map(|number| format!(r#""k{number}":1"#))
        .collect();
    let inputs = [
        strings,
        format!("{{{}}}", keys.join(",")),
        "[".repeat(250_000),
        format!(r#"{{"name":"{}"}}"#, "\\u00e9".repeat(40_000)),
        format!(r#"{{"name":"a","status":"{}"}}"#, "x".repeat(250_000)),
        format!(r#"{{"name":"a","{}":1}}"#, "x".repeat(250_000)),
        " ".repeat(10 << 20),
    ];
    for input in inputs {
        for _ in 0..5 {
            let answer = admin
                .post("/api/leads")
                .raw("application/json", input.clone())
                .send()
                .await;
            assert!(answer.status.is_client_error(), "{answer:?}");
        }
    }
    for value in ["%25a", "status=New&", "x=1&"] {
        let _ = admin
            .get(&format!("/api/leads?search={}", value.repeat(4_000)))
            .send()
            .await;
    }
    peak.assert_bounded();
}
