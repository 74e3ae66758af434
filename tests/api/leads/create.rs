//! Making leads.

use crm_testing::TestApp;
use serde_json::{Value, json};

use super::{body, id, make, path, trail};

#[tokio::test]
async fn a_new_lead_has_an_address_of_its_own_a_version_and_the_defaults() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let new = json!({ "name": "John Smith", "emailId": "John@Example.org" });
    let answer = admin.post("/api/leads").json(new).send().await;
    let lead = answer.expect(201);
    assert_eq!(answer.header("location"), path(&lead));
    assert_eq!(answer.header("etag"), "\"1\"");
    let now = "2026-01-02T12:00:00Z";
    let expected = json!({
        "id": id(&lead), "name": "John Smith", "emailId": "John@Example.org", "phone": null, "company": null,
        "status": "New", "source": null, "assignedAgent": null, "tags": [], "unqualifiedReason": null,
        "unqualifiedNote": null, "recycleCount": 0, "convertedCustomerId": null, "assignedAt": null,
        "convertedAt": null, "custom": {}, "mergedInto": null, "isArchived": false, "version": 1, "createdBy": admin.user().id.to_string(),
        "createdAt": now, "updatedAt": now,
    });
    assert_eq!(lead, expected);
    let shown = admin.get(&path(&lead)).send().await;
    assert_eq!(shown.expect(200), lead);
    assert_eq!(shown.header("etag"), "\"1\"");
}

#[tokio::test]
async fn every_field_that_is_given_is_kept() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let new = json!({
        "name": " Zoë 👩‍👩‍👧‍👦 \u{202e}محمد ", "emailId": "zoe@bücher.example", "phone": "+49 (30) 123-45",
        "company": "<img src=x onerror=alert(1)>", "status": "Qualified", "source": "Trade fair",
        "assignedAgent": admin.user().id.to_string(), "tags": ["VIP", " Köln ", "vip", "koln"],
    });
    let lead = admin.post("/api/leads").json(new).expect(201).await;
    let given = |field: &str| lead[field].clone();
    assert_eq!(given("name"), "Zoë 👩‍👩‍👧‍👦 \u{202e}محمد");
    assert_eq!(given("emailId"), "zoe@bücher.example");
    assert_eq!(given("phone"), "+49 (30) 123-45");
    assert_eq!(given("company"), "<img src=x onerror=alert(1)>");
    assert_eq!(given("status"), "Qualified");
    assert_eq!(given("source"), "Trade fair");
    assert_eq!(
        given("tags"),
        json!(["VIP", "Köln"]),
        "the first spelling stays"
    );
    let user = admin.user();
    let agent = json!({ "id": user.id.to_string(), "name": user.name.as_str(), "emailId": user.email.as_str() });
    assert_eq!(given("assignedAgent"), agent);
    assert_eq!(given("assignedAt"), given("createdAt"));
    assert_eq!(admin.get(&path(&lead)).expect(200).await, lead);
}

#[tokio::test]
async fn a_phone_number_is_contact_enough() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let new = json!({ "name": "John", "phone": "030 1234", "emailId": null });
    let lead = admin.post("/api/leads").json(new).expect(201).await;
    assert_eq!(
        (&lead["phone"], &lead["emailId"]),
        (&json!("030 1234"), &Value::Null)
    );
}

#[tokio::test]
async fn a_lead_starts_in_any_open_status() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for status in ["New", "Contacted", "Nurturing", "Qualified"] {
        let lead = make(&admin, json!({ "status": status })).await;
        assert_eq!(
            (&lead["status"], &lead["recycleCount"]),
            (&json!(status), &json!(0))
        );
    }
    let steps = app
        .database()
        .rows("select * from lead_status_changes")
        .await;
    assert!(steps.is_empty(), "a start is no step: {steps:?}");
}

#[tokio::test]
async fn texts_may_be_as_long_as_the_document_says() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let long = |count| "é".repeat(count);
    let email = format!(
        "{}@{}.{}.{}.org",
        "a".repeat(64),
        "b".repeat(63),
        "c".repeat(63),
        "d".repeat(57)
    );
    assert_eq!(email.len(), 254);
    let tags: Vec<_> = (10..30)
        .map(|number| format!("{number}{}", long(28)))
        .collect();
    let new = json!({
        "name": long(200), "emailId": email, "phone": format!("123{}", " ".repeat(36) + "4"), "company": long(200),
        "source": long(100), "tags": tags,
    });
    let lead = admin.post("/api/leads").json(new.clone()).expect(201).await;
    for (field, value) in new.as_object().unwrap() {
        assert_eq!(lead[field], *value, "{field}");
    }
}

#[tokio::test]
async fn an_agent_keeps_a_lead_for_nobody_or_takes_it_upon_themselves() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let unassigned = make(&agent, json!({})).await;
    assert_eq!(unassigned["assignedAgent"], Value::Null);
    let own = make(
        &agent,
        json!({ "assignedAgent": agent.user().id.to_string() }),
    )
    .await;
    assert_eq!(own["assignedAgent"]["id"], agent.user().id.to_string());
    assert_eq!(agent.get("/api/leads").expect(200).await["totalLeads"], 2);
}

#[tokio::test]
async fn an_admin_gives_a_new_lead_to_anybody() {
    let app = TestApp::new().await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    let lead = make(
        &admin,
        json!({ "assignedAgent": agent.user().id.to_string() }),
    )
    .await;
    assert_eq!(agent.get(&path(&lead)).expect(200).await, lead);
}

#[tokio::test]
async fn an_address_may_be_used_twice_when_that_is_wanted() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let lead = make(&admin, json!({})).await;
    let again = body(json!({ "emailId": lead["emailId"] }));
    let twin = admin
        .post("/api/leads?allowDuplicate=true")
        .json(again)
        .expect(201)
        .await;
    assert_eq!(twin["emailId"], lead["emailId"]);
    assert_ne!(id(&twin), id(&lead));
}

#[tokio::test]
async fn the_address_of_an_archived_lead_is_free() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let lead = make(&admin, json!({})).await;
    let _ = admin.delete(&path(&lead)).expect(200).await;
    let twin = make(&admin, json!({ "emailId": lead["emailId"] })).await;
    assert_ne!(id(&twin), id(&lead));
}

#[tokio::test]
async fn making_a_lead_leaves_one_activity_and_one_event() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let new = body(json!({ "name": "John", "tags": ["VIP"] }));
    let answer = admin.post("/api/leads").json(new).send().await;
    let lead = answer.expect(201);
    let trail = trail(&app, &admin, &answer, &lead).await;
    let to = |value: Value| json!({ "from": null, "to": value });
    let changes = json!({
        "name": to(json!("John")), "emailId": to(lead["emailId"].clone()), "status": to(json!("New")),
        "tags": to(json!(["VIP"])), "recycleCount": to(json!(0)), "isArchived": to(json!(false)),
    });
    let activity = json!({ "action": "lead.created", "resource": "lead", "id": id(&lead), "changes": changes });
    assert_eq!(trail.activities, [activity]);
    let event = json!({
        "name": "lead.created", "version": 1, "resource": "lead", "resource_id": id(&lead),
        "payload": { "leadId": id(&lead), "changes": changes },
    });
    assert_eq!(trail.events, [event]);
}
