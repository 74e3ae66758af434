//! Who may do what to which record: every operation of the API document, by every kind of caller, to every kind of record.
//!
//! What is expected is worked out here once more, from the rules as people read them, and not asked of the code.
//! An operation that is not known here fails the test.

pub(crate) mod world;

use std::time::Duration;

use crm_testing::request::TestRequest;
use futures_util::{StreamExt, stream};
use poem::http::Method;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::auth::refusal;
use crate::authorization::{Operation, core_operations};
use world::{Caller, Kind, Subject, World};

/// The operations that are not about a record: everybody's, or about oneself. Other tests show what they do.
const NOT_ABOUT_RECORDS: [&str; 38] = [
    "changePassword",
    "confirmTwoFactor",
    "explain",
    "getCustomField",
    "getCustomFieldSchema",
    "getDatabaseHealth",
    "getHealth",
    "getLiveness",
    "getMe",
    "getMeta",
    "getMetrics",
    "getReadiness",
    "getTwoFactor",
    "listApiKeys",
    "listCustomFields",
    "listPermissions",
    "listSessions",
    "login",
    "logout",
    "logoutAll",
    "notificationsCountUnread",
    "notificationsGetPreferences",
    "notificationsListNotices",
    "notificationsRead",
    "notificationsReadAll",
    "notificationsStream",
    "notificationsUpdatePreferences",
    "refreshToken",
    "setPassword",
    "removeTwoFactor",
    "renewRecoveryCodes",
    "search",
    "setUp",
    "startTwoFactor",
    "updateMe",
    "createApiKey",
    "createView",
    "listViews",
];

/// What a caller may expect of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    /// It is done, or refused for the state of the record: never for who calls.
    Done,
    /// 403: not granted at all, or not for this record, which may be read.
    Forbidden,
    /// 404: as if there were no such record.
    NotFound,
}

/// How long an operation may take where many are walked at once: one that never answers is to be named.
const PATIENCE: Duration = Duration::from_mins(1);

/// How many operations are walked at once, each in a world of its own.
const AT_ONCE: usize = 4;

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_is_done_for_whom_it_may_be_and_for_nobody_else() {
    let about_records = core_operations()
        .into_iter()
        .filter(|operation| !NOT_ABOUT_RECORDS.contains(&operation.id.as_str()));
    let walks = stream::iter(about_records).map(|operation| tokio::spawn(walk(operation)));
    let mut walks = walks.buffer_unordered(AT_ONCE);
    let mut walked = 0;
    while let Some(cases) = walks.next().await {
        walked += cases.unwrap();
    }
    assert!(walked > 500, "only {walked} cases");
}

/// Gives how many cases there were.
async fn walk(operation: Operation) -> u32 {
    let world = World::new().await;
    let mut cases = 0;
    for caller in Caller::ALL {
        for subject in Subject::ALL {
            check(&world, &operation, caller, subject).await;
            cases += 1;
        }
    }
    let wrong = world.app.wrong_events().await;
    assert!(wrong.is_empty(), "{}: {wrong:#?}", operation.id);
    cases
}

async fn check(world: &World, operation: &Operation, caller: Caller, subject: Subject) {
    let kind = kind(operation);
    let Some(id) = world.record(kind, caller, subject).await else {
        return;
    };
    let what = format!("{} by {caller:?} on {subject:?} ({kind:?})", operation.id);
    let path = world.path(operation, &id).await;
    let client = world.client(caller).await;
    // The first use of a token is noted.
    client.get("/api/auth/me").expect(200).await;
    let before = world.app.database().fingerprint().await;
    let request = client.request(operation.method.clone(), &path);
    let request = with_body(request, operation, world);
    let Ok(response) = timeout(PATIENCE, request.send()).await else {
        panic!("{what}: no answer within {PATIENCE:?}");
    };
    let status = response.status.as_u16();
    assert!(status < 500, "{what}: {status}");
    match expected(operation, caller, subject) {
        Expected::Done => assert!(
            ![401, 403, 404].contains(&status),
            "{what}: {status} {}",
            response.json()
        ),
        Expected::Forbidden => {
            assert_eq!(status, 403, "{what}: {}", response.json());
            assert_eq!(world.app.database().fingerprint().await, before, "{what}");
        }
        Expected::NotFound => {
            assert_eq!(refusal(&response), (404, "not-found".to_owned()), "{what}");
            assert_eq!(world.app.database().fingerprint().await, before, "{what}");
            let missing = world.path(operation, world::MISSING).await;
            let request = client.request(operation.method.clone(), &missing);
            let missing = with_body(request, operation, world).send().await;
            assert_eq!(plain(&response.json()), plain(&missing.json()), "{what}");
        }
    }
}

