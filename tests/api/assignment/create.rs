//! What becomes of a new lead.

use crm_app::event::HookError;
use crm_domain::event::LeadCreated;
use crm_domain::role::Role;
use crm_testing::TestApp;
use serde_json::json;

use super::{RULES, agent, agents, disable, given, path, rule};
use crate::leads;

#[tokio::test]
async fn users_take_turns_and_whoever_is_named_gets_it_out_of_turn() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let [a, b, c, named] = agents(&app).await;
    assert_eq!(given(&admin, json!({})).await, None, "no rule, nobody");
    rule(&admin, &[b, a, c], json!({})).await;
    assert_eq!(given(&admin, json!({})).await, Some(b));
    assert_eq!(
        given(&admin, json!({ "assignedAgent": null })).await,
        Some(a)
    );
    assert_eq!(
        given(&admin, json!({ "assignedAgent": named })).await,
        Some(named)
    );
    assert_eq!(given(&admin, json!({})).await, Some(c));
    let lead = leads::make(&admin, json!({})).await;
    assert_eq!(agent(&lead), Some(b));
    assert_eq!(lead["assignedAt"], lead["createdAt"]);
    assert_eq!(lead["version"], 1);
    assert_eq!(admin.get(&leads::path(&lead)).expect(200).await, lead);
}

#[tokio::test]
async fn who_is_disabled_is_passed_over_until_they_are_enabled() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let [a, b, c] = agents(&app).await;
    rule(&admin, &[a, b, c], json!({})).await;
    disable(&app, b).await;
    let mut turns = Vec::new();
    for _ in 0..3 {
        turns.push(given(&admin, json!({})).await.unwrap());
    }
    assert_eq!(turns, [a, c, a]);
    app.crm.users().enable(&super::SYSTEM, b).await.unwrap();
    assert_eq!(given(&admin, json!({})).await, Some(b));
}

#[tokio::test]
async fn the_first_rule_that_holds_and_has_somebody_gives_it() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let [web, vip, gone, rest] = agents(&app).await;
    let off = json!({ "name": "Off", "isActive": false });
    rule(&admin, &[rest], off).await;
    rule(
        &admin,
        &[web],
        json!({ "conditions": { "sources": ["Website"], "statuses": ["New"] } }),
    )
    .await;
    rule(
        &admin,
        &[gone],
        json!({ "conditions": { "tags": ["vip"] } }),
    )
    .await;
    rule(&admin, &[vip], json!({ "conditions": { "tags": ["VIP"] } })).await;
    let last = json!({ "strategy": "fixed", "conditions": { "companyContains": "acme", "emailDomains": ["example.org"] } });
    rule(&admin, &[gone, rest], last).await;
    disable(&app, gone).await;
    for (new, expected) in [
        (json!({ "source": "website" }), Some(web)),
        (json!({ "source": "Website", "status": "Qualified" }), None),
        (json!({ "source": "Website", "tags": ["VIP"] }), Some(web)),
        (json!({ "tags": ["Other", "Vip"] }), Some(vip)),
        (json!({ "company": "The ACME Inc." }), Some(rest)),
        (json!({ "company": "Globex" }), None),
    ] {
        let preview = admin.post(&format!("{RULES}/preview"));
        let mut traits = new.clone();
        traits["emailId"] = json!("ada@example.org");
        let preview = preview.json(traits).expect(200).await;
        assert_eq!(agent(&preview), expected, "{new}: {preview}");
        assert_eq!(given(&admin, new.clone()).await, expected, "{new}");
    }
}

#[tokio::test]
async fn a_team_takes_turns_as_its_members_come_and_go() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let mut members: [_; 3] = agents(&app).await;
    // In the order of their ids, as members of a team take turns.
    members.sort_unstable();
    let [a, b, c] = members;
    let team = admin.post("/api/teams").json(json!({ "name": "North" }));
    let team = team.expect(201).await["id"].clone();
    let made = json!({ "name": "Team", "strategy": "roundRobin", "team": team });
    admin.post(RULES).json(made).expect(201).await;
    assert_eq!(given(&admin, json!({})).await, None, "nobody is in it");
    for user in [a, b] {
        let edit = admin.patch(&format!("/api/users/{user}"));
        edit.json(json!({ "teams": [team] })).expect(200).await;
    }
    assert_eq!(given(&admin, json!({})).await, Some(a));
    let joins = admin.patch(&format!("/api/users/{c}"));
    joins.json(json!({ "teams": [team] })).expect(200).await;
    for expected in [b, c, a] {
        assert_eq!(given(&admin, json!({})).await, Some(expected));
    }
}

#[tokio::test]
async fn who_has_the_fewest_open_leads_gets_the_next() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let [a, b, c] = agents(&app).await;
    for (user, status) in [
        (a, "New"),
        (a, "Qualified"),
        (b, "Contacted"),
        (c, "Nurturing"),
    ] {
        given(&admin, json!({ "assignedAgent": user, "status": status })).await;
    }
    // Neither what is archived nor what is over counts.
    let archived = leads::make(&admin, json!({ "assignedAgent": c })).await;
    admin.delete(&leads::path(&archived)).expect(200).await;
    let over = leads::make(&admin, json!({ "assignedAgent": c })).await;
    let edit = json!({ "status": "Unqualified", "unqualifiedReason": "Spam" });
    admin
        .patch(&leads::path(&over))
        .json(edit)
        .expect(200)
        .await;
    rule(&admin, &[a, b, c], json!({ "strategy": "leastOpen" })).await;
    // a has two, b and c one each; whoever is in turn comes first among equals.
    for expected in [b, c, a, b, c, a] {
        assert_eq!(given(&admin, json!({})).await, Some(expected));
    }
    let preview = admin.post(&format!("{RULES}/preview")).json(json!({}));
    assert_eq!(preview.expect(200).await["reason"], "fewest open leads: 3");
}

