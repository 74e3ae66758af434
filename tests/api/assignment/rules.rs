//! Keeping the list.

use crm_domain::ids::UserId;
use crm_domain::role::Role;
use crm_testing::{Client, TestApp};
use poem::http::header;
use serde_json::{Value, json};

use super::{RULES, agents, body, disable, path, rule};
use crate::leads::{NOBODY, errors};

async fn names(client: &Client<'_>) -> Vec<String> {
    let list = client.get(RULES).expect(200).await;
    let rules = list["assignmentRules"]
        .as_array()
        .unwrap()
        .iter()
        .enumerate();
    rules
        .map(|(index, rule)| {
            assert_eq!(rule["position"], index + 1, "places have no gaps");
            rule["name"].as_str().unwrap().to_owned()
        })
        .collect()
}

#[tokio::test]
async fn a_rule_is_shown_as_it_was_made() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let [first, second] = agents(&app).await;
    let conditions = json!({
        "sources": ["Website", "Messe"], "tags": ["VIP"], "statuses": ["New"],
        "emailDomains": ["Bücher.example"], "companyContains": "acme",
    });
    let new = body(
        &[second, first],
        json!({ "name": " Big ones ", "conditions": conditions }),
    );
    let made = admin.post(RULES).json(new).send().await;
    let rule = made.expect(201);
    let now = "2026-01-02T12:00:00Z";
    let expected = json!({
        "id": rule["id"], "name": "Big ones", "position": 1, "isActive": true, "strategy": "roundRobin",
        "conditions": {
            "sources": ["Website", "Messe"], "tags": ["VIP"], "statuses": ["New"],
            "emailDomains": ["xn--bcher-kva.example"], "companyContains": "acme",
        },
        "users": [second, first], "team": null, "version": 1, "createdAt": now, "updatedAt": now,
    });
    assert_eq!(rule, expected);
    assert_eq!(made.header("location"), path(&rule));
    let shown = admin.get(&path(&rule)).send().await;
    assert_eq!((shown.expect(200), shown.header("etag")), (rule, "\"1\""));
}

#[tokio::test]
async fn rules_are_moved_and_deleted_and_the_others_close_up() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let users = agents::<1>(&app).await;
    for name in ["a", "b", "c", "d"] {
        rule(&admin, &users, json!({ "name": name })).await;
    }
    rule(&admin, &users, json!({ "name": "first", "position": 1 })).await;
    let last = rule(&admin, &users, json!({ "name": "last", "position": 100 })).await;
    assert_eq!(names(&admin).await, ["first", "a", "b", "c", "d", "last"]);
    let rules = admin.get(RULES).expect(200).await["assignmentRules"].clone();
    for (moved, to, expected) in [
        (1, 4, ["first", "b", "c", "a", "d", "last"]),
        (1, 4, ["first", "b", "c", "a", "d", "last"]),
        (4, 1, ["d", "first", "b", "c", "a", "last"]),
        (0, 99, ["d", "b", "c", "a", "last", "first"]),
        (0, 2, ["d", "first", "b", "c", "a", "last"]),
    ] {
        let edit = admin
            .patch(&path(&rules[moved]))
            .json(json!({ "position": to }));
        assert_eq!(edit.expect(200).await["name"], rules[moved]["name"]);
        assert_eq!(names(&admin).await, expected);
    }
    // To be moved past is no change: only their own moves counted.
    let versions = admin.get(RULES).expect(200).await;
    let versions = versions["assignmentRules"].as_array().unwrap().iter();
    let versions: Vec<_> = versions
        .map(|rule| rule["version"].as_i64().unwrap())
        .collect();
    assert_eq!(versions, [2, 3, 1, 1, 2, 1]);
    admin.delete(&path(&rules[2])).expect(200).await;
    assert_eq!(names(&admin).await, ["d", "first", "c", "a", "last"]);
    admin.get(&path(&rules[2])).expect(404).await;
    admin.delete(&path(&last)).expect(200).await;
    assert_eq!(names(&admin).await, ["d", "first", "c", "a"]);
}

