//! Roles that demand a second factor, and who takes it away from whom.

use crm_domain::role::Role;
use crm_testing::app::PASSWORD;
use crm_testing::request::{TestRequest, TestResponse};
use crm_testing::{Client, TestApp};
use serde_json::{Value, json};

use super::{SYSTEM, role, role_id, roles, set};
use crate::auth::refusal;
use crate::auth::two_factor::{enrol, login};

const NEW_PASSWORD: &str = "another horse battery";

fn demand<'a>(client: &Client<'a>, role: Role, is_demanded: bool) -> TestRequest<'a> {
    let request = client.patch(&format!("/api/roles/{}", role.id()));
    request.json(json!({ "demandsSecondFactor": is_demanded }))
}

fn demanded() -> (u16, String) {
    (403, "second-factor-demanded".to_owned())
}

async fn may_see_leads(client: &Client<'_>) -> (u16, String) {
    refusal(&client.get("/api/leads").send().await)
}

async fn issue(client: &Client<'_>) -> TestResponse {
    let body =
        json!({ "name": "Sync", "scopes": ["lead:read"], "password": crm_testing::app::PASSWORD });
    client.post("/api/api-keys").json(body).send().await
}

#[tokio::test]
async fn who_lacks_a_demanded_second_factor_may_do_nothing_and_is_told_what_to_do() {
    let app = TestApp::new().await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    let issued = issue(&agent).await.expect(201);
    let key = app
        .anonymous()
        .with_token(issued["token"].as_str().unwrap());
    key.get("/api/leads").expect(200).await;
    let role = demand(&admin, Role::Agent, true).expect(200).await;
    assert_eq!(
        (&role["demandsSecondFactor"], &role["version"]),
        (&json!(true), &json!(2))
    );

    // At once: in the session at hand, in a new one, and for the key.
    let new = app.sign_in(agent.user().clone()).await;
    for client in [&agent, &new, &key] {
        let response = client.get("/api/leads").send().await;
        assert_eq!(refusal(&response), demanded());
        let detail = response.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains("POST /api/auth/two-factor"), "{detail}");
        let me = client.get("/api/auth/me").expect(200).await;
        assert_eq!(me["permissions"], json!([]));
    }
    assert_eq!(refusal(&issue(&agent).await), demanded());
    let explain = "/api/authz/explain?resource=lead&action=read";
    let explained = agent.get(explain).expect(200).await;
    assert_eq!(explained["isAllowed"], false);
    let reason = "The role Agent demands a second factor, which the user has not set up.";
    assert_eq!(explained["reason"], reason);
    assert_eq!(may_see_leads(&admin).await.0, 200);
}

#[tokio::test]
async fn what_everybody_may_do_to_themselves_they_may_do_without_it() {
    let app = TestApp::new().await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    demand(&admin, Role::Agent, true).expect(200).await;
    let status = agent.get("/api/auth/two-factor").expect(200).await;
    assert_eq!(
        (&status["isDemanded"], &status["isEnabled"]),
        (&json!(true), &json!(false))
    );
    agent.get("/api/auth/sessions").expect(200).await;
    agent.get("/api/api-keys").expect(200).await;
    let rename = json!({ "name": "Ada" });
    agent.patch("/api/auth/me").json(rename).expect(200).await;
    let change = json!({ "currentPassword": PASSWORD, "newPassword": NEW_PASSWORD });
    agent
        .post("/api/auth/change-password")
        .json(change)
        .expect(200)
        .await;
    agent.post("/api/auth/logout").expect(200).await;
}

