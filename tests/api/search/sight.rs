//! Nobody finds what they may not read, however they ask.

use crm_domain::role::Role;
use crm_testing::app::PASSWORD;
use crm_testing::{Client, TestApp};
use serde_json::{Value, json};

use super::{bury, customer, hits, names, task};
use crate::access::{member, team};
use crate::leads::{make, path};

/// Every way in which a search finds this lead.
const QUESTIONS: [&str; 12] = [
    "Secret Person",
    "secret",
    "\"secret person\"",
    "ecre",
    "secrte persom",
    "seecret",
    "secret@hidden.example",
    "+49 30 9876543",
    "email:hidden",
    "phone:987654",
    "tag:confidential",
    "se",
];

async fn secret(client: &Client<'_>) -> Value {
    let lead = json!({
        "name": "Secret Person", "emailId": "secret@hidden.example", "phone": "+49 30 9876543",
        "tags": ["Confidential"], "assignedAgent": client.user().id,
    });
    make(client, lead).await
}

#[tokio::test]
async fn a_strangers_record_is_never_found() {
    let app = TestApp::new().await;
    let north = team(&app, "North").await;
    let agent = member(&app, Role::Agent, &[north]).await;
    let manager = member(&app, Role::Manager, &[north]).await;
    let mate = member(&app, Role::Agent, &[north]).await;
    let (stranger, other_manager) = (app.agent().await, app.as_role(Role::Manager).await);
    let (admin, reader) = (app.admin().await, app.as_role(Role::ReadOnly).await);
    secret(&agent).await;
    bury(&app, &agent).await;
    for q in QUESTIONS {
        for seer in [&agent, &manager, &admin, &reader] {
            assert_eq!(names(seer, q).await, ["Secret Person"], "{q}");
        }
        for other in [&stranger, &other_manager, &mate] {
            assert!(names(other, q).await.is_empty(), "{q}");
        }
    }
}

/// The page is filled with what the reader may read, however much else matches better.
#[tokio::test]
async fn what_others_have_takes_no_place_of_what_one_may_read() {
    let app = TestApp::new().await;
    let (agent, other) = (app.agent().await, app.agent().await);
    for _ in 0..120 {
        make(&other, json!({ "name": "Common" })).await;
    }
    make(&agent, json!({ "name": "Uncommonly common" })).await;
    bury(&app, &agent).await;
    let found = hits(&agent, "common", "&limit=1").await;
    assert_eq!(found[0]["name"], "Uncommonly common");
    assert_eq!(hits(&other, "common", "&limit=50").await.len(), 50);
}

#[tokio::test]
async fn a_record_is_found_by_whom_it_was_given_to_and_no_longer_by_who_gave_it() {
    let app = TestApp::new().await;
    let (agent, other, admin) = (app.agent().await, app.agent().await, app.admin().await);
    let lead = secret(&agent).await;
    let edit = json!({ "assignedAgent": other.user().id });
    admin.patch(&path(&lead)).json(edit).expect(200).await;
    assert!(names(&agent, "secret").await.is_empty());
    assert_eq!(names(&other, "secret").await, ["Secret Person"]);
}

#[tokio::test]
async fn kinds_that_one_may_not_read_are_left_out() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    secret(&admin).await;
    customer(&admin, json!({ "name": "Secret Customer" })).await;
    task(&admin, json!({ "title": "Secret Task" })).await;
    assert_eq!(names(&admin, "secret").await.len(), 3);
    let key = async |scopes: &[&str]| {
        let body = json!({ "name": "Finder", "scopes": scopes, "password": PASSWORD });
        let issued = admin.post("/api/api-keys").json(body).expect(201).await;
        app.anonymous()
            .with_token(issued["token"].as_str().unwrap())
    };
    let tasks = key(&["task:read"]).await;
    assert_eq!(names(&tasks, "secret").await, ["Secret Task"]);
    let none = key(&["lead:create"]).await;
    assert!(names(&none, "secret").await.is_empty());
    let left_out = hits(&tasks, "secret", "&types=lead").await;
    assert!(left_out.is_empty());
}
