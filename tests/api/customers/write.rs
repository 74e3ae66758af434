//! Making and changing customers.

use crm_testing::TestApp;
use futures_util::future::join_all;
use poem::http::header;
use serde_json::{Value, json};

use super::{list, make, path};
use crate::auth::refusal;
use crate::leads::NOBODY;

#[tokio::test]
async fn a_customer_is_made_with_every_field() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let body = json!({
        "name": "Ada Lovelace",
        "company": "Analytical Engines",
        "emailId": "ada@example.org",
        "phone": "+44 20 1234",
        "tags": ["VIP", "vip", "Gold"],
        "owner": agent.user().id,
    });
    let made = agent.post("/api/customers").json(body).send().await;
    let customer = made.expect(201);
    assert_eq!(made.header("location"), path(&customer));
    assert_eq!(made.header("etag"), "\"1\"");
    assert_eq!(customer["tags"], json!(["VIP", "Gold"]));
    assert_eq!(customer["owner"]["id"], json!(agent.user().id));
    assert_eq!(customer["noteCount"], 0);
    assert_eq!(customer["originLeadId"], Value::Null);
    let mut shown = agent.get(&path(&customer)).expect(200).await;
    for of_record in ["notes", "deals"] {
        let shown = shown.as_object_mut().unwrap();
        assert_eq!(shown.remove(of_record), Some(json!([])));
    }
    assert_eq!(shown, customer);
    let log = "select action, changes from activities where resource = 'customer'";
    let log = app.database().rows(log).await;
    assert_eq!(log.len(), 1);
    assert_eq!(log[0]["action"], "customer.created");
    assert_eq!(log[0]["changes"]["company"]["to"], "Analytical Engines");
}

#[tokio::test]
async fn what_is_wrong_is_named_all_at_once_and_nothing_is_written() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    // The first use of a token is noted.
    agent.get("/api/auth/me").expect(200).await;
    let before = app.database().fingerprint().await;
    for (body, pointers) in [
        (
            json!({ "name": " ", "emailId": "ada", "phone": "x", "tags": ["a\u{0}"] }),
            vec!["#/name", "#/emailId", "#/phone", "#/tags/0"],
        ),
        (json!({}), vec!["#/name"]),
        (json!({ "name": "A", "version": 3 }), vec!["#/version"]),
        (
            json!({ "name": "A", "originLeadId": null }),
            vec!["#/originLeadId"],
        ),
        (json!({ "name": 1 }), vec!["#/name"]),
        (
            json!({ "name": "A", "tags": (0..21).map(|n| format!("t{n}")).collect::<Vec<_>>() }),
            vec!["#/tags"],
        ),
    ] {
        let problem = agent
            .post("/api/customers")
            .json(body.clone())
            .expect(400)
            .await;
        let errors = problem["errors"].as_array().unwrap();
        let named: Vec<_> = errors
            .iter()
            .map(|error| error["pointer"].as_str().unwrap())
            .collect();
        assert_eq!(named, pointers, "{body}");
    }
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn an_address_that_a_customer_at_hand_has_is_refused_unless_allowed() {
    let app = TestApp::new().await;
    let (admin, agent) = (app.admin().await, app.agent().await);
    let first = make(&admin, "Ada", json!({ "emailId": "ada@example.org" })).await;
    let again = json!({ "name": "Ada", "emailId": "ADA@Example.org" });
    let seen = admin
        .post("/api/customers")
        .json(again.clone())
        .expect(409)
        .await;
    assert_eq!(
        (&seen["code"], &seen["existing"]),
        (&json!("duplicate"), &first["id"])
    );
    let hidden = agent
        .post("/api/customers")
        .json(again.clone())
        .expect(409)
        .await;
    assert_eq!(hidden["existing"], Value::Null);
    let allowed = "/api/customers?allowDuplicate=true";
    agent.post(allowed).json(again.clone()).expect(201).await;
    let archived = json!({ "name": "Bob", "emailId": "bob@example.org" });
    let bob = make(&admin, "Bob", archived.clone()).await;
    admin.delete(&path(&bob)).expect(200).await;
    admin
        .post("/api/customers")
        .json(archived)
        .expect(201)
        .await;
}

