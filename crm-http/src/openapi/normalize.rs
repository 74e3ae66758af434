//! Brings poem-openapi's document into a form that client generators and validators take: OpenAPI 3.0.3.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

const SCHEMAS: &str = "#/components/schemas/";

/// The document in normal form. Every rule here answers a defect that broke a generator or a validator.
pub(super) fn normalize(mut document: Value) -> Value {
    let inputs = reachable(&document, "requestBody");
    let outputs = reachable(&document, "responses");
    let parameters = reachable(&document, "parameters");
    if let Some(schemas) = document
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut)
    {
        // The structs of queries are written out as parameters.
        let parts = [&inputs, &outputs, &parameters];
        schemas.retain(|name, _| parts.iter().any(|part| part.contains(name)));
        for (name, schema) in schemas {
            if outputs.contains(name) {
                require_all(schema);
            }
            if inputs.contains(name) {
                close(schema);
            }
        }
    }
    let types = types(&document);
    clean(&mut document, &types);
    document
}

/// The names of the schemas below the member `part` of any operation.
fn reachable(document: &Value, part: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut todo = Vec::new();
    let operations = document
        .get("paths")
        .and_then(Value::as_object)
        .into_iter()
        .flatten();
    for operation in operations.flat_map(|(_, methods)| methods.as_object().into_iter().flatten()) {
        todo.extend(operation.1.get(part));
    }
    while let Some(value) = todo.pop() {
        match value {
            Value::Object(members) => {
                let name = members
                    .get("$ref")
                    .and_then(Value::as_str)
                    .and_then(|path| path.strip_prefix(SCHEMAS));
                if let Some(name) = name.filter(|name| names.insert((*name).to_owned())) {
                    todo.extend(document.pointer(&format!("/components/schemas/{name}")));
                }
                todo.extend(members.values());
            }
            Value::Array(items) => todo.extend(items),
            _ => {}
        }
    }
    names
}

/// An answer always has all its members; one that may be empty is `null`.
fn require_all(schema: &mut Value) {
    let required = required(schema);
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else {
        return;
    };
    let mut all = Vec::new();
    for (name, property) in properties {
        if !required.contains(name) {
            make_nullable(property);
        }
        all.push(json!(name));
    }
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("required".to_owned(), Value::Array(all));
    }
}

/// A request may leave out or empty what it need not give, and may not hold anything else. What has a default is left out, not emptied.
fn close(schema: &mut Value) {
    let required = required(schema);
    let Some(members) = schema.as_object_mut() else {
        return;
    };
    let properties = members.get_mut("properties").and_then(Value::as_object_mut);
    for (name, property) in properties.into_iter().flatten() {
        if !required.contains(name) && property.get("default").is_none() {
            make_nullable(property);
        }
    }
    if members.get("type") == Some(&json!("object")) {
        members.insert("additionalProperties".to_owned(), json!(false));
    }
}

fn required(schema: &Value) -> BTreeSet<String> {
    let names = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    names.filter_map(Value::as_str).map(str::to_owned).collect()
}

fn make_nullable(property: &mut Value) {
    let Some(members) = property.as_object_mut() else {
        return;
    };
    if let Some(reference) = members.remove("$ref") {
        members.insert("allOf".to_owned(), json!([{ "$ref": reference }]));
    }
    members.insert("nullable".to_owned(), json!(true));
}

/// The type of each schema that has one, by what refers to it.
fn types(document: &Value) -> BTreeMap<String, Value> {
    let schemas = document.pointer("/components/schemas");
    let schemas = schemas.and_then(Value::as_object).into_iter().flatten();
    schemas
        .filter_map(|(name, schema)| {
            Some((format!("{SCHEMAS}{name}"), schema.get("type")?.clone()))
        })
        .collect()
}

fn clean(value: &mut Value, types: &BTreeMap<String, Value>) {
    match value {
        Value::Object(members) => {
            clean_object(members, types);
            members.values_mut().for_each(|member| clean(member, types));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| clean(item, types)),
        _ => {}
    }
}

fn clean_object(members: &mut Map<String, Value>, types: &BTreeMap<String, Value>) {
    for noise in ["deprecated", "explode"] {
        if matches!(members.get(noise), Some(Value::Bool(_))) {
            members.remove(noise);
        }
    }
    if members.get("description").is_some_and(Value::is_null) {
        members.remove("description");
    }
    unwrap_all_of(members, types);
    for bound in ["minimum", "maximum"] {
        if let Some(whole) = members.get(bound).and_then(whole_number) {
            members.insert(bound.to_owned(), json!(whole));
        }
    }
    if let Some(format) = members
        .get("format")
        .and_then(Value::as_str)
        .and_then(known_format)
    {
        members.insert("format".to_owned(), json!(format));
    }
    let length = match members.get("format").and_then(Value::as_str) {
        Some("uuid") => Some(36),
        Some("date-time") => Some(35),
        Some("date") => Some(10),
        _ => None,
    };
    if let Some(length) = length.filter(|_| members.get("type") == Some(&json!("string"))) {
        members.entry("maxLength").or_insert(json!(length));
    }
}

/// `allOf` of a reference and a description breaks generators; the reference alone does not. One that may be `null` is one of two:
/// `nullable` beside it says nothing without a `type`, by the clarification in OpenAPI 3.0.3, and with one the client in Python takes
/// no `null`.
fn unwrap_all_of(members: &mut Map<String, Value>, types: &BTreeMap<String, Value>) {
    let Some(parts) = members.get("allOf").and_then(Value::as_array) else {
        return;
    };
    let reference = parts.iter().find_map(|part| part.get("$ref")?.as_str());
    let Some(reference) = reference.map(str::to_owned) else {
        return;
    };
    if members.get("nullable") == Some(&json!(true)) {
        let empty = json!({ "type": types.get(&reference), "nullable": true, "enum": [null] });
        members.retain(|name, _| name == "description");
        members.insert("anyOf".to_owned(), json!([{ "$ref": reference }, empty]));
    } else {
        members.clear();
        members.insert("$ref".to_owned(), json!(reference));
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "checked to be whole and small"
)]
fn whole_number(bound: &Value) -> Option<i64> {
    let number = bound.as_f64().filter(|_| bound.is_f64())?;
    (number.fract() == 0.0 && number.abs() < 9e15).then_some(number as i64)
}

fn known_format(format: &str) -> Option<&'static str> {
    match format {
        "uint8" | "uint16" | "int8" | "int16" => Some("int32"),
        "uint32" | "uint64" => Some("int64"),
        "naive-date" => Some("date"),
        _ => None,
    }
}
