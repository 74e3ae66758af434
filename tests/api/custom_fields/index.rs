//! The indexes of fields: made in the background, repaired, dropped, and waited for where lists are long.

use crm_testing::{Client, TestApp};
use diesel_async::SimpleAsyncConnection as _;
use serde_json::{Value, json};

use super::{define, path};
use crate::auth::refusal;

async fn build(app: &TestApp) -> (usize, usize) {
    let fields = app.crm.custom_fields();
    let built = fields
        .build_indexes(&app.database().options())
        .await
        .unwrap();
    (built.done, built.failed)
}

async fn state(admin: &Client<'_>, field: &Value) -> String {
    let field = admin.get(&path(field)).expect(200).await;
    field["indexState"].as_str().unwrap().to_owned()
}

/// Whether the index of a field is whole; `None` when there is none.
async fn is_valid(app: &TestApp, field: &Value) -> Option<bool> {
    let query = format!(
        "select indisvalid from pg_index where indexrelid = to_regclass('{}')",
        name(field)
    );
    let rows = app.database().rows(&query).await;
    rows.first().map(|row| row["indisvalid"].as_bool().unwrap())
}

fn name(field: &Value) -> String {
    format!(
        "custom_field_{}",
        field["id"].as_str().unwrap().replace('-', "")
    )
}

#[tokio::test]
async fn an_index_is_made_once_dropped_with_its_field_and_made_anew() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let field = define(&admin, "size", "number", json!({})).await;
    let labels = json!({ "options": [{ "value": "a" }], "resource": "task" });
    let labels = define(&admin, "labels", "multiSelect", labels).await;
    assert_eq!(
        (
            state(&admin, &field).await.as_str(),
            is_valid(&app, &field).await
        ),
        ("pending", None)
    );
    assert_eq!(build(&app).await, (2, 0));
    assert_eq!(build(&app).await, (0, 0));
    for field in [&field, &labels] {
        assert_eq!(
            (
                state(&admin, field).await.as_str(),
                is_valid(&app, field).await
            ),
            ("ready", Some(true))
        );
        assert_eq!(admin.get(&path(field)).expect(200).await["version"], 1);
    }
    let _ = admin.delete(&path(&field)).expect(200).await;
    assert_eq!(build(&app).await, (1, 0));
    assert_eq!(is_valid(&app, &field).await, None);
    let restored = admin
        .post(&format!("{}/restore", path(&field)))
        .expect(200)
        .await;
    assert_eq!(restored["indexState"], "pending");
    assert_eq!(build(&app).await, (1, 0));
    assert_eq!(
        (
            state(&admin, &field).await.as_str(),
            is_valid(&app, &field).await
        ),
        ("ready", Some(true))
    );
}

#[tokio::test]
async fn an_index_that_a_crash_left_in_pieces_is_made_anew() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let field = define(&admin, "size", "number", json!({})).await;
    let mut writer = app.database().connect().await;
    writer
        .batch_execute("begin; lock table leads in row exclusive mode")
        .await
        .unwrap();
    let mut maker = app.database().connect().await;
    maker
        .batch_execute("set statement_timeout = '200ms'")
        .await
        .unwrap();
    // It waits for the writer, and is cut short.
    let made = format!("create index concurrently {} on leads (id)", name(&field));
    assert!(maker.batch_execute(&made).await.is_err());
    assert_eq!(is_valid(&app, &field).await, Some(false));
    writer.batch_execute("rollback").await.unwrap();
    assert_eq!(build(&app).await, (1, 0));
    assert_eq!(
        (
            state(&admin, &field).await.as_str(),
            is_valid(&app, &field).await
        ),
        ("ready", Some(true))
    );
    let definition = format!(
        "select pg_get_indexdef('{}'::regclass) as text",
        name(&field)
    );
    let text = app.database().rows(&definition).await[0]["text"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(text.contains("custom_keys ->> 'size'"), "{text}");
}

#[tokio::test]
async fn an_index_that_was_lost_is_made_anew_though_its_field_calls_it_ready() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let field = define(&admin, "size", "number", json!({})).await;
    assert_eq!(build(&app).await, (1, 0));
    let mut conn = app.database().connect().await;
    conn.batch_execute(&format!("drop index {}", name(&field)))
        .await
        .unwrap();
    assert_eq!(build(&app).await, (1, 0));
    assert_eq!(is_valid(&app, &field).await, Some(true));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_makers_at_once_one_makes() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for number in 0..5 {
        let _ = define(&admin, &format!("f{number}"), "number", json!({})).await;
    }
    let builds = futures_util::future::join_all((0..4).map(|_| build(&app))).await;
    assert!(builds.iter().all(|(_, failed)| *failed == 0), "{builds:?}");
    assert_eq!(
        builds.iter().map(|(done, _)| done).sum::<usize>(),
        5,
        "{builds:?}"
    );
}

#[tokio::test]
async fn a_long_list_waits_for_the_index_and_says_so() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let field = define(&admin, "size", "number", json!({})).await;
    assert_eq!(
        admin.get("/api/leads?custom.size=1").expect(200).await["totalLeads"],
        0
    );
    let mut conn = app.database().connect().await;
    let many = "insert into leads (id, name, name_key, email, email_key, status, status_since, tags, tag_keys, search_text, \
        recycle_count, is_archived, version, created_at, updated_at) \
        select ('00000000-0000-7000-8000-' || lpad(number::text, 12, '0'))::uuid, 'Ada', 'ada', number || '@example.org', \
        number || '@example.org', 'New', now(), '{}', '{}', 'ada', 0, false, 1, now(), now() \
        from generate_series(1, 10001) as number";
    conn.batch_execute(many).await.unwrap();
    for query in ["custom.size=1", "sort=-custom.size"] {
        let answer = admin.get(&format!("/api/leads?{query}")).send().await;
        assert_eq!(
            refusal(&answer),
            (409, "field-not-indexed-yet".to_owned()),
            "{query}"
        );
    }
    assert_eq!(build(&app).await, (1, 0));
    assert_eq!(state(&admin, &field).await, "ready");
    assert_eq!(
        admin.get("/api/leads?custom.size=1").expect(200).await["totalLeads"],
        0
    );
    let _ = admin.get("/api/leads?sort=-custom.size").expect(200).await;
}