#[tokio::test]
async fn of_many_of_one_address_at_once_one_is_made() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let body = json!({ "name": "Ada", "emailId": "ada@example.org" });
    let requests = (0..16).map(|_| agent.post("/api/customers").json(body.clone()).send());
    let answers = join_all(requests).await;
    let made = answers.iter().filter(|answer| answer.status == 201);
    assert_eq!(made.count(), 1);
    assert!(
        answers
            .iter()
            .all(|answer| answer.status == 201 || refusal(answer).1 == "duplicate")
    );
    assert_eq!(list(&agent, "").await["totalCustomers"], 1);
}

#[tokio::test]
async fn an_edit_changes_what_it_names_and_tells_what_it_was() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let customer = make(&agent, "Ada", json!({ "company": "Old", "tags": ["a"] })).await;
    let edit = json!({ "company": null, "phone": "12345", "tags": null });
    let edited = agent.patch(&path(&customer)).json(edit).expect(200).await;
    assert_eq!(edited["name"], "Ada");
    assert_eq!(edited["company"], Value::Null);
    assert_eq!(edited["tags"], json!([]));
    assert_eq!(edited["version"], 2);
    let log = "select changes from activities where action = 'customer.edited'";
    let log = app.database().rows(log).await;
    assert_eq!(
        log[0]["changes"],
        json!({
            "company": { "from": "Old", "to": null },
            "phone": { "from": null, "to": "12345" },
            "tags": { "from": ["a"], "to": [] },
        })
    );
    let before = app.database().fingerprint().await;
    let same = agent
        .patch(&path(&customer))
        .json(json!({ "phone": "12345" }));
    assert_eq!(same.expect(200).await["version"], 2);
    let cleared = agent.patch(&path(&customer)).json(json!({ "name": null }));
    assert_eq!(cleared.expect(400).await["errors"][0]["pointer"], "#/name");
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn a_stale_write_is_refused_and_shows_the_customer_as_it_is() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let customer = make(&agent, "Ada", json!({})).await;
    let path = path(&customer);
    let edit = |company: &str| json!({ "company": company });
    let now = agent.patch(&path).json(edit("First")).expect(200).await;
    for request in [
        agent.patch(&path).json(edit("Second")),
        agent.delete(&path),
        agent.post(&format!("{path}/restore")),
    ] {
        let problem = request.header(header::IF_MATCH, "\"1\"").expect(412).await;
        assert_eq!(
            (&problem["code"], &problem["current"]),
            (&json!("stale"), &now)
        );
    }
    let request = agent.patch(&path).json(edit("Second"));
    request.header(header::IF_MATCH, "\"2\"").expect(200).await;
}

#[tokio::test]
async fn no_update_is_lost_among_many_at_once() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let path = path(&make(&agent, "Ada", json!({})).await);
    let writers = (0..16).map(|writer| {
        let (agent, path) = (agent.clone(), path.clone());
        async move {
            let mut written = 0;
            for round in 0..5 {
                let seen = agent.get(&path).send().await;
                let edit = json!({ "company": format!("{writer} {round}") });
                let request = agent.patch(&path).json(edit);
                let request = request.header(header::IF_MATCH, seen.header("etag"));
                let answer = request.send().await;
                assert!([200, 412].contains(&answer.status.as_u16()));
                written += usize::from(answer.status == 200);
            }
            written
        }
    });
    let written: usize = join_all(writers).await.into_iter().sum();
    let customer = agent.get(&path).expect(200).await;
    assert_eq!(customer["version"], json!(written + 1));
    let log = "select id from activities where action = 'customer.edited'";
    assert_eq!(app.database().rows(log).await.len(), written);
}

