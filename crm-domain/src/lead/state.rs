//! The lifecycle of a lead: its states, what belongs to each, and the steps between them.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::LeadError;
use crate::ids::CustomerId;
use crate::text::{Note, TextError};
use crate::violation::Violations;

/// Where a lead stands, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum LeadStatus {
    /// Nobody has spoken with them.
    New,
    /// Somebody has.
    Contacted,
    /// Interested, but not now.
    Nurturing,
    /// Worth an offer.
    Qualified,
    /// Not worth one, for a reason.
    Unqualified,
    /// Became a customer.
    Converted,
}

impl LeadStatus {
    /// All statuses in the order of the lifecycle.
    pub const ALL: [Self; 6] = [
        Self::New,
        Self::Contacted,
        Self::Nurturing,
        Self::Qualified,
        Self::Unqualified,
        Self::Converted,
    ];

    /// The name on the wire and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "New",
            Self::Contacted => "Contacted",
            Self::Nurturing => "Nurturing",
            Self::Qualified => "Qualified",
            Self::Unqualified => "Unqualified",
            Self::Converted => "Converted",
        }
    }

    /// The statuses that an edit may give to a lead that stands here.
    #[must_use]
    pub const fn next(self) -> &'static [Self] {
        match self {
            Self::New => &[
                Self::Contacted,
                Self::Nurturing,
                Self::Qualified,
                Self::Unqualified,
            ],
            Self::Contacted => &[Self::Nurturing, Self::Qualified, Self::Unqualified],
            Self::Nurturing => &[Self::Contacted, Self::Qualified, Self::Unqualified],
            Self::Qualified => &[Self::Contacted, Self::Nurturing, Self::Unqualified],
            Self::Unqualified => &[Self::Contacted],
            Self::Converted => &[],
        }
    }

    /// Whether a lead that stands here can be converted.
    #[must_use]
    pub const fn can_convert(self) -> bool {
        match self {
            Self::New | Self::Contacted | Self::Nurturing | Self::Qualified => true,
            Self::Unqualified | Self::Converted => false,
        }
    }
}

impl fmt::Display for LeadStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for LeadStatus {
    type Err = TextError;

    fn from_str(s: &str) -> Result<Self, TextError> {
        Self::ALL
            .into_iter()
            .find(|status| status.as_str() == s)
            .ok_or_else(|| TextError::NotOneOf {
                allowed: Self::ALL.map(Self::as_str).join(", "),
            })
    }
}

/// Why a lead is not worth an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnqualifiedReason {
    /// They cannot pay.
    NoBudget,
    /// They do not need it.
    NoNeed,
    /// They do not answer.
    NoResponse,
    /// They chose somebody else.
    Competitor,
    /// The same as another lead.
    Duplicate,
    /// Nobody real.
    Spam,
    /// Something else, told in a note.
    Other,
}

impl UnqualifiedReason {
    /// All reasons.
    pub const ALL: [Self; 7] = [
        Self::NoBudget,
        Self::NoNeed,
        Self::NoResponse,
        Self::Competitor,
        Self::Duplicate,
        Self::Spam,
        Self::Other,
    ];

    /// The name on the wire and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoBudget => "NoBudget",
            Self::NoNeed => "NoNeed",
            Self::NoResponse => "NoResponse",
            Self::Competitor => "Competitor",
            Self::Duplicate => "Duplicate",
            Self::Spam => "Spam",
            Self::Other => "Other",
        }
    }
}

impl FromStr for UnqualifiedReason {
    type Err = TextError;

    fn from_str(s: &str) -> Result<Self, TextError> {
        Self::ALL
            .into_iter()
            .find(|reason| reason.as_str() == s)
            .ok_or_else(|| TextError::NotOneOf {
                allowed: Self::ALL.map(Self::as_str).join(", "),
            })
    }
}

