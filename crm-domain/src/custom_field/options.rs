//! The options of selects.

use serde::{Deserialize, Deserializer, Serialize};

use super::field_type::Offered;
use super::value::{SEPARATOR, ValueError};
use crate::text::{FieldLabel, OptionValue, TextError, fold};
use crate::violation::Violations;

/// An option of a select.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FieldOption {
    /// What records hold. It never changes.
    #[serde(deserialize_with = "stored_value")]
    pub value: OptionValue,
    /// What people see.
    #[serde(deserialize_with = "stored_label")]
    pub label: FieldLabel,
    /// Whether it is put away: records keep it, and it is not given to further ones.
    #[serde(default)]
    pub is_archived: bool,
}

fn stored_value<'de, D: Deserializer<'de>>(deserializer: D) -> Result<OptionValue, D::Error> {
    String::deserialize(deserializer).map(OptionValue::from_stored)
}

fn stored_label<'de, D: Deserializer<'de>>(deserializer: D) -> Result<FieldLabel, D::Error> {
    String::deserialize(deserializer).map(FieldLabel::from_stored)
}

/// The options of a field, each of another value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options(Vec<FieldOption>);

impl Options {
    /// The most options of one field, those put away included.
    pub const MAX: usize = 200;

    /// These options, in this order.
    ///
    /// # Errors
    /// Violations of `options`, for none, too many, or two whose values differ in case or marks only.
    pub fn new(options: Vec<FieldOption>) -> Result<Self, Violations> {
        let mut violations = Violations::new();
        if options.is_empty() {
            violations.add("options", "required", "must have at least one option");
        }
        if options.len() > Self::MAX {
            let error = TextError::TooMany { max: Self::MAX };
            return Err(Violations::one("options", error.code(), error.to_string()));
        }
        let mut seen = std::collections::HashSet::new();
        for (i, option) in options.iter().enumerate() {
            let field = format!("options/{i}/value");
            if option.value.as_str().contains(SEPARATOR) {
                violations.add(&field, "invalid-character", "must not contain a semicolon");
            }
            if !seen.insert(fold(option.value.as_str())) {
                violations.add(&field, "duplicate", "is the value of an option before it");
            }
        }
        violations.into_result()?;
        Ok(Self(options))
    }

    /// The options after they were given anew: what is left out is put away, since records may hold it.
    pub(super) fn followed_by(self, mut given: Vec<FieldOption>) -> Vec<FieldOption> {
        let is_given = |option: &FieldOption| given.iter().any(|new| new.value == option.value);
        let left_out: Vec<_> = self
            .0
            .into_iter()
            .filter(|option| !is_given(option))
            .collect();
        given.extend(left_out.into_iter().map(|option| FieldOption {
            is_archived: true,
            ..option
        }));
        given
    }

    /// Each option, in their order.
    pub fn iter(&self) -> impl Iterator<Item = &FieldOption> {
        self.0.iter()
    }

    pub(super) fn into_list(self) -> Vec<FieldOption> {
        self.0
    }

    /// The value of the option that this text names, without regard to case and marks.
    pub(super) fn value(&self, text: &str, offered: Offered) -> Result<String, ValueError> {
        let key = fold(text.trim());
        let found = self
            .iter()
            .find(|option| fold(option.value.as_str()) == key);
        let found = found.filter(|option| !option.is_archived || offered == Offered::AndArchived);
        found
            .map(|option| option.value.to_string())
            .ok_or_else(|| ValueError::new("not-one-of", self.allowed()))
    }

    /// The values of the options that these texts name, each once, in the order of the options.
    pub(super) fn values(
        &self,
        texts: &[String],
        offered: Offered,
    ) -> Result<Vec<String>, ValueError> {
        if texts.len() > Self::MAX {
            let error = TextError::TooMany { max: Self::MAX };
            return Err(ValueError::new(error.code(), error.to_string()));
        }
        let chosen: Result<Vec<_>, _> =
            texts.iter().map(|text| self.value(text, offered)).collect();
        let chosen = chosen?;
        let in_order = self.iter().map(|option| option.value.to_string());
        Ok(in_order.filter(|value| chosen.contains(value)).collect())
    }

    fn allowed(&self) -> String {
        const SHOWN: usize = 10;
        let offered: Vec<_> = self.iter().filter(|option| !option.is_archived).collect();
        let shown: Vec<_> = offered
            .iter()
            .take(SHOWN)
            .map(|option| option.value.as_str())
            .collect();
        let more = if offered.len() > SHOWN { ", .." } else { "" };
        format!("must be one of {}{more}", shown.join(", "))
    }
}
