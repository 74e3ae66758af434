//! Exports: all that match and may be seen, as of one instant, and never a file that only looks whole.

mod cut_off;

pub(crate) use cut_off::demote;

use std::collections::{BTreeMap, BTreeSet};

use crm_app::users::UserEdit;
use crm_domain::activity::Actor;
use crm_domain::role::{Role, RoleContent};
use crm_testing::request::TestResponse;
use crm_testing::{Client, TestApp};
use serde_json::{Value, json};

use crate::leads::{make, path};

const SYSTEM: Actor = Actor::system("test");

/// The rows of a CSV file, each by its column.
fn rows(answer: &TestResponse) -> Vec<BTreeMap<String, String>> {
    assert_eq!(answer.status.as_u16(), 200);
    let mut reader = csv::Reader::from_reader(answer.body.as_slice());
    reader.deserialize().collect::<Result<_, _>>().unwrap()
}

fn column<'a>(rows: &'a [BTreeMap<String, String>], name: &str) -> Vec<&'a str> {
    rows.iter().map(|row| row[name].as_str()).collect()
}

async fn csv(client: &Client<'_>, path: &str) -> Vec<BTreeMap<String, String>> {
    rows(&client.get(path).send().await)
}

async fn lines(client: &Client<'_>, path: &str) -> Vec<Value> {
    let answer = client.get(path).send().await;
    assert_eq!(answer.status.as_u16(), 200);
    assert_eq!(
        answer.header("content-type"),
        "application/x-ndjson; charset=utf-8"
    );
    let text = String::from_utf8(answer.body).unwrap();
    let lines = text.lines().map(serde_json::from_str);
    lines.collect::<Result<_, _>>().unwrap()
}

/// Adds so many leads behind the back of the product, each with a note of so many characters.
async fn fill(app: &TestApp, leads: usize, note: usize) {
    app.database()
        .execute(&format!(
            "insert into leads (id, name, name_key, phone, phone_key, status, unqualified_reason, unqualified_note,
                 status_since, tags, tag_keys, search_text, recycle_count, is_archived, version, created_at, updated_at)
             select gen_random_uuid(), 'Lead ' || n, 'lead ' || n, '12345', '12345', 'Unqualified', 'Spam',
                 repeat('x', {note}), at, '{{}}', '{{}}', 'lead ' || n, 0, false, 1, at, at
             from (select n, timestamptz '2025-01-01' + n * interval '1 s' as at
                   from generate_series(1, {leads}) n) numbers"
        ))
        .await;
}

#[tokio::test]
async fn ndjson_has_the_records_as_the_lists_show_them() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let more = json!({ "tags": ["a;b", "\"q\""], "assignedAgent": admin.user().id });
    let lead = make(&admin, more).await;
    let customer = json!({ "name": "Bob", "owner": admin.user().id });
    let customer = admin
        .post("/api/customers")
        .json(customer)
        .expect(201)
        .await;
    let note = format!("/api/customers/{}/notes", customer["id"].as_str().unwrap());
    admin
        .post(&note)
        .json(json!({ "text": "Hm" }))
        .expect(201)
        .await;
    let task = json!({
        "title": "Call", "dueDate": "2026-01-05", "relatedTo": { "type": "Lead", "id": lead["id"] },
    });
    admin.post("/api/tasks").json(task).expect(201).await;
    for records in ["leads", "customers", "tasks"] {
        let list = admin.get(&format!("/api/{records}")).expect(200).await;
        let exported = lines(&admin, &format!("/api/{records}/export?format=ndjson")).await;
        assert_eq!(json!(exported), list[records], "{records}");
        assert_eq!(exported.len(), 1);
    }
}

