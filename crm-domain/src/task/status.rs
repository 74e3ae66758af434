//! Where a task stands, and how much it matters.

use std::fmt;
use std::str::FromStr;

use crate::text::TextError;

/// Where a task stands. Each status may follow each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum TaskStatus {
    /// Nobody has begun.
    #[default]
    Open,
    /// Somebody has.
    InProgress,
    /// It is done.
    Done,
    /// It is not going to be done.
    Cancelled,
}

impl TaskStatus {
    /// All statuses.
    pub const ALL: [Self; 4] = [Self::Open, Self::InProgress, Self::Done, Self::Cancelled];

    /// The name on the wire and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::InProgress => "InProgress",
            Self::Done => "Done",
            Self::Cancelled => "Cancelled",
        }
    }

    /// Whether there is still something to do.
    #[must_use]
    pub const fn is_open(self) -> bool {
        match self {
            Self::Open | Self::InProgress => true,
            Self::Done | Self::Cancelled => false,
        }
    }
}

/// How much a task matters, from little to much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Priority {
    /// Less than others.
    Low,
    /// As others.
    #[default]
    Medium,
    /// More than others.
    High,
    /// Before all others.
    Urgent,
}

impl Priority {
    /// All priorities, from little to much.
    pub const ALL: [Self; 4] = [Self::Low, Self::Medium, Self::High, Self::Urgent];

    /// The name on the wire and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "Low",
            Self::Medium => "Medium",
            Self::High => "High",
            Self::Urgent => "Urgent",
        }
    }

    /// Its place in the order, from 1.
    #[must_use]
    pub const fn rank(self) -> i16 {
        match self {
            Self::Low => 1,
            Self::Medium => 2,
            Self::High => 3,
            Self::Urgent => 4,
        }
    }
}

macro_rules! by_name {
    ($($enum:ident),*) => {$(
        impl fmt::Display for $enum {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $enum {
            type Err = TextError;

            fn from_str(name: &str) -> Result<Self, TextError> {
                let found = Self::ALL.into_iter().find(|known| known.as_str() == name);
                found.ok_or_else(|| TextError::not_one_of(&Self::ALL.map(Self::as_str)))
            }
        }
    )*};
}

by_name!(TaskStatus, Priority);
