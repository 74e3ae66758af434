//! A task as a row, and back.

use chrono::{DateTime, NaiveDate, Utc};
use crm_domain::due::{Due, never};
use crm_domain::ids::{TaskId, UserId};
use crm_domain::task::{Related, RelatedKind, Task};
use crm_domain::text::{Note, Title};
use diesel::pg::Pg;
use diesel::prelude::*;
use serde_json::Value;
use uuid::Uuid;

use crate::Error;
use crate::custom_fields::CustomColumn;
use crate::schema::tasks;

/// The columns that make a task, for reading, inserting and updating.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = tasks, check_for_backend(Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct TaskRow {
    id: Uuid,
    title: String,
    description: Option<String>,
    status: String,
    priority: String,
    due_date: Option<NaiveDate>,
    due_at: Option<DateTime<Utc>>,
    due_key: DateTime<Utc>,
    assigned_to: Option<Uuid>,
    related_type: Option<String>,
    related_id: Option<Uuid>,
    remind_at: Option<DateTime<Utc>>,
    reminded_at: Option<DateTime<Utc>>,
    completed_at: Option<DateTime<Utc>>,
    custom: CustomColumn,
    is_archived: bool,
    version: i32,
    created_by: Option<Uuid>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// The columns that are computed from a task for sorting and finding, and never read back.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = tasks)]
pub(super) struct TaskKeys {
    title_key: String,
    search_text: String,
    priority_rank: i16,
    custom_keys: Value,
}

impl From<&Task> for TaskKeys {
    fn from(task: &Task) -> Self {
        Self {
            title_key: task.title.key(),
            search_text: task.search_text(),
            priority_rank: task.priority.rank(),
            custom_keys: task.custom.keys(),
        }
    }
}

impl From<&Task> for TaskRow {
    fn from(task: &Task) -> Self {
        let Task {
            id,
            title,
            description,
            status,
            priority,
            due,
            deadline,
            assigned_to,
            related_to,
            remind_at,
            reminded_at,
            completed_at,
            custom,
            is_archived,
            version,
            created_by,
            created_at,
            updated_at,
        } = task;
        Self {
            id: id.uuid(),
            title: title.to_string(),
            description: description.as_ref().map(ToString::to_string),
            status: status.to_string(),
            priority: priority.to_string(),
            due_date: due.and_then(Due::date),
            due_at: due.and_then(Due::instant),
            due_key: deadline.unwrap_or_else(never),
            assigned_to: assigned_to.map(UserId::uuid),
            related_type: related_to.map(|related| related.kind().as_str().to_owned()),
            related_id: related_to.map(Related::uuid),
            remind_at: *remind_at,
            reminded_at: *reminded_at,
            completed_at: *completed_at,
            custom: CustomColumn(custom.clone()),
            is_archived: *is_archived,
            version: *version,
            created_by: created_by.map(UserId::uuid),
            created_at: *created_at,
            updated_at: *updated_at,
        }
    }
}

impl TryFrom<TaskRow> for Task {
    type Error = Error;

    fn try_from(row: TaskRow) -> Result<Self, Error> {
        let related_to = related(&row)?;
        let TaskRow {
            id,
            title,
            description,
            status,
            priority,
            due_date,
            due_at,
            due_key,
            assigned_to,
            related_type: _,
            related_id: _,
            remind_at,
            reminded_at,
            completed_at,
            custom,
            is_archived,
            version,
            created_by,
            created_at,
            updated_at,
        } = row;
        let due = due_date.map(Due::On).or(due_at.map(Due::At));
        Ok(Self {
            id: TaskId::from(id),
            title: Title::from_stored(title),
            description: description.map(Note::from_stored),
            status: status.parse().map_err(|_| corrupt(id, "unknown status"))?,
            priority: priority
                .parse()
                .map_err(|_| corrupt(id, "unknown priority"))?,
            due,
            deadline: due.map(|_| due_key),
            assigned_to: assigned_to.map(UserId::from),
            related_to,
            remind_at,
            reminded_at,
            completed_at,
            custom: custom.0,
            is_archived,
            version,
            created_by: created_by.map(UserId::from),
            created_at,
            updated_at,
        })
    }
}

fn related(row: &TaskRow) -> Result<Option<Related>, Error> {
    let Some((kind, id)) = row.related_type.as_deref().zip(row.related_id) else {
        return Ok(None);
    };
    let kind: RelatedKind = kind
        .parse()
        .map_err(|_| corrupt(row.id, "about an unknown kind of record"))?;
    Ok(Some(kind.record(id)))
}

fn corrupt(id: Uuid, reason: &str) -> Error {
    Error::Corrupt {
        table: "tasks",
        id,
        reason: reason.to_owned(),
    }
}
