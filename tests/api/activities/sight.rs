//! Whose acts a reader sees, upon which records, and that nothing else shows through a filter, a page or a cursor.

use chrono::TimeDelta;
use crm_domain::role::Role;
use crm_testing::app::PASSWORD;
use crm_testing::{Client, TestApp};
use serde_json::{Value, json};

use super::{actions, id, list};
use crate::access::{member, team};
use crate::leads::{body, make, path};

/// Every way in which somebody may ask about this lead, whoever changed it, and whatever was done.
fn questions(lead: &Value, actor: &Client<'_>) -> Vec<String> {
    let (lead, actor) = (id(lead), actor.user().id);
    vec![
        format!("resource=lead&resourceId={lead}"),
        format!("resource=lead&resourceId={lead}&action=lead.created"),
        format!("resource=lead&resourceId={lead}&actor={actor}"),
        format!("actor={actor}&action=lead.created"),
        format!("actor={actor}&from=2020-01-01T00:00:00Z"),
        "resource=lead".to_owned(),
        "action=lead.created".to_owned(),
        String::new(),
    ]
}

/// Whether any answer shows an entry about this lead, or promises more entries than it shows.
async fn sees(reader: &Client<'_>, lead: &Value, actor: &Client<'_>) -> bool {
    let mut sees = false;
    for query in questions(lead, actor) {
        let list = list(reader, &format!("limit=100&{query}")).await;
        assert_eq!(list["nextCursor"], Value::Null, "{query}");
        let entries = list["activities"].as_array().unwrap();
        sees |= entries
            .iter()
            .any(|entry| entry["resourceId"] == lead["id"]);
    }
    sees
}

#[tokio::test]
async fn each_sees_acts_as_far_as_their_permission_reaches() {
    let app = TestApp::new().await;
    let north = team(&app, "North").await;
    let agent = member(&app, Role::Agent, &[north]).await;
    let mate = member(&app, Role::Agent, &[north]).await;
    let manager = member(&app, Role::Manager, &[north]).await;
    let stranger = app.agent().await;
    let (reader, admin) = (app.as_role(Role::ReadOnly).await, app.admin().await);
    let lead = make(&agent, json!({ "assignedAgent": agent.user().id })).await;
    assert!(sees(&agent, &lead, &agent).await, "one's own act");
    assert!(sees(&manager, &lead, &agent).await, "an act in the team");
    assert!(sees(&reader, &lead, &agent).await);
    assert!(sees(&admin, &lead, &agent).await);
    assert!(!sees(&mate, &lead, &agent).await, "a teammate's lead");
    assert!(!sees(&stranger, &lead, &agent).await);
    // What others do to one's own lead is in its timeline, and not among one's own acts.
    app.clock.advance(TimeDelta::seconds(1));
    let edit = json!({ "company": "Acme" });
    admin.patch(&path(&lead)).json(edit).expect(200).await;
    let of_lead = format!("resource=lead&resourceId={}", id(&lead));
    assert_eq!(actions(&agent, &of_lead).await, ["lead.created"]);
    assert_eq!(actions(&manager, &of_lead).await, ["lead.created"]);
    let all = ["lead.edited", "lead.created"];
    assert_eq!(actions(&reader, &of_lead).await, all);
}

#[tokio::test]
async fn ones_own_act_is_no_longer_seen_when_the_record_is_not() {
    let app = TestApp::new().await;
    let north = team(&app, "North").await;
    let agent = member(&app, Role::Agent, &[north]).await;
    let manager = member(&app, Role::Manager, &[north]).await;
    let (stranger, admin) = (app.agent().await, app.admin().await);
    let lead = make(&agent, json!({})).await;
    let customer = json!({ "name": "Given away" });
    let customer = agent.post("/api/customers").json(customer);
    let customer = customer.expect(201).await;
    let task = json!({ "title": "Given away" });
    let task = agent.post("/api/tasks").json(task).expect(201).await;
    let kinds = ["lead", "customer", "task"];
    for kind in kinds {
        let seen = actions(&agent, &format!("resource={kind}")).await;
        assert_eq!(seen, [format!("{kind}.created")]);
    }
    let to = stranger.user().id;
    for (record, field) in [
        (format!("leads/{}", id(&lead)), "assignedAgent"),
        (format!("customers/{}", id(&customer)), "owner"),
        (format!("tasks/{}", id(&task)), "assignedTo"),
    ] {
        let edit = json!({ field: to });
        let path = format!("/api/{record}");
        admin.patch(&path).json(edit).expect(200).await;
    }
    for kind in kinds {
        for reader in [&agent, &manager] {
            let seen = actions(reader, &format!("resource={kind}")).await;
            assert!(seen.is_empty(), "{kind}: {seen:?}");
        }
    }
    assert!(!sees(&agent, &lead, &agent).await);
    assert!(!sees(&manager, &lead, &agent).await);
}

