//! One stage of a pipeline.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};
use crm_domain::text::{Name, TextError};
use crm_domain::violation::Violations;
use serde_json::{Value, json};

use super::{PipelineId, StageId};

/// What it means for a deal to be in a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StageKind {
    /// It may be won.
    Open,
    /// The customer buys.
    Won,
    /// The customer does not.
    Lost,
}

impl StageKind {
    /// All there are.
    pub const ALL: [Self; 3] = [Self::Open, Self::Won, Self::Lost];

    /// The name on the wire and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Won => "won",
            Self::Lost => "lost",
        }
    }

    /// The probability of all stages of this kind; `None` where each has its own.
    const fn probability(self) -> Option<Probability> {
        match self {
            Self::Open => None,
            Self::Won => Some(Probability::CERTAIN),
            Self::Lost => Some(Probability::NONE),
        }
    }
}

impl fmt::Display for StageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for StageKind {
    type Err = TextError;

    fn from_str(name: &str) -> Result<Self, TextError> {
        let found = Self::ALL.into_iter().find(|known| known.as_str() == name);
        found.ok_or_else(|| TextError::NotOneOf {
            allowed: Self::ALL.map(Self::as_str).join(", "),
        })
    }
}

/// How likely a deal is to be won, in per cent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Probability(u8);

impl Probability {
    /// It is lost.
    pub const NONE: Self = Self(0);
    /// It is won.
    pub const CERTAIN: Self = Self(100);

    /// So many per cent, where they are no more than 100.
    #[must_use]
    pub const fn new(percent: u8) -> Option<Self> {
        if percent <= Self::CERTAIN.0 {
            Some(Self(percent))
        } else {
            None
        }
    }

    /// How many per cent.
    #[must_use]
    pub const fn percent(self) -> u8 {
        self.0
    }
}

/// One stage of a pipeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// Identifies it.
    pub id: StageId,
    /// Whose stage it is.
    pub pipeline: PipelineId,
    /// What it is called.
    pub name: Name,
    /// What it means for a deal to be in it; never changed.
    pub kind: StageKind,
    /// How likely a deal in it is to be won.
    pub probability: Probability,
    /// After how many days a deal in it is stale.
    pub stale_after_days: Option<u16>,
}

/// What a stage is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageContent {
    /// The stage that it is, where it is there already.
    pub id: Option<StageId>,
    /// What it is called.
    pub name: Name,
    /// What it means for a deal to be in it.
    pub kind: StageKind,
    /// How likely a deal in it is to be won; needed where the kind does not say it.
    pub probability: Option<Probability>,
    /// After how many days a deal in it is stale.
    pub stale_after_days: Option<u16>,
}

impl Stage {
    /// The most days after which a deal is stale.
    pub const MAX_DAYS: u16 = 3650;

    /// The stage of this content; what is wrong with it is noted.
    pub(super) fn new(
        id: StageId,
        pipeline: PipelineId,
        content: StageContent,
        violations: &mut Violations,
    ) -> Option<Self> {
        let StageContent {
            id: _,
            name,
            kind,
            probability,
            stale_after_days,
        } = content;
        let by_kind = kind.probability();
        if by_kind.is_some() && probability.is_some_and(|given| Some(given) != by_kind) {
            let message = "is 100 where deals are won and 0 where they are lost";
            violations.add("probability", "not-allowed", message);
        }
        let probability = by_kind.or(probability);
        if probability.is_none() {
            violations.add("probability", "required", "must be given");
        }
        if stale_after_days.is_some_and(|days| !(1..=Self::MAX_DAYS).contains(&days)) {
            let message = format!("must be 1 to {}", Self::MAX_DAYS);
            violations.add("staleAfterDays", "out-of-range", message);
        }
        if stale_after_days.is_some() && kind != StageKind::Open {
            let message = "goes with open stages only";
            violations.add("staleAfterDays", "not-allowed", message);
        }
        Some(Self {
            id,
            pipeline,
            name,
            kind,
            probability: probability?,
            stale_after_days,
        })
    }

    /// When a deal becomes stale that has been in this stage since then.
    #[must_use]
    pub fn stale_at(&self, since: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let days = self.stale_after_days?;
        since.checked_add_signed(TimeDelta::days(days.into()))
    }

    /// As the activity log records it.
    pub(super) fn to_json(&self) -> Value {
        let Self {
            id,
            pipeline: _,
            name,
            kind,
            probability,
            stale_after_days,
        } = self;
        json!({
            "id": id,
            "name": name,
            "kind": kind.as_str(),
            "probability": probability.percent(),
            "staleAfterDays": stale_after_days,
        })
    }
}
