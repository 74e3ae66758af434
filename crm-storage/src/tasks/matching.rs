//! Which tasks a filter and a scope mean, and in which order.

use chrono::TimeDelta;
use crm_authz::Scope;
use crm_domain::custom_field::CustomCondition;
use crm_domain::due::DueRange;
use crm_domain::ids::UserId;
use crm_domain::page::Slice;
use crm_domain::permission::Ownership;
use crm_domain::task::{
    DueFilter, Task, TaskFilter, TaskFilterAt, TaskSort, TaskSortField, TaskStatus,
};
use crm_domain::text::SearchTerm;
use diesel::dsl::sql;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use crate::custom_fields::sort_key;
use crate::query::Order;
use crate::record::{custom, narrowed};
use crate::schema::{tasks, users};

narrowed!(tasks: Task, named by title_key);
custom!(tasks);

/// Whether all tasks, or those in one status, are meant: then one plan is good for all values. See leads.
pub(super) fn is_plain(at: &TaskFilterAt) -> bool {
    let TaskFilter {
        statuses,
        priority,
        assigned_to,
        related_to,
        due,
        due_from,
        due_to,
        search,
        scope: _,
        custom,
        is_archived: _,
    } = &at.filter;
    statuses.len() <= 1
        && priority.is_none()
        && assigned_to.is_none()
        && related_to.is_none()
        && due.is_none()
        && due_from.is_none()
        && due_to.is_none()
        && search.is_none()
        && custom.is_empty()
}

/// The words that are looked for.
pub(super) const fn words(at: &TaskFilterAt) -> Option<&SearchTerm> {
    at.filter.search.as_ref()
}

/// The tasks of the filter's user, if it has one, within the scope: those at hand, or those that are put away.
pub(super) fn at_hand(at: &TaskFilterAt, scope: &Scope<Task>) -> Rows {
    archived(
        visible_of(at.filter.assigned_to, scope),
        at.filter.is_archived,
    )
}

/// The tasks that match the filter within the scope.
pub(super) fn matching(at: &TaskFilterAt, scope: &Scope<Task>) -> Rows {
    let TaskFilter {
        statuses,
        priority,
        assigned_to: _,
        related_to,
        due,
        due_from: _,
        due_to: _,
        search,
        // How far the scope reaches was decided where it was made.
        scope: _,
        custom: conditions,
        is_archived: _,
    } = &at.filter;
    let mut rows = in_statuses(at_hand(at, scope), statuses);
    if let Some(priority) = priority {
        rows = rows.filter(tasks::priority_rank.eq(priority.rank()));
    }
    if let Some(related) = related_to {
        rows = rows
            .filter(tasks::related_type.eq(related.kind().as_str()))
            .filter(tasks::related_id.eq(related.uuid()));
    }
    if *due == Some(DueFilter::Overdue) {
        rows = open(rows);
    }
    if let Some(range) = at.due() {
        rows = due_within(rows, range);
    }
    searched(custom(rows, conditions), search.as_ref())
}

fn in_statuses(rows: Rows, statuses: &[TaskStatus]) -> Rows {
    match statuses {
        [] => rows,
        // One status is an equality, so that its index also gives the order.
        [status] => rows.filter(tasks::status.eq(status.as_str())),
        several => rows
            .filter(tasks::status.eq_any(several.iter().map(|s| s.as_str()).collect::<Vec<_>>())),
    }
}

/// Those that are still to be done. Written out, not bound, for the partial index.
pub(super) fn open(rows: Rows) -> Rows {
    rows.filter(sql::<Bool>("tasks.status in ('Open', 'InProgress')"))
}

/// More than lies between the ends of one day in any two zones.
const BETWEEN_ZONES: TimeDelta = TimeDelta::hours(30);

/// Those that are due within the range.
///
/// The key may be of a zone that the workspace no longer has. It only says to an index where to look; what decides is the
/// day itself, or the instant.
fn due_within(rows: Rows, range: DueRange) -> Rows {
    let DueRange {
        first,
        last,
        from,
        until,
    } = range;
    let is_due = tasks::due_date
        .between(first, last)
        .or(tasks::due_at.ge(from).and(tasks::due_at.lt(until)));
    rows.filter(tasks::due_key.ge(from - BETWEEN_ZONES))
        .filter(tasks::due_key.lt(until + BETWEEN_ZONES))
        .filter(is_due.assume_not_null())
}

/// The columns that the tasks are sorted by.
pub(super) fn order(sort: TaskSort) -> Order {
    let column = match sort.field {
        TaskSortField::Custom(key) => {
            let key = sort_key("tasks", key);
            return Order::by(key, "tasks.id", sort.direction);
        }
        TaskSortField::Due => "tasks.due_key",
        TaskSortField::Priority => "tasks.priority_rank",
        TaskSortField::CreatedAt => "tasks.created_at",
        TaskSortField::UpdatedAt => "tasks.updated_at",
    };
    Order::new(column, "tasks.id", sort.direction)
}