#[tokio::test]
async fn an_archived_customer_is_read_only_and_hidden_until_restored() {
    let app = TestApp::new().await;
    let agent = app.agent().await;
    let path = path(&make(&agent, "Ada", json!({})).await);
    agent.delete(&path).expect(200).await;
    agent.delete(&path).expect(200).await;
    assert_eq!(agent.get(&path).expect(200).await["isArchived"], true);
    assert_eq!(list(&agent, "").await["totalCustomers"], 0);
    let before = app.database().fingerprint().await;
    let edit = agent.patch(&path).json(json!({ "company": "x" }));
    assert_eq!(edit.expect(409).await["code"], "archived");
    let note = agent
        .post(&format!("{path}/notes"))
        .json(json!({ "text": "x" }));
    assert_eq!(note.expect(409).await["code"], "archived");
    assert_eq!(app.database().fingerprint().await, before);
    let restored = agent.post(&format!("{path}/restore")).expect(200).await;
    assert_eq!(
        (&restored["isArchived"], &restored["version"]),
        (&json!(false), &json!(3))
    );
}

#[tokio::test]
async fn giving_a_customer_to_others_takes_a_permission_and_an_active_user() {
    let app = TestApp::new().await;
    let (admin, agent, other) = (app.admin().await, app.agent().await, app.agent().await);
    let path = path(&make(&agent, "Ada", json!({})).await);
    let give = |to: &str| json!({ "owner": to });
    let (own, others) = (agent.user().id.to_string(), other.user().id.to_string());
    agent.patch(&path).json(give(&own)).expect(200).await;
    agent.patch(&path).json(give(&others)).expect(403).await;
    agent
        .patch(&path)
        .json(json!({ "owner": null }))
        .expect(403)
        .await;
    let nobody = admin
        .patch(&path)
        .json(give("01900000-0000-7000-8000-000000000000"));
    assert_eq!(nobody.expect(400).await["errors"][0]["pointer"], "#/owner");
    let given = admin.patch(&path).json(give(&others)).expect(200).await;
    assert_eq!(given["owner"]["id"], others.as_str());
    agent.get(&path).expect(404).await;
    let new = json!({ "name": "Bob", "owner": others });
    agent.post("/api/customers").json(new).expect(403).await;
}

#[tokio::test]
async fn a_customer_is_given_to_somebody_or_to_nobody() {
    let app = TestApp::new().await;
    let (admin, agent, other) = (app.admin().await, app.agent().await, app.agent().await);
    let path = path(&make(&admin, "Ada", json!({})).await);
    let assign = format!("{path}/assign");
    let give = |to: Value| admin.post(&assign).json(json!({ "owner": to }));
    let id = json!(agent.user().id);
    let given = give(id.clone()).expect(200).await;
    assert_eq!((&given["owner"]["id"], &given["version"]), (&id, &json!(2)));
    // Nothing changes, and nothing is written.
    assert_eq!(give(id.clone()).expect(200).await["version"], 2);
    let stale = give(json!(other.user().id)).header(header::IF_MATCH, "\"1\"");
    stale.expect(412).await;
    let away = agent.post(&assign).json(json!({ "owner": null }));
    away.expect(403).await;
    other
        .post(&assign)
        .json(json!({ "owner": other.user().id }))
        .expect(404)
        .await;
    for (body, pointer, code) in [
        (json!({}), "#/owner", "required"),
        (json!({ "owner": 1 }), "#/owner", "wrong-type"),
        (json!({ "owner": NOBODY }), "#/owner", "not-found"),
        (
            json!({ "owner": null, "name": "Bob" }),
            "#/name",
            "unknown-field",
        ),
    ] {
        let problem = admin.post(&assign).json(body).expect(400).await;
        let error = &problem["errors"][0];
        assert_eq!(
            (&error["pointer"], &error["code"]),
            (&json!(pointer), &json!(code))
        );
    }
    assert_eq!(give(Value::Null).expect(200).await["owner"], Value::Null);
    let log = "select action from activities where resource = 'customer'";
    let log = app.database().rows(log).await;
    assert_eq!(log.len(), 3);
}
