//! The queue: add jobs, take those that are due, keep them, and finish them one way or the other.
//!
//! What is due is a matter of the clock that the caller brings. Leases are a matter of the database's own clock, which all
//! servers share: two that do not agree on the time do not take each other's jobs.

mod admin;

use std::time::Duration;

use chrono::{DateTime, Utc};
use crm_domain::ids::JobId;
use diesel::prelude::*;
use diesel::sql_types::{
    Array, BigInt, Double, Integer, Jsonb, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use crate::Error;
use crate::schema::jobs;

pub use admin::{Backlog, backlog, delete_dead_before, find, list, list_dead, lock, revive};

/// The longest partition key and unique key, in characters.
pub const MAX_KEY_CHARS: usize = 200;

/// The longest error that is kept, in characters.
pub const MAX_ERROR_CHARS: usize = 2_000;

const READY: &str = "ready";
const DEAD: &str = "dead";

/// A job to be queued.
#[derive(Debug, Clone, PartialEq)]
pub struct NewJob {
    /// Identifies the job.
    pub id: JobId,
    /// What handles it.
    pub name: &'static str,
    /// What it is given.
    pub payload: Value,
    /// Jobs of one name with the same key run one after the other.
    pub partition_key: Option<String>,
    /// While a job is ready, another one of its name and key is not queued.
    pub unique_key: Option<String>,
    /// When it is due.
    pub run_at: DateTime<Utc>,
    /// How often it is begun before it has failed for good.
    pub max_attempts: i32,
    /// When it is queued.
    pub created_at: DateTime<Utc>,
}

#[derive(Insertable)]
#[diesel(table_name = jobs, treat_none_as_default_value = false)]
struct NewRow {
    id: Uuid,
    name: &'static str,
    payload: Value,
    partition_key: Option<String>,
    unique_key: Option<String>,
    state: &'static str,
    run_at: DateTime<Utc>,
    attempts: i32,
    max_attempts: i32,
    created_at: DateTime<Utc>,
}

impl From<NewJob> for NewRow {
    fn from(job: NewJob) -> Self {
        let NewJob {
            id,
            name,
            payload,
            partition_key,
            unique_key,
            run_at,
            max_attempts,
            created_at,
        } = job;
        Self {
            id: id.uuid(),
            name,
            payload,
            partition_key,
            unique_key,
            state: READY,
            run_at,
            attempts: 0,
            max_attempts,
            created_at,
        }
    }
}

/// Queues jobs; gives how many. One whose unique key is in the queue already is left out.
///
/// # Errors
/// When the database refuses it.
pub async fn insert(conn: &mut AsyncPgConnection, new: Vec<NewJob>) -> Result<usize, Error> {
    let rows: Vec<_> = new.into_iter().map(NewRow::from).collect();
    let table = diesel::insert_into(jobs::table);
    let queued = match <[NewRow; 1]>::try_from(rows) {
        // A statement of one row is kept prepared.
        Ok([row]) => table.values(row).on_conflict_do_nothing().execute(conn),
        Err(rows) => table.values(rows).on_conflict_do_nothing().execute(conn),
    };
    Ok(queued.await?)
}

/// Proves that somebody holds a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease(Uuid);

impl Lease {
    /// The lease of this token, which nobody else has.
    #[must_use]
    pub const fn new(token: Uuid) -> Self {
        Self(token)
    }
}

/// A job that was taken to be done.
#[derive(Debug, Clone, PartialEq)]
pub struct Claimed {
    /// Identifies the job.
    pub id: JobId,
    /// What handles it.
    pub name: String,
    /// What it is given.
    pub payload: Value,
    /// Which attempt this is, from 1.
    pub attempt: i32,
    /// How many there may be.
    pub max_attempts: i32,
    /// By what it is held.
    pub lease: Lease,
}

#[derive(QueryableByName)]
struct ClaimedRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Jsonb)]
    payload: Value,
    #[diesel(sql_type = Integer)]
    attempts: i32,
    #[diesel(sql_type = Integer)]
    max_attempts: i32,
}

/// Who takes jobs, and of which kinds.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'a> {
    /// The names of the jobs that the caller can do. Others are left for who can.
    pub names: &'a [&'a str],
    /// The present instant.
    pub now: DateTime<Utc>,
    /// The most jobs.
    pub limit: i64,
    /// By what they are held.
    pub lease: Lease,
    /// For how long.
    pub lasts: Duration,
}

