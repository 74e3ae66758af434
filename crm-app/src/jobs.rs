//! Work that is done later: jobs that somebody queues, events that are delivered to subscribers, schedules. All of it waits
//! in one queue, in the database, and is done at least once.
//!
//! A handler is registered at the [`CrmBuilder`](crate::CrmBuilder), by `job`, `subscribe` or `schedule`; [`Jobs::run`] does
//! what is due. See `docs/decisions/0017`.
//!
//! ```
//! use crm_app::CrmBuilder;
//! use crm_app::jobs::{Delivered, Job, JobContext, JobError};
//! use crm_domain::event::LeadConverted;
//!
//! /// Sends a letter.
//! #[derive(serde::Serialize, serde::Deserialize)]
//! struct SendLetter {
//!     to: String,
//! }
//!
//! impl Job for SendLetter {
//!     const NAME: &'static str = "letters.send";
//! }
//!
//! async fn send(_: JobContext, letter: SendLetter) -> Result<(), JobError> {
//!     println!("a letter to {}", letter.to);
//!     Ok(())
//! }
//!
//! async fn congratulate(context: JobContext, lead: Delivered<LeadConverted>) -> Result<(), JobError> {
//!     let letter = SendLetter { to: lead.event.customer_id.to_string() };
//!     context.crm.jobs().enqueue(&letter).await?;
//!     Ok(())
//! }
//!
//! fn with_letters(builder: CrmBuilder) -> CrmBuilder {
//!     builder.job(send).subscribe("letters.congratulate", congratulate)
//! }
//! ```

mod context;
mod figures;
mod handler;
mod perform;
mod queue;
mod register;
mod retention;
mod schedule;
mod tally;
mod wake;
mod work;

pub use context::{JobContext, JobError};
pub use figures::Backlog;
pub use handler::{AnyEvent, Delivered, Job};
pub use tally::AttemptEnd;
pub use work::Workers;

pub(crate) use perform::panic_message;
pub(crate) use register::Registry;
pub(crate) use tally::Tally;
pub(crate) use wake::Waker;

use crate::crm::Crm;

/// Work that is done later. See [`Crm::jobs`].
#[derive(Clone, Copy)]
pub struct Jobs<'a>(pub(crate) &'a Crm);
