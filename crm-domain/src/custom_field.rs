//! Custom fields: what an Admin lets records hold besides their own fields.
//!
//! A [`FieldDefinition`] says what a field is; [`FieldType::parse_text`] reads its values from texts, and [`FieldValue`] writes
//! them. [`CustomValues`] are those of one record, which the [`FieldSet`] of its kind checks.

mod check;
mod condition;
mod field_set;
mod field_type;
mod key;
mod options;
mod rules;
mod schema;
mod value;
mod values;

pub use condition::{CustomCondition, CustomTest, KeyTest, MAX_CONDITION_VALUES, MAX_CONDITIONS};
pub use field_set::FieldSet;
pub use field_type::{FieldKind, FieldType, Offered};
pub use key::FieldKey;
pub use options::{FieldOption, Options};
pub use rules::{FieldRules, MAX_CURRENCIES, MAX_TEXT};
pub use value::{FieldValue, KEY_CHARS, Link, LinkKind, NO_VALUE_KEY, SEPARATOR, ValueError};
pub use values::{CustomEdit, CustomValues};

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::activity::Fields;
use crate::change::{Archived, Change};
use crate::decimal::Decimal;
use crate::ids::CustomFieldId;
use crate::money::Currency;
use crate::permission::{Resource, names};
use crate::text::FieldLabel;
use crate::violation::Violations;

names! {
    /// The kinds of records that have custom fields.
    FieldResource {
        /// Leads.
        Lead = "lead",
        /// Customers.
        Customer = "customer",
        /// Tasks.
        Task = "task",
    }
}

impl FieldResource {
    /// Of the kind that permissions name so, where its records have custom fields.
    #[must_use]
    pub fn of(resource: Resource) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|known| known.resource() == resource)
    }

    /// As permissions name it.
    #[must_use]
    pub const fn resource(self) -> Resource {
        match self {
            Self::Lead => Resource::LEAD,
            Self::Customer => Resource::CUSTOMER,
            Self::Task => Resource::TASK,
        }
    }
}

names! {
    /// Whether lists are narrowed and sorted by a field at any size. It follows the definition and is no part of its version.
    IndexState {
        /// Its index is still to be made.
        Pending = "pending",
        /// Its index is there.
        Ready = "ready",
        /// Making its index failed, and is tried again.
        Failed = "failed",
    }
}

/// The definition of a custom field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldDefinition {
    /// Identifies the field.
    pub id: CustomFieldId,
    /// The records that have it.
    pub resource: FieldResource,
    /// The name under which records hold its values. It never changes, and none after it has it.
    pub key: FieldKey,
    /// What people see.
    pub label: FieldLabel,
    /// What its values are. The kind never changes.
    pub field_type: FieldType,
    /// Whether new records must have a value, and none is cleared.
    pub is_required: bool,
    /// Where it stands among the others.
    pub position: i32,
    /// Whether it is put away: records keep its values, which are hidden.
    pub is_archived: bool,
    /// Whether it has its index.
    pub index: IndexState,
    /// Counts writes, from 1.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// What a new field is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewField {
    /// The records that have it.
    pub resource: FieldResource,
    /// The name under which records hold its values.
    pub key: FieldKey,
    /// What people see.
    pub label: FieldLabel,
    /// What its values are.
    pub field_type: FieldType,
    /// Whether new records must have a value.
    pub is_required: bool,
    /// Where it stands among the others; at the end, unless it is given.
    pub position: Option<i32>,
}

/// Changes to a field; what is not named stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FieldEdit {
    /// What people see.
    pub label: Option<FieldLabel>,
    /// Whether new records must have a value.
    pub is_required: Option<bool>,
    /// Where it stands.
    pub position: Option<i32>,
    /// Of texts: the most characters.
    pub max_length: Option<u16>,
    /// Of numbers: the most decimals.
    pub decimals: Option<u8>,
    /// Of numbers: the smallest.
    pub min: Change<Decimal>,
    /// Of numbers: the largest.
    pub max: Change<Decimal>,
    /// Of money: all currencies.
    pub currencies: Option<Vec<Currency>>,
    /// Of selects: all options. What is left out is put away.
    pub options: Option<Vec<FieldOption>>,
    /// Of links: all kinds of records.
    pub targets: Option<Vec<LinkKind>>,
}

