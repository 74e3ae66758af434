//! Teams, roles, keys, and who may give what to whom.

mod api_keys;
mod if_match;
mod last_admin;
mod replicas;
mod rights;
mod scopes;
mod second_factors;
mod users;

use crm_app::users::UserEdit;
use crm_domain::activity::Actor;
use crm_domain::ids::{RoleId, TeamId, UserId};
use crm_domain::role::Role;
use crm_testing::{Client, TestApp};
use serde_json::{Value, json};

const SYSTEM: Actor = Actor::system("test");

pub(crate) async fn team(app: &TestApp, name: &str) -> TeamId {
    let name = name.parse().unwrap();
    app.crm.teams().create(&SYSTEM, name).await.unwrap().id
}

async fn set(app: &TestApp, user: UserId, edit: UserEdit) {
    app.crm.users().edit(&SYSTEM, user, edit).await.unwrap();
}

fn roles(ids: &[RoleId]) -> UserEdit {
    UserEdit {
        roles: Some(ids.to_vec()),
        ..UserEdit::default()
    }
}

/// A new user of this role in these teams, signed in.
pub(crate) async fn member<'a>(app: &'a TestApp, role: Role, teams: &[TeamId]) -> Client<'a> {
    let user = app.user(role).await;
    let edit = UserEdit {
        teams: Some(teams.to_vec()),
        ..UserEdit::default()
    };
    set(app, user.id, edit).await;
    app.sign_in(user).await
}

/// A new role, made by an Admin.
pub(crate) async fn role(admin: &Client<'_>, name: &str, grants: &[(&str, &str)]) -> Value {
    let grants: Vec<_> = grants
        .iter()
        .map(|(permission, scope)| json!({ "permission": permission, "scope": scope }))
        .collect();
    let body = json!({ "name": name, "grants": grants });
    admin.post("/api/roles").json(body).expect(201).await
}

/// A new user who may do this and nothing else, signed in.
pub(crate) async fn who_may<'a>(
    app: &'a TestApp,
    admin: &Client<'_>,
    grants: &[(&str, &str)],
) -> Client<'a> {
    let user = app.user(Role::Agent).await;
    let role = role(admin, user.name.as_str(), grants).await;
    set(app, user.id, roles(&[role_id(&role)])).await;
    app.sign_in(user).await
}

fn role_id(role: &Value) -> RoleId {
    role["id"].as_str().unwrap().parse().unwrap()
}
