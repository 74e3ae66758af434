//! Compares what is in the outbox with the catalogue of events.

use std::collections::HashMap;

use jsonschema::Validator;
use serde_json::Value;

use crate::app::TestApp;

impl TestApp {
    /// The events that are not as the catalogue says, each with what is wrong.
    pub async fn wrong_events(&self) -> Vec<String> {
        let stored = "select name, version, resource, payload from events order by position";
        let stored = self.database().rows(stored).await;
        let mut checks = HashMap::new();
        for event in self.crm.events().catalogue() {
            let check = jsonschema::validator_for(&event.schema);
            let check = check.expect("the schemas of events are valid");
            checks.insert(event.name, (event.version, event.resource.as_str(), check));
        }
        let wrong = |event: &Value| wrong(event, &checks).map(|why| format!("{why}: {event}"));
        stored.iter().filter_map(wrong).collect()
    }
}

fn wrong(event: &Value, checks: &HashMap<&str, (i16, &str, Validator)>) -> Option<String> {
    let name = event
        .get("name")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let Some((version, resource, check)) = checks.get(name) else {
        return Some("is not in the catalogue".to_owned());
    };
    if event.get("version") != Some(&Value::from(*version)) {
        return Some(format!("is not of version {version}"));
    }
    if event.get("resource").and_then(Value::as_str) != Some(resource) {
        return Some(format!("is not about a {resource}"));
    }
    let payload = event.get("payload").unwrap_or(&Value::Null);
    let error = check.iter_errors(payload).next()?;
    Some(error.to_string())
}
