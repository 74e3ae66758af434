//! What events there are, and what each tells: made from their types, for the API document and for people.

use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::{Event, RecordsReassigned, SessionsEnded, declared};
use crate::customer::Customer;
use crate::lead::Lead;
use crate::permission::Resource;
use crate::task::Task;
use crate::{export, import};

/// One kind of event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventType {
    /// The stable name: `lead.converted`.
    pub name: &'static str,
    /// The version of the payload.
    pub version: i16,
    /// The kind of record that it happens to.
    pub resource: Resource,
    /// What it means, in a sentence or two.
    pub description: String,
    /// The JSON Schema (2020-12) of the payload. Later versions of the program may add members to it.
    pub schema: Value,
}

impl EventType {
    /// The kind of event that `E` is.
    #[must_use]
    pub fn of<E: Event>() -> Self {
        // Each schema stands by itself, wherever it is put.
        let mut settings = SchemaSettings::draft2020_12().for_serialize();
        settings.inline_subschemas = true;
        settings.meta_schema = None;
        let mut schema = settings.into_generator().into_root_schema_for::<E>();
        let description = schema.remove("description");
        schema.remove("title");
        Self {
            name: E::NAME,
            version: E::VERSION,
            resource: E::RESOURCE,
            description: description
                .as_ref()
                .and_then(Value::as_str)
                .unwrap_or_default()
                .replace('\n', " "),
            schema: schema.into(),
        }
    }
}

/// The events of the core, by their names. A plugin's are those that it adds to them.
#[must_use]
pub fn catalogue() -> Vec<EventType> {
    let mut events = declared();
    events.push(EventType::of::<RecordsReassigned>());
    events.push(EventType::of::<SessionsEnded>());
    events.extend(import::event_types::<Lead>());
    events.extend(import::event_types::<Customer>());
    events.extend(export::event_types::<Lead>());
    events.extend(export::event_types::<Customer>());
    events.extend(export::event_types::<Task>());
    events.sort_by_key(|event| event.name);
    events
}

#[cfg(test)]
pub(super) mod tests;
