//! Converting a lead when a customer may be the same: refused, linked, or made all the same.

use crm_domain::role::Role;
use crm_testing::{Client, TestApp};
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{errors, id, make, path};
use crate::access::who_may;

async fn customer(client: &Client<'_>, fields: Value) -> Value {
    let path = "/api/customers?allowDuplicate=true";
    client.post(path).json(fields).expect(201).await
}

async fn show(client: &Client<'_>, customer: &Value) -> Value {
    let path = format!("/api/customers/{}", id(customer));
    client.get(&path).expect(200).await
}

async fn convert(client: &Client<'_>, lead: &Value, body: Value, status: u16) -> Value {
    let path = format!("{}/convert", path(lead));
    client.post(&path).json(body).expect(status).await
}

fn candidate(customer: &Value, reason: &str, score: u8) -> Value {
    json!({ "id": id(customer), "name": customer["name"], "reason": reason, "score": score })
}

#[tokio::test]
async fn a_customer_who_may_be_the_same_stands_in_the_way_and_is_named_with_the_reason() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let ada = json!({
        "name": "Ada Lovelace", "emailId": "Ada@Example.org", "phone": "+49 (30) 123-456", "company": "Engines Ltd.",
    });
    let lead = make(&admin, ada).await;
    let same_address = customer(
        &admin,
        json!({ "name": "A.", "emailId": "ada@example.ORG" }),
    )
    .await;
    let same_number = customer(&admin, json!({ "name": "B.", "phone": "+4930123456" })).await;
    let same_name = customer(
        &admin,
        json!({ "name": "ada lovelace", "company": "ENGINES" }),
    )
    .await;
    // None of these is.
    customer(&admin, json!({ "name": "Ada Lovelace" })).await;
    customer(&admin, json!({ "name": "Ada Byron", "company": "Engines" })).await;
    let archived = customer(
        &admin,
        json!({ "name": "Old", "emailId": "ada@example.org" }),
    )
    .await;
    let archived = format!("/api/customers/{}", id(&archived));
    admin.delete(&archived).expect(200).await;
    let before = app.database().fingerprint().await;
    for body in [
        json!({}),
        json!({ "onDuplicate": "fail" }),
        json!({ "dryRun": true }),
    ] {
        let problem = convert(&admin, &lead, body, 409).await;
        assert_eq!(problem["code"], "duplicate-candidates");
        let expected = json!([
            candidate(&same_address, "email", 100),
            candidate(&same_number, "phone", 85),
            candidate(&same_name, "nameAndCompany", 70),
        ]);
        assert_eq!(problem["candidates"], expected);
        assert_eq!(problem["hiddenCandidates"], 0);
    }
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn of_customers_that_the_caller_may_not_read_only_the_number_is_told() {
    let app = TestApp::new().await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    let shared = json!({ "name": "Secret", "emailId": "ada@example.org" });
    customer(&admin, shared.clone()).await;
    customer(&admin, shared).await;
    let own = customer(
        &agent,
        json!({ "name": "Mine", "emailId": "ada@example.org" }),
    )
    .await;
    let lead = make(&agent, json!({ "emailId": "ada@example.org" })).await;
    let problem = convert(&agent, &lead, json!({}), 409).await;
    assert_eq!(
        problem["candidates"],
        json!([candidate(&own, "email", 100)])
    );
    assert_eq!(problem["hiddenCandidates"], 2);
    assert!(!problem.to_string().contains("Secret"), "{problem}");
}

#[tokio::test]
async fn a_number_that_many_customers_share_tells_nobody_apart() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for _ in 0..21 {
        customer(&admin, json!({ "name": "Desk", "phone": "112" })).await;
    }
    let lead = make(&admin, json!({ "phone": "112" })).await;
    assert_eq!(
        convert(&admin, &lead, json!({}), 200).await["alreadyConverted"],
        false
    );
}

#[tokio::test]
async fn told_so_a_lead_becomes_another_customer_all_the_same() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let there = customer(
        &admin,
        json!({ "name": "Ada", "emailId": "ada@example.org" }),
    )
    .await;
    let lead = make(&admin, json!({ "emailId": "ada@example.org" })).await;
    let answer = convert(&admin, &lead, json!({ "onDuplicate": "create" }), 200).await;
    assert_ne!(answer["customer"]["id"], there["id"]);
}

