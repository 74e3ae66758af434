//! Converting leads.

use chrono::TimeDelta;
use crm_testing::{Client, TestApp};
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{NOBODY, disable, errors, id, make, make_in, path, trail};

fn convert(lead: &Value) -> String {
    format!("{}/convert", path(lead))
}

/// A user as records show them.
fn user(client: &Client<'_>) -> Value {
    let user = client.user();
    json!({ "id": user.id.to_string(), "name": user.name.as_str(), "emailId": user.email.as_str() })
}

#[tokio::test]
async fn converting_makes_a_customer_of_the_lead() {
    let app = TestApp::new().await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    let lead = make(
        &admin,
        json!({
            "name": "John Smith", "phone": "123 456", "company": "ACME", "source": "Radio", "tags": ["VIP"],
            "assignedAgent": agent.user().id.to_string(),
        }),
    )
    .await;
    app.clock.advance(TimeDelta::seconds(5));
    let answer = admin.post(&convert(&lead)).expect(200).await;
    let now = json!("2026-01-02T12:00:05Z");
    let customer = json!({
        "id": id(&answer["customer"]), "name": "John Smith", "company": "ACME", "emailId": lead["emailId"],
        "phone": "123 456", "noteCount": 0, "tags": ["VIP"], "owner": user(&agent), "originLeadId": id(&lead),
        "mergedInto": null, "isArchived": false, "custom": {},
        "version": 1, "createdBy": admin.user().id.to_string(), "createdAt": now, "updatedAt": now,
    });
    let mut converted = lead.clone();
    for (field, value) in [
        ("status", json!("Converted")),
        ("convertedCustomerId", customer["id"].clone()),
        ("convertedAt", now.clone()),
        ("updatedAt", now),
        ("version", json!(2)),
    ] {
        converted[field] = value;
    }
    let message = answer["message"].clone();
    assert!(message.is_string());
    let expected = json!({
        "message": message, "customer": customer, "lead": converted, "alreadyConverted": false,
    });
    assert_eq!(answer, expected);
    assert_eq!(admin.get(&path(&lead)).expect(200).await, converted);
}

#[tokio::test]
async fn converting_twice_gives_the_same_customer_and_writes_nothing() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let lead = make(&admin, json!({})).await;
    let first = admin.post(&convert(&lead)).expect(200).await;
    let before = app.database().fingerprint().await;
    app.clock.advance(TimeDelta::seconds(5));
    for body in [
        json!({}),
        json!({ "dryRun": false }),
        json!({ "dryRun": true }),
        json!({ "dryRun": null }),
    ] {
        let again = admin.post(&convert(&lead)).json(body).expect(200).await;
        assert_eq!(again["alreadyConverted"], true);
        assert_eq!(
            (&again["customer"], &again["lead"]),
            (&first["customer"], &first["lead"])
        );
    }
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn a_dry_run_answers_the_same_and_writes_nothing() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let lead = make(&agent, json!({ "company": "ACME", "tags": ["VIP"] })).await;
    let before = app.database().fingerprint().await;
    let mut dry = agent
        .post(&convert(&lead))
        .json(json!({ "dryRun": true }))
        .expect(200)
        .await;
    assert_eq!(app.database().fingerprint().await, before);
    assert_eq!(agent.get(&path(&lead)).expect(200).await, lead);
    let mut wet = agent
        .post(&convert(&lead))
        .json(json!({ "dryRun": false }))
        .expect(200)
        .await;
    assert_ne!(app.database().fingerprint().await, before);
    assert_eq!(dry["lead"]["convertedCustomerId"], dry["customer"]["id"]);
    for answer in [&mut dry, &mut wet] {
        // Each makes a customer of its own, and says whether it stays.
        answer["message"] = Value::Null;
        answer["customer"]["id"] = Value::Null;
        answer["lead"]["convertedCustomerId"] = Value::Null;
    }
    assert_eq!(dry, wet);
}

#[tokio::test]
async fn the_customer_goes_to_the_agent_else_to_the_caller_else_to_nobody() {
    let app = TestApp::new().await;
    let (admin, agent, gone) = (app.admin().await, app.agent().await, app.agent().await);
    let of = |client: &Client<'_>| json!({ "assignedAgent": client.user().id.to_string() });
    let assigned = make(&admin, of(&agent)).await;
    let left_behind = make(&admin, of(&gone)).await;
    let nobodys = make(&admin, json!({})).await;
    disable(&app, &gone).await;
    for (lead, owner) in [
        (&assigned, user(&agent)),
        (&left_behind, Value::Null),
        (&nobodys, user(&admin)),
    ] {
        let dry = admin
            .post(&convert(lead))
            .json(json!({ "dryRun": true }))
            .expect(200)
            .await;
        assert_eq!(dry["customer"]["owner"], owner);
        let answer = admin.post(&convert(lead)).expect(200).await;
        assert_eq!(answer["customer"]["owner"], owner);
        let again = admin.post(&convert(lead)).expect(200).await;
        assert_eq!(again["customer"]["owner"], owner);
        assert_eq!(answer["lead"]["assignedAgent"], lead["assignedAgent"]);
    }
    let own = make(&agent, json!({})).await;
    assert_eq!(
        agent.post(&convert(&own)).expect(200).await["customer"]["owner"],
        user(&agent)
    );
}

