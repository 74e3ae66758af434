//! Permissions and how far they reach, on the wire.

use crm_domain::permission::{self, Catalogue, Permission};
use crm_domain::role::Grants;
use crm_domain::violation::Violations;
use poem_openapi::Object;
use serde::{Deserialize, Serialize};

use crate::wire::{Text, wire_enum};

/// The name of a permission: `lead:read`.
pub type PermissionText = Text<100>;

wire_enum! {
    /// How far a permission reaches, from narrow to wide. Each takes in the ones before it.
    #[oai(rename = "Scope", rename_all = "lowercase")]
    #[serde(rename_all = "lowercase")]
    Scope = permission::Extent {
        /// What is assigned to the user, and what the user made and nobody is assigned to.
        Own = "own",
        /// And what was made in the user's teams and nobody is assigned to.
        Queue = "queue",
        /// And what is assigned to somebody in the user's teams.
        Team = "team",
        /// Everything.
        All = "all",
    }
}

/// One permission and how far it reaches.
#[derive(Debug, Clone, Serialize, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(rename = "PermissionGrant")]
pub struct Grant {
    /// What may be done: `lead:read`.
    pub permission: PermissionText,
    /// To which records.
    pub scope: Scope,
}

impl Grant {
    /// Each of these grants.
    #[must_use]
    pub fn list(grants: &Grants) -> Vec<Self> {
        let grant = |(permission, extent): (&Permission, &permission::Extent)| Self {
            permission: permission.into(),
            scope: (*extent).into(),
        };
        grants.iter().map(grant).collect()
    }
}

/// The permission of this name, or a violation of `field`.
pub(crate) fn parse(
    catalogue: &Catalogue,
    field: &str,
    name: &PermissionText,
    violations: &mut Violations,
) -> Option<Permission> {
    let permission = catalogue.permission(name.as_str()).ok();
    if permission.is_none() {
        violations.add(field, "not-found", "is not the name of a permission");
    }
    permission
}

/// The grants of a list, in which each permission stands once.
pub(crate) fn parse_grants(
    catalogue: &Catalogue,
    field: &str,
    grants: &[Grant],
    violations: &mut Violations,
) -> Grants {
    let mut parsed = Grants::new();
    for (index, grant) in grants.iter().enumerate() {
        let place = format!("{field}/{index}/permission");
        let Some(permission) = parse(catalogue, &place, &grant.permission, violations) else {
            continue;
        };
        if parsed.insert(permission, grant.scope.into()).is_some() {
            violations.add(&place, "duplicate", "stands in the list twice");
        }
    }
    parsed
}