/// Where a lead stands, with what belongs to that state and to no other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeadState {
    /// Nobody has spoken with them.
    New,
    /// Somebody has.
    Contacted,
    /// Interested, but not now.
    Nurturing,
    /// Worth an offer.
    Qualified,
    /// Not worth one.
    Unqualified {
        /// Why.
        reason: UnqualifiedReason,
        /// In words; always there for [`UnqualifiedReason::Other`].
        note: Option<Note>,
    },
    /// Became a customer; the end of the lifecycle.
    Converted {
        /// The customer.
        customer: CustomerId,
        /// When.
        at: DateTime<Utc>,
    },
}

/// The state that an edit asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NextStatus {
    /// Never reached again; asking for it is refused unless the lead is New.
    New,
    /// Somebody has spoken with them.
    Contacted,
    /// Interested, but not now.
    Nurturing,
    /// Worth an offer.
    Qualified,
    /// Not worth one.
    Unqualified {
        /// Why.
        reason: UnqualifiedReason,
        /// In words.
        note: Option<Note>,
    },
}

impl NextStatus {
    /// The state that a wanted status with its reason and note means.
    ///
    /// # Errors
    /// [`LeadError::UseConvert`] for Converted; [`LeadError::Invalid`] for Unqualified without a reason, for the
    /// reason Other without a note, and for a reason or note that no status needs.
    pub fn new(
        status: LeadStatus,
        reason: Option<UnqualifiedReason>,
        note: Option<Note>,
    ) -> Result<Self, LeadError> {
        if status == LeadStatus::Unqualified {
            return Self::unqualified(reason, note);
        }
        refuse_stray_reason(reason, note.as_ref())?;
        match status {
            LeadStatus::New => Ok(Self::New),
            LeadStatus::Contacted => Ok(Self::Contacted),
            LeadStatus::Nurturing => Ok(Self::Nurturing),
            LeadStatus::Qualified => Ok(Self::Qualified),
            LeadStatus::Unqualified | LeadStatus::Converted => Err(LeadError::UseConvert),
        }
    }

    fn unqualified(
        reason: Option<UnqualifiedReason>,
        note: Option<Note>,
    ) -> Result<Self, LeadError> {
        let reason = reason.ok_or_else(|| {
            Violations::one(
                "unqualifiedReason",
                "required",
                "must be given for a lead that is Unqualified",
            )
        })?;
        require_note(reason, note.as_ref())?;
        Ok(Self::Unqualified { reason, note })
    }

    /// The status asked for.
    #[must_use]
    pub const fn status(&self) -> LeadStatus {
        match self {
            Self::New => LeadStatus::New,
            Self::Contacted => LeadStatus::Contacted,
            Self::Nurturing => LeadStatus::Nurturing,
            Self::Qualified => LeadStatus::Qualified,
            Self::Unqualified { .. } => LeadStatus::Unqualified,
        }
    }
}

/// The reason Other says nothing by itself.
fn require_note(reason: UnqualifiedReason, note: Option<&Note>) -> Result<(), Violations> {
    if reason == UnqualifiedReason::Other && note.is_none() {
        let message = "must be given for the reason Other";
        return Err(Violations::one("unqualifiedNote", "required", message));
    }
    Ok(())
}

/// A reason or note belongs to Unqualified and to nothing else.
fn refuse_stray_reason(
    reason: Option<UnqualifiedReason>,
    note: Option<&Note>,
) -> Result<(), Violations> {
    let mut violations = Violations::new();
    let message = "goes only with the status Unqualified";
    if reason.is_some() {
        violations.add("unqualifiedReason", "not-allowed", message);
    }
    if note.is_some() {
        violations.add("unqualifiedNote", "not-allowed", message);
    }
    violations.into_result()
}

impl LeadState {
    /// The state of a new lead.
    ///
    /// # Errors
    /// [`LeadError::UseConvert`] for Converted, [`LeadError::Invalid`] for Unqualified: a lead does not begin there.
    pub fn start(status: LeadStatus) -> Result<Self, LeadError> {
        match status {
            LeadStatus::New => Ok(Self::New),
            LeadStatus::Contacted => Ok(Self::Contacted),
            LeadStatus::Nurturing => Ok(Self::Nurturing),
            LeadStatus::Qualified => Ok(Self::Qualified),
            LeadStatus::Unqualified => Err(Violations::one(
                "status",
                "not-allowed",
                "must not be Unqualified for a new lead",
            )
            .into()),
            LeadStatus::Converted => Err(LeadError::UseConvert),
        }
    }