/// The request with a body with which the operation could be done: a text is a table.
fn with_body<'a>(
    request: TestRequest<'a>,
    operation: &Operation,
    world: &World,
) -> TestRequest<'a> {
    match body(&operation.id, world) {
        Some(Value::String(table)) => request.raw("text/csv", table),
        Some(body) => request.json(body),
        None => request,
    }
}

/// A problem less what differs from request to request.
pub(crate) fn plain(problem: &Value) -> Value {
    let mut problem = problem.clone();
    problem["request_id"] = json!(null);
    problem["instance"] = json!(null);
    problem
}

/// What kind of record the path names.
pub(crate) fn kind(operation: &Operation) -> Kind {
    if !operation.template.contains("{id}") {
        return Kind::None;
    }
    let collection = operation.template.split('/').nth(2).unwrap();
    match (collection, operation.id.as_str()) {
        ("leads", _) => Kind::Lead,
        ("customers", _) => Kind::Customer,
        ("tasks", _) => Kind::Task,
        ("users", _) => Kind::User,
        ("teams", _) => Kind::Team,
        ("roles", _) => Kind::Role,
        ("assignment-rules", _) => Kind::AssignmentRule,
        ("api-keys", _) => Kind::ApiKey,
        ("views", _) => Kind::View,
        ("jobs", _) => Kind::Job,
        ("imports", _) => Kind::Import,
        ("custom-fields", _) => Kind::CustomField,
        ("notifications", _) => Kind::Webhook,
        ("auth", "endSession") => Kind::Session,
        _ => panic!("say here what {} is about", operation.id),
    }
}

/// How far a caller's permission reaches, as the documentation tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    Nothing,
    Own,
    Team,
    All,
}

fn reach(caller: Caller, permission: &str) -> Reach {
    let (resource, action) = permission.split_once(':').unwrap();
    match (caller, resource, action) {
        (Caller::Admin, ..) => Reach::All,
        (Caller::NarrowKey, "lead", "read") => Reach::All,
        (Caller::NarrowKey | Caller::Demoted, ..) => Reach::Nothing,
        // Webhooks carry data out of the house: no role has them at first.
        (_, "notifications.webhook", _) => Reach::Nothing,
        (Caller::ReadOnly, "job", _) => Reach::Nothing,
        (Caller::ReadOnly, _, "read") => Reach::All,
        (Caller::ReadOnly, ..) => Reach::Nothing,
        (Caller::Manager | Caller::Agent, _, "manage") => Reach::Nothing,
        (Caller::Manager, "lead" | "customer" | "task" | "analytics", _) => Reach::Team,
        (Caller::Manager, "activity", "read") => Reach::Team,
        (Caller::Manager, "user" | "team" | "role" | "assignmentRule", "read") => Reach::All,
        (Caller::Manager, ..) => Reach::Nothing,
        (Caller::Agent, _, "assign" | "export" | "import" | "merge") => Reach::Nothing,
        (Caller::Agent, "lead" | "customer" | "task" | "analytics", _) => Reach::Own,
        (Caller::Agent, "activity", "read") => Reach::Own,
        (Caller::Agent, ..) => Reach::Nothing,
    }
}

