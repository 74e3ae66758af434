//! Queries of the activity log that no honest client sends.

use crm_testing::TestApp;
use serde_json::json;

use super::{admin, refused};
use crate::leads::{NOBODY, make};

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
