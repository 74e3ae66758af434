//! Brings poem-openapi's document into a form that client generators and validators take: OpenAPI 3.0.3.

use std::collections::BTreeSet;

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
    clean(&mut document);
    let schemas = document.pointer("/components/schemas").cloned();
    split_nullable(&mut document, &schemas.unwrap_or_default());
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

fn clean(value: &mut Value) {
    match value {
        Value::Object(members) => {
            clean_object(members);
            members.values_mut().for_each(clean);
        }
        Value::Array(items) => items.iter_mut().for_each(clean),
        _ => {}
    }
}

fn clean_object(members: &mut Map<String, Value>) {
    for noise in ["deprecated", "explode"] {
        if matches!(members.get(noise), Some(Value::Bool(_))) {
            members.remove(noise);
        }
    }
    if members.get("description").is_some_and(Value::is_null) {
        members.remove("description");
    }
    unwrap_all_of(members);
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

/// `allOf` of a reference and a description breaks generators; the reference alone does not. With `nullable` it stays.
fn unwrap_all_of(members: &mut Map<String, Value>) {
    let Some(parts) = members.get("allOf").and_then(Value::as_array) else {
        return;
    };
    let reference = parts.iter().find_map(|part| part.get("$ref").cloned());
    let Some(reference) = reference else { return };
    if members.get("nullable") == Some(&json!(true)) {
        members.retain(|name, _| name == "nullable" || name == "description");
        members.insert("allOf".to_owned(), json!([{ "$ref": reference }]));
    } else {
        members.clear();
        members.insert("$ref".to_owned(), reference);
    }
}

/// A reference that may be `null` is one of two. `nullable` beside it says nothing without a `type`, by the clarification in OpenAPI 3.0.3,
/// and with one the client in Python takes no `null`.
fn split_nullable(value: &mut Value, schemas: &Value) {
    match value {
        Value::Object(members) => {
            if members.contains_key("nullable")
                && let Some((reference, kind)) = nullable_reference(members, schemas)
            {
                members.retain(|name, _| name == "description");
                let empty = json!({ "type": kind, "nullable": true, "enum": [null] });
                members.insert("anyOf".to_owned(), json!([reference, empty]));
            }
            members
                .values_mut()
                .for_each(|member| split_nullable(member, schemas));
        }
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| split_nullable(item, schemas)),
        _ => {}
    }
}

/// The reference of these members, and the type of what it refers to.
fn nullable_reference(members: &Map<String, Value>, schemas: &Value) -> Option<(Value, Value)> {
    let reference = members.get("allOf")?.get(0)?;
    let name = reference.get("$ref")?.as_str()?.strip_prefix(SCHEMAS)?;
    let kind = schemas.get(name)?.get("type")?;
    Some((reference.clone(), kind.clone()))
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