fn expected(operation: &Operation, caller: Caller, subject: Subject) -> Expected {
    if kind(operation) == Kind::View {
        return expected_of_view(operation, caller, subject);
    }
    let expected = expected_by_permission(operation, caller, subject);
    // The notes of the walk are the program's own: who did not write them needs more than to change the customer.
    let is_at_hand = !matches!(subject, Subject::OwnArchived | Subject::StrangersArchived);
    if operation.id == "removeCustomerNote"
        && expected == Expected::Done
        && is_at_hand
        && caller != Caller::Admin
    {
        return Expected::Forbidden;
    }
    // The walk gives records to others: who may change one may only take it.
    let gives = match operation.id.as_str() {
        "assignLead" => Some("lead:assign"),
        "assignCustomer" => Some("customer:assign"),
        _ => None,
    };
    if expected == Expected::Done
        && gives.is_some_and(|permission| reach(caller, permission) == Reach::Nothing)
    {
        return Expected::Forbidden;
    }
    expected
}

fn expected_by_permission(operation: &Operation, caller: Caller, subject: Subject) -> Expected {
    if operation.template.starts_with("/api/imports") {
        return import_of(caller, subject);
    }
    // Keys and sessions are everybody's own; those of others are for who manages them.
    let (permissions, is_own_business) = match operation.id.as_str() {
        "revokeApiKey" => (vec!["apiKey:manage".to_owned()], true),
        "endSession" => (vec!["user:manage".to_owned()], true),
        // What may be seen of tags follows from the records that the query names.
        "listTags" => (vec!["lead:read".to_owned()], false),
        _ => (operation.permissions.clone(), false),
    };
    if is_own_business {
        return own_business(caller, subject, &permissions[0]);
    }
    let reaches = |permission: &String| reach(caller, permission);
    if permissions
        .iter()
        .any(|permission| reaches(permission) == Reach::Nothing)
    {
        return Expected::Forbidden;
    }
    let permission = permissions.first();
    let permission = permission.unwrap_or_else(|| panic!("{} names no permission", operation.id));
    let resource = permission.split(':').next().unwrap();
    let read = reach(caller, &format!("{resource}:read"));
    match subject {
        Subject::Missing => Expected::NotFound,
        _ if !takes_in(read, subject) => Expected::NotFound,
        _ if permissions
            .iter()
            .all(|permission| takes_in(reaches(permission), subject)) =>
        {
            Expected::Done
        }
        _ => Expected::Forbidden,
    }
}

/// Imports are for who may import, and everybody's own.
fn import_of(caller: Caller, subject: Subject) -> Expected {
    match subject {
        _ if reach(caller, "lead:import") == Reach::Nothing => Expected::Forbidden,
        Subject::Own => Expected::Done,
        _ => Expected::NotFound,
    }
}

fn own_business(caller: Caller, subject: Subject, permission: &str) -> Expected {
    match (caller, subject) {
        // A program ends no sessions and revokes no keys.
        (Caller::NarrowKey, _) => Expected::Forbidden,
        (_, Subject::Missing) => Expected::NotFound,
        (_, Subject::Own | Subject::OwnArchived) => Expected::Done,
        _ if reach(caller, permission) == Reach::All => Expected::Done,
        _ => Expected::NotFound,
    }
}

/// Of the views of the walk, which are of lists of leads, those of the teammate are shared.
fn expected_of_view(operation: &Operation, caller: Caller, subject: Subject) -> Expected {
    let is_read = operation.id == "getView";
    match (caller, subject) {
        // A program changes no views.
        (Caller::NarrowKey, _) if !is_read => Expected::Forbidden,
        (Caller::Demoted, _) => Expected::NotFound,
        (_, Subject::Own) => Expected::Done,
        (_, Subject::Teammates) if is_read || caller == Caller::Admin => Expected::Done,
        (_, Subject::Teammates) => Expected::Forbidden,
        _ => Expected::NotFound,
    }
}

