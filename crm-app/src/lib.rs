//! The use cases of the CRM: each is one transaction with its activity and its events.
//!
//! Everything here takes an [`Actor`](crm_domain::activity::Actor) and works without HTTP. A host program gives a
//! pool and calls `crm.leads().create(..)`; or it opens its own transaction and calls `crm.leads().create_in(..)`
//! with its connection, so that its rows and the CRM's commit together.

mod access_token;
mod attempts;
pub mod auth;
pub mod crm;
mod cursor;
pub mod demo;
pub mod error;
pub mod event;
mod keys;
pub mod leads;
mod password;
mod refresh_token;
mod session;
pub mod users;

pub use crm::{Crm, CrmBuilder};
pub use crm_authz::Reach;
pub use crm_storage::Error as StorageError;
pub use error::{AuthError, Error, Result};
pub use keys::{KeyRefused, SecretKey, Secrets};
pub use password::HashCost;