#[tokio::test]
async fn with_it_all_is_as_before_and_it_stays_while_it_is_demanded() {
    let app = TestApp::new().await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    let issued = issue(&agent).await.expect(201);
    let key = app
        .anonymous()
        .with_token(issued["token"].as_str().unwrap());
    demand(&admin, Role::Agent, true).expect(200).await;
    let (authenticator, _) = enrol(&app, &agent).await;
    assert_eq!(may_see_leads(&agent).await.0, 200);
    assert_eq!(may_see_leads(&key).await.0, 200);
    let body = json!({ "password": PASSWORD, "code": authenticator.next_code(&app) });
    let remove = || agent.post("/api/auth/two-factor/remove").json(body.clone());
    assert_eq!(refusal(&remove().send().await), demanded());

    demand(&admin, Role::Agent, false).expect(200).await;
    remove().expect(200).await;
    assert_eq!(may_see_leads(&agent).await.0, 200);
    let noted = "select changes from activities where action = 'role.edited' order by id";
    let change =
        |from, to| json!({ "changes": { "demandsSecondFactor": { "from": from, "to": to } } });
    assert_eq!(
        app.database().rows(noted).await,
        [change(false, true), change(true, false)]
    );
}

#[tokio::test]
async fn what_a_role_demands_the_roles_that_inherit_from_it_demand_too() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let lead = role(&admin, "Team lead", &[]).await;
    let path = format!("/api/roles/{}", role_id(&lead));
    let inherits = json!({ "inherits": [Role::Manager.id()] });
    let lead = admin.patch(&path).json(inherits).expect(200).await;
    let user = app.user(Role::ReadOnly).await;
    set(&app, user.id, roles(&[Role::ReadOnly.id(), role_id(&lead)])).await;
    let (user, manager) = (app.sign_in(user).await, app.as_role(Role::Manager).await);
    let reader = app.as_role(Role::ReadOnly).await;
    // The Manager inherits from the Agent, and the team lead from the Manager.
    demand(&admin, Role::Agent, true).expect(200).await;
    assert_eq!(may_see_leads(&manager).await, demanded());
    assert_eq!(may_see_leads(&user).await, demanded());
    for other in [&reader, &admin] {
        assert_eq!(may_see_leads(other).await.0, 200);
    }
    set(&app, user.user().id, roles(&[Role::ReadOnly.id()])).await;
    assert_eq!(may_see_leads(&user).await.0, 200);
}

#[tokio::test]
async fn of_a_built_in_role_nothing_else_is_changed() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let path = format!("/api/roles/{}", Role::Agent.id());
    admin.get("/api/auth/me").expect(200).await;
    let before = app.database().fingerprint().await;
    for other in [
        json!({ "demandsSecondFactor": true, "name": "Mine" }),
        json!({ "demandsSecondFactor": true, "grants": [] }),
        json!({ "demandsSecondFactor": true, "inherits": [] }),
        json!({ "demandsSecondFactor": true, "description": null }),
        json!({}),
    ] {
        let response = admin.patch(&path).json(other.clone()).send().await;
        assert_eq!(
            refusal(&response),
            (409, "built-in-role".to_owned()),
            "{other}"
        );
    }
    assert_eq!(app.database().fingerprint().await, before);
    demand(&admin, Role::Agent, true).expect(200).await;
    let again = demand(&admin, Role::Agent, true).expect(200).await;
    assert_eq!(again["version"], 2);
}

/// Else a stolen session would be enough to do away with it.
#[tokio::test]
async fn nobody_lifts_the_demand_from_themselves() {
    let app = TestApp::new().await;
    let (admin, other) = (app.admin().await, app.admin().await);
    demand(&admin, Role::Admin, true).expect(200).await;
    // It holds for who made it, too.
    assert_eq!(
        refusal(&demand(&admin, Role::Agent, true).send().await),
        demanded()
    );
    enrol(&app, &admin).await;
    // The first use of a token is noted.
    other.get("/api/auth/me").expect(200).await;
    let before = app.database().fingerprint().await;
    let lifted = demand(&admin, Role::Admin, false).send().await;
    assert_eq!(refusal(&lifted), (403, "own-rights".to_owned()));
    assert_eq!(
        refusal(&demand(&other, Role::Admin, false).send().await),
        demanded()
    );
    assert_eq!(app.database().fingerprint().await, before);
    let lift = crm_app::roles::RoleEdit {
        demands_second_factor: Some(false),
        ..crm_app::roles::RoleEdit::default()
    };
    app.crm
        .roles()
        .edit(&SYSTEM, Role::Admin.id(), lift)
        .await
        .unwrap();
    assert_eq!(may_see_leads(&other).await.0, 200);
}

