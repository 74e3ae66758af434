//! The custom values of one record, and changes to them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use super::key::FieldKey;
use super::value::{FieldValue, NO_VALUE_KEY, ValueError};
use crate::activity::Changes;
use crate::text::TextError;
use crate::violation::Violations;

/// The custom values of a record. Whether they fit the definitions is checked by [`FieldSet`](super::FieldSet), which whoever
/// writes the record reads in the same transaction.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(transparent)]
pub struct CustomValues(BTreeMap<FieldKey, FieldValue>);

impl CustomValues {
    /// The most bytes that they may take after a write, as JSON. Merging unites what others hold, and is not kept from it.
    pub const MAX_BYTES: usize = 16 * 1024;

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value of a field.
    #[must_use]
    pub fn get(&self, key: FieldKey) -> Option<&FieldValue> {
        self.0.get(&key)
    }

    /// Gives a field a value.
    pub(crate) fn set(&mut self, key: FieldKey, value: FieldValue) {
        self.0.insert(key, value);
    }

    /// Each value with its key, in the order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = (FieldKey, &FieldValue)> {
        self.0.iter().map(|(key, value)| (*key, value))
    }

    /// Those whose keys are not among these.
    #[must_use]
    pub fn without(&self, hidden: &[FieldKey]) -> Self {
        let shown = self.iter().filter(|(key, _)| !hidden.contains(key));
        shown.map(|(key, value)| (key, value.clone())).collect()
    }

    /// The text that the record is sorted by under this field; after all others without a value.
    #[must_use]
    pub fn sort_key(&self, key: FieldKey) -> String {
        let value = self.get(key).and_then(|value| value.keys().pop());
        value.unwrap_or_else(|| NO_VALUE_KEY.to_string())
    }

    /// What the database keeps to compare and sort by: a text for each value, or several.
    #[must_use]
    pub fn keys(&self) -> Value {
        let keys = self
            .iter()
            .map(|(key, value)| (key.to_string(), value.key_json()));
        Value::Object(keys.collect())
    }

    /// As JSON.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let members = self
            .iter()
            .map(|(key, value)| (key.to_string(), value.to_json()));
        Value::Object(members.collect())
    }

    /// From the JSON that [`CustomValues::to_json`] gave.
    ///
    /// # Errors
    /// When it is not of that form.
    pub fn from_stored(json: &Value) -> Result<Self, ValueError> {
        let wrong = |_: TextError| ValueError::wrong_type("holds a key that no field has");
        let members = json.as_object().into_iter().flatten();
        members
            .map(|(key, value)| Ok((key.parse().map_err(wrong)?, FieldValue::from_json(value)?)))
            .collect()
    }

    /// The values as the activity log records them: `custom.key`.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (Cow<'static, str>, Value)> {
        self.iter()
            .map(|(key, value)| (Cow::Owned(format!("custom.{key}")), value.to_json()))
    }
}

impl FromIterator<(FieldKey, FieldValue)> for CustomValues {
    fn from_iter<I: IntoIterator<Item = (FieldKey, FieldValue)>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}

/// Changes to custom values: a key that is absent stays, `None` clears.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CustomEdit(BTreeMap<FieldKey, Option<FieldValue>>);

impl CustomEdit {
    /// Whether nothing is changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each change, in the order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = (FieldKey, Option<&FieldValue>)> {
        self.0.iter().map(|(key, value)| (*key, value.as_ref()))
    }

    /// These changes; and, of fields that they do not name and that hold nothing, what the first of `sources` holds.
    pub(crate) fn or_fill<'a>(
        mut self,
        held: &CustomValues,
        sources: impl IntoIterator<Item = &'a CustomValues>,
    ) -> Self {
        for (key, value) in sources.into_iter().flat_map(CustomValues::iter) {
            if held.get(key).is_none() {
                self.0.entry(key).or_insert_with(|| Some(value.clone()));
            }
        }
        self
    }

    /// Goes back from what `changes` gave to what was held before. A field that holds something else by now stays.
    pub(crate) fn undo(changes: &Changes, held: &CustomValues) -> Self {
        let undone = changes.iter().filter_map(|(name, from, to)| {
            let key: FieldKey = name.strip_prefix("custom.")?.parse().ok()?;
            let now = held.get(key).map_or(Value::Null, FieldValue::to_json);
            if now != *to {
                return None;
            }
            match from {
                Value::Null => Some((key, None)),
                // What the log holds was valid when it was written.
                from => Some((key, Some(FieldValue::from_json(from).ok()?))),
            }
        });
        undone.collect()
    }

    /// The values after the changes.
    pub(crate) fn apply(self, before: CustomValues) -> CustomValues {
        let mut values = before.0;
        for (key, value) in self.0 {
            match value {
                Some(value) => values.insert(key, value),
                None => values.remove(&key),
            };
        }
        CustomValues(values)
    }

    /// The changes that a JSON object holds, each of the shape of some field. What is not is a violation of `custom/key`.
    pub fn from_json(members: Map<String, Value>, violations: &mut Violations) -> Self {
        let mut edit = Self::default();
        for (name, value) in members {
            let Ok(key) = name.parse::<FieldKey>() else {
                unknown(&name, violations);
                continue;
            };
            if value.is_null() {
                edit.0.insert(key, None);
                continue;
            }
            match FieldValue::from_json(&value) {
                Ok(value) => {
                    edit.0.insert(key, Some(value));
                }
                Err(error) => violate(key, error, violations),
            }
        }
        edit
    }

    /// The values of a new record: `null` is as if it were absent.
    #[must_use]
    pub fn into_values(self) -> CustomValues {
        self.apply(CustomValues::default())
    }
}

impl From<CustomValues> for CustomEdit {
    /// All of them set.
    fn from(values: CustomValues) -> Self {
        let set = values.0.into_iter().map(|(key, value)| (key, Some(value)));
        set.collect()
    }
}

impl FromIterator<(FieldKey, Option<FieldValue>)> for CustomEdit {
    fn from_iter<I: IntoIterator<Item = (FieldKey, Option<FieldValue>)>>(changes: I) -> Self {
        Self(changes.into_iter().collect())
    }
}

/// The path of a key, for violations.
pub(super) fn path(key: impl std::fmt::Display) -> String {
    format!("custom/{key}")
}

pub(super) fn violate(key: FieldKey, error: ValueError, violations: &mut Violations) {
    violations.add(&path(key), error.code, error.message);
}

pub(super) const UNKNOWN: &str = "is not a custom field of this kind of record";

/// Notes a key that is not that of a field.
pub(super) fn unknown(key: &str, violations: &mut Violations) {
    // As a part of a JSON pointer.
    let key = key.replace('~', "~0").replace('/', "~1");
    violations.add(&path(key), "unknown-field", UNKNOWN);
}
