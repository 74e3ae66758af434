//! Nobody gives, or takes charge of, more than they hold, and nobody changes what they themselves may do.

use crm_domain::role::Role;
use crm_testing::app::PASSWORD;
use crm_testing::{Client, TestApp};
use serde_json::{Value, json};

use super::{role, role_id, roles, set};
use crate::auth::refusal;

/// A client whose token was used before: the first use of one is noted.
async fn seen(client: Client<'_>) -> Client<'_> {
    client.get("/api/auth/me").expect(200).await;
    client
}

/// Somebody who may do with users, roles and keys whatever there is to do, and nothing else.
async fn helper<'a>(app: &'a TestApp, admin: &Client<'_>) -> Client<'a> {
    let grants = [
        ("user:read", "all"),
        ("user:create", "all"),
        ("user:update", "all"),
        ("user:manage", "all"),
        ("role:read", "all"),
        ("role:manage", "all"),
        ("apiKey:manage", "all"),
    ];
    let helper = role(admin, "Helper", &grants).await;
    let user = app.user(Role::Agent).await;
    set(app, user.id, roles(&[role_id(&helper)])).await;
    seen(app.sign_in(user).await).await
}

async fn is_not_held(client: &Client<'_>, method: &str, path: &str, body: Value) {
    let request = client.request(method.parse().unwrap(), path);
    let response = request.json(body).send().await;
    assert_eq!(
        refusal(&response),
        (403, "not-held".to_owned()),
        "{method} {path}"
    );
}

#[tokio::test]
async fn who_may_manage_users_takes_no_charge_of_those_who_may_do_more() {
    let app = TestApp::new().await;
    let admin = seen(app.admin().await).await;
    let helper = helper(&app, &admin).await;
    let before = app.database().fingerprint().await;
    let of = |verb: &str| format!("/api/users/{}{verb}", admin.user().id);
    is_not_held(
        &helper,
        "PATCH",
        &of(""),
        json!({ "emailId": "mine@crm.test" }),
    )
    .await;
    is_not_held(&helper, "POST", &of("/disable"), json!({})).await;
    is_not_held(&helper, "DELETE", &of("/sessions"), json!({})).await;
    is_not_held(&helper, "POST", &of("/password-link"), json!({})).await;
    let key = json!({
        "name": "k", "scopes": ["lead:read"], "owner": admin.user().id, "password": PASSWORD,
    });
    is_not_held(&helper, "POST", "/api/api-keys", key).await;
    let session = format!(
        "select id from sessions where user_id = '{}'",
        admin.user().id
    );
    let session = app.database().rows(&session).await[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    helper
        .delete(&format!("/api/auth/sessions/{session}"))
        .expect(404)
        .await;
    helper.get(&of("/sessions")).expect(403).await;
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn nobody_grants_what_they_do_not_hold() {
    let app = TestApp::new().await;
    let admin = seen(app.admin().await).await;
    let helper = helper(&app, &admin).await;
    let wide = role(&admin, "Wide", &[("lead:read", "all")]).await;
    let narrow = role(&admin, "Narrow", &[("role:read", "own")]).await;
    let user = app.user(Role::Agent).await;
    set(&app, user.id, roles(&[])).await;
    let before = app.database().fingerprint().await;
    let new = json!({ "name": "Eve", "emailId": "eve@crm.test", "password": crm_testing::app::PASSWORD, "role": "Admin" });
    is_not_held(&helper, "POST", "/api/auth/register", new).await;
    let path = format!("/api/users/{}", user.id);
    is_not_held(&helper, "PATCH", &path, json!({ "roles": [wide["id"]] })).await;
    let grant = json!([{ "permission": "lead:read", "scope": "own" }]);
    is_not_held(
        &helper,
        "POST",
        "/api/roles",
        json!({ "name": "Mine", "grants": grant }),
    )
    .await;
    let heir = json!({ "name": "Mine", "inherits": [Role::ReadOnly.id()] });
    is_not_held(&helper, "POST", "/api/roles", heir).await;
    let path = |role: &Value| format!("/api/roles/{}", role["id"].as_str().unwrap());
    is_not_held(&helper, "PATCH", &path(&narrow), json!({ "grants": grant })).await;
    is_not_held(&helper, "PATCH", &path(&wide), json!({ "grants": [] })).await;
    is_not_held(&helper, "DELETE", &path(&wide), json!({})).await;
    assert_eq!(app.database().fingerprint().await, before);
    // Who is in a team is for who manages teams: it says whose records its members reach.
    let team = super::team(&app, "North").await;
    let response = helper
        .patch(&format!("/api/users/{}", user.id))
        .json(json!({ "teams": [team] }))
        .send()
        .await;
    assert_eq!(refusal(&response), (403, "forbidden".to_owned()));
    // What they hold they grant.
    helper
        .patch(&path(&narrow))
        .json(json!({ "description": "Reads roles." }))
        .expect(200)
        .await;
    let edit = json!({ "roles": [narrow["id"]] });
    helper
        .patch(&format!("/api/users/{}", user.id))
        .json(edit)
        .expect(200)
        .await;
}

#[tokio::test]
async fn nobody_changes_what_they_themselves_may_do() {
    let app = TestApp::new().await;
    let (admin, other) = (seen(app.admin().await).await, app.admin().await);
    let helper = helper(&app, &admin).await;
    let team = super::team(&app, "North").await;
    let before = app.database().fingerprint().await;
    let me = format!("/api/users/{}", admin.user().id);
    for edit in [
        json!({ "roles": [] }),
        json!({ "roles": [Role::Admin.id(), Role::Agent.id()] }),
        json!({ "teams": [team] }),
    ] {
        let response = admin.patch(&me).json(edit).send().await;
        assert_eq!(refusal(&response), (403, "own-rights".to_owned()));
    }
    let response = admin.post(&format!("{me}/disable")).send().await;
    assert_eq!(refusal(&response), (403, "own-rights".to_owned()));
    let held = helper.get("/api/roles").expect(200).await;
    let held = held["roles"]
        .as_array()
        .unwrap()
        .iter()
        .find(|role| role["name"] == "Helper");
    let path = format!("/api/roles/{}", held.unwrap()["id"].as_str().unwrap());
    let response = helper
        .patch(&path)
        .json(json!({ "description": "Mine." }))
        .send()
        .await;
    assert_eq!(refusal(&response), (403, "own-rights".to_owned()));
    assert_eq!(app.database().fingerprint().await, before);
    // Their name they may change, and another Admin changes the rest.
    admin
        .patch(&me)
        .json(json!({ "name": "Ada" }))
        .expect(200)
        .await;
    other
        .patch(&me)
        .json(json!({ "roles": [] }))
        .expect(200)
        .await;
}

#[tokio::test]
async fn built_in_roles_are_not_changed() {
    let app = TestApp::new().await;
    let admin = seen(app.admin().await).await;
    let before = app.database().fingerprint().await;
    for role in Role::ALL {
        let path = format!("/api/roles/{}", role.id());
        let response = admin
            .patch(&path)
            .json(json!({ "name": "Mine" }))
            .send()
            .await;
        assert_eq!(refusal(&response), (409, "built-in-role".to_owned()));
        let response = admin.delete(&path).send().await;
        assert_eq!(refusal(&response), (409, "built-in-role".to_owned()));
    }
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn a_role_is_made_shown_changed_and_deleted() {
    let app = TestApp::new().await;
    let admin = seen(app.admin().await).await;
    let grants = json!([{ "permission": "lead:assign", "scope": "team" }]);
    let body = json!({ "name": "Lead", "inherits": [Role::Agent.id()], "grants": grants, "description": "Hands out." });
    let made = admin.post("/api/roles").json(body).expect(201).await;
    assert_eq!(made["grants"], grants);
    assert_eq!(
        made["inherits"],
        json!([{ "id": Role::Agent.id(), "name": "Agent" }])
    );
    let held = made["permissions"].as_array().unwrap();
    assert_eq!(held.len(), 16);
    assert!(held.contains(&grants[0]));
    let path = format!("/api/roles/{}", made["id"].as_str().unwrap());
    assert_eq!(admin.get(&path).expect(200).await, made);
    let listed = admin.get("/api/roles").expect(200).await;
    let names: Vec<_> = listed["roles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|role| role["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["Admin", "Agent", "Manager", "ReadOnly", "Lead"]);

    let edit = json!({ "inherits": [], "description": null });
    let edited = admin.patch(&path).json(edit).expect(200).await;
    assert_eq!(edited["permissions"], grants);
    assert_eq!(
        (&edited["description"], &edited["version"]),
        (&json!(null), &json!(2))
    );
    let taken = admin
        .post("/api/roles")
        .json(json!({ "name": "LEAD" }))
        .send()
        .await;
    assert_eq!(refusal(&taken), (409, "name-taken".to_owned()));

    let user = app.user(Role::Agent).await;
    set(&app, user.id, roles(&[role_id(&made)])).await;
    let response = admin.delete(&path).send().await;
    assert_eq!(refusal(&response), (409, "in-use".to_owned()));
    set(&app, user.id, roles(&[])).await;
    admin.delete(&path).expect(200).await;
    admin.get(&path).expect(404).await;
}

#[tokio::test]
async fn roles_that_could_not_be_followed_are_refused() {
    let app = TestApp::new().await;
    let admin = seen(app.admin().await).await;
    let one = role(&admin, "One", &[]).await;
    let two = json!({ "name": "Two", "inherits": [one["id"]] });
    let two = admin.post("/api/roles").json(two).expect(201).await;
    let before = app.database().fingerprint().await;
    let path = format!("/api/roles/{}", one["id"].as_str().unwrap());
    let nothing = "01900000-0000-7000-8000-000000000000";
    let grant = |permission: &str, scope: &str| json!({ "grants": [{ "permission": permission, "scope": scope }] });
    let twice = json!({ "permission": "lead:read", "scope": "own" });
    for (body, pointer) in [
        (json!({ "inherits": [two["id"]] }), "#/inherits"),
        (json!({ "inherits": [nothing] }), "#/inherits"),
        (grant("lead:fly", "own"), "#/grants/0/permission"),
        (grant("lead:read", "far"), "#/grants/0/scope"),
        (json!({ "grants": [twice, twice] }), "#/grants/1/permission"),
        (json!({ "name": "x".repeat(41) }), "#/name"),
        (json!({ "isBuiltIn": true }), "#/isBuiltIn"),
    ] {
        let problem = admin.patch(&path).json(body).expect(400).await;
        assert_eq!(problem["errors"][0]["pointer"], pointer);
    }
    let inherited = admin.delete(&path).send().await;
    assert_eq!(refusal(&inherited), (409, "in-use".to_owned()));
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn a_right_that_is_taken_away_is_gone_with_the_next_request() {
    let app = TestApp::new().await;
    let admin = seen(app.admin().await).await;
    let reader = role(&admin, "Reader", &[("lead:read", "all")]).await;
    let user = app.user(Role::Agent).await;
    set(&app, user.id, roles(&[role_id(&reader)])).await;
    let client = app.sign_in(user).await;
    let path = format!("/api/roles/{}", reader["id"].as_str().unwrap());
    for _ in 0..20 {
        client.get("/api/leads").expect(200).await;
        admin
            .patch(&path)
            .json(json!({ "grants": [] }))
            .expect(200)
            .await;
        client.get("/api/leads").expect(403).await;
        let grants = json!([{ "permission": "lead:read", "scope": "own" }]);
        admin
            .patch(&path)
            .json(json!({ "grants": grants }))
            .expect(200)
            .await;
    }
}
