//! Lists that are longer than the document says, in every body that has one.

use crm_testing::TestApp;
use poem::http::Method;
use serde_json::{Map, Value, json};

use super::{admin, refused};
use crate::leads::NOBODY;

/// The schema itself, for one that only refers to it.
fn resolve<'a>(document: &'a Value, mut schema: &'a Value) -> &'a Value {
    loop {
        let reference = match &schema["allOf"][0] {
            Value::Null => &schema["$ref"],
            inner => &inner["$ref"],
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
    match (schema["type"].as_str(), schema["format"].as_str()) {
        (Some("string"), Some("uuid")) => json!(NOBODY),
        (Some("string"), _) => json!("a"),
        (Some("object"), _) => {
            let members = schema["properties"].as_object().unwrap().iter();
            let members = members.map(|(name, of)| (name.clone(), sample(document, of)));
            Value::Object(members.collect::<Map<_, _>>())
        }
        other => panic!("{other:?} is not foreseen"),
    }
}

/// The lists in a body, each by the names that lead to it, with its schema.
fn lists(document: &Value, body: &Value) -> Vec<(Vec<String>, Value)> {
    let body = resolve(document, body);
    let mut found = Vec::new();
    for (name, schema) in body["properties"].as_object().into_iter().flatten() {
        let schema = resolve(document, schema);
        if schema["type"] == "array" {
            found.push((vec![name.clone()], schema.clone()));
        }
        for (mut within, list) in lists(document, schema) {
            within.insert(0, name.clone());
            found.push((within, list));
        }
    }
    found
}

#[tokio::test]
async fn a_list_that_is_longer_than_the_document_says_is_refused_wherever_there_is_one() {
    let app = TestApp::new().await;
    let admin = admin(&app).await;
    let document = crm_http::document().unwrap();
    let before = app.database().fingerprint().await;
    let mut walked = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let body = &operation["requestBody"]["content"]["application/json"]["schema"];
            for (names, schema) in lists(&document, body) {
                let max = usize::try_from(schema["maxItems"].as_u64().unwrap()).unwrap();
                let mut body = json!(vec![sample(&document, &schema["items"]); max + 1]);
                for name in names.iter().rev() {
                    body = json!({ name: body });
                }
                let method: Method = method.to_uppercase().parse().unwrap();
                let names = names.join("/");
                let shown = format!("{method} {path} {names}");
                let request = admin.request(method, &path.replace("{id}", NOBODY));
                let fault = (format!("#/{names}").leak() as &_, "too-many");
                let request = request.json(body);
                refused(&shown, request, 400, "validation-failed", fault).await;
                walked.push(shown);
            }
        }
    }
    assert!(walked.len() >= 13, "{walked:?}");
    assert_eq!(app.database().fingerprint().await, before);
}
