//! All fields of one kind of record, and whether values fit them.

use super::condition::{CustomCondition, CustomTest};
use super::field_type::Offered;
use super::key::FieldKey;
use super::value::{FieldValue, Link, ValueError};
use super::values::{CustomEdit, CustomValues, UNKNOWN, path, unknown, violate};
use super::{FieldDefinition, schema};
use crate::violation::Violations;

/// The fields of one kind of record, those put away included, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FieldSet(Vec<FieldDefinition>);

impl FieldSet {
    /// These fields.
    #[must_use]
    pub const fn new(fields: Vec<FieldDefinition>) -> Self {
        Self(fields)
    }

    /// The fields that are at hand.
    pub fn at_hand(&self) -> impl Iterator<Item = &FieldDefinition> {
        self.0.iter().filter(|field| !field.is_archived)
    }

    /// The field of this key that is at hand.
    #[must_use]
    pub fn get(&self, key: FieldKey) -> Option<&FieldDefinition> {
        self.at_hand().find(|field| field.key == key)
    }

    /// The values of a new record, each in its one form.
    ///
    /// # Errors
    /// Violations of `custom/key`: unknown, of another type, refused by the rules, or required and missing.
    pub fn check_new(&self, values: &CustomValues) -> Result<CustomValues, Violations> {
        let none = CustomValues::default();
        let edit = CustomEdit::from(values.clone());
        let mut violations = Violations::new();
        let checked = self.checked(&edit, &none, &mut violations);
        let required = self.at_hand().filter(|field| field.is_required);
        for field in required.filter(|field| values.get(field.key).is_none()) {
            violations.add(&path(field.key), "required", "must be given");
        }
        violations.into_result()?;
        let values = checked.apply(none);
        check_size(&values)?;
        Ok(values)
    }

    /// Changes to the values of a record that has those `before`, each in its one form. What stays as it is, is not asked
    /// whether it still fits.
    ///
    /// # Errors
    /// As [`FieldSet::check_new`]; required is only what would be cleared.
    pub fn check_edit(
        &self,
        edit: &CustomEdit,
        before: &CustomValues,
    ) -> Result<CustomEdit, Violations> {
        let mut violations = Violations::new();
        let checked = self.checked(edit, before, &mut violations);
        violations.into_result()?;
        check_size(&checked.clone().apply(before.clone()))?;
        Ok(checked)
    }

    fn checked(
        &self,
        edit: &CustomEdit,
        before: &CustomValues,
        violations: &mut Violations,
    ) -> CustomEdit {
        let mut checked = Vec::new();
        for (key, value) in edit.iter() {
            let Some(field) = self.get(key) else {
                unknown(key.as_str(), violations);
                continue;
            };
            if value.is_some() && value == before.get(key) {
                continue;
            }
            match field.checked(value) {
                Ok(value) => checked.push((key, value)),
                Err(error) => violate(key, error, violations),
            }
        }
        checked.into_iter().collect()
    }

    /// Of the values of a record of another kind, whose fields are `from`, those that a record of this kind takes: its field
    /// of the same key and type is at hand, and its rules hold. What becomes of the others is for the caller.
    #[must_use]
    pub fn received(&self, from: &Self, values: &CustomValues) -> CustomValues {
        let taken = values.iter().filter_map(|(key, value)| {
            let (source, target) = from.get(key).zip(self.get(key))?;
            if source.field_type.kind() != target.field_type.kind() {
                return None;
            }
            let checked = target.field_type.check(value.clone(), Offered::AndArchived);
            Some((key, checked.ok()??))
        });
        taken.collect()
    }

