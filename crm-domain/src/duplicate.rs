//! When two records may be the same person or company: they share a key, and each key has its weight.
//!
//! A name alone is no reason, since many people share one.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::change::Archived;
use crate::lead::LeadError;
use crate::text::{Company, Email, Name, Phone, TextError};

/// Of a key that more records have than this, all are dropped: `info@example.org` tells nobody apart.
pub const NOISE: usize = 20;

/// The keys by which a record is compared with others.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MatchKeys {
    /// Of the e-mail address.
    pub email: Option<String>,
    /// Of the phone number.
    pub phone: Option<String>,
    /// Of the name and the company, where both are there.
    pub name_and_company: Option<(String, String)>,
}

impl MatchKeys {
    /// The keys of a record with these fields.
    #[must_use]
    pub fn of(
        name: &Name,
        company: Option<&Company>,
        email: Option<&Email>,
        phone: Option<&Phone>,
    ) -> Self {
        Self {
            email: email.map(Email::key),
            phone: phone.map(Phone::key),
            name_and_company: company.map(|company| (name.key(), company.key())),
        }
    }
}

/// Why two records may be the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MatchReason {
    /// The same name at the same company.
    NameAndCompany,
    /// The same phone number.
    Phone,
    /// The same e-mail address.
    Email,
}

impl MatchReason {
    /// All reasons, from weak to strong.
    pub const ALL: [Self; 3] = [Self::NameAndCompany, Self::Phone, Self::Email];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NameAndCompany => "nameAndCompany",
            Self::Phone => "phone",
            Self::Email => "email",
        }
    }

    /// How likely it is that they are the same, of 100. A judgement, not a measurement: addresses are people's own,
    /// numbers are shared by households and offices, and companies have more than one John Smith.
    #[must_use]
    pub const fn score(self) -> u8 {
        match self {
            Self::NameAndCompany => 70,
            Self::Phone => 85,
            Self::Email => 100,
        }
    }
}

/// A record that may be the same as another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Which one.
    pub id: Uuid,
    /// Its name.
    pub name: Name,
    /// The strongest reason to think so.
    pub reason: MatchReason,
}

/// Records that may be the same as one, as far as somebody may know of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Candidates {
    /// Those that they may read, the likeliest first.
    pub readable: Vec<Candidate>,
    /// How many others there are.
    pub hidden: usize,
}

impl Candidates {
    /// What somebody may know of `matches` who may read those with a name in `names`.
    #[must_use]
    pub fn new(matches: &BTreeMap<Uuid, MatchReason>, names: Vec<(Uuid, Name)>) -> Self {
        let readable = names.into_iter().filter_map(|(id, name)| {
            let reason = *matches.get(&id)?;
            Some(Candidate { id, name, reason })
        });
        let mut readable: Vec<_> = readable.collect();
        readable.sort_by_key(|candidate| (std::cmp::Reverse(candidate.reason), candidate.id));
        Self {
            hidden: matches.len().saturating_sub(readable.len()),
            readable,
        }
    }

    /// Whether there are none, readable or not.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.readable.is_empty() && self.hidden == 0
    }
}

/// A record that another one took in, with what came along.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct MergeSource {
    /// The record.
    pub id: Uuid,
    /// Its notes.
    pub notes: Vec<Uuid>,
    /// The tasks about it.
    pub tasks: Vec<Uuid>,
}

impl MergeSource {
    /// As it is stored.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({ "id": self.id, "notes": self.notes, "tasks": self.tasks })
    }
}

/// Why records do not become one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// The record is put away.
    #[error("the record {0}")]
    Archived(#[from] Archived),
    /// The rules of leads do not allow it.
    #[error(transparent)]
    Lead(#[from] LeadError),
    /// Together they have more tags than one record holds.
    #[error("{0}")]
    Tags(#[from] TextError),
}

/// Adds the records that share one key, unless the key is noise. A record keeps its strongest reason.
pub fn add_matches(found: &mut BTreeMap<Uuid, MatchReason>, reason: MatchReason, ids: Vec<Uuid>) {
    if ids.len() > NOISE {
        return;
    }
    for id in ids {
        let strongest = found.entry(id).or_insert(reason);
        *strongest = reason.max(*strongest);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ids(count: usize) -> Vec<Uuid> {
        (0..count).map(|n| Uuid::from_u128(n as u128)).collect()
    }

    #[test]
    fn stronger_reasons_have_higher_scores() {
        let scores = MatchReason::ALL.map(MatchReason::score);
        assert!(scores.is_sorted() && MatchReason::ALL.is_sorted());
    }

    #[test]
    fn a_key_of_more_than_twenty_records_is_noise() {
        for (count, kept) in [(20, 20), (21, 0)] {
            let mut found = BTreeMap::new();
            add_matches(&mut found, MatchReason::Phone, ids(count));
            assert_eq!(found.len(), kept);
        }
    }

    #[test]
    fn a_name_without_a_company_is_no_key() {
        let name: Name = "John Smith".parse().unwrap();
        let keys = MatchKeys::of(&name, None, None, None);
        assert_eq!(keys, MatchKeys::default());
    }

    proptest! {
        #[test]
        fn each_match_is_readable_or_counted(
            matched in prop::collection::btree_map(0u128..50, 0usize..3, 0..30),
            readable in prop::collection::hash_set(0u128..50, 0..30),
        ) {
            let matches: BTreeMap<_, _> = matched
                .iter()
                .map(|(id, reason)| (Uuid::from_u128(*id), MatchReason::ALL[*reason]))
                .collect();
            let names: Vec<_> = readable
                .iter()
                .map(|id| (Uuid::from_u128(*id), Name::from_stored(id.to_string())))
                .collect();
            let candidates = Candidates::new(&matches, names);
            prop_assert_eq!(candidates.readable.len() + candidates.hidden, matches.len());
            prop_assert!(candidates.readable.is_sorted_by_key(|c| std::cmp::Reverse(c.reason)));
            for candidate in &candidates.readable {
                prop_assert!(readable.contains(&candidate.id.as_u128()));
                prop_assert_eq!(matches.get(&candidate.id), Some(&candidate.reason));
            }
        }
    }
}
