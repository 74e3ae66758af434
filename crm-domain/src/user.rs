//! Users of the workspace and their roles.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::activity::Fields;
use crate::ids::UserId;
use crate::text::{Email, Name, TextError};

/// What a user is in the workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// May do everything, to every record.
    Admin,
    /// Works with their own leads and customers.
    Agent,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 2] = [Self::Admin, Self::Agent];

    /// The name on the wire and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "Admin",
            Self::Agent => "Agent",
        }
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
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == s)
            .ok_or_else(|| TextError::NotOneOf {
                allowed: Self::ALL.map(Self::as_str).join(", "),
            })
    }
}

/// A person who can sign in. The password is kept apart, in storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Identifies the user.
    pub id: UserId,
    /// What others see.
    pub name: Name,
    /// The sign-in name, unique by its key.
    pub email: Email,
    /// What the user may do.
    pub role: Role,
    /// Whether the user may sign in.
    pub is_active: bool,
    /// Counts writes, from 1.
    pub version: i32,
    /// When the user was made.
    pub created_at: DateTime<Utc>,
    /// When the user was last changed.
    pub updated_at: DateTime<Utc>,
}

impl User {
    /// A new, active user.
    #[must_use]
    pub const fn new(id: UserId, name: Name, email: Email, role: Role, now: DateTime<Utc>) -> Self {
        Self {
            id,
            name,
            email,
            role,
            is_active: true,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    /// The user under another name.
    #[must_use]
    pub fn rename(self, name: Name, now: DateTime<Utc>) -> Self {
        Self {
            name,
            version: self.version + 1,
            updated_at: now,
            ..self
        }
    }

    /// The user, who may no longer sign in.
    #[must_use]
    pub fn disable(self, now: DateTime<Utc>) -> Self {
        Self {
            is_active: false,
            version: self.version + 1,
            updated_at: now,
            ..self
        }
    }

    /// The fields that the activity log records.
    #[must_use]
    pub fn fields(&self) -> Fields {
        let Self {
            id: _,
            name,
            email,
            role,
            is_active,
            version: _,
            created_at: _,
            updated_at: _,
        } = self;
        vec![
            ("name", json!(name)),
            ("emailId", json!(email)),
            ("role", json!(role.as_str())),
            ("isActive", json!(is_active)),
        ]
    }
}

/// A user as other records show them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserRef {
    /// Which user.
    pub id: UserId,
    /// Their name.
    pub name: Name,
    /// Their address.
    pub email: Email,
}

impl From<User> for UserRef {
    fn from(user: User) -> Self {
        Self {
            id: user.id,
            name: user.name,
            email: user.email,
        }
    }
}
