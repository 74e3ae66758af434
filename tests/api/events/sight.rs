//! Who is told of which events.

use crm_domain::role::Role;
use crm_testing::app::PASSWORD;
use crm_testing::{Client, TestApp};
use serde_json::{Value, json};

use super::{all, behind, events, of, part, settled};
use crate::access::{member, team, who_may};
use crate::leads::{make, path};

async fn seen(app: &TestApp, client: &Client<'_>, record: &Value) -> Vec<String> {
    of(&all(app, client, "", 100).await, record)
}

#[tokio::test]
async fn each_is_told_what_happens_to_the_records_that_they_may_read_whoever_does_it() {
    let app = TestApp::new().await;
    let north = team(&app, "North").await;
    let agent = member(&app, Role::Agent, &[north]).await;
    let mate = member(&app, Role::Agent, &[north]).await;
    let manager = member(&app, Role::Manager, &[north]).await;
    let stranger = app.agent().await;
    let (reader, admin) = (app.as_role(Role::ReadOnly).await, app.admin().await);
    let lead = make(&agent, json!({ "assignedAgent": agent.user().id })).await;
    let edit = json!({ "company": "Acme" });
    admin.patch(&path(&lead)).json(edit).expect(200).await;
    for (name, client) in [
        ("agent", &agent),
        ("manager", &manager),
        ("reader", &reader),
        ("admin", &admin),
    ] {
        let told = seen(&app, client, &lead).await;
        assert_eq!(told, ["lead.created", "lead.edited"], "{name}");
    }
    assert!(seen(&app, &mate, &lead).await.is_empty());
    assert!(seen(&app, &stranger, &lead).await.is_empty());
    // What counts is who may read the record today.
    let to = json!({ "assignedAgent": stranger.user().id });
    admin.patch(&path(&lead)).json(to).expect(200).await;
    assert!(seen(&app, &agent, &lead).await.is_empty());
    assert_eq!(seen(&app, &stranger, &lead).await.len(), 3);
}

#[tokio::test]
async fn how_users_sign_in_is_told_to_those_who_manage_them_and_to_themselves() {
    let app = TestApp::new().await;
    let north = team(&app, "North").await;
    let agent = member(&app, Role::Agent, &[north]).await;
    let manager = member(&app, Role::Manager, &[north]).await;
    let admin = app.admin().await;
    let user = json!({ "id": agent.user().id });
    let starts = |told: Vec<String>| {
        told.iter()
            .filter(|name| *name == "session.started")
            .count()
    };
    assert_eq!(starts(seen(&app, &admin, &user).await), 1);
    assert_eq!(starts(seen(&app, &agent, &user).await), 1, "their own act");
    let told = seen(&app, &manager, &user).await;
    assert_eq!(starts(told), 0);
}

/// What the feed shows of kinds without a timeline is what the log shows.
#[tokio::test]
async fn of_users_teams_and_roles_one_is_told_what_the_activity_log_shows() {
    let app = TestApp::new().await;
    let north = team(&app, "North").await;
    let manager = member(&app, Role::Manager, &[north]).await;
    let (reader, admin) = (app.as_role(Role::ReadOnly).await, app.admin().await);
    let body = json!({ "name": "South" });
    let south = admin.post("/api/teams").json(body).expect(201).await;
    let edit = json!({ "name": "Grace" });
    let user = format!("/api/users/{}", manager.user().id);
    admin.patch(&user).json(edit).expect(200).await;
    for (name, client) in [
        ("manager", &manager),
        ("reader", &reader),
        ("admin", &admin),
    ] {
        for (resource, record) in [
            ("team", south.clone()),
            ("user", json!({ "id": manager.user().id })),
        ] {
            let id = record["id"].as_str().unwrap();
            let log = format!("/api/activities?limit=100&resource={resource}&resourceId={id}");
            let log = client.get(&log).expect(200).await;
            let entries = log["activities"].as_array().unwrap().iter();
            let mut logged: Vec<_> = entries
                .map(|entry| entry["action"].as_str().unwrap().to_owned())
                .collect();
            let mut told = seen(&app, client, &record).await;
            told.sort();
            logged.sort();
            assert_eq!(told, logged, "{name} of {resource}");
        }
    }
    // A manager reads teams, but the act was an Admin's, who is in none of theirs.
    assert!(seen(&app, &manager, &south).await.is_empty());
    assert_eq!(seen(&app, &reader, &south).await, ["team.created"]);
}

