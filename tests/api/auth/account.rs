//! One's own account.

use crm_domain::role::Role;
use crm_testing::TestApp;
use serde_json::{Value, json};

use super::violations;

#[tokio::test]
async fn a_user_sees_their_account_and_what_they_may_do() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let me = agent.get("/api/auth/me").expect(200).await;
    let grants = |scope: &str, permissions: &[&str]| -> Vec<Value> {
        let grant = |permission: &&str| json!({ "permission": permission, "scope": scope });
        permissions.iter().map(grant).collect()
    };
    let mut held = grants(
        "own",
        &[
            "activity:read",
            "analytics:read",
            "customer:read",
            "customer:create",
            "customer:update",
            "customer:delete",
        ],
    );
    held.extend(grants("queue", &["lead:read"]));
    held.extend(grants(
        "own",
        &["lead:create", "lead:update", "lead:delete", "lead:convert"],
    ));
    held.extend(grants("queue", &["task:read"]));
    held.extend(grants(
        "own",
        &["task:create", "task:update", "task:delete"],
    ));
    let expected = json!({
        "id": agent.user().id,
        "name": "Agent 1",
        "emailId": "Agent1@crm.test",
        "role": "Agent",
        "roles": [{ "id": Role::Agent.id(), "name": "Agent" }],
        "teams": [],
        "permissions": held,
        "version": 1,
        "createdAt": "2026-01-02T12:00:00Z",
        "updatedAt": "2026-01-02T12:00:00Z",
    });
    assert_eq!(me, expected);

    let admin = app.admin().await;
    let me = admin.get("/api/auth/me").expect(200).await;
    let held = me["permissions"].as_array().unwrap();
    assert!(held.contains(&json!({ "permission": "user:create", "scope": "all" })));
    assert!(held.iter().all(|grant| grant["scope"] == "all"));
}

#[tokio::test]
async fn a_user_changes_their_name() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let rename = agent
        .patch("/api/auth/me")
        .json(json!({ "name": " Ada Lovelace " }));
    let response = rename.send().await;
    let me = response.expect(200);
    assert_eq!(
        (&me["name"], &me["version"]),
        (&json!("Ada Lovelace"), &json!(2))
    );
    assert_eq!(agent.get("/api/auth/me").expect(200).await, me);
    let noted = "select changes, request_id from activities where action = 'user.edited'";
    let expected = json!({
        "changes": { "name": { "from": "Agent 1", "to": "Ada Lovelace" } },
        "request_id": response.header("x-request-id"),
    });
    assert_eq!(app.database().rows(noted).await, [expected]);
}

#[tokio::test]
async fn the_same_name_again_changes_nothing() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    agent.get("/api/auth/me").expect(200).await;
    let before = app.database().fingerprint().await;
    let rename = agent
        .patch("/api/auth/me")
        .json(json!({ "name": "Agent 1" }));
    assert_eq!(rename.expect(200).await["version"], 1);
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn a_name_is_200_characters_or_fewer_whatever_they_are() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    for letter in ["x", "é", "💼"] {
        let longest = letter.repeat(200);
        let rename = agent.patch("/api/auth/me").json(json!({ "name": longest }));
        assert_eq!(rename.expect(200).await["name"], longest);
        let rename = agent
            .patch("/api/auth/me")
            .json(json!({ "name": letter.repeat(201) }));
        assert_eq!(
            violations(&rename.expect(400).await),
            [("#/name", "too-long")]
        );
    }
}

#[tokio::test]
async fn what_is_not_a_new_name_is_refused() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    agent.get("/api/auth/me").expect(200).await;
    let before = app.database().fingerprint().await;
    let refused = [
        (json!({ "name": null }), ("#/name", "wrong-type")),
        (json!({ "name": 1 }), ("#/name", "wrong-type")),
        (
            json!({ "name": "Ada", "role": "Admin" }),
            ("#/role", "unknown-field"),
        ),
        (
            json!({ "name": "Ada", "emailId": "a@b.test" }),
            ("#/emailId", "unknown-field"),
        ),
        (json!([]), ("#/", "wrong-type")),
    ];
    for (body, expected) in refused {
        let problem = agent
            .patch("/api/auth/me")
            .json(body.clone())
            .expect(400)
            .await;
        assert_eq!(violations(&problem), [expected], "{body}");
    }
    for name in ["", "  ", "a\u{0}b", "a\nb"] {
        let problem = agent
            .patch("/api/auth/me")
            .json(json!({ "name": name }))
            .expect(400)
            .await;
        assert_eq!(problem["errors"][0]["pointer"], "#/name", "{name:?}");
    }
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn a_field_given_twice_is_refused() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let body = r#"{"name": "Ada", "name": "Bob"}"#;
    let problem = agent
        .patch("/api/auth/me")
        .raw("application/json", body)
        .expect(400)
        .await;
    assert_eq!(violations(&problem), [("#/name", "duplicate-field")]);
}
