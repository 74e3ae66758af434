//! The feed as it goes on, over a real connection.

use std::net::SocketAddr;

use chrono::TimeDelta;
use crm_domain::role::Role;
use crm_http::server::Limits;
use crm_testing::{Client, TestApp, TestStream};
use serde_json::{Value, json};

use super::{behind, part};
use crate::leads::make;

const PATH: &str = "/api/events/stream";

async fn open(address: SocketAddr, client: &Client<'_>, after: Option<&str>) -> TestStream {
    let stream = TestStream::open(address, client, PATH, after).await;
    let status = &stream.status;
    assert!(status.starts_with("HTTP/1.1 200"), "{status}");
    stream
}

/// What is told up to the first that happened to this record, with the id that came with it.
async fn until(stream: &mut TestStream, record: &Value) -> (Vec<Value>, Option<String>) {
    let mut told = Vec::new();
    loop {
        let (id, event) = stream.next().await.unwrap();
        let is_it = event["resourceId"] == record["id"];
        told.push(event);
        if is_it {
            return (told, id);
        }
    }
}

#[tokio::test]
async fn what_happens_is_told_as_the_feed_has_it_and_goes_on_behind_what_was_told() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let address = app.serve(Limits::default()).await;
    make(&admin, json!({ "name": "Before" })).await;
    super::settled(&app).await;
    let end = part(&admin, "limit=100").await;
    let mut stream = open(address, &admin, None).await;
    let lead = make(&admin, json!({ "name": "Ada" })).await;
    let (told, id) = until(&mut stream, &lead).await;
    let feed = part(&admin, &behind(&end)).await;
    assert_eq!(told.last().unwrap(), &feed["events"][told.len() - 1]);
    assert!(
        !told
            .iter()
            .any(|event| event["payload"]["name"] == "Before")
    );
    drop(stream);
    let (missed, next) = (
        make(&admin, json!({ "name": "Ben" })).await,
        make(&admin, json!({ "name": "Carla" })).await,
    );
    let mut stream = open(address, &admin, id.as_deref()).await;
    let (told, _) = until(&mut stream, &missed).await;
    assert_eq!(told.len(), 1, "{told:?}");
    until(&mut stream, &next).await;
    // A place in the feed is a place in the stream.
    let mut stream = open(address, &admin, end["next"].as_str()).await;
    until(&mut stream, &lead).await;
}

#[tokio::test]
async fn nobody_is_told_what_they_may_not_see() {
    let app = TestApp::new().await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    let address = app.serve(Limits::default()).await;
    let mut stream = open(address, &agent, None).await;
    let hidden = json!({ "name": "Hidden", "phone": "112", "assignedAgent": admin.user().id });
    admin.post("/api/leads").json(hidden).expect(201).await;
    let own = make(&agent, json!({ "name": "Own" })).await;
    let (told, _) = until(&mut stream, &own).await;
    assert_eq!(told.len(), 1, "{told:?}");
}

#[tokio::test]
async fn a_stream_ends_with_its_session_with_its_token_and_with_the_server() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let address = app.serve(Limits::default()).await;
    let again = app.sign_in(admin.user().clone()).await;
    let mut stream = open(address, &again, None).await;
    again.post("/api/auth/logout").expect(200).await;
    make(&admin, json!({ "name": "Ada" })).await;
    assert!(ends(&mut stream).await);
    let mut stream = open(address, &admin, None).await;
    app.clock.advance(TimeDelta::minutes(16));
    let other = app.admin().await;
    make(&other, json!({ "name": "Ben" })).await;
    assert!(ends(&mut stream).await);
    let mut stream = open(address, &other, None).await;
    app.health.drain();
    assert!(ends(&mut stream).await);
}

async fn ends(stream: &mut TestStream) -> bool {
    stream.next().await.is_none()
}

#[tokio::test]
async fn who_may_not_see_the_log_and_who_begins_nowhere_is_refused() {
    let app = TestApp::new().await;
    let (admin, reader) = (app.admin().await, app.as_role(Role::ReadOnly).await);
    let address = app.serve(Limits::default()).await;
    let of_another = part(&admin, "limit=1").await;
    for (client, after) in [
        (&admin, "nonsense"),
        (&reader, of_another["next"].as_str().unwrap()),
    ] {
        let stream = TestStream::open(address, client, PATH, Some(after)).await;
        let status = stream.status;
        assert!(status.starts_with("HTTP/1.1 400"), "{status}");
    }
    app.clock.advance(TimeDelta::days(91));
    let admin = app.sign_in(admin.user().clone()).await;
    let gone = TestStream::open(address, &admin, PATH, of_another["next"].as_str()).await;
    assert!(gone.status.starts_with("HTTP/1.1 410"), "{}", gone.status);
}

#[tokio::test]
async fn no_more_than_ten_streams_of_one_user_are_open() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let address = app.serve(Limits::default()).await;
    let mut all = Vec::new();
    for _ in 0..10 {
        all.push(open(address, &agent, None).await);
    }
    let refused = TestStream::open(address, &agent, PATH, None).await;
    assert!(
        refused.status.starts_with("HTTP/1.1 503"),
        "{}",
        refused.status
    );
    drop(all);
}