#[tokio::test]
async fn how_others_sign_in_is_seen_by_those_who_manage_them_only() {
    let app = TestApp::new().await;
    let north = team(&app, "North").await;
    let agent = member(&app, Role::Agent, &[north]).await;
    let manager = member(&app, Role::Manager, &[north]).await;
    let (reader, admin) = (app.as_role(Role::ReadOnly).await, app.admin().await);
    let wrong = json!({ "emailId": agent.user().email.as_str(), "password": "a wrong password" });
    let login = app.anonymous().post("/api/auth/login").json(wrong);
    login.expect(401).await;
    let of_agent = format!("actor={}&resource=user", agent.user().id);
    let signed_in = ["session.started"];
    assert_eq!(actions(&agent, &of_agent).await, signed_in);
    assert_eq!(actions(&admin, &of_agent).await, signed_in);
    for other in [&manager, &reader] {
        assert!(actions(other, &of_agent).await.is_empty());
        assert_eq!(actions(other, "action=session.started").await, signed_in);
        let failed = actions(other, "action=user.sign-in-failed").await;
        assert!(failed.is_empty());
    }
    let failed = list(&admin, "action=user.sign-in-failed").await;
    let id = json!(agent.user().id);
    assert_eq!(failed["activities"][0]["resourceId"], id);
    // Who may read users sees what became of them.
    let made = actions(&reader, "action=user.created").await;
    assert_eq!(made.len(), 4);
    assert!(actions(&agent, "action=user.created").await.is_empty());
}

#[tokio::test]
async fn what_belongs_to_the_workspace_is_seen_by_those_who_may_read_it() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let (agent, manager) = (app.agent().await, app.as_role(Role::Manager).await);
    let reader = app.as_role(Role::ReadOnly).await;
    let team = json!({ "name": "South" });
    admin.post("/api/teams").json(team).expect(201).await;
    let role = json!({ "name": "Auditor" });
    admin.post("/api/roles").json(role).expect(201).await;
    let key = json!({ "name": "Sync", "scopes": ["lead:read"], "password": PASSWORD });
    let key = agent.post("/api/api-keys").json(key).expect(201).await;
    for (query, name) in [("resource=team", "South"), ("resource=role", "Auditor")] {
        for seer in [&admin, &reader] {
            let seen = list(seer, query).await;
            assert_eq!(seen["activities"][0]["resourceName"], name);
        }
        // A manager sees the acts of the team, to which the Admin does not belong.
        for other in [&agent, &manager] {
            assert!(actions(other, query).await.is_empty(), "{query}");
        }
    }
    for seer in [&admin, &agent] {
        let seen = list(seer, "resource=apiKey").await;
        assert_eq!(seen["activities"][0]["resourceId"], key["apiKey"]["id"]);
        assert_eq!(seen["activities"][0]["resourceName"], "Sync");
    }
    for other in [&reader, &manager] {
        assert!(actions(other, "resource=apiKey").await.is_empty());
    }
}

#[tokio::test]
async fn what_was_done_to_jobs_is_seen_by_those_who_may_read_jobs() {
    let app = TestApp::new().await;
    let (admin, reader) = (app.admin().await, app.as_role(Role::ReadOnly).await);
    let retried = "insert into activities (id, at, actor_name, action, resource, resource_id, changes) \
         values (gen_random_uuid(), now(), 'test', 'job.retried', 'job', gen_random_uuid(), '{}')";
    app.database().execute(retried).await;
    assert_eq!(actions(&admin, "resource=job").await, ["job.retried"]);
    assert!(actions(&reader, "resource=job").await.is_empty());
}

