//! Records that may be the same, as the operations on leads and customers show them.

use crm_domain::duplicate;
use poem_openapi::Object;
use serde::Serialize;
use uuid::Uuid;

use crate::wire::{NameText, Text, wire_enum};

wire_enum! {
    /// Why two records may be the same.
    #[oai(rename_all = "camelCase")]
    #[serde(rename_all = "camelCase")]
    MatchReason = duplicate::MatchReason {
        /// The same e-mail address.
        Email = "email",
        /// The same phone number.
        Phone = "phone",
        /// The same name at the same company.
        NameAndCompany = "nameAndCompany",
    }
}

/// A record that may be the same as another one.
#[derive(Debug, Serialize, Object)]
#[oai(rename = "DuplicateCandidate")]
pub struct Candidate {
    /// Identifies it.
    id: Uuid,
    /// Its name.
    name: NameText,
    /// The strongest reason to think so.
    reason: MatchReason,
    /// How likely it is, of 100.
    #[oai(validator(minimum(value = "0"), maximum(value = "100")))]
    score: u8,
}

impl From<&duplicate::Candidate> for Candidate {
    fn from(candidate: &duplicate::Candidate) -> Self {
        Self {
            id: candidate.id,
            name: Text::from(&candidate.name),
            reason: candidate.reason.into(),
            score: candidate.reason.score(),
        }
    }
}

/// The records that may be the same as one, among those that the caller may read.
#[derive(Debug, Serialize, Object)]
#[oai(rename = "DuplicateCandidates")]
pub(super) struct CandidateList {
    /// The likeliest first.
    #[oai(validator(max_items = 100))]
    candidates: Vec<Candidate>,
}

impl From<duplicate::Candidates> for CandidateList {
    fn from(candidates: duplicate::Candidates) -> Self {
        Self {
            candidates: candidates.readable.iter().map(Candidate::from).collect(),
        }
    }
}
