//! The first Admin of a workspace.

use std::time::Duration;

use chrono::TimeDelta;
use crm_app::users::NewUser;
use crm_domain::activity::Actor;
use crm_domain::event::UserCreated;
use crm_domain::role::Role;
use crm_testing::TestApp;
use crm_testing::request::TestRequest;
use serde_json::json;

use super::{login, refusal, violations};

const PASSWORD: &str = "the very first one";

async fn token(app: &TestApp) -> String {
    let token = app.crm.auth().issue_setup_token().await;
    token.unwrap().expect("the workspace has no user")
}

fn set_up<'a>(app: &'a TestApp, token: &str) -> TestRequest<'a> {
    app.anonymous().post("/api/auth/setup").json(json!({
        "token": token, "name": "Ada", "emailId": "ada@crm.test", "password": PASSWORD,
    }))
}

/// Makes users so slowly that two who are made at once surely meet.
async fn slow_app() -> TestApp {
    TestApp::with(|builder| {
        builder.before_commit::<UserCreated, _>("slow", |_, _| {
            Box::pin(async {
                tokio::time::sleep(Duration::from_millis(50)).await;
                Ok(())
            })
        })
    })
    .await
}

#[tokio::test]
async fn the_token_makes_the_first_admin_once() {
    let app = TestApp::new().await;
    let token = token(&app).await;
    let made = set_up(&app, &token).expect(201).await;
    assert_eq!(
        (&made["user"]["role"], &made["user"]["emailId"]),
        (&json!("Admin"), &json!("ada@crm.test"))
    );
    login(&app, "ada@crm.test", PASSWORD).expect(200).await;
    let before = app.database().fingerprint().await;
    let again = set_up(&app, &token).send().await;
    assert_eq!(refusal(&again), (409, "already-set-up".to_owned()));
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn another_token_makes_nobody() {
    let app = TestApp::new().await;
    let token = token(&app).await;
    let before = app.database().fingerprint().await;
    let other = token.to_lowercase();
    for wrong in ["", "x", &other, &format!("{token}x"), &token[1..]] {
        let response = set_up(&app, wrong).send().await;
        assert_eq!(
            refusal(&response),
            (401, "invalid-setup-token".to_owned()),
            "{wrong}"
        );
    }
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn no_token_works_before_one_was_issued() {
    let app = TestApp::new().await;
    let response = set_up(&app, "").send().await;
    assert_eq!(refusal(&response), (401, "invalid-setup-token".to_owned()));
}

#[tokio::test]
async fn the_token_is_good_for_a_day() {
    let app = TestApp::new().await;
    let late = token(&app).await;
    app.clock.advance(TimeDelta::days(1));
    let response = set_up(&app, &late).send().await;
    assert_eq!(refusal(&response), (401, "invalid-setup-token".to_owned()));
    let in_time = token(&app).await;
    app.clock
        .advance(TimeDelta::days(1) - TimeDelta::seconds(1));
    set_up(&app, &in_time).expect(201).await;
}

#[tokio::test]
async fn a_new_token_replaces_the_one_before() {
    let app = TestApp::new().await;
    let (old, new) = (token(&app).await, token(&app).await);
    set_up(&app, &old).expect(401).await;
    set_up(&app, &new).expect(201).await;
}

#[tokio::test]
async fn a_workspace_with_users_cannot_be_set_up() {
    let app = TestApp::new().await;
    let token = token(&app).await;
    app.user(Role::Agent).await;
    for token in [token.as_str(), "wrong"] {
        let response = set_up(&app, token).send().await;
        assert_eq!(refusal(&response), (409, "already-set-up".to_owned()));
    }
    assert_eq!(app.crm.auth().issue_setup_token().await.unwrap(), None);
}

/// Hashing a password is the dearest thing that a stranger can ask for.
#[tokio::test]
async fn a_workspace_with_users_hashes_no_stranger_s_password() {
    let app = TestApp::new().await;
    app.user(Role::Admin).await;
    // One that is too long is found out where it would be hashed.
    let long = "x".repeat(300);
    let body = json!({"token": "x", "name": "Ada", "emailId": "ada@crm.test", "password": long});
    let response = app
        .anonymous()
        .post("/api/auth/setup")
        .json(body)
        .send()
        .await;
    assert_eq!(refusal(&response), (409, "already-set-up".to_owned()));
}

#[tokio::test]
async fn two_who_use_the_token_at_once_make_one_admin() {
    let app = slow_app().await;
    let token = token(&app).await;
    let other =
        json!({"token": token, "name": "Bob", "emailId": "bob@crm.test", "password": PASSWORD});
    let (one, two) = tokio::join!(
        set_up(&app, &token).send(),
        app.anonymous().post("/api/auth/setup").json(other).send()
    );
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    assert_eq!(app.database().rows("select id from users").await.len(), 1);
}

/// At a start with an address and a password in the settings, of several replicas.
#[tokio::test]
async fn two_who_make_the_first_admin_at_once_make_one() {
    let app = slow_app().await;
    let make = async |number: u32| {
        let new = NewUser {
            name: "Ada".parse().unwrap(),
            email: format!("ada{number}@crm.test").parse().unwrap(),
            roles: vec![Role::Admin.id()],
            teams: vec![],
            password: PASSWORD.to_owned(),
        };
        let actor = Actor::system("test");
        app.crm.users().create_first_admin(&actor, new).await
    };
    let (one, two) = tokio::join!(make(1), make(2));
    let admins = [one, two].map(|made| made.unwrap());
    assert_eq!(admins.iter().flatten().count(), 1);
    assert_eq!(app.database().rows("select id from users").await.len(), 1);
}

#[tokio::test]
async fn a_weak_password_costs_neither_the_token_nor_a_user() {
    let app = TestApp::new().await;
    let token = token(&app).await;
    let body = json!({"token": token, "name": "", "emailId": "nowhere", "password": "weak"});
    let problem = app
        .anonymous()
        .post("/api/auth/setup")
        .json(body)
        .expect(400)
        .await;
    let fields: Vec<_> = violations(&problem)
        .into_iter()
        .map(|(field, _)| field)
        .collect();
    assert_eq!(fields, ["#/name", "#/emailId", "#/password"]);
    set_up(&app, &token).expect(201).await;
}

#[tokio::test]
async fn the_role_is_not_for_the_caller_to_choose() {
    let app = TestApp::new().await;
    let body = json!({"token": token(&app).await, "name": "Ada", "emailId": "ada@crm.test", "password": PASSWORD, "role": "Agent"});
    let problem = app
        .anonymous()
        .post("/api/auth/setup")
        .json(body)
        .expect(400)
        .await;
    assert_eq!(violations(&problem), [("#/role", "unknown-field")]);
}
