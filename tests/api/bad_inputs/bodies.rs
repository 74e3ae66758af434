//! Bodies.

use crm_testing::TestApp;
use serde_json::{Value, json};

use super::{Fault, NO_FAULT, admin, refused};
use crate::leads::{NOBODY, body, make, path};

#[tokio::test]
async fn bodies_that_are_not_what_the_document_says_are_refused() {
    let app = TestApp::new().await;
    let admin = admin(&app).await;
    let before = app.database().fingerprint().await;
    let nested = |open: &str, count| format!(r#"{{"name":{}"#, open.repeat(count));
    let malformed = ("malformed-json", NO_FAULT);
    let invalid = |place, code| ("validation-failed", (place, code));
    let cases: Vec<(String, (&str, Fault))> = vec![
        (r#"{"name":"#.into(), malformed),
        (String::new(), malformed),
        ("{".into(), malformed),
        ("nonsense".into(), malformed),
        (r#"{"name":"a",}"#.into(), malformed),
        (r"{'name':'a'}".into(), malformed),
        (r#"{"name":"a"} {"name":"b"}"#.into(), malformed),
        ("\u{feff}{\"name\":\"a\"}".into(), malformed),
        (r#"{"name":"\ud800"}"#.into(), malformed),
        (r#"{"name":"\udc00\ud800"}"#.into(), malformed),
        ("{\"name\":\"a\u{0}b\"}".into(), malformed),
        ("{\"name\":\"a\nb\"}".into(), malformed),
        (r#"{"name":1e400}"#.into(), malformed),
        (r#"{"name":NaN}"#.into(), malformed),
        (r#"{"name":-}"#.into(), malformed),
        (nested("[", 100_000), invalid("#/name", "wrong-type")),
        (nested(r#"{"a":"#, 40_000), invalid("#/name", "wrong-type")),
        (r#"{"name":1}"#.into(), invalid("#/name", "wrong-type")),
        (r#"{"name":true}"#.into(), invalid("#/name", "wrong-type")),
        (r#"{"name":null}"#.into(), invalid("#/name", "wrong-type")),
        (r#"{"name":["a"]}"#.into(), invalid("#/name", "wrong-type")),
        (
            r#"{"name":{"$ne":""}}"#.into(),
            invalid("#/name", "wrong-type"),
        ),
        (
            r#"{"emailId":"a@b.org"}"#.into(),
            invalid("#/name", "required"),
        ),
        (
            r#"{"name":"a","isAdmin":true}"#.into(),
            invalid("#/isAdmin", "unknown-field"),
        ),
        (
            r#"{"name":"a","__proto__":{}}"#.into(),
            invalid("#/__proto__", "unknown-field"),
        ),
        (
            r#"{"name":"a","Name":"b"}"#.into(),
            invalid("#/Name", "unknown-field"),
        ),
        (
            r#"{"name":"a","a/b~c":1}"#.into(),
            invalid("#/a~1b~0c", "unknown-field"),
        ),
        (
            r#"{"name":"a","name":"b"}"#.into(),
            invalid("#/name", "duplicate-field"),
        ),
        (
            r#"{"name":"a","n\u0061me":"b"}"#.into(),
            invalid("#/name", "duplicate-field"),
        ),
        ("[]".into(), invalid("#/", "wrong-type")),
        (" \n [\"a\",\"b\"]".into(), invalid("#/", "wrong-type")),
        ("null".into(), invalid("#/", "wrong-type")),
        ("\"name\"".into(), invalid("#/", "wrong-type")),
        ("17".into(), invalid("#/", "wrong-type")),
    ];
    for (body, (code, fault)) in cases {
        let shown: String = body.chars().take(60).collect();
        let create = admin.post("/api/leads").raw("application/json", body);
        refused(&shown, create, 400, code, fault).await;
    }
    let bytes = admin
        .post("/api/leads")
        .raw("application/json", b"{\"name\":\"\xff\"}");
    refused(
        "bytes that are not UTF-8",
        bytes,
        400,
        "malformed-json",
        NO_FAULT,
    )
    .await;
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn values_that_a_lead_cannot_have_are_refused() {
    let app = TestApp::new().await;
    let admin = admin(&app).await;
    let lead = make(&admin, json!({})).await;
    let before = app.database().fingerprint().await;
    let email = |local: usize| json!(format!("{}@{}.org", "a".repeat(local), "b.".repeat(95)));
    let cases: Vec<(&'static str, Value, Fault)> = vec![
        ("name", json!(""), ("#/name", "too-short")),
        ("name", json!("   \u{a0}\u{2003} "), ("#/name", "too-short")),
        ("name", json!("é".repeat(201)), ("#/name", "too-long")),
        ("name", json!("n".repeat(100_000)), ("#/name", "too-long")),
        ("name", json!("a\u{0}b"), ("#/name", "invalid-character")),
        ("name", json!("a\u{7}b"), ("#/name", "invalid-character")),
        ("name", json!("a\u{85}b"), ("#/name", "invalid-character")),
        (
            "name",
            json!("a\r\nSet-Cookie: x"),
            ("#/name", "invalid-character"),
        ),
        (
            "company",
            json!("a\u{0}b"),
            ("#/company", "invalid-character"),
        ),
        ("source", json!("s".repeat(101)), ("#/source", "too-long")),
        ("emailId", json!("Kevin"), ("#/emailId", "not-an-email")),
        (
            "emailId",
            json!("\u{212a}evin@x.org"),
            ("#/emailId", "not-an-email"),
        ),
        ("emailId", json!("a@x.org."), ("#/emailId", "not-an-email")),
        ("emailId", json!("a@b@x.org"), ("#/emailId", "not-an-email")),
        (
            "emailId",
            json!("a@x.org\u{0}"),
            ("#/emailId", "invalid-character"),
        ),
        ("emailId", email(60), ("#/emailId", "too-long")),
        ("emailId", json!(7), ("#/emailId", "wrong-type")),
        ("phone", json!("call me"), ("#/phone", "not-a-phone")),
        ("phone", json!("1".repeat(41)), ("#/phone", "too-long")),
        ("phone", json!(49_301_234), ("#/phone", "wrong-type")),
        ("status", json!("new"), ("#/status", "not-one-of")),
        ("status", json!("Lost"), ("#/status", "not-one-of")),
        ("status", json!(""), ("#/status", "not-one-of")),
        (
            "status",
            json!("` expected one of `Anything".repeat(400)),
            ("#/status", "not-one-of"),
        ),
        ("status", json!(0), ("#/status", "wrong-type")),
        ("status", json!({ "New": null }), ("#/status", "wrong-type")),
        (
            "assignedAgent",
            json!("abc"),
            ("#/assignedAgent", "wrong-type"),
        ),
        (
            "assignedAgent",
            json!(9_223_372_036_854_775_807_u64),
            ("#/assignedAgent", "wrong-type"),
        ),
        (
            "assignedAgent",
            json!({ "id": NOBODY }),
            ("#/assignedAgent", "wrong-type"),
        ),
        (
            "assignedAgent",
            json!(NOBODY),
            ("#/assignedAgent", "not-found"),
        ),
        ("tags", json!("VIP"), ("#/tags", "wrong-type")),
        ("tags", json!(["a", 1]), ("#/tags/1", "wrong-type")),
        ("tags", json!(["a", null]), ("#/tags/1", "wrong-type")),
        ("tags", json!(["t".repeat(31)]), ("#/tags/0", "too-long")),
        (
            "tags",
            json!(["a\u{0}b"]),
            ("#/tags/0", "invalid-character"),
        ),
        ("tags", json!(vec!["same"; 21]), ("#/tags", "too-many")),
        ("tags", json!(vec![""; 60_000]), ("#/tags", "too-many")),
        (
            "tags",
            json!((0..30_000).map(|n| n.to_string()).collect::<Vec<_>>()),
            ("#/tags", "too-many"),
        ),
    ];
    for (field, value, fault) in cases {
        let shown: String = value.to_string().chars().take(60).collect();
        for request in [
            admin.post("/api/leads").json(body(json!({ field: value }))),
            admin.patch(&path(&lead)).json(json!({ field: value })),
        ] {
            refused(
                &format!("{field}: {shown}"),
                request,
                400,
                "validation-failed",
                fault,
            )
            .await;
        }
    }
    let name = "x".repeat(200_000);
    let long = admin.post("/api/leads").json(body(json!({ name: 1 })));
    let answer = long.send().await;
    assert_eq!(answer.expect(400)["errors"][0]["code"], "unknown-field");
    assert!(
        answer.body.len() < 10_000,
        "a name that is not ours is not sent back whole"
    );
    assert_eq!(app.database().fingerprint().await, before);
}
