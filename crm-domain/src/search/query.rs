//! What a person types, taken apart into terms.

use std::collections::BTreeSet;
use std::str::FromStr;

use super::SearchKind;
use super::judge::{digits, only_digits};
use crate::text::{Phone, Tag, TextError, fold};

/// The fewest characters of an address or a number that is looked for in part.
const FEWEST_IN_PART: usize = 3;

/// What a person looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchQuery {
    words: Vec<String>,
    excluded: Vec<String>,
    kinds: BTreeSet<SearchKind>,
    tags: Vec<String>,
    emails: Vec<String>,
    phones: Vec<String>,
}

impl SearchQuery {
    /// The most characters of a query.
    pub const MAX_CHARS: usize = 200;

    /// The most terms of a query.
    pub const MAX_TERMS: usize = 12;

    /// Words and phrases that a record has, folded.
    #[must_use]
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// Words and phrases that a record does not have, folded.
    #[must_use]
    pub fn excluded(&self) -> &[String] {
        &self.excluded
    }

    /// Whether records of this kind are looked for.
    #[must_use]
    pub fn wants(&self, kind: SearchKind) -> bool {
        self.kinds.contains(&kind)
    }

    /// Only records of these kinds; of all that are wanted, when there are none.
    #[must_use]
    pub fn among(mut self, kinds: &[SearchKind]) -> Self {
        if !kinds.is_empty() {
            self.kinds.retain(|kind| kinds.contains(kind));
        }
        self
    }

    /// The keys of tags that a record has.
    #[must_use]
    pub fn tags(&self) -> &[String] {
        &self.tags
    }

    /// What a record's address has in it, folded.
    #[must_use]
    pub fn emails(&self) -> &[String] {
        &self.emails
    }

    /// The digits that a record's number has in it.
    #[must_use]
    pub fn phones(&self) -> &[String] {
        &self.phones
    }

    /// All words together, as one name or address.
    #[must_use]
    pub fn joined(&self) -> String {
        self.words.join(" ")
    }

    /// All words together as the key of a number, if they are one.
    #[must_use]
    pub fn phone_key(&self) -> Option<String> {
        let is_number = self.words.iter().all(|word| digits(word).is_some());
        let phone: Phone = self.joined().parse().ok()?;
        is_number.then(|| phone.key())
    }

    /// How well a record is what is looked for; `None` when it is not.
    fn add(&mut self, term: &Term<'_>) {
        let text = &term.text;
        let operator = term.operator.map(str::to_ascii_lowercase);
        let is_done = !term.is_excluded
            && match operator.as_deref() {
                Some("type") => self.narrow_to(text),
                Some("tag") => text
                    .parse()
                    .map(|tag: Tag| self.tags.push(tag.key()))
                    .is_ok(),
                Some("email") => push_part(&mut self.emails, &fold(text)),
                Some("phone") => push_part(&mut self.phones, &only_digits(text)),
                _ => false,
            };
        if is_done {
            return;
        }
        let word = match term.operator {
            Some(operator) => fold(&format!("{operator}:{text}")),
            None => fold(text),
        };
        let word = word.split_whitespace().collect::<Vec<_>>().join(" ");
        // Nothing is left of a lone mark, which every text has.
        if !word.is_empty() {
            let words = if term.is_excluded {
                &mut self.excluded
            } else {
                &mut self.words
            };
            words.push(word);
        }
    }

    /// Only records of this kind; false when there is none of that name.
    fn narrow_to(&mut self, name: &str) -> bool {
        let named = SearchKind::ALL
            .into_iter()
            .find(|kind| kind.as_str() == name);
        if let Some(named) = named {
            self.kinds.retain(|kind| *kind == named);
        }
        named.is_some()
    }
}

fn push_part(parts: &mut Vec<String>, part: &str) -> bool {
    let part = part.trim();
    let is_long = part.chars().count() >= FEWEST_IN_PART;
    if is_long {
        parts.push(part.to_owned());
    }
    is_long
}

impl FromStr for SearchQuery {
    type Err = TextError;

    /// Refuses what looks for nothing in particular.
    fn from_str(raw: &str) -> Result<Self, TextError> {
        let text = crate::text::clean(raw, Self::MAX_CHARS, false)?;
        let mut query = Self {
            words: Vec::new(),
            excluded: Vec::new(),
            kinds: SearchKind::ALL.into(),
            tags: Vec::new(),
            emails: Vec::new(),
            phones: Vec::new(),
        };
        let mut rest = text;
        for _ in 0..Self::MAX_TERMS {
            let Some((term, after)) = Term::split(rest) else {
                break;
            };
            query.add(&term);
            rest = after;
        }
        if !rest.trim().is_empty() {
            return Err(TextError::TooMany {
                max: Self::MAX_TERMS,
            });
        }
        let Self {
            words,
            excluded: _,
            kinds: _,
            tags,
            emails,
            phones,
        } = &query;
        if [words, tags, emails, phones]
            .iter()
            .all(|terms| terms.is_empty())
        {
            return Err(TextError::Empty);
        }
        Ok(query)
    }
}

/// A term as it is typed.
struct Term<'a> {
    is_excluded: bool,
    operator: Option<&'a str>,
    text: &'a str,
}

/// The names before a colon that mean something.
const OPERATORS: [&str; 4] = ["type", "tag", "email", "phone"];

impl<'a> Term<'a> {
    /// The first term, and what follows it.
    fn split(text: &'a str) -> Option<(Self, &'a str)> {
        let text = text.trim_start();
        if text.is_empty() {
            return None;
        }
        let (is_excluded, text) = match text.strip_prefix('-') {
            Some(rest) if rest.starts_with(|c: char| !c.is_whitespace()) => (true, rest),
            _ => (false, text),
        };
        let (operator, text) = match text.split_once(':') {
            Some((name, rest)) if is_operator(name) && !is_blank(rest) => (Some(name), rest),
            _ => (None, text),
        };
        let (text, rest) = value(text);
        let term = Self {
            is_excluded,
            operator,
            text,
        };
        Some((term, rest))
    }
}

fn is_operator(name: &str) -> bool {
    OPERATORS
        .iter()
        .any(|known| known.eq_ignore_ascii_case(name))
}

/// Whether no value follows a colon at once.
fn is_blank(text: &str) -> bool {
    text.chars().next().is_none_or(char::is_whitespace)
}

/// A word, or what stands in quotation marks; one that is not closed takes in the rest.
fn value(text: &str) -> (&str, &str) {
    match text.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
        None => text.split_once(char::is_whitespace).unwrap_or((text, "")),
    }
}
