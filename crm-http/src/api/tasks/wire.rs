//! What the operations on tasks take and give.

mod bulk;
mod input;
mod query;

pub(super) use bulk::{BulkTasks, CreateTasks};
pub(super) use input::{CreateTask, EditTask};
pub(super) use query::ExportTasks;
use query::FilterTasks;
pub(in crate::api) use query::ListTasks;

use chrono::{DateTime, Utc};
use crm_app::tasks::ListedTask;
use crm_domain::custom_field::CustomValues;
use crm_domain::due::Due;
use crm_domain::ids::{TaskId, UserId};
use crm_domain::task;
use poem_openapi::Object;
use serde::Serialize;
use uuid::Uuid;

use crate::api::users::UserReference;
use crate::export::Row;
use crate::list::list_answer;
use crate::time::Date;
use crate::wire::custom::CustomObject;
use crate::wire::{NameText, NoteText, Text, TitleText, wire_enum};

wire_enum! {
    /// Where a task stands.
    TaskStatus = task::TaskStatus {
        /// Nobody has begun.
        Open,
        /// Somebody has.
        InProgress,
        /// It is done.
        Done,
        /// It is not going to be done.
        Cancelled,
    }
}

wire_enum! {
    /// How much a task matters, from little to much.
    TaskPriority = task::Priority {
        /// Less than others.
        Low,
        /// As others.
        Medium,
        /// More than others.
        High,
        /// Before all others.
        Urgent,
    }
}

wire_enum! {
    /// What kind of record a task is about.
    RelatedType = task::RelatedKind {
        /// A lead.
        Lead,
        /// A customer.
        Customer,
    }
}

/// A task.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
pub struct Task {
    /// Identifies the task.
    id: Uuid,
    /// What is to be done.
    title: TitleText,
    /// The same at length.
    description: Option<NoteText>,
    /// Where it stands.
    status: TaskStatus,
    /// How much it matters.
    priority: TaskPriority,
    /// The day on which it is due, which is the same in every zone. It is overdue when that day has ended in the
    /// workspace's time zone.
    due_date: Option<Date>,
    /// The instant at which it is due, instead of a day.
    due_at: Option<DateTime<Utc>>,
    /// Who does it.
    assigned_to: Option<UserReference>,
    /// What it is about.
    related_to: Option<RelatedRecord>,
    /// When somebody is to be reminded.
    remind_at: Option<DateTime<Utc>>,
    /// When it was done; only while it is Done.
    completed_at: Option<DateTime<Utc>>,
    /// The values of custom fields, by their keys.
    custom: CustomObject,
    /// Whether it is put away.
    is_archived: bool,
    /// Counts writes, from 1.
    #[oai(validator(minimum(value = "1"), maximum(value = "2147483647")))]
    version: i32,
    /// Who made the record; `null` for the program itself.
    created_by: Option<Uuid>,
    /// When the record was made.
    created_at: DateTime<Utc>,
    /// When the record was last changed.
    updated_at: DateTime<Utc>,
}

/// The record that a task is about.
#[derive(Debug, Serialize, Object)]
struct RelatedRecord {
    /// What kind it is.
    #[serde(rename = "type")]
    #[oai(rename = "type")]
    kind: RelatedType,
    /// Which one.
    id: Uuid,
    /// Its name; `null` for who may not see it.
    name: Option<NameText>,
}

impl From<ListedTask> for Task {
    fn from(listed: ListedTask) -> Self {
        let ListedTask {
            task,
            assignee,
            related_name,
            hidden,
        } = listed;
        let task::Task {
            id,
            title,
            description,
            status,
            priority,
            due,
            deadline: _,
            assigned_to: _,
            related_to,
            remind_at,
            reminded_at: _,
            completed_at,
            custom,
            is_archived,
            version,
            created_by,
            created_at,
            updated_at,
        } = &task;
        let related = |related: task::Related| RelatedRecord {
            kind: related.kind().into(),
            id: related.uuid(),
            name: related_name.as_ref().map(Text::from),
        };
        Self {
            id: TaskId::uuid(*id),
            title: title.into(),
            description: description.as_ref().map(Text::from),
            status: (*status).into(),
            priority: (*priority).into(),
            due_date: due.and_then(Due::date).map(Date::from),
            due_at: due.and_then(Due::instant),
            assigned_to: assignee.as_ref().map(UserReference::from),
            related_to: related_to.map(related),
            remind_at: *remind_at,
            completed_at: *completed_at,
            custom: CustomObject::new(custom, &hidden),
            is_archived: *is_archived,
            version: *version,
            created_by: created_by.map(UserId::uuid),
            created_at: *created_at,
            updated_at: *updated_at,
        }
    }
}

impl Row for Task {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "title",
        "description",
        "status",
        "priority",
        "dueDate",
        "dueAt",
        "assignedTo.id",
        "assignedTo.name",
        "assignedTo.emailId",
        "relatedTo.type",
        "relatedTo.id",
        "relatedTo.name",
        "remindAt",
        "completedAt",
        "isArchived",
        "version",
        "createdBy",
        "createdAt",
        "updatedAt",
    ];

    fn custom(&self) -> &CustomValues {
        self.custom.values()
    }
}

list_answer! {
    /// A part of a list of tasks.
    pub(super) TaskList from ListedTask {
        /// The tasks.
        tasks: Task,
        /// How many tasks match; `null` after a cursor.
        total_tasks,
    }
}
