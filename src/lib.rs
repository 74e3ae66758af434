//! A CRM to run as a server, to embed as a library, and to extend.
//!
//! As a server it is one program, `crm serve`, and needs nothing else: `crm help` is its reference. As a library it
//! comes in layers, and a host takes as much as it needs:
//!
//! | module | holds |
//! |---|---|
//! | [`domain`] | types and rules: pure values, no runtime, no database |
//! | [`storage`] | Postgres: pool, migrations, an embedded server |
//! | [`app`] | the use cases: [`Crm`] with permissions, transactions and events |
//! | [`http`] | the HTTP interface as a poem endpoint, and a server for it |
//! | [`cli`] | the program `crm` itself, for a server with plugins of your own |
//!
//! # A CRM in a program of your own
//!
//! The use cases hang on a [`Crm`], which needs a migrated database and two secrets. Whoever acts is an argument, and
//! what they may not see they do not get.
//!
//! ```no_run
//! use crm::app::leads::ConvertOptions;
//! use crm::domain::lead::NewLead;
//! use crm::storage::migrate::{self, CORE};
//! use crm::storage::pool;
//! use crm::{Actor, Crm, OnDuplicate, PoolOptions, SecretKey, Secrets};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let database = PoolOptions::new("postgres://crm@localhost/crm");
//! let mut conn = pool::connect_once(&database).await?;
//! migrate::apply(&mut conn, CORE, |_| {}).await?;
//!
//! let access = SecretKey::new(std::fs::read("access.key")?)?;
//! let refresh = SecretKey::new(std::fs::read("refresh.key")?)?;
//! let secrets = Secrets::single(access, refresh);
//! let crm = Crm::builder(pool::connect(&database)?, secrets).build();
//!
//! let actor = Actor::system("import");
//! let new = NewLead {
//!     email: Some("ada@example.org".parse()?),
//!     source: Some("Website".parse()?),
//!     ..NewLead::named("Ada Lovelace".parse()?)
//! };
//! let lead = crm.leads().create(&actor, new, OnDuplicate::Fail).await?;
//! let options = ConvertOptions::default();
//! let conversion = crm.leads().convert(&actor, lead.lead.id, None, options).await?;
//! assert_eq!(conversion.customer.customer.origin_lead, Some(lead.lead.id));
//! # Ok(())
//! # }
//! ```
//!
//! Each write on leads also takes part in a transaction of the host's own (`create_in`, `convert_in`), and
//! [`CrmBuilder::before_commit`] lets the host write along, or refuse, in the CRM's.

pub mod cli;
mod config;
pub mod plugins;
mod telemetry;

pub use crm_app as app;
pub use crm_console as console;
pub use crm_domain as domain;
pub use crm_http as http;
pub use crm_storage as storage;

pub use crm_app::OnDuplicate;
pub use crm_app::{Crm, CrmBuilder, Error, SecretKey, Secrets};
pub use crm_domain::activity::Actor;
pub use crm_storage::PoolOptions;
