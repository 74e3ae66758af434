//! The parameters of the list of tasks.

use crm_domain::ids::UserId;
use crm_domain::task::{self, TaskFilter, TaskQuery, TaskSortField};
use uuid::Uuid;

use super::{TaskPriority, TaskStatus};
use crate::api::permissions::Scope;
use crate::list::{at_most, day, list_parameters};
use crate::problem::Problem;
use crate::query::{QueryParameters, invalid, parse};
use crate::time::Date;
use crate::wire::custom::CustomParameters;
use crate::wire::{Text, wire_enum};

wire_enum! {
    /// When a task is due, seen from the present.
    DueFilter = task::DueFilter {
        /// It should have been done: its day has ended or its instant has passed, and it is neither Done nor Cancelled.
        Overdue = "overdue",
        /// On the day that it is.
        Today = "today",
        /// On the day that it is, or one of the six after it.
        Week = "week",
    }
}

list_parameters! {
    /// The parameters of the list of tasks.
    pub(in crate::api) ListTasks and ExportTasks by TaskSortField, narrowed by FilterTasks {
        /// In this status; repeat it for several.
        #[serde(default)]
        #[oai(default, validator(max_items = 4))]
        status: Vec<TaskStatus>,
        /// Of this priority.
        priority: Option<TaskPriority>,
        /// Done by this user.
        assigned_to: Option<Uuid>,
        /// About this record: its type, a colon and its id, as `Lead:019b7fbc-..`.
        related_to: Option<Text<100>>,
        /// Due then.
        due: Option<DueFilter>,
        /// Due on this day of the workspace's calendar or later.
        from: Option<Date>,
        /// Due on this day of the workspace's calendar or before.
        to: Option<Date>,
        /// With each of these words in the title or the description. A word of three letters or more is found anywhere;
        /// a term of shorter words only is the beginning of the title.
        search: Option<Text<100>>,
        /// Put away, instead of at hand.
        is_archived: Option<bool>,
        /// No farther than this, of what you may see: `own` for yours alone.
        scope: Option<Scope>,
    }
}

/// How many statuses there are, and so how many a list is narrowed to.
const STATUSES: usize = task::TaskStatus::ALL.len();

impl QueryParameters for ListTasks {
    const REPEATABLE: &'static [&'static str] = &["status"];
    const HAS_CUSTOM: bool = true;

    fn custom(&mut self) -> Option<&mut CustomParameters> {
        Some(&mut self.custom)
    }
}

impl TryFrom<ListTasks> for TaskQuery {
    type Error = Problem;

    fn try_from(query: ListTasks) -> Result<Self, Problem> {
        let (filter, sort, page) = query.parts()?;
        let filter = filter.try_into()?;
        Ok(Self { filter, sort, page })
    }
}

impl TryFrom<FilterTasks> for TaskFilter {
    type Error = Problem;

    fn try_from(filter: FilterTasks) -> Result<Self, Problem> {
        let FilterTasks {
            status,
            priority,
            assigned_to,
            related_to,
            due,
            from,
            to,
            search,
            is_archived,
            scope,
            custom,
        } = filter;
        at_most("status", status.len(), STATUSES)?;
        Ok(Self {
            statuses: status.into_iter().map(Into::into).collect(),
            priority: priority.map(Into::into),
            assigned_to: assigned_to.map(UserId::from),
            related_to: related_to.as_ref().map(related).transpose()?,
            due: due.map(Into::into),
            due_from: day("from", from)?,
            due_to: day("to", to)?,
            search: search.map(|text| parse("search", text)).transpose()?,
            scope: scope.map(Into::into),
            custom: custom.conditions()?,
            is_archived: is_archived.unwrap_or_default(),
        })
    }
}

fn related(text: &Text<100>) -> Result<task::Related, Problem> {
    let related = text.as_str().parse();
    related.map_err(|error: task::NotRelated| invalid("relatedTo", "malformed", &error.to_string()))
}
