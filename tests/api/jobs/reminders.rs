//! Reminders of tasks: given once, at the instant that the task has then.

use chrono::TimeDelta;
use crm_testing::{Client, TestApp};
use serde_json::{Value, json};

/// An hour after the clock's start.
const AT: &str = "2026-01-02T13:00:00Z";

async fn make(client: &Client<'_>) -> Value {
    let task = json!({ "title": "Call", "remindAt": AT });
    client.post("/api/tasks").json(task).expect(201).await
}

fn path(task: &Value) -> String {
    format!("/api/tasks/{}", task["id"].as_str().unwrap())
}

async fn edit(client: &Client<'_>, task: &Value, edit: Value) {
    client.patch(&path(task)).json(edit).expect(200).await;
}

async fn pass(app: &TestApp, time: TimeDelta) {
    app.clock.advance(time);
    app.drain_jobs().await;
}

/// The reminders that were given.
async fn given(app: &TestApp) -> Vec<Value> {
    app.database()
        .rows("select payload from events where name = 'task.reminder-due' order by position")
        .await
        .into_iter()
        .map(|row| row["payload"].clone())
        .collect()
}

#[tokio::test]
async fn a_reminder_is_given_at_its_instant_and_once() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let task = make(&agent).await;
    pass(&app, TimeDelta::minutes(59)).await;
    assert!(given(&app).await.is_empty());
    pass(&app, TimeDelta::minutes(1)).await;
    let reminder = json!({ "taskId": task["id"], "userId": agent.user().id, "remindAt": AT });
    assert_eq!(given(&app).await, [reminder]);
    let row = "select reminded_at, version from tasks";
    let row = app.database().rows(row).await;
    assert!(!row[0]["reminded_at"].is_null());
    // Nobody has edited it.
    assert_eq!(row[0]["version"], 1);
    for _ in 0..3 {
        pass(&app, TimeDelta::hours(1)).await;
    }
    assert_eq!(given(&app).await.len(), 1);
    let log = "select actor_name from activities where action = 'task.reminder-due'";
    assert_eq!(
        app.database().rows(log).await,
        [json!({ "actor_name": "reminders" })]
    );
}

#[tokio::test]
async fn a_reminder_whose_time_passed_while_no_server_ran_is_given_once_at_the_next_start() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    make(&agent).await;
    pass(&app, TimeDelta::days(7)).await;
    assert_eq!(given(&app).await.len(), 1);
    app.crm.jobs().drain().await.unwrap();
    pass(&app, TimeDelta::days(7)).await;
    assert_eq!(given(&app).await.len(), 1);
}

#[tokio::test]
async fn a_reminder_follows_the_edits_of_its_instant() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let (later, cleared) = (make(&agent).await, make(&agent).await);
    edit(
        &agent,
        &later,
        json!({ "remindAt": "2026-01-02T12:10:00Z" }),
    )
    .await;
    edit(&agent, &cleared, json!({ "remindAt": null })).await;
    pass(&app, TimeDelta::minutes(10)).await;
    let instants: Vec<_> = given(&app)
        .await
        .iter()
        .map(|one| one["remindAt"].clone())
        .collect();
    assert_eq!(instants, [json!("2026-01-02T12:10:00Z")]);
    // Another instant is another reminder; the same one is not.
    edit(
        &agent,
        &later,
        json!({ "remindAt": "2026-01-02T12:10:00Z", "title": "Call again" }),
    )
    .await;
    pass(&app, TimeDelta::minutes(1)).await;
    assert_eq!(given(&app).await.len(), 1);
    edit(
        &agent,
        &later,
        json!({ "remindAt": "2026-01-02T12:14:00Z" }),
    )
    .await;
    pass(&app, TimeDelta::minutes(3)).await;
    assert_eq!(given(&app).await.len(), 2);
    pass(&app, TimeDelta::days(1)).await;
    assert_eq!(given(&app).await.len(), 2);
}

#[tokio::test]
async fn nobody_is_reminded_of_what_is_put_away_done_or_cancelled() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let archived = make(&agent).await;
    agent.delete(&path(&archived)).expect(200).await;
    for status in ["Done", "Cancelled"] {
        let task = make(&agent).await;
        edit(&agent, &task, json!({ "status": status })).await;
    }
    pass(&app, TimeDelta::hours(2)).await;
    assert!(given(&app).await.is_empty());
    // Taken back, there is something to be reminded of again.
    let agent = app.sign_in(agent.user().clone()).await;
    agent
        .post(&format!("{}/restore", path(&archived)))
        .expect(200)
        .await;
    pass(&app, TimeDelta::minutes(1)).await;
    assert_eq!(given(&app).await.len(), 1);
}

#[tokio::test]
async fn more_reminders_than_one_batch_holds_are_all_given() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    make(&agent).await;
    let many = "insert into tasks (id, title, title_key, search_text, status, priority, priority_rank, due_key,
                    remind_at, is_archived, version, created_by, created_at, updated_at)
                select gen_random_uuid(), title, title_key, search_text, status, priority, priority_rank, due_key,
                    remind_at, is_archived, version, created_by, created_at, updated_at
                from tasks, generate_series(1, 249)";
    app.database().execute(many).await;
    pass(&app, TimeDelta::hours(1)).await;
    assert_eq!(given(&app).await.len(), 250);
}

#[tokio::test]
async fn two_servers_that_remind_at_once_remind_once() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    for _ in 0..20 {
        make(&agent).await;
    }
    app.clock.advance(TimeDelta::hours(1));
    let jobs = app.crm.jobs();
    let (one, other) = tokio::join!(jobs.drain(), jobs.drain());
    assert!(one.unwrap() + other.unwrap() >= 1);
    app.drain_jobs().await;
    assert_eq!(given(&app).await.len(), 20);
}
