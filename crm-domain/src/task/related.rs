//! What a task is about: a record of another kind.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use crate::ids::{CustomerId, LeadId};

/// The record that a task is about. As a text: `Lead:019b7fbc-…`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Related {
    /// A lead.
    Lead(LeadId),
    /// A customer.
    Customer(CustomerId),
}

/// What kind of record a task is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RelatedKind {
    /// A lead.
    Lead,
    /// A customer.
    Customer,
}

impl RelatedKind {
    /// All kinds.
    pub const ALL: [Self; 2] = [Self::Lead, Self::Customer];

    /// The name on the wire and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lead => "Lead",
            Self::Customer => "Customer",
        }
    }

    /// The record of this kind and id.
    #[must_use]
    pub const fn record(self, id: Uuid) -> Related {
        match self {
            Self::Lead => Related::Lead(LeadId::from_uuid(id)),
            Self::Customer => Related::Customer(CustomerId::from_uuid(id)),
        }
    }
}

impl Related {
    /// What kind it is.
    #[must_use]
    pub const fn kind(self) -> RelatedKind {
        match self {
            Self::Lead(_) => RelatedKind::Lead,
            Self::Customer(_) => RelatedKind::Customer,
        }
    }

    /// Which one.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        match self {
            Self::Lead(id) => id.uuid(),
            Self::Customer(id) => id.uuid(),
        }
    }
}

impl fmt::Display for Related {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind().as_str(), self.uuid())
    }
}

/// A text that names no record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be Lead or Customer, a colon and an id")]
pub struct NotRelated;

impl FromStr for RelatedKind {
    type Err = NotRelated;

    fn from_str(name: &str) -> Result<Self, NotRelated> {
        let found = Self::ALL.into_iter().find(|kind| kind.as_str() == name);
        found.ok_or(NotRelated)
    }
}

impl FromStr for Related {
    type Err = NotRelated;

    fn from_str(text: &str) -> Result<Self, NotRelated> {
        let (kind, id) = text.split_once(':').ok_or(NotRelated)?;
        let kind: RelatedKind = kind.parse()?;
        let id = Uuid::try_parse(id).map_err(|_| NotRelated)?;
        Ok(kind.record(id))
    }
}