#[tokio::test]
async fn a_change_counts_a_version_and_stands_in_the_log() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let [one, two] = agents(&app).await;
    let made = rule(&admin, &[one], json!({})).await;
    let edit = json!({ "name": "New", "isActive": false, "strategy": "fixed", "users": [two],
        "conditions": { "tags": ["VIP"] } });
    let seen = admin.patch(&path(&made)).header(header::IF_MATCH, "\"1\"");
    let changed = seen.json(edit.clone()).send().await;
    assert_eq!(changed.expect(200)["version"], 2);
    assert_eq!(changed.header("etag"), "\"2\"");
    let same = admin
        .patch(&path(&made))
        .json(edit.clone())
        .expect(200)
        .await;
    assert_eq!(same["version"], 2, "nothing differs");
    for request in [
        admin.patch(&path(&made)).json(edit),
        admin.delete(&path(&made)),
    ] {
        let stale = request.header(header::IF_MATCH, "\"1\"").expect(412).await;
        assert_eq!(
            (&stale["code"], &stale["current"]),
            (&json!("stale"), &same)
        );
    }
    admin.delete(&path(&made)).expect(200).await;
    let id = made["id"].as_str().unwrap();
    let rows =
        "select action, changes from activities where resource = 'assignmentRule' order by ctid";
    let log = app.database().rows(rows).await;
    let actions: Vec<_> = log
        .iter()
        .map(|row| row["action"].as_str().unwrap())
        .collect();
    assert_eq!(
        actions,
        [
            "assignment-rule.created",
            "assignment-rule.edited",
            "assignment-rule.deleted"
        ]
    );
    let edits = json!({
        "name": { "from": "Turns", "to": "New" }, "isActive": { "from": true, "to": false },
        "strategy": { "from": "roundRobin", "to": "fixed" }, "users": { "from": [one], "to": [two] },
        "conditions": {
            "from": { "sources": [], "tags": [], "statuses": [], "emailDomains": [], "companyContains": null },
            "to": { "sources": [], "tags": ["VIP"], "statuses": [], "emailDomains": [], "companyContains": null },
        },
    });
    assert_eq!(log[1]["changes"], edits);
    let events =
        format!("select name, payload from events where resource_id = '{id}' order by position");
    let events = app.database().rows(&events).await;
    assert_eq!(events.len(), 3);
    assert_eq!(
        events[1]["payload"],
        json!({ "assignmentRuleId": id, "changes": edits })
    );
}

#[tokio::test]
async fn users_give_way_to_a_team_and_a_team_that_is_named_is_kept() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let users = agents::<1>(&app).await;
    let made = rule(&admin, &users, json!({})).await;
    let team = admin.post("/api/teams").json(json!({ "name": "North" }));
    let team = team.expect(201).await["id"].clone();
    let edit = admin.patch(&path(&made)).json(json!({ "team": team }));
    let edited = edit.expect(200).await;
    assert_eq!((&edited["users"], &edited["team"]), (&Value::Null, &team));
    let at = format!("/api/teams/{}", team.as_str().unwrap());
    let kept = admin.delete(&at).expect(409).await;
    assert_eq!(kept["code"], "in-use");
    assert!(
        kept["detail"].as_str().unwrap().contains("assignment rule"),
        "{kept}"
    );
    let back = admin.patch(&path(&made)).json(json!({ "users": users }));
    assert_eq!(back.expect(200).await["team"], Value::Null);
    admin.delete(&at).expect(200).await;
}

/// Fields that no rule can have, each with where it is wrong and how.
fn wrong_fields(user: UserId) -> Vec<(Value, (&'static str, &'static str))> {
    let long: Vec<_> = (0..51).map(|number| number.to_string()).collect();
    let mut wrong = wrong_conditions(&long);
    wrong.extend([
        (json!({ "name": " " }), ("#/name", "too-short")),
        (json!({ "name": "n".repeat(101) }), ("#/name", "too-long")),
        (json!({ "position": 0 }), ("#/position", "out-of-range")),
        (json!({ "position": 101 }), ("#/position", "out-of-range")),
        (json!({ "position": -1 }), ("#/position", "out-of-range")),
        (json!({ "position": 1.5 }), ("#/position", "wrong-type")),
        (json!({ "isActive": "yes" }), ("#/isActive", "wrong-type")),
        (
            json!({ "strategy": "random" }),
            ("#/strategy", "not-one-of"),
        ),
        (json!({ "users": [] }), ("#/users", "required")),
        (
            json!({ "users": [user, NOBODY] }),
            ("#/users/1", "not-found"),
        ),
        (json!({ "users": [user, user] }), ("#/users/1", "duplicate")),
        (json!({ "users": ["me"] }), ("#/users/0", "wrong-type")),
        (
            json!({ "users": vec![NOBODY; 201] }),
            ("#/users", "too-many"),
        ),
        (
            json!({ "users": [user], "team": NOBODY }),
            ("#/team", "not-allowed"),
        ),
        (
            json!({ "users": null, "team": NOBODY }),
            ("#/team", "not-found"),
        ),
        (json!({ "id": NOBODY }), ("#/id", "unknown-field")),
    ]);
    wrong
}

