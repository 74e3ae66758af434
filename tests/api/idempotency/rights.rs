//! A kept answer is given to nobody who may not ask for it any more.

use crm_app::users::UserEdit;
use crm_domain::activity::Actor;
use crm_domain::ids::TeamId;
use crm_domain::role::Role;
use crm_testing::TestApp;
use serde_json::json;

use super::{is_refused, new_lead};

const SYSTEM: Actor = Actor::system("test");

async fn edit(app: &TestApp, user: crm_domain::ids::UserId, edit: UserEdit) {
    app.crm.users().edit(&SYSTEM, user, edit).await.unwrap();
}

fn teams(ids: &[TeamId]) -> UserEdit {
    UserEdit {
        teams: Some(ids.to_vec()),
        ..UserEdit::default()
    }
}

#[tokio::test]
async fn who_may_not_do_it_any_more_is_refused_as_without_a_key() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    new_lead(&agent, "Ada", "k").expect(201).await;
    let roles = UserEdit {
        roles: Some(vec![Role::ReadOnly.id()]),
        ..UserEdit::default()
    };
    edit(&app, agent.user().id, roles).await;
    is_refused(new_lead(&agent, "Ada", "k"), 403, "forbidden").await;
    let user = agent.user().id;
    app.crm.users().disable(&SYSTEM, user).await.unwrap();
    is_refused(new_lead(&agent, "Ada", "k"), 401, "invalid-token").await;
}

#[tokio::test]
async fn whose_rights_have_changed_is_told_that_it_was_done_and_no_more() {
    let app = TestApp::new().await;
    let team = |name: &'static str| {
        let teams = app.crm.teams();
        async move {
            teams
                .create(&SYSTEM, name.parse().unwrap())
                .await
                .unwrap()
                .id
        }
    };
    let (north, south) = (team("North").await, team("South").await);
    let (manager, mate) = (app.as_role(Role::Manager).await, app.agent().await);
    for user in [manager.user().id, mate.user().id] {
        edit(&app, user, teams(&[north])).await;
    }
    let lead = new_lead(&mate, "Ada", "made").expect(201).await;
    let path = format!("/api/leads/{}", lead["id"].as_str().unwrap());
    let rename = || {
        let body = json!({ "name": "Grace" });
        manager.patch(&path).json(body).once("k")
    };
    rename().expect(200).await;
    assert_eq!(rename().expect(200).await["name"], "Grace");
    edit(&app, manager.user().id, teams(&[south])).await;
    manager.get(&path).expect(404).await;
    let problem = is_refused(rename(), 409, "idempotency-answer-gone").await;
    assert!(!problem.to_string().contains("Grace"));
}
