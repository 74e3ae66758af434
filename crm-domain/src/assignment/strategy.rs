//! Which of the users of a rule gets the next lead.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::ids::UserId;
use crate::text::TextError;

/// How many open leads of one user are counted: who has more is as busy as anybody.
pub const OPEN_LEADS_CAP: u32 = 1_000;

/// How a rule picks one of its users.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, JsonSchema)]
#[schemars(rename_all = "camelCase")]
pub enum Strategy {
    /// Each in turn.
    RoundRobin,
    /// Who has the fewest open leads; of those who have equally few, each in turn.
    LeastOpen,
    /// The first one.
    Fixed,
}

impl Strategy {
    /// All there are.
    pub const ALL: [Self; 3] = [Self::RoundRobin, Self::LeastOpen, Self::Fixed];

    /// The name on the wire and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RoundRobin => "roundRobin",
            Self::LeastOpen => "leastOpen",
            Self::Fixed => "fixed",
        }
    }

    /// Whether who gets the next lead depends on who got the last one.
    #[must_use]
    pub const fn takes_turns(self) -> bool {
        match self {
            Self::RoundRobin | Self::LeastOpen => true,
            Self::Fixed => false,
        }
    }

    /// Who of the members gets the next lead, after `last` got the one before: never one who is disabled. Nobody, when all
    /// are.
    #[must_use]
    pub fn pick(self, members: &[Member], last: Option<UserId>) -> Option<Pick> {
        let picked = match self {
            Self::RoundRobin => {
                let next = in_turn(members, last).find(|member| member.is_active)?;
                (next, Reason::NextInTurn)
            }
            Self::LeastOpen => {
                let active = in_turn(members, last).filter(|member| member.is_active);
                // Of several, `min_by_key` gives the first: the next in turn.
                let fewest = active.min_by_key(|member| member.open_leads)?;
                (fewest, Reason::FewestOpenLeads(fewest.open_leads))
            }
            Self::Fixed => {
                let first = members.iter().find(|member| member.is_active)?;
                (first, Reason::FirstActive)
            }
        };
        let (member, reason) = picked;
        Some(Pick {
            user: member.user,
            reason,
        })
    }
}

/// The members from the one after `last` on, once around. From the first, when `last` is none of them.
fn in_turn(members: &[Member], last: Option<UserId>) -> impl Iterator<Item = &Member> {
    let last = last.and_then(|last| members.iter().position(|member| member.user == last));
    let (before, after) = members.split_at(last.map_or(0, |last| last + 1));
    after.iter().chain(before)
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Strategy {
    type Err = TextError;

    fn from_str(name: &str) -> Result<Self, TextError> {
        let found = Self::ALL.into_iter().find(|known| known.as_str() == name);
        found.ok_or_else(|| TextError::not_one_of(&Self::ALL.map(Self::as_str)))
    }
}

impl Serialize for Strategy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Strategy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        name.parse().map_err(D::Error::custom)
    }
}

/// One of the users among whom a rule picks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// Which user.
    pub user: UserId,
    /// Whether the user can work on leads.
    pub is_active: bool,
    /// How many open leads the user has, up to [`OPEN_LEADS_CAP`]. Only [`Strategy::LeastOpen`] looks at it.
    pub open_leads: u32,
}

/// Who was picked, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pick {
    /// Who.
    pub user: UserId,
    /// Why.
    pub reason: Reason,
}

/// Why a user was picked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// It was their turn.
    NextInTurn,
    /// They had so few open leads.
    FewestOpenLeads(u32),
    /// They are the first who is active.
    FirstActive,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NextInTurn => f.write_str("next in turn"),
            Self::FewestOpenLeads(OPEN_LEADS_CAP..) => {
                write!(
                    f,
                    "next in turn, all having {OPEN_LEADS_CAP} open leads or more"
                )
            }
            Self::FewestOpenLeads(open) => write!(f, "fewest open leads: {open}"),
            Self::FirstActive => f.write_str("first who is active"),
        }
    }
}
