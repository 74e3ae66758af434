//! Figures: each is the total of its list, obeys its reader's permissions, and is worked out as documented.

mod days;
mod formulas;
mod permissions;
mod recent;
mod story;
mod walk;

use crm_testing::Client;
use serde_json::Value;

/// An answer about these days.
async fn figures(client: &Client<'_>, which: &str, query: &str) -> Value {
    let path = format!("/api/analytics/{which}?{query}");
    client.get(path.trim_end_matches('?')).expect(200).await
}

async fn dashboard(client: &Client<'_>, query: &str) -> Value {
    figures(client, "dashboard", query).await
}
