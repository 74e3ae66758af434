//! The types and rules of the CRM.
//!
//! Everything here is pure: values that are parsed or refused, and state changes that consume the old value
//! and return the next one or an error. There is no runtime, no database, no clock and no randomness in this
//! crate; time and ids are arguments.

pub mod activity;
pub mod analytics;
pub mod api_key;
pub mod assignment;
pub mod cell;
pub mod change;
pub mod clock;
pub mod custom_field;
pub mod customer;
pub mod decimal;
pub mod due;
pub mod duplicate;
pub mod event;
pub mod export;
pub mod idempotency;
pub mod ids;
pub mod import;
pub mod job;
pub mod lead;
pub mod list;
pub mod money;
pub mod page;
pub mod permission;
pub mod role;
pub mod search;
pub mod tag;
pub mod task;
pub mod team;
pub mod text;
mod undo;
pub mod user;
pub mod view;
pub mod violation;
