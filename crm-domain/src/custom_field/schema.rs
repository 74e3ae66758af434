//! The JSON Schema (2020-12) of custom values, for forms and for clients that check before they send.

use serde_json::{Map, Value, json};

use super::field_set::FieldSet;
use super::field_type::FieldType;
use super::options::Options;
use super::{FieldDefinition, LinkKind};
use crate::decimal::Decimal;
use crate::money::{Currency, Money};

/// The schema of the object `custom` of a new record.
pub(super) fn of(fields: &FieldSet) -> Value {
    let property = |field: &FieldDefinition| (field.key.to_string(), property(field));
    let properties: Map<String, Value> = fields.at_hand().map(property).collect();
    let required = fields.at_hand().filter(|field| field.is_required);
    let required: Vec<_> = required.map(|field| field.key.to_string()).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn property(field: &FieldDefinition) -> Value {
    let mut schema = of_type(&field.field_type);
    if let Some(members) = schema.as_object_mut() {
        members.insert("title".to_owned(), json!(field.label));
    }
    schema
}

fn of_type(field_type: &FieldType) -> Value {
    match field_type {
        FieldType::Text { max_length } => json!({ "type": "string", "maxLength": max_length }),
        FieldType::Number { decimals, min, max } => number(*decimals, *min, *max),
        FieldType::Money { currencies } => money(currencies),
        FieldType::Date => json!({ "type": "string", "format": "date" }),
        FieldType::DateTime => json!({ "type": "string", "format": "date-time" }),
        FieldType::Bool => json!({ "type": "boolean" }),
        FieldType::Select(options) => json!({ "oneOf": choices(options) }),
        FieldType::MultiSelect(options) => json!({
            "type": "array",
            "items": { "oneOf": choices(options) },
            "uniqueItems": true,
            "maxItems": Options::MAX,
        }),
        FieldType::Link { targets } => link(targets),
    }
}

fn number(decimals: u8, min: Option<Decimal>, max: Option<Decimal>) -> Value {
    const MOST: i64 = 999_999_999_999_999;
    let kind = if decimals == 0 { "integer" } else { "number" };
    json!({
        "type": kind,
        "minimum": min.map_or(json!(-MOST), Decimal::to_json),
        "maximum": max.map_or(json!(MOST), Decimal::to_json),
        // Not `multipleOf`: validators divide doubles, and find that 0.3 is no multiple of 0.1.
        "description": format!("At most 15 digits, {decimals} of them decimals."),
    })
}

fn money(currencies: &[Currency]) -> Value {
    let codes: Vec<_> = if currencies.is_empty() {
        Currency::all().map(Currency::code).collect()
    } else {
        currencies.iter().map(|currency| currency.code()).collect()
    };
    json!({
        "type": "object",
        "properties": {
            "amount": {
                "type": "integer",
                "minimum": -Money::MAX_AMOUNT,
                "maximum": Money::MAX_AMOUNT,
                "description": "In minor units.",
            },
            "currency": { "enum": codes },
        },
        "required": ["amount", "currency"],
        "additionalProperties": false,
    })
}

fn choices(options: &Options) -> Vec<Value> {
    let offered = options.iter().filter(|option| !option.is_archived);
    offered
        .map(|option| json!({ "const": option.value, "title": option.label }))
        .collect()
}

fn link(targets: &[LinkKind]) -> Value {
    let kinds: Vec<_> = targets.iter().map(|kind| kind.as_str()).collect();
    json!({
        "type": "object",
        "properties": {
            "type": { "enum": kinds },
            "id": { "type": "string", "format": "uuid" },
        },
        "required": ["type", "id"],
        "additionalProperties": false,
    })
}