    /// The conditions of a query with their values in the form that records hold them. Texts are read as the fields' types.
    ///
    /// # Errors
    /// Violations of `custom.key`, as queries name it.
    pub fn check_conditions(
        &self,
        conditions: &[CustomCondition],
    ) -> Result<Vec<CustomCondition>, Violations> {
        let mut violations = Violations::new();
        let mut checked = Vec::new();
        for condition in conditions {
            let field = self.get(condition.key);
            let unknown = || {
                let message = "is not a parameter of this operation";
                ValueError::new("unknown-parameter", message)
            };
            let found = field.ok_or_else(unknown);
            match found.and_then(|field| field.condition(condition)) {
                Ok(condition) => checked.push(condition),
                Err(error) => violations.add(&condition.name(), error.code, error.message),
            }
        }
        violations.into_result()?;
        Ok(checked)
    }

    /// The value of a field that a text stands for, as exports write it; `None` for an empty one. The rules for new values are
    /// asked where it is known whether it is one: [`FieldSet::check_new`], [`FieldSet::check_edit`].
    ///
    /// # Errors
    /// [`ValueError`] for a field that is not at hand, or a text that is of another type.
    pub fn read_text(&self, key: FieldKey, text: &str) -> Result<Option<FieldValue>, ValueError> {
        let Some(field) = self.get(key) else {
            return Err(ValueError::new("unknown-field", UNKNOWN));
        };
        let unbound = field.field_type.unbound();
        unbound.parse_text(text, Offered::AndArchived)
    }

    /// The records that the changed values lead to, each with the path of its key.
    pub fn links(edit: &CustomEdit) -> impl Iterator<Item = (String, Link)> {
        edit.iter().filter_map(|(key, value)| match value {
            Some(FieldValue::Link(link)) => Some((path(key), *link)),
            _ => None,
        })
    }

    /// The JSON Schema (2020-12) of the values of a new record.
    #[must_use]
    pub fn json_schema(&self) -> serde_json::Value {
        schema::of(self)
    }
}

impl FieldDefinition {
    fn checked(&self, value: Option<&FieldValue>) -> Result<Option<FieldValue>, ValueError> {
        let checked = match value {
            Some(value) => self.field_type.check(value.clone(), Offered::Only)?,
            None => None,
        };
        if checked.is_none() && self.is_required {
            return Err(ValueError::new("required", "must not be empty"));
        }
        Ok(checked)
    }

    fn condition(&self, condition: &CustomCondition) -> Result<CustomCondition, ValueError> {
        let value = |value: &FieldValue| self.asked(value);
        let no_range = || {
            let message = format!("has no range: it is of type {}", self.field_type.kind());
            ValueError::new("not-allowed", message)
        };
        let test = match &condition.test {
            CustomTest::AnyOf(values) => {
                CustomTest::AnyOf(values.iter().map(value).collect::<Result<_, _>>()?)
            }
            _ if !self.field_type.has_ranges() => return Err(no_range()),
            CustomTest::From(from) => CustomTest::From(value(from)?),
            // As of other instants: one at the end of a range is the first that is not in it.
            CustomTest::To(to) if self.field_type == super::FieldType::DateTime => {
                CustomTest::Before(value(to)?)
            }
            CustomTest::To(to) => CustomTest::To(value(to)?),
            CustomTest::Before(to) => CustomTest::Before(value(to)?),
        };
        Ok(CustomCondition {
            key: condition.key,
            test,
        })
    }

    /// A value that a list is narrowed by. The rules for new values do not bind it, where they are bounds.
    fn asked(&self, value: &FieldValue) -> Result<FieldValue, ValueError> {
        let unbound = self.field_type.unbound();
        let checked = match value {
            FieldValue::Text(text) => unbound.parse_text(text, Offered::AndArchived)?,
            other => unbound.check(other.clone(), Offered::AndArchived)?,
        };
        checked.ok_or_else(|| ValueError::new("too-short", "must not be empty"))
    }
}

fn check_size(values: &CustomValues) -> Result<(), Violations> {
    let bytes = values.to_json().to_string().len();
    if bytes <= CustomValues::MAX_BYTES {
        return Ok(());
    }
    let max = CustomValues::MAX_BYTES;
    let message = format!("must take at most {max} bytes as JSON");
    Err(Violations::one("custom", "too-large", message))
}
