//! Saved views: made, changed, shared, deleted, and seen only by those who may see them.

mod bad_inputs;
mod write;

use crm_app::api_keys::NewApiKey;
use crm_app::users::UserEdit;
use crm_domain::activity::Actor;
use crm_domain::role::Role;
use crm_testing::{Client, TestApp};
use serde_json::{Value, json};

use crate::leads;

const SYSTEM: Actor = Actor::system("test");

const VIEWS: &str = "/api/views";

fn body(name: &str, more: Value) -> Value {
    let mut body = json!({ "resource": "lead", "name": name });
    let Value::Object(more) = more else {
        panic!("{more} is no object")
    };
    body.as_object_mut().unwrap().extend(more);
    body
}

async fn make(client: &Client<'_>, name: &str, more: Value) -> Value {
    client.post(VIEWS).json(body(name, more)).expect(201).await
}

fn path(view: &Value) -> String {
    format!("{VIEWS}/{}", view["id"].as_str().unwrap())
}

async fn set_roles(app: &TestApp, user: &Client<'_>, roles: &[Role]) {
    let edit = UserEdit {
        roles: Some(roles.iter().map(|role| role.id()).collect()),
        ..UserEdit::default()
    };
    let users = app.crm.users();
    users.edit(&SYSTEM, user.user().id, edit).await.unwrap();
}

/// The names of the views that somebody sees.
async fn names(client: &Client<'_>, query: &str) -> Vec<String> {
    let list = client.get(&format!("{VIEWS}?{query}")).expect(200).await;
    let views = list["views"].as_array().unwrap().iter();
    let name = |view: &Value| view["name"].as_str().unwrap().to_owned();
    views.map(name).collect()
}

/// Asks for the list that a view stands for, as a client does.
async fn open(client: &Client<'_>, view: &Value) -> Value {
    let mut pairs = Vec::new();
    for (name, value) in view["filter"].as_object().unwrap() {
        match value {
            Value::Array(values) => {
                pairs.extend(
                    values
                        .iter()
                        .map(|value| (name.clone(), value.as_str().unwrap().to_owned())),
                );
            }
            Value::Bool(value) => pairs.push((name.clone(), value.to_string())),
            value => pairs.push((name.clone(), value.as_str().unwrap().to_owned())),
        }
    }
    pairs.extend(
        view["sort"]
            .as_str()
            .map(|sort| ("sort".to_owned(), sort.to_owned())),
    );
    let pairs: Vec<_> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={}", value.replace('+', "%2B").replace(' ', "+")))
        .collect();
    let list = format!(
        "/api/{}s?{}",
        view["resource"].as_str().unwrap(),
        pairs.join("&")
    );
    client.get(&list).expect(200).await
}

#[tokio::test]
async fn what_is_saved_opens_the_list_as_it_was() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for (name, tags) in [
        ("Bob Smith", json!(["VIP"])),
        ("Ada Smith", json!(["vip"])),
        ("Cyd", json!(["VIP"])),
    ] {
        leads::make(
            &admin,
            json!({ "name": name, "tags": tags, "status": "Contacted" }),
        )
        .await;
    }
    leads::make(&admin, json!({ "name": "Dora Smith", "tags": ["VIP"] })).await;
    let filter = json!({ "search": "smith", "status": ["Contacted", "Qualified"], "tag": "VIP", "isArchived": false });
    let view = json!({ "filter": filter, "sort": "name", "columns": ["name", "emailId", "assignedAgent"] });
    let view = make(&admin, "Smiths", view).await;
    assert_eq!(view["filter"], filter);
    assert_eq!(view["columns"], json!(["name", "emailId", "assignedAgent"]));
    let list = open(&admin, &view).await;
    let found = list["leads"].as_array().unwrap().iter();
    let found: Vec<_> = found.map(|lead| &lead["name"]).collect();
    assert_eq!(found, ["Ada Smith", "Bob Smith"]);
}

#[tokio::test]
async fn a_personal_view_is_seen_by_its_owner_only_and_a_shared_one_by_who_may_read_such_records() {
    let app = TestApp::new().await;
    let (admin, manager, agent) = (
        app.admin().await,
        app.as_role(Role::Manager).await,
        app.agent().await,
    );
    let reader = app.as_role(Role::ReadOnly).await;
    let mine = make(&agent, "Mine", json!({})).await;
    let readers = make(&reader, "Reader's", json!({})).await;
    let shared = make(&manager, "Shared", json!({ "isShared": true })).await;
    make(&manager, "Manager's", json!({})).await;
    assert_eq!(shared["owner"]["id"], json!(manager.user().id));
    for (client, expected) in [
        (&agent, vec!["Mine", "Shared"]),
        (&reader, vec!["Reader's", "Shared"]),
        (&manager, vec!["Manager's", "Shared"]),
        (&admin, vec!["Shared"]),
    ] {
        assert_eq!(names(client, "").await, expected);
        assert_eq!(names(client, "resource=lead").await, expected);
        assert!(names(client, "resource=task").await.is_empty());
        client.get(&path(&shared)).expect(200).await;
    }
    for client in [&admin, &manager, &agent] {
        let hidden = client.get(&path(&readers)).expect(404).await;
        let missing = client
            .get(&format!("{VIEWS}/{}", leads::NOBODY))
            .expect(404)
            .await;
        assert_eq!(hidden["detail"], missing["detail"]);
        client
            .patch(&path(&readers))
            .json(json!({}))
            .expect(404)
            .await;
        client.delete(&path(&readers)).expect(404).await;
    }
    // Who may no longer read leads sees no views of leads, not even their own.
    set_roles(&app, &agent, &[]).await;
    assert!(names(&agent, "").await.is_empty());
    agent.get(&path(&mine)).expect(404).await;
    agent
        .post(VIEWS)
        .json(body("Another", json!({})))
        .expect(403)
        .await;
}

