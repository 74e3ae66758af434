//! Tasks: what is to be done, by whom and until when. A change consumes the old task and returns the next one, or says
//! why not.

mod query;
mod related;
mod status;

pub use query::{DueFilter, TaskFilter, TaskFilterAt, TaskQuery, TaskSort, TaskSortField};
pub use related::{NotRelated, Related, RelatedKind};
pub use status::{Priority, TaskStatus};

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::activity::{Fields, fields};
use crate::change::{Archived, Change};
use crate::custom_field::{CustomEdit, CustomValues};
use crate::due::{Calendar, Due, DueChange};
use crate::ids::{TaskId, UserId};
use crate::search::Searchable;
use crate::text::{Note, Title};

/// A task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Identifies the task.
    pub id: TaskId,
    /// What is to be done.
    pub title: Title,
    /// The same at length.
    pub description: Option<Note>,
    /// Where it stands.
    pub status: TaskStatus,
    /// How much it matters.
    pub priority: Priority,
    /// When it is due.
    pub due: Option<Due>,
    /// The last microsecond at which it is not overdue, by the zone that the workspace had when this was written. Lists
    /// are sorted by it.
    pub deadline: Option<DateTime<Utc>>,
    /// Who does it.
    pub assigned_to: Option<UserId>,
    /// What it is about.
    pub related_to: Option<Related>,
    /// When somebody is to be reminded.
    pub remind_at: Option<DateTime<Utc>>,
    /// When the reminder of `remind_at` was given.
    pub reminded_at: Option<DateTime<Utc>>,
    /// When it was done; only while it is Done.
    pub completed_at: Option<DateTime<Utc>>,
    /// The values of custom fields.
    pub custom: CustomValues,
    /// Whether it is put away: read-only and hidden from lists.
    pub is_archived: bool,
    /// Counts writes, from 1.
    pub version: i32,
    /// Who made the record; `None` for the system.
    pub created_by: Option<UserId>,
    /// When the record was made.
    pub created_at: DateTime<Utc>,
    /// When the record was last changed.
    pub updated_at: DateTime<Utc>,
}

/// What a new task is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTask {
    /// What is to be done.
    pub title: Title,
    /// The same at length.
    pub description: Option<Note>,
    /// Where it stands.
    pub status: TaskStatus,
    /// How much it matters.
    pub priority: Priority,
    /// When it is due.
    pub due: Option<Due>,
    /// Who does it.
    pub assigned_to: Option<UserId>,
    /// What it is about.
    pub related_to: Option<Related>,
    /// When somebody is to be reminded.
    pub remind_at: Option<DateTime<Utc>>,
    /// The values of custom fields; checked by whoever stores the record.
    pub custom: CustomValues,
}

impl NewTask {
    /// An open task of this title and nothing else.
    #[must_use]
    pub fn titled(title: Title) -> Self {
        Self {
            title,
            description: None,
            status: TaskStatus::default(),
            priority: Priority::default(),
            due: None,
            assigned_to: None,
            related_to: None,
            remind_at: None,
            custom: CustomValues::default(),
        }
    }
}

/// Changes to a task; what is not named stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TaskEdit {
    /// What is to be done.
    pub title: Option<Title>,
    /// The same at length.
    pub description: Change<Note>,
    /// Where it stands.
    pub status: Option<TaskStatus>,
    /// How much it matters.
    pub priority: Option<Priority>,
    /// When it is due.
    pub due: DueChange,
    /// Who does it.
    pub assigned_to: Change<UserId>,
    /// What it is about.
    pub related_to: Change<Related>,
    /// When somebody is to be reminded. Another instant than before is a reminder of its own.
    pub remind_at: Change<DateTime<Utc>>,
    /// Changes to the values of custom fields; checked by whoever stores the record.
    pub custom: CustomEdit,
}

impl Task {
    /// A new task.
    #[must_use]
    pub fn create(
        id: TaskId,
        new: NewTask,
        created_by: Option<UserId>,
        calendar: Calendar,
    ) -> Self {
        let NewTask {
            title,
            description,
            status,
            priority,
            due,
            assigned_to,
            related_to,
            remind_at,
            custom,
        } = new;
        let Calendar { now, zone } = calendar;
        Self {
            id,
            title,
            description,
            status,
            priority,
            due,
            deadline: due.map(|due| due.deadline(zone)),
            assigned_to,
            related_to,
            remind_at,
            reminded_at: None,
            completed_at: (status == TaskStatus::Done).then_some(now),
            custom,
            is_archived: false,
            version: 1,
            created_by,
            created_at: now,
            updated_at: now,
        }
    }

