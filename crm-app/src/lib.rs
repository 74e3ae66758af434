//! The use cases of the CRM: each is one transaction with its activity and its events.
//!
//! Everything here takes an [`Actor`](crm_domain::activity::Actor) and works without HTTP. A host program gives a
//! pool and calls `crm.leads().create(..)`; or it opens its own transaction and calls `crm.leads().create_in(..)`
//! with its connection, so that its rows and the CRM's commit together.

mod access_token;
pub mod activities;
pub mod analytics;
mod api_key_token;
pub mod api_keys;
pub mod assignment_rules;
mod attempts;
pub mod audit;
pub mod auth;
pub mod batch;
pub mod bulk;
pub mod crm;
mod cursor;
pub mod custom_fields;
pub mod customers;
pub mod demo;
mod device;
mod directory;
mod dry_run;
mod duplicate;
mod ear;
pub mod error;
pub mod event;
pub mod events;
mod explain;
mod export;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
pub mod idempotency;
pub mod imports;
pub mod jobs;
mod key_ring;
mod keys;
pub mod leads;
mod list;
mod merge;
mod password;
pub mod plugin;
mod record;
mod refresh_token;
pub mod roles;
mod sealed;
pub mod search;
pub mod second_factors;
mod session;
pub mod tags;
pub mod tasks;
pub mod teams;
mod throttle;
pub mod users;
pub mod views;

pub use crm::{Crm, CrmBuilder, SystemClock};
pub use crm_authz::{Access, Explanation, Forbidden, GrantedBy, Policy, Reach, RoleFacts};
pub use crm_storage::Error as StorageError;
pub use crm_storage::TRACE;
pub use directory::Freshness;
pub use duplicate::OnDuplicate;
pub use error::{AuthError, Current, Error, Result};
pub use export::Export;
pub use key_ring::{KeyRing, KeyState, RingKey, RingRefused};
pub use keys::{KeyRefused, SecretKey, Secrets};
pub use merge::{MAX_SOURCES, MergeOptions, Merged};
pub use password::{BcryptHash, HashCost, MinPasswordChars, NoBcryptHash};
