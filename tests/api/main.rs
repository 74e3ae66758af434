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
mod plugins;
mod search;
mod tags;
mod tasks;
mod timelines;
mod views;
