//! Who may do what.

use crm_app::users::UserEdit;
use crm_domain::activity::Actor;
use crm_domain::ids::TeamId;
use crm_domain::role::Role;
use crm_testing::{Client, TestApp};
use serde_json::{Value, json};

use crate::{NEW, SALES, app, customer, deal, error, errors, path};

const SYSTEM: Actor = Actor::system("test");

async fn total(client: &Client<'_>) -> Value {
    client.get("/api/deals").expect(200).await["totalDeals"].clone()
}

async fn join(app: &TestApp, team: TeamId, client: &Client<'_>) {
    let edit = UserEdit {
        teams: Some(vec![team]),
        ..UserEdit::default()
    };
    let users = app.crm.users();
    users.edit(&SYSTEM, client.user().id, edit).await.unwrap();
}

#[tokio::test]
async fn an_agent_sees_their_own_deals_and_a_manager_those_of_the_team() {
    let app = app().await;
    let team = app
        .crm
        .teams()
        .create(&SYSTEM, "North".parse().unwrap())
        .await
        .unwrap();
    let (agent, other) = (app.agent().await, app.agent().await);
    let manager = app.as_role(Role::Manager).await;
    let reader = app.as_role(Role::ReadOnly).await;
    for client in [&agent, &manager] {
        join(&app, team.id, client).await;
    }
    let own = deal(&agent, "Own").await;
    let foreign = deal(&other, "Foreign").await;
    assert_eq!(total(&agent).await, json!(1));
    assert_eq!(total(&manager).await, json!(1));
    assert_eq!(total(&reader).await, json!(2));
    let edit = json!({ "name": "Changed" });
    let to = json!({ "stageId": NEW });
    for (client, deal, status) in [
        (&agent, &own, 200),
        (&agent, &foreign, 404),
        (&manager, &own, 200),
        (&manager, &foreign, 404),
        (&reader, &own, 403),
    ] {
        client
            .patch(&path(deal))
            .json(edit.clone())
            .expect(status)
            .await;
        let move_path = format!("{}/move", path(deal));
        client
            .post(&move_path)
            .json(to.clone())
            .expect(status)
            .await;
        client.delete(&path(deal)).expect(status).await;
        client
            .post(&format!("{}/restore", path(deal)))
            .expect(status)
            .await;
    }
    for (client, status) in [(&agent, 404), (&manager, 404), (&reader, 200)] {
        client.get(&path(&foreign)).expect(status).await;
        client
            .get(&format!("{}/history", path(&foreign)))
            .expect(status)
            .await;
    }
}

#[tokio::test]
async fn giving_a_deal_to_others_takes_a_permission_and_taking_it_does_not() {
    let app = app().await;
    let (agent, admin) = (app.agent().await, app.admin().await);
    let made = deal(&agent, "Lamps").await;
    let give = json!({ "owner": admin.user().id });
    agent
        .patch(&path(&made))
        .json(give.clone())
        .expect(403)
        .await;
    let take = json!({ "owner": agent.user().id });
    agent.patch(&path(&made)).json(take).expect(200).await;
    admin.patch(&path(&made)).json(give).expect(200).await;
    agent.get(&path(&made)).expect(404).await;
}

#[tokio::test]
async fn a_deal_is_made_with_a_customer_that_one_can_see_and_hides_the_name_of_others() {
    let app = app().await;
    let (agent, admin) = (app.agent().await, app.admin().await);
    let hidden = customer(&admin, "Secret").await;
    let new = json!({ "name": "Lamps", "customerId": hidden });
    let problem = agent.post("/api/deals").json(new).expect(400).await;
    assert_eq!(errors(&problem), [error("#/customerId", "not-found")]);
    let made = deal(&agent, "Lamps").await;
    let edit = json!({ "customerId": hidden });
    let problem = agent
        .patch(&path(&made))
        .json(edit.clone())
        .expect(400)
        .await;
    assert_eq!(errors(&problem), [error("#/customerId", "not-found")]);
    admin.patch(&path(&made)).json(edit).expect(200).await;
    let shown = agent.get(&path(&made)).expect(200).await;
    assert_eq!(shown["customer"], json!({ "id": hidden, "name": null }));
    // What one cannot see there stays as it is.
    let edit = json!({ "name": "Desks", "customerId": hidden });
    agent.patch(&path(&made)).json(edit).expect(200).await;
}

#[tokio::test]
async fn everybody_sees_pipelines_and_admins_keep_them() {
    let app = app().await;
    let pipeline = format!("/api/deals/pipelines/{SALES}");
    for role in [Role::ReadOnly, Role::Agent, Role::Manager] {
        let client = app.as_role(role).await;
        client.get("/api/deals/pipelines").expect(200).await;
        client.get(&pipeline).expect(200).await;
        let body = json!({ "name": "Sales" });
        client.patch(&pipeline).json(body).expect(403).await;
        client.delete(&pipeline).expect(403).await;
    }
}
