//! The queue as people look at it. Jobs have no owner, so whoever may see one may see all; who that is, is asked before.

use chrono::{DateTime, Utc};
use crm_authz::Scope;
use crm_domain::ids::JobId;
use crm_domain::job::{JobFilter, QueuedJob};
use crm_domain::page::{Slice, Total};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{DEAD, READY};
use crate::Error;
use crate::query;
use crate::schema::jobs;

#[derive(Queryable, Selectable)]
#[diesel(table_name = jobs, check_for_backend(Pg))]
struct JobRow {
    id: Uuid,
    name: String,
    state: String,
    attempts: i32,
    max_attempts: i32,
    run_at: DateTime<Utc>,
    leased_until: Option<DateTime<Utc>>,
    last_error: Option<String>,
    created_at: DateTime<Utc>,
    died_at: Option<DateTime<Utc>>,
}

impl TryFrom<JobRow> for QueuedJob {
    type Error = Error;

    fn try_from(row: JobRow) -> Result<Self, Error> {
        let JobRow {
            id,
            name,
            state,
            attempts,
            max_attempts,
            run_at,
            leased_until,
            last_error,
            created_at,
            died_at,
        } = row;
        let state = state.parse().map_err(|_| Error::Corrupt {
            table: "jobs",
            id,
            reason: "unknown state".to_owned(),
        })?;
        Ok(Self {
            id: id.into(),
            name,
            state,
            attempts,
            max_attempts,
            run_at,
            leased_until,
            last_error,
            created_at,
            died_at,
        })
    }
}

/// One slice of the jobs that match, the newest first, and whether there are more behind it.
///
/// # Errors
/// When the database fails, or a stored row makes no job.
pub async fn list(
    conn: &mut AsyncPgConnection,
    filter: &JobFilter,
    slice: &Slice,
    _: &Scope<QueuedJob>,
) -> Result<(Vec<QueuedJob>, bool), Error> {
    let JobFilter { state, name } = filter;
    // By the id alone, whose first part is when it was made: one index serves both.
    let mut rows = jobs::table
        .order(jobs::id.desc())
        .select(JobRow::as_select())
        .into_boxed::<Pg>();
    if let Some(state) = state {
        rows = rows.filter(jobs::state.eq(state.as_str()));
    }
    if let Some(name) = name {
        rows = rows.filter(jobs::name.eq(name.clone()));
    }
    if let Slice::After(position, _) = slice {
        rows = rows.filter(jobs::id.lt(position.id));
    }
    let (rows, goes_on): (Vec<JobRow>, bool) = query::slice(conn, rows, slice, false).await?;
    let found = rows.into_iter().map(QueuedJob::try_from);
    Ok((found.collect::<Result<_, _>>()?, goes_on))
}

/// Some jobs after `after` that failed for good, the oldest first.
///
/// # Errors
/// When the database fails.
pub async fn list_dead(
    conn: &mut AsyncPgConnection,
    name: Option<&str>,
    after: Option<JobId>,
    limit: i64,
    _: &Scope<QueuedJob>,
) -> Result<Vec<JobId>, Error> {
    let mut rows = jobs::table
        .filter(jobs::state.eq(DEAD))
        .order(jobs::id)
        .limit(limit)
        .select(jobs::id)
        .into_boxed::<Pg>();
    if let Some(name) = name {
        rows = rows.filter(jobs::name.eq(name));
    }
    if let Some(after) = after {
        rows = rows.filter(jobs::id.gt(after.uuid()));
    }
    let ids: Vec<Uuid> = rows.load(conn).await?;
    Ok(ids.into_iter().map(JobId::from).collect())
}

/// The job `id`.
///
/// # Errors
/// When the database fails, or the stored row makes no job.
pub async fn find(
    conn: &mut AsyncPgConnection,
    id: JobId,
    _: &Scope<QueuedJob>,
) -> Result<Option<QueuedJob>, Error> {
    let query = jobs::table.find(id.uuid()).select(JobRow::as_select());
    let row: Option<JobRow> = query.first(conn).await.optional()?;
    row.map(QueuedJob::try_from).transpose()
}

/// The job `id`, locked until the transaction ends.
///
/// # Errors
/// When the database fails, or the stored row makes no job.
pub async fn lock(
    conn: &mut AsyncPgConnection,
    id: JobId,
    _: &Scope<QueuedJob>,
) -> Result<Option<QueuedJob>, Error> {
    let query = jobs::table.find(id.uuid()).select(JobRow::as_select());
    let row: Option<JobRow> = query.for_update().first(conn).await.optional()?;
    row.map(QueuedJob::try_from).transpose()
}

/// Makes a dead job ready again, as [`QueuedJob::retry`] has it.
///
/// # Errors
/// [`Error::UniqueViolation`] on `jobs_queued_once` when another one with its key is in the queue.
pub async fn revive(conn: &mut AsyncPgConnection, job: &QueuedJob) -> Result<(), Error> {
    let dead = jobs::table.find(job.id.uuid()).filter(jobs::state.eq(DEAD));
    diesel::update(dead)
        .set((
            jobs::state.eq(READY),
            jobs::attempts.eq(job.attempts),
            jobs::run_at.eq(job.run_at),
            jobs::died_at.eq(None::<DateTime<Utc>>),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// What waits in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backlog {
    /// Jobs that are due and that nobody does yet.
    pub due: Total,
    /// Jobs that failed for good.
    pub dead: Total,
    /// Since when the oldest of those that are due has been so.
    pub due_since: Option<DateTime<Utc>>,
}

/// What waits in the queue at `now`; of each so many are counted at most that it is quick however many there are.
///
/// # Errors
/// When the database fails.
pub async fn backlog(conn: &mut AsyncPgConnection, now: DateTime<Utc>) -> Result<Backlog, Error> {
    let due = jobs::table
        .filter(jobs::state.eq(READY))
        .filter(jobs::run_at.le(now))
        .filter(jobs::lease.is_null());
    let dead = jobs::table.filter(jobs::state.eq(DEAD));
    let due_since = due.select(jobs::run_at).order(jobs::run_at);
    let cap = query::total_cap(false, false);
    Ok(Backlog {
        due: query::total(conn, due.select(jobs::id), cap, true).await?,
        dead: query::total(conn, dead.select(jobs::id), cap, true).await?,
        due_since: due_since.first(conn).await.optional()?,
    })
}

/// Removes some jobs that died before an instant; gives how many.
///
/// # Errors
/// When the database fails.
pub async fn delete_dead_before(
    conn: &mut AsyncPgConnection,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<usize, Error> {
    let delete = "delete from jobs where id in (
        select id from jobs where state = 'dead' and died_at < $1
        order by died_at, id limit $2 for update skip locked)";
    Ok(diesel::sql_query(delete)
        .bind::<Timestamptz, _>(before)
        .bind::<BigInt, _>(limit)
        .execute(conn)
        .await?)
}
