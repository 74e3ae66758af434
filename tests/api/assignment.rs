//! Assignment rules: kept in order by Admins, and what they do with new leads.

mod assign;
mod at_once;
mod create;
mod rules;

use crm_domain::activity::Actor;
use crm_domain::ids::UserId;
use crm_domain::role::Role;
use crm_testing::{Client, TestApp};
use serde_json::{Value, json};

const SYSTEM: Actor = Actor::system("test");
const RULES: &str = "/api/assignment-rules";

/// Some new Agents.
async fn agents<const N: usize>(app: &TestApp) -> [UserId; N] {
    let mut agents = Vec::new();
    for _ in 0..N {
        agents.push(app.user(Role::Agent).await.id);
    }
    agents.try_into().unwrap()
}

/// What makes a rule by which these users take turns. `more` has the fields that matter.
fn body(users: &[UserId], more: Value) -> Value {
    let mut body = json!({ "name": "Turns", "strategy": "roundRobin", "users": users });
    let Value::Object(more) = more else {
        panic!("{more} is no object")
    };
    body.as_object_mut().unwrap().extend(more);
    body
}

/// Makes such a rule.
async fn rule(admin: &Client<'_>, users: &[UserId], more: Value) -> Value {
    let body = body(users, more);
    admin.post(RULES).json(body).expect(201).await
}

fn path(rule: &Value) -> String {
    format!("{RULES}/{}", rule["id"].as_str().unwrap())
}

/// The user to whom a lead belongs, as its assigned agent.
fn agent(lead: &Value) -> Option<UserId> {
    let id = lead["assignedAgent"]["id"].as_str()?;
    Some(id.parse().unwrap())
}

/// Makes a lead and gives its agent.
async fn given(client: &Client<'_>, more: Value) -> Option<UserId> {
    agent(&crate::leads::make(client, more).await)
}

async fn disable(app: &TestApp, user: UserId) {
    app.crm.users().disable(&SYSTEM, user).await.unwrap();
}
