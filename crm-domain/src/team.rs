//! Teams: users who look after records together.

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::activity::{Fields, fields};
use crate::ids::TeamId;
use crate::text::TeamName;

/// A team. Who is in it stands with each user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// Identifies the team.
    pub id: TeamId,
    /// Its name, unique without regard to case.
    pub name: TeamName,
    /// Counts writes, from 1.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl Team {
    /// A new team.
    #[must_use]
    pub const fn new(id: TeamId, name: TeamName, now: DateTime<Utc>) -> Self {
        Self {
            id,
            name,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    /// The team under another name; the same value when that is the one it has.
    #[must_use]
    pub fn rename(self, name: TeamName, now: DateTime<Utc>) -> Self {
        if self.name == name {
            return self;
        }
        Self {
            name,
            version: self.version + 1,
            updated_at: now,
            ..self
        }
    }

    /// The fields that the activity log records.
    #[must_use]
    pub fn fields(&self) -> Fields {
        fields([("name", json!(self.name))])
    }
}
