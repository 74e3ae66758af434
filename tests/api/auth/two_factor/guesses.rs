//! Guessing codes: slowed like guessing passwords, in the same line.

use chrono::TimeDelta;
use crm_app::auth::{Client, Proof};
use crm_app::{AuthError, Error};
use crm_testing::TestApp;
use crm_testing::app::PASSWORD;
use serde_json::json;

use super::{confirm, enrol, is_invalid, login, login_as, start};
use crate::auth::refusal;

fn waits() -> (u16, String) {
    (429, "too-many-attempts".to_owned())
}

#[tokio::test]
async fn after_a_wrong_code_the_next_attempt_waits() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let (authenticator, codes) = enrol(&app, &agent).await;
    let code = authenticator.next_code(&app);
    let wrong = authenticator.wrong_code(&app);
    assert!(is_invalid(&login(&agent, &wrong).send().await));
    assert_eq!(refusal(&login(&agent, &code).send().await), waits());
    let without = login_as(&agent, PASSWORD, None).send().await;
    assert_eq!(refusal(&without), waits());
    app.clock.advance(TimeDelta::seconds(1));
    login(&agent, &code).expect(200).await;
    // The good sign-in was none: it is forgotten with those before.
    login(&agent, &codes[0]).expect(200).await;
}

/// An attempt without a code has shown the password and not the rest: it counts, and clears nothing.
#[tokio::test]
async fn the_right_password_without_a_code_is_no_way_to_guess_on() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let (authenticator, _) = enrol(&app, &agent).await;
    let counted = async || {
        let rows = app
            .database()
            .rows("select count from sign_in_attempts")
            .await;
        rows[0]["count"].as_i64().unwrap()
    };
    let mut looked_at = 0;
    for _ in 0..150 {
        let wrong = authenticator.wrong_code(&app);
        for code in [None, Some(wrong.as_str())] {
            let answer = login_as(&agent, PASSWORD, code).send().await;
            looked_at += i64::from(answer.status == 401);
            assert!([401, 429].contains(&answer.status.as_u16()));
            assert_eq!(counted().await, looked_at);
            app.clock.advance(TimeDelta::seconds(10));
        }
    }
    assert_eq!(looked_at, 100);
    // Not with the right code either, until the next day.
    let late = login(&agent, &authenticator.code(&app)).send().await;
    assert_eq!(refusal(&late), waits());
    app.clock.advance(TimeDelta::days(1));
    login(&agent, &authenticator.code(&app)).expect(200).await;
}

/// Each sign-in takes two attempts, and an address has ten at once: those with the right password are given back.
#[tokio::test]
async fn an_office_behind_one_address_is_not_punished_for_second_factors() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let (_, codes) = enrol(&app, &agent).await;
    let attempt = async |code: Option<String>| {
        let client = Client {
            address: Some("192.0.2.1".parse().unwrap()),
            ..Client::default()
        };
        let proof = Proof {
            password: PASSWORD.to_owned(),
            code,
        };
        let email = agent.user().email.as_str();
        app.crm.auth().login(email, proof, client).await
    };
    for code in codes {
        let refused = attempt(None).await.map(|_| ()).unwrap_err();
        assert!(
            matches!(refused, Error::Auth(AuthError::SecondFactorRequired)),
            "{refused}"
        );
        attempt(Some(code)).await.unwrap();
    }
}

#[tokio::test]
async fn passwords_and_codes_are_not_guessed_by_who_is_signed_in_either() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let password = |password: &str| {
        let request = agent.post("/api/auth/two-factor");
        request.json(json!({ "password": password }))
    };
    password("a wrong password").expect(400).await;
    assert_eq!(refusal(&password(PASSWORD).send().await), waits());
    app.clock.advance(TimeDelta::seconds(1));
    let authenticator = start(&agent).await;

    let wrong = authenticator.wrong_code(&app);
    confirm(&agent, &wrong).expect(400).await;
    let code = authenticator.code(&app);
    assert_eq!(refusal(&confirm(&agent, &code).send().await), waits());
    app.clock.advance(TimeDelta::seconds(1));
    confirm(&agent, &code).expect(200).await;

    let renew = |code: &str| {
        let request = agent.post("/api/auth/two-factor/recovery-codes");
        request.json(json!({ "code": code }))
    };
    let code = authenticator.next_code(&app);
    renew(&authenticator.wrong_code(&app)).expect(400).await;
    assert_eq!(refusal(&renew(&code).send().await), waits());
    let remove = |code: &str| {
        let body = json!({ "password": PASSWORD, "code": code });
        agent.post("/api/auth/two-factor/remove").json(body)
    };
    assert_eq!(refusal(&remove(&code).send().await), waits());
    app.clock.advance(TimeDelta::seconds(1));
    remove(&code).expect(200).await;
}
