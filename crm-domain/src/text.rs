//! Texts that people type: each type parses or refuses, so that what is stored is always valid.
//!
//! All are trimmed, counted in characters, and free of NUL and control characters (Postgres refuses NUL, and
//! terminals and logs obey control characters). Emoji and right-to-left text are welcome.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Why a text was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing but white space.
    #[error("must not be empty")]
    Empty,
    /// More characters than the field holds.
    #[error("must be at most {max} characters long")]
    TooLong {
        /// The most characters allowed.
        max: usize,
    },
    /// NUL or another control character.
    #[error("must not contain control characters")]
    InvalidCharacter,
    /// Not `local@domain`.
    #[error("is not an e-mail address")]
    NotAnEmail,
    /// Not the domain of an e-mail address.
    #[error("is not the domain of an e-mail address")]
    NotADomain,
    /// Fewer than three digits, or a character that no number has.
    #[error("is not a phone number")]
    NotAPhone,
    /// None of the values of an enumeration.
    #[error("must be one of {allowed}")]
    NotOneOf {
        /// The values, separated by commas.
        allowed: String,
    },
    /// More entries than a list holds.
    #[error("must have at most {max} entries")]
    TooMany {
        /// The most entries allowed.
        max: usize,
    },
}

impl TextError {
    /// None of `allowed`.
    pub(crate) fn not_one_of(allowed: &[&str]) -> Self {
        Self::NotOneOf {
            allowed: allowed.join(", "),
        }
    }

    /// The stable machine key of this refusal.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "too-short",
            Self::TooLong { .. } => "too-long",
            Self::InvalidCharacter => "invalid-character",
            Self::NotAnEmail => "not-an-email",
            Self::NotADomain => "not-a-domain",
            Self::NotAPhone => "not-a-phone",
            Self::NotOneOf { .. } => "not-one-of",
            Self::TooMany { .. } => "too-many",
        }
    }
}

/// Trims, and refuses what no field may hold. `multiline` lets line breaks and tabs pass.
pub(crate) fn clean(raw: &str, max: usize, multiline: bool) -> Result<&str, TextError> {
    let text = raw.trim();
    if text.is_empty() {
        // A text of control characters only is told so, not called empty.
        return Err(if raw.contains(|c: char| refused(c, multiline)) {
            TextError::InvalidCharacter
        } else {
            TextError::Empty
        });
    }
    if text.contains(|c| refused(c, multiline)) {
        return Err(TextError::InvalidCharacter);
    }
    if text.chars().count() > max {
        return Err(TextError::TooLong { max });
    }
    Ok(text)
}

fn refused(c: char, multiline: bool) -> bool {
    c.is_control() && !(multiline && matches!(c, '\n' | '\r' | '\t'))
}

/// A text folded for comparing, sorting and searching: compatibility forms resolved, marks removed, lower case.
///
/// `"Zoë ＭÜLLER"` becomes `"zoe muller"`. Computed here and nowhere in SQL, whose `lower` depends on the
/// server's locale. Source: Unicode Standard Annex #15 (NFKD).
#[must_use]
pub fn fold(text: &str) -> String {
    // Lower-casing comes after taking marks away and may bring one back (`İ`), so marks go last.
    text.nfkd()
        .flat_map(char::to_lowercase)
        .nfkd()
        .filter(|c| !is_combining_mark(*c) && !c.is_control())
        .collect()
}

/// Reads a text from JSON by parsing it, so that no way in lets an invalid one through.
macro_rules! read_by_parsing {
    ($name:ident) => {
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(D::Error::custom)
            }
        }
    };
}

// After the macro that it uses.
mod email;

