//! Postgres: schema, migrations, queries, and the embedded server.
//!
//! Queries are plain functions over a connection: no pool, no transaction and
//! no policy in them. The layer above opens the transaction.

pub mod activities;
pub mod copy;
pub mod customers;
pub mod embedded;
pub mod error;
pub mod inspect;
pub mod leads;
pub mod migrate;
pub mod one_time_tokens;
pub mod outbox;
pub mod pool;
mod query;
mod schema;
pub mod sessions;
pub mod users;
mod visibility;

pub use error::Error;
pub use pool::{Connection, Pool, PoolOptions};
