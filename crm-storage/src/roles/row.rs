//! A role as rows of three tables, and back.

use chrono::{DateTime, Utc};
use crm_domain::ids::RoleId;
use crm_domain::permission::Catalogue;
use crm_domain::role::RoleDefinition;
use crm_domain::text::{Description, RoleName};
use diesel::pg::Pg;
use diesel::prelude::*;
use uuid::Uuid;

use crate::schema::{role_grants, roles};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = roles, check_for_backend(Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct RoleRow {
    pub(super) id: Uuid,
    name: String,
    description: Option<String>,
    is_built_in: bool,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    demands_second_factor: bool,
}

impl From<&RoleDefinition> for RoleRow {
    fn from(role: &RoleDefinition) -> Self {
        let RoleDefinition {
            id,
            name,
            description,
            is_built_in,
            inherits: _,
            grants: _,
            demands_second_factor,
            version,
            created_at,
            updated_at,
        } = role;
        Self {
            id: id.uuid(),
            name: name.to_string(),
            description: description.as_ref().map(Description::to_string),
            is_built_in: *is_built_in,
            version: *version,
            created_at: *created_at,
            updated_at: *updated_at,
            demands_second_factor: *demands_second_factor,
        }
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = role_grants, check_for_backend(Pg))]
pub(super) struct GrantRow {
    role_id: Uuid,
    permission: String,
    extent: String,
}

impl GrantRow {
    pub(super) fn all_of(role: &RoleDefinition) -> Vec<Self> {
        let row = |(permission, extent): (&crm_domain::permission::Permission, &_)| Self {
            role_id: role.id.uuid(),
            permission: permission.to_string(),
            extent: crm_domain::permission::Extent::to_string(extent),
        };
        role.grants.iter().map(row).collect()
    }
}

/// The role of a row, with its part of `parents` (role, parent) and of `grants`, as far as there are such permissions.
pub(super) fn definition(
    catalogue: &Catalogue,
    row: RoleRow,
    parents: &[(Uuid, Uuid)],
    grants: &[GrantRow],
) -> RoleDefinition {
    let RoleRow {
        id,
        name,
        description,
        is_built_in,
        version,
        created_at,
        updated_at,
        demands_second_factor,
    } = row;
    let inherits = parents.iter().filter(|(role, _)| *role == id);
    let grants = grants.iter().filter(|grant| grant.role_id == id);
    // What is unknown is of a plugin that is not installed.
    let known = |grant: &GrantRow| {
        let permission = catalogue.permission(&grant.permission).ok()?;
        Some((permission, grant.extent.parse().ok()?))
    };
    RoleDefinition {
        id: RoleId::from(id),
        name: RoleName::from_stored(name),
        description: description.map(Description::from_stored),
        is_built_in,
        inherits: inherits.map(|(_, parent)| RoleId::from(*parent)).collect(),
        grants: grants.filter_map(known).collect(),
        demands_second_factor,
        version,
        created_at,
        updated_at,
    }
}
