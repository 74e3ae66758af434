//! What is demanded of the values of a field, as it is asked for and stored, and the types that it makes.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::field_type::{FieldKind, FieldType};
use super::options::{FieldOption, Options};
use super::value::LinkKind;
use crate::decimal::{Decimal, DecimalError};
use crate::money::Currency;
use crate::violation::Violations;

/// What is demanded of values, as it is asked for and stored: of each type only what is its own.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct FieldRules {
    /// Of texts: the most characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u16>,
    /// Of numbers: the most decimals.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decimals: Option<u8>,
    /// Of numbers: the smallest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<Decimal>,
    /// Of numbers: the largest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<Decimal>,
    /// Of money: the currencies; none for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currencies: Option<Vec<Currency>>,
    /// Of selects: the options.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub options: Option<Vec<FieldOption>>,
    /// Of links: the kinds of records.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub targets: Option<Vec<LinkKind>>,
}

/// The most characters that a text may have, and has unless the field says less.
pub const MAX_TEXT: u16 = 2000;
/// The most currencies that a field names.
pub const MAX_CURRENCIES: usize = 50;

pub(super) fn refuse_foreign(kind: FieldKind, rules: &FieldRules, violations: &mut Violations) {
    let is_select = matches!(kind, FieldKind::Select | FieldKind::MultiSelect);
    let given = [
        (
            "maxLength",
            rules.max_length.is_some(),
            kind == FieldKind::Text,
        ),
        (
            "decimals",
            rules.decimals.is_some(),
            kind == FieldKind::Number,
        ),
        ("min", rules.min.is_some(), kind == FieldKind::Number),
        ("max", rules.max.is_some(), kind == FieldKind::Number),
        (
            "currencies",
            rules.currencies.is_some(),
            kind == FieldKind::Money,
        ),
        ("options", rules.options.is_some(), is_select),
        ("targets", rules.targets.is_some(), kind == FieldKind::Link),
    ];
    for (name, is_given, is_own) in given {
        if is_given && !is_own {
            let message = format!("does not go with a field of type {kind}");
            violations.add(name, "not-allowed", message);
        }
    }
}

pub(super) fn text(max_length: Option<u16>, violations: &mut Violations) -> FieldType {
    let max_length = max_length.unwrap_or(MAX_TEXT);
    if !(1..=MAX_TEXT).contains(&max_length) {
        let message = format!("must be from 1 to {MAX_TEXT}");
        violations.add("maxLength", "out-of-range", message);
    }
    FieldType::Text { max_length }
}

pub(super) fn number(
    decimals: Option<u8>,
    min: Option<Decimal>,
    max: Option<Decimal>,
    violations: &mut Violations,
) -> FieldType {
    let decimals = decimals.unwrap_or_default();
    if decimals > Decimal::MAX_SCALE {
        let message = format!("must be from 0 to {}", Decimal::MAX_SCALE);
        violations.add("decimals", "out-of-range", message);
    }
    if min.zip(max).is_some_and(|(min, max)| min > max) {
        violations.add("max", "out-of-range", "must not be less than min");
    }
    FieldType::Number { decimals, min, max }
}

pub(super) fn money(mut currencies: Vec<Currency>, violations: &mut Violations) -> FieldType {
    currencies.sort_unstable();
    currencies.dedup();
    if currencies.len() > MAX_CURRENCIES {
        let message = format!("must have at most {MAX_CURRENCIES} entries");
        violations.add("currencies", "too-many", message);
    }
    FieldType::Money { currencies }
}

pub(super) fn select(
    options: Option<Vec<FieldOption>>,
    violations: &mut Violations,
) -> Option<Options> {
    Options::new(options.unwrap_or_default())
        .map_err(|found| violations.append(found))
        .ok()
}

pub(super) fn link(mut targets: Vec<LinkKind>, violations: &mut Violations) -> FieldType {
    targets.sort_unstable();
    targets.dedup();
    if targets.is_empty() {
        violations.add(
            "targets",
            "required",
            "must name at least one kind of record",
        );
    }
    FieldType::Link { targets }
}

/// Reads and writes what rules are made of as the wire has it.
macro_rules! serde_by {
    ($($type:ident: $read:expr, $write:expr;)*) => {$(
        impl Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let write: fn(&$type) -> Value = $write;
                write(self).serialize(serializer)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let read: fn(&Value) -> Result<$type, String> = $read;
                read(&Value::deserialize(deserializer)?).map_err(serde::de::Error::custom)
            }
        }
    )*};
}

serde_by! {
    Decimal: |value| {
        let number = value.as_number().ok_or(DecimalError::NotANumber);
        number.and_then(Decimal::from_json).map_err(|error| error.to_string())
    }, |number| number.to_json();
    Currency: |value| named(value, "currency"), |currency| Value::from(currency.code());
    LinkKind: |value| named(value, "kind of record"), |kind| Value::from(kind.as_str());
}

fn named<T: FromStr>(value: &Value, what: &str) -> Result<T, String> {
    let named = value.as_str().and_then(|text| text.parse().ok());
    named.ok_or_else(|| format!("is no {what}"))
}
