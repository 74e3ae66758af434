//! What a list of tasks can be narrowed and sorted by.

use std::fmt;

use chrono::{NaiveDate, TimeDelta};
use serde_json::json;
use uuid::Uuid;

use super::{Priority, Related, Task, TaskStatus};
use crate::activity::{Fields, fields};
use crate::custom_field::{CustomCondition, FieldKey};
use crate::due::{Calendar, DueRange, never};
use crate::export::{Filter, some};
use crate::ids::UserId;
use crate::list::{Direction, ListQuery, Sort, SortField, Sortable};
use crate::page::SortKey;
use crate::permission::Extent;
use crate::text::SearchTerm;

/// Which tasks a list holds; what is `None` or empty does not narrow it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash)]
pub struct TaskFilter {
    /// In any of these statuses.
    pub statuses: Vec<TaskStatus>,
    /// Of this priority.
    pub priority: Option<Priority>,
    /// Done by this user.
    pub assigned_to: Option<UserId>,
    /// About this record.
    pub related_to: Option<Related>,
    /// Due then.
    pub due: Option<DueFilter>,
    /// Due on this day or later.
    pub due_from: Option<NaiveDate>,
    /// Due on this day or before.
    pub due_to: Option<NaiveDate>,
    /// With this in the title or the description.
    pub search: Option<SearchTerm>,
    /// No farther than this, of what the reader may see.
    pub scope: Option<Extent>,
    /// With custom values such as these, each of which must hold.
    pub custom: Vec<CustomCondition>,
    /// Put away, instead of at hand.
    pub is_archived: bool,
}

/// When tasks are due, seen from the present.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DueFilter {
    /// They should have been done.
    Overdue,
    /// On the day that it is.
    Today,
    /// On the day that it is, or one of the six after it.
    Week,
}

impl fmt::Display for DueFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Overdue => "overdue",
            Self::Today => "today",
            Self::Week => "week",
        })
    }
}

/// A filter at an instant: only then is it known what is overdue, and which day it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskFilterAt {
    /// The filter.
    pub filter: TaskFilter,
    /// The instant.
    pub calendar: Calendar,
}

impl TaskFilterAt {
    /// When the tasks are due; `None` when they need not be due at all.
    #[must_use]
    pub fn due(&self) -> Option<DueRange> {
        let zone = self.calendar.zone;
        let TaskFilter {
            due,
            due_from,
            due_to,
            ..
        } = &self.filter;
        let ranges = [
            due.map(|due| due.range(self.calendar)),
            due_from.map(|first| DueRange::since(first, zone)),
            due_to.map(|last| DueRange::through(last, zone)),
        ];
        ranges.into_iter().flatten().reduce(DueRange::and)
    }
}

impl TaskFilter {
    /// Its conditions by their names on the wire; one that does not narrow is `null`.
    #[must_use]
    pub fn fields(&self) -> Fields {
        let Self {
            statuses,
            priority,
            assigned_to,
            related_to,
            due,
            due_from,
            due_to,
            search,
            scope,
            custom,
            is_archived,
        } = self;
        let statuses: Vec<_> = statuses.iter().map(|status| status.as_str()).collect();
        let mut fields = fields([
            ("status", some(&statuses)),
            ("priority", json!(priority.map(Priority::as_str))),
            ("assignedTo", json!(assigned_to)),
            ("relatedTo", json!(related_to.map(|to| to.to_string()))),
            ("due", json!(due.map(DueFilter::as_str))),
            ("from", json!(due_from)),
            ("to", json!(due_to)),
            ("search", json!(search)),
            ("scope", json!(scope.map(Extent::as_str))),
            ("isArchived", json!(is_archived)),
        ]);
        fields.extend(custom.iter().map(CustomCondition::field));
        fields
    }
}

impl Filter for TaskFilterAt {
    fn fields(&self) -> Fields {
        self.filter.fields()
    }

    fn extent(&self) -> Option<Extent> {
        self.filter.scope
    }

    fn custom(&self) -> &[CustomCondition] {
        &self.filter.custom
    }

    fn set_custom(&mut self, conditions: Vec<CustomCondition>) {
        self.filter.custom = conditions;
    }
}

impl DueFilter {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::Today => "today",
            Self::Week => "week",
        }
    }

    fn range(self, calendar: Calendar) -> DueRange {
        let today = calendar.today();
        let days = |last| {
            let since = DueRange::since(today, calendar.zone);
            since.and(DueRange::through(last, calendar.zone))
        };
        match self {
            Self::Overdue => DueRange::past(calendar),
            Self::Today => days(today),
            Self::Week => days(today + TimeDelta::days(6)),
        }
    }
}

/// What a list of tasks is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TaskSortField {
    /// When the task is due; without that, at the end.
    Due,
    /// How much it matters.
    Priority,
    /// When it was made.
    CreatedAt,
    /// When it was last changed.
    UpdatedAt,
    /// A custom field; without a value, at the end.
    Custom(FieldKey),
}

/// How a list of tasks is sorted.
pub type TaskSort = Sort<TaskSortField>;

/// Which tasks, in which order, and which part of them.
pub type TaskQuery = ListQuery<TaskFilter, TaskSortField>;

impl SortField for TaskSortField {
    const NAME: &'static str = "TaskSort";
    const ALL: &'static [Self] = &[Self::Due, Self::Priority, Self::CreatedAt, Self::UpdatedAt];
    /// What is due first.
    const DEFAULT: TaskSort = Sort {
        field: Self::Due,
        direction: Direction::Ascending,
    };

    fn as_str(self) -> &'static str {
        match self {
            Self::Due => "dueAt",
            Self::Priority => "priority",
            Self::CreatedAt => "createdAt",
            Self::UpdatedAt => "updatedAt",
            Self::Custom(_) => "custom",
        }
    }

    fn of_custom(key: FieldKey) -> Option<Self> {
        Some(Self::Custom(key))
    }

    fn custom(self) -> Option<FieldKey> {
        match self {
            Self::Custom(key) => Some(key),
            _ => None,
        }
    }
}

impl Sortable<TaskSortField> for Task {
    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    fn sort_key(&self, field: TaskSortField) -> SortKey {
        match field {
            TaskSortField::Due => SortKey::Time(self.deadline.unwrap_or_else(never)),
            TaskSortField::Priority => SortKey::Number(self.priority.rank()),
            TaskSortField::CreatedAt => SortKey::Time(self.created_at),
            TaskSortField::UpdatedAt => SortKey::Time(self.updated_at),
            TaskSortField::Custom(key) => SortKey::Text(self.custom.sort_key(key)),
        }
    }
}
