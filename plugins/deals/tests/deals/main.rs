//! Deals, as a client sees them, on the real database. Every answer is checked against the API document.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "in tests a panic is the report"
)]

mod absence;
mod at_once;
mod bad_inputs;
mod board;
mod convert;
mod demo;
mod figures;
mod lists;
mod merge;
mod moving;
mod permissions;
mod pipelines;
mod write;

use std::sync::Arc;

use crm_deals::DealsPlugin;
use crm_http::plugin::HttpPlugin;
use crm_testing::{Client, TestApp};
use serde_json::{Value, json};

/// The stages of the pipeline that every workspace begins with.
const NEW: &str = "00000000-0000-7000-8000-00000dea1001";
const QUALIFIED: &str = "00000000-0000-7000-8000-00000dea1002";
const WON: &str = "00000000-0000-7000-8000-00000dea1005";
const LOST: &str = "00000000-0000-7000-8000-00000dea1006";
const SALES: &str = "00000000-0000-7000-8000-00000dea1000";

/// An id that nothing has.
const MISSING: &str = "01900000-0000-7000-8000-00000000dead";

fn plugins() -> [Arc<dyn HttpPlugin>; 1] {
    [Arc::new(DealsPlugin)]
}

async fn app() -> TestApp {
    TestApp::with_plugins(&plugins()).await
}

fn id(record: &Value) -> &str {
    record["id"].as_str().unwrap()
}

fn path(deal: &Value) -> String {
    format!("/api/deals/{}", id(deal))
}

async fn customer(client: &Client<'_>, name: &str) -> String {
    let new = json!({ "name": name });
    let made = client.post("/api/customers").json(new).expect(201).await;
    id(&made).to_owned()
}

/// A deal of this name with a customer of its own, made by the client.
async fn deal(client: &Client<'_>, name: &str) -> Value {
    let customer = customer(client, name).await;
    let new = json!({ "name": name, "customerId": customer });
    client.post("/api/deals").json(new).expect(201).await
}

/// Moves a deal.
async fn moved(client: &Client<'_>, deal: &Value, to: Value) -> Value {
    let path = format!("{}/move", path(deal));
    client.post(&path).json(to).expect(200).await
}

/// The codes of what is wrong with fields, with their places.
fn errors(problem: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let error = |error: &Value| {
        let place = [&error["pointer"], &error["parameter"]].map(text).concat();
        (place, text(&error["code"]))
    };
    problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(error)
        .collect()
}

fn error(place: &str, code: &str) -> (String, String) {
    (place.to_owned(), code.to_owned())
}

/// The names of the deals in a stage, from top to bottom.
async fn cards(client: &Client<'_>, stage: &str) -> Vec<String> {
    let path = format!("/api/deals?stageId={stage}&sort=rank&limit=100");
    names(&client.get(&path).expect(200).await)
}

fn names(list: &Value) -> Vec<String> {
    let name = |deal: &Value| deal["name"].as_str().unwrap().to_owned();
    list["deals"].as_array().unwrap().iter().map(name).collect()
}
