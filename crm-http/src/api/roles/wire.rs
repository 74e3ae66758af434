//! Roles on the wire.

use chrono::{DateTime, Utc};
use crm_app::Access;
use crm_app::roles::RoleEdit;
use crm_domain::change::Change;
use crm_domain::ids::RoleId;
use crm_domain::permission::Catalogue;
use crm_domain::role::{RoleContent, RoleDefinition};
use crm_domain::violation::Violations;
use poem_openapi::Object;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::api::permissions::{Grant, parse_grants};
use crate::api::users::Named;
use crate::problem::Problem;
use crate::wire::{DescriptionText, List, Patch, RoleNameText};

/// A role.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
pub struct Role {
    /// Identifies the role.
    id: Uuid,
    /// Its name, unique without regard to case.
    name: RoleNameText,
    /// What it is for.
    description: Option<DescriptionText>,
    /// Whether it came with the program, and is not edited.
    is_built_in: bool,
    /// The roles whose grants it has besides its own.
    #[oai(validator(max_items = 200))]
    inherits: Vec<Named>,
    /// What it grants by itself; for a built-in role nothing is told here.
    #[oai(validator(max_items = 1000))]
    grants: Vec<Grant>,
    /// What it grants in all, by itself, by inheritance and as built in.
    #[oai(validator(max_items = 1000))]
    permissions: Vec<Grant>,
    /// Whether its users may do nothing until they have a second factor. Roles that inherit from it demand it too.
    demands_second_factor: bool,
    /// Counts writes, from 1.
    #[oai(validator(minimum(value = "1"), maximum(value = "2147483647")))]
    version: i32,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it was last changed.
    updated_at: DateTime<Utc>,
}

impl Role {
    /// A role, with the names of those that it inherits from.
    pub fn new(role: &RoleDefinition, access: &Access) -> Self {
        let RoleDefinition {
            id,
            name,
            description,
            is_built_in,
            inherits,
            grants,
            demands_second_factor,
            version,
            created_at,
            updated_at,
        } = role;
        Self {
            id: id.uuid(),
            name: name.into(),
            description: description.as_ref().map(Into::into),
            is_built_in: *is_built_in,
            inherits: inherits
                .iter()
                .map(|parent| Named::role(*parent, access))
                .collect(),
            grants: Grant::list(grants),
            permissions: Grant::list(&access.policy().grants(*id)),
            demands_second_factor: *demands_second_factor,
            version: *version,
            created_at: *created_at,
            updated_at: *updated_at,
        }
    }
}

/// Roles.
#[derive(Debug, Serialize, Object)]
pub(super) struct RoleList {
    /// The roles, the built-in ones first, then by name.
    #[oai(validator(max_items = 200))]
    pub(super) roles: Vec<Role>,
}

/// A new role.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
pub(super) struct CreateRole {
    /// Its name.
    name: RoleNameText,
    /// What it is for.
    description: Option<DescriptionText>,
    /// The ids of the roles whose grants it has besides its own.
    #[serde(default)]
    #[oai(default)]
    inherits: List<Uuid, 200>,
    /// What it grants.
    #[serde(default)]
    #[oai(default)]
    grants: List<Grant, 1000>,
    /// Whether its users may do nothing until they have a second factor.
    #[serde(default)]
    #[oai(default)]
    demands_second_factor: bool,
}

impl CreateRole {
    pub(super) fn into_content(self, catalogue: &Catalogue) -> Result<RoleContent, Problem> {
        let Self {
            name,
            description,
            inherits,
            grants,
            demands_second_factor,
        } = self;
        let mut violations = Violations::new();
        let name = name.parse("name", &mut violations);
        let description = description.and_then(|text| text.parse("description", &mut violations));
        let grants = parse_grants(catalogue, "grants", &grants, &mut violations);
        let Some(name) = name else {
            return Err(violations.into());
        };
        violations.into_result()?;
        Ok(RoleContent {
            name,
            description,
            inherits: inherits.into_iter().map(RoleId::from).collect(),
            grants,
            demands_second_factor,
        })
    }
}

/// Fields of a role to change. What is absent stays.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename = "UpdateRole", rename_all = "camelCase")]
pub(super) struct EditRole {
    /// Its name.
    name: Option<RoleNameText>,
    /// What it is for.
    #[serde(default)]
    description: Patch<DescriptionText>,
    /// The ids of all the roles whose grants it has besides its own.
    inherits: Option<List<Uuid, 200>>,
    /// All that it grants.
    grants: Option<List<Grant, 1000>>,
    /// Whether its users may do nothing until they have a second factor.
    demands_second_factor: Option<bool>,
}

impl EditRole {
    pub(super) fn into_edit(self, catalogue: &Catalogue) -> Result<RoleEdit, Problem> {
        let Self {
            name,
            description,
            inherits,
            grants,
            demands_second_factor,
        } = self;
        let mut violations = Violations::new();
        let name = name.and_then(|name| name.parse("name", &mut violations));
        let description =
            description.into_change(|text| text.parse("description", &mut violations));
        let grants =
            grants.map(|grants| parse_grants(catalogue, "grants", &grants, &mut violations));
        violations.into_result()?;
        Ok(RoleEdit {
            name,
            description: match description {
                Change::Keep => None,
                Change::Clear => Some(None),
                Change::Set(text) => Some(Some(text)),
            },
            inherits: inherits.map(|ids| ids.into_iter().map(RoleId::from).collect()),
            grants,
            if_version: None,
            demands_second_factor,
        })
    }
}
