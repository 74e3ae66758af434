//! From where somebody did something.

use crm_domain::role::Role;
use crm_http::server::Limits;
use crm_testing::TestApp;
use crm_testing::app::PASSWORD;
use reqwest::Client;
use serde_json::{Value, json};

#[tokio::test]
async fn the_log_tells_from_which_address_and_in_which_request() {
    let app = TestApp::new().await;
    let user = app.user(Role::Agent).await;
    let server = app.serve(Limits::default()).await;
    let url = |path: &str| format!("http://{server}{path}");
    let client = Client::new();
    let wrong = json!({ "emailId": user.email.as_str(), "password": "a wrong password" });
    let failed = client.post(url("/api/auth/login")).json(&wrong);
    let failed = failed.send().await.unwrap();
    app.clock.advance(chrono::TimeDelta::seconds(1));
    let right = json!({ "emailId": user.email.as_str(), "password": PASSWORD });
    let signed_in = client.post(url("/api/auth/login")).json(&right);
    let signed_in = signed_in.send().await.unwrap();
    let request = |answer: &reqwest::Response| {
        let id = answer.headers()["x-request-id"].to_str().unwrap();
        id.to_owned()
    };
    let ids = [request(&failed), request(&signed_in)];
    let body: Value = signed_in.json().await.unwrap();
    let lead = json!({ "name": "Ada", "phone": "+49 30 1234567" });
    let made = client.post(url("/api/leads")).json(&lead);
    let made = made
        .bearer_auth(body["token"].as_str().unwrap())
        .send()
        .await;
    let made = request(&made.unwrap());

    let noted = "select action, address, request_id from activities where request_id is not null order by ctid";
    let row = |action, request: &str| json!({ "action": action, "address": "127.0.0.1", "request_id": request });
    assert_eq!(
        app.database().rows(noted).await,
        [
            row("user.sign-in-failed", &ids[0]),
            row("session.started", &ids[1]),
            row("lead.created", &made),
        ]
    );
}
