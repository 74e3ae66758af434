//! How well a record is what is looked for.

use std::collections::BTreeSet;

use super::likeness::likeness;
use super::{Field, LEAST_LIKENESS, SearchQuery, SearchText};

/// The fewest letters of a word that may be misspelt: shorter ones are like too many others.
const FEWEST_LETTERS: usize = 4;

impl SearchQuery {
    /// How well a record is what is looked for; `None` when it is not.
    #[must_use]
    pub fn judge(&self, record: &SearchText) -> Option<Match> {
        let has = |word: &String| record.fields.iter().any(|(_, text)| text.contains(word));
        if self.excluded().iter().any(has) {
            return None;
        }
        let mut found = Match::default();
        if let Some(fields) = self.exactly(record) {
            found.fields.extend(fields);
        } else {
            for word in self.words() {
                found.add(word_in(record, word)?);
            }
        }
        for (field, parts) in [(Field::Email, self.emails()), (Field::Phone, self.phones())] {
            for part in parts {
                found.add(part_of(record, field, part)?);
            }
        }
        for tag in self.tags() {
            record.tags.contains(tag).then_some(())?;
            found.fields.insert(Field::Tag);
        }
        Some(found)
    }

    /// The names, addresses and numbers that are all the words together.
    fn exactly(&self, record: &SearchText) -> Option<BTreeSet<Field>> {
        if self.words().is_empty() {
            return None;
        }
        let (joined, number) = (self.joined(), self.phone_key());
        let equals = |(field, text): &&(Field, String)| match field {
            Field::Name | Field::Email => *text == joined,
            Field::Phone => *text == joined || Some(text) == number.as_ref(),
            Field::Company | Field::Description | Field::Tag => false,
        };
        let fields: BTreeSet<_> = record
            .fields
            .iter()
            .filter(equals)
            .map(|(f, _)| *f)
            .collect();
        (!fields.is_empty()).then_some(fields)
    }
}

/// How close what was found is to what was looked for, the closest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Closeness {
    /// The whole name, address or number is it.
    #[default]
    Exact,
    /// Each word is the beginning of a word.
    Prefix,
    /// Each word is within a text.
    Contains,
    /// A word may be misspelt.
    Similar,
}

/// How well a record is what is looked for.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Match {
    /// As close as the least close term.
    pub closeness: Closeness,
    /// Where the terms were found.
    pub fields: BTreeSet<Field>,
    /// How like the least like word is, from 0 to 1; only of [`Closeness::Similar`].
    likeness: Option<f32>,
}

impl Match {
    /// From 0 to 1: exact ones have 1, the beginnings of words 0.75, what is within 0.5, and what is similar up to 0.25.
    #[must_use]
    pub fn score(&self) -> f32 {
        match self.closeness {
            Closeness::Exact => 1.0,
            Closeness::Prefix => 0.75,
            Closeness::Contains => 0.5,
            Closeness::Similar => 0.25 * self.likeness.unwrap_or_default(),
        }
    }

    fn add(
        &mut self,
        Place {
            field,
            closeness,
            likeness,
        }: Place,
    ) {
        self.fields.insert(field);
        self.closeness = self.closeness.max(closeness);
        if closeness == Closeness::Similar {
            let least = self.likeness.unwrap_or(1.0).min(likeness);
            self.likeness = Some(least);
        }
    }
}

/// Where a term was found.
#[derive(Clone, Copy)]
struct Place {
    field: Field,
    closeness: Closeness,
    likeness: f32,
}

/// Where a word is closest.
fn word_in(record: &SearchText, word: &str) -> Option<Place> {
    let place = |(field, text): &(Field, String)| {
        let number = digits(word).filter(|_| *field == Field::Phone);
        let closeness = within(text, word).or(number.and_then(|number| within(text, &number)))?;
        Some(Place {
            field: *field,
            closeness,
            likeness: 1.0,
        })
    };
    let found = record.fields.iter().filter_map(place);
    found
        .min_by_key(|place| (place.closeness, place.field))
        .or_else(|| similar_in(record, word))
}

/// How close a word is within a text that has it.
fn within(text: &str, word: &str) -> Option<Closeness> {
    let mut places = text
        .match_indices(word)
        .map(|(at, _)| text.get(..at))
        .peekable();
    places.peek()?;
    let begins = |before: Option<&str>| {
        let last = before.and_then(|before| before.chars().next_back());
        last.is_none_or(|last| !last.is_alphanumeric())
    };
    let closeness = if places.any(begins) {
        Closeness::Prefix
    } else {
        Closeness::Contains
    };
    Some(closeness)
}

/// Whether a word may be misspelt. A phrase, a number and an address are meant as they are typed.
#[must_use]
pub fn may_be_misspelt(word: &str) -> bool {
    let is_of_words = |c: char| c.is_alphabetic() || matches!(c, '-' | '\'' | '’');
    word.chars().count() >= FEWEST_LETTERS && word.chars().all(is_of_words)
}

/// Where a word is that may be a misspelling.
fn similar_in(record: &SearchText, word: &str) -> Option<Place> {
    if !may_be_misspelt(word) {
        return None;
    }
    let place = |(field, text): &(Field, String)| Place {
        field: *field,
        closeness: Closeness::Similar,
        likeness: likeness(word, text),
    };
    let places = record.fields.iter().map(place);
    let likest = places.max_by(|one, other| one.likeness.total_cmp(&other.likeness));
    likest.filter(|place| place.likeness >= LEAST_LIKENESS)
}

/// Where a part of an address or a number is.
fn part_of(record: &SearchText, field: Field, part: &str) -> Option<Place> {
    let closeness = |(of, text): &(Field, String)| {
        let at = (*of == field).then(|| text.find(part))??;
        Some(match at {
            0 if text.len() == part.len() => Closeness::Exact,
            0 => Closeness::Prefix,
            _ => Closeness::Contains,
        })
    };
    let closest = record.fields.iter().filter_map(closeness).min()?;
    Some(Place {
        field,
        closeness: closest,
        likeness: 1.0,
    })
}

/// The digits of a part of a number; `None` for what is none.
pub(super) fn digits(word: &str) -> Option<String> {
    let is_number = word
        .chars()
        .all(|c| c.is_ascii_digit() || c.is_whitespace() || "+-./()".contains(c));
    let digits = only_digits(word);
    (is_number && !digits.is_empty()).then_some(digits)
}

pub(super) fn only_digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}
