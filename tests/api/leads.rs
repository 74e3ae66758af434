//! Leads: made, changed, put away, taken back, converted, listed, and seen only by those who may see them.

mod archive;
mod convert;
mod convert_duplicates;
mod convert_undone;
mod create;
mod create_refused;
mod cursor;
mod edit;
mod filters;
mod history;
mod if_match;
mod lifecycle;
mod pages;
mod search;
mod unconvert;
mod visibility;

use std::sync::atomic::{AtomicU32, Ordering};

use crm_app::users::UserEdit;
use crm_domain::activity::Actor;
use crm_testing::request::TestResponse;
use crm_testing::{Client, TestApp};
use serde_json::{Value, json};

/// An id that no record has.
pub(crate) const NOBODY: &str = "01900000-0000-7000-8000-000000000000";

/// The body of a lead that nothing stands against: its address is its own. `more` has the fields that matter.
pub(crate) fn body(more: Value) -> Value {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let mut body =
        json!({ "name": "Somebody", "emailId": format!("somebody{number}@example.org") });
    let Value::Object(more) = more else {
        panic!("{more} is no object")
    };
    body.as_object_mut().unwrap().extend(more);
    body
}

/// Makes a lead.
pub(crate) async fn make(client: &Client<'_>, more: Value) -> Value {
    client.post("/api/leads").json(body(more)).expect(201).await
}

/// Makes a lead in this status.
async fn make_in(client: &Client<'_>, status: &str) -> Value {
    match status {
        "Unqualified" => {
            let lead = make(client, json!({})).await;
            let edit = json!({ "status": status, "unqualifiedReason": "Spam" });
            client.patch(&path(&lead)).json(edit).expect(200).await
        }
        "Converted" => {
            let lead = make(client, json!({})).await;
            let path = format!("{}/convert", path(&lead));
            client.post(&path).expect(200).await["lead"].clone()
        }
        _ => make(client, json!({ "status": status })).await,
    }
}

/// Where a lead is.
pub(crate) fn path(lead: &Value) -> String {
    format!("/api/leads/{}", id(lead))
}

/// The id of a record.
fn id(record: &Value) -> &str {
    record["id"].as_str().unwrap()
}

/// The wrong fields and parameters of a problem, each with the code of what is wrong.
pub(crate) fn errors(problem: &Value) -> Vec<(&str, &str)> {
    let errors = problem["errors"].as_array().unwrap().iter();
    errors
        .map(|error| {
            let place = error["pointer"].as_str().or(error["parameter"].as_str());
            (place.unwrap(), error["code"].as_str().unwrap())
        })
        .collect()
}

/// The names of the leads that a list gives.
async fn names(client: &Client<'_>, query: &str) -> Vec<String> {
    let list = client.get(&format!("/api/leads?{query}")).expect(200).await;
    let leads = list["leads"].as_array().unwrap().iter();
    leads
        .map(|lead| lead["name"].as_str().unwrap().to_owned())
        .collect()
}

/// Puts users into a team of their own.
pub(crate) async fn in_one_team(app: &TestApp, members: &[&Client<'_>]) {
    let system = Actor::system("test");
    let name = format!("Team of {}", members[0].user().id);
    let team = app.crm.teams().create(&system, name.parse().unwrap()).await;
    let teams = Some(vec![team.unwrap().id]);
    for member in members {
        let edit = UserEdit {
            teams: teams.clone(),
            ..UserEdit::default()
        };
        let users = app.crm.users();
        users.edit(&system, member.user().id, edit).await.unwrap();
    }
}

/// Ends a user's right to sign in.
async fn disable(app: &TestApp, user: &Client<'_>) {
    let users = app.crm.users();
    users
        .disable(&Actor::system("test"), user.user().id)
        .await
        .unwrap();
}

/// What one request wrote besides the records themselves.
pub(crate) struct Trail {
    /// Rows of the activity log: action, record, changes.
    pub(crate) activities: Vec<Value>,
    /// Rows of the outbox: name, record, payload.
    pub(crate) events: Vec<Value>,
}

/// What the request of `answer` wrote, all by this client, and in one transaction with the lead.
pub(crate) async fn trail(
    app: &TestApp,
    client: &Client<'_>,
    answer: &TestResponse,
    lead: &Value,
) -> Trail {
    let request = answer.header("x-request-id");
    let rows = app
        .database()
        .rows(&format!(
            "select action, resource, resource_id, changes, actor_id, actor_name, at, xmin::text as transaction
             from activities where request_id = '{request}' order by ctid"
        ))
        .await;
    let lead = app
        .database()
        .rows(&format!(
            "select xmin::text as transaction from leads where id = '{}'",
            id(lead)
        ))
        .await;
    let transaction = lead[0]["transaction"].as_str().unwrap();
    for row in &rows {
        assert_eq!(row["transaction"], transaction, "{row}");
        assert_eq!(row["actor_id"], client.user().id.to_string(), "{row}");
        assert_eq!(row["actor_name"], Value::Null, "{row}");
    }
    let events = app
        .database()
        .rows(&format!(
            "select name, version, resource, resource_id, payload
             from events where xmin::text = '{transaction}' order by position"
        ))
        .await;
    let activities = rows
        .iter()
        .map(|row| {
            json!({
                "action": row["action"], "resource": row["resource"],
                "id": row["resource_id"], "changes": row["changes"],
            })
        })
        .collect();
    Trail { activities, events }
}
