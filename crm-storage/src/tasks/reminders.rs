//! Reminders that are to be given.

use chrono::{DateTime, Utc};
use crm_authz::Scope;
use crm_domain::ids::TaskId;
use crm_domain::task::Task;
use diesel::dsl::{not, sql};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::row::TaskRow;
use crate::Error;
use crate::schema::tasks;
use crate::visibility::within;

/// Some tasks of which somebody is to be reminded by now, locked until the transaction ends, less those that somebody else
/// has locked.
///
/// # Errors
/// When the database fails, or a stored row makes no task.
pub async fn lock_to_remind_of(
    conn: &mut AsyncPgConnection,
    now: DateTime<Utc>,
    limit: u32,
    scope: &Scope<Task>,
) -> Result<Vec<Task>, Error> {
    // Written out, not bound, for the partial index.
    let rows: Vec<TaskRow> = tasks::table
        .filter(within(scope))
        .filter(tasks::remind_at.le(now))
        .filter(tasks::reminded_at.is_null())
        .filter(not(tasks::is_archived))
        .filter(sql::<Bool>("tasks.status in ('Open', 'InProgress')"))
        .order((tasks::remind_at, tasks::id))
        .limit(limit.into())
        .select(TaskRow::as_select())
        .for_update()
        .skip_locked()
        .load(conn)
        .await?;
    rows.into_iter().map(Task::try_from).collect()
}

/// Notes that the reminders of these tasks were given. No change of the tasks: they keep their versions.
///
/// # Errors
/// When the database fails.
pub async fn set_reminded(
    conn: &mut AsyncPgConnection,
    ids: &[TaskId],
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    diesel::update(tasks::table.filter(tasks::id.eq_any(ids)))
        .set(tasks::reminded_at.eq(at))
        .execute(conn)
        .await?;
    Ok(())
}
