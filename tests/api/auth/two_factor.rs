//! Signing in with a code from a device besides the password.

mod enrol;
mod guesses;
mod secrets;
mod sign_in;

use chrono::TimeDelta;
use crm_testing::app::PASSWORD;
use crm_testing::request::{TestRequest, TestResponse};
use crm_testing::{Client, TestApp};
use serde_json::{Value, json};
use totp_rs::{Builder, Secret};

/// An authenticator app.
pub(crate) struct Authenticator(totp_rs::Totp);

impl Authenticator {
    pub(crate) fn new(secret: &str) -> Self {
        let secret = Secret::try_from_base32(secret).unwrap();
        Self(Builder::new().with_secret(secret).build().unwrap())
    }

    /// The code that it shows so many seconds from now.
    pub(crate) fn code_in(&self, app: &TestApp, seconds: i64) -> String {
        let at = app.crm.now() + TimeDelta::seconds(seconds);
        let at = u64::try_from(at.timestamp()).unwrap();
        self.0.generate(at).to_string()
    }

    /// The code that it shows now.
    pub(crate) fn code(&self, app: &TestApp) -> String {
        self.code_in(app, 0)
    }

    /// Waits for a code that was not used before.
    pub(crate) fn next_code(&self, app: &TestApp) -> String {
        app.clock.advance(TimeDelta::seconds(30));
        self.code(app)
    }

    /// A code of six digits that it shows neither now nor a little before or after.
    pub(crate) fn wrong_code(&self, app: &TestApp) -> String {
        let shown = [-30, 0, 30].map(|seconds| self.code_in(app, seconds));
        let codes = (0..).map(|number| format!("{number:06}"));
        codes
            .into_iter()
            .find(|code| !shown.contains(code))
            .unwrap()
    }
}

/// Begins to set up a second factor.
pub(crate) async fn start(client: &Client<'_>) -> Authenticator {
    let request = client.post("/api/auth/two-factor");
    let started = request
        .json(json!({ "password": PASSWORD }))
        .expect(200)
        .await;
    Authenticator::new(started["secret"].as_str().unwrap())
}

pub(crate) fn confirm<'a>(client: &Client<'a>, code: &str) -> TestRequest<'a> {
    let request = client.post("/api/auth/two-factor/confirm");
    request.json(json!({ "code": code }))
}

/// Sets up a second factor, and gives the app and the recovery codes.
pub(crate) async fn enrol(app: &TestApp, client: &Client<'_>) -> (Authenticator, Vec<String>) {
    let authenticator = start(client).await;
    let answer = confirm(client, &authenticator.code(app)).expect(200).await;
    (authenticator, recovery_codes(&answer))
}

fn recovery_codes(answer: &Value) -> Vec<String> {
    serde_json::from_value(answer["recoveryCodes"].clone()).unwrap()
}

/// Signs in with a code.
pub(crate) fn login<'a>(client: &Client<'a>, code: &str) -> TestRequest<'a> {
    login_as(client, PASSWORD, Some(code))
}

fn login_as<'a>(client: &Client<'a>, password: &str, code: Option<&str>) -> TestRequest<'a> {
    let email = client.user().email.as_str();
    let body = json!({ "emailId": email, "password": password, "code": code });
    client.without_token().post("/api/auth/login").json(body)
}

async fn status(client: &Client<'_>) -> Value {
    client.get("/api/auth/two-factor").expect(200).await
}

/// What happened to users, the oldest first.
async fn events(app: &TestApp, name: &str) -> Vec<Value> {
    let query = format!("select payload from events where name = '{name}' order by position");
    let rows = app.database().rows(&query).await;
    rows.into_iter().map(|row| row["payload"].clone()).collect()
}

fn is_invalid(response: &TestResponse) -> bool {
    super::refusal(response) == (401, "invalid-credentials".to_owned())
}