#[tokio::test]
async fn a_key_sees_no_more_than_its_scopes_let_it() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    make(&admin, json!({})).await;
    let key = async |scopes: &[&str]| {
        let body = json!({ "name": "Audit", "scopes": scopes, "password": PASSWORD });
        let issued = admin.post("/api/api-keys").json(body).expect(201).await;
        app.anonymous()
            .with_token(issued["token"].as_str().unwrap())
    };
    let without = key(&["lead:read"]).await;
    without.get("/api/activities").expect(403).await;
    let bare = key(&["activity:read"]).await;
    let seen = actions(&bare, "").await;
    assert!(seen.is_empty(), "not even how it was made: {seen:?}");
    let leads = key(&["activity:read", "lead:read"]).await;
    assert_eq!(actions(&leads, "").await, ["lead.created"]);
}

#[tokio::test]
async fn an_address_is_seen_by_whoever_acted_from_it_and_by_those_who_manage_users() {
    let app = TestApp::new().await;
    let (agent, admin) = (app.agent().await, app.admin().await);
    let reader = app.as_role(Role::ReadOnly).await;
    let made = agent.post("/api/leads").json(body(json!({})));
    made.peer([192, 0, 2, 7].into()).expect(201).await;
    for (who, expected) in [
        (&agent, json!("192.0.2.7")),
        (&admin, json!("192.0.2.7")),
        (&reader, Value::Null),
    ] {
        let seen = list(who, "action=lead.created").await;
        assert_eq!(seen["activities"][0]["address"], expected);
    }
}

#[tokio::test]
async fn no_secret_is_in_the_log() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let key = json!({ "name": "Sync", "scopes": ["lead:read"], "password": PASSWORD });
    let key = admin.post("/api/api-keys").json(key).expect(201).await;
    let user = json!({ "name": "Ada", "emailId": "ada@crm.test", "roles": [] });
    let invited = admin.post("/api/users").json(user).expect(201).await;
    let factor = json!({ "password": PASSWORD });
    let factor = admin.post("/api/auth/two-factor").json(factor).send().await;
    let factor = factor.json();
    let log = list(&admin, "limit=100").await.to_string();
    for event in [
        "api-key.created",
        "user.password-link-issued",
        "user.second-factor-started",
    ] {
        assert!(log.contains(event), "{event}: {log}");
    }
    let link = invited["link"]["url"].as_str().unwrap().split('=').nth(1);
    for secret in [key["token"].as_str(), factor["secret"].as_str(), link] {
        let secret = secret.unwrap();
        assert!(secret.len() > 20 && !log.contains(secret), "{secret}");
    }
    for word in [PASSWORD, "argon2", "hash"] {
        assert!(!log.contains(word), "{word}");
    }
}

/// Assignment rules, custom fields and views are nobody's records; who reads or manages them sees what was done to them.
#[tokio::test]
async fn what_is_set_up_is_seen_by_who_may_read_or_manage_it() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let (agent, reader) = (app.agent().await, app.as_role(Role::ReadOnly).await);
    let rule = json!({ "name": "All", "strategy": "fixed", "users": [agent.user().id] });
    let rule = admin.post("/api/assignment-rules").json(rule);
    rule.expect(201).await;
    let field = json!({ "resource": "lead", "key": "tier", "label": "Tier", "type": "text" });
    let field = admin.post("/api/custom-fields").json(field);
    field.expect(201).await;
    for client in [&admin, &agent] {
        let view = json!({ "resource": "lead", "name": "Mine" });
        client.post("/api/views").json(view).expect(201).await;
    }
    let kinds = ["assignmentRule", "customField", "view"];
    let seen = async |client: &Client<'_>| {
        let mut seen = Vec::new();
        for kind in kinds {
            let entries = actions(client, &format!("resource={kind}")).await;
            seen.push(entries.len());
        }
        seen
    };
    assert_eq!(seen(&admin).await, [1, 1, 2]);
    assert_eq!(seen(&reader).await, [1, 0, 0]);
    assert_eq!(seen(&agent).await, [0, 0, 1], "their own view");
}
