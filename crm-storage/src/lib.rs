//! Postgres: schema, migrations, queries, and the embedded server.
//!
//! Queries are plain functions over a connection: no pool, no transaction and
//! no policy in them. The layer above opens the transaction.

pub mod access;
pub mod activities;
pub mod analytics;
pub mod api_keys;
pub mod assignment_rules;
pub mod backup;
pub mod copy;
pub mod cursor;
pub mod custom_fields;
pub mod customers;
pub mod embedded;
pub mod error;
pub mod idempotency_keys;
pub mod imports;
pub mod inspect;
pub mod jobs;
pub mod leads;
pub mod listener;
pub mod merges;
pub mod migrate;
pub mod one_time_tokens;
pub mod outbox;
pub mod plugin;
pub mod pool;
mod query;
mod record;
pub mod roles;
pub mod schedules;
mod schema;
pub mod seals;
pub mod search;
pub mod second_factors;
pub mod sessions;
pub mod tags;
pub mod tasks;
pub mod teams;
pub mod throttle;
pub mod users;
pub mod views;
mod visibility;

/// The target of the spans by which requests and jobs are traced, at the level `trace`: the log does not have them, unless it is
/// asked for.
pub const TRACE: &str = "crm::trace";

pub use error::Error;
pub use pool::{Connection, Pool, PoolOptions};
