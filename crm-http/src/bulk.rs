//! Doing one thing to many records: which, what, and what became of each.

use crm_app::bulk::{self, Bulk, Effect, Selection};
use poem_openapi::{Enum, Object};
use serde::Serialize;
use uuid::Uuid;

use crate::problem::{Code, FieldError, Problem};
use crate::wire::wire_enum;

wire_enum! {
    /// What is done to each record.
    BulkAction {
        /// It gets the changes.
        Update = "update",
        /// It is given to somebody: the changes name whom, and nothing else.
        Assign = "assign",
        /// It is put away.
        Archive = "archive",
        /// It is taken back from the archive.
        Restore = "restore",
    }
}

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Enum)]
#[serde(rename_all = "lowercase")]
#[oai(rename_all = "lowercase")]
pub enum BulkStatus {
    /// It was done.
    Done,
    /// It was so already.
    Unchanged,
    /// It was not done.
    Refused,
}

/// What became of one record.
#[derive(Debug, Serialize, Object)]
pub struct BulkItem {
    /// Which record.
    id: Uuid,
    /// What became of it.
    status: BulkStatus,
    /// Why it was refused, as the operation on this record alone would say.
    code: Option<Code>,
    /// The same for a person.
    #[oai(validator(max_length = 2000))]
    message: Option<String>,
}

/// What became of each record.
#[derive(Debug, Serialize, Object)]
pub struct BulkResult {
    /// Each record that was looked at, in the order of ids.
    #[oai(validator(max_items = 10000))]
    items: Vec<BulkItem>,
    /// How many were done.
    #[oai(validator(minimum(value = "0"), maximum(value = "10000")))]
    done: usize,
    /// How many were so already.
    #[oai(validator(minimum(value = "0"), maximum(value = "10000")))]
    unchanged: usize,
    /// How many were refused.
    #[oai(validator(minimum(value = "0"), maximum(value = "10000")))]
    refused: usize,
    /// There may be more that match: send it as `after` to go on. `null` when all were looked at.
    next: Option<Uuid>,
}

impl<Id: Into<Uuid>> From<Bulk<Id>> for BulkResult {
    fn from(Bulk { items, next }: Bulk<Id>) -> Self {
        let items: Vec<_> = items
            .into_iter()
            .map(|(id, outcome)| BulkItem::new(id.into(), outcome))
            .collect();
        let count = |status| items.iter().filter(|item| item.status == status).count();
        Self {
            done: count(BulkStatus::Done),
            unchanged: count(BulkStatus::Unchanged),
            refused: count(BulkStatus::Refused),
            next: next.map(Into::into),
            items,
        }
    }
}

impl BulkItem {
    fn new(id: Uuid, outcome: crm_app::Result<Effect>) -> Self {
        let (status, problem) = match outcome {
            Ok(Effect::Done) => (BulkStatus::Done, None),
            Ok(Effect::Unchanged) => (BulkStatus::Unchanged, None),
            Err(error) => (BulkStatus::Refused, Some(Problem::from(error))),
        };
        Self {
            id,
            status,
            code: problem.as_ref().map(Problem::code),
            message: problem.map(|problem| problem.detail().to_owned()),
        }
    }
}

/// Which records are meant: those of the ids, or those that match.
pub(crate) fn selection<Id: From<Uuid>, Filter>(
    ids: Option<impl IntoIterator<Item = Uuid>>,
    filter: Option<Filter>,
    after: Option<Uuid>,
) -> Result<Selection<Id, Filter>, Problem> {
    match (ids, filter) {
        (Some(ids), None) if after.is_none() => {
            let ids: Vec<Uuid> = ids.into_iter().collect();
            let mut sorted = ids.clone();
            sorted.sort_unstable();
            sorted.dedup();
            if ids.is_empty() {
                return Err(wrong("ids", "too-short", "must have at least 1 entry"));
            }
            if sorted.len() < ids.len() {
                return Err(wrong("ids", "duplicate", "must not name a record twice"));
            }
            Ok(Selection::Ids(ids.into_iter().map(Id::from).collect()))
        }
        (Some(_), None) => Err(wrong("after", "not-allowed", "goes with a filter only")),
        (None, Some(filter)) => Ok(Selection::Matching {
            filter,
            after: after.map(Id::from),
        }),
        (Some(_), Some(_)) => Err(wrong("filter", "not-allowed", "must not be given with ids")),
        (None, None) => Err(wrong("ids", "required", "must be given, or a filter")),
    }
}

