//! `crm events`: the catalogue of events, as a page.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::say;
use crate::app::plugin::Plugins;
use crate::domain::event::EventType;

const HEAD: &str = "# Events

Each change of the state of a record is an event, stored in the transaction of the change. Programs read them by
`GET /api/events`; plugins subscribe to them. The payload of an event is a JSON object with these members; readers pass over members that
they do not know. `changes` has, for each field that changed, its value before and after, as the activity log shows it:
`{\"status\": {\"from\": \"New\", \"to\": \"Contacted\"}}`. The JSON Schema of each payload is in `x-events` of the API document.

Written by `crm events > docs/events.md`.
";

/// Prints the page. Needs no database.
pub(super) fn run(plugins: &Plugins) {
    say(page(plugins.events()).trim_end());
}

fn page(events: &[EventType]) -> String {
    let mut page = HEAD.to_owned();
    for event in events {
        // Writing to a string cannot fail.
        let _ = write!(page, "\n{}", section(event));
    }
    page
}

fn section(event: &EventType) -> String {
    let EventType {
        name,
        version,
        resource,
        description,
        schema,
    } = event;
    let mut section =
        format!("## `{name}`\n\n{description} Version {version}, of: {resource}.\n\n");
    section.push_str("| member | type | |\n|---|---|---|\n");
    let properties = schema.get("properties").and_then(Value::as_object);
    for (member, schema) in properties.into_iter().flat_map(Map::iter) {
        let description = text(schema, "description").replace('\n', " ");
        let _ = writeln!(section, "| `{member}` | {} | {description} |", form(schema));
    }
    section
}

/// What a value is, in a few words.
fn form(schema: &Value) -> String {
    if let Some(choices) = schema.get("oneOf").and_then(Value::as_array) {
        let values = choices
            .iter()
            .filter_map(|choice| choice.get("const")?.as_str());
        let values: Vec<_> = values.map(|value| format!("`{value}`")).collect();
        return values.join(", ");
    }
    if let Some(choices) = schema.get("anyOf").and_then(Value::as_array) {
        let forms: Vec<_> = choices.iter().map(form).collect();
        return forms.join(" or ");
    }
    match schema.get("type") {
        Some(Value::Array(kinds)) => {
            let kinds = kinds.iter().filter_map(Value::as_str);
            let kinds: Vec<_> = kinds.map(|kind| named(kind, schema)).collect();
            kinds.join(" or ")
        }
        Some(Value::String(kind)) => named(kind, schema),
        _ => "any".to_owned(),
    }
}

fn named(kind: &str, schema: &Value) -> String {
    match (kind, text(schema, "format")) {
        ("string", format @ ("uuid" | "date-time")) => format.to_owned(),
        ("array", _) => {
            let items = schema.get("items").map(form).unwrap_or_default();
            format!("list of {items}")
        }
        ("object", _)
            if schema
                .get("additionalProperties")
                .is_some_and(Value::is_object) =>
        {
            "changes".to_owned()
        }
        (kind, _) => kind.to_owned(),
    }
}

fn text<'a>(schema: &'a Value, member: &str) -> &'a str {
    schema
        .get(member)
        .and_then(Value::as_str)
        .unwrap_or_default()
}
