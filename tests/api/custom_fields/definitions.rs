//! The life of a definition, and who may do what with it.

use crm_domain::role::Role;
use crm_testing::TestApp;
use crm_testing::app::PASSWORD;
use poem::http::header;
use serde_json::{Value, json};

use super::{define, definition, events, keys, path};
use crate::auth::refusal;
use crate::leads::errors;

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a story")]
async fn a_field_is_defined_defined_otherwise_put_away_and_taken_back() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let body = definition(
        "budget",
        "number",
        json!({ "decimals": 2, "min": 0.5, "isRequired": true }),
    );
    let answer = admin.post("/api/custom-fields").json(body).send().await;
    let field = answer.expect(201);
    assert_eq!(answer.header("location"), path(&field));
    assert_eq!(answer.header("etag"), "\"1\"");
    assert_eq!(
        (&field["decimals"], &field["min"], &field["max"]),
        (&json!(2), &json!(0.5), &Value::Null)
    );
    assert_eq!(
        (&field["indexState"], &field["position"]),
        (&json!("pending"), &json!(0))
    );
    assert_eq!(admin.get(&path(&field)).expect(200).await, field);

    let change = json!({ "label": "Budget in k€", "max": 10, "min": null });
    let changed = admin.patch(&path(&field)).json(change).expect(200).await;
    assert_eq!(
        (&changed["label"], &changed["version"]),
        (&json!("Budget in k€"), &json!(2))
    );
    assert_eq!(
        (&changed["min"], &changed["max"]),
        (&Value::Null, &json!(10))
    );
    let same = admin
        .patch(&path(&field))
        .json(json!({ "max": 10 }))
        .expect(200)
        .await;
    assert_eq!(same["version"], 2);

    let _ = admin.delete(&path(&field)).expect(200).await;
    assert!(keys(&admin.get("/api/custom-fields").expect(200).await).is_empty());
    assert_eq!(
        keys(
            &admin
                .get("/api/custom-fields?isArchived=true")
                .expect(200)
                .await
        ),
        ["budget"]
    );
    let refused = admin
        .patch(&path(&field))
        .json(json!({ "label": "x" }))
        .send()
        .await;
    assert_eq!(refusal(&refused), (409, "archived".to_owned()));
    let restored = admin
        .post(&format!("{}/restore", path(&field)))
        .expect(200)
        .await;
    assert_eq!(
        (&restored["isArchived"], &restored["version"]),
        (&json!(false), &json!(4))
    );

    let log = events(&app, &field).await;
    let actions: Vec<_> = log
        .iter()
        .map(|row| row["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        actions,
        [
            "custom-field.created",
            "custom-field.edited",
            "custom-field.archived",
            "custom-field.restored"
        ]
    );
    assert_eq!(
        log[1]["changes"]["label"],
        json!({ "from": "budget", "to": "Budget in k€" })
    );
}

#[tokio::test]
async fn a_stale_version_changes_nothing_and_is_shown_the_field() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let field = define(&admin, "a", "bool", json!({})).await;
    let before = app.database().fingerprint().await;
    for request in [
        admin.patch(&path(&field)).json(json!({ "label": "x" })),
        admin.delete(&path(&field)),
    ] {
        let answer = request.header(header::IF_MATCH, "\"7\"").expect(412).await;
        assert_eq!(answer["current"], field);
    }
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn a_key_is_used_once_for_each_kind_of_record_and_never_again() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let field = define(&admin, "tier", "text", json!({})).await;
    let again = definition("tier", "number", json!({}));
    for _ in 0..2 {
        let refused = admin
            .post("/api/custom-fields")
            .json(again.clone())
            .send()
            .await;
        assert_eq!(refusal(&refused), (409, "name-taken".to_owned()));
        let _ = admin.delete(&path(&field)).expect(200).await;
    }
    let _ = define(&admin, "tier", "number", json!({ "resource": "customer" })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_admins_who_define_one_key_at_once_one_does() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let requests = (0..8).map(|_| {
        let body = definition("tier", "bool", json!({}));
        admin.post("/api/custom-fields").json(body).send()
    });
    let answers = futures_util::future::join_all(requests).await;
    let count = |status: u16| {
        answers
            .iter()
            .filter(|answer| answer.status.as_u16() == status)
            .count()
    };
    assert_eq!((count(201), count(409)), (1, 7));
}

