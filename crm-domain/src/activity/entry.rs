//! What is read from the activity log.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Changes, RecordRef};
use crate::ids::{ActivityId, ApiKeyId, RequestId, UserId};
use crate::page::{Position, SortKey};
use crate::permission::Resource;
use crate::text::EventName;

/// One thing that somebody did, as the log tells it. It belongs to the user who did it: see [`Entry::ownership`].
///
/// [`Entry::ownership`]: crate::permission::Record::ownership
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Identifies the entry.
    pub id: ActivityId,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: By,
    /// What: the name of the event.
    pub action: EventName,
    /// To which record.
    pub record: LoggedRecord,
    /// The fields that changed.
    pub changes: Changes,
    /// In which request.
    pub request: Option<RequestId>,
    /// From which network address.
    pub address: Option<String>,
}

impl Entry {
    /// Its place among the others, the newest first.
    #[must_use]
    pub const fn position(&self) -> Position {
        Position {
            key: SortKey::Time(self.at),
            id: self.id.uuid(),
        }
    }
}

/// One record as the log names it: also one of a plugin that the program does not hold any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedRecord {
    /// What kind it is: `lead`.
    pub resource: String,
    /// Which one.
    pub id: Uuid,
}

/// Who did something, as the log keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// A user.
    User(UserId),
    /// A program with a key of a user's.
    ApiKey {
        /// Which key.
        id: ApiKeyId,
        /// Whose key it is.
        owner: UserId,
    },
    /// This part of the program itself.
    System(String),
}

impl By {
    /// The user whose act it is, by themselves or by a key; `None` for the program itself.
    #[must_use]
    pub const fn user(&self) -> Option<UserId> {
        match self {
            Self::User(id) | Self::ApiKey { owner: id, .. } => Some(*id),
            Self::System(_) => None,
        }
    }

    /// The key that was used.
    #[must_use]
    pub const fn api_key(&self) -> Option<ApiKeyId> {
        match self {
            Self::ApiKey { id, .. } => Some(*id),
            Self::User(_) | Self::System(_) => None,
        }
    }
}

/// Which entries of the activity log are wanted; what is `None` does not narrow them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EntryFilter {
    /// By this user, themselves or by a key.
    pub actor: Option<UserId>,
    /// About this.
    pub about: Option<About>,
    /// Of this event.
    pub action: Option<EventName>,
    /// At this instant or later.
    pub from: Option<DateTime<Utc>>,
    /// Before this instant.
    pub to: Option<DateTime<Utc>>,
}

/// What entries are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// Any record of a kind.
    Kind(Resource),
    /// One record.
    Record(RecordRef),
}

impl About {
    /// The kind of record.
    #[must_use]
    pub const fn resource(self) -> Resource {
        match self {
            Self::Kind(resource) | Self::Record(RecordRef { resource, .. }) => resource,
        }
    }

    /// The one record.
    #[must_use]
    pub const fn id(self) -> Option<Uuid> {
        match self {
            Self::Kind(_) => None,
            Self::Record(record) => Some(record.id),
        }
    }
}
