//! Roles: named sets of grants that users hold.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::activity::{Fields, fields};
use crate::ids::RoleId;
use crate::permission::{Extent, Permission};
use crate::text::{Description, RoleName, TextError};

/// The roles that every workspace has. What they grant comes with the program and is not edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// May do everything, to every record.
    Admin,
    /// Looks after the records of their teams.
    Manager,
    /// Works with their own leads and customers.
    Agent,
    /// Sees everything and changes nothing.
    ReadOnly,
}

impl Role {
    /// All of them, the mightiest first.
    pub const ALL: [Self; 4] = [Self::Admin, Self::Manager, Self::Agent, Self::ReadOnly];

    /// The name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "Admin",
            Self::Manager => "Manager",
            Self::Agent => "Agent",
            Self::ReadOnly => "ReadOnly",
        }
    }

    /// The id, the same in every workspace: smaller than that of any role that people make.
    #[must_use]
    pub const fn id(self) -> RoleId {
        let number = match self {
            Self::Admin => 1,
            Self::Manager => 2,
            Self::Agent => 3,
            Self::ReadOnly => 4,
        };
        RoleId::from_uuid(Uuid::from_u128(0x7000_8000_0000_0000_0000 | number))
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = TextError;

    fn from_str(s: &str) -> Result<Self, TextError> {
        let found = Self::ALL.into_iter().find(|role| role.as_str() == s);
        found.ok_or_else(|| TextError::not_one_of(&Self::ALL.map(Self::as_str)))
    }
}

/// What a role grants: how far each permission reaches. One that is not in it is not granted.
pub type Grants = BTreeMap<Permission, Extent>;

/// A role as it is defined in a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleDefinition {
    /// Identifies the role.
    pub id: RoleId,
    /// Its name, unique without regard to case.
    pub name: RoleName,
    /// What it is for.
    pub description: Option<Description>,
    /// Whether it came with the program, and is not edited.
    pub is_built_in: bool,
    /// The roles whose grants it has besides its own, sorted.
    pub inherits: Vec<RoleId>,
    /// What it grants by itself.
    pub grants: Grants,
    /// Whether its users may do nothing until they have a second factor.
    pub demands_second_factor: bool,
    /// Counts writes, from 1.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// What people say of a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleContent {
    /// Its name.
    pub name: RoleName,
    /// What it is for.
    pub description: Option<Description>,
    /// The roles whose grants it has besides its own.
    pub inherits: Vec<RoleId>,
    /// What it grants by itself.
    pub grants: Grants,
    /// Whether its users may do nothing until they have a second factor.
    pub demands_second_factor: bool,
}

impl RoleDefinition {
    /// A new role.
    #[must_use]
    pub fn new(id: RoleId, content: RoleContent, now: DateTime<Utc>) -> Self {
        let RoleContent {
            name,
            description,
            inherits,
            grants,
            demands_second_factor,
        } = content;
        Self {
            id,
            name,
            description,
            is_built_in: false,
            inherits: sorted(inherits),
            grants,
            demands_second_factor,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    /// What people say of it.
    #[must_use]
    pub fn content(&self) -> RoleContent {
        RoleContent {
            name: self.name.clone(),
            description: self.description.clone(),
            inherits: self.inherits.clone(),
            grants: self.grants.clone(),
            demands_second_factor: self.demands_second_factor,
        }
    }

    /// The role with other content; the same value when that is what it has.
    #[must_use]
    pub fn edit(self, content: RoleContent, now: DateTime<Utc>) -> Self {
        let next = Self {
            inherits: sorted(content.inherits),
            name: content.name,
            description: content.description,
            grants: content.grants,
            demands_second_factor: content.demands_second_factor,
            ..self.clone()
        };
        if next == self {
            return self;
        }
        Self {
            version: self.version + 1,
            updated_at: now,
            ..next
        }
    }

    /// The fields that the activity log records.
    #[must_use]
    pub fn fields(&self) -> Fields {
        let Self {
            id: _,
            name,
            description,
            is_built_in: _,
            inherits,
            grants,
            demands_second_factor,
            version: _,
            created_at: _,
            updated_at: _,
        } = self;
        let grants: BTreeMap<String, Value> = grants
            .iter()
            .map(|(permission, extent)| (permission.to_string(), json!(extent.as_str())))
            .collect();
        fields([
            ("name", json!(name)),
            ("description", json!(description)),
            ("inherits", json!(inherits)),
            ("grants", json!(grants)),
            ("demandsSecondFactor", json!(demands_second_factor)),
        ])
    }
}

/// In order and each once, so that equal sets are equal values.
pub(crate) fn sorted<T: Ord>(mut ids: Vec<T>) -> Vec<T> {
    ids.sort_unstable();
    ids.dedup();
    ids
}
