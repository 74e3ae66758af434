//! Roles, teams and permissions by the names that people type.

use crate::app::Access;
use crate::domain::ids::{RoleId, TeamId};

use super::Failure;

/// The roles of these names.
pub(super) fn role_ids(access: &Access, names: &[String]) -> Result<Vec<RoleId>, Failure> {
    names.iter().map(|name| role_id(access, name)).collect()
}

/// The role of this name.
pub(super) fn role_id(access: &Access, name: &str) -> Result<RoleId, Failure> {
    let role = access.policy().role_named(name);
    role.map(|role| role.id).ok_or_else(|| {
        let known: Vec<_> = access
            .policy()
            .roles()
            .iter()
            .map(|role| role.name.as_str())
            .collect();
        Failure::other(format!(
            "there is no role {name}; there are {}",
            known.join(", ")
        ))
    })
}

/// The teams of these names.
pub(super) fn team_ids(access: &Access, names: &[String]) -> Result<Vec<TeamId>, Failure> {
    names.iter().map(|name| team_id(access, name)).collect()
}

/// The team of this name.
pub(super) fn team_id(access: &Access, name: &str) -> Result<TeamId, Failure> {
    let team = access.teams().iter().find(|team| team.name == name);
    team.map(|team| team.id)
        .ok_or_else(|| Failure::other(format!("there is no team {name}; crm team list shows all")))
}

/// The names of these roles; a word for none.
pub(super) fn role_names(access: &Access, ids: &[RoleId]) -> String {
    let names = ids.iter().filter_map(|id| access.policy().role(*id));
    or_none(&names.map(|role| role.name.as_str()).collect::<Vec<_>>())
}

/// The names of these teams; a word for none.
pub(super) fn team_names(access: &Access, ids: &[TeamId]) -> String {
    let names = access.teams().iter().filter(|team| ids.contains(&team.id));
    or_none(&names.map(|team| team.name.as_str()).collect::<Vec<_>>())
}

fn or_none(names: &[&str]) -> String {
    if names.is_empty() {
        "-".to_owned()
    } else {
        names.join(", ")
    }
}
