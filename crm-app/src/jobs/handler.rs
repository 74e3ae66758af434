//! What handlers are given: jobs, and events.

use chrono::{DateTime, Utc};
use crm_domain::event::Event;
use crm_domain::ids::EventId;
use crm_storage::outbox::StoredEvent;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::context::JobError;

/// How often a job is begun before it has failed for good, unless it is said: over two to four hours.
pub(super) const ATTEMPTS: i32 = 12;

/// A kind of job: what its handler is given.
///
/// It is stored as JSON, and read by whatever version of the program comes to it: a new field needs a default.
pub trait Job: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The stable name of this kind of work: `imports.run`. At most 100 bytes, which no other handler has.
    const NAME: &'static str;

    /// How often it is begun before it has failed for good.
    const MAX_ATTEMPTS: i32 = ATTEMPTS;

    /// While a job waits or runs, another one of this kind and key is not queued. At most 200 characters.
    fn unique_key(&self) -> Option<String> {
        None
    }

    /// Jobs of this kind and key are done one after the other, in the order in which they were queued; one that fails holds
    /// up the rest until it is done or dead. At most 200 characters. Writers that queue them lock something in common
    /// before, or their order is that of no transaction.
    fn partition_key(&self) -> Option<String> {
        None
    }
}

/// An event as a subscriber is given it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered<E> {
    /// Identifies the event, the same at each delivery: who has seen it once need not act again.
    pub id: EventId,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// What happened.
    pub event: E,
}

/// An event of any kind, for who passes them on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AnyEvent {
    /// Identifies the event, the same at each delivery.
    pub id: EventId,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// Its name: `lead.converted`.
    pub name: String,
    /// The version of the payload.
    pub version: i16,
    /// What kind of record it happened to: `lead`.
    pub resource: String,
    /// Which one.
    pub record_id: Uuid,
    /// What it tells.
    pub payload: Value,
}

impl From<&StoredEvent<'_>> for AnyEvent {
    fn from(event: &StoredEvent<'_>) -> Self {
        let StoredEvent {
            id,
            at,
            name,
            version,
            record,
            payload,
        } = event;
        Self {
            id: *id,
            at: *at,
            name: (*name).to_owned(),
            version: *version,
            resource: record.resource.as_str().to_owned(),
            record_id: record.id,
            payload: (*payload).clone(),
        }
    }
}

impl<E: Event + DeserializeOwned> TryFrom<AnyEvent> for Delivered<E> {
    type Error = JobError;

    fn try_from(event: AnyEvent) -> Result<Self, JobError> {
        let AnyEvent {
            id,
            at,
            version,
            payload,
            ..
        } = event;
        if version > E::VERSION {
            // Another server is of a newer version, and this one will be.
            let message = format!("version {version} of the event is newer than this program");
            return Err(JobError::retry(message));
        }
        let event = decode(payload)?;
        Ok(Self { id, at, event })
    }
}

/// What is stored, read. It does not become readable by waiting.
pub(super) fn decode<T: DeserializeOwned>(payload: Value) -> Result<T, JobError> {
    serde_json::from_value(payload)
        .map_err(|error| JobError::dead(format!("the payload cannot be read: {error}")))
}