fn wrong_conditions(long: &[String]) -> Vec<(Value, (&'static str, &'static str))> {
    vec![
        (
            json!({ "conditions": { "sources": [""] } }),
            ("#/conditions/sources/0", "too-short"),
        ),
        (
            json!({ "conditions": { "sources": long } }),
            ("#/conditions/sources", "too-many"),
        ),
        (
            json!({ "conditions": { "tags": ["a", "t".repeat(31)] } }),
            ("#/conditions/tags/1", "too-long"),
        ),
        (
            json!({ "conditions": { "statuses": ["Lost"] } }),
            ("#/conditions/statuses/0", "not-one-of"),
        ),
        (
            json!({ "conditions": { "emailDomains": ["a@b.org"] } }),
            ("#/conditions/emailDomains/0", "not-a-domain"),
        ),
        (
            json!({ "conditions": { "emailDomains": ["localhost"] } }),
            ("#/conditions/emailDomains/0", "not-a-domain"),
        ),
        (
            json!({ "conditions": { "companyContains": "" } }),
            ("#/conditions/companyContains", "too-short"),
        ),
        (
            json!({ "conditions": { "phone": "1" } }),
            ("#/conditions/phone", "unknown-field"),
        ),
    ]
}

#[tokio::test]
async fn what_no_rule_can_say_is_refused() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let [user, disabled] = agents(&app).await;
    disable(&app, disabled).await;
    let made = rule(&admin, &[disabled, user], json!({})).await;
    let before = app.database().fingerprint().await;
    for (wrong, fault) in wrong_fields(user) {
        let shown = wrong.to_string();
        for request in [
            admin.post(RULES).json(body(&[user], wrong.clone())),
            admin.patch(&path(&made)).json(wrong),
        ] {
            let problem = request.expect(400).await;
            assert_eq!(errors(&problem), [fault], "{shown}");
        }
    }
    let nobody = json!({ "name": "Nobody", "strategy": "fixed" });
    let problem = admin.post(RULES).json(nobody).expect(400).await;
    assert_eq!(errors(&problem), [("#/users", "required")]);
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn there_are_at_most_a_hundred() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let users = agents::<1>(&app).await;
    for _ in 0..100 {
        rule(&admin, &users, json!({})).await;
    }
    let one_more = admin.post(RULES).json(body(&users, json!({})));
    assert_eq!(one_more.expect(409).await["code"], "too-many");
}

/// The lists of old and new places never overlap, however many move at once.
#[tokio::test]
async fn rules_that_are_moved_at_once_leave_a_list_without_gaps() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let users = agents::<1>(&app).await;
    let mut rules = Vec::new();
    for number in 0..8 {
        rules.push(rule(&admin, &users, json!({ "name": format!("rule {number}") })).await);
    }
    let moves = rules.iter().rev().zip(1..).map(|(rule, to)| {
        admin
            .patch(&path(rule))
            .json(json!({ "position": to }))
            .expect(200)
    });
    let (_, made) = tokio::join!(
        futures_util::future::join_all(moves),
        rule(&admin, &users, json!({ "name": "new", "position": 3 })),
    );
    let names = names(&admin).await;
    assert_eq!(names.len(), 9);
    assert!(names.contains(&made["name"].as_str().unwrap().to_owned()));
}

#[tokio::test]
async fn managers_and_those_who_only_look_see_rules_and_change_none() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let users = agents::<1>(&app).await;
    let made = rule(&admin, &users, json!({})).await;
    for role in [Role::Manager, Role::ReadOnly] {
        let client = app.as_role(role).await;
        assert_eq!(client.get(&path(&made)).expect(200).await, made);
        assert_eq!(names(&client).await, ["Turns"]);
        let preview = client.post(&format!("{RULES}/preview")).json(json!({}));
        assert_eq!(preview.expect(200).await["rule"]["id"], made["id"]);
        client
            .post(RULES)
            .json(body(&users, json!({})))
            .expect(403)
            .await;
        client
            .patch(&path(&made))
            .json(json!({ "name": "x" }))
            .expect(403)
            .await;
        client.delete(&path(&made)).expect(403).await;
    }
    let agent = app.agent().await;
    agent.get(RULES).expect(403).await;
    agent.get(&path(&made)).expect(403).await;
    assert_eq!(admin.get(&path(&made)).expect(200).await, made);
}
