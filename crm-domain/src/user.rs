//! Users of the workspace.

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::activity::{Fields, fields};
use crate::ids::{RoleId, TeamId, UserId};
use crate::role::{Role, sorted};
use crate::text::{Email, Name, SearchTerm};

/// A person who can sign in, or a program that has keys. The password is kept apart, in storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Identifies the user.
    pub id: UserId,
    /// What others see.
    pub name: Name,
    /// The sign-in name, unique by its key.
    pub email: Email,
    /// The roles that say what the user may do, sorted. With none the user may do nothing.
    pub roles: Vec<RoleId>,
    /// The teams that the user is in, sorted.
    pub teams: Vec<TeamId>,
    /// Whether it is a program: it has API keys and never signs in.
    pub is_service: bool,
    /// Whether the user may sign in, and their keys work.
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
    pub fn new(id: UserId, content: UserContent, is_service: bool, now: DateTime<Utc>) -> Self {
        let UserContent {
            name,
            email,
            roles,
            teams,
        } = content;
        Self {
            id,
            name,
            email,
            roles: sorted(roles),
            teams: sorted(teams),
            is_service,
            is_active: true,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    /// Whether this is one of the user's roles.
    #[must_use]
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role.id())
    }

    /// What is said of the user.
    #[must_use]
    pub fn content(&self) -> UserContent {
        UserContent {
            name: self.name.clone(),
            email: self.email.clone(),
            roles: self.roles.clone(),
            teams: self.teams.clone(),
        }
    }

    /// The user with other content; the same value when that is what they have.
    #[must_use]
    pub fn edit(self, content: UserContent, now: DateTime<Utc>) -> Self {
        let next = Self {
            name: content.name,
            email: content.email,
            roles: sorted(content.roles),
            teams: sorted(content.teams),
            ..self.clone()
        };
        self.step_to(next, now)
    }

    /// The user, who may sign in or may not; the same value when that is so already.
    #[must_use]
    pub fn set_active(self, is_active: bool, now: DateTime<Utc>) -> Self {
        let next = Self {
            is_active,
            ..self.clone()
        };
        self.step_to(next, now)
    }

    fn step_to(self, next: Self, now: DateTime<Utc>) -> Self {
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
            email,
            roles,
            teams,
            is_service,
            is_active,
            version: _,
            created_at: _,
            updated_at: _,
        } = self;
        fields([
            ("name", json!(name)),
            ("emailId", json!(email)),
            ("roles", json!(roles)),
            ("teams", json!(teams)),
            ("isService", json!(is_service)),
            ("isActive", json!(is_active)),
        ])
    }
}

/// What is said of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserContent {
    /// What others see.
    pub name: Name,
    /// The sign-in name.
    pub email: Email,
    /// The roles that say what the user may do.
    pub roles: Vec<RoleId>,
    /// The teams that the user is in.
    pub teams: Vec<TeamId>,
}

/// Which users are wanted. What is `None` does not matter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UserFilter {
    /// Each word is in the name or in the address.
    pub search: Option<SearchTerm>,
    /// One of their roles.
    pub role: Option<RoleId>,
    /// One of their teams.
    pub team: Option<TeamId>,
    /// Whether they may sign in.
    pub is_active: Option<bool>,
    /// Whether they are programs.
    pub is_service: Option<bool>,
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
