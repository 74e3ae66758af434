//! Tasks: find, lock, list, count, insert, update. Every query carries the caller's scope.

mod matching;
mod reminders;
mod row;
mod search;

use chrono::{DateTime, Utc};
use crm_authz::Scope;
use crm_domain::custom_field::{FieldKey, FieldResource};
use crm_domain::ids::{TaskId, UserId};
use crm_domain::list::SortField as _;
use crm_domain::page::{Slice, Total};
use crm_domain::task::{Related, RelatedKind, Task, TaskFilterAt, TaskSort};
use crm_domain::text::{Name, SearchTerm};
use crm_domain::user::UserRef;
use diesel::dsl::not;
use diesel::prelude::*;
use diesel::sql_types::Integer;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::Error;
use crate::cursor;
use crate::custom_fields::{self, Hidden};
use crate::query::{self, Part};
use crate::record::{in_order, stored, walked};
use crate::schema::tasks;
use crate::users::UserRefRow;

pub use reminders::{lock_to_remind_of, set_reminded};

use matching::{
    at_hand, is_plain, matching, order, sliced, visible, visible_of, with_assignee, words,
};
use row::{TaskKeys, TaskRow};
pub use search::{newest, newest_with_words, search};

stored!(tasks: Task (TaskId) as TaskRow and TaskKeys, read by Task::try_from);
in_order!(tasks: Task as TaskRow by TaskFilterAt and TaskSort);
walked!(tasks: Task (TaskId) by TaskFilterAt);

/// A task with what lists show besides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedTask {
    /// The task.
    pub task: Task,
    /// The user of `task.assigned_to`.
    pub assignee: Option<UserRef>,
    /// The name of the record of `task.related_to`, where it was looked up and may be read.
    pub related_name: Option<Name>,
    /// The keys of the custom fields that are put away, whose values are not shown.
    pub hidden: Vec<FieldKey>,
}

/// The task `id`, where the scope reaches it. What it is about has no name yet.
///
/// # Errors
/// When the database fails, or the stored row makes no task.
pub async fn find(
    conn: &mut AsyncPgConnection,
    id: TaskId,
    scope: &Scope<Task>,
) -> Result<Option<ListedTask>, Error> {
    let row = with_assignee(visible(scope).filter(tasks::id.eq(id.uuid())))
        .select((
            TaskRow::as_select(),
            Option::<UserRefRow>::as_select(),
            HIDDEN,
        ))
        .first(conn)
        .await
        .optional()?;
    row.map(listed).transpose()
}

/// One slice of the tasks that match, in order. What they are about has no name
/// yet.
///
/// # Errors
/// When the database fails, or a stored row makes no task.
pub async fn list(
    conn: &mut AsyncPgConnection,
    filter: &TaskFilterAt,
    sort: TaskSort,
    slice: &Slice,
    scope: &Scope<Task>,
) -> Result<Part<ListedTask>, Error> {
    let Part {
        records: rows,
        goes_on,
        total,
    } = page(conn, filter, sort, slice, scope).await?;
    Ok(Part {
        records: rows.into_iter().map(listed).collect::<Result<_, _>>()?,
        goes_on,
        total,
    })
}

/// The next of the tasks that [`open`] began to read; none at the end. What they are about has no name yet.
///
/// # Errors
/// When the database fails, or a stored row makes no task.
pub async fn fetch(conn: &mut AsyncPgConnection, rows: u16) -> Result<Vec<ListedTask>, Error> {
    let rows = cursor::fetch::<Selection, _>(conn, rows).await?;
    rows.into_iter().map(listed).collect()
}

/// How many tasks match: exactly, or up to a cap.
///
/// # Errors
/// When the database fails.
pub async fn count(
    conn: &mut AsyncPgConnection,
    filter: &TaskFilterAt,
    exact: bool,
    scope: &Scope<Task>,
) -> Result<Total, Error> {
    let query = matching(filter, scope).select(1.into_sql::<Integer>());
    let cap = query::total_cap(exact, words(filter).is_some());
    query::total(conn, query, cap, is_plain(filter)).await
}

/// The titles of those of these tasks that the scope reaches, put away or not.
///
/// # Errors
/// When the database fails.
pub async fn titles(
    conn: &mut AsyncPgConnection,
    ids: &[Uuid],
    scope: &Scope<Task>,
) -> Result<Vec<(Uuid, String)>, Error> {
    let tasks = visible(scope).filter(tasks::id.eq_any(ids.to_vec()));
    Ok(tasks.select((tasks::id, tasks::title)).load(conn).await?)
}