    /// The state after an edit asked for `next`. Asking for the present status is no step and always allowed.
    ///
    /// # Errors
    /// [`LeadError::TransitionNotAllowed`] for a step that the lifecycle does not have.
    pub fn step(self, next: NextStatus) -> Result<Self, LeadError> {
        let (from, to) = (self.status(), next.status());
        if from != to && !from.next().contains(&to) {
            return Err(LeadError::TransitionNotAllowed {
                from,
                to,
                allowed: from.next().to_vec(),
            });
        }
        Ok(match next {
            NextStatus::New => Self::New,
            NextStatus::Contacted => Self::Contacted,
            NextStatus::Nurturing => Self::Nurturing,
            NextStatus::Qualified => Self::Qualified,
            NextStatus::Unqualified { reason, note } => Self::Unqualified { reason, note },
        })
    }

    /// The state without the note on why it is Unqualified.
    ///
    /// # Errors
    /// [`LeadError::Invalid`] where the reason is Other.
    pub fn without_note(self) -> Result<Self, LeadError> {
        match self {
            Self::Unqualified { reason, .. } => {
                require_note(reason, None)?;
                Ok(Self::Unqualified { reason, note: None })
            }
            other => Ok(other),
        }
    }

    /// The state after converting.
    ///
    /// # Errors
    /// [`LeadError::TransitionNotAllowed`] from Unqualified and Converted.
    pub fn convert(self, customer: CustomerId, at: DateTime<Utc>) -> Result<Self, LeadError> {
        self.check_can_convert()?;
        Ok(Self::Converted { customer, at })
    }

    /// Refuses a state from which [`LeadState::convert`] does not lead on.
    ///
    /// # Errors
    /// As [`LeadState::convert`].
    pub fn check_can_convert(&self) -> Result<(), LeadError> {
        let from = self.status();
        if from.can_convert() {
            return Ok(());
        }
        Err(LeadError::TransitionNotAllowed {
            from,
            to: LeadStatus::Converted,
            allowed: from.next().to_vec(),
        })
    }

    /// The state after a conversion was undone.
    ///
    /// # Errors
    /// [`LeadError::NotConverted`] from any other state than Converted.
    pub fn reopen(&self) -> Result<Self, LeadError> {
        match self {
            Self::Converted { .. } => Ok(Self::Qualified),
            _ => Err(LeadError::NotConverted),
        }
    }

    /// The state's name.
    #[must_use]
    pub const fn status(&self) -> LeadStatus {
        match self {
            Self::New => LeadStatus::New,
            Self::Contacted => LeadStatus::Contacted,
            Self::Nurturing => LeadStatus::Nurturing,
            Self::Qualified => LeadStatus::Qualified,
            Self::Unqualified { .. } => LeadStatus::Unqualified,
            Self::Converted { .. } => LeadStatus::Converted,
        }
    }

    /// Why the lead is Unqualified.
    #[must_use]
    pub const fn unqualified_reason(&self) -> Option<UnqualifiedReason> {
        match self {
            Self::Unqualified { reason, .. } => Some(*reason),
            _ => None,
        }
    }

    /// Why the lead is Unqualified, in words.
    #[must_use]
    pub const fn unqualified_note(&self) -> Option<&Note> {
        match self {
            Self::Unqualified { note, .. } => note.as_ref(),
            _ => None,
        }
    }

    /// The customer that the lead became.
    #[must_use]
    pub const fn customer(&self) -> Option<CustomerId> {
        match self {
            Self::Converted { customer, .. } => Some(*customer),
            _ => None,
        }
    }

    /// When the lead became a customer.
    #[must_use]
    pub const fn converted_at(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Converted { at, .. } => Some(*at),
            _ => None,
        }
    }
}

/// One step in the lifecycle, as the status history keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusChange {
    /// Where the lead stood.
    pub from: LeadStatus,
    /// Where it stands now.
    pub to: LeadStatus,
    /// When.
    pub at: DateTime<Utc>,
    /// Whole seconds spent in `from`.
    pub seconds: i64,
}
