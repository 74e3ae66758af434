//! Leads that are not made, and why. The database stays as it was.

use std::collections::BTreeSet;

use crm_testing::request::TestResponse;
use crm_testing::{Client, TestApp};
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{NOBODY, body, disable, errors, id, make, path};

/// Refuses a lead and looks whether anything was written.
async fn refused(app: &TestApp, client: &Client<'_>, new: Value, status: u16) -> Value {
    let _ = client.get("/api/leads").expect(200).await;
    let before = app.database().fingerprint().await;
    let problem = client.post("/api/leads").json(new).expect(status).await;
    assert_eq!(app.database().fingerprint().await, before, "{problem}");
    problem
}

#[tokio::test]
async fn a_lead_that_cannot_be_reached_is_refused() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for new in [
        json!({ "name": "John" }),
        json!({ "name": "John", "emailId": null, "phone": null }),
    ] {
        let problem = refused(&app, &admin, new, 400).await;
        assert_eq!(problem["code"], "validation-failed");
        assert_eq!(errors(&problem), [("#/emailId", "required")]);
    }
}

#[tokio::test]
async fn a_lead_does_not_start_at_an_end_of_its_life() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let problem = refused(&app, &admin, body(json!({ "status": "Unqualified" })), 400).await;
    assert_eq!(errors(&problem), [("#/status", "not-allowed")]);
    let problem = refused(&app, &admin, body(json!({ "status": "Converted" })), 409).await;
    assert_eq!(problem["code"], "use-convert");
}

#[tokio::test]
async fn every_wrong_field_is_named_at_once() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let new = json!({
        "name": "  ", "emailId": "nowhere", "phone": "call me", "company": "", "source": "s".repeat(101),
        "tags": ["good", "", "t".repeat(31), "a\u{0}b"],
    });
    let problem = refused(&app, &admin, new, 400).await;
    let expected = [
        ("#/company", "too-short"),
        ("#/emailId", "not-an-email"),
        ("#/name", "too-short"),
        ("#/phone", "not-a-phone"),
        ("#/source", "too-long"),
        ("#/tags/1", "too-short"),
        ("#/tags/2", "too-long"),
        ("#/tags/3", "invalid-character"),
    ];
    assert_eq!(
        errors(&problem).into_iter().collect::<BTreeSet<_>>(),
        expected.into()
    );
    assert_eq!(problem["details"].as_array().unwrap().len(), 8, "{problem}");
}

#[tokio::test]
async fn what_is_wrong_with_the_lead_as_a_whole_is_named_with_its_fields() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let new = json!({ "name": "", "status": "Unqualified" });
    let problem = refused(&app, &admin, new, 400).await;
    let expected = [
        ("#/emailId", "required"),
        ("#/name", "too-short"),
        ("#/status", "not-allowed"),
    ];
    assert_eq!(
        errors(&problem).into_iter().collect::<BTreeSet<_>>(),
        expected.into()
    );
}

#[tokio::test]
async fn twenty_tags_are_the_most() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let tags = |count: u32| {
        (0..count)
            .map(|number| format!("t{number}"))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        make(&admin, json!({ "tags": tags(20) })).await["tags"]
            .as_array()
            .unwrap()
            .len(),
        20
    );
    let problem = refused(&app, &admin, body(json!({ "tags": tags(21) })), 400).await;
    assert_eq!(errors(&problem), [("#/tags", "too-many")]);
}

#[tokio::test]
async fn an_address_in_use_is_refused_with_the_lead_that_has_it() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let lead = make(&admin, json!({ "emailId": "Zoe@bücher.example" })).await;
    for same in [
        "zoe@bücher.example",
        "ZOE@BÜCHER.EXAMPLE",
        " zoe@xn--bcher-kva.example ",
    ] {
        let problem = refused(&app, &admin, body(json!({ "emailId": same })), 409).await;
        assert_eq!(problem["code"], "duplicate");
        assert_eq!(problem["error"], "Duplicate field value");
        assert_eq!(problem["existing"], id(&lead), "{same}");
    }
    let again = body(json!({ "emailId": lead["emailId"] }));
    let _ = admin
        .post("/api/leads?allowDuplicate=false")
        .json(again)
        .expect(409)
        .await;
}

#[tokio::test]
async fn an_address_of_anothers_lead_is_refused_without_the_lead() {
    let app = TestApp::new().await;
    let (one, other) = (app.agent().await, app.agent().await);
    let lead = make(&one, json!({})).await;
    let problem = refused(
        &app,
        &other,
        body(json!({ "emailId": lead["emailId"] })),
        409,
    )
    .await;
    assert_eq!(problem["code"], "duplicate");
    assert_eq!(problem["existing"], Value::Null);
    assert!(!problem.to_string().contains(id(&lead)), "{problem}");
}

#[tokio::test]
async fn of_many_leads_with_one_address_at_once_one_is_made() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let create = || {
        admin
            .post("/api/leads")
            .json(body(json!({ "emailId": "one@example.org" })))
            .send()
    };
    let answers = join_all((0..16).map(|_| create())).await;
    let made: Vec<_> = answers
        .iter()
        .filter(|answer| answer.status == 201)
        .map(TestResponse::json)
        .collect();
    assert_eq!(made.len(), 1);
    for refused in answers.iter().filter(|answer| answer.status != 201) {
        let problem = refused.expect(409);
        assert_eq!(
            (&problem["code"], &problem["existing"]),
            (&json!("duplicate"), &made[0]["id"])
        );
    }
    assert_eq!(admin.get("/api/leads").expect(200).await["totalLeads"], 1);
}

#[tokio::test]
async fn a_lead_is_given_to_active_users_only() {
    let app = TestApp::new().await;
    let (admin, gone) = (app.admin().await, app.agent().await);
    disable(&app, &gone).await;
    for agent in [NOBODY, &gone.user().id.to_string()] {
        let problem = refused(&app, &admin, body(json!({ "assignedAgent": agent })), 400).await;
        assert_eq!(errors(&problem), [("#/assignedAgent", "not-found")]);
    }
}

#[tokio::test]
async fn an_agent_gives_no_new_lead_to_others() {
    let app = TestApp::new().await;
    let (agent, other) = (app.agent().await, app.agent().await);
    for to in [NOBODY, &other.user().id.to_string()] {
        let problem = refused(&app, &agent, body(json!({ "assignedAgent": to })), 403).await;
        assert_eq!(problem["code"], "forbidden");
        assert_eq!(problem["detail"], "lead:assign is not granted");
    }
}

#[tokio::test]
async fn fields_that_are_not_the_callers_to_set_are_refused() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let _ = make(&admin, json!({})).await;
    for field in [
        "id",
        "version",
        "createdBy",
        "createdAt",
        "updatedAt",
        "isArchived",
        "recycleCount",
        "convertedCustomerId",
        "convertedAt",
        "assignedAt",
        "unqualifiedReason",
        "owner",
        "ownerId",
    ] {
        let problem = refused(&app, &admin, body(json!({ field: null })), 400).await;
        assert_eq!(
            errors(&problem),
            [(format!("#/{field}").as_str(), "unknown-field")]
        );
    }
    let lead = make(&admin, json!({})).await;
    for field in [
        "id",
        "version",
        "createdBy",
        "isArchived",
        "recycleCount",
        "convertedCustomerId",
        "assignedAt",
    ] {
        let problem = admin
            .patch(&path(&lead))
            .json(json!({ field: 1 }))
            .expect(400)
            .await;
        assert_eq!(
            errors(&problem),
            [(format!("#/{field}").as_str(), "unknown-field")]
        );
    }
}
