//! What a plugin's own queries are made of: the conditions of scopes, the orders, pages and totals of lists, and the macros
//! that make `lock`, `insert` and `update` of records with an owner and a version.
//!
//! A plugin has its tables in a `diesel::table!` of its own, and says by [`Owned`] whose record a row is. Then `within(&scope)`
//! is a condition like any other, and every query takes one:
//!
//! ```
//! use crm_authz::Scope;
//! use crm_domain::permission::{Ownership, Record, Resource};
//! use crm_storage::plugin::{Owned, within};
//! use diesel::prelude::*;
//!
//! diesel::table! {
//!     parts_parts (id) {
//!         id -> Uuid,
//!         owner_id -> Nullable<Uuid>,
//!     }
//! }
//!
//! struct Part;
//!
//! impl Record for Part {
//!     const RESOURCE: Resource = Resource::of_plugin("parts.part");
//!
//!     fn ownership(&self) -> Ownership {
//!         Ownership::NOBODY
//!     }
//! }
//!
//! impl Owned for Part {
//!     const TABLE: &'static str = "parts_parts";
//!     const OWNER: &'static str = "parts_parts.owner_id";
//!     const IS_UNASSIGNED: &'static str = "parts_parts.owner_id is null";
//! }
//!
//! fn readable(scope: &Scope<Part>) -> parts_parts::BoxedQuery<'static, diesel::pg::Pg> {
//!     parts_parts::table.filter(within(scope)).into_boxed()
//! }
//! ```
//!
//! Tables of the core may be referred to by foreign keys, and joined: the plugin declares those of their columns that it reads, as
//! `diesel::table! { users (id) { id -> Uuid, name -> Text, email -> Text } }`. [`narrowed!`](crate::narrowed) takes that one.

pub mod grants;
pub mod purge;
pub mod records;

pub use crate::query::{
    After, Cached, Counted, Locked, Order, Paged, Part, after_prefix, contains_pattern, escaped,
    has_trigram, locked, slice, total, total_cap,
};
pub use crate::visibility::{Owned, Within, within, within_owner};
pub use crate::{assigned, created, named, narrowed, stored, tagged, walked};