/// Why a field was not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FieldError {
    /// The field is put away.
    #[error("the field {0}")]
    Archived(#[from] Archived),
    /// What would be demanded of its values is wrong.
    #[error(transparent)]
    Invalid(#[from] Violations),
}

impl FieldDefinition {
    /// The most fields of one kind of record, those put away included.
    pub const MAX: usize = 100;
    /// The highest position.
    pub const MAX_POSITION: i32 = 10_000;

    /// A new field. Without a position it stands `last`.
    #[must_use]
    pub fn create(id: CustomFieldId, new: NewField, last: i32, now: DateTime<Utc>) -> Self {
        let NewField {
            resource,
            key,
            label,
            field_type,
            is_required,
            position,
        } = new;
        Self {
            id,
            resource,
            key,
            label,
            field_type,
            is_required,
            position: position.unwrap_or(last),
            is_archived: false,
            index: IndexState::Pending,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    /// The field with `edit` applied; the same version when nothing differs.
    ///
    /// Values that records hold already stay, whatever is demanded from now on.
    ///
    /// # Errors
    /// [`FieldError::Archived`], or what is wrong with the rules.
    pub fn edit(self, edit: FieldEdit, now: DateTime<Utc>) -> Result<Self, FieldError> {
        if self.is_archived {
            return Err(Archived.into());
        }
        let before = self.clone();
        let FieldEdit {
            label,
            is_required,
            position,
            max_length,
            decimals,
            min,
            max,
            currencies,
            options,
            targets,
        } = edit;
        let rules = self.field_type.rules();
        let options = match (&self.field_type, options) {
            (FieldType::Select(old) | FieldType::MultiSelect(old), Some(given)) => {
                Some(old.clone().followed_by(given))
            }
            (_, given) => given,
        };
        let rules = FieldRules {
            max_length: max_length.or(rules.max_length),
            decimals: decimals.or(rules.decimals),
            min: min.apply(rules.min),
            max: max.apply(rules.max),
            currencies: currencies.or(rules.currencies),
            options: options.or(rules.options),
            targets: targets.or(rules.targets),
        };
        let field = Self {
            label: label.unwrap_or(self.label),
            is_required: is_required.unwrap_or(self.is_required),
            position: position.unwrap_or(self.position),
            field_type: FieldType::new(self.field_type.kind(), rules)?,
            ..self
        };
        Ok(if field == before {
            before
        } else {
            field.written(now)
        })
    }

    /// The field, put away; unchanged when it already was. Its index goes.
    #[must_use]
    pub fn archive(self, now: DateTime<Utc>) -> Self {
        self.put_away(true, now)
    }

    /// The field, taken back with the values that records kept; unchanged when it was not put away. Its index is made anew.
    #[must_use]
    pub fn restore(self, now: DateTime<Utc>) -> Self {
        self.put_away(false, now)
    }

    fn put_away(self, is_archived: bool, now: DateTime<Utc>) -> Self {
        if self.is_archived == is_archived {
            return self;
        }
        Self {
            is_archived,
            index: IndexState::Pending,
            ..self
        }
        .written(now)
    }

    fn written(self, now: DateTime<Utc>) -> Self {
        Self {
            version: self.version + 1,
            updated_at: now,
            ..self
        }
    }

    /// The fields that the activity log records.
    #[must_use]
    pub fn fields(&self) -> Fields {
        let Self {
            id: _,
            resource,
            key,
            label,
            field_type,
            is_required,
            position,
            is_archived,
            index: _,
            version: _,
            created_at: _,
            updated_at: _,
        } = self;
        crate::activity::fields([
            ("resource", json!(resource.as_str())),
            ("key", json!(key)),
            ("label", json!(label)),
            ("type", json!(field_type.kind().as_str())),
            ("rules", json!(field_type.rules())),
            ("isRequired", json!(is_required)),
            ("position", json!(position)),
            ("isArchived", json!(is_archived)),
        ])
    }
}

#[cfg(test)]
mod tests;
