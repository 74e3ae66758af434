//! Plugins: crates of their own that add tables, permissions, use cases, hooks and jobs to a CRM.
//!
//! A plugin implements [`Plugin`], and a program lists those that it holds: [`Plugins::new`] puts them in order, has each
//! [register](Plugin::register) what it brings, and refuses what does not go together, with an error that names both sides.
//! All of that is pure: it needs no database.
//!
//! ```
//! use std::sync::Arc;
//!
//! use crm_app::jobs::{Delivered, JobContext, JobError};
//! use crm_app::plugin::{Manifest, Plugin, PluginError, Plugins, Registrar, Settings};
//! use crm_domain::event::LeadConverted;
//! use crm_domain::permission::{Action, Extent, Permission, Resource};
//! use crm_domain::role::Role;
//!
//! struct Greetings;
//!
//! const GREETING: Resource = Resource::of_plugin("greetings.greeting");
//!
//! #[derive(Default, serde::Deserialize)]
//! #[serde(default, deny_unknown_fields)]
//! struct Config {
//!     words: String,
//! }
//!
//! impl Plugin for Greetings {
//!     fn manifest(&self) -> Manifest {
//!         Manifest {
//!             id: "greetings",
//!             version: env!("CARGO_PKG_VERSION"),
//!             requires: &[],
//!             about: "Greets new customers",
//!         }
//!     }
//!
//!     fn register(&self, registrar: &mut Registrar<'_>) -> Result<(), PluginError> {
//!         let Config { words } = registrar.config()?;
//!         registrar
//!             .permission(Permission::new(GREETING, Action::Read), "see greetings")
//!             .grant(Permission::new(GREETING, Action::Read), Role::Agent, Extent::All)
//!             .subscribe("greetings.greet", move |_, lead| greet(words.clone(), lead));
//!         Ok(())
//!     }
//! }
//!
//! async fn greet(words: String, lead: Delivered<LeadConverted>) -> Result<(), JobError> {
//!     println!("{words}, {}", lead.event.customer_id);
//!     Ok(())
//! }
//!
//! let plugins = Plugins::new(vec![Arc::new(Greetings)], &Settings::default())?;
//! assert!(plugins.catalogue().permission("greetings.greeting:read").is_ok());
//! # Ok::<(), PluginError>(())
//! ```
//!
//! # Names
//!
//! Everything that a plugin names begins with its id, so that no two plugins clash and everybody sees whose a thing is:
//! kinds of records `deals.deal`, their permissions `deals.deal:read`, jobs, subscribers, schedules, hooks and events
//! `deals.remind`, tables `deals_deals`.
//!
//! # Use cases
//!
//! A plugin's use cases are written as the core's are, from the same parts. Each write exists twice: `x(..)` by
//! [`write!`](crate::write), which takes a connection and runs a transaction again that lost against another one, and
//! `x_in(conn, ..)` within the caller's transaction. It asks [`Crm::access`] for the caller's scope, and ends in
//! [`Crm::emit`]. Records with an owner and a version are [`Kept`] and [`Listed`]: [`Crm::hold`], [`Crm::store`] and
//! [`Crm::list`] do the rest.

mod config;
mod error;
mod grants;
mod order;
mod plugins;
mod purge;
mod records;
mod registrar;

pub use config::{Setting, Settings};
pub use crm_storage::migrate::Migration;
pub use error::PluginError;
pub use plugins::Plugins;
pub use purge::Holdings;
pub use records::RecordKind;
pub use registrar::{DemoPlan, Registrar};

pub use crate::attempts::Attempts;
pub use crate::event::{HookContext, HookError};
pub use crate::list::{Listed, QueryOf};
pub use crate::record::{Held, Kept, new_assignee, refuse_stale, user_ref};
pub use crate::sealed::Sealed;
pub use crate::users::Handover;

use futures_util::future::BoxFuture;

use crate::crm::Crm;
use crate::error::Result;

/// The longest that one hook may take; then it is cut off, and everything is undone.
pub const HOOK_PATIENCE: std::time::Duration = std::time::Duration::from_secs(5);

/// The most deals that are told of one customer.
pub const MAX_CUSTOMER_DEALS: u32 = 100;

/// What a plugin is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manifest {
    /// Identifies it, and begins the name of everything that it brings: `deals`. 2 to 20 small letters and digits.
    pub id: &'static str,
    /// Its version, as [semver](https://semver.org) has them.
    pub version: &'static str,
    /// The plugins that it needs, and in which versions: `("deals", ">=1.2, <2")`. `core` is this crate.
    pub requires: &'static [(&'static str, &'static str)],
    /// What it is for, in a sentence.
    pub about: &'static str,
}

/// A part of the program that adds to a CRM. Its HTTP half is `crm_http::plugin::HttpPlugin`.
pub trait Plugin: Send + Sync + 'static {
    /// What it is.
    fn manifest(&self) -> Manifest;

    /// Says what it brings. It reads and writes nothing, so that documents and migrations can be listed without a database.
    ///
    /// # Errors
    /// [`PluginError`] when its settings are wrong. Other mistakes the registrar keeps, and [`Plugins::new`] tells.
    fn register(&self, registrar: &mut Registrar<'_>) -> std::result::Result<(), PluginError>;

    /// Begins what goes on for as long as the server runs, after the migrations and before the first request.
    fn start<'a>(&'a self, _crm: &'a Crm) -> BoxFuture<'a, Result<()>> {
        Box::pin(async { Ok(()) })
    }

    /// Ends it, after the last request. It is cut off when it takes too long.
    fn stop<'a>(&'a self, _crm: &'a Crm) -> BoxFuture<'a, ()> {
        Box::pin(async {})
    }
}
