//! Changing leads.

use chrono::TimeDelta;
use crm_testing::TestApp;
use serde_json::{Value, json};

use super::{NOBODY, body, disable, errors, id, make, path, trail};

#[tokio::test]
async fn an_absent_field_stays_null_clears_it_and_a_value_sets_it() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let user = admin.user().id.to_string();
    let full = json!({
        "emailId": "one@example.org", "phone": "123 456", "company": "ACME", "source": "Website",
        "assignedAgent": user, "tags": ["VIP"],
    });
    let lead = make(&admin, full.clone()).await;
    let path = path(&lead);
    let values = json!({
        "emailId": "two@example.org", "phone": "654 321", "company": "Initech", "source": "Radio", "tags": ["Hot", "New"],
    });
    for (field, before) in full.as_object().unwrap() {
        let edit = |edit: Value| admin.patch(&path).json(edit).expect(200);
        let cleared = edit(json!({ field: null })).await;
        let empty = if field == "tags" {
            json!([])
        } else {
            Value::Null
        };
        let others = |lead: &Value| {
            let mut lead = lead.clone();
            for changed in [field.as_str(), "version", "assignedAt"] {
                lead.as_object_mut().unwrap().remove(changed);
            }
            lead
        };
        assert_eq!(cleared[field], empty);
        assert_eq!(others(&cleared), others(&lead), "only {field} is cleared");
        let value = values.get(field).unwrap_or(before);
        let set = edit(json!({ field: value })).await;
        assert_eq!(others(&set), others(&lead), "only {field} is set");
        let shown = if field == "assignedAgent" {
            &set[field]["id"]
        } else {
            &set[field]
        };
        assert_eq!(shown, value);
        let _ = edit(json!({ field: before })).await;
    }
}

#[tokio::test]
async fn a_name_and_a_status_cannot_be_cleared() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let lead = make(&admin, json!({})).await;
    for field in ["name", "status"] {
        let problem = admin
            .patch(&path(&lead))
            .json(json!({ field: null }))
            .expect(400)
            .await;
        assert_eq!(
            errors(&problem),
            [(format!("#/{field}").as_str(), "required")]
        );
    }
    assert_eq!(admin.get(&path(&lead)).expect(200).await, lead);
}

#[tokio::test]
async fn the_last_way_to_reach_a_lead_cannot_be_cleared_but_changed_for_another() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let lead = make(&admin, json!({})).await;
    let path = path(&lead);
    let problem = admin
        .patch(&path)
        .json(json!({ "emailId": null }))
        .expect(400)
        .await;
    assert_eq!(errors(&problem), [("#/emailId", "required")]);
    let swap = json!({ "emailId": null, "phone": "123 456" });
    let lead = admin.patch(&path).json(swap).expect(200).await;
    assert_eq!(
        (&lead["emailId"], &lead["phone"]),
        (&Value::Null, &json!("123 456"))
    );
    let problem = admin
        .patch(&path)
        .json(json!({ "phone": null }))
        .expect(400)
        .await;
    assert_eq!(errors(&problem), [("#/emailId", "required")]);
}

#[tokio::test]
async fn every_wrong_field_of_a_change_is_named_at_once() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let lead = make(&admin, json!({})).await;
    let edit =
        json!({ "name": "", "emailId": "x", "phone": "x", "tags": [""], "unqualifiedNote": " " });
    let problem = admin.patch(&path(&lead)).json(edit).expect(400).await;
    let mut found = errors(&problem);
    found.sort_unstable();
    let expected = [
        ("#/emailId", "not-an-email"),
        ("#/name", "too-short"),
        ("#/phone", "not-a-phone"),
        ("#/tags/0", "too-short"),
        ("#/unqualifiedNote", "too-short"),
    ];
    assert_eq!(found, expected);
}

#[tokio::test]
async fn a_change_that_changes_nothing_writes_nothing() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let lead = make(&admin, json!({ "company": "ACME", "tags": ["VIP"] })).await;
    let before = app.database().fingerprint().await;
    app.clock.advance(TimeDelta::seconds(5));
    for edit in [
        json!({}),
        json!({ "name": lead["name"], "company": " ACME ", "tags": ["VIP", "vip"], "phone": null }),
        json!({ "status": "New" }),
        json!({ "assignedAgent": null }),
        json!({ "unqualifiedReason": null, "unqualifiedNote": null }),
    ] {
        let answer = admin.patch(&path(&lead)).json(edit).send().await;
        assert_eq!(answer.expect(200), lead);
        assert_eq!(answer.header("etag"), "\"1\"");
    }
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn every_change_raises_the_version_and_tells_when() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let lead = make(&admin, json!({})).await;
    for version in 2..5 {
        app.clock.advance(TimeDelta::seconds(1));
        let edit = json!({ "company": format!("ACME {version}") });
        let answer = admin.patch(&path(&lead)).json(edit).send().await;
        let changed = answer.expect(200);
        assert_eq!(changed["version"], version);
        assert_eq!(answer.header("etag"), format!("\"{version}\""));
        assert_eq!(
            changed["updatedAt"],
            format!("2026-01-02T12:00:0{}Z", version - 1)
        );
        assert_eq!(changed["createdAt"], lead["createdAt"]);
        assert_eq!(admin.get(&path(&lead)).expect(200).await, changed);
    }
}

