//! Makes the client from the API document.
//!
//! progenitor takes less than OpenAPI 3.0 allows, and turns each bound into a type of its own. So the document is made simpler
//! first, in a way that changes nothing of what is sent: what is left out here, the server checks.

use std::{env, error::Error, fs, path::PathBuf};

use progenitor::{GenerationSettings, Generator, InterfaceStyle};
use serde_json::{Map, Value, json};

const DOCUMENT: &str = "../../docs/openapi.json";
const BOUNDS: [&str; 7] = [
    "maxItems",
    "maxLength",
    "maximum",
    "minItems",
    "minLength",
    "minimum",
    "pattern",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed={DOCUMENT}");
    println!("cargo:rerun-if-changed=build.rs");
    let mut document: Value = serde_json::from_str(&fs::read_to_string(DOCUMENT)?)?;
    simplify(&mut document);

    let mut settings = GenerationSettings::new();
    settings.with_interface(InterfaceStyle::Builder);
    let tokens = Generator::new(&settings).generate_tokens(&serde_json::from_value(document)?)?;
    let code = prettyplease::unparse(&syn::parse2(tokens)?);
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("client.rs"), code)?;
    Ok(())
}

fn simplify(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(simplify),
        Value::Object(object) => {
            object.values_mut().for_each(simplify);
            drop_bounds(object);
            simplify_choice(object);
            simplify_operation(object);
        }
        _ => {}
    }
}

/// A property may be called like a bound; it is an object then.
fn drop_bounds(object: &mut Map<String, Value>) {
    object.retain(|key, value| !BOUNDS.contains(&key.as_str()) || value.is_object());
}

fn simplify_choice(schema: &mut Map<String, Value>) {
    let Some(Value::Array(choices)) = schema.get("anyOf") else {
        return;
    };
    if let [one, null] = choices.as_slice()
        && null["enum"] == json!([null])
    {
        // A reference or null.
        let one = one.clone();
        schema.remove("anyOf");
        schema.insert("allOf".into(), json!([one]));
        schema.insert("nullable".into(), json!(true));
    } else if choices.iter().all(|choice| choice["type"] == "string") {
        // Names that are known, and those of custom fields.
        schema.remove("anyOf");
        schema.remove("default");
        schema.insert("type".into(), json!("string"));
    }
}

fn simplify_operation(operation: &mut Map<String, Value>) {
    if !operation.contains_key("operationId") {
        return;
    }
    // It knows no body that may be left out. An empty object means the same.
    if let Some(body) = operation.get_mut("requestBody") {
        body["required"] = json!(true);
        simplify_body(&mut body["content"]);
    }
    // It knows one type for all answers that are good, and one for all that are not, each of application/json.
    let Some(Value::Object(answers)) = operation.get_mut("responses") else {
        return;
    };
    let mut problem = answers.remove("default").unwrap_or_default();
    problem["content"] =
        json!({"application/json": problem["content"]["application/problem+json"]});
    answers.retain(|status, _| status.starts_with('2'));
    answers.insert("4XX".into(), problem.clone());
    answers.insert("5XX".into(), problem);
}

/// It knows one type of body. A file is sent as it is.
fn simplify_body(content: &mut Value) {
    if content.get("application/octet-stream").is_some() {
        *content =
            json!({"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}});
    }
}
