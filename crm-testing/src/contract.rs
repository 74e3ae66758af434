//! Compares answers with the API document: the operation, the status, the media type, each field.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use jsonschema::Validator;
use poem::http::Method;
use serde_json::{Map, Value, json};

use crate::request::TestResponse;

/// What the document says of who may call an operation.
pub(crate) struct Guarded {
    pub(crate) method: Method,
    /// With records that are not there in the place of its parameters.
    pub(crate) path: String,
    pub(crate) permissions: Vec<String>,
}

/// A record that is not there.
const NOBODYS: &str = "01900000-0000-7000-8000-000000000000";

/// The API document, ready to check answers.
pub(crate) struct Contract {
    document: Value,
    /// The schemas as JSON Schema, which OpenAPI 3.0 is not quite.
    components: Value,
    compiled: Mutex<HashMap<String, Arc<Validator>>>,
}

impl Contract {
    pub(crate) fn new(document: Value) -> Self {
        let mut components = document.get("components").cloned().unwrap_or_default();
        let schemas = components.get_mut("schemas").and_then(Value::as_object_mut);
        for (name, schema) in schemas.into_iter().flatten() {
            to_json_schema(schema);
            // A problem may have members that go with its code.
            if name != "Problem" {
                close(schema);
            }
        }
        Self {
            document,
            components,
            compiled: Mutex::default(),
        }
    }

    /// The operations whose ids begin so, but those that are for everybody.
    pub(crate) fn guarded(&self, prefix: &str) -> Vec<Guarded> {
        let paths = self.document.get("paths").and_then(Value::as_object);
        let mut found = Vec::new();
        for (path, operations) in paths.into_iter().flatten() {
            let parts = path.split('/').map(|part| match part {
                part if part.starts_with('{') => NOBODYS,
                part => part,
            });
            let path = parts.collect::<Vec<_>>().join("/");
            for (method, operation) in operations.as_object().into_iter().flatten() {
                let text = |name: &str| operation.get(name).cloned().unwrap_or_default();
                let id = text("operationId");
                let is_public = operation.get("security") == Some(&json!([]));
                if is_public || !id.as_str().is_some_and(|id| id.starts_with(prefix)) {
                    continue;
                }
                let method = method.to_uppercase().parse();
                let permissions = serde_json::from_value(text("x-permissions"));
                found.push(Guarded {
                    method: method.expect("a method"),
                    path: path.clone(),
                    permissions: permissions.expect("names of permissions"),
                });
            }
        }
        found
    }

    /// Fails the test when the document does not have such an answer.
    pub(crate) fn check(&self, method: &Method, path: &str, response: &TestResponse) {
        let place = format!("{method} {path} answered {}", response.status);
        let media_type = response.header("content-type").split(';').next();
        let media_type = media_type.unwrap_or_default();
        if !response.status.is_success()
            && !response.status.is_redirection()
            && response.status.as_u16() != 500
        {
            assert_eq!(media_type, "application/problem+json", "{place}");
        }
        let Some(operation) = self.operation(method, path) else {
            // The document, its page and a browser's question beforehand are not operations.
            assert!(
                response.status.is_client_error()
                    || *method == Method::OPTIONS
                    || path.starts_with("/api/docs")
                    || path.starts_with("/api/openapi"),
                "{place}, which the document does not have"
            );
            return;
        };
        let status = response.status.as_u16().to_string();
        let responses = operation
            .get("responses")
            .expect("an operation has responses");
        let documented = responses.get(&status).or_else(|| {
            let is_error = !response.status.is_success();
            responses.get("default").filter(|_| is_error)
        });
        let documented =
            documented.unwrap_or_else(|| panic!("{place}, which the document does not have"));
        let schema = documented
            .pointer("/content")
            .and_then(|content| content.get(media_type));
        let schema = schema.and_then(|content| content.get("schema"));
        let schema = schema
            .unwrap_or_else(|| panic!("{place} as {media_type}, which the document does not have"));
        self.check_body(schema, &response.json(), &place);
        check_headers(documented, response, &place);
    }

    fn check_body(&self, schema: &Value, body: &Value, place: &str) {
        let validator = self.validator(schema);
        let errors: Vec<_> = validator
            .iter_errors(body)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(
            errors.is_empty(),
            "{place}, but {}\n{body:#}",
            errors.join("; ")
        );
    }

    /// Compiled once for each schema: that takes far longer than to check an answer.
    fn validator(&self, schema: &Value) -> Arc<Validator> {
        let mut compiled = self.compiled.lock().expect("no holder panics");
        let compile = || {
            let mut schema = schema.clone();
            to_json_schema(&mut schema);
            let rooted = json!({ "allOf": [schema], "components": self.components });
            let validator = jsonschema::validator_for(&rooted);
            Arc::new(validator.expect("the document's schemas are valid"))
        };
        let validator = compiled.entry(schema.to_string()).or_insert_with(compile);
        Arc::clone(validator)
    }

    fn operation(&self, method: &Method, path: &str) -> Option<&Value> {
        let path = path.split('?').next().unwrap_or_default();
        let path = path.trim_end_matches('/');
        let method = if *method == Method::HEAD {
            &Method::GET
        } else {
            method
        };
        let paths = self.document.get("paths").and_then(Value::as_object)?;
        let (_, operations) = paths.iter().find(|(template, _)| matches(template, path))?;
        operations.get(method.as_str().to_lowercase())
    }
}

fn check_headers(documented: &Value, response: &TestResponse, place: &str) {
    let headers = documented
        .get("headers")
        .and_then(Value::as_object)
        .into_iter()
        .flatten();
    for (name, header) in headers {
        let is_required = header.get("required") == Some(&json!(true));
        assert!(
            !is_required || response.headers.contains_key(name),
            "{place} without the header {name}"
        );
    }
}

fn matches(template: &str, path: &str) -> bool {
    let (template, path): (Vec<_>, Vec<_>) =
        (template.split('/').collect(), path.split('/').collect());
    template.len() == path.len()
        && template
            .iter()
            .zip(&path)
            .all(|(expected, found)| expected.starts_with('{') || expected == found)
}

/// OpenAPI 3.0 writes `nullable` where JSON Schema has a type or an alternative.
fn to_json_schema(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            members.values_mut().for_each(to_json_schema);
            if members.remove("nullable") == Some(json!(true)) {
                let inner = Value::Object(std::mem::take(members));
                members.insert("anyOf".to_owned(), json!([inner, { "type": "null" }]));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(to_json_schema),
        _ => {}
    }
}

/// An answer has no fields but the documented ones.
fn close(schema: &mut Value) {
    if let Some(members) = schema
        .as_object_mut()
        .filter(|members: &&mut Map<_, _>| members.contains_key("properties"))
    {
        members.insert("additionalProperties".to_owned(), json!(false));
    }
}