#[tokio::test]
async fn a_lead_is_linked_by_itself_to_the_customer_with_its_address_and_to_no_other() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let body = json!({ "onDuplicate": "link" });
    customer(&admin, json!({ "name": "Bob", "phone": "0301234" })).await;
    let by_number = make(&admin, json!({ "phone": "030 1234" })).await;
    let problem = convert(&admin, &by_number, body.clone(), 409).await;
    assert_eq!(problem["code"], "duplicate-candidates");

    let ada = customer(
        &admin,
        json!({ "name": "Ada", "emailId": "ada@example.org" }),
    )
    .await;
    let lead = make(&admin, json!({ "emailId": "ADA@example.org" })).await;
    let answer = convert(&admin, &lead, body.clone(), 200).await;
    assert_eq!(answer["customer"]["id"], ada["id"]);
    assert_eq!(answer["lead"]["convertedCustomerId"], ada["id"]);

    let unlike = make(&admin, json!({})).await;
    let answer = convert(&admin, &unlike, body, 200).await;
    assert_eq!(answer["customer"]["originLeadId"], unlike["id"]);
}

#[tokio::test]
async fn a_customer_who_is_linked_gets_what_they_lack_and_keeps_the_rest() {
    let app = TestApp::new().await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    let fields = json!({ "name": "Ada", "phone": "1815", "tags": ["Gold"] });
    let there = customer(&admin, fields).await;
    let lead = make(
        &admin,
        json!({
            "name": "A. Lovelace", "emailId": "ada@example.org", "phone": "1852", "company": "Engines",
            "tags": ["gold", "VIP"], "assignedAgent": agent.user().id,
        }),
    )
    .await;
    let link = json!({ "customer": { "mode": "link", "id": id(&there) } });
    let before = app.database().fingerprint().await;
    let mut dry = link.clone();
    dry["dryRun"] = json!(true);
    let mut dry = convert(&admin, &lead, dry, 200).await;
    assert_eq!(app.database().fingerprint().await, before);
    let mut answer = convert(&admin, &lead, link.clone(), 200).await;
    let customer = answer["customer"].clone();
    for (field, value) in [
        ("name", json!("Ada")),
        ("phone", json!("1815")),
        ("emailId", json!("ada@example.org")),
        ("company", json!("Engines")),
        ("tags", json!(["Gold", "VIP"])),
        ("originLeadId", Value::Null),
        ("version", json!(2)),
    ] {
        assert_eq!(customer[field], value, "{field}");
    }
    assert_eq!(customer["owner"]["id"], agent.user().id.to_string());
    assert_eq!(answer["lead"]["convertedCustomerId"], there["id"]);
    for answer in [&mut dry, &mut answer] {
        answer["message"] = Value::Null;
    }
    assert_eq!(dry, answer);
    let again = convert(&admin, &lead, link, 200).await;
    assert_eq!(
        (&again["alreadyConverted"], &again["customer"]["id"]),
        (&json!(true), &there["id"])
    );
    let shown = show(&admin, &there).await;
    assert_eq!(shown["version"], 2);
}

#[tokio::test]
async fn linking_needs_the_right_to_read_and_to_change_the_customer() {
    let app = TestApp::new().await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    let lead = make(&agent, json!({})).await;
    let others = customer(&admin, json!({ "name": "Ada" })).await;
    let before = app.database().fingerprint().await;
    let link = |id: &str| json!({ "customer": { "mode": "link", "id": id } });
    let hidden = convert(&agent, &lead, link(id(&others)), 400).await;
    let missing = convert(&agent, &lead, link(super::NOBODY), 400).await;
    assert_eq!(errors(&hidden), [("#/customer/id", "not-found")]);
    assert_eq!(hidden["errors"], missing["errors"]);
    assert_eq!(app.database().fingerprint().await, before);

    // One who may convert leads, and read customers, and neither change nor make them.
    let grants = [
        ("lead:read", "all"),
        ("lead:convert", "all"),
        ("customer:read", "all"),
    ];
    let reader = who_may(&app, &admin, &grants).await;
    reader.get(&path(&lead)).expect(200).await;
    let before = app.database().fingerprint().await;
    let answer = convert(&reader, &lead, link(id(&others)), 403).await;
    assert_eq!(answer["code"], "forbidden");
    let answer = convert(&reader, &lead, json!({}), 403).await;
    assert_eq!(answer["code"], "forbidden");
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn an_archived_customer_is_not_linked() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let lead = make(&admin, json!({})).await;
    let ada = customer(&admin, json!({ "name": "Ada" })).await;
    admin
        .delete(&format!("/api/customers/{}", id(&ada)))
        .expect(200)
        .await;
    let link = json!({ "customer": { "mode": "link", "id": id(&ada) } });
    assert_eq!(convert(&admin, &lead, link, 409).await["code"], "archived");
}

