//! Lists that are longer than the document says, in every body that has one.

use poem::http::Method;
use serde_json::{Map, Value, json};

use super::{admin, refused};
use crate::leads::NOBODY;
use crate::{app_as_held, document_as_held};

/// The schema itself, for one that only refers to it.
fn resolve<'a>(document: &'a Value, mut schema: &'a Value) -> &'a Value {
    loop {
        let reference = match &schema["anyOf"][0]["$ref"] {
            Value::Null => &schema["$ref"],
            one => one,
        };
        let Some(reference) = reference.as_str() else {
            return schema;
        };
        schema = &document["components"]["schemas"][reference.rsplit('/').next().unwrap()];
    }
}

/// A value of this schema.
fn sample(document: &Value, schema: &Value) -> Value {
    let schema = resolve(document, schema);
    if let Some(values) = schema["enum"].as_array() {
        return values[0].clone();
    }
    if schema["anyOf"].is_array() {
        return sample(document, &schema["anyOf"][0]);
    }
    match (schema["type"].as_str(), schema["format"].as_str()) {
        (Some("string"), Some("uuid")) => json!(NOBODY),
        (Some("string"), _) => json!("a"),
        (Some("object"), _) => {
            let required = schema["required"].as_array().into_iter().flatten();
            let members = required.map(|name| {
                let name = name.as_str().unwrap();
                (
                    name.to_owned(),
                    sample(document, &schema["properties"][name]),
                )
            });
            Value::Object(members.collect::<Map<_, _>>())
        }
        (Some("array"), _) => json!([]),
        (Some("boolean"), _) => json!(false),
        (Some("integer"), _) => schema["minimum"].clone(),
        other => panic!("{other:?} is not foreseen"),
    }
}

/// For each list in a value of this schema one that has it too long, with the pointer to it.
fn too_long(document: &Value, schema: &Value) -> Vec<(String, Value)> {
    let schema = resolve(document, schema);
    match schema["type"].as_str() {
        Some("array") => {
            let max = usize::try_from(schema["maxItems"].as_u64().unwrap()).unwrap();
            let elements = vec![sample(document, &schema["items"]); max + 1];
            let within = too_long(document, &schema["items"]).into_iter();
            let within =
                within.map(|(pointer, element)| (format!("/0{pointer}"), json!([element])));
            within.chain([(String::new(), json!(elements))]).collect()
        }
        Some("object") => {
            let whole = sample(document, schema);
            let fields = schema["properties"].as_object().into_iter().flatten();
            let within = fields.flat_map(|(name, schema)| {
                let (whole, within) = (&whole, too_long(document, schema).into_iter());
                within.map(move |(pointer, value)| {
                    let mut whole = whole.clone();
                    whole[name] = value;
                    (format!("/{name}{pointer}"), whole)
                })
            });
            within.collect()
        }
        _ => Vec::new(),
    }
}

#[tokio::test]
async fn a_list_that_is_longer_than_the_document_says_is_refused_wherever_there_is_one() {
    let app = app_as_held().await;
    let admin = admin(&app).await;
    let document = document_as_held();
    let before = app.database().fingerprint().await;
    let mut lists = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let body = &operation["requestBody"]["content"]["application/json"]["schema"];
            for (pointer, body) in too_long(&document, body) {
                let method: Method = method.to_uppercase().parse().unwrap();
                let shown = format!("{method} {path} {pointer}");
                let request = admin.request(method, &path.replace("{id}", NOBODY));
                let fault = (format!("#{pointer}").leak() as &_, "too-many");
                refused(&shown, request.json(body), 400, "validation-failed", fault).await;
                lists.push(shown);
            }
        }
    }
    assert!(lists.len() >= 17, "{lists:?}");
    assert_eq!(app.database().fingerprint().await, before);
}