/// Takes jobs that are due and that nobody else holds. Of a partition, only the first.
///
/// # Errors
/// When the database fails.
pub async fn claim(conn: &mut AsyncPgConnection, claim: Claim<'_>) -> Result<Vec<Claimed>, Error> {
    let Claim {
        names,
        now,
        limit,
        lease,
        lasts,
    } = claim;
    let rows: Vec<ClaimedRow> = diesel::sql_query(
        "with due as (
             select id from jobs
             where state = 'ready' and run_at <= $1
               -- As no condition of an index: what is due is walked through in order, until there is enough.
               and (name = any($2)) is true
               and (leased_until is null or leased_until < now())
               and (partition_key is null or not exists (
                   select from jobs earlier
                   where earlier.name = jobs.name and earlier.partition_key = jobs.partition_key
                     and earlier.state = 'ready' and earlier.position < jobs.position))
             order by run_at, position
             limit $3
             for update skip locked)
         update jobs
         set attempts = attempts + 1, lease = $4, leased_until = now() + make_interval(secs => $5)
         from due
         where jobs.id = due.id
         returning jobs.id, name, payload, attempts, max_attempts",
    )
    .bind::<Timestamptz, _>(now)
    .bind::<Array<Text>, _>(names)
    .bind::<BigInt, _>(limit)
    .bind::<SqlUuid, _>(lease.0)
    .bind::<Double, _>(lasts.as_secs_f64())
    .load(conn)
    .await?;
    let claimed = |row: ClaimedRow| Claimed {
        id: row.id.into(),
        name: row.name,
        payload: row.payload,
        attempt: row.attempts,
        max_attempts: row.max_attempts,
        lease,
    };
    Ok(rows.into_iter().map(claimed).collect())
}

/// The row of a job, as long as it is held by this lease.
macro_rules! held {
    ($id:expr, $lease:expr) => {
        jobs::table
            .filter(jobs::id.eq($id.uuid()))
            .filter(jobs::lease.eq($lease.0))
    };
}

/// Holds a job for so long from now on; `false` when somebody else may hold it.
///
/// # Errors
/// When the database fails.
pub async fn renew(
    conn: &mut AsyncPgConnection,
    id: JobId,
    lease: Lease,
    lasts: Duration,
) -> Result<bool, Error> {
    let until = diesel::dsl::sql::<diesel::sql_types::Nullable<Timestamptz>>(
        "now() + make_interval(secs => ",
    )
    .bind::<Double, _>(lasts.as_secs_f64())
    .sql(")");
    // One that has run out is not taken up again, though nobody else has it yet: its holder was told so.
    let held = held!(id, lease)
        .filter(jobs::leased_until.ge(diesel::dsl::now.into_sql::<Timestamptz>().nullable()));
    let renewed = diesel::update(held).set(jobs::leased_until.eq(until));
    Ok(renewed.execute(conn).await? == 1)
}

/// Takes a job that is done out of the queue; `false` when somebody else holds it.
///
/// # Errors
/// When the database fails.
pub async fn finish(conn: &mut AsyncPgConnection, id: JobId, lease: Lease) -> Result<bool, Error> {
    Ok(diesel::delete(held!(id, lease)).execute(conn).await? == 1)
}

/// Puts a job back that failed, to run again at an instant; `false` when somebody else holds it.
///
/// # Errors
/// When the database fails.
pub async fn retry_later(
    conn: &mut AsyncPgConnection,
    id: JobId,
    lease: Lease,
    run_at: DateTime<Utc>,
    error: &str,
) -> Result<bool, Error> {
    let back = diesel::update(held!(id, lease)).set((
        jobs::run_at.eq(run_at),
        jobs::last_error.eq(error),
        jobs::lease.eq(None::<Uuid>),
        jobs::leased_until.eq(None::<DateTime<Utc>>),
    ));
    Ok(back.execute(conn).await? == 1)
}

/// Puts a job aside that failed for good; `false` when somebody else holds it.
///
/// # Errors
/// When the database fails.
pub async fn bury(
    conn: &mut AsyncPgConnection,
    id: JobId,
    lease: Lease,
    died_at: DateTime<Utc>,
    error: &str,
) -> Result<bool, Error> {
    let aside = diesel::update(held!(id, lease)).set((
        jobs::state.eq(DEAD),
        jobs::died_at.eq(died_at),
        jobs::last_error.eq(error),
        jobs::lease.eq(None::<Uuid>),
        jobs::leased_until.eq(None::<DateTime<Utc>>),
    ));
    Ok(aside.execute(conn).await? == 1)
}

/// Puts jobs back that were not finished, without counting the attempt: whoever held them had to stop.
///
/// # Errors
/// When the database fails.
pub async fn release(
    conn: &mut AsyncPgConnection,
    held: &[(JobId, Lease)],
    run_at: DateTime<Utc>,
) -> Result<usize, Error> {
    let (ids, leases): (Vec<_>, Vec<_>) =
        held.iter().map(|(id, lease)| (id.uuid(), lease.0)).unzip();
    // Leases are of one claim each, so a job and a lease of the two lists always belong together.
    let rows = jobs::table
        .filter(jobs::id.eq_any(ids))
        .filter(jobs::lease.eq_any(leases));
    let back = diesel::update(rows).set((
        jobs::attempts.eq(jobs::attempts - 1),
        jobs::run_at.eq(run_at),
        jobs::lease.eq(None::<Uuid>),
        jobs::leased_until.eq(None::<DateTime<Utc>>),
    ));
    Ok(back.execute(conn).await?)
}
