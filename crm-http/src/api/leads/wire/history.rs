//! The status history of a lead on the wire.

use chrono::{DateTime, Utc};
use crm_app::leads::{History, ListedStatusChange};
use crm_domain::lead;
use poem_openapi::Object;
use serde::Serialize;

use super::LeadStatus;
use crate::api::users::UserReference;

/// Through which statuses a lead went.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
pub(in crate::api::leads) struct LeadHistory {
    /// The steps, the oldest first.
    #[oai(validator(max_items = 100))]
    changes: Vec<StatusChange>,
    /// Where the lead stands now.
    current: CurrentStatus,
    /// Where to go on; `null` at the end.
    #[oai(validator(max_length = 2000))]
    next_cursor: Option<String>,
}

/// A step from one status to another.
#[derive(Debug, Serialize, Object)]
struct StatusChange {
    /// Where the lead stood.
    from: LeadStatus,
    /// Where it went.
    to: LeadStatus,
    /// When.
    at: DateTime<Utc>,
    /// Who took the step, by themselves or by a key; `null` for the program itself.
    actor: Option<UserReference>,
    /// For how many whole seconds it had stood in `from`.
    #[oai(validator(minimum(value = "0"), maximum(value = "9007199254740991")))]
    seconds: i64,
}

/// Where a lead stands.
#[derive(Debug, Serialize, Object)]
struct CurrentStatus {
    /// The status.
    status: LeadStatus,
    /// Since when.
    since: DateTime<Utc>,
    /// For how many whole seconds by now.
    #[oai(validator(minimum(value = "0"), maximum(value = "9007199254740991")))]
    seconds: i64,
}

impl From<History> for LeadHistory {
    fn from(history: History) -> Self {
        let History {
            changes,
            status,
            since,
            seconds,
        } = history;
        Self {
            changes: changes
                .records
                .into_iter()
                .map(StatusChange::from)
                .collect(),
            current: CurrentStatus {
                status: status.into(),
                since,
                seconds,
            },
            next_cursor: changes.next_cursor,
        }
    }
}

impl From<ListedStatusChange> for StatusChange {
    fn from(listed: ListedStatusChange) -> Self {
        let ListedStatusChange {
            number: _,
            change,
            by,
        } = listed;
        let lead::StatusChange {
            from,
            to,
            at,
            seconds,
        } = change;
        Self {
            from: from.into(),
            to: to.into(),
            at,
            actor: by.as_ref().map(UserReference::from),
            seconds,
        }
    }
}
