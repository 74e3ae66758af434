//! Changing one's own password.

use std::time::Duration;

use crm_domain::role::Role;
use crm_testing::TestApp;
use crm_testing::app::PASSWORD;
use crm_testing::request::TestRequest;
use diesel_async::SimpleAsyncConnection as _;
use serde_json::json;

use super::{ended, is_signed_in, login, refresh, refusal, sign_in, violations};

const NEW: &str = "another horse battery";

fn change<'a>(app: &'a TestApp, access: &str, current: &str, new: &str) -> TestRequest<'a> {
    app.anonymous()
        .with_token(access)
        .post("/api/auth/change-password")
        .json(json!({ "currentPassword": current, "newPassword": new }))
}

#[tokio::test]
async fn the_new_password_works_and_the_old_one_does_not() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let tokens = sign_in(&app, &user).await;
    let answer = change(&app, &tokens.access, PASSWORD, NEW)
        .expect(200)
        .await;
    assert_eq!(answer, json!({ "message": "Password changed." }));
    login(&app, user.email.as_str(), PASSWORD).expect(401).await;
    // After a wrong password the next attempt waits.
    app.clock.advance(chrono::TimeDelta::seconds(1));
    login(&app, user.email.as_str(), NEW).expect(200).await;
}

#[tokio::test]
async fn all_other_sessions_end_and_this_one_stays() {
    let app = TestApp::new().await;
    let (user, other) = (app.user(Role::Agent).await, app.user(Role::Agent).await);
    let (here, elsewhere) = (sign_in(&app, &user).await, sign_in(&app, &user).await);
    let theirs = sign_in(&app, &other).await;
    change(&app, &here.access, PASSWORD, NEW).expect(200).await;
    assert!(!is_signed_in(&app, &elsewhere.access).await);
    refresh(&app, &elsewhere.refresh).expect(401).await;
    assert!(is_signed_in(&app, &here.access).await);
    refresh(&app, &here.refresh).expect(200).await;
    assert!(is_signed_in(&app, &theirs.access).await);
    assert_eq!(ended(&app, "password-changed").await, 1);
}

#[tokio::test]
async fn whoever_does_not_know_the_password_does_not_change_it() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let tokens = sign_in(&app, &user).await;
    assert!(is_signed_in(&app, &tokens.access).await);
    for wrong in ["", "wrong horse battery", NEW] {
        let response = change(&app, &tokens.access, wrong, NEW).send().await;
        // Not 401: the access token is good, and a client that renews it would ask for ever.
        let problem = response.expect(400);
        assert_eq!(
            violations(&problem),
            [("#/currentPassword", "wrong-password")]
        );
        app.clock.advance(chrono::TimeDelta::seconds(1));
    }
    let early = change(&app, &tokens.access, PASSWORD, NEW).send().await;
    assert_eq!(refusal(&early), (429, "too-many-attempts".to_owned()));
    let failures = "select 1 from activities where action = 'user.sign-in-failed'";
    assert_eq!(app.database().rows(failures).await.len(), 3);
    app.clock.advance(chrono::TimeDelta::seconds(3));
    login(&app, user.email.as_str(), PASSWORD).expect(200).await;
}

#[tokio::test]
async fn the_api_keys_end_with_the_password_when_that_is_asked_for() {
    let app = TestApp::new().await;
    let user = app.agent().await;
    let body = json!({ "name": "k", "scopes": ["lead:read"], "password": PASSWORD });
    let key = user.post("/api/api-keys").json(body).expect(201).await;
    let program = app.anonymous().with_token(key["token"].as_str().unwrap());
    let change = |from: &str, to: &str, revoke: bool| {
        let body = json!({ "currentPassword": from, "newPassword": to, "revokeApiKeys": revoke });
        user.post("/api/auth/change-password").json(body)
    };
    change(PASSWORD, NEW, false).expect(200).await;
    program.get("/api/leads").expect(200).await;
    change(NEW, PASSWORD, true).expect(200).await;
    program.get("/api/leads").expect(401).await;
    let revoked = "select 1 from activities where action = 'api-key.revoked'";
    assert_eq!(app.database().rows(revoked).await.len(), 1);
}

#[tokio::test]
async fn a_weak_password_is_refused() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let tokens = sign_in(&app, &user).await;
    for weak in ["", "11 odd char", "password123456", user.email.as_str()] {
        let problem = change(&app, &tokens.access, PASSWORD, weak)
            .expect(400)
            .await;
        assert_eq!(violations(&problem), [("#/newPassword", "weak-password")]);
    }
    let long = change(&app, &tokens.access, PASSWORD, &"x".repeat(257))
        .send()
        .await;
    assert_eq!(refusal(&long), (422, "password-too-long".to_owned()));
    login(&app, user.email.as_str(), PASSWORD).expect(200).await;
}

#[tokio::test]
async fn the_change_is_noted_and_the_password_is_not() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let tokens = sign_in(&app, &user).await;
    let response = change(&app, &tokens.access, PASSWORD, NEW).send().await;
    let request = response.header("x-request-id");
    let noted = "select actor_id, resource_id, request_id, changes from activities where action = 'user.password-changed'";
    assert_eq!(
        app.database().rows(noted).await,
        [
            json!({ "actor_id": user.id, "resource_id": user.id, "request_id": request, "changes": {} })
        ]
    );
    let rows = app.database().rows("select * from events").await;
    assert!(!format!("{rows:?}").contains(NEW));
}

#[tokio::test]
async fn of_two_changes_with_one_old_password_only_one_succeeds() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let (one, two) = (sign_in(&app, &user).await, sign_in(&app, &user).await);
    let changes = [
        change(&app, &one.access, PASSWORD, "a new one by one").send(),
        change(&app, &two.access, PASSWORD, "a new one by two").send(),
    ];
    let answers = futures_util::future::join_all(changes).await;
    let done = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(done, 1, "{answers:?}");
}

#[tokio::test]
async fn a_sign_in_that_began_before_the_password_was_changed_does_not_end_after_it() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let mut conn = app.database().connect().await;
    conn.batch_execute("begin; select from users for no key update")
        .await
        .unwrap();
    let login = login(&app, user.email.as_str(), PASSWORD).send();
    let change = async {
        // The password is verified by now, and the sign-in waits for the row.
        tokio::time::sleep(Duration::from_millis(300)).await;
        conn.batch_execute("update users set password_hash = 'another'; commit")
            .await
            .unwrap();
    };
    let (answer, ()) = futures_util::join!(login, change);
    assert_eq!(refusal(&answer), (401, "invalid-credentials".to_owned()));
}
