//! Plugins, by one that is small and whole: it keeps a stock of items.

mod clashes;
mod endpoints;
mod grants;
mod hooks;
mod isolation;
mod purge;
mod stock;

use std::sync::Arc;

use crm_http::plugin::HttpPlugin;
use crm_testing::{Client, TestApp};
use serde_json::{Value, json};

use stock::Stock;

/// The application with the stock, which does what the switch says.
async fn app_with(stock: &Arc<Stock>) -> TestApp {
    TestApp::with_plugins(&[Arc::clone(stock) as Arc<dyn HttpPlugin>]).await
}

/// Puts an item of this name into the stock.
async fn put(client: &Client<'_>, name: &str) -> Value {
    let new = json!({ "name": name });
    client.post("/api/stock").json(new).expect(201).await
}
