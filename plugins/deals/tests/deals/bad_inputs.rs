//! What is refused, by the place where it is wrong, and without a trace.

use crm_testing::request::TestRequest;
use serde_json::{Value, json};

use crate::{LOST, MISSING, NEW, WON, app, customer, deal, error, errors, path};

async fn refused(request: TestRequest<'_>) -> Vec<(String, String)> {
    errors(&request.expect(400).await)
}

#[tokio::test]
async fn a_new_deal_that_is_wrong_is_refused_with_each_field() {
    let app = app().await;
    let agent = app.agent().await;
    let customer = customer(&agent, "Ada").await;
    let before = app.database().fingerprint().await;
    let post = |body: Value| refused(agent.post("/api/deals").json(body));
    let new = |field: &str, value: Value| {
        let mut new = json!({ "name": "Lamps", "customerId": customer });
        new[field] = value;
        new
    };
    let wrong = json!({
        "name": " ", "customerId": customer, "amount": { "amount": -1, "currency": "EURO" }, "probabilityOverride": 101,
        "expectedCloseDate": "0001-01-01",
    });
    assert_eq!(
        post(wrong).await,
        [
            error("#/name", "too-short"),
            error("#/amount/currency", "not-one-of"),
            error("#/amount/amount", "out-of-range"),
            error("#/expectedCloseDate", "out-of-range"),
            error("#/probabilityOverride", "out-of-range"),
        ]
    );
    assert_eq!(
        post(json!({ "name": "Lamps" })).await,
        [error("#/customerId", "required")]
    );
    for (field, value, place, code) in [
        ("customerId", json!(MISSING), "#/customerId", "not-found"),
        ("stageId", json!(MISSING), "#/stageId", "not-found"),
        ("stageId", json!(WON), "#/stageId", "not-allowed"),
        (
            "amount",
            json!({ "amount": 1.5, "currency": "EUR" }),
            "#/amount/amount",
            "wrong-type",
        ),
        ("colour", json!("red"), "#/colour", "unknown-field"),
        (
            "expectedCloseDate",
            json!("2026-02-30"),
            "#/expectedCloseDate",
            "wrong-type",
        ),
    ] {
        assert_eq!(post(new(field, value)).await, [error(place, code)]);
    }
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn an_archived_customer_has_no_new_deals() {
    let app = app().await;
    let agent = app.agent().await;
    let customer = customer(&agent, "Ada").await;
    agent
        .delete(&format!("/api/customers/{customer}"))
        .expect(200)
        .await;
    let new = json!({ "name": "Lamps", "customerId": customer });
    assert_eq!(
        refused(agent.post("/api/deals").json(new)).await,
        [error("#/customerId", "archived")]
    );
}

#[tokio::test]
async fn a_move_that_is_wrong_is_refused() {
    let app = app().await;
    let agent = app.agent().await;
    let (made, other) = (deal(&agent, "Lamps").await, deal(&agent, "Desks").await);
    let before = app.database().fingerprint().await;
    let to_path = format!("{}/move", path(&made));
    for (to, place, code) in [
        (json!({ "stageId": MISSING }), "#/stageId", "not-found"),
        (json!({ "stageId": LOST }), "#/lostReason", "required"),
        (
            json!({ "stageId": WON, "lostReason": "No" }),
            "#/lostReason",
            "not-allowed",
        ),
        (
            json!({ "stageId": NEW, "beforeId": MISSING }),
            "#/beforeId",
            "not-found",
        ),
        (
            json!({ "stageId": NEW, "afterId": made["id"] }),
            "#/afterId",
            "not-found",
        ),
        (
            json!({ "stageId": WON, "afterId": other["id"] }),
            "#/afterId",
            "not-found",
        ),
        (
            json!({ "stageId": NEW, "beforeId": other["id"], "afterId": other["id"] }),
            "#/afterId",
            "not-allowed",
        ),
    ] {
        assert_eq!(
            refused(agent.post(&to_path).json(to)).await,
            [error(place, code)]
        );
    }
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn only_an_open_deal_has_a_probability_of_its_own() {
    let app = app().await;
    let agent = app.agent().await;
    let made = deal(&agent, "Lamps").await;
    crate::moved(&agent, &made, json!({ "stageId": WON })).await;
    let edit = json!({ "probabilityOverride": 50 });
    let problem = refused(agent.patch(&path(&made)).json(edit)).await;
    assert_eq!(problem, [error("#/probabilityOverride", "not-allowed")]);
}

#[tokio::test]
async fn parameters_of_lists_that_are_wrong_are_refused() {
    let app = app().await;
    let agent = app.agent().await;
    for (query, place, code) in [
        ("kind=won&kind=won&kind=won&kind=won", "kind", "too-many"),
        ("kind=Won", "kind", "not-one-of"),
        ("sort=rank", "sort", "not-allowed"),
        (
            "expectedCloseFrom=0001-01-01",
            "expectedCloseFrom",
            "out-of-range",
        ),
        ("closedTo=2026-01-01", "closedTo", "wrong-type"),
        ("colour=red", "colour", "unknown-parameter"),
    ] {
        let list = refused(agent.get(&format!("/api/deals?{query}"))).await;
        assert_eq!(list, [error(place, code)], "{query}");
    }
}
