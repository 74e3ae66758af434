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

#[tokio::test]
async fn a_list_that_is_longer_than_the_document_says_is_refused_wherever_there_is_one() {
    let app = TestApp::new().await;
    let admin = admin(&app).await;
    let document = crm_http::document().unwrap();
    let before = app.database().fingerprint().await;
    let mut lists = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let body = &operation["requestBody"]["content"]["application/json"]["schema"];
            let body = resolve(&document, body);
            let fields = body["properties"].as_object().into_iter().flatten();
            for (field, schema) in fields {
                let schema = resolve(&document, schema);
                let within = schema["properties"].as_object().into_iter().flatten();
                for (name, inner) in within {
                    let inner = resolve(&document, inner);
                    assert!(
                        inner["type"] != "array" && inner["type"] != "object",
                        "{method} {path}: {field}/{name} may hold lists"
                    );
                }
                if schema["type"] != "array" {
                    continue;
                }
                let max = usize::try_from(schema["maxItems"].as_u64().unwrap()).unwrap();
                let elements = vec![sample(&document, &schema["items"]); max + 1];
                let method: Method = method.to_uppercase().parse().unwrap();
                let shown = format!("{method} {path} {field}");
                let pointer = format!("#/{field}");
                let request = admin.request(method, &path.replace("{id}", NOBODY));
                let request = request.json(json!({ field: elements }));
                let fault = (pointer.leak() as &_, "too-many");
                refused(&shown, request, 400, "validation-failed", fault).await;
                lists.push(shown);
            }
        }
    }
    assert!(lists.len() >= 9, "{lists:?}");
    assert_eq!(app.database().fingerprint().await, before);
}