/// An import or an export is in no timeline: it is the act of whoever began it.
#[tokio::test]
async fn what_others_took_out_is_not_told_to_who_sees_their_own_acts_only() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let grants = [
        ("lead:read", "all"),
        ("lead:export", "all"),
        ("activity:read", "own"),
    ];
    let own = who_may(&app, &admin, &grants).await;
    let other = who_may(&app, &admin, &grants).await;
    let lead = make(&admin, json!({})).await;
    let file = own.get("/api/leads/export").send().await;
    assert_eq!(file.status.as_u16(), 200);
    for (client, expected) in [(&own, 2), (&admin, 2), (&other, 0)] {
        let found = all(&app, client, "", 100).await;
        assert_eq!(of(&found, &lead), ["lead.created"]);
        let is_export = |event: &&Value| event["type"].as_str().unwrap().starts_with("lead.export");
        assert_eq!(found.iter().filter(is_export).count(), expected);
    }
}

#[tokio::test]
async fn a_program_is_told_of_what_its_key_lets_it_read() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let issue = async |scopes: Value| {
        let body = json!({ "name": "Sync", "scopes": scopes, "password": PASSWORD });
        let issued = admin.post("/api/api-keys").json(body).expect(201).await;
        issued["token"].as_str().unwrap().to_owned()
    };
    let narrow = issue(json!(["lead:read", "activity:read"])).await;
    let blind = issue(json!(["lead:read"])).await;
    let lead = make(&admin, json!({})).await;
    let task = json!({ "title": "Call" });
    admin.post("/api/tasks").json(task).expect(201).await;
    let program = app.anonymous().with_token(&narrow);
    let found = all(&app, &program, "", 100).await;
    assert_eq!(of(&found, &lead), ["lead.created"]);
    assert!(
        found.iter().all(|event| event["resource"] == "lead"),
        "{found:?}"
    );
    let blind = app.anonymous().with_token(&blind);
    assert_eq!(
        blind.get("/api/events").expect(403).await["code"],
        "forbidden"
    );
}

/// Who may see one event of thousands neither waits for all of them to be looked at, nor is told an end where there is none.
#[tokio::test]
async fn behind_thousands_of_events_of_others_one_comes_to_ones_own() {
    let app = TestApp::new().await;
    let (agent, admin) = (app.agent().await, app.admin().await);
    let others = make(&admin, json!({ "assignedAgent": admin.user().id })).await;
    let fill = format!(
        "with ids as (select gen_random_uuid() as id from generate_series(1, 4500)),
              log as (insert into activities (id, at, actor_id, action, resource, resource_id, changes)
                      select id, now(), '{}', 'lead.edited', 'lead', '{}', '{{}}' from ids returning id)
         insert into events (id, name, version, resource, resource_id, payload, at)
         select id, 'lead.edited', 1, 'lead', '{1}', '{{}}', now() from log",
        admin.user().id,
        others["id"].as_str().unwrap(),
    );
    app.database().execute(&fill).await;
    let own = make(&agent, json!({})).await;
    settled(&app).await;
    let mut now = part(&agent, "limit=100&types=lead.created&types=lead.edited").await;
    let mut parts = 1;
    while now["isComplete"] == json!(false) {
        assert!(events(&now).is_empty());
        now = part(&agent, &behind(&now)).await;
        parts += 1;
    }
    assert_eq!(of(&events(&now), &own), ["lead.created"]);
    assert_eq!(parts, 3);
    assert_eq!(seen(&app, &admin, &others).await.len(), 4_501);
}
