//! Setting up a second factor, and giving it up.

use chrono::TimeDelta;
use crm_domain::role::Role;
use crm_testing::TestApp;
use crm_testing::app::PASSWORD;
use serde_json::json;

use super::{
    Authenticator, confirm, enrol, events, login, login_as, recovery_codes, start, status,
};
use crate::auth::{ended, is_signed_in, refusal, sign_in, violations};

#[tokio::test]
async fn a_second_factor_counts_once_a_code_has_confirmed_it() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let none = json!({
        "isEnabled": false, "confirmedAt": null, "recoveryCodesLeft": 0, "isDemanded": false
    });
    assert_eq!(status(&agent).await, none);

    let request = agent.post("/api/auth/two-factor");
    let started = request
        .json(json!({ "password": PASSWORD }))
        .expect(200)
        .await;
    let secret = started["secret"].as_str().unwrap();
    assert_eq!(secret.len(), 32);
    let uri = format!("otpauth://totp/CRM:Agent1%40crm%2Etest?secret={secret}&issuer=CRM");
    assert_eq!(started["uri"], uri);
    assert_eq!(status(&agent).await, none);
    login_as(&agent, PASSWORD, None).expect(200).await;

    let authenticator = Authenticator::new(secret);
    let wrong = confirm(&agent, &authenticator.wrong_code(&app));
    assert_eq!(
        violations(&wrong.expect(400).await),
        [("#/code", "wrong-code")]
    );
    assert_eq!(status(&agent).await, none);
    app.clock.advance(TimeDelta::seconds(1));
    let answer = confirm(&agent, &authenticator.code(&app)).expect(200).await;
    let codes = recovery_codes(&answer);
    assert_eq!(codes.len(), 10);
    assert!(codes.iter().all(|code| code.len() == 29), "{codes:?}");
    let enabled = json!({
        "isEnabled": true, "confirmedAt": "2026-01-02T12:00:01Z", "recoveryCodesLeft": 10, "isDemanded": false
    });
    assert_eq!(status(&agent).await, enabled);

    let without = login_as(&agent, PASSWORD, None).send().await;
    assert_eq!(
        refusal(&without),
        (401, "second-factor-required".to_owned())
    );
    login(&agent, &authenticator.next_code(&app))
        .expect(200)
        .await;
    for name in ["user.second-factor-started", "user.second-factor-enabled"] {
        let expected = [json!({ "userId": agent.user().id })];
        assert_eq!(events(&app, name).await, expected, "{name}");
    }
}

#[tokio::test]
async fn confirming_ends_all_other_sessions() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let elsewhere = sign_in(&app, agent.user()).await;
    enrol(&app, &agent).await;
    assert!(is_signed_in(&app, agent.token()).await);
    assert!(!is_signed_in(&app, &elsewhere.access).await);
    assert_eq!(ended(&app, "second-factor-enabled").await, 1);
}

#[tokio::test]
async fn beginning_takes_the_password() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    for wrong in ["", "wrong horse battery"] {
        let request = agent.post("/api/auth/two-factor");
        let problem = request.json(json!({ "password": wrong })).expect(400).await;
        assert_eq!(violations(&problem), [("#/password", "wrong-password")]);
        app.clock.advance(TimeDelta::seconds(10));
    }
    let rows = app.database().rows("select 1 from second_factors").await;
    assert!(rows.is_empty());
    start(&agent).await;
}

#[tokio::test]
async fn beginning_anew_takes_the_place_of_what_was_begun() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let first = start(&agent).await;
    let second = start(&agent).await;
    let response = confirm(&agent, &first.code(&app)).send().await;
    assert_eq!(response.status, 400);
    app.clock.advance(TimeDelta::seconds(10));
    confirm(&agent, &second.code(&app)).expect(200).await;
}

