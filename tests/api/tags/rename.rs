//! One tag takes the place of others.

use crm_app::event::HookError;
use crm_app::users::UserEdit;
use crm_domain::event::LeadEdited;
use crm_domain::role::Role;
use crm_testing::{Client, TestApp};
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{SYSTEM, assert_kept, copies, used, uses};
use crate::leads::{errors, make, path};

const RENAME: &str = "/api/tags/rename";

async fn rename(client: &Client<'_>, from: &[&str], to: &str) -> (u64, bool) {
    let body = json!({ "resource": "lead", "from": from, "to": to });
    let renamed = client.post(RENAME).json(body).expect(200).await;
    let records = renamed["records"].as_u64().unwrap();
    (records, renamed["isComplete"].as_bool().unwrap())
}

async fn tags(client: &Client<'_>, lead: &Value) -> Value {
    client.get(&path(lead)).expect(200).await["tags"].clone()
}

#[tokio::test]
async fn a_renamed_tag_is_another_one_on_every_record_and_each_is_written_as_by_an_edit() {
    let app = TestApp::new().await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    let first = make(&agent, json!({ "tags": ["VIP", "Berlin"] })).await;
    let second = make(&agent, json!({ "tags": ["vip"] })).await;
    let without = make(&agent, json!({ "tags": ["Berlin"] })).await;
    let archived = make(&agent, json!({ "tags": ["Vip"] })).await;
    admin.delete(&path(&archived)).expect(200).await;
    let customer = json!({ "name": "Ada", "tags": ["VIP"] });
    let customer = admin
        .post("/api/customers")
        .json(customer)
        .expect(201)
        .await;
    let body = json!({ "resource": "lead", "from": ["ViP"], "to": "Key account" });
    let answer = admin.post(RENAME).json(body).send().await;
    assert_eq!(
        answer.expect(200),
        json!({ "records": 3, "refused": 0, "isComplete": true })
    );
    for (lead, expected, version) in [
        (&first, json!(["Key account", "Berlin"]), 2),
        (&second, json!(["Key account"]), 2),
        (&archived, json!(["Key account"]), 3),
        (&without, json!(["Berlin"]), 1),
    ] {
        let lead = admin.get(&path(lead)).expect(200).await;
        assert_eq!(lead["tags"], expected);
        assert_eq!(lead["version"], version);
    }
    let shown = admin.get(&format!(
        "/api/customers/{}",
        customer["id"].as_str().unwrap()
    ));
    assert_eq!(shown.expect(200).await["tags"], json!(["VIP"]));
    let log = format!(
        "select action, resource_id, changes from activities where request_id = '{}' order by resource_id",
        answer.header("x-request-id")
    );
    let log = app.database().rows(&log).await;
    assert_eq!(log.len(), 3);
    for row in &log {
        assert_eq!(row["action"], "lead.edited");
        assert_eq!(row["changes"].as_object().unwrap().len(), 1);
    }
    let changes = log.iter().find(|row| row["resource_id"] == first["id"]);
    let expected =
        json!({ "tags": { "from": ["VIP", "Berlin"], "to": ["Key account", "Berlin"] } });
    assert_eq!(changes.unwrap()["changes"], expected);
    let events = "select count(*) as count from events where name = 'lead.edited'";
    assert_eq!(app.database().rows(events).await[0]["count"], 3);
    assert_kept(&app).await;
    // Once more it changes nothing.
    let before = app.database().fingerprint().await;
    assert_eq!(rename(&admin, &["ViP"], "Key account").await, (0, true));
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn several_tags_become_one_that_a_record_has_once() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let both = make(&admin, json!({ "tags": ["hot", "x", "warm"] })).await;
    let there = make(&admin, json!({ "tags": ["promising", "Hot"] })).await;
    let full: Vec<_> = (0..19)
        .map(|n| format!("t{n}"))
        .chain(["warm".to_owned()])
        .collect();
    let full = make(&admin, json!({ "tags": full })).await;
    assert_eq!(
        rename(&admin, &["Hot", "Warm", "cold"], "Promising").await,
        (3, true)
    );
    assert_eq!(tags(&admin, &both).await, json!(["Promising", "x"]));
    assert_eq!(tags(&admin, &there).await, json!(["promising"]));
    assert_eq!(tags(&admin, &full).await.as_array().unwrap().len(), 20);
    // Another spelling of itself is a name too.
    assert_eq!(rename(&admin, &["promising"], "PROMISING").await, (3, true));
    assert_eq!(
        uses(&admin, "resource=lead&prefix=prom").await,
        used(&[("PROMISING", 3)])
    );
    assert_eq!(rename(&admin, &["promising"], "PROMISING").await, (0, true));
}

