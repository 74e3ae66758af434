//! The seals of the activity log: one for each row, chained by their hashes. How they are made is in `crm-app`.

use chrono::NaiveDate;
use crm_domain::ids::ActivityId;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Bool, Date, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use uuid::Uuid;

use crate::Error;
use crate::activities::StoredActivity;
use crate::schema::{activities, activity_seals as seals, unsealed_activities as unsealed};

/// One sealer at a time: the letters `crm_seal`.
const LOCK: i64 = i64::from_be_bytes(*b"crm_seal");

/// The seal of one activity.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = seals, check_for_backend(Pg))]
pub struct Seal {
    /// The day it was made on, in UTC.
    pub day: NaiveDate,
    /// Its number on that day, from 1.
    pub number: i64,
    /// The activity that it seals.
    pub activity_id: Uuid,
    /// 32 bytes, unless somebody else than the program wrote them.
    pub hash: Vec<u8>,
}

/// An activity that waits for its seal.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = unsealed, check_for_backend(Pg))]
pub struct Unsealed {
    /// Its place in the line.
    pub position: i64,
    /// The activity.
    #[diesel(embed)]
    pub activity: StoredActivity,
}

/// Keeps other sealers out until the transaction ends; `false` when there is another one.
///
/// # Errors
/// When the database fails.
pub async fn try_lock(conn: &mut AsyncPgConnection) -> Result<bool, Error> {
    let lock =
        diesel::dsl::sql::<Bool>("select pg_try_advisory_xact_lock(").bind::<BigInt, _>(LOCK);
    Ok(lock.sql(")").get_result(conn).await?)
}

/// The first activities that wait for their seals, in the order in which they were added.
///
/// # Errors
/// When the database fails.
pub async fn list_unsealed(
    conn: &mut AsyncPgConnection,
    most: i64,
) -> Result<Vec<Unsealed>, Error> {
    Ok(unsealed::table
        .inner_join(activities::table.on(activities::id.eq(unsealed::activity_id)))
        .order(unsealed::position)
        .limit(most)
        .select(Unsealed::as_select())
        .load(conn)
        .await?)
}

/// How many activities wait for their seals.
///
/// # Errors
/// When the database fails.
pub async fn count_unsealed(conn: &mut AsyncPgConnection) -> Result<i64, Error> {
    Ok(unsealed::table.count().get_result(conn).await?)
}

/// The newest seal, of all or of the days before `before`.
///
/// # Errors
/// When the database fails.
pub async fn last(
    conn: &mut AsyncPgConnection,
    before: Option<NaiveDate>,
) -> Result<Option<Seal>, Error> {
    let newest_first = seals::table
        .select(Seal::as_select())
        .order((seals::day.desc(), seals::number.desc()))
        .into_boxed();
    let found = match before {
        Some(day) => newest_first.filter(seals::day.lt(day)),
        None => newest_first,
    };
    Ok(found.first(conn).await.optional()?)
}

/// Stores seals, and takes their activities out of the line.
///
/// # Errors
/// When the database refuses it.
pub async fn insert(
    conn: &mut AsyncPgConnection,
    new: &[Seal],
    positions: &[i64],
) -> Result<(), Error> {
    let column = |of: fn(&Seal) -> i64| new.iter().map(of).collect::<Vec<_>>();
    // By arrays: one statement, however many there are.
    diesel::sql_query(
        "insert into activity_seals (day, number, activity_id, hash) select * from unnest($1, $2, $3, $4)",
    )
    .bind::<Array<Date>, _>(new.iter().map(|seal| seal.day).collect::<Vec<_>>())
    .bind::<Array<BigInt>, _>(column(|seal| seal.number))
    .bind::<Array<SqlUuid>, _>(new.iter().map(|seal| seal.activity_id).collect::<Vec<_>>())
    .bind::<Array<Binary>, _>(new.iter().map(|seal| &seal.hash).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    diesel::delete(unsealed::table.filter(unsealed::position.eq_any(positions)))
        .execute(conn)
        .await?;
    Ok(())
}

/// Days, both included; without an end where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Days {
    /// The first one.
    pub from: Option<NaiveDate>,
    /// The last one.
    pub to: Option<NaiveDate>,
}

/// The seals of these days after a place in the chain, each with its activity; `None` for one that is gone.
///
/// # Errors
/// When the database fails, or a row holds what the program cannot have written.
pub async fn list(
    conn: &mut AsyncPgConnection,
    days: Days,
    after: Option<(NaiveDate, i64)>,
    most: i64,
) -> Result<Vec<(Seal, Option<StoredActivity>)>, Error> {
    let mut query = seals::table
        .left_join(activities::table.on(activities::id.eq(seals::activity_id)))
        .order((seals::day, seals::number))
        .limit(most)
        .select((Seal::as_select(), Option::<StoredActivity>::as_select()))
        .into_boxed();
    if let Some(from) = days.from {
        query = query.filter(seals::day.ge(from));
    }
    if let Some(to) = days.to {
        query = query.filter(seals::day.le(to));
    }
    if let Some((day, number)) = after {
        // Compared as a row, which the key's index answers by one descent.
        let later = diesel::dsl::sql::<Bool>("(activity_seals.day, activity_seals.number) > (")
            .bind::<Date, _>(day)
            .sql(", ")
            .bind::<BigInt, _>(number)
            .sql(")");
        query = query.filter(later);
    }
    Ok(query.load(conn).await?)
}

/// Lets the statements of this transaction run for as long as they need: the two below read the whole log.
///
/// # Errors
/// When the database fails.
pub async fn be_patient(conn: &mut AsyncPgConnection) -> Result<(), Error> {
    Ok(conn
        .batch_execute("set local statement_timeout = 0")
        .await?)
}

/// The first activities that have no seal and do not wait for one.
///
/// # Errors
/// When the database fails.
pub async fn list_unknown(
    conn: &mut AsyncPgConnection,
    most: i64,
) -> Result<Vec<ActivityId>, Error> {
    let ids: Vec<Uuid> = activities::table
        .left_join(seals::table.on(seals::activity_id.eq(activities::id)))
        .left_join(unsealed::table.on(unsealed::activity_id.eq(activities::id)))
        .filter(seals::number.nullable().is_null())
        .filter(unsealed::position.nullable().is_null())
        .order(activities::id)
        .limit(most)
        .select(activities::id)
        .load(conn)
        .await?;
    Ok(ids.into_iter().map(ActivityId::from).collect())
}

/// The first activities that wait for a seal and are gone.
///
/// # Errors
/// When the database fails.
pub async fn list_gone(conn: &mut AsyncPgConnection, most: i64) -> Result<Vec<ActivityId>, Error> {
    let ids: Vec<Uuid> = unsealed::table
        .left_join(activities::table.on(activities::id.eq(unsealed::activity_id)))
        .filter(activities::id.nullable().is_null())
        .order(unsealed::position)
        .limit(most)
        .select(unsealed::activity_id)
        .load(conn)
        .await?;
    Ok(ids.into_iter().map(ActivityId::from).collect())
}
