//! What the columns of a table hold.

use std::fmt;
use std::str::FromStr;

use super::{ImportField, ImportKind};
use crate::custom_field::{FieldKey, FieldSet};
use crate::text::TextError;

/// What a column holds. As a text: `emailId`, `custom.budget`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportTarget {
    /// A field that all records of the kind have.
    Own(ImportField),
    /// A custom field.
    Custom(FieldKey),
}

impl ImportTarget {
    /// What precedes the key of a custom field.
    pub const CUSTOM: &'static str = "custom.";

    /// Whether records of this kind have it, with these custom fields.
    #[must_use]
    pub fn is_of(self, kind: ImportKind, fields: &FieldSet) -> bool {
        match self {
            Self::Own(field) => kind.fields().contains(&field),
            Self::Custom(key) => fields.get(key).is_some(),
        }
    }
}

impl From<ImportField> for ImportTarget {
    fn from(field: ImportField) -> Self {
        Self::Own(field)
    }
}

impl fmt::Display for ImportTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own(field) => field.fmt(f),
            Self::Custom(key) => write!(f, "{}{key}", Self::CUSTOM),
        }
    }
}

impl FromStr for ImportTarget {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        match text.strip_prefix(Self::CUSTOM) {
            Some(key) => key.parse().map(Self::Custom),
            None => text.parse().map(Self::Own),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_target_is_read_as_it_is_written(
            key in "[a-z][a-zA-Z0-9]{0,39}",
            own in proptest::sample::select(ImportField::ALL),
        ) {
            for target in [ImportTarget::Custom(key.parse().unwrap()), ImportTarget::Own(own)] {
                prop_assert_eq!(target.to_string().parse(), Ok(target));
            }
        }
    }

    #[test]
    fn what_is_no_field_is_no_target() {
        for text in [
            "",
            "Name",
            "custom",
            "custom.",
            "custom.a.b",
            "custom.A",
            "x.y",
        ] {
            assert!(text.parse::<ImportTarget>().is_err(), "{text}");
        }
    }
}
