//! The API document: as committed, complete, and exact enough to generate clients and checks from.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "in tests a panic is the report"
)]

use std::collections::BTreeSet;

use crm::plugins;
use crm_app::plugin::Settings;
use serde_json::{Map, Value};

const METHODS: [&str; 5] = ["get", "post", "patch", "put", "delete"];

fn document() -> Value {
    crm_http::document(&plugins::bundled()).expect("the APIs go together")
}

fn operations(document: &Value) -> Vec<(String, &Map<String, Value>)> {
    let paths = document["paths"].as_object().expect("paths");
    let of_path = |(path, methods): (&'_ String, &'_ Value)| {
        let methods = methods.as_object().expect("methods").clone();
        methods
            .keys()
            .map(|method| format!("{method} {path}"))
            .collect::<Vec<_>>()
    };
    let names = paths.iter().flat_map(of_path);
    names
        .map(|name| {
            let (method, path) = name.split_once(' ').expect("a method and a path");
            let operation = document["paths"][path][method]
                .as_object()
                .expect("an operation");
            (name, operation)
        })
        .collect()
}

/// Every schema, by where it stands.
fn schemas(document: &Value) -> Vec<(String, &Map<String, Value>)> {
    let mut found = Vec::new();
    let mut todo = vec![(String::new(), document)];
    while let Some((place, value)) = todo.pop() {
        match value {
            Value::Object(members) => {
                // What events tell is bounded by what can be stored.
                if place.starts_with("/x-events") {
                    continue;
                }
                if members.get("type").is_some_and(Value::is_string)
                    && !place.contains("securitySchemes")
                {
                    found.push((place.clone(), members));
                }
                todo.extend(
                    members
                        .iter()
                        .map(|(name, value)| (format!("{place}/{name}"), value)),
                );
            }
            Value::Array(items) => {
                todo.extend(
                    items
                        .iter()
                        .enumerate()
                        .map(|(i, value)| (format!("{place}/{i}"), value)),
                );
            }
            _ => {}
        }
    }
    found
}

#[test]
fn the_committed_document_is_the_one_that_is_served() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/openapi.json");
    let committed = std::fs::read_to_string(path).expect("docs/openapi.json is there");
    let committed: Value = serde_json::from_str(&committed).expect("docs/openapi.json is JSON");
    assert_holds("", &committed, &document());
}

/// Fails where `part` has a member that `whole` has not, or another value of it. A program that holds fewer plugins has a
/// smaller document.
fn assert_holds(place: &str, whole: &Value, part: &Value) {
    let is_there = match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => {
            for (name, value) in part {
                let held = whole.get(name).unwrap_or(&Value::Null);
                assert_holds(&format!("{place}/{name}"), held, value);
            }
            true
        }
        (Value::Array(whole), Value::Array(part)) => part.iter().all(|item| whole.contains(item)),
        (whole, part) => whole == part,
    };
    assert!(
        is_there,
        "{place} of docs/openapi.json is out of date: run `make openapi` and look at the difference"
    );
}

#[test]
fn every_event_of_the_catalogue_is_in_the_document() {
    let document = document();
    let told = document["x-events"].as_object().expect("events");
    let plugins = crm_http::plugin::together(&plugins::bundled(), &Settings::default());
    let plugins = plugins.expect("the plugins go together");
    let events = plugins.events();
    assert_eq!(told.len(), events.len());
    for event in events {
        assert_eq!(told[event.name]["schema"], event.schema, "{}", event.name);
        assert_eq!(told[event.name]["version"], event.version);
    }
}

#[test]
fn every_text_number_and_list_has_bounds() {
    let document = document();
    let schemas = schemas(&document);
    assert!(schemas.len() > 100, "the walk finds the schemas");
    for (place, schema) in schemas {
        match schema["type"].as_str() {
            Some("string") => {
                assert!(
                    schema.contains_key("maxLength") || schema.contains_key("enum"),
                    "{place} has no maxLength"
                );
            }
            Some("integer" | "number") => {
                assert!(
                    schema.contains_key("minimum") && schema.contains_key("maximum"),
                    "{place} has no bounds"
                );
            }
            Some("array") => assert!(schema.contains_key("maxItems"), "{place} has no maxItems"),
            _ => {}
        }
    }
}

#[test]
fn every_operation_says_what_it_is_and_who_may_call_it() {
    let document = document();
    let mut ids = BTreeSet::new();
    for (name, operation) in operations(&document) {
        for member in [
            "summary",
            "operationId",
            "tags",
            "security",
            "x-permissions",
            "x-plugin",
        ] {
            assert!(operation.contains_key(member), "{name} has no {member}");
        }
        let id = operation["operationId"].as_str().expect("an id");
        assert!(
            ids.insert(id.to_owned()),
            "{id} is the id of two operations"
        );
        assert!(
            id.chars().all(|c| c.is_ascii_alphanumeric()),
            "{id} is no name in a client"
        );
        let is_public = operation["security"].as_array().is_some_and(Vec::is_empty);
        let permissions = operation["x-permissions"].as_array().expect("a list");
        assert!(
            !is_public || permissions.is_empty(),
            "{name} is public and needs a permission"
        );
        assert!(
            operation["responses"].get("default").is_some(),
            "{name} does not say how it fails"
        );
    }
}

