//! Custom values on the wire: the object `custom` of records and of their bodies, and the parameters `custom.key` of lists.

mod parameters;

pub use parameters::CustomParameters;

use std::borrow::Cow;
use std::fmt;

use crm_domain::custom_field::{
    CustomEdit, CustomValues, FieldDefinition, FieldKey, KEY_CHARS, MAX_CONDITION_VALUES, Options,
};
use crm_domain::violation::Violations;
use poem_openapi::Object;
use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type};
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::TOO_MANY;
use crate::wire::{not_by_poem, wire_enum};

/// The custom values of a record.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(crate) struct CustomObject(CustomValues);

impl CustomObject {
    /// The values but those of fields that are put away.
    pub(crate) fn new(values: &CustomValues, hidden: &[FieldKey]) -> Self {
        Self(values.without(hidden))
    }

    /// The values.
    pub(crate) const fn values(&self) -> &CustomValues {
        &self.0
    }
}

/// Custom values in a body: what is absent stays, `null` clears. Whether they fit their fields is seen when they are written.
#[derive(Debug, Default)]
pub(crate) struct CustomInput(Map<String, Value>);

impl CustomInput {
    /// The changes that it means, noting what no field takes.
    pub(crate) fn into_edit(self, violations: &mut Violations) -> CustomEdit {
        CustomEdit::from_json(self.0, violations)
    }
}

impl<'de> Deserialize<'de> for CustomInput {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let members = Members {
            max: FieldDefinition::MAX,
            depth: 3,
        };
        deserializer.deserialize_map(members).map(Self)
    }
}

/// Reads an object of at most `max` members, each key once.
struct Members {
    max: usize,
    depth: u8,
}

impl<'de> Visitor<'de> for Members {
    type Value = Map<String, Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            if members.contains_key(&key) {
                return Err(A::Error::custom(format_args!("duplicate field `{key}`")));
            }
            if members.len() == self.max {
                return Err(A::Error::custom(format_args!("{TOO_MANY}{}", self.max)));
            }
            let value = map.next_value_seed(Json(self.depth - 1))?;
            members.insert(key, value);
        }
        Ok(members)
    }
}

/// Reads any JSON of so many levels, in which no key comes twice.
struct Json(u8);

impl<'de> DeserializeSeed<'de> for Json {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Json {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value of a custom field")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let deeper = self.0.checked_sub(1);
        let deeper = deeper.ok_or_else(|| A::Error::custom("is nested too deep"))?;
        let mut items = Vec::new();
        while items.len() < Options::MAX {
            match seq.next_element_seed(Json(deeper))? {
                Some(item) => items.push(item),
                None => return Ok(items.into()),
            }
        }
        match seq.next_element::<IgnoredAny>()? {
            Some(_) => Err(A::Error::custom(format_args!("{TOO_MANY}{}", Options::MAX))),
            None => Ok(items.into()),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Value, A::Error> {
        if self.0 == 0 {
            return Err(A::Error::custom("is nested too deep"));
        }
        // Money and links, which have two members.
        let members = Members {
            max: 2,
            depth: self.0,
        };
        members.visit_map(map).map(Value::Object)
    }
}

wire_enum! {
    /// What kind of record a link leads to.
    #[oai(rename = "CustomLinkType")]
    LinkKind = crm_domain::custom_field::LinkKind {
        /// A lead.
        Lead = "lead",
        /// A customer.
        Customer = "customer",
        /// A task.
        Task = "task",
        /// A user.
        User = "user",
    }
}

/// The two shapes of values that are objects, for the document.
#[derive(Debug, Object)]
#[oai(rename = "CustomMoney")]
struct MoneyShape {
    /// How many minor units.
    #[oai(validator(
        minimum(value = "-9007199254740991"),
        maximum(value = "9007199254740991")
    ))]
    amount: i64,
    /// The code of the currency in ISO 4217.
    #[oai(validator(max_length = 3))]
    currency: String,
}

/// A link to another record.
#[derive(Debug, Object)]
#[oai(rename = "CustomLink")]
struct LinkShape {
    /// What kind of record it is.
    #[oai(rename = "type")]
    kind: LinkKind,
    /// Which one.
    id: uuid::Uuid,
}

/// Any value of a custom field.
fn value_schema(is_input: bool) -> MetaSchemaRef {
    const MAX: f64 = 999_999_999_999_999.0;
    let inline = |schema| MetaSchemaRef::Inline(Box::new(schema));
    let text = |max| MetaSchema {
        max_length: Some(max),
        ..MetaSchema::new("string")
    };
    let shapes = vec![
        inline(MetaSchema {
            nullable: is_input,
            ..text(2000)
        }),
        inline(MetaSchema {
            minimum: Some(-MAX),
            maximum: Some(MAX),
            ..MetaSchema::new("number")
        }),
        inline(MetaSchema::new("boolean")),
        inline(MetaSchema {
            items: Some(Box::new(inline(text(60)))),
            max_items: Some(Options::MAX),
            ..MetaSchema::new("array")
        }),
        MoneyShape::schema_ref(),
        LinkShape::schema_ref(),
    ];
    inline(MetaSchema {
        any_of: shapes,
        ..MetaSchema::ANY
    })
}

fn object_schema(description: &'static str, values: MetaSchemaRef) -> MetaSchemaRef {
    MetaSchemaRef::Inline(Box::new(MetaSchema {
        description: Some(description),
        additional_properties: Some(Box::new(values)),
        ..MetaSchema::new("object")
    }))
}

macro_rules! objects {
    ($($name:ident($is_required:literal): $description:literal, $values:expr;)*) => {$(
        impl Type for $name {
            const IS_REQUIRED: bool = $is_required;
            type RawValueType = Self;
            type RawElementValueType = Self;

            fn name() -> Cow<'static, str> {
                concat!("object(", stringify!($name), ")").into()
            }

            fn schema_ref() -> MetaSchemaRef {
                object_schema($description, $values)
            }

            fn register(registry: &mut Registry) {
                MoneyShape::register(registry);
                LinkShape::register(registry);
            }

            fn as_raw_value(&self) -> Option<&Self> {
                Some(self)
            }

            fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
                Box::new(std::iter::once(self))
            }
        }
    )*};
}

objects! {
    CustomObject(true): "The values of custom fields by their keys. `GET /api/custom-fields/schema` describes them.", value_schema(false);
    CustomInput(true): "The values of custom fields by their keys; an absent one stays, `null` clears.", value_schema(true);
    CustomParameters(false): "By custom fields, each as a parameter of its own. `custom.key=value`: with this value; repeat it for any of \
        several; of several options, one of them. `custom.key.from` and `custom.key.to`: of numbers, money, days and \
        instants, this or more, and this or less; of instants, before this. Texts are compared without case and marks. \
        Values as in exports: `12.5`, `12.50 EUR`, `2026-01-31`, `true`, `lead:019b7fbc-..`.", parameter_schema();
}

fn parameter_schema() -> MetaSchemaRef {
    let inline = |schema| MetaSchemaRef::Inline(Box::new(schema));
    let text = || {
        inline(MetaSchema {
            max_length: Some(KEY_CHARS),
            ..MetaSchema::new("string")
        })
    };
    let several = inline(MetaSchema {
        items: Some(Box::new(text())),
        max_items: Some(MAX_CONDITION_VALUES),
        ..MetaSchema::new("array")
    });
    inline(MetaSchema {
        any_of: vec![text(), several],
        ..MetaSchema::ANY
    })
}

not_by_poem!([] CustomObject, [] CustomInput, [] CustomParameters);
