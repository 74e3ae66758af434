//! Questions about what was done that no honest client asks.

use crm_testing::TestApp;
use serde_json::json;

use super::{admin, refused};
use crate::leads::{NOBODY, make, path};

#[tokio::test]
async fn questions_to_the_activity_log_that_the_document_does_not_know_are_refused() {
    let app = TestApp::new().await;
    let admin = admin(&app).await;
    let _ = make(&admin, json!({})).await;
    let before = app.database().fingerprint().await;
    let long = format!("action={}", "a".repeat(101));
    let alone = format!("resourceId={NOBODY}");
    for (query, place, code) in [
        ("actor=me", "actor", "wrong-type"),
        ("actor=", "actor", "too-short"),
        ("resource=Lead", "resource", "not-one-of"),
        ("resource=leads", "resource", "not-one-of"),
        ("resource=%00", "resource", "not-one-of"),
        ("resource=lead&resourceId=1", "resourceId", "wrong-type"),
        (alone.as_str(), "resourceId", "not-allowed"),
        ("action=%00", "action", "invalid-character"),
        ("action=+", "action", "too-short"),
        (long.as_str(), "action", "too-long"),
        ("from=2026-01-01", "from", "wrong-type"),
        ("to=10000-01-01T00:00:00Z", "to", "wrong-type"),
        ("to=0001-01-01T00:00:00Z", "to", "out-of-range"),
        ("page=1", "page", "unknown-parameter"),
        ("sort=at", "sort", "unknown-parameter"),
        ("count=exact", "count", "unknown-parameter"),
        ("limit=0", "limit", "out-of-range"),
        ("limit=101", "limit", "out-of-range"),
        ("limit=1&limit=2", "limit", "duplicate-parameter"),
    ] {
        let list = admin.get(&format!("/api/activities?{query}"));
        refused(query, list, 400, "validation-failed", (place, code)).await;
    }
    for cursor in ["x", "AAAA", "%00", &"A".repeat(2_000)] {
        let list = admin.get(&format!("/api/activities?cursor={cursor}"));
        let answer = list.send().await.expect(400);
        assert_eq!(answer["code"], "invalid-cursor", "{cursor}");
    }
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn questions_about_one_record_that_the_document_does_not_know_are_refused() {
    let app = TestApp::new().await;
    let admin = admin(&app).await;
    let lead = make(&admin, json!({})).await;
    let lead = path(&lead);
    for of_lead in [format!("{lead}/timeline"), format!("{lead}/history")] {
        for (query, place, code) in [
            ("limit=0", "limit", "out-of-range"),
            ("limit=ten", "limit", "wrong-type"),
            ("page=1", "page", "unknown-parameter"),
            ("action=lead.edited", "action", "unknown-parameter"),
            ("cursor=", "cursor", "too-short"),
        ] {
            let list = admin.get(&format!("{of_lead}?{query}"));
            refused(query, list, 400, "validation-failed", (place, code)).await;
        }
        let list = admin.get(&format!("{of_lead}?cursor=AAAA"));
        assert_eq!(list.expect(400).await["code"], "invalid-cursor");
    }
    for kind in ["leads", "customers", "tasks"] {
        let none = admin.get(&format!("/api/{kind}/none/timeline"));
        let fault = ("id", "wrong-type");
        refused(kind, none, 400, "validation-failed", fault).await;
        let missing = admin.get(&format!("/api/{kind}/{NOBODY}/timeline"));
        refused(kind, missing, 404, "not-found", super::NO_FAULT).await;
    }
}

#[tokio::test]
async fn searches_that_the_document_does_not_know_are_refused() {
    let app = TestApp::new().await;
    let admin = admin(&app).await;
    let before = app.database().fingerprint().await;
    let (long, many) = (
        format!("q={}", "a".repeat(201)),
        format!("q={}", "a+".repeat(13)),
    );
    for (query, place, code) in [
        ("q=", "q", "too-short"),
        ("q=+", "q", "too-short"),
        ("q=-ada", "q", "too-short"),
        ("q=type:lead", "q", "too-short"),
        ("q=%00", "q", "invalid-character"),
        ("q=a%07b", "q", "invalid-character"),
        ("q=%ff", "q", "invalid-character"),
        ("q=a&q=b", "q", "duplicate-parameter"),
        (long.as_str(), "q", "too-long"),
        (many.as_str(), "q", "too-many"),
        ("q=a&types=Lead", "types", "not-one-of"),
        ("q=a&types=user", "types", "not-one-of"),
        (
            "q=a&types=lead&types=lead&types=lead&types=lead",
            "types",
            "too-many",
        ),
        ("q=a&limit=0", "limit", "out-of-range"),
        ("q=a&limit=51", "limit", "out-of-range"),
        ("q=a&cursor=x", "cursor", "unknown-parameter"),
        ("q=a&page=2", "page", "unknown-parameter"),
    ] {
        let search = admin.get(&format!("/api/search?{query}"));
        refused(query, search, 400, "validation-failed", (place, code)).await;
    }
    admin.get("/api/search").expect(400).await;
    for odd in [
        "%25",
        "_",
        "%5c",
        "'",
        "%22",
        "a%22",
        "%3c%25",
        "-",
        "--",
        "%f0%9f%a6%80",
        "tag:%22%22",
    ] {
        admin
            .get(&format!("/api/search?q=x+{odd}"))
            .expect(200)
            .await;
    }
    assert_eq!(app.database().fingerprint().await, before);
}