#[tokio::test]
async fn a_view_shows_each_reader_the_records_in_their_own_reach() {
    let app = TestApp::new().await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    leads::make(&admin, json!({ "name": "Hidden", "tags": ["x"] })).await;
    leads::make(&agent, json!({ "name": "Mine", "tags": ["x"] })).await;
    let shared = json!({ "filter": { "tag": "x" }, "isShared": true });
    let shared = make(&admin, "Shared", shared).await;
    assert_eq!(open(&admin, &shared).await["totalLeads"], 2);
    let seen = agent.get(&path(&shared)).expect(200).await;
    let list = open(&agent, &seen).await;
    assert_eq!(list["totalLeads"], 1);
    assert_eq!(list["leads"][0]["name"], "Mine");
}

#[tokio::test]
async fn only_who_may_share_writes_what_others_see() {
    let app = TestApp::new().await;
    let (admin, manager, agent) = (
        app.admin().await,
        app.as_role(Role::Manager).await,
        app.agent().await,
    );
    let other = app.as_role(Role::Manager).await;
    let mine = make(&agent, "Mine", json!({})).await;
    let shared = make(&manager, "Shared", json!({ "isShared": true })).await;
    other.get("/api/auth/me").expect(200).await;
    let before = app.database().fingerprint().await;
    let share = json!({ "isShared": true });
    agent
        .post(VIEWS)
        .json(body("Another", share.clone()))
        .expect(403)
        .await;
    agent
        .patch(&path(&mine))
        .json(share.clone())
        .expect(403)
        .await;
    for client in [&agent, &other] {
        client
            .patch(&path(&shared))
            .json(json!({ "name": "Taken over" }))
            .expect(403)
            .await;
        client
            .patch(&path(&shared))
            .json(json!({ "isShared": false }))
            .expect(403)
            .await;
        client.delete(&path(&shared)).expect(403).await;
    }
    assert_eq!(app.database().fingerprint().await, before);
    let renamed = admin
        .patch(&path(&shared))
        .json(json!({ "name": "Tidied" }))
        .expect(200)
        .await;
    assert_eq!(renamed["owner"]["id"], json!(manager.user().id));
    // Who lost the right to share may still take back what they share, and no more.
    set_roles(&app, &manager, &[Role::Agent]).await;
    manager
        .patch(&path(&shared))
        .json(json!({ "name": "Mine" }))
        .expect(403)
        .await;
    let taken_back = json!({ "name": "Mine", "isShared": false });
    manager
        .patch(&path(&shared))
        .json(taken_back)
        .expect(200)
        .await;
    admin.get(&path(&shared)).expect(404).await;
    manager.delete(&path(&shared)).expect(200).await;
}

#[tokio::test]
async fn what_a_disabled_owner_shares_stays_for_the_others_and_their_own_waits_for_them() {
    let app = TestApp::new().await;
    let (admin, manager, agent) = (
        app.admin().await,
        app.as_role(Role::Manager).await,
        app.agent().await,
    );
    let shared = make(&manager, "Shared", json!({ "isShared": true })).await;
    let own = make(&manager, "Own", json!({})).await;
    let user = format!("/api/users/{}", manager.user().id);
    admin.post(&format!("{user}/disable")).expect(200).await;
    assert_eq!(names(&agent, "").await, ["Shared"]);
    let edit = json!({ "sort": "name" });
    admin.patch(&path(&shared)).json(edit).expect(200).await;
    admin.get(&path(&own)).expect(404).await;
    admin.post(&format!("{user}/enable")).expect(200).await;
    let manager = app.sign_in(manager.user().clone()).await;
    assert_eq!(names(&manager, "").await, ["Own", "Shared"]);
    admin.delete(&path(&shared)).expect(200).await;
    assert_eq!(names(&manager, "").await, ["Own"]);
}

#[tokio::test]
async fn a_view_whose_filter_the_list_has_lost_can_be_renamed_and_taken_back() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let view = make(&admin, "Old", json!({ "isShared": true })).await;
    let lost = "update saved_views set filter = '{\"lost\": \"x\"}'";
    app.database().execute(lost).await;
    let edit = json!({ "name": "Older", "isShared": false });
    let edited = admin.patch(&path(&view)).json(edit).expect(200).await;
    assert_eq!(edited["filter"], json!({ "lost": "x" }));
    let problem = admin.get("/api/leads?lost=x").expect(400).await;
    assert_eq!(leads::errors(&problem), [("lost", "unknown-parameter")]);
}

#[tokio::test]
async fn a_program_reads_the_views_of_what_it_may_read_and_makes_none() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    make(&admin, "Leads", json!({})).await;
    make(&admin, "Tasks", json!({ "resource": "task" })).await;
    let key = NewApiKey {
        owner: Some(admin.user().id),
        name: "Key".parse().unwrap(),
        scopes: [crm_testing::permission("lead:read")].into(),
        expires_at: None,
    };
    let key = app.crm.api_keys().create(&SYSTEM, key).await.unwrap();
    let program = app.anonymous().with_token(&key.token);
    assert_eq!(names(&program, "").await, ["Leads"]);
    let problem = program
        .post(VIEWS)
        .json(body("Mine", json!({})))
        .expect(403)
        .await;
    assert_eq!(problem["code"], "needs-session");
}
