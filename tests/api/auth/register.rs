//! Making users, which is for Admins.

use crm_domain::role::Role;
use crm_testing::TestApp;
use serde_json::{Value, json};

use super::{login, refusal, violations};

const PASSWORD: &str = "a password of hers";

fn ada() -> Value {
    json!({ "name": "Ada", "emailId": "ada@crm.test", "password": PASSWORD, "role": "Agent" })
}

fn with(field: &str, value: impl Into<Value>) -> Value {
    let mut body = ada();
    body[field] = value.into();
    body
}

#[tokio::test]
async fn an_admin_makes_a_user_who_can_sign_in() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for role in ["Admin", "Agent"] {
        let email = format!("{role}@new.test");
        let mut body = with("emailId", email.as_str());
        body["role"] = role.into();
        let made = admin
            .post("/api/auth/register")
            .json(body)
            .expect(201)
            .await;
        let expected = json!({
            "id": made["user"]["id"],
            "name": "Ada",
            "emailId": email,
            "role": role,
            "roles": [{ "id": role.parse::<Role>().unwrap().id(), "name": role }],
            "teams": [],
            "isService": false,
            "isActive": true,
            "version": 1,
            "createdAt": "2026-01-02T12:00:00Z",
            "updatedAt": "2026-01-02T12:00:00Z",
        });
        assert_eq!(
            made,
            json!({ "message": "User registered.", "user": expected })
        );
        let signed_in = login(&app, &email, PASSWORD).expect(200).await;
        assert_eq!(signed_in["user"], expected);
    }
}

#[tokio::test]
async fn an_agent_makes_nobody() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    agent.get("/api/auth/me").expect(200).await;
    let before = app.database().fingerprint().await;
    let response = agent.post("/api/auth/register").json(ada()).send().await;
    assert_eq!(refusal(&response), (403, "forbidden".to_owned()));
    assert_eq!(response.json()["error"], "Insufficient permissions");
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn one_address_is_one_user_whatever_its_letters() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let register = |email: &str| {
        admin
            .post("/api/auth/register")
            .json(with("emailId", email))
    };
    register("A@X.test").expect(201).await;
    let before = app.database().fingerprint().await;
    for email in ["a@x.test", "A@x.TEST", "A@X.test"] {
        let response = register(email).send().await;
        assert_eq!(refusal(&response), (409, "duplicate".to_owned()), "{email}");
        assert_eq!(response.json()["error"], "Duplicate field value");
    }
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn two_admins_who_make_one_user_at_once_make_one() {
    let app = TestApp::new().await;
    let (one, two) = (app.admin().await, app.admin().await);
    let (one, two) = tokio::join!(
        one.post("/api/auth/register").json(ada()).send(),
        two.post("/api/auth/register").json(ada()).send()
    );
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
}

#[tokio::test]
async fn a_weak_password_is_refused() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for password in [
        "",
        "11 odd char",
        "ééééééééééé",
        "password123456",
        "qwertyuiop1234",
        "ada@crm.test",
        "ADA@crm.test",
        " ada@crm.test ",
    ] {
        let body = with("password", password);
        let problem = admin
            .post("/api/auth/register")
            .json(body)
            .expect(400)
            .await;
        assert_eq!(
            violations(&problem),
            [("#/password", "weak-password")],
            "{password:?}"
        );
    }
    let body = with("password", "12 odd chars");
    admin
        .post("/api/auth/register")
        .json(body)
        .expect(201)
        .await;
}

#[tokio::test]
async fn a_password_of_256_characters_is_kept_whole_and_a_longer_one_is_refused() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let odd = "quite an odd one";
    let filled = |filling: &str| format!("{odd}{}", filling.repeat(256 - odd.len()));
    for (number, long) in [filled("x"), filled("é"), filled("🦀")].iter().enumerate() {
        for longer in [format!("{long}x"), format!("{long}é")] {
            let body = with("password", longer);
            let response = admin.post("/api/auth/register").json(body).send().await;
            assert_eq!(refusal(&response), (422, "password-too-long".to_owned()));
        }
        let email = format!("{number}@crm.test");
        let mut body = with("password", long.as_str());
        body["emailId"] = email.as_str().into();
        admin
            .post("/api/auth/register")
            .json(body)
            .expect(201)
            .await;
        let shorter: String = long.chars().skip(1).collect();
        login(&app, &email, &shorter).expect(401).await;
        // After a wrong password the next attempt waits.
        app.clock.advance(chrono::TimeDelta::seconds(1));
        login(&app, &email, long).expect(200).await;
    }
}

#[tokio::test]
async fn a_role_that_there_is_not_is_refused() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for role in ["admin", "Owner", ""] {
        let body = with("role", role);
        let problem = admin
            .post("/api/auth/register")
            .json(body)
            .expect(400)
            .await;
        assert_eq!(violations(&problem), [("#/role", "not-found")], "{role:?}");
    }
}

#[tokio::test]
async fn all_that_is_wrong_is_told_at_once() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let body = json!({ "name": " ", "emailId": "nowhere", "password": "short", "role": "Agent" });
    let problem = admin
        .post("/api/auth/register")
        .json(body)
        .expect(400)
        .await;
    let fields: Vec<_> = violations(&problem)
        .into_iter()
        .map(|(field, _)| field)
        .collect();
    assert_eq!(fields, ["#/name", "#/emailId", "#/password"]);
    assert_eq!(problem["details"].as_array().map(Vec::len), Some(3));
}

#[tokio::test]
async fn a_user_cannot_be_made_with_more_than_the_documented_fields() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for field in ["isActive", "id", "passwordHash", "Role"] {
        let body = with(field, true);
        let problem = admin
            .post("/api/auth/register")
            .json(body)
            .expect(400)
            .await;
        let pointer = format!("#/{field}");
        assert_eq!(violations(&problem), [(pointer.as_str(), "unknown-field")]);
    }
}

#[tokio::test]
async fn no_answer_and_no_row_holds_the_password() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let made = admin
        .post("/api/auth/register")
        .json(ada())
        .expect(201)
        .await;
    assert!(!made.to_string().contains(PASSWORD));
    let rows = [
        app.database().rows("select * from users").await,
        app.database().rows("select * from activities").await,
        app.database().rows("select * from events").await,
    ];
    assert!(!format!("{rows:?}").contains(PASSWORD));
}