#[tokio::test]
async fn csv_has_a_column_for_every_field_of_the_document() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let document = crm_http::document(&[]).unwrap();
    let schemas = &document["components"]["schemas"];
    for (records, schema) in [
        ("leads", "Lead"),
        ("customers", "Customer"),
        ("tasks", "Task"),
    ] {
        let answer = admin.get(&format!("/api/{records}/export")).send().await;
        assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
        let day = app.crm.now().date_naive();
        assert_eq!(
            answer.header("content-disposition"),
            format!("attachment; filename=\"{records}-{day}.csv\"")
        );
        let head = String::from_utf8(answer.body).unwrap();
        let head: BTreeSet<String> = head.trim_end().split(',').map(str::to_owned).collect();
        let mut fields = BTreeSet::new();
        for (name, field) in schemas[schema]["properties"].as_object().unwrap() {
            // Each custom field is a column of its own, and there are none.
            if name == "custom" {
                continue;
            }
            let of_object = field["anyOf"][0]["$ref"]
                .as_str()
                .or(field["$ref"].as_str());
            let of_object = of_object.and_then(|path| path.rsplit('/').next());
            match of_object.and_then(|name| schemas[name]["properties"].as_object()) {
                Some(members) => {
                    fields.extend(members.keys().map(|member| format!("{name}.{member}")));
                }
                None => {
                    fields.insert(name.clone());
                }
            }
        }
        assert_eq!(head, fields, "{records}");
    }
}

#[tokio::test]
async fn cells_that_would_be_formulas_are_texts() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for (name, cell) in [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(1)", "'@SUM(1)"),
        ("'=1", "''=1"),
        ("O'Neil, \"Tip\"", "O'Neil, \"Tip\""),
        ("Zoë 你好", "Zoë 你好"),
    ] {
        make(&admin, json!({ "name": name, "tags": ["=1", "a;b"] })).await;
        let found = &csv(&admin, "/api/leads/export?format=csv").await[0];
        assert_eq!(found["name"], cell);
        assert_eq!(found["tags"], "'=1;\"a;b\"");
        app.clock.advance(chrono::TimeDelta::seconds(1));
    }
}

#[tokio::test]
async fn an_export_has_the_filters_and_the_order_of_its_list_and_no_pages() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for (name, status) in [("Cyd", "New"), ("Ada", "New"), ("Bob", "Contacted")] {
        make(&admin, json!({ "name": name, "status": status })).await;
    }
    let gone = make(&admin, json!({ "name": "Gone" })).await;
    admin.delete(&path(&gone)).expect(200).await;
    for (query, names) in [
        ("sort=name", vec!["Ada", "Bob", "Cyd"]),
        ("sort=-name&status=New", vec!["Cyd", "Ada"]),
        (
            "status=New&status=Contacted&sort=name",
            vec!["Ada", "Bob", "Cyd"],
        ),
        ("search=bob", vec!["Bob"]),
        ("isArchived=true", vec!["Gone"]),
        ("tag=none", vec![]),
    ] {
        let found = csv(&admin, &format!("/api/leads/export?{query}")).await;
        assert_eq!(column(&found, "name"), names, "{query}");
    }
    for (query, code) in [
        ("page=1", "unknown-parameter"),
        ("limit=10", "unknown-parameter"),
        ("cursor=x", "unknown-parameter"),
        ("format=xml", "not-one-of"),
        ("format=CSV", "not-one-of"),
        ("sort=emailId", "not-one-of"),
    ] {
        let refused = admin
            .get(&format!("/api/leads/export?{query}"))
            .expect(400)
            .await;
        assert_eq!(refused["errors"][0]["code"], code, "{query}");
    }
}

#[tokio::test]
async fn more_than_one_portion_comes_whole_and_in_order() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    fill(&app, 1_203, 1).await;
    let found = csv(&admin, "/api/leads/export?sort=createdAt").await;
    let expected: Vec<_> = (1..=1_203).map(|n| format!("Lead {n}")).collect();
    assert_eq!(column(&found, "name"), expected);
}

/// A client of a new user in this team, whose one role grants this.
pub(crate) async fn granted<'a>(app: &'a TestApp, grants: &[(&str, &str)]) -> Client<'a> {
    let grants = grants
        .iter()
        .map(|(permission, extent)| (crm_testing::permission(permission), extent.parse().unwrap()));
    let content = RoleContent {
        name: "Narrow".parse().unwrap(),
        description: None,
        inherits: vec![],
        grants: grants.collect(),
        demands_second_factor: false,
    };
    let role = app.crm.roles().create(&SYSTEM, content).await.unwrap();
    let user = app.user(Role::Agent).await;
    let edit = UserEdit {
        roles: Some(vec![role.id]),
        ..UserEdit::default()
    };
    app.crm.users().edit(&SYSTEM, user.id, edit).await.unwrap();
    app.sign_in(user).await
}

