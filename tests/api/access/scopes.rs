//! How far a permission reaches: own, what waits in one's teams, one's teams, everything.

use crm_domain::role::Role;
use crm_testing::{Client, TestApp};
use serde_json::{Value, json};

use super::{member, team};
use crate::auth::refusal;

async fn lead(maker: &Client<'_>, agent: Option<&Client<'_>>, name: &str) -> String {
    let agent = agent.map(|agent| agent.user().id);
    let body = json!({ "name": name, "phone": "+49 30 1234567", "assignedAgent": agent });
    let lead = maker.post("/api/leads").json(body).expect(201).await;
    lead["id"].as_str().unwrap().to_owned()
}

/// The names in each of the ways to list, which must all tell the same.
async fn seen(client: &Client<'_>) -> Vec<String> {
    let list = client
        .get("/api/leads?sort=name&limit=100")
        .expect(200)
        .await;
    let names = |list: &Value| -> Vec<String> {
        let leads = list["leads"].as_array().unwrap();
        leads
            .iter()
            .map(|lead| lead["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let all = names(&list);
    assert_eq!(list["totalLeads"], json!(all.len()));
    let searched = client
        .get("/api/leads?sort=name&search=lead&limit=100")
        .expect(200)
        .await;
    assert_eq!(names(&searched), all);
    let mut by_cursor = Vec::new();
    let mut path = "/api/leads?sort=name&limit=1".to_owned();
    loop {
        let page = client.get(&path).expect(200).await;
        by_cursor.extend(names(&page));
        let Some(cursor) = page["nextCursor"].as_str() else {
            break;
        };
        path = format!("/api/leads?sort=name&limit=1&cursor={cursor}");
    }
    assert_eq!(by_cursor, all);
    all
}

#[tokio::test]
async fn each_role_sees_what_its_reach_takes_in() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let (north, south) = (team(&app, "North").await, team(&app, "South").await);
    let agent = member(&app, Role::Agent, &[north]).await;
    let mate = member(&app, Role::Agent, &[north]).await;
    let stranger = member(&app, Role::Agent, &[south]).await;
    let manager = member(&app, Role::Manager, &[north]).await;
    let of_both = member(&app, Role::Manager, &[north, south]).await;
    let alone = member(&app, Role::Manager, &[]).await;
    let reader = member(&app, Role::ReadOnly, &[]).await;

    lead(&agent, None, "lead a: the agent's, nobody's").await;
    lead(&admin, Some(&agent), "lead b: for the agent").await;
    lead(&mate, None, "lead c: a mate's, nobody's").await;
    lead(&admin, Some(&mate), "lead d: for a mate").await;
    lead(&stranger, None, "lead e: a stranger's, nobody's").await;
    lead(&admin, Some(&stranger), "lead f: for a stranger").await;
    lead(&admin, None, "lead g: the Admin's, nobody's").await;
    let letters = |names: &[String]| -> String {
        names
            .iter()
            .map(|name| name.chars().nth(5).unwrap())
            .collect()
    };
    for (client, expected) in [
        (&agent, "abc"),
        (&mate, "acd"),
        (&stranger, "ef"),
        (&manager, "abcd"),
        (&of_both, "abcdef"),
        (&alone, ""),
        (&reader, "abcdefg"),
        (&admin, "abcdefg"),
    ] {
        assert_eq!(
            letters(&seen(client).await),
            expected,
            "{}",
            client.user().name
        );
    }
}

#[tokio::test]
async fn who_may_only_see_what_waits_does_not_change_it() {
    let app = TestApp::new().await;
    let north = team(&app, "North").await;
    let agent = member(&app, Role::Agent, &[north]).await;
    let mate = member(&app, Role::Agent, &[north]).await;
    let waiting = lead(&mate, None, "lead").await;
    let path = format!("/api/leads/{waiting}");
    agent.get(&path).expect(200).await;
    let before = app.database().fingerprint().await;
    for response in [
        agent
            .patch(&path)
            .json(json!({ "company": "Mine" }))
            .send()
            .await,
        agent.delete(&path).send().await,
        agent.post(&format!("{path}/convert")).send().await,
        agent.post(&format!("{path}/restore")).send().await,
    ] {
        assert_eq!(refusal(&response), (403, "forbidden".to_owned()));
    }
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn a_manager_hands_out_what_is_the_teams_and_nothing_else() {
    let app = TestApp::new().await;
    let (north, south) = (team(&app, "North").await, team(&app, "South").await);
    let manager = member(&app, Role::Manager, &[north]).await;
    let agent = member(&app, Role::Agent, &[north]).await;
    let stranger = member(&app, Role::Agent, &[south]).await;
    let give = |to: &Client<'_>| json!({ "assignedAgent": to.user().id });
    let waiting = format!("/api/leads/{}", lead(&agent, None, "lead").await);
    manager.patch(&waiting).json(give(&agent)).expect(200).await;
    let foreign = format!("/api/leads/{}", lead(&stranger, None, "lead").await);
    let response = manager.patch(&foreign).json(give(&agent)).send().await;
    assert_eq!(refusal(&response), (404, "not-found".to_owned()));
    // Given to another team it is out of sight.
    manager
        .patch(&waiting)
        .json(give(&stranger))
        .expect(200)
        .await;
    manager.get(&waiting).expect(404).await;
}

#[tokio::test]
async fn an_explanation_names_the_rule_and_tells_nothing_of_what_may_not_be_read() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let north = team(&app, "North").await;
    let agent = member(&app, Role::Agent, &[north]).await;
    let mate = member(&app, Role::Agent, &[north]).await;
    let waiting = lead(&mate, None, "lead").await;
    let hidden = lead(&admin, Some(&mate), "lead").await;
    let ask = |what: &str| format!("/api/authz/explain?resource=lead&{what}");

    let why = agent
        .get(&ask(&format!("action=read&id={waiting}")))
        .expect(200)
        .await;
    assert_eq!(
        (&why["isAllowed"], &why["scope"]),
        (&json!(true), &json!("queue"))
    );
    assert_eq!(why["grantedBy"][0]["ruleOf"]["name"], "Agent");
    let why = agent
        .get(&ask(&format!("action=update&id={waiting}")))
        .expect(200)
        .await;
    assert_eq!(why["isAllowed"], false);
    assert_eq!(
        why["reason"],
        "The role Agent grants lead:update as far as own, which does not reach the record."
    );
    let why = agent.get(&ask("action=assign")).expect(200).await;
    assert_eq!(
        (&why["isAllowed"], &why["grantedBy"]),
        (&json!(false), &json!([]))
    );
    agent
        .get(&ask(&format!("action=update&id={hidden}")))
        .expect(404)
        .await;
}

#[tokio::test]
async fn only_who_manages_users_is_told_why_somebody_else_may_do_something() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let agent = app.agent().await;
    let mate = app.agent().await;
    let hidden = lead(&admin, Some(&mate), "lead").await;
    let ask = |what: &str| format!("/api/authz/explain?resource=lead&{what}");
    let about_mate = format!("action=read&user={}", mate.user().id);
    agent.get(&ask(&about_mate)).expect(403).await;
    let why = admin
        .get(&ask(&format!(
            "action=update&id={hidden}&user={}",
            mate.user().id
        )))
        .expect(200)
        .await;
    assert_eq!(why["isAllowed"], true);
    for query in [
        "action=fly",
        "action=read&id=1",
        "action=export-all",
        "action=read&more=1",
    ] {
        agent.get(&ask(query)).expect(400).await;
    }
    agent
        .get("/api/authz/explain?resource=moon&action=read")
        .expect(400)
        .await;
    let listed = agent.get("/api/authz/permissions").expect(200).await;
    assert!(
        listed["permissions"]
            .as_array()
            .unwrap()
            .iter()
            .any(|known| known["permission"] == "lead:read")
    );
}
