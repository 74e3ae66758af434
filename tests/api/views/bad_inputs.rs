//! What no list would take is not stored.

use crm_testing::TestApp;
use serde_json::json;

use super::{VIEWS, body, make, path};
use crate::leads::errors;

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one table of cases")]
async fn what_the_list_would_refuse_is_refused_with_the_place_in_the_body() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let view = make(&agent, "Mine", json!({})).await;
    let before = app.database().fingerprint().await;
    for (more, fault) in [
        (
            json!({ "filter": { "status": ["Lost"] } }),
            ("#/filter/status", "not-one-of"),
        ),
        (
            json!({ "filter": { "status": "Lost" } }),
            ("#/filter/status", "not-one-of"),
        ),
        (
            json!({ "filter": { "search": ["a", "b"] } }),
            ("#/filter/search", "duplicate-parameter"),
        ),
        (
            json!({ "filter": { "search": "" } }),
            ("#/filter/search", "too-short"),
        ),
        (
            json!({ "filter": { "search": "a".repeat(101) } }),
            ("#/filter/search", "too-long"),
        ),
        (
            json!({ "filter": { "search": 7 } }),
            ("#/filter/search", "wrong-type"),
        ),
        (
            json!({ "filter": { "search": null } }),
            ("#/filter/search", "wrong-type"),
        ),
        (
            json!({ "filter": { "search": { "$ne": "" } } }),
            ("#/filter/search", "wrong-type"),
        ),
        (
            json!({ "filter": { "isArchived": "yes" } }),
            ("#/filter/isArchived", "wrong-type"),
        ),
        (
            json!({ "filter": { "assignedAgent": "me" } }),
            ("#/filter/assignedAgent", "wrong-type"),
        ),
        (
            json!({ "filter": { "createdFrom": "0001-01-01T00:00:00Z" } }),
            ("#/filter/createdFrom", "out-of-range"),
        ),
        (
            json!({ "filter": { "isAdmin": true } }),
            ("#/filter/isAdmin", "unknown-parameter"),
        ),
        (
            json!({ "filter": { "a/b~c": "x" } }),
            ("#/filter/a~1b~0c", "unknown-parameter"),
        ),
        (
            json!({ "filter": { "tag=x&status": "New" } }),
            ("#/filter/tag=x&status", "unknown-parameter"),
        ),
        (
            json!({ "filter": { "page": "1" } }),
            ("#/filter/page", "unknown-parameter"),
        ),
        (
            json!({ "filter": { "cursor": "x" } }),
            ("#/filter/cursor", "unknown-parameter"),
        ),
        (
            json!({ "filter": { "sort": "name" } }),
            ("#/filter/sort", "unknown-parameter"),
        ),
        (json!({ "filter": [] }), ("#/filter", "wrong-type")),
        (json!({ "sort": "password_hash" }), ("#/sort", "not-one-of")),
        (json!({ "sort": "" }), ("#/sort", "too-short")),
        (json!({ "sort": ["name"] }), ("#/sort", "wrong-type")),
        (
            json!({ "columns": ["name", "passwordHash"] }),
            ("#/columns/1", "unknown-field"),
        ),
        (
            json!({ "columns": ["name", "name"] }),
            ("#/columns/1", "duplicate-field"),
        ),
        (
            json!({ "columns": ["Name"] }),
            ("#/columns/0", "unknown-field"),
        ),
        (
            json!({ "columns": vec!["name"; 51] }),
            ("#/columns", "too-many"),
        ),
        (json!({ "columns": "name" }), ("#/columns", "wrong-type")),
        (json!({ "name": " " }), ("#/name", "too-short")),
        (json!({ "name": "n".repeat(201) }), ("#/name", "too-long")),
        (json!({ "isShared": "yes" }), ("#/isShared", "wrong-type")),
        (json!({ "version": 1 }), ("#/version", "unknown-field")),
    ] {
        let made = agent
            .post(VIEWS)
            .json(body("Another", more.clone()))
            .expect(400)
            .await;
        assert_eq!(errors(&made), [fault], "{more}");
        let changed = agent
            .patch(&path(&view))
            .json(more.clone())
            .expect(400)
            .await;
        assert_eq!(errors(&changed), [fault], "{more}");
    }
    for (body, fault) in [
        (json!({ "name": "A" }), ("#/resource", "required")),
        (json!({ "resource": "lead" }), ("#/name", "required")),
        (
            json!({ "resource": "user", "name": "A" }),
            ("#/resource", "not-one-of"),
        ),
    ] {
        let problem = agent.post(VIEWS).json(body).expect(400).await;
        assert_eq!(errors(&problem), [fault]);
    }
    for (body, fault) in [
        (
            json!({ "resource": "task" }),
            ("#/resource", "unknown-field"),
        ),
        (json!({ "name": null }), ("#/name", "required")),
        (json!({ "filter": null }), ("#/filter", "required")),
        (json!({ "columns": null }), ("#/columns", "required")),
        (json!({ "isShared": null }), ("#/isShared", "required")),
    ] {
        let problem = agent.patch(&path(&view)).json(body).expect(400).await;
        assert_eq!(errors(&problem), [fault]);
    }
    let twice = r#"{"resource":"lead","name":"A","filter":{"tag":"a","tag":"b"}}"#;
    let problem = agent
        .post(VIEWS)
        .raw("application/json", twice)
        .expect(400)
        .await;
    assert_eq!(problem["errors"][0]["code"], "duplicate-field");
    let problem = agent.get("/api/views?resource=users").expect(400).await;
    assert_eq!(errors(&problem), [("resource", "not-one-of")]);
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn each_kind_of_record_has_its_own_filters_orders_and_fields() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let id = agent.user().id;
    for (n, view) in [
        json!({ "resource": "lead", "filter": { "source": "Web & co", "assignedAgent": id, "createdFrom": "2026-01-01T00:00:00+01:00" }, "columns": ["convertedCustomerId"] }),
        json!({ "resource": "customer", "filter": { "owner": id, "tag": "50 % off" }, "sort": "-name", "columns": ["owner", "noteCount"] }),
        json!({ "resource": "task", "filter": { "due": "overdue", "assignedTo": id, "status": ["Open"] }, "sort": "-priority", "columns": ["dueDate"] }),
    ]
    .into_iter()
    .enumerate()
    {
        let view = make(&agent, &format!("View {n}"), view).await;
        super::open(&agent, &json!({ "resource": view["resource"], "sort": view["sort"], "filter": {} })).await;
    }
    for more in [
        json!({ "resource": "customer", "filter": { "due": "overdue" } }),
        json!({ "resource": "task", "filter": { "tag": "x" } }),
        json!({ "resource": "lead", "sort": "priority" }),
        json!({ "resource": "task", "columns": ["company"] }),
    ] {
        agent
            .post(VIEWS)
            .json(body("Another", more))
            .expect(400)
            .await;
    }
}
