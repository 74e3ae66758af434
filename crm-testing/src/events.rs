//! What is in the outbox: the events of a piece of work, and whether all are as the catalogue says.

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

    /// The names of the events that happen while this goes on, in their order.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn events_of<T>(&self, work: impl Future<Output = T>) -> (T, Vec<String>) {
        let before = self.last_event().await;
        let done = work.await;
        let query = format!("select name from events where position > {before} order by position");
        let rows = self.database().rows(&query).await;
        let name = |row: &Value| row.get("name")?.as_str().map(str::to_owned);
        (done, rows.iter().filter_map(name).collect())
    }

    async fn last_event(&self) -> i64 {
        let query = "select coalesce(max(position), 0) as last from events";
        let rows = self.database().rows(query).await;
        let last = rows.first().and_then(|row| row.get("last")?.as_i64());
        last.expect("a number")
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
