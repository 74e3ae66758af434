//! The operations, called as a client would, on the real database. Every answer is checked against the API document.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "in tests a panic is the report"
)]

mod access;
mod activities;
mod analytics;
mod assignment;
mod at_once;
mod audit;
mod auth;
mod authorization;
mod bad_inputs;
mod batch;
mod bulk;
mod cross_site;
mod custom_fields;
mod customers;
mod disconnects;
mod events;
mod exports;
mod headers;
mod health;
mod idempotency;
mod imports;
mod jobs;
mod leads;
mod matrix;
mod merge;
mod metrics;
mod plugins;
mod search;
mod tags;
mod tasks;
mod timelines;
mod views;

use crm::plugins::bundled;
use crm_testing::TestApp;
use serde_json::Value;

/// The application with the plugins that the program holds.
async fn app_as_held() -> TestApp {
    TestApp::with_plugins(&bundled()).await
}

/// Its API document.
fn document_as_held() -> Value {
    crm_http::document(&bundled()).unwrap()
}