#[tokio::test]
async fn only_what_may_be_both_read_and_exported_is_exported() {
    for grants in [
        [("lead:read", "own"), ("lead:export", "all")],
        [("lead:read", "all"), ("lead:export", "own")],
    ] {
        let app = TestApp::new().await;
        let admin = app.admin().await;
        let narrow = granted(&app, &grants).await;
        make(&admin, json!({ "name": "Others" })).await;
        make(
            &admin,
            json!({ "name": "Mine", "assignedAgent": narrow.user().id }),
        )
        .await;
        let found = csv(&narrow, "/api/leads/export").await;
        assert_eq!(column(&found, "name"), ["Mine"], "{grants:?}");
    }
}

#[tokio::test]
async fn who_may_not_read_exports_nothing() {
    let app = TestApp::new().await;
    let blind = granted(&app, &[("lead:export", "all")]).await;
    let refused = blind.get("/api/leads/export").expect(403).await;
    assert_eq!(refused["code"], "forbidden");
    assert_eq!(recorded(&app).await, Vec::<Value>::new());
}

#[tokio::test]
async fn an_agent_exports_nothing_and_a_manager_what_is_the_teams() {
    let app = TestApp::new().await;
    let team = app
        .crm
        .teams()
        .create(&SYSTEM, "North".parse().unwrap())
        .await;
    let team = team.unwrap().id;
    let (manager, agent, stranger) = (
        app.as_role(Role::Manager).await,
        app.agent().await,
        app.agent().await,
    );
    for user in [&manager, &agent] {
        let edit = UserEdit {
            teams: Some(vec![team]),
            ..UserEdit::default()
        };
        app.crm
            .users()
            .edit(&SYSTEM, user.user().id, edit)
            .await
            .unwrap();
    }
    make(&agent, json!({ "name": "Team's" })).await;
    make(&stranger, json!({ "name": "Stranger's" })).await;
    agent.get("/api/leads/export").expect(403).await;
    let found = csv(&manager, "/api/leads/export").await;
    assert_eq!(column(&found, "name"), ["Team's"]);
}

/// What the activity log tells of exports.
async fn recorded(app: &TestApp) -> Vec<Value> {
    app.database()
        .rows(
            "select action, resource_id, actor_id, request_id, changes from activities
             where action like '%export%' order by ctid",
        )
        .await
}

#[tokio::test]
async fn an_export_is_recorded_at_its_start_and_at_its_end() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    make(&admin, json!({ "name": "Ada", "source": "Fair" })).await;
    let answer = admin
        .get("/api/leads/export?source=Fair&sort=name&format=ndjson")
        .send()
        .await;
    assert_eq!(answer.status.as_u16(), 200);
    let recorded = recorded(&app).await;
    let [started, ended] = recorded.as_slice() else {
        panic!("{recorded:?}")
    };
    assert_eq!(started["action"], "lead.export-started");
    assert_eq!(ended["action"], "lead.exported");
    assert_eq!(started["resource_id"], ended["resource_id"]);
    for row in [started, ended] {
        assert_eq!(row["actor_id"], admin.user().id.to_string());
        assert_eq!(row["request_id"], answer.header("x-request-id"));
        let filter = json!({ "source": "Fair", "isArchived": false });
        assert_eq!(row["changes"]["filter"]["to"], filter);
        assert_eq!(row["changes"]["sort"]["to"], "name");
    }
    assert_eq!(ended["changes"]["rows"]["to"], 1);
    assert_eq!(ended["changes"]["isComplete"]["to"], true);
    let events = "select name from events where name like '%export%' order by position";
    let events = app.database().rows(events).await;
    assert_eq!(
        events,
        [
            json!({ "name": "lead.export-started" }),
            json!({ "name": "lead.exported" })
        ]
    );
    // One that is no lead's: the export stands in the place of the record.
    let id = started["resource_id"].as_str().unwrap();
    admin.get(&format!("/api/leads/{id}")).expect(404).await;
}
