//! Signing in and staying signed in.

mod access_token;
mod account;
mod keys;
mod link;
mod login;
mod logout;
mod password;
mod refresh;
mod refresh_model;
mod register;
mod sessions;
mod set_up;
mod throttle;
pub(crate) mod two_factor;

use crm_domain::user::User;
use crm_testing::TestApp;
use crm_testing::app::PASSWORD;
use crm_testing::request::{TestRequest, TestResponse};
use serde_json::{Value, json};

/// What a client keeps of a sign-in or a refresh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tokens {
    pub(crate) access: String,
    pub(crate) refresh: String,
}

impl From<TestResponse> for Tokens {
    fn from(response: TestResponse) -> Self {
        let body = response.expect(200);
        Self {
            access: body["token"].as_str().unwrap_or_default().to_owned(),
            refresh: response.refresh_cookie(),
        }
    }
}

fn login<'a>(app: &'a TestApp, email: &str, password: &str) -> TestRequest<'a> {
    app.anonymous()
        .post("/api/auth/login")
        .json(json!({ "emailId": email, "password": password }))
}

pub(crate) async fn sign_in(app: &TestApp, user: &User) -> Tokens {
    login(app, user.email.as_str(), PASSWORD)
        .send()
        .await
        .into()
}

/// The request that one of our own pages sends to refresh.
fn refresh<'a>(app: &'a TestApp, token: &str) -> TestRequest<'a> {
    app.anonymous()
        .post("/api/auth/refresh")
        .from_our_page()
        .refresh_token(token)
}

/// The status and the code of an answer that is a problem.
pub(crate) fn refusal(response: &TestResponse) -> (u16, String) {
    let code = response.json()["code"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    (response.status.as_u16(), code)
}

/// The fields that a problem names, each with the rule that it breaks.
fn violations(problem: &Value) -> Vec<(&str, &str)> {
    let errors = problem["errors"].as_array().map_or(&[][..], Vec::as_slice);
    errors
        .iter()
        .map(|error| {
            let pointer = error["pointer"].as_str().unwrap_or_default();
            (pointer, error["code"].as_str().unwrap_or_default())
        })
        .collect()
}

/// Whether the access token is taken.
async fn is_signed_in(app: &TestApp, access: &str) -> bool {
    let client = app.anonymous().with_token(access);
    let response = client.get("/api/auth/me").send().await;
    assert!([200, 401].contains(&response.status.as_u16()));
    response.status == 200
}

/// The sessions that were ended for this reason.
async fn ended(app: &TestApp, reason: &str) -> usize {
    let query = format!("select id from sessions where revoke_reason = '{reason}'");
    app.database().rows(&query).await.len()
}
