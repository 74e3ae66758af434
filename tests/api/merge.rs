//! Several leads or customers become one, and are taken apart again.

use chrono::TimeDelta;
use crm_domain::role::Role;
use crm_testing::request::TestResponse;
use crm_testing::{Client, TestApp};
use futures_util::future::join_all;
use poem::http::header;
use serde_json::{Value, json};

use crate::access::who_may;
use crate::leads::{NOBODY, errors};

const KINDS: [&str; 2] = ["leads", "customers"];

fn id(record: &Value) -> &str {
    record["id"].as_str().unwrap()
}

fn path(kind: &str, record: &Value) -> String {
    format!("/api/{kind}/{}", id(record))
}

/// What the operations call one of a kind.
fn one(kind: &str) -> &str {
    kind.trim_end_matches('s')
}

async fn make(client: &Client<'_>, kind: &str, fields: Value) -> Value {
    let mut body = json!({ "name": "Somebody", "phone": "112" });
    let fields = fields.as_object().unwrap().clone();
    body.as_object_mut().unwrap().extend(fields);
    let path = format!("/api/{kind}?allowDuplicate=true");
    client.post(&path).json(body).expect(201).await
}

async fn get(client: &Client<'_>, kind: &str, record: &Value) -> Value {
    client.get(&path(kind, record)).expect(200).await
}

async fn merge(
    client: &Client<'_>,
    kind: &str,
    target: &Value,
    sources: &[&Value],
    status: u16,
) -> Value {
    let sources: Vec<_> = sources.iter().map(|source| id(source)).collect();
    let body = json!({ "sources": sources });
    let path = format!("{}/merge", path(kind, target));
    client.post(&path).json(body).expect(status).await
}

async fn unmerge(client: &Client<'_>, kind: &str, target: &Value, status: u16) -> Value {
    let path = format!("{}/unmerge", path(kind, target));
    client.post(&path).expect(status).await
}

/// A record less what each write changes.
fn content(record: &Value) -> Value {
    let mut record = record.clone();
    for field in ["version", "updatedAt"] {
        record.as_object_mut().unwrap().remove(field);
    }
    record
}

async fn task_about(client: &Client<'_>, kind: &str, record: &Value) -> Value {
    let mut name = one(kind).to_owned();
    name[..1].make_ascii_uppercase();
    let body = json!({ "title": "Call", "relatedTo": { "type": name, "id": id(record) } });
    client.post("/api/tasks").json(body).expect(201).await
}

async fn about(client: &Client<'_>, task: &Value) -> String {
    let task = client.get(&path("tasks", task)).expect(200).await;
    id(&task["relatedTo"]).to_owned()
}

#[tokio::test]
async fn the_target_takes_what_it_lacks_and_the_others_say_where_they_went() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for kind in KINDS {
        let fields = json!({ "name": "Ada", "tags": ["Gold"] });
        let target = make(&admin, kind, fields).await;
        let fields = json!({ "phone": "111", "emailId": "a@example.org", "tags": ["gold", "VIP"] });
        let first = make(&admin, kind, fields).await;
        let fields = json!({ "phone": "222", "emailId": "b@example.org", "company": "Engines" });
        let second = make(&admin, kind, fields).await;
        let answer = merge(&admin, kind, &target, &[&first, &second], 200).await;
        let merged = &answer[one(kind)];
        for (field, value) in [
            ("name", json!("Ada")),
            ("phone", json!("112")),
            ("emailId", json!("a@example.org")),
            ("company", json!("Engines")),
            ("tags", json!(["Gold", "VIP"])),
            ("mergedInto", Value::Null),
            ("version", json!(2)),
        ] {
            assert_eq!(merged[field], value, "{kind} {field}");
        }
        let mut sources = [id(&first), id(&second)];
        sources.sort_unstable();
        assert_eq!(answer["sources"], json!(sources));
        for source in [&first, &second] {
            let tombstone = get(&admin, kind, source).await;
            assert_eq!(tombstone["mergedInto"], target["id"]);
            assert_eq!(tombstone["isArchived"], true);
        }
        for archived in ["", "?isArchived=true"] {
            let list = admin
                .get(&format!("/api/{kind}{archived}"))
                .expect(200)
                .await;
            let expected = usize::from(archived.is_empty());
            assert_eq!(
                list[kind].as_array().unwrap().len(),
                expected,
                "{kind} {archived}"
            );
        }
    }
}