#[test]
fn these_operations_and_no_others_are_public() {
    let document = document();
    let operations = operations(&document);
    let public = operations
        .iter()
        .filter(|(_, operation)| operation["security"].as_array().is_some_and(Vec::is_empty));
    let public: Vec<_> = public.map(|(name, _)| name.as_str()).collect();
    let expected = [
        "get /health",
        "get /health/db",
        "get /health/live",
        "get /health/ready",
        "get /metrics",
        "post /api/auth/login",
        "post /api/auth/logout",
        "post /api/auth/password",
        "post /api/auth/refresh",
        "post /api/auth/setup",
    ];
    assert_eq!(public.into_iter().collect::<BTreeSet<_>>(), expected.into());
}

/// The answers of the others would be kept, and their requests be hashed.
#[test]
fn exactly_what_takes_or_gives_secrets_takes_no_idempotency_key() {
    let document = document();
    let secrets = ["password", "token", "codes", "secret", "link", "url"];
    for (name, operation) in operations(&document) {
        if name.starts_with("get ") {
            continue;
        }
        let parameters = operation["parameters"].as_array().expect("a list");
        let takes = parameters
            .iter()
            .any(|parameter| parameter["name"] == "Idempotency-Key");
        let is_public = operation["security"].as_array().is_some_and(Vec::is_empty);
        let mut fields = BTreeSet::new();
        let success = operation["responses"]
            .as_object()
            .expect("responses")
            .iter()
            .filter(|(status, _)| status.starts_with('2'));
        for (_, answer) in success {
            names(&document, answer, &mut fields);
        }
        let mut asked = BTreeSet::new();
        if let Some(body) = operation.get("requestBody") {
            names(&document, body, &mut asked);
        }
        // In an answer it is the key of a problem.
        let takes_code = asked.contains("code");
        fields.append(&mut asked);
        let is_secret = |field: &String| {
            let field = field.to_lowercase();
            secrets.iter().any(|secret| field.ends_with(secret))
        };
        let has_secrets = takes_code || fields.iter().any(is_secret);
        assert_eq!(takes, !is_public && !has_secrets, "{name}: {fields:?}");
    }
}

/// The names of the fields of all schemas that are reached from `value`.
fn names(document: &Value, value: &Value, found: &mut BTreeSet<String>) {
    let mut todo = vec![value];
    while let Some(value) = todo.pop() {
        let reference = value.get("$ref").and_then(Value::as_str);
        if let Some(name) = reference.and_then(|path| path.rsplit('/').next()) {
            todo.push(&document["components"]["schemas"][name]);
        }
        let properties = value.get("properties").and_then(Value::as_object);
        found.extend(
            properties
                .into_iter()
                .flat_map(|fields| fields.keys().cloned()),
        );
        todo.extend(value.as_object().into_iter().flat_map(Map::values));
        todo.extend(value.as_array().into_iter().flatten());
    }
}

#[test]
fn bodies_are_closed_and_answers_are_complete() {
    let document = document();
    let schemas = document["components"]["schemas"]
        .as_object()
        .expect("schemas");
    for (name, operation) in operations(&document) {
        if let Some(body) = operation.get("requestBody") {
            let Some(json) = body["content"].get("application/json") else {
                // A file, which is of any form.
                continue;
            };
            let reference = json["schema"]["$ref"].as_str();
            let schema = reference
                .and_then(|reference| reference.rsplit('/').next())
                .and_then(|name| schemas.get(name));
            let schema = schema.unwrap_or_else(|| panic!("the body of {name} is no named schema"));
            assert_eq!(
                schema["additionalProperties"],
                Value::Bool(false),
                "the body of {name} is open"
            );
        }
    }
    let answers = answers(&document);
    assert!(
        answers.contains("Lead") && answers.contains("Problem"),
        "the walk finds the answers"
    );
    for name in answers {
        let schema = &schemas[&name];
        if let Some(properties) = schema["properties"].as_object() {
            let required = schema["required"].as_array().map(Vec::len);
            assert_eq!(
                required,
                Some(properties.len()),
                "the answer {name} leaves something out"
            );
        }
    }
}

/// The schemas that answers are made of.
fn answers(document: &Value) -> BTreeSet<String> {
    let operations = operations(document);
    let mut todo: Vec<_> = operations
        .iter()
        .map(|(_, operation)| &operation["responses"])
        .collect();
    let mut names = BTreeSet::new();
    while let Some(value) = todo.pop() {
        let reference = value
            .get("$ref")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if let Some(name) = reference.strip_prefix("#/components/schemas/")
            && names.insert(name.to_owned())
        {
            todo.push(&document["components"]["schemas"][name]);
        }
        todo.extend(value.as_object().into_iter().flat_map(Map::values));
        todo.extend(value.as_array().into_iter().flatten());
    }
    names
}

#[test]
fn methods_are_the_ones_that_clients_know() {
    for (name, _) in operations(&document()) {
        let method = name.split(' ').next().expect("a method");
        assert!(METHODS.contains(&method), "{name}");
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let document = document();
    let mut todo = vec![&document];
    let mut followed = 0;
    while let Some(value) = todo.pop() {
        if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            let place = reference.trim_start_matches('#');
            assert!(document.pointer(place).is_some(), "{reference}");
            followed += 1;
        }
        todo.extend(value.as_object().into_iter().flat_map(Map::values));
        todo.extend(value.as_array().into_iter().flatten());
    }
    assert!(followed > 100, "the walk finds the references");
}
