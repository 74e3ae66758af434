//! Links by which users set their passwords, and users who have none.

use chrono::TimeDelta;
use crm_domain::role::Role;
use crm_domain::user::User;
use crm_testing::app::PASSWORD;
use crm_testing::request::TestRequest;
use crm_testing::{Client, TestApp};
use serde_json::{Value, json};

use super::{is_signed_in, login, refusal, sign_in, violations};

const NEW: &str = "another rather odd phrase";

/// The secret part of a link.
fn token(link: &Value) -> String {
    let url = link["url"].as_str().unwrap();
    url.strip_prefix("/set-password#token=").unwrap().to_owned()
}

fn set<'a>(app: &'a TestApp, token: &str, password: &str) -> TestRequest<'a> {
    app.anonymous()
        .post("/api/auth/password")
        .json(json!({ "token": token, "password": password }))
}

async fn link(admin: &Client<'_>, user: &User) -> Value {
    let path = format!("/api/users/{}/password-link", user.id);
    admin.post(&path).expect(201).await
}

fn invitation(email: &str) -> Value {
    json!({ "name": "Cyd", "emailId": email, "roles": [Role::Agent.id()] })
}

#[tokio::test]
async fn who_is_invited_sets_the_first_password_once_and_signs_in() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let made = admin
        .post("/api/users")
        .json(invitation("cyd@crm.test"))
        .expect(201)
        .await;
    assert_eq!(
        (&made["user"]["role"], &made["user"]["isService"]),
        (&json!("Agent"), &json!(false))
    );
    let secret = token(&made["link"]);
    for guess in ["", "x", PASSWORD, &secret] {
        let refused = login(&app, "cyd@crm.test", guess).send().await;
        assert_eq!(refusal(&refused), (401, "invalid-credentials".to_owned()));
        app.clock.advance(TimeDelta::seconds(10));
    }
    app.clock
        .advance(TimeDelta::days(7) - TimeDelta::minutes(1));
    set(&app, &secret, NEW).expect(200).await;
    login(&app, "cyd@crm.test", NEW).expect(200).await;
    let again = set(&app, &secret, "yet another odd phrase").send().await;
    assert_eq!(refusal(&again), (400, "invalid-link".to_owned()));
    login(&app, "cyd@crm.test", NEW).expect(200).await;
}

#[tokio::test]
async fn a_link_changes_nothing_until_it_is_used_and_then_ends_all_sessions() {
    let app = TestApp::new().await;
    let (admin, user) = (app.admin().await, app.user(Role::Agent).await);
    let session = sign_in(&app, &user).await;
    let secret = token(&link(&admin, &user).await);
    assert!(is_signed_in(&app, &session.access).await);
    login(&app, user.email.as_str(), PASSWORD).expect(200).await;
    set(&app, &secret, NEW).expect(200).await;
    assert!(!is_signed_in(&app, &session.access).await);
    login(&app, user.email.as_str(), PASSWORD).expect(401).await;
    app.clock.advance(TimeDelta::seconds(1));
    login(&app, user.email.as_str(), NEW).expect(200).await;
}