#[tokio::test]
async fn overrides_win_and_a_dry_run_writes_nothing() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for kind in KINDS {
        let target = make(&admin, kind, json!({})).await;
        let source = make(&admin, kind, json!({ "name": "Ada", "company": "Engines" })).await;
        let overrides = json!({ "name": "Ada", "company": null, "tags": ["VIP"] });
        let mut body = json!({ "sources": [id(&source)], "overrides": overrides, "dryRun": true });
        let path = format!("{}/merge", path(kind, &target));
        let before = app.database().fingerprint().await;
        let mut dry = admin.post(&path).json(body.clone()).expect(200).await;
        assert_eq!(app.database().fingerprint().await, before);
        body["dryRun"] = json!(false);
        let mut wet = admin.post(&path).json(body).expect(200).await;
        let merged = &wet[one(kind)];
        let found = (&merged["name"], &merged["company"], &merged["tags"]);
        assert_eq!(
            found,
            (&json!("Ada"), &Value::Null, &json!(["VIP"])),
            "{kind}"
        );
        for answer in [&mut dry, &mut wet] {
            answer["message"] = Value::Null;
        }
        assert_eq!(dry, wet);
    }
}

#[tokio::test]
async fn notes_and_tasks_go_along_and_come_back() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for kind in KINDS {
        let target = make(&admin, kind, json!({})).await;
        let source = make(
            &admin,
            kind,
            json!({ "company": "Engines", "tags": ["VIP"] }),
        )
        .await;
        let (own, along) = (
            task_about(&admin, kind, &target).await,
            task_about(&admin, kind, &source).await,
        );
        let archived = task_about(&admin, kind, &source).await;
        admin.delete(&path("tasks", &archived)).expect(200).await;
        if kind == "customers" {
            for (record, text) in [(&target, "own"), (&source, "along")] {
                let notes = format!("{}/notes", path(kind, record));
                let _ = admin
                    .post(&notes)
                    .json(json!({ "text": text }))
                    .expect(201)
                    .await;
            }
        }
        let (target_before, source_before) = (
            get(&admin, kind, &target).await,
            get(&admin, kind, &source).await,
        );
        merge(&admin, kind, &target, &[&source], 200).await;
        for task in [&own, &along, &archived] {
            assert_eq!(about(&admin, task).await, id(&target));
        }
        if kind == "customers" {
            let merged = get(&admin, kind, &target).await;
            assert_eq!(merged["notes"].as_array().unwrap().len(), 2);
            assert_eq!(get(&admin, kind, &source).await["notes"], json!([]));
        }
        let answer = unmerge(&admin, kind, &target, 200).await;
        assert_eq!(answer["sources"], json!([id(&source)]));
        assert_eq!(
            content(&get(&admin, kind, &target).await),
            content(&target_before)
        );
        assert_eq!(
            content(&get(&admin, kind, &source).await),
            content(&source_before)
        );
        assert_eq!(about(&admin, &own).await, id(&target));
        for task in [&along, &archived] {
            assert_eq!(about(&admin, task).await, id(&source));
        }
        assert_eq!(
            unmerge(&admin, kind, &target, 409).await["code"],
            "not-merged"
        );
    }
}

#[tokio::test]
async fn what_somebody_changed_since_the_merge_stays_when_it_is_undone() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for kind in KINDS {
        let target = make(&admin, kind, json!({})).await;
        let fields = json!({ "company": "Engines", "emailId": "a@example.org" });
        let source = make(&admin, kind, fields).await;
        merge(&admin, kind, &target, &[&source], 200).await;
        let edit = json!({ "company": "Engines Ltd", "name": "Ada" });
        let _ = admin
            .patch(&path(kind, &target))
            .json(edit)
            .expect(200)
            .await;
        let answer = unmerge(&admin, kind, &target, 200).await;
        let left = &answer[one(kind)];
        let found = (&left["name"], &left["company"], &left["emailId"]);
        assert_eq!(
            found,
            (&json!("Ada"), &json!("Engines Ltd"), &Value::Null),
            "{kind}"
        );
    }
}