#[tokio::test]
async fn what_a_hook_refuses_stays_and_undoes_nothing_else() {
    let app = TestApp::with(|builder| {
        builder.before_commit::<LeadEdited, _>("limits", |event, _| {
            // Every other one.
            let is_refused = event.lead_id.uuid().as_bytes()[15] % 2 == 1;
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
    let mut odd = 0;
    for _ in 0..40 {
        let lead = make(&admin, json!({ "tags": ["old"] })).await;
        odd += u64::from(
            lead["id"]
                .as_str()
                .unwrap()
                .ends_with(|last: char| last.to_digit(16).unwrap() % 2 == 1),
        );
    }
    assert!(odd > 0 && odd < 40);
    let body = json!({ "resource": "lead", "from": ["old"], "to": "new" });
    for records in [40 - odd, 0] {
        let renamed = admin.post(RENAME).json(body.clone()).expect(200).await;
        let expected = json!({ "records": records, "refused": odd, "isComplete": true });
        assert_eq!(renamed, expected);
    }
    assert_kept(&app).await;
}

#[tokio::test]
async fn what_was_merged_into_another_record_is_left_as_it_was() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let target = make(&admin, json!({ "tags": ["a"] })).await;
    let source = make(&admin, json!({ "tags": ["b"] })).await;
    let merge = json!({ "sources": [source["id"]] });
    admin
        .post(&format!("{}/merge", path(&target)))
        .json(merge)
        .expect(200)
        .await;
    let query = format!(
        "select * from leads where id = '{}'",
        source["id"].as_str().unwrap()
    );
    let before = app.database().rows(&query).await;
    assert_eq!(rename(&admin, &["b"], "c").await, (1, true));
    assert_eq!(app.database().rows(&query).await, before);
    assert_eq!(tags(&admin, &target).await, json!(["a", "c"]));
}

#[tokio::test]
async fn only_who_manages_tags_renames_them_and_only_on_records_that_they_may_change() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let (agent, manager) = (app.agent().await, app.as_role(Role::Manager).await);
    let mine = make(&agent, json!({ "tags": ["a"] })).await;
    let theirs = make(&admin, json!({ "tags": ["a"] })).await;
    manager.get("/api/auth/me").expect(200).await;
    let before = app.database().fingerprint().await;
    let body = json!({ "resource": "lead", "from": ["a"], "to": "b" });
    for client in [&agent, &manager] {
        let problem = client.post(RENAME).json(body.clone()).expect(403).await;
        assert_eq!(problem["code"], "forbidden");
    }
    assert_eq!(app.database().fingerprint().await, before);
    let role =
        json!({ "name": "Tidier", "grants": [{ "permission": "tag:manage", "scope": "all" }] });
    let role = admin.post("/api/roles").json(role).expect(201).await;
    let edit = UserEdit {
        roles: Some(vec![
            Role::Agent.id(),
            role["id"].as_str().unwrap().parse().unwrap(),
        ]),
        ..UserEdit::default()
    };
    let users = app.crm.users();
    users.edit(&SYSTEM, agent.user().id, edit).await.unwrap();
    let agent = app.sign_in(agent.user().clone()).await;
    assert_eq!(rename(&agent, &["a"], "b").await, (1, true));
    assert_eq!(tags(&admin, &mine).await, json!(["b"]));
    assert_eq!(tags(&admin, &theirs).await, json!(["a"]));
}

#[tokio::test]
async fn what_is_no_rename_is_refused_and_changes_nothing() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    make(&admin, json!({ "tags": ["a"] })).await;
    let before = app.database().fingerprint().await;
    for (body, fault) in [
        (
            json!({ "resource": "lead", "from": [], "to": "b" }),
            ("#/from", "too-short"),
        ),
        (
            json!({ "resource": "lead", "from": "a", "to": "b" }),
            ("#/from", "wrong-type"),
        ),
        (
            json!({ "resource": "lead", "from": ["a", " "], "to": "b" }),
            ("#/from/1", "too-short"),
        ),
        (
            json!({ "resource": "lead", "from": vec!["a"; 21], "to": "b" }),
            ("#/from", "too-many"),
        ),
        (
            json!({ "resource": "lead", "from": ["a"], "to": "" }),
            ("#/to", "too-short"),
        ),
        (
            json!({ "resource": "lead", "from": ["a"], "to": "t".repeat(31) }),
            ("#/to", "too-long"),
        ),
        (
            json!({ "resource": "lead", "from": ["a"], "to": null }),
            ("#/to", "wrong-type"),
        ),
        (
            json!({ "resource": "lead", "from": ["a"] }),
            ("#/to", "required"),
        ),
        (
            json!({ "resource": "task", "from": ["a"], "to": "b" }),
            ("#/resource", "not-one-of"),
        ),
        (
            json!({ "from": ["a"], "to": "b" }),
            ("#/resource", "required"),
        ),
        (
            json!({ "resource": "lead", "from": ["a"], "to": "b", "x": 1 }),
            ("#/x", "unknown-field"),
        ),
    ] {
        let problem = admin.post(RENAME).json(body.clone()).expect(400).await;
        assert_eq!(errors(&problem), [fault], "{body}");
    }
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_and_renames_at_the_same_time_lose_nothing() {
    const LEADS: usize = 30;
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let leads = (0..LEADS).map(|_| make(&admin, json!({ "tags": ["a", "b"] })));
    let leads = join_all(leads).await;
    let edit = |lead: &Value| {
        let path = path(lead);
        let edit = admin.patch(&path).json(json!({ "company": "Edited" }));
        edit.expect(200)
    };
    let (first, second, edited) = futures_util::join!(
        rename(&admin, &["a"], "A2"),
        rename(&admin, &["b", "a"], "B2"),
        join_all(leads.iter().map(edit)),
    );
    assert!(first.1 && second.1);
    assert_eq!(edited.len(), LEADS);
    for lead in &leads {
        let lead = admin.get(&path(lead)).expect(200).await;
        assert_eq!(lead["company"], "Edited");
        let keys = lead["tags"].to_string();
        assert!(
            ["[\"A2\",\"B2\"]", "[\"B2\"]"].contains(&keys.as_str()),
            "{keys}"
        );
        let log = format!(
            "select count(*) as count from activities where resource_id = '{}'",
            lead["id"].as_str().unwrap()
        );
        assert_eq!(app.database().rows(&log).await[0]["count"], lead["version"]);
    }
    assert_kept(&app).await;
}

#[tokio::test]
async fn a_call_changes_so_many_records_and_the_next_one_goes_on() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let lead = make(&admin, json!({ "tags": ["old"] })).await;
    copies(&app, &lead, 2_049, "array['old']").await;
    assert_eq!(rename(&admin, &["old"], "new").await, (2_000, false));
    assert_eq!(rename(&admin, &["old"], "new").await, (50, true));
    assert_eq!(rename(&admin, &["old"], "new").await, (0, true));
    let left = "select count(*) as count from leads where tags <> array['new']";
    assert_eq!(app.database().rows(left).await[0]["count"], 0);
}
