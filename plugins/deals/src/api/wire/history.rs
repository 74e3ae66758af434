//! The stage history of a deal on the wire.

use chrono::{DateTime, Utc};
use crm_http::api::users::UserReference;
use poem_openapi::Object;
use serde::Serialize;

use super::DealsStageReference;
use crate::deal;
use crate::deals::History;
use crate::store::history::ListedStageChange;

/// Through which stages a deal went.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
pub(in crate::api) struct DealsHistory {
    /// The steps, the oldest first.
    #[oai(validator(max_items = 100))]
    changes: Vec<DealsStageChange>,
    /// Where the deal stands now.
    current: DealsCurrentStage,
    /// Where to go on; `null` at the end.
    #[oai(validator(max_length = 2000))]
    next_cursor: Option<String>,
}

/// A step from one stage to another.
#[derive(Debug, Serialize, Object)]
struct DealsStageChange {
    /// Where the deal stood. The stage may have been taken away since.
    from: DealsStageReference,
    /// Where it went.
    to: DealsStageReference,
    /// When.
    at: DateTime<Utc>,
    /// Who took the step, by themselves or by a key; `null` for the program itself.
    actor: Option<UserReference>,
    /// For how many whole seconds it had stood in `from`.
    #[oai(validator(minimum(value = "0"), maximum(value = "9007199254740991")))]
    seconds: i64,
}

/// Where a deal stands.
#[derive(Debug, Serialize, Object)]
struct DealsCurrentStage {
    /// The stage.
    stage: DealsStageReference,
    /// Since when.
    since: DateTime<Utc>,
    /// For how many whole seconds by now.
    #[oai(validator(minimum(value = "0"), maximum(value = "9007199254740991")))]
    seconds: i64,
}

impl From<History> for DealsHistory {
    fn from(history: History) -> Self {
        let History {
            changes,
            stage,
            since,
            seconds,
        } = history;
        let steps = changes.records.iter();
        Self {
            changes: steps.map(DealsStageChange::from).collect(),
            current: DealsCurrentStage {
                stage: (&stage).into(),
                since,
                seconds,
            },
            next_cursor: changes.next_cursor,
        }
    }
}

impl From<&ListedStageChange> for DealsStageChange {
    fn from(listed: &ListedStageChange) -> Self {
        let ListedStageChange {
            number: _,
            change,
            from,
            to,
            by,
        } = listed;
        let deal::StageChange {
            from: _,
            to: _,
            at,
            seconds,
        } = change;
        Self {
            from: from.into(),
            to: to.into(),
            at: *at,
            actor: by.as_ref().map(UserReference::from),
            seconds: *seconds,
        }
    }
}