#[tokio::test]
async fn a_lead_is_converted_from_any_open_status_and_from_no_other() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for status in ["New", "Contacted", "Nurturing", "Qualified"] {
        let lead = make_in(&admin, status).await;
        assert_eq!(
            admin.post(&convert(&lead)).expect(200).await["lead"]["status"],
            "Converted"
        );
    }
    let lead = make_in(&admin, "Unqualified").await;
    let before = app.database().fingerprint().await;
    for dry_run in [false, true] {
        let problem = admin
            .post(&convert(&lead))
            .json(json!({ "dryRun": dry_run }))
            .expect(409)
            .await;
        assert_eq!(problem["code"], "lead-transition-not-allowed");
        let told = (&problem["from"], &problem["to"], &problem["allowed"]);
        assert_eq!(
            told,
            (
                &json!("Unqualified"),
                &json!("Converted"),
                &json!(["Contacted"])
            )
        );
    }
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn a_lead_that_is_not_there_is_not_converted() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let problem = admin
        .post(&format!("/api/leads/{NOBODY}/convert"))
        .expect(404)
        .await;
    assert_eq!(problem["code"], "not-found");
}

#[tokio::test]
async fn a_body_that_converting_does_not_know_is_refused() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let lead = make(&admin, json!({})).await;
    let before = app.database().fingerprint().await;
    for (body, expected) in [
        (json!({ "dryrun": true }), ("#/dryrun", "unknown-field")),
        (json!({ "dryRun": "true" }), ("#/dryRun", "wrong-type")),
        (json!([true]), ("#/", "wrong-type")),
        (json!(null), ("#/", "wrong-type")),
    ] {
        let problem = admin.post(&convert(&lead)).json(body).expect(400).await;
        assert_eq!(errors(&problem), [expected]);
    }
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn of_sixty_four_conversions_at_once_one_makes_the_customer() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let lead = make(&admin, json!({})).await;
    let at = convert(&lead);
    let answers = join_all((0..64).map(|_| admin.post(&at).send())).await;
    let answers: Vec<_> = answers.iter().map(|answer| answer.expect(200)).collect();
    let first = answers
        .iter()
        .filter(|answer| answer["alreadyConverted"] == false);
    assert_eq!(first.count(), 1);
    assert!(
        answers
            .iter()
            .all(|answer| answer["customer"] == answers[0]["customer"])
    );
    assert!(
        answers
            .iter()
            .all(|answer| answer["lead"] == answers[0]["lead"])
    );
    assert_eq!(
        invariants(&app).await,
        json!({ "customers": 1, "converted": 1, "steps": 1, "activities": 2, "events": 2 })
    );
}

#[tokio::test]
async fn conversions_and_changes_at_once_leave_whole_leads() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for _ in 0..4 {
        let lead = make(&admin, json!({})).await;
        let (path, at) = (path(&lead), convert(&lead));
        let edit = async |number: u32| {
            let edit = json!({ "status": "Contacted", "company": number.to_string() });
            let answer = admin.patch(&path).json(edit).send().await;
            assert!([200, 409].contains(&answer.status.as_u16()), "{answer:?}");
        };
        let convert = async || {
            let create = json!({ "onDuplicate": "create" });
            let _ = admin.post(&at).json(create).expect(200).await;
        };
        let ((), _, ()) = futures_util::join!(convert(), join_all((0..6).map(edit)), convert());
    }
    let found = invariants(&app).await;
    assert_eq!(
        (&found["customers"], &found["converted"]),
        (&json!(4), &json!(4))
    );
}

/// Counts what conversions left, where each customer and its lead know each other.
async fn invariants(app: &TestApp) -> Value {
    let rows = app
        .database()
        .rows(
            "select (select count(*) from customers) as customers,
               (select count(*) from leads join customers on converted_customer_id = customers.id
                where origin_lead = leads.id and status = 'Converted' and converted_at = customers.created_at) as converted,
               (select count(*) from lead_status_changes where to_status = 'Converted') as steps,
               (select count(*) from activities where action in ('lead.converted', 'customer.created')) as activities,
               (select count(*) from events where name in ('lead.converted', 'customer.created')) as events",
        )
        .await;
    rows[0].clone()
}

#[tokio::test]
async fn converting_leaves_an_activity_and_an_event_for_the_lead_and_for_the_customer() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let lead = make(&admin, json!({ "name": "John", "tags": ["VIP"] })).await;
    let answer = admin.post(&convert(&lead)).send().await;
    let customer = answer.expect(200)["customer"].clone();
    let trail = trail(&app, &admin, &answer, &lead).await;
    let to = |value: Value| json!({ "from": null, "to": value });
    let made = json!({
        "name": to(json!("John")), "emailId": to(lead["emailId"].clone()), "tags": to(json!(["VIP"])),
        "owner": to(json!(admin.user().id.to_string())), "originLeadId": to(lead["id"].clone()),
        "isArchived": to(json!(false)),
    });
    let changed = json!({
        "status": { "from": "New", "to": "Converted" }, "convertedCustomerId": to(customer["id"].clone()),
    });
    let activities = [
        json!({ "action": "customer.created", "resource": "customer", "id": customer["id"], "changes": made }),
        json!({ "action": "lead.converted", "resource": "lead", "id": lead["id"], "changes": changed }),
    ];
    assert_eq!(trail.activities, activities);
    let names: Vec<_> = trail.events.iter().map(|event| &event["name"]).collect();
    assert_eq!(names, ["customer.created", "lead.converted"]);
    let payload = json!({ "leadId": lead["id"], "customerId": customer["id"], "changes": changed });
    assert_eq!(trail.events[1]["payload"], payload);
}