#[tokio::test]
async fn what_was_begun_is_confirmed_within_fifteen_minutes_and_once() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let none = (409, "no-second-factor".to_owned());
    let response = confirm(&agent, "123456").send().await;
    assert_eq!(refusal(&response), none);
    let authenticator = start(&agent).await;
    app.clock.advance(TimeDelta::seconds(15 * 60 + 1));
    let agent = app.sign_in(agent.user().clone()).await;
    let response = confirm(&agent, &authenticator.code(&app)).send().await;
    assert_eq!(refusal(&response), none);

    let (authenticator, _) = enrol(&app, &agent).await;
    let enabled = (409, "second-factor-enabled".to_owned());
    let response = confirm(&agent, &authenticator.next_code(&app)).send().await;
    assert_eq!(refusal(&response), enabled);
    let request = agent.post("/api/auth/two-factor");
    let again = request.json(json!({ "password": PASSWORD })).send().await;
    assert_eq!(refusal(&again), enabled);
}

#[tokio::test]
async fn a_program_has_no_second_factor() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let body = json!({ "name": "Sync", "scopes": ["user:manage"], "password": crm_testing::app::PASSWORD });
    let issued = admin.post("/api/api-keys").json(body).expect(201).await;
    let key = app
        .anonymous()
        .with_token(issued["token"].as_str().unwrap());
    // The first use of a key is noted.
    key.get("/api/auth/me").expect(200).await;
    let before = app.database().fingerprint().await;
    let (password, code) = (json!({ "password": PASSWORD }), json!({ "code": "123456" }));
    let both = json!({ "password": PASSWORD, "code": "123456" });
    let path = |rest: &str| format!("/api/auth/two-factor{rest}");
    for response in [
        key.get(&path("")).send().await,
        key.post(&path("")).json(password).send().await,
        key.post(&path("/confirm")).json(code.clone()).send().await,
        key.post(&path("/recovery-codes")).json(code).send().await,
        key.post(&path("/remove")).json(both).send().await,
    ] {
        assert_eq!(refusal(&response), (403, "needs-session".to_owned()));
    }
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn removing_takes_the_password_and_a_code_and_ends_all_other_sessions() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let remove = |password: &str, code: &str| {
        let body = json!({ "password": password, "code": code });
        agent.post("/api/auth/two-factor/remove").json(body)
    };
    let none = remove(PASSWORD, "123456").send().await;
    assert_eq!(refusal(&none), (409, "no-second-factor".to_owned()));
    let (authenticator, _) = enrol(&app, &agent).await;
    let elsewhere = login(&agent, &authenticator.next_code(&app))
        .expect(200)
        .await;

    let code = authenticator.next_code(&app);
    let problem = remove("wrong horse battery", &code).expect(400).await;
    assert_eq!(violations(&problem), [("#/password", "wrong-password")]);
    app.clock.advance(TimeDelta::seconds(5));
    let problem = remove(PASSWORD, &authenticator.wrong_code(&app))
        .expect(400)
        .await;
    assert_eq!(violations(&problem), [("#/code", "wrong-code")]);
    app.clock.advance(TimeDelta::seconds(5));
    let code = authenticator.code(&app);
    remove(PASSWORD, &code).expect(200).await;

    assert_eq!(status(&agent).await["isEnabled"], false);
    assert!(!is_signed_in(&app, elsewhere["token"].as_str().unwrap()).await);
    assert_eq!(ended(&app, "second-factor-removed").await, 1);
    login_as(&agent, PASSWORD, None).expect(200).await;
    let removed = events(&app, "user.second-factor-removed").await;
    assert_eq!(removed, [json!({ "userId": agent.user().id })]);
    for table in ["second_factors", "recovery_codes"] {
        let rows = app.database().rows(&format!("select 1 from {table}")).await;
        assert!(rows.is_empty(), "{table}");
    }
}

/// A code in a form that no code has is one that cannot be used.
#[tokio::test]
async fn whatever_is_typed_as_a_code_is_no_mistake_of_ours() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let agent = app.sign_in(user).await;
    enrol(&app, &agent).await;
    let long = "A".repeat(10_000);
    for typed in [
        "",
        " ",
        "+12345",
        "１２３４５６",
        "a\u{0}b",
        "💼",
        long.as_str(),
    ] {
        let body = json!({ "code": typed });
        let request = agent.post("/api/auth/two-factor/recovery-codes").json(body);
        let problem = request.expect(400).await;
        assert_eq!(violations(&problem), [("#/code", "wrong-code")], "{typed}");
        app.clock.advance(TimeDelta::seconds(10));
    }
}