/// What is done to each record. `is_assignment` tells whether changes say who works on it, and nothing else.
pub(crate) fn action<Edit: Default + PartialEq>(
    action: BulkAction,
    changes: Option<Edit>,
    is_assignment: impl FnOnce(&Edit) -> bool,
) -> Result<bulk::BulkAction<Edit>, Problem> {
    match (action, changes) {
        (BulkAction::Update | BulkAction::Assign, None) => {
            Err(wrong("changes", "required", "must be given"))
        }
        (BulkAction::Update | BulkAction::Assign, Some(edit)) if edit == Edit::default() => {
            Err(wrong("changes", "required", "must change something"))
        }
        (BulkAction::Assign, Some(edit)) if !is_assignment(&edit) => {
            let message = "must say who works on it, and nothing else";
            Err(wrong("changes", "not-allowed", message))
        }
        (BulkAction::Update | BulkAction::Assign, Some(edit)) => Ok(bulk::BulkAction::Edit(edit)),
        (BulkAction::Archive | BulkAction::Restore, Some(_)) => Err(wrong(
            "changes",
            "not-allowed",
            "goes with update and assign only",
        )),
        (BulkAction::Archive, None) => Ok(bulk::BulkAction::Archive),
        (BulkAction::Restore, None) => Ok(bulk::BulkAction::Restore),
    }
}

fn wrong(field: &str, code: &str, message: &str) -> Problem {
    Problem::invalid(vec![FieldError::field(field, code, message)])
}

/// Makes the body of a bulk of one kind of record.
macro_rules! bulk_body {
    (
        $(#[$doc:meta])*
        $vis:vis $name:ident of $Id:ident by $Filter:ident as $DomainFilter:ident and $Edit:ident as $DomainEdit:ident,
        given by $assignee:ident
    ) => {
        $(#[$doc])*
        #[derive(Debug, serde::Deserialize, poem_openapi::Object)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        #[oai(rename_all = "camelCase")]
        $vis struct $name {
            /// These records, each once; or a filter.
            ids: Option<$crate::wire::List<uuid::Uuid, { crm_app::bulk::MAX_IDS }>>,
            /// The records that the list with these parameters has, 10,000 at most; `next` in the answer tells where to go on.
            filter: Option<$Filter>,
            /// Goes on where the answer before ended.
            after: Option<uuid::Uuid>,
            /// What is done to each.
            action: $crate::bulk::BulkAction,
            /// What `update` and `assign` change.
            changes: Option<$Edit>,
        }

        impl $name {
            /// Which records, and what is done to them.
            $vis fn into_command(
                self,
            ) -> Result<
                (
                    crm_app::bulk::Selection<$Id, $DomainFilter>,
                    crm_app::bulk::BulkAction<$DomainEdit>,
                ),
                $crate::problem::Problem,
            > {
                let Self {
                    ids,
                    filter,
                    after,
                    action,
                    changes,
                } = self;
                let filter = filter.map($DomainFilter::try_from).transpose();
                let filter = filter.map_err(|problem| problem.below("filter"))?;
                let changes = changes.map($DomainEdit::try_from).transpose();
                let changes = changes.map_err(|problem| problem.below("changes"))?;
                let selection = $crate::bulk::selection(ids, filter, after)?;
                let action = $crate::bulk::action(action, changes, |edit| {
                    let $assignee = edit.$assignee.clone();
                    *edit == $DomainEdit { $assignee, ..$DomainEdit::default() }
                })?;
                Ok((selection, action))
            }
        }
    };
}

pub(crate) use bulk_body;
