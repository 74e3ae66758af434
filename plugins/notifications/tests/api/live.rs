//! Notices as they come, over a real connection.

use std::net::SocketAddr;

use chrono::TimeDelta;
use crm_http::server::Limits;
use crm_testing::{Client, TestApp, TestStream};
use serde_json::{Value, json};

use crate::app;

const PATH: &str = "/api/notifications/stream";

async fn open(address: SocketAddr, client: &Client<'_>, after: Option<&str>) -> TestStream {
    TestStream::open(address, client, PATH, after).await
}

/// The next notice with its number; `None` when the stream has ended.
async fn next(stream: &mut TestStream) -> Option<(i64, Value)> {
    let (id, notice) = stream.next().await?;
    Some((id.unwrap().parse().unwrap(), notice))
}

/// Tells the user something.
async fn tell(app: &TestApp, by: &Client<'_>, to: &Client<'_>, title: &str) {
    let task = json!({ "title": title, "assignedTo": to.user().id });
    by.post("/api/tasks").json(task).expect(201).await;
    app.drain_jobs().await;
}

#[tokio::test]
async fn notices_come_as_they_are_told_and_go_on_after_the_last_one_that_was_seen() {
    let app = app().await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    let address = app.serve(Limits::default()).await;
    tell(&app, &admin, &agent, "before").await;
    let mut stream = open(address, &agent, None).await;
    assert!(
        stream.status.starts_with("HTTP/1.1 200"),
        "{}",
        stream.status
    );
    tell(&app, &admin, &agent, "one").await;
    let (id, notice) = next(&mut stream).await.unwrap();
    assert_eq!((id, &notice["resourceName"]), (2, &json!("one")));
    assert_eq!(
        notice,
        agent.get("/api/notifications").expect(200).await["notices"][0]
    );
    drop(stream);
    tell(&app, &admin, &agent, "two").await;
    let mut stream = open(address, &agent, Some("1")).await;
    let mut names = Vec::new();
    for _ in 0..2 {
        names.push(next(&mut stream).await.unwrap().1["resourceName"].clone());
    }
    assert_eq!(names, [json!("one"), json!("two")]);
    tell(&app, &admin, &agent, "three").await;
    assert_eq!(next(&mut stream).await.unwrap().0, 4);
}

#[tokio::test]
async fn what_another_server_tells_comes_too() {
    let app = app().await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    let address = app.serve(Limits::default()).await;
    tell(&app, &admin, &agent, "before").await;
    let mut stream = open(address, &agent, None).await;
    let told = "insert into notifications_notices (user_id, number, kind, event_id, is_shown, created_at)
                select user_id, 2, kind, (select id from events where name = 'task.created' order by position desc limit 1), true, created_at
                from notifications_notices;
                update notifications_inboxes set last_number = 2";
    let other = json!({ "title": "other", "assignedTo": agent.user().id });
    admin.post("/api/tasks").json(other).expect(201).await;
    app.database().execute(told).await;
    assert_eq!(
        next(&mut stream).await.unwrap().1["resourceName"],
        json!("other")
    );
}

#[tokio::test]
async fn a_stream_ends_with_its_session_with_its_token_and_with_the_server() {
    let app = app().await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    let address = app.serve(Limits::default()).await;
    let mut stream = open(address, &agent, None).await;
    let again = app.sign_in(agent.user().clone()).await;
    let mut other = open(address, &again, None).await;
    again.post("/api/auth/logout").expect(200).await;
    tell(&app, &admin, &agent, "one").await;
    assert_eq!(next(&mut other).await, None);
    assert_eq!(next(&mut stream).await.unwrap().0, 1);
    app.clock.advance(TimeDelta::minutes(16));
    let admin = app.admin().await;
    tell(&app, &admin, &agent, "two").await;
    assert_eq!(next(&mut stream).await, None);
    let agent = app.sign_in(agent.user().clone()).await;
    let mut stream = open(address, &agent, None).await;
    app.health.drain();
    assert_eq!(next(&mut stream).await, None);
}

#[tokio::test]
async fn a_stream_begins_behind_a_number_and_nothing_else() {
    let app = app().await;
    let agent = app.agent().await;
    let address = app.serve(Limits::default()).await;
    let refused = open(address, &agent, Some("x")).await;
    assert!(
        refused.status.starts_with("HTTP/1.1 400"),
        "{}",
        refused.status
    );
}
