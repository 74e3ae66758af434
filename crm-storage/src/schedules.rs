//! When schedules fire next.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::Error;
use crate::schema::schedules;

/// A schedule as the program has it.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    /// Its name.
    pub name: &'static str,
    /// The time between two of its times.
    pub every: TimeDelta,
    /// When it fires first if it is new.
    pub first_at: DateTime<Utc>,
}

/// Makes these schedules known. One that is known stays as it is, unless its interval is another one: then it fires next as if
/// it were new, or when it would have.
///
/// # Errors
/// When the database refuses it.
pub async fn ensure(conn: &mut AsyncPgConnection, known: &[Known]) -> Result<(), Error> {
    let names: Vec<_> = known.iter().map(|known| known.name).collect();
    let every: Vec<_> = known
        .iter()
        .map(|known| known.every.num_milliseconds())
        .collect();
    let first: Vec<_> = known.iter().map(|known| known.first_at).collect();
    diesel::sql_query(
        "insert into schedules (name, every_ms, next_at) select * from unnest($1, $2, $3)
         on conflict (name) do update
         set every_ms = excluded.every_ms, next_at = least(schedules.next_at, excluded.next_at)
         where schedules.every_ms <> excluded.every_ms",
    )
    .bind::<Array<Text>, _>(names)
    .bind::<Array<BigInt>, _>(every)
    .bind::<Array<Timestamptz>, _>(first)
    .execute(conn)
    .await?;
    Ok(())
}

/// Those of these schedules that are due, with when they were: locked until the transaction ends, less those that
/// somebody else has locked.
///
/// # Errors
/// When the database fails.
pub async fn lock_due(
    conn: &mut AsyncPgConnection,
    names: &[&str],
    now: DateTime<Utc>,
) -> Result<Vec<(String, DateTime<Utc>)>, Error> {
    Ok(schedules::table
        .filter(schedules::name.eq_any(names))
        .filter(schedules::next_at.le(now))
        .order(schedules::name)
        .for_update()
        .skip_locked()
        .select((schedules::name, schedules::next_at))
        .load(conn)
        .await?)
}

/// Sets when a schedule fires next.
///
/// # Errors
/// When the database fails.
pub async fn set_next(
    conn: &mut AsyncPgConnection,
    name: &str,
    next_at: DateTime<Utc>,
) -> Result<(), Error> {
    diesel::update(schedules::table.find(name))
        .set(schedules::next_at.eq(next_at))
        .execute(conn)
        .await?;
    Ok(())
}
