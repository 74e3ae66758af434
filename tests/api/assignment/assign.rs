//! Giving a lead that is there.

use crm_domain::role::Role;
use crm_testing::TestApp;
use poem::http::header;
use serde_json::{Value, json};

use super::{agent, agents, rule};
use crate::leads::{self, NOBODY, errors};

fn path(lead: &Value) -> String {
    format!("{}/assign", leads::path(lead))
}

#[tokio::test]
async fn a_lead_is_given_to_a_user_to_nobody_and_by_the_rules() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let [named, by_rule] = agents(&app).await;
    let lead = leads::make(&admin, json!({ "source": "Web" })).await;
    let to = |body: Value| admin.post(&path(&lead)).json(body);
    let given = to(json!({ "assignedAgent": named })).send().await;
    assert_eq!(agent(&given.expect(200)), Some(named));
    assert_eq!(given.header("etag"), "\"2\"");
    let nobodys = to(json!({ "assignedAgent": null })).expect(200).await;
    assert_eq!(
        (agent(&nobodys), &nobodys["assignedAt"]),
        (None, &Value::Null)
    );
    let before = app.database().fingerprint().await;
    let none = to(json!({ "byRule": true })).expect(409).await;
    assert_eq!(none["code"], "no-assignment-rule");
    assert_eq!(app.database().fingerprint().await, before);
    let made = rule(
        &admin,
        &[by_rule],
        json!({ "conditions": { "sources": ["Web"] } }),
    )
    .await;
    let answer = to(json!({ "byRule": true })).send().await;
    let given = answer.expect(200);
    assert_eq!(
        (agent(&given), &given["version"]),
        (Some(by_rule), &json!(4))
    );
    let trail = leads::trail(&app, &admin, &answer, &given).await;
    let actions: Vec<_> = trail.activities.iter().map(|row| &row["action"]).collect();
    assert_eq!(actions, ["lead.edited", "lead.assigned"]);
    let changes = json!({ "assignedAgent": { "from": null, "to": by_rule } });
    assert_eq!(trail.activities[0]["changes"], changes);
    assert_eq!(trail.events[1]["payload"]["ruleId"], made["id"]);
    // Once more it is the same user: nothing happens.
    let again = to(json!({ "byRule": true })).expect(200).await;
    assert_eq!(again, given);
    let stale = to(json!({ "byRule": true })).header(header::IF_MATCH, "\"3\"");
    assert_eq!(stale.expect(412).await["current"], given);
    let stale = to(json!({ "assignedAgent": named })).header(header::IF_MATCH, "\"3\"");
    stale.expect(412).await;
}

#[tokio::test]
async fn to_give_leads_takes_a_permission_and_to_take_ones_own_does_not() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let maker = app.agent().await;
    let [other] = agents(&app).await;
    let lead = leads::make(&maker, json!({})).await;
    rule(&admin, &[maker.user().id], json!({})).await;
    let before = app.database().fingerprint().await;
    for body in [json!({ "assignedAgent": other }), json!({ "byRule": true })] {
        maker.post(&path(&lead)).json(body).expect(403).await;
    }
    assert_eq!(app.database().fingerprint().await, before);
    let me = maker.user().id;
    let taken = maker
        .post(&path(&lead))
        .json(json!({ "assignedAgent": me }));
    assert_eq!(agent(&taken.expect(200).await), Some(me));
    let nobody = maker
        .post(&path(&lead))
        .json(json!({ "assignedAgent": null }));
    nobody.expect(403).await;
    let stranger = app.agent().await;
    let me = stranger.user().id;
    for body in [json!({ "assignedAgent": me }), json!({ "byRule": true })] {
        stranger.post(&path(&lead)).json(body).expect(404).await;
    }
    let reader = app.as_role(Role::ReadOnly).await;
    reader
        .post(&path(&lead))
        .json(json!({ "byRule": true }))
        .expect(403)
        .await;
}

#[tokio::test]
async fn what_says_nobody_or_too_much_is_refused() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let [user, disabled] = agents(&app).await;
    super::disable(&app, disabled).await;
    let lead = leads::make(&admin, json!({})).await;
    let before = app.database().fingerprint().await;
    for (body, fault) in [
        (json!({}), ("#/assignedAgent", "required")),
        (json!({ "byRule": false }), ("#/assignedAgent", "required")),
        (
            json!({ "byRule": true, "assignedAgent": user }),
            ("#/byRule", "not-allowed"),
        ),
        (
            json!({ "byRule": true, "assignedAgent": null }),
            ("#/byRule", "not-allowed"),
        ),
        (json!({ "byRule": "yes" }), ("#/byRule", "wrong-type")),
        (
            json!({ "assignedAgent": "me" }),
            ("#/assignedAgent", "wrong-type"),
        ),
        (
            json!({ "assignedAgent": NOBODY }),
            ("#/assignedAgent", "not-found"),
        ),
        (
            json!({ "assignedAgent": disabled }),
            ("#/assignedAgent", "not-found"),
        ),
        (
            json!({ "assignedAgent": user, "status": "New" }),
            ("#/status", "unknown-field"),
        ),
    ] {
        let shown = body.to_string();
        let problem = admin.post(&path(&lead)).json(body).expect(400).await;
        assert_eq!(errors(&problem), [fault], "{shown}");
    }
    assert_eq!(app.database().fingerprint().await, before);
    admin.delete(&leads::path(&lead)).expect(200).await;
    rule(&admin, &[user], json!({})).await;
    let archived = app.database().fingerprint().await;
    for body in [json!({ "assignedAgent": user }), json!({ "byRule": true })] {
        let problem = admin.post(&path(&lead)).json(body).expect(409).await;
        assert_eq!(problem["code"], "archived");
    }
    assert_eq!(app.database().fingerprint().await, archived);
}
