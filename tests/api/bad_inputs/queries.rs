//! Queries and ids.

use crm_testing::TestApp;
use serde_json::json;

use super::{Fault, NO_FAULT, admin, refused};
use crate::leads::{NOBODY, body, make, path};

const NO_ID: Fault = ("id", "wrong-type");

#[tokio::test]
async fn queries_that_the_document_does_not_know_are_refused() {
    let app = TestApp::new().await;
    let admin = admin(&app).await;
    let _ = make(&admin, json!({})).await;
    let before = app.database().fingerprint().await;
    let (search, name, statuses) = (
        "a".repeat(101),
        "n".repeat(5_000),
        "status=New&".repeat(1_000),
    );
    let (long_search, long_value) = (
        format!("search={}", "%25a".repeat(5_000)),
        format!("status={name}"),
    );
    let (search, unknown) = (format!("search={search}"), format!("{name}=1"));
    for (query, place, code) in [
        ("page=-1", "page", "wrong-type"),
        ("page=0", "page", "out-of-range"),
        ("page=-0", "page", "wrong-type"),
        ("page=", "page", "too-short"),
        ("page", "page", "too-short"),
        ("page=abc", "page", "wrong-type"),
        ("page=1.5", "page", "wrong-type"),
        ("page=1e3", "page", "wrong-type"),
        ("page=1e400", "page", "wrong-type"),
        ("page=NaN", "page", "wrong-type"),
        ("page=4294967296", "page", "wrong-type"),
        ("page=18446744073709551616", "page", "wrong-type"),
        ("page=1&page=2", "page", "duplicate-parameter"),
        ("page[]=1", "page[]", "unknown-parameter"),
        ("Page=1", "Page", "unknown-parameter"),
        ("limit=0", "limit", "out-of-range"),
        ("limit=101", "limit", "out-of-range"),
        ("limit=-1", "limit", "wrong-type"),
        ("limit=65536", "limit", "wrong-type"),
        ("limit=2147483648", "limit", "wrong-type"),
        ("limit=ten", "limit", "wrong-type"),
        ("sort=name;drop+table+leads", "sort", "not-one-of"),
        ("sort=password_hash", "sort", "not-one-of"),
        ("sort=emailId", "sort", "not-one-of"),
        ("sort=--name", "sort", "not-one-of"),
        ("sort=NAME", "sort", "not-one-of"),
        ("status=new", "status", "not-one-of"),
        ("status=New,Contacted", "status", "not-one-of"),
        ("status=New&status=Lost", "status", "not-one-of"),
        ("count=all", "count", "not-one-of"),
        ("isArchived=1", "isArchived", "wrong-type"),
        ("isArchived=True", "isArchived", "wrong-type"),
        ("assignedAgent=me", "assignedAgent", "wrong-type"),
        ("assignedAgent=0", "assignedAgent", "wrong-type"),
        ("search=%00", "search", "invalid-character"),
        ("search=a%00b", "search", "invalid-character"),
        ("search=%ff", "search", "invalid-character"),
        ("search=%c0%af", "search", "invalid-character"),
        ("search=%ed%a0%80", "search", "invalid-character"),
        ("search=+", "search", "too-short"),
        ("source=%07", "source", "invalid-character"),
        ("tag=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "tag", "too-long"),
        (
            "createdFrom=0000-01-01T00:00:00Z",
            "createdFrom",
            "out-of-range",
        ),
        (
            "createdFrom=1969-12-31T23:59:59Z",
            "createdFrom",
            "out-of-range",
        ),
        (
            "createdTo=%2B294277-01-01T00:00:00Z",
            "createdTo",
            "wrong-type",
        ),
        (
            "createdTo=%2B200000-01-01T00:00:00Z",
            "createdTo",
            "out-of-range",
        ),
        ("createdTo=10000-01-01T00:00:00Z", "createdTo", "wrong-type"),
        ("createdFrom=infinity", "createdFrom", "wrong-type"),
        (
            "createdFrom=2024-02-30T00:00:00Z",
            "createdFrom",
            "wrong-type",
        ),
        (
            "createdFrom=2024-01-01T25:00:00Z",
            "createdFrom",
            "wrong-type",
        ),
        (
            "createdFrom=2024-01-01T00:00:00",
            "createdFrom",
            "wrong-type",
        ),
        ("createdFrom=2024-01-01", "createdFrom", "wrong-type"),
        (
            "createdFrom=2016-12-31T23:59:60Z",
            "createdFrom",
            "out-of-range",
        ),
        ("createdFrom=1704067200", "createdFrom", "wrong-type"),
        (
            "createdFrom=2024-01-01T00:00:00+01:00",
            "createdFrom",
            "wrong-type",
        ),
        ("filter=1", "filter", "unknown-parameter"),
        ("%ff=1", "?", "invalid-character"),
        ("password=x", "password", "unknown-parameter"),
        (search.as_str(), "search", "too-long"),
        (long_search.as_str(), "search", "too-long"),
        (long_value.as_str(), "status", "not-one-of"),
        (statuses.trim_end_matches('&'), "status", "too-many"),
    ] {
        let shown: String = query.chars().take(60).collect();
        let list = admin.get(&format!("/api/leads?{query}"));
        refused(&shown, list, 400, "validation-failed", (place, code)).await;
    }
    let answer = admin.get(&format!("/api/leads?{unknown}")).send().await;
    assert_eq!(answer.expect(400)["errors"][0]["code"], "unknown-parameter");
    assert!(
        answer.body.len() < 2_000,
        "a name that is not ours is not sent back whole"
    );
    let create = admin
        .post("/api/leads?allowDuplicate=yes")
        .json(body(json!({})));
    refused(
        "allowDuplicate=yes",
        create,
        400,
        "validation-failed",
        ("allowDuplicate", "wrong-type"),
    )
    .await;
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn ids_that_are_none_or_nobodys_are_refused_alike() {
    let app = TestApp::new().await;
    let admin = admin(&app).await;
    let lead = make(&admin, json!({})).await;
    let before = app.database().fingerprint().await;
    for id in [
        "abc",
        "0",
        "-1",
        "9223372036854775808",
        "%00",
        "..%2f..",
        "null",
        "'%20or%20''='",
        "zz900000-0000-7000-8000-000000000000",
    ] {
        let at = format!("/api/leads/{id}");
        refused(id, admin.get(&at), 400, "validation-failed", NO_ID).await;
        refused(
            id,
            admin.patch(&at).json(json!({})),
            400,
            "validation-failed",
            NO_ID,
        )
        .await;
        refused(id, admin.delete(&at), 400, "validation-failed", NO_ID).await;
        refused(
            id,
            admin.post(&format!("{at}/convert")),
            400,
            "validation-failed",
            NO_ID,
        )
        .await;
    }
    let no_text = admin.get("/api/leads/%ff");
    refused(
        "bytes that are not UTF-8",
        no_text,
        400,
        "bad-request",
        NO_FAULT,
    )
    .await;
    for id in [
        NOBODY,
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
    ] {
        let at = format!("/api/leads/{id}");
        refused(id, admin.get(&at), 404, "not-found", NO_FAULT).await;
        refused(
            id,
            admin.post(&format!("{at}/restore")),
            404,
            "not-found",
            NO_FAULT,
        )
        .await;
    }
    for at in [
        "/api/lead",
        "/api/leads/x/y/z",
        "/api/leads/..%2f",
        &format!("{}/unknown", path(&lead)),
        "/API/leads",
    ] {
        let answer = admin.get(at).send().await;
        assert!(
            [400, 404].contains(&answer.status.as_u16()),
            "{at}: {answer:?}"
        );
    }
    assert_eq!(app.database().fingerprint().await, before);
}