#[tokio::test]
async fn there_are_at_most_a_hundred_fields_of_one_kind_of_record() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for number in 0..100 {
        let _ = define(&admin, &format!("f{number}"), "bool", json!({})).await;
    }
    let one_more = definition("more", "bool", json!({}));
    let refused = admin.post("/api/custom-fields").json(one_more).send().await;
    assert_eq!(refusal(&refused), (409, "too-many".to_owned()));
    let list = admin
        .get("/api/custom-fields?resource=lead")
        .expect(200)
        .await;
    let keys = keys(&list);
    assert_eq!((keys.len(), keys[0], keys[99]), (100, "f0", "f99"));
    let _ = define(&admin, "more", "bool", json!({ "resource": "task" })).await;
}

#[tokio::test]
async fn who_reads_the_records_reads_their_fields_and_only_admins_define_them() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let field = define(&admin, "tier", "bool", json!({})).await;
    let task = define(&admin, "effort", "bool", json!({ "resource": "task" })).await;
    for role in [Role::Manager, Role::Agent, Role::ReadOnly] {
        let user = app.sign_in(app.user(role).await).await;
        let list = user.get("/api/custom-fields").expect(200).await;
        assert_eq!(keys(&list), ["tier", "effort"], "{role}");
        let _ = user.get(&path(&field)).expect(200).await;
        let _ = user
            .get("/api/custom-fields/schema?resource=lead")
            .expect(200)
            .await;
        let refused = user.delete(&path(&field)).send().await;
        assert_eq!(refusal(&refused), (403, "forbidden".to_owned()), "{role}");
    }
    let body = json!({ "name": "Leads", "scopes": ["lead:read"], "password": PASSWORD });
    let key = admin.post("/api/api-keys").json(body).expect(201).await;
    let program = app.anonymous().with_token(key["token"].as_str().unwrap());
    assert_eq!(
        keys(&program.get("/api/custom-fields").expect(200).await),
        ["tier"]
    );
    let refused = program.get("/api/custom-fields?resource=task").send().await;
    assert_eq!(refusal(&refused), (403, "forbidden".to_owned()));
    let refused = program
        .get("/api/custom-fields/schema?resource=task")
        .send()
        .await;
    assert_eq!(refusal(&refused), (403, "forbidden".to_owned()));
    let refused = program.get(&path(&task)).send().await;
    assert_eq!(refusal(&refused), (404, "not-found".to_owned()));
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table")]
async fn what_is_no_definition_is_refused_with_its_place() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let option = |value: &str| json!([{ "value": value }]);
    // The first use of a token is noted.
    let _ = admin.get("/api/custom-fields").expect(200).await;
    let many: Vec<_> = (0..201)
        .map(|i| json!({ "value": format!("v{i}") }))
        .collect();
    let before = app.database().fingerprint().await;
    for (kind, more, place, code) in [
        (
            "bool",
            json!({ "key": "Tier" }),
            "#/key",
            "invalid-character",
        ),
        ("bool", json!({ "key": "" }), "#/key", "too-short"),
        (
            "bool",
            json!({ "key": "a'; drop table leads" }),
            "#/key",
            "invalid-character",
        ),
        (
            "bool",
            json!({ "key": "a".repeat(41) }),
            "#/key",
            "too-long",
        ),
        ("bool", json!({ "label": " " }), "#/label", "too-short"),
        (
            "bool",
            json!({ "resource": "user" }),
            "#/resource",
            "not-one-of",
        ),
        ("boolean", json!({}), "#/type", "not-one-of"),
        (
            "bool",
            json!({ "position": 10_001 }),
            "#/position",
            "out-of-range",
        ),
        (
            "bool",
            json!({ "position": -1 }),
            "#/position",
            "wrong-type",
        ),
        (
            "bool",
            json!({ "indexState": "ready" }),
            "#/indexState",
            "unknown-field",
        ),
        (
            "bool",
            json!({ "maxLength": 5 }),
            "#/maxLength",
            "not-allowed",
        ),
        (
            "text",
            json!({ "maxLength": 2_001 }),
            "#/maxLength",
            "out-of-range",
        ),
        ("number", json!({ "min": "1" }), "#/min", "wrong-type"),
        ("number", json!({ "min": 1e15 }), "#/min", "too-precise"),
        (
            "number",
            json!({ "min": 2, "max": 1 }),
            "#/max",
            "out-of-range",
        ),
        (
            "number",
            json!({ "decimals": 10 }),
            "#/decimals",
            "out-of-range",
        ),
        (
            "money",
            json!({ "currencies": ["EUR", "eur"] }),
            "#/currencies/1",
            "not-one-of",
        ),
        ("select", json!({}), "#/options", "required"),
        (
            "select",
            json!({ "options": option("a;b") }),
            "#/options/0/value",
            "invalid-character",
        ),
        (
            "select",
            json!({ "options": option("") }),
            "#/options/0/value",
            "too-short",
        ),
        (
            "select",
            json!({ "options": [{ "value": "a", "x": 1 }] }),
            "#/options/0/x",
            "unknown-field",
        ),
        (
            "multiSelect",
            json!({ "options": many }),
            "#/options",
            "too-many",
        ),
        ("link", json!({}), "#/targets", "required"),
        (
            "link",
            json!({ "targets": ["team"] }),
            "#/targets/0",
            "not-one-of",
        ),
    ] {
        let body = definition("a", kind, more.clone());
        let answer = admin
            .post("/api/custom-fields")
            .json(body)
            .expect(400)
            .await;
        assert_eq!(
            errors(&answer).first(),
            Some(&(place, code)),
            "{kind} {more}: {answer}"
        );
    }
    assert_eq!(app.database().fingerprint().await, before);
    for query in ["resource=deal", "resource=", "isArchived=1", "x=1"] {
        let _ = admin
            .get(&format!("/api/custom-fields?{query}"))
            .expect(400)
            .await;
    }
    let _ = admin.get("/api/custom-fields/schema").expect(400).await;
}

