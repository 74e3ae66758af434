//! What was done to a record and to what it came from, as far as the reader may read that.

use chrono::TimeDelta;
use crm_domain::role::Role;
use crm_testing::app::PASSWORD;
use crm_testing::{Client, TestApp};
use serde_json::{Value, json};

use crate::access::role;
use crate::leads::make;

/// Of which record of which kind.
fn path(kind: &str, record: &Value) -> String {
    format!("/api/{kind}/{}", record["id"].as_str().unwrap())
}

async fn timeline(client: &Client<'_>, record: &str) -> Vec<Value> {
    let path = format!("{record}/timeline?limit=100");
    let list = client.get(&path).expect(200).await;
    assert_eq!(list["nextCursor"], Value::Null);
    list["activities"].as_array().unwrap().clone()
}

fn actions(entries: &[Value]) -> Vec<&str> {
    let action = |entry: &'_ Value| entry["action"].as_str().unwrap().to_owned().leak() as &str;
    entries.iter().map(action).collect()
}

/// Does it, and lets a second pass.
async fn next(app: &TestApp, request: crm_testing::request::TestRequest<'_>) -> Value {
    let answer = request.send().await;
    assert!(answer.status.is_success(), "{}", answer.json());
    app.clock.advance(TimeDelta::seconds(1));
    answer.json()
}

/// A lead with a task and a customer whom it became, who has a task and a note.
struct Story {
    lead: String,
    customer: String,
    lead_task: String,
    customer_task: String,
}

async fn story(app: &TestApp, agent: &Client<'_>) -> Story {
    let lead = make(agent, json!({ "name": "Ada" })).await;
    let lead_path = path("leads", &lead);
    app.clock.advance(TimeDelta::seconds(1));
    let about = json!({ "type": "Lead", "id": lead["id"] });
    let task = json!({ "title": "Call the lead", "relatedTo": about });
    let lead_task = next(app, agent.post("/api/tasks").json(task)).await;
    let edit = json!({ "status": "Contacted" });
    next(app, agent.patch(&lead_path).json(edit)).await;
    let converted = next(app, agent.post(&format!("{lead_path}/convert"))).await;
    let customer = path("customers", &converted["customer"]);
    let about = json!({ "type": "Customer", "id": converted["customer"]["id"] });
    let task = json!({ "title": "Call the customer", "relatedTo": about });
    let customer_task = next(app, agent.post("/api/tasks").json(task)).await;
    let note = json!({ "text": "Likes numbers" });
    next(app, agent.post(&format!("{customer}/notes")).json(note)).await;
    let lead_task = path("tasks", &lead_task);
    next(app, agent.delete(&lead_task)).await;
    Story {
        lead: lead_path,
        customer,
        lead_task,
        customer_task: path("tasks", &customer_task),
    }
}

#[tokio::test]
async fn a_customers_timeline_tells_of_their_lead_their_notes_and_the_tasks_about_both() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let story = story(&app, &agent).await;
    let told = timeline(&agent, &story.customer).await;
    let mut newest_first = actions(&told);
    // Made and converted at one instant.
    newest_first[3..5].sort_unstable();
    assert_eq!(
        newest_first,
        [
            "task.archived",
            "customer.note-added",
            "task.created",
            "customer.created",
            "lead.converted",
            "lead.edited",
            "task.created",
            "lead.created",
        ]
    );
    let note = json!({ "note": { "from": null, "to": "Likes numbers" } });
    assert_eq!(told[1]["changes"], note);
    assert_eq!(told[1]["actor"]["name"], agent.user().name.as_str());
    assert_eq!(told[0]["resourceName"], "Call the lead");
    let of_lead = timeline(&agent, &story.lead).await;
    assert_eq!(
        actions(&of_lead),
        [
            "task.archived",
            "lead.converted",
            "lead.edited",
            "task.created",
            "lead.created",
        ]
    );
    let of_task = timeline(&agent, &story.lead_task).await;
    assert_eq!(actions(&of_task), ["task.archived", "task.created"]);
    let of_task = timeline(&agent, &story.customer_task).await;
    assert_eq!(actions(&of_task), ["task.created"]);
}

#[tokio::test]
async fn the_records_that_were_merged_into_one_are_told_of_too() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let [target, source, earlier] = [
        make(&agent, json!({ "name": "Target" })).await,
        make(&agent, json!({ "name": "Source" })).await,
        make(&agent, json!({ "name": "Earlier" })).await,
    ];
    let merge = async |into: &Value, from: &Value| {
        let path = format!("{}/merge", path("leads", into));
        let body = json!({ "sources": [from["id"]] });
        app.as_role(Role::Admin)
            .await
            .post(&path)
            .json(body)
            .expect(200)
            .await;
    };
    merge(&source, &earlier).await;
    merge(&target, &source).await;
    let told = timeline(&agent, &path("leads", &target)).await;
    let created = told
        .iter()
        .filter(|entry| entry["action"] == "lead.created");
    assert_eq!(created.count(), 3, "{told:?}");
}