#[tokio::test]
async fn the_log_says_which_rule_and_why() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let [user] = agents(&app).await;
    let made = rule(&admin, &[user], json!({ "name": "Everybody" })).await;
    let answer = admin
        .post("/api/leads")
        .json(leads::body(json!({})))
        .send()
        .await;
    let lead = answer.expect(201);
    let trail = leads::trail(&app, &admin, &answer, &lead).await;
    let actions: Vec<_> = trail.activities.iter().map(|row| &row["action"]).collect();
    assert_eq!(actions, ["lead.created", "lead.assigned"]);
    assert_eq!(
        trail.activities[0]["changes"]["assignedAgent"],
        json!({ "from": null, "to": user })
    );
    let why = json!({ "id": made["id"], "name": "Everybody", "strategy": "roundRobin", "reason": "next in turn" });
    let changes = json!({ "assignmentRule": { "from": null, "to": why } });
    assert_eq!(trail.activities[1]["changes"], changes);
    let payload = json!({
        "leadId": lead["id"], "assignedAgent": user, "ruleId": made["id"], "ruleName": "Everybody",
        "strategy": "roundRobin", "reason": "next in turn", "changes": changes,
    });
    assert_eq!(trail.events[1]["payload"], payload);
}

#[tokio::test]
async fn whoever_makes_a_lead_is_answered_though_it_goes_to_somebody_else() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let maker = app.agent().await;
    let [user] = agents(&app).await;
    rule(&admin, &[user], json!({})).await;
    let lead = leads::make(&maker, json!({})).await;
    assert_eq!(agent(&lead), Some(user));
    assert_eq!(lead["createdBy"], maker.user().id.to_string());
    maker.get(&leads::path(&lead)).expect(404).await;
    let named = leads::body(json!({ "assignedAgent": user }));
    maker.post("/api/leads").json(named).expect(403).await;
}

#[tokio::test]
async fn a_lead_that_is_not_made_uses_up_no_turn() {
    let app = TestApp::with(|builder| {
        builder.before_commit::<LeadCreated, _>("no-spam", |event, _| {
            let name = event.changes.get("name").map(|(_, name)| name.clone());
            Box::pin(async move {
                match name {
                    Some(name) if name == "Spam" => Err(HookError::Veto {
                        code: "spam".into(),
                        message: "no".into(),
                    }),
                    _ => Ok(()),
                }
            })
        })
    })
    .await;
    let admin = app.admin().await;
    let [a, b] = agents(&app).await;
    rule(&admin, &[a, b], json!({})).await;
    let first = leads::make(&admin, json!({})).await;
    assert_eq!(agent(&first), Some(a));
    let spam = leads::body(json!({ "name": "Spam" }));
    admin.post("/api/leads").json(spam).expect(422).await;
    let twice = leads::body(json!({ "emailId": first["emailId"] }));
    admin.post("/api/leads").json(twice).expect(409).await;
    assert_eq!(given(&admin, json!({})).await, Some(b));
}

#[tokio::test]
async fn a_preview_tells_all_and_writes_nothing() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let [a, b] = agents(&app).await;
    let preview = || {
        admin
            .post(&format!("{RULES}/preview"))
            .json(json!({ "source": "Web" }))
    };
    let nobody = json!({ "rule": null, "strategy": null, "assignedAgent": null, "reason": null });
    assert_eq!(preview().expect(200).await, nobody);
    let made = rule(
        &admin,
        &[a, b],
        json!({ "conditions": { "sources": ["web"] } }),
    )
    .await;
    let before = app.database().fingerprint().await;
    for _ in 0..2 {
        let told = preview().expect(200).await;
        assert_eq!(agent(&told), Some(a));
        assert_eq!(told["rule"], json!({ "id": made["id"], "name": "Turns" }));
        assert_eq!(
            (&told["strategy"], &told["reason"]),
            (&json!("roundRobin"), &json!("next in turn"))
        );
    }
    for (wrong, fault) in [
        (json!({ "emailId": "Ada" }), ("#/emailId", "not-an-email")),
        (json!({ "tags": vec!["t"; 21] }), ("#/tags", "too-many")),
        (json!({ "status": "Lost" }), ("#/status", "not-one-of")),
        (json!({ "name": "Ada" }), ("#/name", "unknown-field")),
    ] {
        let problem = admin.post(&format!("{RULES}/preview")).json(wrong);
        assert_eq!(leads::errors(&problem.expect(400).await), [fault]);
    }
    assert_eq!(app.database().fingerprint().await, before);
    admin.delete(&path(&made)).expect(200).await;
    assert_eq!(preview().expect(200).await, nobody);
    let agent = app.as_role(Role::Agent).await;
    agent
        .post(&format!("{RULES}/preview"))
        .json(json!({}))
        .expect(403)
        .await;
}
