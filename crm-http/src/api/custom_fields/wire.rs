//! Custom fields on the wire.

mod input;
mod number;

pub(super) use input::{CreateCustomField, EditCustomField};

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use crm_domain::custom_field::{self, FieldDefinition, FieldRules};
use crm_domain::money::Currency;
use crm_domain::text::{FieldLabel, OptionValue};
use poem_openapi::Object;
use poem_openapi::registry::{MetaSchema, MetaSchemaRef};
use poem_openapi::types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::query::QueryParameters;
use crate::wire::custom::LinkKind;
use crate::wire::{Text, not_by_poem, wire_enum};

use number::NumberValue;

/// What people see of a field or an option.
type LabelText = Text<{ FieldLabel::MAX_CHARS }>;
/// The key of a field.
type KeyText = Text<{ custom_field::FieldKey::MAX_CHARS }>;
/// The value of an option.
type OptionText = Text<{ OptionValue::MAX_CHARS }>;
/// The code of a currency.
type CurrencyText = Text<{ Currency::CHARS }>;

wire_enum! {
    /// A kind of record that has custom fields.
    #[oai(rename = "CustomFieldResource")]
    FieldResource = custom_field::FieldResource {
        /// Leads.
        Lead = "lead",
        /// Customers.
        Customer = "customer",
        /// Tasks.
        Task = "task",
    }
}

wire_enum! {
    /// What the values of a field are.
    #[oai(rename = "CustomFieldType")]
    FieldKind = custom_field::FieldKind {
        /// A text of one or more lines.
        Text = "text",
        /// An exact number.
        Number = "number",
        /// An amount in minor units, and its currency: `{"amount": 1250, "currency": "EUR"}`.
        Money = "money",
        /// A day of the calendar, `2026-01-31`.
        Date = "date",
        /// An instant to the millisecond, in UTC.
        DateTime = "datetime",
        /// Yes or no.
        Bool = "bool",
        /// One of several options.
        Select = "select",
        /// Any of several options.
        MultiSelect = "multiSelect",
        /// Another record: `{"type": "lead", "id": ".."}`.
        Link = "link",
    }
}

wire_enum! {
    /// Whether lists of any size are narrowed and sorted by a field.
    #[oai(rename = "CustomFieldIndexState")]
    IndexState = custom_field::IndexState {
        /// Its index is still to be made.
        Pending = "pending",
        /// Its index is there.
        Ready = "ready",
        /// Making its index failed, and is tried again.
        Failed = "failed",
    }
}

/// An option of a select.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename = "CustomFieldOption", rename_all = "camelCase")]
pub(super) struct FieldOption {
    /// What records hold. It never changes.
    value: OptionText,
    /// What people see.
    label: LabelText,
    /// Whether it is put away: records keep it, and further ones do not get it.
    is_archived: bool,
}

/// A custom field. Of the members that say what is demanded of its values, those of other types are `null`.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
pub struct CustomField {
    /// Identifies the field.
    id: Uuid,
    /// The records that have it.
    resource: FieldResource,
    /// The name under which records hold its values.
    key: KeyText,
    /// What people see.
    label: LabelText,
    /// What its values are.
    #[serde(rename = "type")]
    #[oai(rename = "type")]
    kind: FieldKind,
    /// Whether new records must have a value, and none is cleared.
    is_required: bool,
    /// Where it stands among the others.
    #[oai(validator(minimum(value = "0"), maximum(value = "10000")))]
    position: i32,
    /// Of texts: the most characters.
    #[oai(validator(minimum(value = "1"), maximum(value = "2000")))]
    max_length: Option<u16>,
    /// Of numbers: the most decimals.
    #[oai(validator(minimum(value = "0"), maximum(value = "9")))]
    decimals: Option<u8>,
    /// Of numbers: the smallest.
    min: Option<NumberValue>,
    /// Of numbers: the largest.
    max: Option<NumberValue>,
    /// Of money: the currencies; none for all.
    #[oai(validator(max_items = 50))]
    currencies: Option<Vec<CurrencyText>>,
    /// Of selects: the options, in their order.
    #[oai(validator(max_items = 200))]
    options: Option<Vec<FieldOption>>,
    /// Of links: the kinds of records.
    #[oai(validator(max_items = 4))]
    targets: Option<Vec<LinkKind>>,
    /// Whether it is put away.
    is_archived: bool,
    /// Whether lists of any size are narrowed and sorted by it.
    index_state: IndexState,
    /// Counts writes, from 1.
    #[oai(validator(minimum(value = "1"), maximum(value = "2147483647")))]
    version: i32,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it was last changed.
    updated_at: DateTime<Utc>,
}

impl From<FieldDefinition> for CustomField {
    fn from(field: FieldDefinition) -> Self {
        let FieldDefinition {
            id,
            resource,
            key,
            label,
            field_type,
            is_required,
            position,
            is_archived,
            index,
            version,
            created_at,
            updated_at,
        } = field;
        let FieldRules {
            max_length,
            decimals,
            min,
            max,
            currencies,
            options,
            targets,
        } = field_type.rules();
        let codes = |list: Vec<Currency>| list.iter().map(Text::from).collect();
        let kinds = |list: Vec<_>| list.into_iter().map(LinkKind::from).collect();
        Self {
            id: id.uuid(),
            resource: resource.into(),
            key: (&key).into(),
            label: (&label).into(),
            kind: field_type.kind().into(),
            is_required,
            position,
            max_length,
            decimals,
            min: min.map(NumberValue),
            max: max.map(NumberValue),
            currencies: currencies.map(codes),
            options: options.map(|list| list.into_iter().map(FieldOption::from).collect()),
            targets: targets.map(kinds),
            is_archived,
            index_state: index.into(),
            version,
            created_at,
            updated_at,
        }
    }
}

impl From<custom_field::FieldOption> for FieldOption {
    fn from(option: custom_field::FieldOption) -> Self {
        let custom_field::FieldOption {
            value,
            label,
            is_archived,
        } = option;
        Self {
            value: (&value).into(),
            label: (&label).into(),
            is_archived,
        }
    }
}

/// Custom fields.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
pub(super) struct CustomFieldList {
    /// The fields, those of one kind of record together, in their order.
    #[oai(validator(max_items = 300))]
    custom_fields: Vec<CustomField>,
}

impl From<Vec<FieldDefinition>> for CustomFieldList {
    fn from(fields: Vec<FieldDefinition>) -> Self {
        let custom_fields = fields.into_iter().map(CustomField::from).collect();
        Self { custom_fields }
    }
}

/// Which fields are listed.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
pub(super) struct ListCustomFields {
    /// Those of this kind of record.
    resource: Option<FieldResource>,
    /// Those put away, instead of those at hand.
    is_archived: Option<bool>,
}

impl QueryParameters for ListCustomFields {}

impl ListCustomFields {
    pub(super) fn wanted(self) -> (Option<custom_field::FieldResource>, bool) {
        let resource = self.resource.map(Into::into);
        (resource, self.is_archived.unwrap_or_default())
    }
}

/// Whose fields are described.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
pub(super) struct SchemaQuery {
    /// Those of this kind of record.
    pub(super) resource: FieldResource,
}

impl QueryParameters for SchemaQuery {}

/// A JSON Schema.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(super) struct JsonSchema(pub(super) Value);

impl Type for JsonSchema {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        "object(json-schema)".into()
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Inline(Box::new(MetaSchema {
            description: Some("A JSON Schema of the draft 2020-12."),
            ..MetaSchema::new("object")
        }))
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

not_by_poem!([] JsonSchema);
