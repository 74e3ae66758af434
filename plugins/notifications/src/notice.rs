//! A notice: that something happened which is of interest to a user.

mod recipients;

use chrono::{DateTime, Utc};
use crm_domain::event::FeedEvent;
use crm_domain::ids::EventId;

use crate::webhook::texts;

pub(crate) use recipients::{Recipient, recipients};

/// Why a user is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// A record was assigned to them.
    Assigned,
    /// Somebody mentioned them in a note.
    Mentioned,
    /// They wanted to be reminded of a task, or are to do it.
    TaskDue,
    /// A lead of theirs became a customer.
    LeadConverted,
    /// A deal of theirs was won.
    DealWon,
    /// A deal of theirs was lost.
    DealLost,
    /// Their import has ended.
    ImportFinished,
    /// A webhook of theirs was switched off.
    WebhookDisabled,
}

texts!(Kind {
    Assigned = "assigned",
    Mentioned = "mentioned",
    TaskDue = "taskDue",
    LeadConverted = "leadConverted",
    DealWon = "dealWon",
    DealLost = "dealLost",
    ImportFinished = "importFinished",
    WebhookDisabled = "webhookDisabled"
});

/// What a user is told, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Notice {
    /// Its place among the user's, from 1.
    pub(crate) number: i64,
    pub(crate) kind: Kind,
    pub(crate) event: EventId,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) read_at: Option<DateTime<Utc>>,
}

/// A notice with what it is about, which the user may read at the time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ShownNotice {
    pub(crate) notice: Notice,
    pub(crate) event: FeedEvent,
    /// The name of the record, if it has one and the user may read it.
    pub(crate) record: Option<String>,
    /// The name of the user who acted.
    pub(crate) actor: Option<String>,
}