#[tokio::test]
async fn merges_upon_merges_are_undone_from_the_newest_back() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for kind in KINDS {
        let mut records = Vec::new();
        for name in ["One", "Two", "Three"] {
            records.push(make(&admin, kind, json!({ "name": name, "tags": [name] })).await);
        }
        let before: Vec<_> = records.iter().map(content).collect();
        merge(&admin, kind, &records[1], &[&records[0]], 200).await;
        app.clock.advance(TimeDelta::seconds(1));
        merge(&admin, kind, &records[2], &[&records[1]], 200).await;
        let refused = unmerge(&admin, kind, &records[1], 409).await;
        assert_eq!(
            (&refused["code"], &refused["mergedInto"]),
            (&json!("merged"), &records[2]["id"])
        );
        unmerge(&admin, kind, &records[2], 200).await;
        unmerge(&admin, kind, &records[1], 200).await;
        for (record, before) in records.iter().zip(before) {
            let mut now = content(&get(&admin, kind, record).await);
            let mut before = before;
            for of_record in ["notes", "deals"] {
                now.as_object_mut().unwrap().remove(of_record);
                before.as_object_mut().unwrap().remove(of_record);
            }
            assert_eq!(now, before, "{kind}");
        }
    }
}

#[tokio::test]
async fn a_tombstone_is_read_only() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for kind in KINDS {
        let target = make(&admin, kind, json!({})).await;
        let source = make(&admin, kind, json!({})).await;
        let third = make(&admin, kind, json!({})).await;
        merge(&admin, kind, &target, &[&source], 200).await;
        let before = app.database().fingerprint().await;
        let path = path(kind, &source);
        let edit = admin
            .patch(&path)
            .json(json!({ "company": "X" }))
            .expect(409)
            .await;
        let restore = admin.post(&format!("{path}/restore")).expect(409).await;
        let archive = admin.delete(&path).expect(409).await;
        let again = merge(&admin, kind, &third, &[&source], 409).await;
        for refused in [edit, restore, archive, again] {
            assert_eq!(
                (&refused["code"], &refused["mergedInto"]),
                (&json!("merged"), &target["id"])
            );
        }
        assert_eq!(app.database().fingerprint().await, before);
    }
}

#[tokio::test]
async fn wrong_sources_are_refused_field_by_field() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let manager = app.as_role(Role::Manager).await;
    for kind in KINDS {
        let target = make(&manager, kind, json!({})).await;
        let own = make(&manager, kind, json!({})).await;
        let secret = make(&admin, kind, json!({})).await;
        let before = app.database().fingerprint().await;
        let at = format!("{}/merge", path(kind, &target));
        for (body, pointer, code) in [
            (json!({}), "#/sources", "required"),
            (json!({ "sources": [] }), "#/sources", "wrong-count"),
            (
                json!({ "sources": [id(&target)] }),
                "#/sources/0",
                "not-allowed",
            ),
            (
                json!({ "sources": [id(&own), id(&own)] }),
                "#/sources/1",
                "repeated",
            ),
            (json!({ "sources": [NOBODY] }), "#/sources/0", "not-found"),
            (
                json!({ "sources": [id(&own), id(&secret)] }),
                "#/sources/1",
                "not-found",
            ),
            (
                json!({ "sources": [id(&own)], "overrides": { "name": null } }),
                "#/name",
                "required",
            ),
            (
                json!({ "sources": vec![NOBODY; 20] }),
                "#/sources",
                "too-many",
            ),
        ] {
            let problem = manager.post(&at).json(body).expect(400).await;
            assert_eq!(errors(&problem), [(pointer, code)], "{kind}");
        }
        assert_eq!(app.database().fingerprint().await, before, "{kind}");
    }
}

