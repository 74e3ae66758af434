//! How often somebody tried to sign in. The rules are in `crm-app`.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::Error;
use crate::schema::{sign_in_addresses as addresses, sign_in_attempts as attempts};

/// How many old rows are forgotten at once.
const FORGOTTEN_AT_ONCE: i64 = 100;

/// The attempts on one account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = attempts)]
pub struct Attempts {
    /// The day that they are counted for, in UTC.
    pub day: NaiveDate,
    /// How many there were on that day since the last good one.
    pub count: i32,
    /// When the next one is allowed.
    pub unlock_at: DateTime<Utc>,
}

/// The attempts on an account, locked until the transaction ends; `none` when there were none.
///
/// # Errors
/// When the database fails.
pub async fn lock(
    conn: &mut AsyncPgConnection,
    key: &[u8],
    none: Attempts,
) -> Result<Attempts, Error> {
    // One statement: between two the row may be deleted by a good sign-in.
    Ok(diesel::insert_into(attempts::table)
        .values((attempts::key.eq(key), none))
        .on_conflict(attempts::key)
        .do_update()
        .set(attempts::key.eq(key))
        .returning((attempts::day, attempts::count, attempts::unlock_at))
        .get_result(conn)
        .await?)
}

/// Stores the attempts on an account.
///
/// # Errors
/// When the database fails.
pub async fn update(conn: &mut AsyncPgConnection, key: &[u8], next: Attempts) -> Result<(), Error> {
    diesel::update(attempts::table.find(key))
        .set(next)
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets the attempts on an account.
///
/// # Errors
/// When the database fails.
pub async fn clear(conn: &mut AsyncPgConnection, key: &[u8]) -> Result<(), Error> {
    diesel::delete(attempts::table.find(key))
        .execute(conn)
        .await?;
    Ok(())
}

/// When the bucket of an address is full, locked until the transaction ends; `now` for one that is new.
///
/// # Errors
/// When the database fails.
pub async fn lock_address(
    conn: &mut AsyncPgConnection,
    address: &str,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, Error> {
    Ok(diesel::insert_into(addresses::table)
        .values((addresses::address.eq(address), addresses::full_at.eq(now)))
        .on_conflict(addresses::address)
        .do_update()
        .set(addresses::address.eq(address))
        .returning(addresses::full_at)
        .get_result(conn)
        .await?)
}

/// Stores when the bucket of an address is full.
///
/// # Errors
/// When the database fails.
pub async fn update_address(
    conn: &mut AsyncPgConnection,
    address: &str,
    full_at: DateTime<Utc>,
) -> Result<(), Error> {
    diesel::update(addresses::table.find(address))
        .set(addresses::full_at.eq(full_at))
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets some attempts of the days before `day`, and some addresses whose buckets have been full since `full`.
///
/// # Errors
/// When the database fails.
pub async fn purge(
    conn: &mut AsyncPgConnection,
    day: NaiveDate,
    full: DateTime<Utc>,
) -> Result<(), Error> {
    // Those that somebody holds are left for the next time: to wait for them here could be for each other.
    let old: Vec<Vec<u8>> = attempts::table
        .filter(attempts::day.lt(day))
        .limit(FORGOTTEN_AT_ONCE)
        .select(attempts::key)
        .for_update()
        .skip_locked()
        .load(conn)
        .await?;
    diesel::delete(attempts::table.filter(attempts::key.eq_any(old)))
        .execute(conn)
        .await?;
    let old: Vec<String> = addresses::table
        .filter(addresses::full_at.lt(full))
        .limit(FORGOTTEN_AT_ONCE)
        .select(addresses::address)
        .for_update()
        .skip_locked()
        .load(conn)
        .await?;
    diesel::delete(addresses::table.filter(addresses::address.eq_any(old)))
        .execute(conn)
        .await?;
    Ok(())
}
