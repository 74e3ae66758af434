//! Signing in with an address and a password.

use crm_domain::role::Role;
use crm_http::Settings;
use crm_testing::TestApp;
use crm_testing::app::{PASSWORD, settings};
use crm_testing::request::TestResponse;
use poem::http::header;
use serde_json::{Value, json};

use super::{is_signed_in, login, refusal, violations};

fn cookie_attributes(response: &TestResponse) -> Vec<&str> {
    let mut sent = response.headers.get_all("set-cookie").iter();
    let refresh = sent.next().unwrap().to_str().unwrap();
    let device = sent.next().unwrap().to_str().unwrap();
    assert!(
        refresh.contains("refreshToken=") && device.contains("crmDevice=") && sent.next().is_none()
    );
    let mut attributes: Vec<_> = refresh.split("; ").skip(1).collect();
    attributes.sort_unstable();
    attributes
}

#[tokio::test]
async fn signing_in_gives_the_user_and_a_token_and_nothing_else() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let body = login(&app, user.email.as_str(), PASSWORD).expect(200).await;
    let token = body["token"].as_str().unwrap();
    let expected = json!({
        "user": {
            "id": user.id,
            "name": "Agent 1",
            "emailId": "Agent1@crm.test",
            "role": "Agent",
            "roles": [{ "id": Role::Agent.id(), "name": "Agent" }],
            "teams": [],
            "isService": false,
            "isActive": true,
            "version": 1,
            "createdAt": "2026-01-02T12:00:00Z",
            "updatedAt": "2026-01-02T12:00:00Z",
        },
        "token": token,
    });
    assert_eq!(body, expected);
    assert!(is_signed_in(&app, token).await);
}

#[tokio::test]
async fn the_letters_of_the_address_may_be_large_or_small() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    for email in [user.email.as_str().to_uppercase(), user.email.key()] {
        login(&app, &email, PASSWORD).expect(200).await;
    }
}

#[tokio::test]
async fn the_refresh_cookie_is_out_of_reach_of_scripts_and_of_other_sites() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let response = login(&app, user.email.as_str(), PASSWORD).send().await;
    assert!(
        response
            .header("set-cookie")
            .starts_with("refreshToken=crm_rt_")
    );
    assert_eq!(
        cookie_attributes(&response),
        ["HttpOnly", "Max-Age=604800", "Path=/", "SameSite=Strict"]
    );
}

#[tokio::test]
async fn over_https_the_cookie_is_secure_and_bound_to_the_host() {
    let app = TestApp::with_settings(Settings {
        secure_cookies: true,
        ..settings()
    })
    .await;
    let user = app.user(Role::Agent).await;
    let response = login(&app, user.email.as_str(), PASSWORD).send().await;
    let set = response.header("set-cookie");
    assert!(set.starts_with("__Host-refreshToken=crm_rt_"), "{set}");
    let expected = [
        "HttpOnly",
        "Max-Age=604800",
        "Path=/",
        "SameSite=Strict",
        "Secure",
    ];
    assert_eq!(cookie_attributes(&response), expected);

    // A cookie without the prefix may have been planted by another host of the domain.
    let send = |name: &str| {
        app.anonymous()
            .post("/api/auth/refresh")
            .header(header::ORIGIN, "https://crm.test")
            .header(
                header::COOKIE,
                &format!("{name}={}", response.refresh_cookie()),
            )
    };
    send("refreshToken").expect(401).await;
    send("__Host-refreshToken").expect(200).await;
}

#[tokio::test]
async fn every_way_to_fail_has_the_same_answer() {
    let app = TestApp::new().await;
    app.admin().await;
    let user = app.user(Role::Agent).await;
    let disabled = app.user(Role::Agent).await;
    let system = crm_domain::activity::Actor::system("test");
    app.crm.users().disable(&system, disabled.id).await.unwrap();

    let (known, disabled) = (user.email.as_str(), disabled.email.as_str());
    let long = "x".repeat(1000);
    let attempts = [
        ("nobody@crm.test", PASSWORD),
        (known, "wrong horse battery"),
        (known, ""),
        (known, " correct horse battery"),
        (known, long.as_str()),
        (disabled, PASSWORD),
        (disabled, "wrong horse battery"),
        ("no address", PASSWORD),
        ("", PASSWORD),
        ("a\u{0}b@crm.test", PASSWORD),
    ];
    let mut answers = Vec::new();
    for (email, password) in attempts {
        let response = login(&app, email, password).send().await;
        let expected = (401, "invalid-credentials".to_owned());
        assert_eq!(refusal(&response), expected, "{email:?} {password:?}");
        answers.push(without_request_id(&response));
        // Not so soon that it would have to wait.
        app.clock.advance(chrono::TimeDelta::seconds(10));
    }
    for (attempt, answer) in attempts.iter().zip(&answers) {
        assert_eq!(Some(answer), answers.first(), "{attempt:?}");
    }
}

/// All that a client sees, but for what differs between any two requests.
fn without_request_id(response: &TestResponse) -> (u16, Vec<(String, String)>, Value) {
    let mut headers: Vec<_> = response
        .headers
        .iter()
        .filter(|(name, _)| *name != "x-request-id")
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    headers.sort_unstable();
    let mut body = response.json();
    body["request_id"] = Value::Null;
    body["instance"] = Value::Null;
    (response.status.as_u16(), headers, body)
}

#[tokio::test]
async fn a_failed_sign_in_leaves_no_session_and_sets_no_cookie() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let response = login(&app, user.email.as_str(), "wrong").send().await;
    assert_eq!(response.status, 401);
    assert!(!response.headers.contains_key("set-cookie"));
    assert!(
        app.database()
            .rows("select id from sessions")
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn the_body_is_read_strictly() {
    let app = TestApp::new().await;
    let refused = [
        (json!({}), ("#/emailId", "required")),
        (json!({"emailId": "a@b.test"}), ("#/password", "required")),
        (
            json!({"emailId": 1, "password": "x"}),
            ("#/emailId", "wrong-type"),
        ),
        (
            json!({"emailId": "a@b.test", "password": null}),
            ("#/password", "wrong-type"),
        ),
        (
            json!({"emailId": "a@b.test", "password": "x", "remember": true}),
            ("#/remember", "unknown-field"),
        ),
    ];
    for (body, expected) in refused {
        let problem = app
            .anonymous()
            .post("/api/auth/login")
            .json(body.clone())
            .expect(400)
            .await;
        assert_eq!(violations(&problem), [expected], "{body}");
    }
}