    /// The task with `edit` applied; the same version when nothing differs.
    ///
    /// # Errors
    /// [`Archived`] for a task that is put away.
    pub fn edit(self, edit: TaskEdit, calendar: Calendar) -> Result<Self, Archived> {
        self.refuse_archived()?;
        let TaskEdit {
            title,
            description,
            status,
            priority,
            due,
            assigned_to,
            related_to,
            remind_at,
            custom,
        } = edit;
        let before = self.clone();
        let after = Self {
            title: title.unwrap_or(self.title),
            description: description.apply(self.description),
            priority: priority.unwrap_or(self.priority),
            due: due.apply(self.due),
            assigned_to: assigned_to.apply(self.assigned_to),
            related_to: related_to.apply(self.related_to),
            remind_at: remind_at.apply(self.remind_at),
            custom: custom.apply(self.custom),
            ..self
        };
        let status = status.unwrap_or(before.status);
        let after = after
            .in_status(status, calendar.now)
            .dated(&before, calendar);
        Ok(if after == before {
            before
        } else {
            after.written(calendar.now)
        })
    }

    fn in_status(self, status: TaskStatus, now: DateTime<Utc>) -> Self {
        let completed_at = self.completed_at.unwrap_or(now);
        Self {
            status,
            completed_at: (status == TaskStatus::Done).then_some(completed_at),
            ..self
        }
    }

    /// With what follows from the instants that differ from those before.
    fn dated(self, before: &Self, calendar: Calendar) -> Self {
        let deadline = if self.due == before.due {
            self.deadline
        } else {
            self.due.map(|due| due.deadline(calendar.zone))
        };
        let is_reminder_the_same = self.remind_at == before.remind_at;
        Self {
            deadline,
            reminded_at: self.reminded_at.filter(|_| is_reminder_the_same),
            ..self
        }
    }

    /// The task, put away; unchanged when it already was.
    #[must_use]
    pub fn archive(self, now: DateTime<Utc>) -> Self {
        self.put_away(true, now)
    }

    /// The task, taken back; unchanged when it was not put away.
    #[must_use]
    pub fn restore(self, now: DateTime<Utc>) -> Self {
        self.put_away(false, now)
    }

    fn put_away(self, is_archived: bool, now: DateTime<Utc>) -> Self {
        if self.is_archived == is_archived {
            return self;
        }
        Self {
            is_archived,
            ..self
        }
        .written(now)
    }

    const fn refuse_archived(&self) -> Result<(), Archived> {
        if self.is_archived {
            Err(Archived)
        } else {
            Ok(())
        }
    }

    fn written(self, now: DateTime<Utc>) -> Self {
        Self {
            version: self.version + 1,
            updated_at: now,
            ..self
        }
    }

    /// Whether it should have been done: its day has ended, or its instant has passed, and it is neither Done nor
    /// Cancelled.
    #[must_use]
    pub fn is_overdue(&self, calendar: Calendar) -> bool {
        let is_past = |due: Due| calendar.now > due.deadline(calendar.zone);
        self.status.is_open() && self.due.is_some_and(is_past)
    }

    /// The fields that the activity log records.
    #[must_use]
    pub fn fields(&self) -> Fields {
        let Self {
            id: _,
            title,
            description,
            status,
            priority,
            due,
            deadline: _,
            assigned_to,
            related_to,
            remind_at,
            reminded_at: _,
            completed_at,
            custom,
            is_archived,
            version: _,
            created_by: _,
            created_at: _,
            updated_at: _,
        } = self;
        let mut fields = fields([
            ("title", json!(title)),
            ("description", json!(description)),
            ("status", json!(status.as_str())),
            ("priority", json!(priority.as_str())),
            ("dueDate", json!(due.and_then(Due::date))),
            ("dueAt", json!(due.and_then(Due::instant))),
            ("assignedTo", json!(assigned_to)),
            (
                "relatedTo",
                json!(related_to.map(|related| related.to_string())),
            ),
            ("remindAt", json!(remind_at)),
            ("completedAt", json!(completed_at)),
            ("isArchived", json!(is_archived)),
        ]);
        fields.extend(custom.fields());
        fields
    }

    /// What a search looks in: title and description, folded.
    #[must_use]
    pub fn search_text(&self) -> String {
        self.searched().joined()
    }
}

#[cfg(test)]
mod tests;