/// Somebody who may manage roles and users, and nothing else.
async fn helper<'a>(app: &'a TestApp, admin: &Client<'_>) -> Client<'a> {
    let permissions = ["user:read", "user:manage", "role:read", "role:manage"];
    let helper = role(
        admin,
        "Helper",
        &permissions.map(|permission| (permission, "all")),
    )
    .await;
    let user = app.user(Role::Agent).await;
    set(app, user.id, roles(&[role_id(&helper)])).await;
    let client = app.sign_in(user).await;
    client.get("/api/auth/me").expect(200).await;
    client
}

#[tokio::test]
async fn who_holds_less_than_a_role_grants_says_nothing_of_its_demand() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let helper = helper(&app, &admin).await;
    let before = app.database().fingerprint().await;
    for role in Role::ALL {
        let refused = demand(&helper, role, true).send().await;
        assert_eq!(refusal(&refused), (403, "not-held".to_owned()), "{role}");
    }
    assert_eq!(app.database().fingerprint().await, before);
}

fn remove<'a>(client: &Client<'a>, of: &Client<'_>) -> TestRequest<'a> {
    client.delete(&format!("/api/users/{}/two-factor", of.user().id))
}

#[tokio::test]
async fn who_manages_users_removes_the_second_factor_of_who_has_lost_it() {
    let app = TestApp::new().await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    let (authenticator, _) = enrol(&app, &agent).await;
    remove(&admin, &agent).expect(200).await;
    assert_eq!(agent.get("/api/auth/me").send().await.status, 401);
    let agent = app.sign_in(agent.user().clone()).await;
    login(&agent, &authenticator.next_code(&app))
        .expect(200)
        .await;
    let noted =
        "select actor_id, resource_id from activities where action = 'user.second-factor-removed'";
    let expected = json!({ "actor_id": admin.user().id, "resource_id": agent.user().id });
    assert_eq!(app.database().rows(noted).await, [expected]);
    // Once more does nothing, neither to sessions nor to the log.
    agent.get("/api/auth/me").expect(200).await;
    let before = app.database().fingerprint().await;
    remove(&admin, &agent).expect(200).await;
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn one_begins_anew_where_it_is_demanded() {
    let app = TestApp::new().await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    enrol(&app, &agent).await;
    demand(&admin, Role::Agent, true).expect(200).await;
    assert_eq!(may_see_leads(&agent).await.0, 200);
    remove(&admin, &agent).expect(200).await;
    let agent = app.sign_in(agent.user().clone()).await;
    assert_eq!(may_see_leads(&agent).await, demanded());
    enrol(&app, &agent).await;
    assert_eq!(may_see_leads(&agent).await.0, 200);
}

#[tokio::test]
async fn nobody_removes_their_own_that_way_or_that_of_who_may_do_more() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let helper = helper(&app, &admin).await;
    enrol(&app, &admin).await;
    enrol(&app, &helper).await;
    let before = app.database().fingerprint().await;
    let refused: [(&Client<'_>, &Client<'_>, &str); 3] = [
        (&admin, &admin, "own-rights"),
        (&helper, &helper, "own-rights"),
        (&helper, &admin, "not-held"),
    ];
    for (who, whose, code) in refused {
        let response = remove(who, whose).send().await;
        assert_eq!(refusal(&response), (403, code.to_owned()));
    }
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn a_role_may_demand_it_from_its_first_day_on() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let body = json!({ "name": "Auditor", "demandsSecondFactor": true });
    let role = admin.post("/api/roles").json(body).expect(201).await;
    assert_eq!(role["demandsSecondFactor"], true);
    let listed = admin.get("/api/roles").expect(200).await;
    let demanding: Vec<&Value> = listed["roles"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|role| role["demandsSecondFactor"] == true)
        .map(|role| &role["name"])
        .collect();
    assert_eq!(demanding, ["Auditor"]);
    // Another edit leaves it as it is.
    let path = format!("/api/roles/{}", role_id(&role));
    let renamed = admin
        .patch(&path)
        .json(json!({ "name": "Controller" }))
        .expect(200)
        .await;
    assert_eq!(renamed["demandsSecondFactor"], true);
}
