//! Every operation that changes something, walked from the API document: all but the secret ones take the key.

use crm_testing::Client;
use serde_json::{Value, json};

use super::{is_refused, is_replay_of};
use crate::authorization::{Operation, core_operations};
use crate::document_as_held;
use crate::matrix::world::{Caller, Kind, Subject, World};
use crate::matrix::{body, kind};

fn takes_a_key(operation: &Operation) -> bool {
    let document = document_as_held();
    let method = operation.method.as_str().to_lowercase();
    let parameters = &document["paths"][&operation.template][method]["parameters"];
    parameters
        .as_array()
        .unwrap()
        .iter()
        .any(|parameter| parameter["name"] == "Idempotency-Key")
}

fn changes() -> impl Iterator<Item = Operation> {
    core_operations()
        .into_iter()
        .filter(|operation| operation.method != "GET")
}

/// A body with which the operation is done, once what must come before it was done.
async fn body_of(
    operation: &Operation,
    path: &str,
    world: &World,
    client: &Client<'_>,
) -> Option<Value> {
    let other = || async {
        let id = world
            .record(kind(operation), Caller::Admin, Subject::Strangers)
            .await;
        json!({ "sources": [id.unwrap()] })
    };
    match operation.id.as_str() {
        "updateMe" => Some(json!({ "name": world.unique_name() })),
        "mergeLeads" | "mergeCustomers" => Some(other().await),
        "unmergeLeads" | "unmergeCustomers" => {
            let merge = client.post(&path.replace("/unmerge", "/merge"));
            merge.json(other().await).expect(200).await;
            None
        }
        "unconvertLead" => {
            let convert = client.post(&path.replace("/unconvert", "/convert"));
            let create = json!({ "onDuplicate": "create" });
            convert.json(create).expect(200).await;
            None
        }
        id => body(id, world),
    }
}

#[tokio::test]
async fn every_change_that_is_sent_again_is_not_done_again() {
    let world = World::new().await;
    let mut walked = 0;
    for operation in changes().filter(takes_a_key) {
        // The one ends the session, and who has none is told nothing; the other needs an import that has run.
        if ["logoutAll", "revertImport"].contains(&operation.id.as_str()) {
            continue;
        }
        let kind = kind(&operation);
        let mut id = None;
        // Imports are for who began them, and personal views for who made them.
        let first = match kind {
            Kind::Import | Kind::View => Subject::Own,
            _ => Subject::Strangers,
        };
        for subject in [first, Subject::Own] {
            if id.is_none() {
                id = world.record(kind, Caller::Admin, subject).await;
            }
        }
        let path = world.path(&operation, &id.unwrap()).await;
        let client = world.client(Caller::Admin).await;
        client.get("/api/auth/me").expect(200).await;
        let request = client
            .request(operation.method.clone(), &path)
            .once(&operation.id);
        let request = match body_of(&operation, &path, &world, &client).await {
            // A text is a table.
            Some(Value::String(table)) => request.raw("text/csv", table),
            Some(body) => request.json(body),
            None => request,
        };
        let first = request.clone().send().await;
        assert!(
            first.status.is_success(),
            "{}: {}",
            operation.id,
            first.json()
        );
        let before = world.app.database().fingerprint().await;
        is_replay_of(&request.send().await, &first);
        let after = world.app.database().fingerprint().await;
        assert_eq!(after, before, "{}", operation.id);
        walked += 1;
    }
    assert!(walked > 25, "only {walked} operations");
}

#[tokio::test]
async fn what_is_for_everybody_or_secret_takes_no_key_and_says_so() {
    let world = World::new().await;
    let client = world.client(Caller::Admin).await;
    client.get("/api/auth/me").expect(200).await;
    let before = world.app.database().fingerprint().await;
    let mut walked = 0;
    for operation in changes().filter(|operation| !takes_a_key(operation)) {
        let path = world.path(&operation, crate::matrix::world::MISSING).await;
        let request = client.request(operation.method.clone(), &path).once("k");
        let problem = is_refused(request, 400, "validation-failed").await;
        let error = &problem["errors"][0];
        assert_eq!(
            (&error["parameter"], &error["code"]),
            (&json!("Idempotency-Key"), &json!("not-allowed"))
        );
        walked += 1;
    }
    assert!(walked > 10, "only {walked} operations");
    assert_eq!(world.app.database().fingerprint().await, before);
}

#[tokio::test]
async fn a_change_that_changes_nothing_is_answered_as_the_first_time() {
    let world = World::new().await;
    let client = world.client(Caller::Admin).await;
    let lead = json!({ "name": "Ada", "phone": "12345" });
    let lead = client.post("/api/leads").json(lead).expect(201).await;
    let path = format!("/api/leads/{}/restore", lead["id"].as_str().unwrap());
    let restore = client.post(&path).once("k");
    let first = restore.clone().send().await;
    assert_eq!(first.expect(200)["version"], 1);
    is_replay_of(&restore.send().await, &first);
}
