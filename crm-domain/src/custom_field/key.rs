//! The names by which records hold the values of custom fields.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::text::TextError;

/// The key of a custom field: letters and digits, beginning with a small letter, `annualRevenue`.
///
/// Nothing else, so that it stands in a query string and within SQL as it is. It is kept in place, and so copied freely.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldKey {
    /// Zeros follow the text, so that keys sort as their texts do.
    bytes: [u8; Self::MAX_CHARS],
    len: u8,
}

impl FieldKey {
    /// The most characters it may have.
    pub const MAX_CHARS: usize = 40;
    /// What it looks like, as a regular expression.
    pub const PATTERN: &'static str = "^[a-z][a-zA-Z0-9]{0,39}$";

    /// The key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let text = self.bytes.get(..self.len.into()).unwrap_or_default();
        str::from_utf8(text).unwrap_or_default()
    }
}

impl FromStr for FieldKey {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        if text.is_empty() {
            return Err(TextError::Empty);
        }
        if text.len() > Self::MAX_CHARS {
            return Err(TextError::TooLong {
                max: Self::MAX_CHARS,
            });
        }
        let begins = text.starts_with(|c: char| c.is_ascii_lowercase());
        if !begins || !text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(TextError::InvalidCharacter);
        }
        let mut bytes = [0; Self::MAX_CHARS];
        for (place, byte) in bytes.iter_mut().zip(text.bytes()) {
            *place = byte;
        }
        let len = u8::try_from(text.len()).unwrap_or_default();
        Ok(Self { bytes, len })
    }
}

impl fmt::Display for FieldKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// As its text: cursors are bound to what a filter prints.
impl fmt::Debug for FieldKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl Serialize for FieldKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keys_are_letters_and_digits_after_a_small_letter() {
        let longest = "a".repeat(40);
        for key in ["a", "annualRevenue", "x1", &longest] {
            assert_eq!(key.parse::<FieldKey>().unwrap().as_str(), key);
        }
        let too_long = "a".repeat(41);
        for key in [
            "", "A", "1a", "a_b", "a-b", "a.b", "a b", "é", "a'", "a\0", &too_long,
        ] {
            assert!(key.parse::<FieldKey>().is_err(), "{key}");
        }
    }

    proptest! {
        #[test]
        fn keys_sort_as_their_texts_do(a in "[a-z][a-zA-Z0-9]{0,39}", b in "[a-z][a-zA-Z0-9]{0,39}") {
            let key = |text: &str| text.parse::<FieldKey>().unwrap();
            prop_assert_eq!(key(&a).cmp(&key(&b)), a.cmp(&b));
            prop_assert_eq!(key(&a) == key(&b), a == b);
        }
    }
}