#[tokio::test]
async fn a_lead_that_was_nobodys_tells_since_when_it_is_somebodys() {
    let app = TestApp::new().await;
    let (admin, one, other) = (app.admin().await, app.agent().await, app.agent().await);
    let path = path(&make(&admin, json!({ "status": "Contacted" })).await);
    let give = async |to: Value| {
        app.clock.advance(TimeDelta::seconds(10));
        let lead = admin
            .patch(&path)
            .json(json!({ "assignedAgent": to }))
            .expect(200)
            .await;
        assert_eq!(lead["status"], "Contacted");
        lead["assignedAt"].clone()
    };
    let (one, other) = (
        json!(one.user().id.to_string()),
        json!(other.user().id.to_string()),
    );
    assert_eq!(give(one.clone()).await, "2026-01-02T12:00:10Z");
    assert_eq!(
        give(other).await,
        "2026-01-02T12:00:10Z",
        "it was somebody's before"
    );
    assert_eq!(give(Value::Null).await, Value::Null);
    assert_eq!(give(one).await, "2026-01-02T12:00:40Z");
}

#[tokio::test]
async fn an_agent_takes_a_lead_but_gives_none_away() {
    let app = TestApp::new().await;
    let (agent, other) = (app.agent().await, app.agent().await);
    let path = path(&make(&agent, json!({})).await);
    let take = json!({ "assignedAgent": agent.user().id.to_string() });
    let taken = agent.patch(&path).json(take.clone()).expect(200).await;
    let before = app.database().fingerprint().await;
    for to in [
        json!(other.user().id.to_string()),
        json!(NOBODY),
        Value::Null,
    ] {
        let give = json!({ "assignedAgent": to, "company": "ACME" });
        let problem = agent.patch(&path).json(give).expect(403).await;
        assert_eq!(problem["detail"], "lead:assign is not granted");
    }
    assert_eq!(agent.patch(&path).json(take).expect(200).await, taken);
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn a_lead_is_given_to_active_users_only_but_stays_with_one_who_is_no_longer() {
    let app = TestApp::new().await;
    let (admin, gone, other) = (app.admin().await, app.agent().await, app.agent().await);
    let lead = make(
        &admin,
        json!({ "assignedAgent": gone.user().id.to_string() }),
    )
    .await;
    disable(&app, &gone).await;
    disable(&app, &other).await;
    for to in [NOBODY, &other.user().id.to_string()] {
        let problem = admin
            .patch(&path(&lead))
            .json(json!({ "assignedAgent": to }))
            .expect(400)
            .await;
        assert_eq!(errors(&problem), [("#/assignedAgent", "not-found")]);
    }
    let edit = json!({ "company": "ACME", "assignedAgent": gone.user().id.to_string() });
    let changed = admin.patch(&path(&lead)).json(edit).expect(200).await;
    assert_eq!(changed["assignedAgent"], lead["assignedAgent"]);
}

#[tokio::test]
async fn a_change_leaves_one_activity_with_what_it_changed_and_one_event() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let lead = make(&admin, json!({ "company": "ACME" })).await;
    let user = admin.user().id.to_string();
    let edit = json!({ "company": null, "assignedAgent": user, "name": lead["name"], "status": "Contacted" });
    let answer = admin.patch(&path(&lead)).json(edit).send().await;
    let _ = answer.expect(200);
    let trail = trail(&app, &admin, &answer, &lead).await;
    let changes = json!({
        "company": { "from": "ACME", "to": null },
        "assignedAgent": { "from": null, "to": user },
        "status": { "from": "New", "to": "Contacted" },
    });
    let activity =
        json!({ "action": "lead.edited", "resource": "lead", "id": id(&lead), "changes": changes });
    assert_eq!(trail.activities, [activity]);
    let payload = json!({ "leadId": id(&lead), "changes": changes });
    let event = json!({
        "name": "lead.edited", "version": 1, "resource": "lead", "resource_id": id(&lead), "payload": payload,
    });
    assert_eq!(trail.events, [event]);
}

#[tokio::test]
async fn what_is_searched_and_compared_follows_a_change() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let lead = make(&admin, json!({ "name": "Before", "tags": ["Old"] })).await;
    let edit = json!({ "name": "After", "emailId": "after@example.org", "tags": ["Fresh"] });
    let _ = admin.patch(&path(&lead)).json(edit).expect(200).await;
    let total = async |query: &str| {
        let list = admin.get(&format!("/api/leads?{query}")).expect(200).await;
        list["totalLeads"].as_i64().unwrap()
    };
    assert_eq!(
        (total("search=before").await, total("search=after").await),
        (0, 1)
    );
    assert_eq!((total("tag=old").await, total("tag=fresh").await), (0, 1));
    let twin = body(json!({ "emailId": "after@example.org" }));
    let _ = admin.post("/api/leads").json(twin).expect(409).await;
    let _ = make(&admin, json!({ "emailId": lead["emailId"] })).await;
}
