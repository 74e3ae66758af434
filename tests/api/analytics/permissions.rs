//! Who sees which figures.

use crm_testing::app::PASSWORD;
use crm_testing::{Client, TestApp};
use serde_json::{Value, json};

use super::{dashboard, figures};
use crate::leads::{in_one_team, make};

fn program<'a>(app: &'a TestApp, issued: &Value) -> Client<'a> {
    let token = issued["token"].as_str().unwrap();
    app.anonymous().with_token(token)
}

#[tokio::test]
async fn an_agent_sees_own_figures_only_though_the_team_waits_in_the_lists() {
    let app = TestApp::new().await;
    let (agent, colleague) = (app.agent().await, app.agent().await);
    in_one_team(&app, &[&agent, &colleague]).await;
    let _ = make(&agent, json!({})).await;
    let _ = make(&colleague, json!({})).await;
    let _ = make(&colleague, json!({ "assignedAgent": colleague.user().id })).await;
    let waiting = agent.get("/api/leads").expect(200).await;
    assert_eq!(waiting["totalLeads"], 2);
    let made = dashboard(&agent, "").await["leads"]["made"].clone();
    assert_eq!(made["count"], 1);
    assert!(
        made["list"].as_str().unwrap().contains("scope=own"),
        "{made}"
    );
    let agents = figures(&colleague, "agents", "").await;
    assert_eq!(agents["agents"].as_array().unwrap().len(), 1);
    assert_eq!(
        agents["agents"][0]["agent"]["id"],
        json!(colleague.user().id)
    );
}

#[tokio::test]
async fn a_program_sees_figures_of_what_it_may_read_and_no_others() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let _ = make(&admin, json!({})).await;
    let key = async |scopes: Value| {
        let body = json!({ "name": "Key", "scopes": scopes, "password": PASSWORD });
        admin.post("/api/api-keys").json(body).expect(201).await
    };
    let issued = key(json!(["analytics:read", "lead:read"])).await;
    let leads = program(&app, &issued);
    let answer = dashboard(&leads, "").await;
    assert_eq!(answer["leads"]["made"]["count"], 1);
    assert_eq!(
        (&answer["tasks"], &answer["customers"]),
        (&Value::Null, &Value::Null)
    );
    let issued = key(json!(["analytics:read", "task:read"])).await;
    let tasks = program(&app, &issued);
    let answer = dashboard(&tasks, "").await;
    assert_eq!(answer["leads"], Value::Null);
    assert_eq!(answer["tasks"]["open"]["count"], 0);
    assert_eq!(answer["recentActivity"], json!([]));
    let issued = key(json!(["lead:read", "task:read", "customer:read"])).await;
    let neither = program(&app, &issued);
    for which in ["leads-by-status", "funnel", "agents"] {
        let path = format!("/api/analytics/{which}");
        leads.get(&path).expect(200).await;
        tasks.get(&path).expect(403).await;
        neither.get(&path).expect(403).await;
    }
    neither.get("/api/analytics/dashboard").expect(403).await;
}