#[tokio::test]
async fn records_that_are_put_away_hidden_or_others_are_not_merged() {
    let app = TestApp::new().await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    let manager = app.as_role(Role::Manager).await;
    for kind in KINDS {
        let target = make(&manager, kind, json!({})).await;
        let own = make(&manager, kind, json!({})).await;
        let secret = make(&admin, kind, json!({})).await;
        let archived = make(&manager, kind, json!({})).await;
        let _ = admin.delete(&path(kind, &archived)).expect(200).await;
        let of_agent = make(&agent, kind, json!({})).await;
        let before = app.database().fingerprint().await;
        let at = format!("{}/merge", path(kind, &target));
        let refused = merge(&manager, kind, &target, &[&archived], 409).await;
        assert_eq!(refused["code"], "archived");
        let refused = merge(&manager, kind, &archived, &[&own], 409).await;
        assert_eq!(refused["code"], "archived");
        let refused = merge(&manager, kind, &secret, &[&own], 404).await;
        assert_eq!(refused["code"], "not-found");
        let refused = merge(&agent, kind, &of_agent, &[&own], 403).await;
        assert_eq!(refused["code"], "forbidden");
        let stale = manager.post(&at).header(header::IF_MATCH, "\"7\"");
        let stale = stale
            .json(json!({ "sources": [id(&own)] }))
            .expect(412)
            .await;
        assert_eq!(stale["current"]["id"], target["id"]);
        assert_eq!(app.database().fingerprint().await, before, "{kind}");
    }
}

#[tokio::test]
async fn more_tags_than_a_record_holds_are_for_the_caller_to_choose() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let tags = |from: u32| (from..from + 15).map(|n| n.to_string()).collect::<Vec<_>>();
    for kind in KINDS {
        let target = make(&admin, kind, json!({ "tags": tags(0) })).await;
        let source = make(&admin, kind, json!({ "tags": tags(10) })).await;
        let refused = merge(&admin, kind, &target, &[&source], 400).await;
        assert_eq!(errors(&refused), [("#/overrides/tags", "too-many")]);
        let body = json!({ "sources": [id(&source)], "overrides": { "tags": ["VIP"] } });
        let path = format!("{}/merge", path(kind, &target));
        let _ = admin.post(&path).json(body).expect(200).await;
    }
}

#[tokio::test]
async fn whoever_may_merge_some_needs_the_right_to_assign_for_giving_the_target_away() {
    let app = TestApp::new().await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    let grants = [("customer:read", "all"), ("customer:merge", "all")];
    let clerk = who_may(&app, &admin, &grants).await;
    let target = make(&admin, "customers", json!({})).await;
    let source = make(&admin, "customers", json!({})).await;
    let at = format!("{}/merge", path("customers", &target));
    let overrides = json!({ "owner": agent.user().id });
    let body = json!({ "sources": [id(&source)], "overrides": overrides });
    assert_eq!(
        clerk.post(&at).json(body).expect(403).await["code"],
        "forbidden"
    );
    merge(&clerk, "customers", &target, &[&source], 200).await;
}

#[tokio::test]
async fn a_converted_lead_takes_in_others_and_goes_into_none() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let converted = make(&admin, "leads", json!({})).await;
    let convert = format!("{}/convert", path("leads", &converted));
    let _ = admin.post(&convert).expect(200).await;
    let other = make(&admin, "leads", json!({})).await;
    let refused = merge(&admin, "leads", &other, &[&converted], 409).await;
    assert_eq!(refused["code"], "lead-converted");
    let answer = merge(&admin, "leads", &converted, &[&other], 200).await;
    assert_eq!(answer["lead"]["status"], "Converted");
}

#[tokio::test]
async fn a_lead_whose_customer_was_merged_is_converted_to_the_one_who_took_them_in() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let lead = make(&admin, "leads", json!({})).await;
    let convert = format!("{}/convert", path("leads", &lead));
    let customer = admin.post(&convert).expect(200).await["customer"].clone();
    let target = make(&admin, "customers", json!({})).await;
    merge(&admin, "customers", &target, &[&customer], 200).await;
    let again = admin.post(&convert).expect(200).await;
    assert_eq!(again["alreadyConverted"], true);
    assert_eq!(again["customer"]["id"], target["id"]);
    let refused = admin
        .post(&format!("{}/unconvert", path("leads", &lead)))
        .expect(409)
        .await;
    assert_eq!(refused["code"], "merged");
}

