//! What was done last.

use chrono::TimeDelta;
use crm_testing::TestApp;
use serde_json::{Value, json};

use super::dashboard;
use crate::leads::{make, path};

fn told(answer: &Value) -> Vec<(&str, &str, &str)> {
    let entries = answer["recentActivity"].as_array().unwrap().iter();
    entries
        .map(|entry| {
            let text = |value: &'_ Value| value.as_str().unwrap().to_owned();
            let leaked: [&'static str; 3] = [
                text(&entry["action"]).leak(),
                text(&entry["record"]["type"]).leak(),
                text(&entry["record"]["name"]).leak(),
            ];
            (leaked[0], leaked[1], leaked[2])
        })
        .collect()
}

#[tokio::test]
async fn the_newest_ten_entries_that_the_reader_may_read_come_newest_first() {
    let app = TestApp::new().await;
    let (agent, other) = (app.agent().await, app.agent().await);
    let lead = make(&agent, json!({ "name": "Ada" })).await;
    app.clock.advance(TimeDelta::seconds(1));
    for number in 0..12 {
        let _ = make(&other, json!({ "name": format!("Theirs {number}") })).await;
        app.clock.advance(TimeDelta::seconds(1));
    }
    let task = json!({ "title": "Call" });
    agent.post("/api/tasks").json(task).expect(201).await;
    app.clock.advance(TimeDelta::seconds(1));
    let convert = format!("{}/convert", path(&lead));
    agent.post(&convert).expect(200).await;
    let answer = dashboard(&agent, "").await;
    let mut entries = told(&answer);
    // Both are of one instant.
    entries[..2].sort_unstable();
    assert_eq!(
        entries,
        [
            ("customer.created", "Customer", "Ada"),
            ("lead.converted", "Lead", "Ada"),
            ("task.created", "Task", "Call"),
            ("lead.created", "Lead", "Ada"),
        ]
    );
    let entry = &answer["recentActivity"][0];
    assert_eq!(entry["actor"]["name"], agent.user().name.to_string());
    assert!(entry.get("changes").is_none());
    let theirs = dashboard(&other, "").await;
    assert_eq!(told(&theirs).len(), 10);
    assert_eq!(told(&theirs)[0], ("lead.created", "Lead", "Theirs 11"));
    let reader = app.as_role(crm_domain::role::Role::ReadOnly).await;
    assert_eq!(told(&dashboard(&reader, "").await).len(), 10);
}
