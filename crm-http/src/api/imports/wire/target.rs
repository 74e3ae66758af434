//! What a column holds, on the wire: the name of a field.

use std::borrow::Cow;

use crm_domain::import::{self, ImportField};
use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::wire::not_by_poem;

/// What a column holds.
#[derive(Debug, Clone, Copy)]
pub(super) struct ImportTarget(pub(super) import::ImportTarget);

impl<'de> Deserialize<'de> for ImportTarget {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        name.parse().map(Self).map_err(|_| {
            // In serde's own words, which the refusals of bodies are made of.
            let all: Vec<_> = ImportField::ALL
                .iter()
                .map(|field| format!("`{field}`"))
                .collect();
            let all = all.join(", ");
            serde::de::Error::custom(format!("unknown variant `{name}`, expected one of {all}"))
        })
    }
}

impl Serialize for ImportTarget {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

const NAME: &str = "ImportField";

/// Of `custom.` and a key.
const MAX_LENGTH: usize = 47;

impl Type for ImportTarget {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        NAME.into()
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Reference(NAME.to_owned())
    }

    fn register(registry: &mut Registry) {
        let own = MetaSchema {
            enum_items: ImportField::ALL
                .iter()
                .map(|field| Value::String(field.to_string()))
                .collect(),
            ..MetaSchema::new("string")
        };
        let custom = MetaSchema {
            pattern: Some(r"^custom\.[a-z][a-zA-Z0-9]{0,39}$".to_owned()),
            max_length: Some(MAX_LENGTH),
            ..MetaSchema::new("string")
        };
        let any_of = [own, custom].map(|schema| MetaSchemaRef::Inline(Box::new(schema)));
        registry.create_schema::<Self, _>(NAME.to_owned(), |_| MetaSchema {
            description: Some(
                "What a column holds: `id` is there to match by; `status` is where a new lead starts, and changes no lead \
                 that is there; `assignedAgent` and `owner` name a user by id or address; `tags` are separated by \
                 semicolons; `custom.key` is a custom field, as exports write it.",
            ),
            any_of: any_of.into(),
            max_length: Some(MAX_LENGTH),
            ..MetaSchema::new("string")
        });
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

not_by_poem!([] ImportTarget);
