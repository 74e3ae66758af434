//! `crm permissions`: who may do what, as a table.

use std::fmt::Write as _;
use std::sync::Arc;

use clap::Args;

use super::database::with_database;
use super::names::role_id;
use super::{Failure, say};
use crate::app::plugin::Plugins;
use crate::app::{Policy, RoleFacts};
use crate::config::Config;
use crate::domain::ids::RoleId;
use crate::domain::permission::Extent;
use crate::domain::role::Role;

pub(super) const EXAMPLES: &str = "Examples:\n  crm permissions\n  crm permissions --role Manager\n  \
    crm permissions --built-in     needs no database\n\n\
    A permission reaches: own (assigned to me; made by me while nobody's), queue (and nobody's, made in my\n\
    teams), team (and assigned to members of my teams), all. Of several roles the widest counts.";

#[derive(Args)]
pub(super) struct Arguments {
    /// Only this role, with what each permission allows
    #[arg(long, value_name = "ROLE")]
    role: Option<String>,
    /// Only the roles that every workspace has
    #[arg(long, conflicts_with = "role")]
    built_in: bool,
}

/// The table of the roles that every workspace has. Needs no database.
pub(super) async fn built_in(plugins: &Plugins) -> Result<(), Failure> {
    let facts = |role: Role| RoleFacts {
        id: role.id(),
        name: role.to_string(),
        inherits: vec![],
        grants: defaults(plugins, role),
        demands_second_factor: false,
    };
    let policy =
        Policy::compile(Arc::clone(plugins.catalogue()), Role::ALL.map(facts).into()).await;
    let policy = policy.map_err(|broken| Failure::other(broken.to_string()))?;
    say(table(&policy).trim_end());
    Ok(())
}

/// What the plugins grant a role at first.
fn defaults(plugins: &Plugins, role: Role) -> Vec<(String, String)> {
    let defaults = plugins.default_grants().iter();
    let of_role = defaults.filter(|grant| grant.role == role.id());
    of_role
        .map(|grant| (grant.permission.to_string(), grant.extent.to_string()))
        .collect()
}

pub(super) async fn run(config: &Config, arguments: Arguments) -> Result<(), Failure> {
    with_database(config, async |database| {
        let crm = database.crm(config).await?;
        let access = crm.access().await?;
        let text = match &arguments.role {
            Some(name) => one(access.policy(), role_id(&access, name)?),
            None => table(access.policy()),
        };
        say(text.trim_end());
        Ok(())
    })
    .await
}

impl Arguments {
    pub(super) const fn is_built_in(&self) -> bool {
        self.built_in
    }
}

/// A line a permission, a column a role.
fn table(policy: &Policy) -> String {
    let roles = policy.roles();
    let wide = widest(policy);
    let mut text = format!("{:<wide$}", "permission");
    // Writing to a string cannot fail.
    for role in roles {
        let _ = write!(text, "  {:<8}", role.name);
    }
    for permission in policy.catalogue().permissions() {
        text.truncate(text.trim_end().len());
        let _ = write!(text, "\n{:<wide$}", permission.to_string());
        for role in roles {
            let width = role.name.chars().count().max(8);
            let _ = write!(
                text,
                "  {:<width$}",
                cell(policy.extent(role.id, permission))
            );
        }
    }
    text.truncate(text.trim_end().len());
    let _ = write!(text, "\n\n{:<wide$}", "second factor");
    for role in roles {
        let width = role.name.chars().count().max(8);
        let demand = demand(policy, role.id).unwrap_or("-");
        let _ = write!(text, "  {demand:<width$}");
    }
    text
}

/// A line a permission that the role grants.
fn one(policy: &Policy, role: RoleId) -> String {
    let wide = widest(policy);
    let mut text = String::new();
    for (permission, extent) in policy.grants(role) {
        let _ = writeln!(
            text,
            "{:<wide$}  {:<6}  {}",
            permission.to_string(),
            extent.as_str(),
            policy.catalogue().describe(permission)
        );
    }
    if let Some(demand) = demand(policy, role) {
        let _ = writeln!(text, "{:<wide$}  {demand}", "second factor");
    }
    text
}

/// How many characters the longest name of a permission has.
fn widest(policy: &Policy) -> usize {
    let permissions = policy.catalogue().permissions();
    let lengths = permissions.map(|permission| permission.to_string().len());
    lengths.max().unwrap_or_default()
}

/// Whether a role demands a second factor, by itself or by inheritance.
fn demand(policy: &Policy, role: RoleId) -> Option<&'static str> {
    policy.demands_second_factor(role).then_some("demanded")
}

const fn cell(extent: Option<Extent>) -> &'static str {
    match extent {
        Some(extent) => extent.as_str(),
        None => "-",
    }
}