fn takes_in(reach: Reach, subject: Subject) -> bool {
    let needed = match subject {
        Subject::Own | Subject::OwnArchived => Reach::Own,
        Subject::Teammates => Reach::Team,
        Subject::Strangers | Subject::StrangersArchived => Reach::All,
        Subject::Missing => return false,
    };
    reach >= needed
}

/// A body with which the operation could be done.
pub(crate) fn body(operation: &str, world: &World) -> Option<Value> {
    let name = world.unique_name();
    let body = match operation {
        "createLead" => json!({ "name": name, "phone": "+49 30 1234567" }),
        "updateLead" | "updateCustomer" => json!({ "company": name }),
        "createCustomer" => json!({ "name": name }),
        "createTask" | "updateTask" => json!({ "title": name }),
        "convertLead" => json!({ "onDuplicate": "create" }),
        "mergeLeads" | "mergeCustomers" => json!({ "sources": [world::MISSING] }),
        "createLeads" => json!({ "items": [{ "name": name, "phone": "+49 30 1234567" }] }),
        "createCustomers" => json!({ "items": [{ "name": name }] }),
        "createTasks" => json!({ "items": [{ "title": name }] }),
        "bulkLeads" | "bulkCustomers" | "bulkTasks" => {
            json!({ "ids": [world::MISSING], "action": "archive" })
        }
        "addCustomerNote" => json!({ "text": name }),
        "registerUser" => json!({
            "name": "Ada",
            "emailId": format!("{name}@new.test"),
            "password": crm_testing::app::PASSWORD,
            "role": "Agent",
        }),
        "createUser" => json!({ "name": name, "emailId": format!("{name}@new.test"), "roles": [] }),
        "updateUser" => json!({ "name": name }),
        "createTeam" | "updateTeam" => json!({ "name": name }),
        "createRole" | "updateRole" => json!({ "name": name }),
        "createImport" => json!("name,phone\nAda,12345\n"),
        "configureImport" => json!({ "mode": "create" }),
        "createAssignmentRule" => {
            json!({ "name": name, "strategy": "fixed", "users": [world.somebody()] })
        }
        "updateAssignmentRule" => json!({ "name": name }),
        "previewAssignment" => json!({ "source": name }),
        "assignLead" => json!({ "byRule": true }),
        "assignCustomer" => json!({ "owner": world.somebody() }),
        "createCustomField" => {
            json!({ "resource": "lead", "key": name, "label": name, "type": "bool" })
        }
        "updateCustomField" => json!({ "label": name }),
        "createView" => json!({ "resource": "lead", "name": name }),
        "updateView" => json!({ "name": name }),
        "notificationsCreateWebhook" => {
            json!({ "name": name, "url": "https://example.org", "eventTypes": ["lead.created"] })
        }
        "notificationsUpdateWebhook" => json!({ "isEnabled": false }),
        "notificationsUpdatePreferences" => {
            json!({ "preferences": [{ "kind": "assigned", "email": true }] })
        }
        "renameTags" => json!({ "resource": "lead", "from": [name], "to": "Tag" }),
        _ => return None,
    };
    Some(body)
}

/// Every operation with a body that must be there has one above: without it the walk would see 400s and prove nothing.
#[tokio::test]
async fn the_walk_has_a_body_for_every_operation_that_needs_one() {
    let document = crm_http::document(&[]).unwrap();
    let world = World::new().await;
    for operation in core_operations() {
        if NOT_ABOUT_RECORDS.contains(&operation.id.as_str()) {
            continue;
        }
        let method = operation.method.as_str().to_lowercase();
        let needs = &document["paths"][&operation.template][method]["requestBody"]["required"];
        let has = body(&operation.id, &world).is_some();
        assert!(
            has || *needs != json!(true),
            "give a body for {}",
            operation.id
        );
        assert!(operation.method != Method::GET || !has, "{}", operation.id);
    }
}
