//! What lists are narrowed by: conditions on custom values.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::key::FieldKey;
use super::value::FieldValue;

/// The most conditions of one query.
pub const MAX_CONDITIONS: usize = 10;
/// The most values of one condition, of which any will do.
pub const MAX_CONDITION_VALUES: usize = 20;

/// A condition on the value of one field. Its values may be texts of any type until
/// [`FieldSet::check_conditions`](super::FieldSet::check_conditions) has read them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CustomCondition {
    /// The field.
    pub key: FieldKey,
    /// What its value must be. None is never enough.
    pub test: CustomTest,
}

/// What a value must be.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum CustomTest {
    /// One of these, without regard to the case and marks of texts; of several options at least one of these.
    AnyOf(Vec<FieldValue>),
    /// This or more.
    From(FieldValue),
    /// This or less; of instants, less than this.
    To(FieldValue),
    /// Less than this.
    Before(FieldValue),
}

/// A condition on the keys of values, which compare byte by byte: see [`FieldValue::keys`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyTest {
    /// The key is one of these.
    AnyOf(Vec<String>),
    /// One of the keys of several options is one of these.
    Contains(Vec<String>),
    /// The key is at least the first, and less than the second.
    Within(String, String),
}

impl CustomCondition {
    /// The name of the parameter that asks for it: `custom.budget.from`.
    #[must_use]
    pub fn name(&self) -> String {
        let part = match self.test {
            CustomTest::AnyOf(_) => "",
            CustomTest::From(_) => ".from",
            CustomTest::To(_) | CustomTest::Before(_) => ".to",
        };
        format!("custom.{}{part}", self.key)
    }
}

impl CustomCondition {
    /// The condition by its name on the wire.
    pub(crate) fn field(&self) -> (Cow<'static, str>, Value) {
        let value = match &self.test {
            CustomTest::AnyOf(values) => {
                let texts: Vec<_> = values.iter().map(FieldValue::to_string).collect();
                json!(texts)
            }
            CustomTest::From(value) | CustomTest::To(value) | CustomTest::Before(value) => {
                json!(value.to_string())
            }
        };
        (Cow::Owned(self.name()), value)
    }
}

impl CustomTest {
    /// The same condition on the keys.
    #[must_use]
    pub fn on_keys(&self) -> KeyTest {
        let (first, after) = match self {
            Self::AnyOf(values) => return any_of(values),
            Self::From(value) => (key(value), end(value)),
            // Keys of what has ranges are of one length, so that none lies between this one and the same with an end to it.
            Self::To(value) => (beginning(value), format!("{}\u{1}", key(value))),
            Self::Before(value) => (beginning(value), key(value)),
        };
        KeyTest::Within(first, after)
    }
}

fn any_of(values: &[FieldValue]) -> KeyTest {
    let keys = values.iter().flat_map(FieldValue::keys).collect();
    let is_several = values
        .iter()
        .any(|value| matches!(value, FieldValue::Texts(_)));
    if is_several {
        KeyTest::Contains(keys)
    } else {
        KeyTest::AnyOf(keys)
    }
}

fn key(value: &FieldValue) -> String {
    value.keys().pop().unwrap_or_default()
}

/// At most the smallest key that is compared with that of `value`: of money, amounts of the same currency only.
fn beginning(value: &FieldValue) -> String {
    match value {
        FieldValue::Money(money) => money.currency().to_string(),
        _ => String::new(),
    }
}

/// More than the largest such key: `:` follows the digits.
fn end(value: &FieldValue) -> String {
    match value {
        FieldValue::Money(money) => format!("{}:", money.currency()),
        _ => ":".to_owned(),
    }
}