#[tokio::test]
async fn others_records_are_told_of_only_as_far_as_the_reader_may_read_them() {
    let app = TestApp::new().await;
    let (agent, admin, mate) = (app.agent().await, app.admin().await, app.agent().await);
    let story = story(&app, &agent).await;
    let to_mate = |field: &str| json!({ field: mate.user().id });
    // Each passes to somebody else, and with it what is told of it.
    next(
        &app,
        admin
            .patch(&story.customer_task)
            .json(to_mate("assignedTo")),
    )
    .await;
    let told = timeline(&agent, &story.customer).await;
    let id = |path: &str| path.rsplit('/').next().unwrap().to_owned();
    let tells_of = |told: &[Value], path: &str| {
        let id = id(path);
        told.iter().any(|entry| entry["resourceId"] == json!(id))
    };
    assert!(!tells_of(&told, &story.customer_task));
    assert!(tells_of(&told, &story.lead_task) && tells_of(&told, &story.lead));
    agent
        .get(&format!("{}/timeline", story.customer_task))
        .expect(404)
        .await;
    // Who may read customers and nothing else is told of the customer.
    let only = role(&admin, "Customers only", &[("customer:read", "all")]).await;
    let body = json!({ "name": "Reader", "emailId": "reader@crm.test", "password": PASSWORD, "role": "Agent" });
    let reader = admin
        .post("/api/auth/register")
        .json(body)
        .expect(201)
        .await;
    let reader: crm_domain::ids::UserId = reader["user"]["id"].as_str().unwrap().parse().unwrap();
    let roles = json!({ "roles": [only["id"]] });
    let path = format!("/api/users/{reader}");
    admin.patch(&path).json(roles).expect(200).await;
    let login = json!({ "emailId": "reader@crm.test", "password": PASSWORD });
    let login = app.anonymous().post("/api/auth/login").json(login);
    let token = login.expect(200).await["token"]
        .as_str()
        .unwrap()
        .to_owned();
    let reader = app.anonymous().with_token(&token);
    reader.get("/api/activities").expect(403).await;
    let told = timeline(&reader, &story.customer).await;
    assert_eq!(actions(&told), ["customer.note-added", "customer.created"]);
    for path in [&story.lead, &story.lead_task] {
        reader.get(&format!("{path}/timeline")).expect(403).await;
    }
    // A stranger is told nothing, in the same words as of what there is not.
    for path in [&story.lead, &story.customer, &story.lead_task] {
        let stranger = app.agent().await;
        stranger.get(&format!("{path}/timeline")).expect(404).await;
    }
}

#[tokio::test]
async fn a_timeline_is_read_on_by_its_cursor_which_serves_no_other() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let story = story(&app, &agent).await;
    let whole = timeline(&agent, &story.customer).await;
    let mut walked = Vec::new();
    let mut query = "limit=3".to_owned();
    loop {
        let path = format!("{}/timeline?{query}", story.customer);
        let part = agent.get(&path).expect(200).await;
        walked.extend(part["activities"].as_array().unwrap().clone());
        let Some(cursor) = part["nextCursor"].as_str() else {
            break;
        };
        query = format!("limit=3&cursor={cursor}");
        let other = format!("{}/timeline?{query}", story.lead);
        let refused = agent.get(&other).expect(400).await;
        assert_eq!(refused["code"], "invalid-cursor");
    }
    assert_eq!(walked, whole);
}

#[tokio::test]
async fn whoever_may_read_a_record_is_told_who_changed_it_without_seeing_the_log() {
    let app = TestApp::new().await;
    let (agent, admin) = (app.agent().await, app.admin().await);
    let lead = make(&agent, json!({})).await;
    let lead = path("leads", &lead);
    app.clock.advance(TimeDelta::seconds(1));
    let edit = json!({ "company": "Acme" });
    let edit = admin.patch(&lead).json(edit);
    edit.peer([192, 0, 2, 7].into()).expect(200).await;
    let told = timeline(&agent, &lead).await;
    assert_eq!(actions(&told), ["lead.edited", "lead.created"]);
    assert_eq!(told[0]["actor"]["name"], admin.user().name.as_str());
    assert_eq!(told[0]["address"], Value::Null, "not from where");
    let key = json!({ "name": "Sync", "scopes": ["lead:read"], "password": PASSWORD });
    let key = agent.post("/api/api-keys").json(key).expect(201).await;
    let key = app.anonymous().with_token(key["token"].as_str().unwrap());
    let told = timeline(&key, &lead).await;
    assert_eq!(actions(&told), ["lead.edited", "lead.created"]);
}
