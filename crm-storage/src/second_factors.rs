//! Second factors and their recovery codes. Secrets come here encrypted, and codes as hashes.

use chrono::{DateTime, Utc};
use crm_domain::ids::UserId;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::Error;
use crate::schema::{recovery_codes, second_factors};

/// A second factor as stored.
pub struct SecondFactor {
    /// Whose it is.
    pub user: UserId,
    /// The name of the key that opens the secret.
    pub key_id: String,
    /// The secret, encrypted.
    pub secret: Vec<u8>,
    /// Since when it counts; `None` while the user has not shown that they have it.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// The step of the newest code that was used.
    pub last_step: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// The second factor of a user, which may not count yet.
///
/// # Errors
/// When the database fails.
pub async fn find(
    conn: &mut AsyncPgConnection,
    user: UserId,
) -> Result<Option<SecondFactor>, Error> {
    let query = second_factors::table.find(user.uuid());
    let query = query.select(SecondFactorRow::as_select());
    let row = query.first(conn).await.optional()?;
    Ok(row.map(SecondFactor::from))
}

/// The same, locked until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn lock(
    conn: &mut AsyncPgConnection,
    user: UserId,
) -> Result<Option<SecondFactor>, Error> {
    let query = second_factors::table.find(user.uuid());
    let query = query.select(SecondFactorRow::as_select()).for_update();
    let row = query.first(conn).await.optional()?;
    Ok(row.map(SecondFactor::from))
}

/// Stores a new second factor in place of the user's former one.
///
/// # Errors
/// When the database refuses it.
pub async fn replace(conn: &mut AsyncPgConnection, factor: SecondFactor) -> Result<(), Error> {
    delete(conn, factor.user).await?;
    diesel::insert_into(second_factors::table)
        .values(SecondFactorRow::from(factor))
        .execute(conn)
        .await?;
    Ok(())
}

/// Stores what has changed of a second factor.
///
/// # Errors
/// When the database fails.
pub async fn update(conn: &mut AsyncPgConnection, factor: SecondFactor) -> Result<(), Error> {
    diesel::update(second_factors::table.find(factor.user.uuid()))
        .set(SecondFactorRow::from(factor))
        .execute(conn)
        .await?;
    Ok(())
}

/// Deletes the second factor of a user, with its recovery codes.
///
/// # Errors
/// When the database fails.
pub async fn delete(conn: &mut AsyncPgConnection, user: UserId) -> Result<(), Error> {
    diesel::delete(second_factors::table.find(user.uuid()))
        .execute(conn)
        .await?;
    Ok(())
}

/// Stores the hashes of new recovery codes in place of all former ones of the user's.
///
/// # Errors
/// When the database refuses it.
pub async fn replace_recovery_codes(
    conn: &mut AsyncPgConnection,
    user: UserId,
    hashes: &[Vec<u8>],
) -> Result<(), Error> {
    let user = user.uuid();
    diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user)))
        .execute(conn)
        .await?;
    let rows = hashes.iter().map(|hash| {
        (
            recovery_codes::user_id.eq(user),
            recovery_codes::hash.eq(hash),
        )
    });
    diesel::insert_into(recovery_codes::table)
        .values(rows.collect::<Vec<_>>())
        .execute(conn)
        .await?;
    Ok(())
}

/// Uses up the recovery code of this hash. True when the user had it and it was not used before.
///
/// # Errors
/// When the database fails.
pub async fn consume_recovery_code(
    conn: &mut AsyncPgConnection,
    user: UserId,
    hash: &[u8],
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let unused = recovery_codes::table
        .find((user.uuid(), hash))
        .filter(recovery_codes::used_at.is_null());
    let count = diesel::update(unused)
        .set(recovery_codes::used_at.eq(now))
        .execute(conn)
        .await?;
    Ok(count == 1)
}

/// How many recovery codes of a user are not used.
///
/// # Errors
/// When the database fails.
pub async fn count_recovery_codes(
    conn: &mut AsyncPgConnection,
    user: UserId,
) -> Result<i64, Error> {
    let unused = recovery_codes::table
        .filter(recovery_codes::user_id.eq(user.uuid()))
        .filter(recovery_codes::used_at.is_null());
    Ok(unused.count().get_result(conn).await?)
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = second_factors, check_for_backend(Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
struct SecondFactorRow {
    user_id: Uuid,
    key_id: String,
    secret: Vec<u8>,
    confirmed_at: Option<DateTime<Utc>>,
    last_step: i64,
    created_at: DateTime<Utc>,
}

impl From<SecondFactor> for SecondFactorRow {
    fn from(factor: SecondFactor) -> Self {
        let SecondFactor {
            user,
            key_id,
            secret,
            confirmed_at,
            last_step,
            created_at,
        } = factor;
        Self {
            user_id: user.uuid(),
            key_id,
            secret,
            confirmed_at,
            last_step,
            created_at,
        }
    }
}

impl From<SecondFactorRow> for SecondFactor {
    fn from(row: SecondFactorRow) -> Self {
        let SecondFactorRow {
            user_id,
            key_id,
            secret,
            confirmed_at,
            last_step,
            created_at,
        } = row;
        Self {
            user: user_id.into(),
            key_id,
            secret,
            confirmed_at,
            last_step,
            created_at,
        }
    }
}