/// Those of these records that tasks are about, put away or not. Without a scope: it tells no more than that.
///
/// # Errors
/// When the database fails.
pub async fn related(
    conn: &mut AsyncPgConnection,
    kind: RelatedKind,
    ids: &[Uuid],
) -> Result<Vec<Uuid>, Error> {
    let found: Vec<Option<Uuid>> = tasks::table
        .filter(tasks::related_type.eq(kind.as_str()))
        .filter(tasks::related_id.eq_any(ids))
        .select(tasks::related_id)
        .distinct()
        .load(conn)
        .await?;
    Ok(found.into_iter().flatten().collect())
}

/// The newest tasks within the scope, put away or not, about any of these records of a kind.
///
/// # Errors
/// When the database fails.
pub async fn list_about(
    conn: &mut AsyncPgConnection,
    kind: RelatedKind,
    ids: &[Uuid],
    limit: i64,
    scope: &Scope<Task>,
) -> Result<Vec<Uuid>, Error> {
    let about = visible(scope)
        .filter(tasks::related_type.eq(kind.as_str()))
        .filter(tasks::related_id.eq_any(ids.to_vec()));
    // By the id, which begins with the time.
    Ok(about
        .order(tasks::id.desc())
        .limit(limit)
        .select(tasks::id)
        .load(conn)
        .await?)
}

/// Some tasks at hand that are assigned to this user, within the scope, in the order of their ids.
///
/// # Errors
/// When the database fails.
pub async fn list_assigned(
    conn: &mut AsyncPgConnection,
    assignee: UserId,
    limit: i64,
    scope: &Scope<Task>,
) -> Result<Vec<TaskId>, Error> {
    let ids: Vec<Uuid> = visible_of(Some(assignee), scope)
        .filter(not(tasks::is_archived))
        .order(tasks::id)
        .limit(limit)
        .select(tasks::id)
        .load(conn)
        .await?;
    Ok(ids.into_iter().map(TaskId::from).collect())
}

/// Whether any task, put away or not, is about this record.
///
/// Without a scope, as [`leads::is_email_taken`](crate::leads::is_email_taken).
///
/// # Errors
/// When the database fails.
pub async fn is_any_about(conn: &mut AsyncPgConnection, related: Related) -> Result<bool, Error> {
    let about = tasks::table
        .filter(tasks::related_type.eq(related.kind().as_str()))
        .filter(tasks::related_id.eq(related.uuid()));
    Ok(diesel::select(diesel::dsl::exists(about))
        .get_result(conn)
        .await?)
}

/// Makes the tasks about one record tasks about another, put away or not; of these only, where they are named. At most
/// `limit` of them. Gives which they were.
///
/// Without a scope: a task goes with what it is about, whoever does it.
///
/// # Errors
/// When the database refuses it.
pub async fn relate_anew(
    conn: &mut AsyncPgConnection,
    from: Related,
    to: Related,
    only: Option<&[Uuid]>,
    limit: i64,
    now: DateTime<Utc>,
) -> Result<Vec<TaskId>, Error> {
    let mut about = tasks::table
        .filter(tasks::related_type.eq(from.kind().as_str()))
        .filter(tasks::related_id.eq(from.uuid()))
        .order(tasks::id)
        .limit(limit)
        .select(tasks::id)
        .into_boxed();
    if let Some(only) = only {
        about = about.filter(tasks::id.eq_any(only));
    }
    let ids: Vec<Uuid> = about.load(conn).await?;
    let moved: Vec<Uuid> = diesel::update(tasks::table.filter(tasks::id.eq_any(ids)))
        .set((
            tasks::related_type.eq(to.kind().as_str()),
            tasks::related_id.eq(to.uuid()),
            tasks::version.eq(tasks::version + 1),
            tasks::updated_at.eq(now),
        ))
        .returning(tasks::id)
        .get_results(conn)
        .await?;
    Ok(moved.into_iter().map(TaskId::from).collect())
}

/// The task with who does it. What it is about has no name yet.
///
/// # Errors
/// When the database fails.
pub async fn shown(conn: &mut AsyncPgConnection, task: Task) -> Result<ListedTask, Error> {
    let assignee = task.assigned_to;
    let beside = custom_fields::beside(conn, assignee, FieldResource::Task, &task.custom);
    let (assignee, hidden) = beside.await?;
    Ok(ListedTask {
        task,
        assignee,
        hidden,
        related_name: None,
    })
}

const HIDDEN: Hidden = Hidden("task");

fn listed((task, assignee, hidden): Row) -> Result<ListedTask, Error> {
    Ok(ListedTask {
        task: task.try_into()?,
        assignee: assignee.map(UserRef::from),
        related_name: None,
        hidden: custom_fields::field_keys(&hidden),
    })
}
