//! How long an access token is good, and what is looked up each time it is used.

use chrono::TimeDelta;
use crm_domain::activity::Actor;
use crm_domain::role::Role;
use crm_testing::TestApp;
use serde_json::json;

use super::{is_signed_in, refresh, refusal, sign_in};

#[tokio::test]
async fn an_access_token_is_good_for_fifteen_minutes_and_five_seconds_of_leeway() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    app.clock
        .advance(TimeDelta::minutes(15) + TimeDelta::seconds(5));
    agent.get("/api/auth/me").expect(200).await;
    app.clock.advance(TimeDelta::seconds(1));
    let response = agent.get("/api/auth/me").send().await;
    assert_eq!(refusal(&response), (401, "token-expired".to_owned()));
    assert_eq!(response.json()["error"], "Token expired");
}

#[tokio::test]
async fn a_token_from_the_future_is_refused_but_for_the_leeway() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    app.clock.advance(TimeDelta::seconds(-5));
    agent.get("/api/auth/me").expect(200).await;
    app.clock.advance(TimeDelta::seconds(-1));
    agent.get("/api/auth/me").expect(401).await;
}

#[tokio::test]
async fn a_refresh_does_not_end_the_access_token_before() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let tokens = sign_in(&app, &user).await;
    refresh(&app, &tokens.refresh).expect(200).await;
    assert!(is_signed_in(&app, &tokens.access).await);
}

#[tokio::test]
async fn a_user_who_is_disabled_is_refused_from_the_next_request_on() {
    let app = TestApp::new().await;
    app.admin().await;
    let agent = app.agent().await;
    agent.get("/api/auth/me").expect(200).await;
    let system = Actor::system("test");
    app.crm
        .users()
        .disable(&system, agent.user().id)
        .await
        .unwrap();
    let response = agent.get("/api/auth/me").send().await;
    assert_eq!(refusal(&response), (401, "invalid-token".to_owned()));
}

/// The sessions are ended as well, but it is the user that counts.
#[tokio::test]
async fn a_user_who_is_disabled_is_refused_even_if_a_session_lives() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    app.database()
        .execute("update users set is_active = false")
        .await;
    agent.get("/api/auth/me").expect(401).await;
}

#[tokio::test]
async fn the_role_that_counts_is_the_present_one_and_not_the_token_s() {
    let app = TestApp::new().await;
    let (was_admin, was_agent) = (app.admin().await, app.agent().await);
    let roles = "update users set role_ids = array(select id from roles \
        where name = case when roles_before.name = 'Admin' then 'Agent' else 'Admin' end) \
        from roles as roles_before where roles_before.id = role_ids[1]";
    app.database().execute(roles).await;
    let new = json!({"name": "Ada", "emailId": "ada@crm.test", "password": "long and odd enough", "role": "Agent"});
    was_admin
        .post("/api/auth/register")
        .json(new.clone())
        .expect(403)
        .await;
    was_agent
        .post("/api/auth/register")
        .json(new)
        .expect(201)
        .await;
    let me = was_admin.get("/api/auth/me").expect(200).await;
    assert_eq!(me["role"], "Agent");
}

#[tokio::test]
async fn a_token_does_not_outlive_the_row_of_its_session() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    app.database().execute("delete from sessions").await;
    agent.get("/api/auth/me").expect(401).await;
}