#[tokio::test]
async fn the_type_and_the_key_of_a_field_never_change() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let field = define(&admin, "a", "bool", json!({})).await;
    for member in ["key", "type", "resource"] {
        let answer = admin
            .patch(&path(&field))
            .json(json!({ member: "text" }))
            .expect(400)
            .await;
        assert_eq!(errors(&answer)[0].1, "unknown-field", "{member}");
    }
    let foreign = admin
        .patch(&path(&field))
        .json(json!({ "decimals": 1 }))
        .expect(400)
        .await;
    assert_eq!(errors(&foreign), [("#/decimals", "not-allowed")]);
}

#[tokio::test]
async fn the_schema_names_each_field_at_hand() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let options =
        json!([{ "value": "gold", "label": "Gold" }, { "value": "old", "isArchived": true }]);
    let _ = define(
        &admin,
        "tier",
        "select",
        json!({ "options": options, "isRequired": true }),
    )
    .await;
    let _ = define(&admin, "born", "date", json!({})).await;
    let away = define(&admin, "away", "date", json!({})).await;
    let _ = admin.delete(&path(&away)).expect(200).await;
    let schema = admin
        .get("/api/custom-fields/schema?resource=lead")
        .expect(200)
        .await;
    let expected = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {
            "tier": { "title": "tier", "oneOf": [{ "const": "gold", "title": "Gold" }] },
            "born": { "title": "born", "type": "string", "format": "date" },
        },
        "required": ["tier"],
        "additionalProperties": false,
    });
    assert_eq!(schema, expected);
}
