//! What a list of leads can be narrowed and sorted by.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};

use super::{Lead, LeadStatus};
use crate::ids::UserId;
use crate::page::{Direction, Position, SortKey};
use crate::text::{SearchTerm, Source, Tag, TextError};

/// Which leads a list holds; what is `None` or empty does not narrow it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash)]
pub struct LeadFilter {
    /// In any of these statuses.
    pub statuses: Vec<LeadStatus>,
    /// With this in the name, company, address or number.
    pub search: Option<SearchTerm>,
    /// Worked on by this user.
    pub assigned_agent: Option<UserId>,
    /// From this source.
    pub source: Option<Source>,
    /// With this tag.
    pub tag: Option<Tag>,
    /// Made at this instant or later.
    pub created_from: Option<DateTime<Utc>>,
    /// Made before this instant.
    pub created_to: Option<DateTime<Utc>>,
    /// Put away, instead of at hand.
    pub is_archived: bool,
}

/// What a list of leads is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LeadSortField {
    /// When the lead was made.
    CreatedAt,
    /// When it was last changed.
    UpdatedAt,
    /// Its name, without regard to case and marks.
    Name,
}

/// How a list of leads is sorted: `name`, or `-createdAt` for the newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LeadSort {
    /// By what.
    pub field: LeadSortField,
    /// Which way.
    pub direction: Direction,
}

impl LeadSort {
    /// Every way to sort.
    pub const ALL: [Self; 6] = [
        Self {
            field: LeadSortField::CreatedAt,
            direction: Direction::Ascending,
        },
        Self {
            field: LeadSortField::CreatedAt,
            direction: Direction::Descending,
        },
        Self {
            field: LeadSortField::UpdatedAt,
            direction: Direction::Ascending,
        },
        Self {
            field: LeadSortField::UpdatedAt,
            direction: Direction::Descending,
        },
        Self {
            field: LeadSortField::Name,
            direction: Direction::Ascending,
        },
        Self {
            field: LeadSortField::Name,
            direction: Direction::Descending,
        },
    ];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        use Direction::{Ascending, Descending};
        match (self.field, self.direction) {
            (LeadSortField::CreatedAt, Ascending) => "createdAt",
            (LeadSortField::CreatedAt, Descending) => "-createdAt",
            (LeadSortField::UpdatedAt, Ascending) => "updatedAt",
            (LeadSortField::UpdatedAt, Descending) => "-updatedAt",
            (LeadSortField::Name, Ascending) => "name",
            (LeadSortField::Name, Descending) => "-name",
        }
    }

    /// Where a page that ends with `lead` ends.
    #[must_use]
    pub fn position(self, lead: &Lead) -> Position {
        let key = match self.field {
            LeadSortField::CreatedAt => SortKey::Time(lead.created_at),
            LeadSortField::UpdatedAt => SortKey::Time(lead.updated_at),
            LeadSortField::Name => SortKey::Text(lead.name.key()),
        };
        Position {
            key,
            id: lead.id.uuid(),
        }
    }
}

impl Default for LeadSort {
    /// The newest first.
    fn default() -> Self {
        Self {
            field: LeadSortField::CreatedAt,
            direction: Direction::Descending,
        }
    }
}

impl fmt::Display for LeadSort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for LeadSort {
    type Err = TextError;

    fn from_str(s: &str) -> Result<Self, TextError> {
        Self::ALL
            .into_iter()
            .find(|sort| sort.as_str() == s)
            .ok_or_else(|| TextError::NotOneOf {
                allowed: Self::ALL.map(Self::as_str).join(", "),
            })
    }
}