pub use email::{Email, EmailDomain};

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $max:literal, multiline: $multiline:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, JsonSchema)]
        #[serde(transparent)]
        pub struct $name(#[schemars(extend("maxLength" = $max))] String);

        read_by_parsing!($name);

        impl $name {
            /// The most characters it may have.
            pub const MAX_CHARS: usize = $max;

            /// A text that was parsed before it was stored.
            #[must_use]
            pub const fn from_stored(text: String) -> Self {
                Self(text)
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = TextError;

            fn from_str(raw: &str) -> Result<Self, TextError> {
                clean(raw, Self::MAX_CHARS, $multiline).map(|text| Self(text.to_owned()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text!(
    /// The name of a person, a lead or a customer.
    Name, 200, multiline: false
);
text!(
    /// The name of a company.
    Company, 200, multiline: false
);
text!(
    /// What is to be done, in one line.
    Title, 200, multiline: false
);
text!(
    /// The name of a role.
    RoleName, 40, multiline: false
);
text!(
    /// The name of a team.
    TeamName, 100, multiline: false
);
text!(
    /// The name of an assignment rule.
    RuleName, 100, multiline: false
);
text!(
    /// What something is for, in some words.
    Description, 500, multiline: true
);
text!(
    /// Where a lead came from: `Website`, `Trade fair`.
    Source, 100, multiline: false
);
text!(
    /// What people see of a custom field, or of an option of one.
    FieldLabel, 100, multiline: false
);
text!(
    /// The value of an option of a custom field.
    OptionValue, 60, multiline: false
);
text!(
    /// The text of a custom field, of one or more lines.
    CustomText, 2000, multiline: true
);
text!(
    /// A remark of one or more lines.
    Note, 2000, multiline: true
);
text!(
    /// The name of an event: `lead.converted`.
    EventName, 100, multiline: false
);
text!(
    /// What a person types to search, matched as it stands: `%` and `_` are ordinary characters.
    SearchTerm, 100, multiline: false
);

impl SearchTerm {
    /// The term as it is compared with stored search texts.
    #[must_use]
    pub fn key(&self) -> String {
        fold(&self.0)
    }
}

/// What companies add to their names to say what they are in law, folded.
const LEGAL_FORMS: [&str; 52] = [
    "ab",
    "ag",
    "aps",
    "as",
    "asa",
    "bv",
    "bvba",
    "co",
    "company",
    "corp",
    "corporation",
    "cv",
    "doo",
    "ek",
    "ev",
    "gbr",
    "gesmbh",
    "gmbh",
    "inc",
    "incorporated",
    "kft",
    "kg",
    "kgaa",
    "kk",
    "limited",
    "llc",
    "llp",
    "lp",
    "ltd",
    "ltda",
    "mbh",
    "nv",
    "ohg",
    "oy",
    "oyj",
    "plc",
    "pte",
    "pty",
    "pvt",
    "sa",
    "sarl",
    "sas",
    "se",
    "sia",
    "sl",
    "slu",
    "spa",
    "spzoo",
    "srl",
    "sro",
    "ug",
    "zrt",
];

impl Company {
    /// The company as it is compared: folded, without punctuation and without its legal form, at most
    /// [`Company::MAX_CHARS`] characters. `"ACME, Inc."` and `"Acme GmbH & Co. KG"` both become `"acme"`.
    #[must_use]
    pub fn key(&self) -> String {
        // Dots go first, so that `S.A.` is one word.
        let folded = fold(&self.0).replace('.', "");
        let mut words: Vec<_> = folded
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        while words.len() > 1 && words.last().is_some_and(|word| LEGAL_FORMS.contains(word)) {
            words.pop();
        }
        let key = if words.is_empty() {
            folded
        } else {
            words.join(" ")
        };
        key.chars().take(Self::MAX_CHARS).collect()
    }
}

impl Title {
    /// The title as it is compared, at most [`Title::MAX_CHARS`] characters of it.
    #[must_use]
    pub fn key(&self) -> String {
        fold(&self.0).chars().take(Self::MAX_CHARS).collect()
    }
}

impl Name {
    /// The name as it is sorted and compared, at most [`Name::MAX_CHARS`] characters of it.
    #[must_use]
    pub fn key(&self) -> String {
        fold(&self.0).chars().take(Self::MAX_CHARS).collect()
    }
}

/// A phone number, kept as typed and compared by [`Phone::key`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Phone(String);

read_by_parsing!(Phone);

impl Phone {
    /// The most characters it may have.
    pub const MAX_CHARS: usize = 40;

    /// A text that was parsed before it was stored.
    #[must_use]
    pub const fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The number as typed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The digits alone, with a leading `+` where one was typed.
    #[must_use]
    pub fn key(&self) -> String {
        let plus = if self.0.starts_with('+') { "+" } else { "" };
        format!(
            "{plus}{}",
            self.0
                .chars()
                .filter(char::is_ascii_digit)
                .collect::<String>()
        )
    }
}

impl FromStr for Phone {
    type Err = TextError;

    fn from_str(raw: &str) -> Result<Self, TextError> {
        let text = clean(raw, Self::MAX_CHARS, false)?;
        let digits = text.chars().filter(char::is_ascii_digit).count();
        let allowed = |c: char| c.is_ascii_alphanumeric() || " +-./()#*,;".contains(c);
        if digits >= 3 && text.chars().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(TextError::NotAPhone)
        }
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text!(
    /// A label on a record, compared without case.
    Tag, 30, multiline: false
);

impl Tag {
    /// The tag as it is compared.
    #[must_use]
    pub fn key(&self) -> String {
        fold(&self.0)
    }
}

/// The tags of a record: at most twenty, each once, the first spelling kept.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(transparent)]
pub struct Tags(Vec<Tag>);

impl<'de> Deserialize<'de> for Tags {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(Vec::<Tag>::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl Tags {
    /// The most tags on one record.
    pub const MAX: usize = 20;

    /// The tags in the order they were given, without repetitions.
    ///
    /// # Errors
    /// [`TextError::TooMany`] when more than [`Tags::MAX`] different ones are left.
    pub fn new(tags: impl IntoIterator<Item = Tag>) -> Result<Self, TextError> {
        let mut kept: Vec<Tag> = Vec::new();
        for tag in tags {
            if !kept.iter().any(|earlier| earlier.key() == tag.key()) {
                kept.push(tag);
            }
            // At once: comparing each with each takes minutes when there are many.
            if kept.len() > Self::MAX {
                return Err(TextError::TooMany { max: Self::MAX });
            }
        }
        Ok(Self(kept))
    }

    /// These tags and then those of `others`, as [`Tags::new`] takes them.
    ///
    /// # Errors
    /// As [`Tags::new`].
    pub fn united<'a>(
        &'a self,
        others: impl IntoIterator<Item = &'a Self>,
    ) -> Result<Self, TextError> {
        let others = others.into_iter().flat_map(Self::iter);
        Self::new(self.iter().chain(others).cloned())
    }

    /// Tags that were checked before they were stored.
    #[must_use]
    pub fn from_stored(tags: Vec<String>) -> Self {
        Self(tags.into_iter().map(Tag::from_stored).collect())
    }

    /// The tags as they are compared.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        self.0.iter().map(Tag::key).collect()
    }

    /// Each tag.
    pub fn iter(&self) -> impl Iterator<Item = &Tag> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests;
