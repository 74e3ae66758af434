use std::collections::BTreeSet;

use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde_json::{Map, json};

use super::*;
use crate::event::ROUND_TRIPS;

/// Values that a schema allows, of the few forms that the schemas of events have.
fn values_of(schema: &Value) -> BoxedStrategy<Value> {
    let parts = |member: &str| {
        schema[member]
            .as_array()
            .map(|parts| parts.iter().map(values_of))
    };
    if let Some(parts) = parts("anyOf").or_else(|| parts("oneOf")) {
        return prop::strategy::Union::new(parts).boxed();
    }
    if let Some(value) = schema.get("const") {
        return Just(value.clone()).boxed();
    }
    if let Some(kinds) = schema["type"].as_array() {
        let of_kind = |kind: &Value| {
            let mut schema = schema.clone();
            schema["type"] = kind.clone();
            values_of(&schema)
        };
        return prop::strategy::Union::new(kinds.iter().map(of_kind)).boxed();
    }
    match schema["type"].as_str() {
        Some("null") => Just(Value::Null).boxed(),
        Some("string") => texts(schema),
        Some("integer") => {
            let least = schema["minimum"].as_i64().unwrap_or(-9);
            (least..1_000).prop_map(|number| json!(number)).boxed()
        }
        Some("array") => prop::collection::vec(values_of(&schema["items"]), 0..3)
            .prop_map(Value::from)
            .boxed(),
        Some("object") => objects(schema),
        _ => panic!("say here what values {schema} allows"),
    }
}

fn texts(schema: &Value) -> BoxedStrategy<Value> {
    match schema["format"].as_str() {
        Some("uuid") => any::<u128>()
            .prop_map(|number| json!(uuid::Uuid::from_u128(number)))
            .boxed(),
        Some("date-time") => Just(json!("2026-01-31T11:00:00Z")).boxed(),
        _ => "[a-z]{1,9}".prop_map(Value::from).boxed(),
    }
}

fn objects(schema: &Value) -> BoxedStrategy<Value> {
    if schema["additionalProperties"].is_object() {
        let change = json!({ "a field": { "from": null, "to": [1] } });
        return prop_oneof![Just(json!({})), Just(change)].boxed();
    }
    let members = schema["properties"].as_object().unwrap();
    let members = members.iter().map(|(name, schema)| {
        values_of(schema).prop_map({
            let name = name.clone();
            move |value| (name.clone(), value)
        })
    });
    members
        .collect::<Vec<_>>()
        .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>()))
        .boxed()
}

/// That whatever the schema of an event allows is read as the event, and written again as it was.
pub(crate) fn round_trip<E: Event + DeserializeOwned>() {
    let schema = EventType::of::<E>().schema;
    proptest!(ProptestConfig::with_cases(16), |(payload in values_of(&schema))| {
        let event: Result<E, _> = serde_json::from_value(payload.clone());
        let event = event.unwrap_or_else(|error| panic!("{}: {error}: {payload}", E::NAME));
        prop_assert_eq!(serde_json::to_value(&event).unwrap(), payload, "{}", E::NAME);
    });
}

#[test]
fn what_the_schema_of_an_event_allows_is_that_event() {
    for round_trip in ROUND_TRIPS {
        round_trip();
    }
    round_trip::<RecordsReassigned>();
    round_trip::<SessionsEnded>();
}

#[test]
fn every_event_says_what_it_means_and_what_each_of_its_members_is() {
    for event in catalogue() {
        let EventType {
            name,
            description,
            schema,
            ..
        } = event;
        assert!(description.ends_with('.'), "{name}: {description}");
        let properties = schema["properties"].as_object().unwrap();
        for (member, schema) in properties {
            let described = schema["description"].as_str();
            assert!(
                described.is_some_and(|text| text.ends_with('.')),
                "{name}: {member}"
            );
        }
        let required = schema["required"].as_array().map_or(0, Vec::len);
        assert!(required > 0, "{name}");
    }
}

#[test]
fn no_two_events_have_one_name_and_each_begins_with_a_kind() {
    let names: Vec<_> = catalogue().iter().map(|event| event.name).collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    assert!(names.len() > 60, "{}", names.len());
    for name in names {
        let allowed = |c: char| c.is_ascii_lowercase() || c == '-' || c == '.';
        assert!(
            name.chars().all(allowed) && name.matches('.').count() == 1,
            "{name}"
        );
    }
}
