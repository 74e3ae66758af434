//! Custom fields: their definitions, and the values that records hold.

mod convert;
mod definitions;
mod files;
mod index;
mod lists;
mod values;

use crm_testing::{Client, TestApp};
use serde_json::{Value, json};

use crate::leads::make;

/// The body of a definition, with these members besides.
fn definition(key: &str, kind: &str, more: Value) -> Value {
    let mut body = json!({ "resource": "lead", "key": key, "label": key, "type": kind });
    let Value::Object(members) = more else {
        panic!("{more} has no members");
    };
    body.as_object_mut().unwrap().extend(members);
    body
}

/// Defines a field.
async fn define(admin: &Client<'_>, key: &str, kind: &str, more: Value) -> Value {
    let body = definition(key, kind, more);
    admin
        .post("/api/custom-fields")
        .json(body)
        .expect(201)
        .await
}

fn path(field: &Value) -> String {
    format!("/api/custom-fields/{}", field["id"].as_str().unwrap())
}

fn keys(list: &Value) -> Vec<&str> {
    let fields = list["customFields"].as_array().unwrap();
    fields
        .iter()
        .map(|field| field["key"].as_str().unwrap())
        .collect()
}

/// A new lead with these custom values.
async fn lead(client: &Client<'_>, custom: Value) -> Value {
    make(client, json!({ "custom": custom })).await
}

/// The events of a record with the fields that they changed, the oldest first.
async fn events(app: &TestApp, record: &Value) -> Vec<Value> {
    let query = format!(
        "select name, payload -> 'changes' as changes from events where resource_id = '{}' order by position",
        record["id"].as_str().unwrap()
    );
    app.database().rows(&query).await
}