/// What a request wrote: of each activity that has its event, the action, the record and the changes.
async fn written(app: &TestApp, answer: &TestResponse) -> Vec<(Value, Value, Value)> {
    let request = answer.header("x-request-id");
    let query = format!(
        "select a.action, a.resource_id, a.changes from activities a
         join events e on e.resource_id = a.resource_id and e.name = a.action and e.xmin = a.xmin
         where a.request_id = '{request}' order by a.action"
    );
    let rows = app.database().rows(&query).await;
    let row = |row: &Value| {
        (
            row["action"].clone(),
            row["resource_id"].clone(),
            row["changes"].clone(),
        )
    };
    rows.iter().map(row).collect()
}

#[tokio::test]
async fn each_record_and_task_has_its_activity_and_event() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for kind in KINDS {
        let one = one(kind);
        let target = make(&admin, kind, json!({})).await;
        let source = make(&admin, kind, json!({ "company": "Engines" })).await;
        let task = task_about(&admin, kind, &source).await;
        let body = json!({ "sources": [id(&source)] });
        let at = path(kind, &target);
        let answer = admin.post(&format!("{at}/merge")).json(body).send().await;
        assert_eq!(answer.status, 200);
        let change = |from: Value, to: Value| json!({ "from": from, "to": to });
        let company = json!({ "company": change(Value::Null, json!("Engines")) });
        let gone = json!({
            "mergedInto": change(Value::Null, target["id"].clone()), "isArchived": change(json!(false), json!(true)),
        });
        let mut expected = vec![
            (json!(format!("{one}.archived")), source["id"].clone(), gone),
            (
                json!(format!("{one}.merged")),
                target["id"].clone(),
                company,
            ),
        ];
        let rows = written(&app, &answer).await;
        let related = rows.iter().find(|row| row.0 == "task.edited").unwrap();
        assert_eq!(related.1, task["id"]);
        expected.push(related.clone());
        assert_eq!(rows, expected, "{kind}");
        let answer = admin.post(&format!("{at}/unmerge")).send().await;
        assert_eq!(answer.status, 200);
        let rows = written(&app, &answer).await;
        let actions: Vec<_> = rows.iter().map(|row| row.0.as_str().unwrap()).collect();
        assert_eq!(
            actions,
            [
                format!("{one}.restored"),
                format!("{one}.unmerged"),
                "task.edited".to_owned()
            ]
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_merges_at_once_each_record_goes_to_one_place_and_nothing_is_lost() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for kind in KINDS {
        let mut records = Vec::new();
        for _ in 0..8 {
            let record = make(&admin, kind, json!({})).await;
            task_about(&admin, kind, &record).await;
            records.push(record);
        }
        let pairs = (0..64)
            .map(|n| (n % 8, (n / 8 + n + 1) % 8))
            .filter(|(a, b)| a != b);
        let calls = pairs.map(async |(target, source): (usize, usize)| {
            let body = json!({ "sources": [id(&records[source])] });
            let path = format!("{}/merge", path(kind, &records[target]));
            admin.post(&path).json(body).send().await.status.as_u16()
        });
        let statuses = join_all(calls).await;
        assert!(
            statuses.iter().all(|status| [200, 409].contains(status)),
            "{statuses:?}"
        );
        let merged = statuses.iter().filter(|status| **status == 200).count();
        let query = format!(
            "select count(*) filter (where merged_into is not null) as gone,
               count(*) filter (where merged_into is null and not is_archived) as left,
               (select count(*) from merges where resource = '{one}') as merges,
               (select count(*) from tasks t join {kind} r on r.id = t.related_id where r.merged_into is null) as tasks,
               (select sum(version) - 8 from {kind}) as writes,
               (select count(*) from activities where resource = '{one}' and action <> '{one}.created') as activities
             from {kind}",
            one = one(kind)
        );
        let found = app.database().rows(&query).await[0].clone();
        assert_eq!(found["gone"], merged, "{kind} {found}");
        assert_eq!(found["merges"], merged, "{kind} {found}");
        assert_eq!(found["left"], 8 - merged, "{kind} {found}");
        assert_eq!(found["tasks"], 8, "{kind} {found}");
        assert_eq!(
            found["writes"].to_string(),
            found["activities"].to_string(),
            "{kind} {found}"
        );
    }
}
