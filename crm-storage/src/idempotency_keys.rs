//! Requests by the keys that callers gave them, each with the attempt that may write and the answer it gave.

use chrono::{DateTime, Utc};
use crm_domain::ids::ClaimId;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use crate::Error;
use crate::schema::idempotency_keys as table;

/// How many old rows are forgotten at once.
const FORGOTTEN_AT_ONCE: i64 = 10;

/// An attempt to carry out a request.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = table)]
pub struct NewClaim<'a> {
    /// Who named the request.
    pub caller: Uuid,
    /// By which key.
    pub key: &'a str,
    /// SHA-256 of the request.
    pub fingerprint: &'a [u8],
    /// SHA-256 of what the caller may do.
    pub rights: &'a [u8],
    /// Identifies the attempt.
    pub claim: Uuid,
    /// False: it has written nothing yet.
    pub is_committed: bool,
    /// When it counts as given up, unless it writes before.
    pub lease_until: DateTime<Utc>,
    /// When the key is free again.
    pub expires_at: DateTime<Utc>,
}

/// What is known of a request.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = table, check_for_backend(Pg))]
pub struct Claimed {
    /// SHA-256 of the request.
    pub fingerprint: Vec<u8>,
    /// SHA-256 of what the caller could do.
    pub rights: Vec<u8>,
    /// Whether it has written something.
    pub is_committed: bool,
    /// Until when the attempt counts as under way.
    pub lease_until: DateTime<Utc>,
    status: Option<i16>,
    headers: Option<Value>,
    body: Option<Vec<u8>>,
}

/// The answer of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: i16,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Claimed {
    /// Its answer, where that was kept.
    #[must_use]
    pub fn answer(self) -> Option<Answer> {
        Some(Answer {
            status: self.status?,
            headers: serde_json::from_value(self.headers?).ok()?,
            body: self.body?,
        })
    }
}

/// Makes this attempt the one that may write: true unless the key is in use, that is not expired, and either written for or
/// leased, or for another request.
///
/// # Errors
/// When the database fails.
pub async fn claim(
    conn: &mut AsyncPgConnection,
    new: &NewClaim<'_>,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    // Not by `QueryDsl`, whose name for it is the same, and which an upsert has not.
    use diesel::query_dsl::methods::FilterDsl as _;

    let is_given_up = table::lease_until
        .le(now)
        .and(diesel::dsl::not(table::is_committed))
        .and(table::status.is_null())
        .and(table::fingerprint.eq(excluded(table::fingerprint)));
    let claimed = diesel::insert_into(table::table)
        .values(new)
        .on_conflict((table::caller, table::key))
        .do_update()
        .set((
            table::fingerprint.eq(excluded(table::fingerprint)),
            table::rights.eq(excluded(table::rights)),
            table::claim.eq(excluded(table::claim)),
            table::is_committed.eq(false),
            table::lease_until.eq(excluded(table::lease_until)),
            table::status.eq(None::<i16>),
            table::headers.eq(None::<Value>),
            table::body.eq(None::<Vec<u8>>),
            table::expires_at.eq(excluded(table::expires_at)),
        ))
        .filter(table::expires_at.le(now).or(is_given_up))
        .execute(conn)
        .await?;
    Ok(claimed == 1)
}

/// What is known of the request that this caller gave this key.
///
/// # Errors
/// When the database fails.
pub async fn find(
    conn: &mut AsyncPgConnection,
    caller: Uuid,
    key: &str,
) -> Result<Option<Claimed>, Error> {
    Ok(table::table
        .find((caller, key))
        .select(Claimed::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// Marks, in the transaction of what an attempt writes, that it has written, and lengthens its lease. False when another
/// attempt has taken its place, or the key has expired.
///
/// # Errors
/// When the database fails.
pub async fn commit(
    conn: &mut AsyncPgConnection,
    claim: ClaimId,
    lease_until: DateTime<Utc>,
) -> Result<bool, Error> {
    let own = table::table.filter(table::claim.eq(claim.uuid()));
    let marked = diesel::update(own)
        .set((
            table::is_committed.eq(true),
            table::lease_until.eq(lease_until),
        ))
        .execute(conn)
        .await?;
    Ok(marked == 1)
}

/// Keeps the answer of an attempt, unless another one has taken its place.
///
/// # Errors
/// When the database fails.
pub async fn keep(
    conn: &mut AsyncPgConnection,
    claim: ClaimId,
    answer: Answer,
) -> Result<(), Error> {
    let Answer {
        status,
        headers,
        body,
    } = answer;
    diesel::update(table::table.filter(table::claim.eq(claim.uuid())))
        .set((
            table::status.eq(status),
            table::headers.eq(serde_json::json!(headers)),
            table::body.eq(body),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Ends the lease of an attempt that was not answered, and frees its key if it wrote nothing.
///
/// # Errors
/// When the database fails.
pub async fn release(
    conn: &mut AsyncPgConnection,
    claim: ClaimId,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let own = table::table.filter(table::claim.eq(claim.uuid()));
    let freed = diesel::delete(own.filter(diesel::dsl::not(table::is_committed)))
        .execute(conn)
        .await?;
    if freed == 0 {
        diesel::update(own)
            .set(table::lease_until.eq(now))
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// Forgets some requests that have expired.
///
/// # Errors
/// When the database fails.
pub async fn purge(conn: &mut AsyncPgConnection, now: DateTime<Utc>) -> Result<(), Error> {
    let old: Vec<Uuid> = table::table
        .filter(table::expires_at.le(now))
        .order(table::expires_at)
        .limit(FORGOTTEN_AT_ONCE)
        .select(table::claim)
        .for_update()
        .skip_locked()
        .load(conn)
        .await?;
    if !old.is_empty() {
        diesel::delete(table::table.filter(table::claim.eq_any(old)))
            .execute(conn)
            .await?;
    }
    Ok(())
}
