//! One's own sessions: seen, ended, and not too many.

use chrono::TimeDelta;
use crm_domain::role::Role;
use crm_domain::user::User;
use crm_testing::TestApp;
use poem::http::header;
use serde_json::{Value, json};

use super::{Tokens, ended, is_signed_in, login, refresh, refusal, sign_in};

async fn sessions(app: &TestApp, tokens: &Tokens) -> Vec<Value> {
    let client = app.anonymous().with_token(&tokens.access);
    let body = client.get("/api/auth/sessions").expect(200).await;
    body["sessions"].as_array().unwrap().clone()
}

/// Signs in a second later than whoever signed in before.
async fn sign_in_later(app: &TestApp, user: &User) -> Tokens {
    app.clock.advance(TimeDelta::seconds(1));
    sign_in(app, user).await
}

#[tokio::test]
async fn the_sessions_are_listed_from_the_newest() {
    let app = TestApp::new().await;
    let (user, other) = (app.user(Role::Agent).await, app.user(Role::Agent).await);
    let first = sign_in(&app, &user).await;
    sign_in(&app, &other).await;
    app.clock.advance(TimeDelta::minutes(1));
    let request = login(&app, user.email.as_str(), crm_testing::app::PASSWORD);
    request
        .header(header::USER_AGENT, "Mozilla/5.0")
        .expect(200)
        .await;
    app.clock.advance(TimeDelta::minutes(1));
    let first = Tokens::from(refresh(&app, &first.refresh).send().await);
    let listed = sessions(&app, &first).await;
    let expected = json!([
        {
            "id": listed[0]["id"],
            "isCurrent": false,
            "createdAt": "2026-01-02T12:01:00Z",
            "refreshedAt": "2026-01-02T12:01:00Z",
            "expiresAt": "2026-01-09T12:01:00Z",
            "address": null,
            "userAgent": "Mozilla/5.0",
        },
        {
            "id": listed[1]["id"],
            "isCurrent": true,
            "createdAt": "2026-01-02T12:00:00Z",
            "refreshedAt": "2026-01-02T12:02:00Z",
            "expiresAt": "2026-01-09T12:02:00Z",
            "address": null,
            "userAgent": null,
        },
    ]);
    assert_eq!(Value::from(listed), expected);
}

#[tokio::test]
async fn a_long_name_of_a_program_is_cut() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let request = login(&app, user.email.as_str(), crm_testing::app::PASSWORD);
    let response = request
        .header(header::USER_AGENT, &"x".repeat(300))
        .send()
        .await;
    let listed = sessions(&app, &response.into()).await;
    assert_eq!(listed[0]["userAgent"], "x".repeat(256));
}

#[tokio::test]
async fn an_ended_session_is_dead_and_not_listed() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let (old, new) = (sign_in(&app, &user).await, sign_in_later(&app, &user).await);
    let listed = sessions(&app, &new).await;
    let path = format!("/api/auth/sessions/{}", listed[1]["id"].as_str().unwrap());
    let client = app.anonymous().with_token(&new.access);
    let answer = client.delete(&path).expect(200).await;
    assert_eq!(answer, json!({ "message": "Session ended." }));
    assert!(!is_signed_in(&app, &old.access).await);
    refresh(&app, &old.refresh).expect(401).await;
    assert_eq!(sessions(&app, &new).await.len(), 1);
    client.delete(&path).expect(404).await;
    assert_eq!(ended(&app, "ended-by-owner").await, 1);
}

#[tokio::test]
async fn the_session_that_asks_may_end_itself() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let tokens = sign_in(&app, &user).await;
    let listed = sessions(&app, &tokens).await;
    let path = format!("/api/auth/sessions/{}", listed[0]["id"].as_str().unwrap());
    let client = app.anonymous().with_token(&tokens.access);
    client.delete(&path).expect(200).await;
    client.delete(&path).expect(401).await;
}

#[tokio::test]
async fn another_s_session_looks_like_one_that_there_is_not() {
    let app = TestApp::new().await;
    let (user, other) = (app.user(Role::Agent).await, app.user(Role::Agent).await);
    let (theirs, mine) = (sign_in(&app, &user).await, sign_in(&app, &other).await);
    let id = sessions(&app, &theirs).await[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let client = app.anonymous().with_token(&mine.access);
    client.get("/api/auth/me").expect(200).await;
    let before = app.database().fingerprint().await;
    let mut answers = Vec::new();
    for id in [id.as_str(), "01900000-0000-7000-8000-000000000000"] {
        let response = client
            .delete(&format!("/api/auth/sessions/{id}"))
            .send()
            .await;
        assert_eq!(refusal(&response), (404, "not-found".to_owned()));
        let mut body = response.json();
        body["request_id"] = Value::Null;
        body["instance"] = Value::Null;
        answers.push(body);
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(app.database().fingerprint().await, before);
    assert!(is_signed_in(&app, &theirs.access).await);
    let problem = client.delete("/api/auth/sessions/abc").expect(400).await;
    assert_eq!(problem["errors"][0]["parameter"], "id");
}

#[tokio::test]
async fn signing_in_for_the_twenty_first_time_ends_the_oldest_session() {
    let app = TestApp::new().await;
    let (user, other) = (app.user(Role::Agent).await, app.user(Role::Agent).await);
    let theirs = sign_in(&app, &other).await;
    let mut mine = Vec::new();
    for _ in 0..20 {
        mine.push(sign_in_later(&app, &user).await);
    }
    assert_eq!(sessions(&app, &mine[19]).await.len(), 20);
    assert!(is_signed_in(&app, &mine[0].access).await);
    mine.push(sign_in_later(&app, &user).await);
    assert_eq!(sessions(&app, &mine[20]).await.len(), 20);
    assert!(!is_signed_in(&app, &mine[0].access).await);
    refresh(&app, &mine[0].refresh).expect(401).await;
    assert!(is_signed_in(&app, &mine[1].access).await);
    assert!(is_signed_in(&app, &theirs.access).await);
    assert_eq!(ended(&app, "too-many-sessions").await, 1);
}

#[tokio::test]
async fn an_admin_ends_anybodys_session() {
    let app = TestApp::new().await;
    let (admin, user) = (app.admin().await, app.user(Role::Agent).await);
    let tokens = sign_in(&app, &user).await;
    let id = sessions(&app, &tokens).await[0]["id"].clone();
    let path = format!("/api/auth/sessions/{}", id.as_str().unwrap());
    admin.delete(&path).expect(200).await;
    assert!(!is_signed_in(&app, &tokens.access).await);
    assert_eq!(ended(&app, "ended-by-admin").await, 1);
}

#[tokio::test]
async fn a_session_is_forgotten_a_month_after_it_ended() {
    let app = TestApp::new().await;
    let (user, other) = (app.user(Role::Agent).await, app.user(Role::Agent).await);
    sign_in(&app, &user).await;
    sign_in(&app, &other).await;
    let stored = async |user: &User| {
        let sql = format!("select id from sessions where user_id = '{}'", user.id);
        app.database().rows(&sql).await.len()
    };
    // Idle after a week, so forgotten after a week and thirty days.
    app.clock.advance(TimeDelta::days(37));
    sign_in(&app, &user).await;
    assert_eq!(stored(&user).await, 2);
    app.clock.advance(TimeDelta::seconds(1));
    sign_in(&app, &user).await;
    assert_eq!((stored(&user).await, stored(&other).await), (2, 1));
}