#[tokio::test]
async fn what_converting_to_does_not_make_sense_is_refused() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let lead = make(&admin, json!({})).await;
    let some = super::NOBODY;
    for (body, expected) in [
        (
            json!({ "customer": { "mode": "link" } }),
            ("#/customer/id", "required"),
        ),
        (
            json!({ "customer": { "mode": "create", "id": some } }),
            ("#/customer/id", "not-allowed"),
        ),
        (
            json!({ "customer": { "id": some } }),
            ("#/customer/mode", "required"),
        ),
        (
            json!({ "customer": { "mode": "Link", "id": some } }),
            ("#/customer/mode", "not-one-of"),
        ),
        (
            json!({ "customer": { "mode": "link", "id": 7 } }),
            ("#/customer/id", "wrong-type"),
        ),
        (
            json!({ "onDuplicate": "never" }),
            ("#/onDuplicate", "not-one-of"),
        ),
    ] {
        let problem = convert(&admin, &lead, body.clone(), 400).await;
        assert_eq!(errors(&problem), [expected], "{body}");
    }
}

#[tokio::test]
async fn of_many_leads_with_one_address_converted_at_once_one_makes_a_customer() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let mut leads = Vec::new();
    for _ in 0..16 {
        let body = json!({ "name": "Ada", "emailId": "ada@example.org" });
        let made = admin.post("/api/leads?allowDuplicate=true").json(body);
        leads.push(made.expect(201).await);
    }
    let paths: Vec<_> = leads
        .iter()
        .map(|lead| format!("{}/convert", path(lead)))
        .collect();
    let answers = join_all(paths.iter().map(|path| admin.post(path).send())).await;
    let done = answers.iter().filter(|answer| answer.status == 200).count();
    let refused = answers.iter().filter(|answer| answer.status == 409).count();
    assert_eq!((done, refused), (1, 15));
    // And so it is with linking.
    let link = json!({ "onDuplicate": "link" });
    let send = |path: &String| admin.post(path).json(link.clone()).send();
    let answers = join_all(paths.iter().map(send)).await;
    let first = answers[0].expect(200)["customer"]["id"].clone();
    assert!(
        answers
            .iter()
            .all(|answer| answer.expect(200)["customer"]["id"] == first)
    );
    let count = app
        .database()
        .rows("select count(*) as n from customers")
        .await;
    assert_eq!(count[0]["n"], 1);
}

#[tokio::test]
async fn leads_and_customers_that_may_be_the_same_are_found_among_those_one_may_read() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let agent = app.sign_in(app.user(Role::Agent).await).await;
    for kind in ["leads", "customers"] {
        let path = format!("/api/{kind}?allowDuplicate=true");
        let make = async |client: &Client<'_>, name: &str| {
            let body = json!({ "name": name, "emailId": "ada@example.org" });
            client.post(&path).json(body).expect(201).await
        };
        let (secret, own) = (make(&admin, "Secret").await, make(&agent, "Own").await);
        let other = make(&agent, "Other").await;
        let find = async |client: &Client<'_>, record: &Value, status: u16| {
            let path = format!("/api/{kind}/{}/duplicates", id(record));
            client.get(&path).expect(status).await
        };
        let found = find(&agent, &own, 200).await;
        assert_eq!(
            found,
            json!({ "candidates": [candidate(&other, "email", 100)] })
        );
        let found = find(&admin, &own, 200).await;
        assert_eq!(found["candidates"].as_array().unwrap().len(), 2);
        find(&agent, &secret, 404).await;
    }
}
