//! What tasks are about.

use crm_app::api_keys::NewApiKey;
use crm_domain::activity::Actor;
use crm_testing::{Client, TestApp};
use poem::http::header;
use serde_json::{Value, json};

use super::{list, make, path};

const MISSING: &str = "01900000-0000-7000-8000-000000000000";

async fn lead_of(client: &Client<'_>, name: &str) -> Value {
    let lead = json!({ "name": name, "phone": "+49 30 1234567" });
    let lead = client.post("/api/leads").json(lead).expect(201).await;
    json!({ "type": "Lead", "id": lead["id"] })
}

async fn customer_of(client: &Client<'_>, name: &str) -> Value {
    let customer = json!({ "name": name });
    let customer = client.post("/api/customers").json(customer).expect(201);
    json!({ "type": "Customer", "id": customer.await["id"] })
}

#[tokio::test]
async fn a_task_shows_the_name_of_what_it_is_about() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    for (related, name) in [
        (lead_of(&agent, "Ada").await, "Ada"),
        (customer_of(&agent, "Bob").await, "Bob"),
    ] {
        let task = make(&agent, "Call", json!({ "relatedTo": related })).await;
        assert_eq!(task["relatedTo"]["type"], related["type"]);
        assert_eq!(task["relatedTo"]["id"], related["id"]);
        assert_eq!(task["relatedTo"]["name"], name);
        assert_eq!(agent.get(&path(&task)).expect(200).await, task);
        let stale = agent.delete(&path(&task)).header(header::IF_MATCH, "\"9\"");
        assert_eq!(stale.expect(412).await["current"], task);
        app.clock.advance(chrono::TimeDelta::seconds(1));
    }
    let listed = list(&agent, "sort=createdAt").await;
    let named = |n: usize| listed["tasks"][n]["relatedTo"]["name"].clone();
    assert_eq!((named(0), named(1)), (json!("Ada"), json!("Bob")));
    let cleared = agent.patch(&path(&listed["tasks"][0]));
    let cleared = cleared.json(json!({ "relatedTo": null })).expect(200).await;
    assert_eq!(cleared["relatedTo"], Value::Null);
}

#[tokio::test]
async fn what_a_task_is_about_must_be_seen_by_who_says_so() {
    let app = TestApp::new().await;
    let (agent, other) = (app.agent().await, app.agent().await);
    let task = make(&agent, "Call", json!({})).await;
    // The first use of a token is noted.
    agent.get("/api/auth/me").expect(200).await;
    let hidden_lead = lead_of(&other, "Ada").await;
    let hidden_customer = customer_of(&other, "Bob").await;
    let before = app.database().fingerprint().await;
    let mut answers = Vec::new();
    for related in [
        hidden_lead.clone(),
        hidden_customer,
        json!({ "type": "Lead", "id": MISSING }),
        json!({ "type": "Customer", "id": MISSING }),
        // The right id of another kind.
        json!({ "type": "Customer", "id": hidden_lead["id"] }),
    ] {
        let new = json!({ "title": "x", "relatedTo": related });
        let problem = agent.post("/api/tasks").json(new).expect(400).await;
        answers.push(problem["errors"].clone());
        let edit = json!({ "relatedTo": related });
        let problem = agent.patch(&path(&task)).json(edit).expect(400).await;
        answers.push(problem["errors"].clone());
    }
    assert_eq!(answers[0][0]["pointer"], "#/relatedTo");
    assert_eq!(answers[0][0]["code"], "not-found");
    assert!(answers.iter().all(|errors| *errors == answers[0]));
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn the_name_is_hidden_from_who_may_not_see_the_record() {
    let app = TestApp::new().await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    let related = lead_of(&admin, "Secret").await;
    let more = json!({ "relatedTo": related, "assignedTo": agent.user().id });
    let task = make(&admin, "Call", more).await;
    let path = path(&task);
    let hidden = json!({ "type": "Lead", "id": related["id"], "name": null });
    assert_eq!(agent.get(&path).expect(200).await["relatedTo"], hidden);
    assert_eq!(list(&agent, "").await["tasks"][0]["relatedTo"], hidden);
    let stale = agent.delete(&path).header(header::IF_MATCH, "\"9\"");
    assert_eq!(stale.expect(412).await["current"]["relatedTo"], hidden);
    // It stays what it is when something else is changed, and when the same is said again.
    let edit = json!({ "status": "Done", "relatedTo": related });
    let edited = agent.patch(&path).json(edit).expect(200).await;
    assert_eq!(edited["relatedTo"], hidden);
    let log = "select changes from activities where action = 'task.edited'";
    let changes = app.database().rows(log).await;
    assert_eq!(changes[0]["changes"].get("relatedTo"), None);
}

#[tokio::test]
async fn a_key_for_tasks_alone_sees_no_names() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for related in [
        lead_of(&admin, "Secret").await,
        customer_of(&admin, "Secret").await,
    ] {
        make(&admin, "Call", json!({ "relatedTo": related })).await;
    }
    let new = NewApiKey {
        owner: Some(admin.user().id),
        name: "Key".parse().unwrap(),
        scopes: [
            crm_testing::permission("task:read"),
            crm_testing::permission("task:create"),
        ]
        .into(),
        expires_at: None,
    };
    let key = app.crm.api_keys().create(&Actor::system("test"), new).await;
    let key = app.anonymous().with_token(&key.unwrap().token);
    let listed = list(&key, "").await;
    assert_eq!(listed["totalTasks"], 2);
    assert!(!listed.to_string().contains("Secret"));
    let related = lead_of(&admin, "Secret").await;
    let new = json!({ "title": "x", "relatedTo": related });
    let problem = key.post("/api/tasks").json(new).expect(400).await;
    assert_eq!(problem["errors"][0]["code"], "not-found");
}
