//! Bodies of the operations on custom fields, and the commands they stand for.

use crm_domain::custom_field::{
    self, FieldDefinition, FieldEdit, FieldRules, FieldType, NewField, Options,
};
use crm_domain::money::Currency;
use crm_domain::violation::Violations;
use poem_openapi::Object;
use serde::Deserialize;

use super::number::NumberValue;
use super::{CurrencyText, FieldKind, FieldResource, KeyText, LabelText, LinkKind, OptionText};
use crate::problem::Problem;
use crate::wire::{List, Patch};

type CurrencyList = List<CurrencyText, { custom_field::MAX_CURRENCIES }>;
type OptionList = List<OptionInput, { Options::MAX }>;
type TargetList = List<LinkKind, 4>;

/// An option of a select.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename = "CustomFieldOptionInput", rename_all = "camelCase")]
pub(super) struct OptionInput {
    /// What records hold; without a semicolon. Two options differ in more than case and marks.
    value: OptionText,
    /// What people see; the value, unless it is given.
    label: Option<LabelText>,
    /// Whether it is put away: records keep it, and further ones do not get it.
    is_archived: Option<bool>,
}

/// A new custom field.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
pub(in crate::api::custom_fields) struct CreateCustomField {
    /// The records that have it.
    resource: FieldResource,
    /// The name under which records hold its values: letters and digits after a small letter, `annualRevenue`.
    key: KeyText,
    /// What people see.
    label: LabelText,
    /// What its values are.
    #[serde(rename = "type")]
    #[oai(rename = "type")]
    kind: FieldKind,
    /// Whether new records must have a value, and none is cleared.
    is_required: Option<bool>,
    /// Where it stands among the others; at the end, unless it is given.
    #[oai(validator(minimum(value = "0"), maximum(value = "10000")))]
    position: Option<u16>,
    /// Of texts: the most characters; 2000, unless it is given.
    #[oai(validator(minimum(value = "1"), maximum(value = "2000")))]
    max_length: Option<u16>,
    /// Of numbers: the most decimals; none, unless it is given.
    #[oai(validator(minimum(value = "0"), maximum(value = "9")))]
    decimals: Option<u8>,
    /// Of numbers: the smallest.
    min: Option<NumberValue>,
    /// Of numbers: the largest.
    max: Option<NumberValue>,
    /// Of money: the currencies; all of ISO 4217, unless it is given.
    currencies: Option<CurrencyList>,
    /// Of selects: the options, in their order.
    options: Option<OptionList>,
    /// Of links: the kinds of records.
    targets: Option<TargetList>,
}

impl TryFrom<CreateCustomField> for NewField {
    type Error = Problem;

    fn try_from(body: CreateCustomField) -> Result<Self, Problem> {
        let CreateCustomField {
            resource,
            key,
            label,
            kind,
            is_required,
            position,
            max_length,
            decimals,
            min,
            max,
            currencies,
            options,
            targets,
        } = body;
        let mut violations = Violations::new();
        let key = key.parse("key", &mut violations);
        let label = label.parse("label", &mut violations);
        let position = checked_position(position, &mut violations);
        let rules = FieldRules {
            max_length,
            decimals,
            min: min.map(|number| number.0),
            max: max.map(|number| number.0),
            currencies: currencies.map(|list| parse_currencies(&list, &mut violations)),
            options: options.map(|list| parse_options(list, &mut violations)),
            targets: targets.map(|list| list.into_iter().map(Into::into).collect()),
        };
        violations.clone().into_result()?;
        let (Some(key), Some(label)) = (key, label) else {
            return Err(violations.into());
        };
        Ok(Self {
            resource: resource.into(),
            key,
            label,
            field_type: FieldType::new(kind.into(), rules)?,
            is_required: is_required.unwrap_or_default(),
            position,
        })
    }
}

/// Changes to a custom field. What is absent stays.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename = "UpdateCustomField", rename_all = "camelCase")]
pub(in crate::api::custom_fields) struct EditCustomField {
    /// What people see.
    label: Option<LabelText>,
    /// Whether new records must have a value, and none is cleared.
    is_required: Option<bool>,
    /// Where it stands among the others.
    #[oai(validator(minimum(value = "0"), maximum(value = "10000")))]
    position: Option<u16>,
    /// Of texts: the most characters.
    #[oai(validator(minimum(value = "1"), maximum(value = "2000")))]
    max_length: Option<u16>,
    /// Of numbers: the most decimals.
    #[oai(validator(minimum(value = "0"), maximum(value = "9")))]
    decimals: Option<u8>,
    /// Of numbers: the smallest.
    #[serde(default)]
    min: Patch<NumberValue>,
    /// Of numbers: the largest.
    #[serde(default)]
    max: Patch<NumberValue>,
    /// Of money: all currencies; none for all of ISO 4217.
    currencies: Option<CurrencyList>,
    /// Of selects: all options, in their order. What is left out is put away.
    options: Option<OptionList>,
    /// Of links: all kinds of records.
    targets: Option<TargetList>,
}

impl TryFrom<EditCustomField> for FieldEdit {
    type Error = Problem;

    fn try_from(body: EditCustomField) -> Result<Self, Problem> {
        let EditCustomField {
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
        } = body;
        let mut violations = Violations::new();
        let label = label.and_then(|label| label.parse("label", &mut violations));
        let position = checked_position(position, &mut violations);
        let currencies = currencies.map(|list| parse_currencies(&list, &mut violations));
        let options = options.map(|list| parse_options(list, &mut violations));
        violations.into_result()?;
        Ok(Self {
            label,
            is_required,
            position,
            max_length,
            decimals,
            min: min.into_change(|number| Some(number.0)),
            max: max.into_change(|number| Some(number.0)),
            currencies,
            options,
            targets: targets.map(|list| list.into_iter().map(Into::into).collect()),
        })
    }
}

fn checked_position(position: Option<u16>, violations: &mut Violations) -> Option<i32> {
    let position = position.map(i32::from);
    if position.is_some_and(|position| position > FieldDefinition::MAX_POSITION) {
        let message = format!("must be from 0 to {}", FieldDefinition::MAX_POSITION);
        violations.add("position", "out-of-range", message);
    }
    position
}

fn parse_currencies(texts: &[CurrencyText], violations: &mut Violations) -> Vec<Currency> {
    let texts = texts.iter().enumerate();
    texts
        .filter_map(|(i, text)| text.parse(&format!("currencies/{i}"), violations))
        .collect()
}

fn parse_options(
    options: OptionList,
    violations: &mut Violations,
) -> Vec<custom_field::FieldOption> {
    let mut parsed = Vec::new();
    for (i, option) in options.into_iter().enumerate() {
        let OptionInput {
            value: text,
            label,
            is_archived,
        } = option;
        let value = text.parse(&format!("options/{i}/value"), violations);
        let label = match &label {
            Some(label) => label.parse(&format!("options/{i}/label"), violations),
            // What is a value is a label too; where it is none, that is told already.
            None => text.as_str().parse().ok(),
        };
        if let Some((value, label)) = value.zip(label) {
            parsed.push(custom_field::FieldOption {
                value,
                label,
                is_archived: is_archived.unwrap_or_default(),
            });
        }
    }
    parsed
}
