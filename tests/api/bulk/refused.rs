//! What is refused: of a record as its own operation refuses it, and of the whole as the document says.

use crm_app::event::HookError;
use crm_domain::event::CustomerArchived;
use crm_testing::TestApp;
use serde_json::{Value, json};

use super::{KINDS, bulk, counts, get, make};
use crate::matrix::world::{Caller, Kind, MISSING, Subject, World};

/// Compared with the operation on one record, for every caller and every kind of record.
#[tokio::test]
async fn each_record_is_refused_as_the_operation_on_it_alone_refuses_it() {
    let world = World::new().await;
    let of_kind = [Kind::Lead, Kind::Customer, Kind::Task];
    let mut refused = 0;
    for ((kind, _, field, assignee), of_kind) in KINDS.into_iter().zip(of_kind) {
        for caller in [
            Caller::ReadOnly,
            Caller::Agent,
            Caller::Manager,
            Caller::Admin,
        ] {
            let client = world.client(caller).await;
            let other = world.app.agent().await.user().id.to_string();
            let actions = [
                ("archive", json!(null)),
                ("restore", json!(null)),
                ("update", json!({ field: "ACME" })),
                ("assign", json!({ assignee: other })),
                ("assign", json!({ assignee: MISSING })),
            ];
            for subject in Subject::ALL {
                for (action, changes) in &actions {
                    let mut ids = Vec::new();
                    for _ in 0..2 {
                        ids.push(world.record(of_kind, caller, subject).await.unwrap());
                    }
                    let path = format!("/api/{kind}/{}", ids[0]);
                    let alone = match *action {
                        "archive" => client.delete(&path),
                        "restore" => client.post(&format!("{path}/restore")),
                        _ => client.patch(&path).json(changes.clone()),
                    };
                    let alone = alone.send().await;
                    let mut body = json!({ "ids": [ids[1]], "action": action });
                    if !changes.is_null() {
                        body["changes"] = changes.clone();
                    }
                    let result = bulk(&client, kind, body).await;
                    let item = &result["items"][0];
                    let what = format!("{action} {kind} by {caller:?} on {subject:?}: {item}");
                    if alone.status.is_success() {
                        assert_ne!(item["status"], "refused", "{what}");
                    } else {
                        let problem = alone.json();
                        assert_eq!(item["status"], "refused", "{what}");
                        assert_eq!(item["code"], problem["code"], "{what}");
                        assert_eq!(item["message"], problem["detail"], "{what}");
                        refused += 1;
                    }
                }
            }
        }
    }
    assert!(refused > 100, "only {refused}");
}

#[tokio::test]
async fn what_is_refused_undoes_nothing_else() {
    let app = TestApp::with(|builder| {
        builder.before_commit::<CustomerArchived, _>("limits", |event, _| {
            // Every other one.
            let is_refused = event.customer_id.uuid().as_bytes()[15] % 2 == 1;
            Box::pin(async move {
                if !is_refused {
                    return Ok(());
                }
                Err(HookError::Veto {
                    code: "odd".to_owned(),
                    message: "is odd".to_owned(),
                })
            })
        })
    })
    .await;
    let admin = app.admin().await;
    let mut ids = make(&admin, "customers", 40).await;
    ids.push(MISSING.to_owned());
    let result = bulk(
        &admin,
        "customers",
        json!({ "ids": ids, "action": "archive" }),
    )
    .await;
    let [done, unchanged, refused] = counts(&result);
    assert!(done > 0 && refused > 1 && unchanged == 0, "{result}");
    for item in result["items"].as_array().unwrap() {
        let id = item["id"].as_str().unwrap();
        if id == MISSING {
            assert_eq!(item["code"], "not-found");
            continue;
        }
        let customer = get(&admin, "customers", id).await;
        let is_done = item["status"] == "done";
        assert_eq!(customer["isArchived"], is_done);
        assert_eq!(customer["version"], if is_done { 2 } else { 1 });
        assert_eq!(
            item["code"],
            if is_done {
                json!(null)
            } else {
                json!("vetoed")
            }
        );
    }
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "most of it is a table")]
async fn what_makes_no_sense_is_refused_as_a_whole() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let ids = make(&admin, "leads", 1).await;
    let id = &ids[0];
    let many: Vec<_> = (0..501)
        .map(|number| format!("01900000-0000-7000-8000-{number:012}"))
        .collect();
    let before = app.database().fingerprint().await;
    let changes = json!({ "company": "ACME" });
    let wrong: [(Value, &str, &str); 19] = [
        (json!({}), "#/action", "required"),
        (json!({ "action": "archive" }), "#/ids", "required"),
        (
            json!({ "action": "archive", "ids": [] }),
            "#/ids",
            "too-short",
        ),
        (
            json!({ "action": "archive", "ids": [id, id] }),
            "#/ids",
            "duplicate",
        ),
        (
            json!({ "action": "archive", "ids": many }),
            "#/ids",
            "too-many",
        ),
        (
            json!({ "action": "archive", "ids": ["x"] }),
            "#/ids/0",
            "wrong-type",
        ),
        (
            json!({ "action": "archive", "ids": [id], "filter": {} }),
            "#/filter",
            "not-allowed",
        ),
        (
            json!({ "action": "archive", "ids": [id], "after": id }),
            "#/after",
            "not-allowed",
        ),
        (
            json!({ "action": "archive", "ids": [id], "changes": changes }),
            "#/changes",
            "not-allowed",
        ),
        (
            json!({ "action": "delete", "ids": [id] }),
            "#/action",
            "not-one-of",
        ),
        (
            json!({ "action": "update", "ids": [id] }),
            "#/changes",
            "required",
        ),
        (
            json!({ "action": "update", "ids": [id], "changes": {} }),
            "#/changes",
            "required",
        ),
        (
            json!({ "action": "update", "ids": [id], "changes": { "x": 1 } }),
            "#/changes/x",
            "unknown-field",
        ),
        (
            json!({ "action": "update", "ids": [id], "changes": { "name": "" } }),
            "#/changes/name",
            "too-short",
        ),
        (
            json!({ "action": "assign", "ids": [id], "changes": changes }),
            "#/changes",
            "not-allowed",
        ),
        (
            json!({ "action": "archive", "filter": { "x": 1 } }),
            "#/filter/x",
            "unknown-field",
        ),
        (
            json!({ "action": "archive", "filter": { "search": "" } }),
            "#/filter/search",
            "too-short",
        ),
        (
            json!({ "action": "archive", "filter": { "status": ["Old"] } }),
            "#/filter/status/0",
            "not-one-of",
        ),
        (
            json!({ "action": "archive", "ids": [id], "dryRun": true }),
            "#/dryRun",
            "unknown-field",
        ),
    ];
    for (body, pointer, code) in wrong {
        let problem = admin
            .post("/api/leads/bulk")
            .json(body.clone())
            .expect(400)
            .await;
        let error = &problem["errors"][0];
        assert_eq!(
            (&error["pointer"], &error["code"]),
            (&json!(pointer), &json!(code)),
            "{body}"
        );
    }
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn who_may_read_none_is_told_so() {
    let world = World::new().await;
    for (kind, ..) in KINDS {
        let client = world.client(Caller::Demoted).await;
        let body = json!({ "ids": [MISSING], "action": "archive" });
        let path = format!("/api/{kind}/bulk");
        let problem = client.post(&path).json(body).expect(403).await;
        assert_eq!(problem["code"], "forbidden");
    }
}