#[tokio::test]
async fn a_link_that_is_wrong_replaced_old_or_of_somebody_disabled_does_nothing() {
    let app = TestApp::new().await;
    let (admin, user) = (app.admin().await, app.user(Role::Agent).await);
    let replaced = token(&link(&admin, &user).await);
    let old = token(&link(&admin, &user).await);
    let setup = format!("{}A", &old[..old.len() - 1]);
    app.clock.advance(TimeDelta::days(1));
    let admin = app.sign_in(admin.user().clone()).await;
    let disabled = app.user(Role::Agent).await;
    let of_disabled = token(&link(&admin, &disabled).await);
    let path = format!("/api/users/{}/disable", disabled.id);
    admin.post(&path).expect(200).await;
    let before = app.database().fingerprint().await;
    let mut answers = Vec::new();
    for wrong in ["", "x", &replaced, &old, &setup, &of_disabled] {
        let mut answer = set(&app, wrong, NEW).expect(400).await;
        answer["request_id"] = Value::Null;
        answer["instance"] = Value::Null;
        answers.push(answer);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert_eq!(answers[0]["code"], "invalid-link");
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn of_many_uses_at_once_one_counts() {
    let app = TestApp::new().await;
    let (admin, user) = (app.admin().await, app.user(Role::Agent).await);
    let secret = token(&link(&admin, &user).await);
    let attempts =
        (0..16).map(|number| set(&app, &secret, &format!("odd phrase number {number}!")).send());
    let answers = futures_util::future::join_all(attempts).await;
    assert_eq!(
        answers.iter().filter(|answer| answer.status == 200).count(),
        1
    );
}

#[tokio::test]
async fn after_a_weak_password_the_link_still_works() {
    let app = TestApp::new().await;
    let (admin, user) = (app.admin().await, app.user(Role::Agent).await);
    let secret = token(&link(&admin, &user).await);
    for weak in ["short", "password123456", user.email.as_str()] {
        let problem = set(&app, &secret, weak).expect(400).await;
        assert_eq!(
            violations(&problem),
            [("#/password", "weak-password")],
            "{weak}"
        );
    }
    set(&app, &secret, NEW).expect(200).await;
}

#[tokio::test]
async fn links_are_made_by_who_may_take_charge_of_the_user_and_are_kept_nowhere() {
    let app = TestApp::new().await;
    let (admin, user) = (app.admin().await, app.user(Role::Agent).await);
    let path = format!("/api/users/{}/password-link", user.id);
    for other in [
        app.as_role(Role::Manager).await,
        app.as_role(Role::ReadOnly).await,
        app.agent().await,
    ] {
        other.post(&path).expect(403).await;
    }
    let secret = token(&admin.post(&path).expect(201).await);
    let log = "select actor_id, changes from activities where action = 'user.password-link-issued'";
    let log = app.database().rows(log).await;
    assert_eq!(
        (log.len(), &log[0]["actor_id"]),
        (1, &json!(admin.user().id))
    );
    for table in ["one_time_tokens", "activities", "events"] {
        let rows = app
            .database()
            .rows(&format!("select {table}::text as row from {table}"))
            .await;
        assert!(!format!("{rows:?}").contains(&secret), "{table}");
    }
}

#[tokio::test]
async fn a_program_never_signs_in_and_acts_by_its_keys() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let mut body = invitation("shop@crm.test");
    body["isService"] = json!(true);
    let made = admin.post("/api/users").json(body).expect(201).await;
    assert_eq!(
        (&made["user"]["isService"], &made["link"]),
        (&json!(true), &Value::Null)
    );
    let id = made["user"]["id"].as_str().unwrap();
    let link = admin
        .post(&format!("/api/users/{id}/password-link"))
        .expect(400)
        .await;
    assert_eq!(violations(&link), [("#/id", "service-user")]);
    let key = json!({
        "name": "Shop", "scopes": ["lead:create", "lead:read"], "owner": id, "password": PASSWORD,
    });
    let key = admin.post("/api/api-keys").json(key).expect(201).await;
    let program = app.anonymous().with_token(key["token"].as_str().unwrap());
    let lead = json!({ "name": "Ada", "phone": "12345" });
    let lead = program.post("/api/leads").json(lead).expect(201).await;
    assert_eq!(lead["createdBy"], id);
}

#[tokio::test]
async fn nobody_invites_somebody_who_may_do_more_than_they() {
    let app = TestApp::new().await;
    let manager = app.as_role(Role::Manager).await;
    let body = invitation("cyd@crm.test");
    let before = app.database().fingerprint().await;
    manager.post("/api/users").json(body.clone()).send().await;
    let refused = manager.post("/api/users").json(body).send().await;
    assert_eq!(refusal(&refused), (403, "forbidden".to_owned()));
    let after = app.database().fingerprint().await;
    let but_sessions = |print: &str| -> Vec<String> {
        let lines = print.lines().filter(|line| !line.starts_with("sessions"));
        lines.map(str::to_owned).collect()
    };
    assert_eq!(but_sessions(&after), but_sessions(&before));
}
