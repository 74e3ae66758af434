//! What the feed of events gives.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::activity::{By, LoggedRecord};
use crate::ids::{EventId, RequestId};
use crate::text::EventName;

/// A place in the feed: behind this event. The beginning is before all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct FeedPlace {
    /// The number of the database's transaction with which the event has its place for good.
    pub horizon: i64,
    /// Its number among all events.
    pub position: i64,
}

/// An event as the feed tells it, with who brought it about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedEvent {
    /// Identifies the event, the same each time it is read, as its entry in the activity log.
    pub id: EventId,
    /// Its place in the feed.
    pub place: FeedPlace,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// Its name: `lead.converted`.
    pub name: EventName,
    /// The version of the payload.
    pub version: i16,
    /// The record it happened to.
    pub record: LoggedRecord,
    /// Who brought it about.
    pub by: By,
    /// In which request.
    pub request: Option<RequestId>,
    /// What it tells.
    pub payload: Value,
}
