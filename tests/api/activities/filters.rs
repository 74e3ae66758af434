//! Which entries each filter leaves.

use chrono::TimeDelta;
use crm_testing::TestApp;
use serde_json::json;

use super::{actions, id};
use crate::leads::{NOBODY, make, path};

#[tokio::test]
async fn each_filter_leaves_the_entries_that_it_says() {
    let app = TestApp::new().await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    let lead = make(&agent, json!({})).await;
    app.clock.advance(TimeDelta::minutes(1));
    let between = app.crm.now().format("%Y-%m-%dT%H:%M:%SZ");
    let task = json!({ "title": "Call" });
    let task = agent.post("/api/tasks").json(task).expect(201).await;
    let edit = json!({ "company": "Acme" });
    admin.patch(&path(&lead)).json(edit).expect(200).await;
    let lead_id = id(&lead);
    for (query, expected) in [
        (
            format!("resource=lead&resourceId={lead_id}"),
            vec!["lead.edited", "lead.created"],
        ),
        (format!("resource=task&resourceId={lead_id}"), vec![]),
        (format!("resource=lead&resourceId={NOBODY}"), vec![]),
        (
            format!("resource=task&resourceId={}", id(&task)),
            vec!["task.created"],
        ),
        ("resource=task".to_owned(), vec!["task.created"]),
        ("resource=session".to_owned(), vec![]),
        ("action=lead.edited".to_owned(), vec!["lead.edited"]),
        ("action=lead".to_owned(), vec![]),
        ("action=%25".to_owned(), vec![]),
        (
            format!("actor={}&resource=lead", agent.user().id),
            vec!["lead.created"],
        ),
        (format!("actor={NOBODY}"), vec![]),
        (format!("resource=lead&from={between}"), vec!["lead.edited"]),
        (format!("resource=lead&to={between}"), vec!["lead.created"]),
        (format!("from={between}&to={between}"), vec![]),
    ] {
        assert_eq!(actions(&admin, &query).await, expected, "{query}");
    }
}
