//! Secrets that work once, kept as hashes.

use chrono::{DateTime, Utc};
use crm_domain::ids::UserId;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::Error;
use crate::schema::one_time_tokens as table;

/// What a token is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Making the first user of a workspace.
    Setup,
    /// Setting the password of this user.
    Password(UserId),
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Setup => "setup",
            Self::Password(_) => "password",
        }
    }

    fn user(self) -> Option<Uuid> {
        match self {
            Self::Setup => None,
            Self::Password(user) => Some(user.uuid()),
        }
    }
}

/// Stores the hash of a new token in place of all others for this purpose.
///
/// # Errors
/// When the database refuses it.
pub async fn replace(
    conn: &mut AsyncPgConnection,
    purpose: Purpose,
    hash: &[u8],
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<(), Error> {
    let earlier = table::table
        .filter(table::purpose.eq(purpose.as_str()))
        .filter(table::user_id.is_not_distinct_from(purpose.user()));
    diesel::delete(earlier).execute(conn).await?;
    diesel::insert_into(table::table)
        .values((
            table::hash.eq(hash),
            table::purpose.eq(purpose.as_str()),
            table::user_id.eq(purpose.user()),
            table::created_at.eq(now),
            table::expires_at.eq(expires_at),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Takes the token with this hash away. True when it was there and had not expired.
///
/// # Errors
/// When the database fails.
pub async fn consume(
    conn: &mut AsyncPgConnection,
    purpose: Purpose,
    hash: &[u8],
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let good = table::table
        .filter(table::hash.eq(hash))
        .filter(table::purpose.eq(purpose.as_str()))
        .filter(table::user_id.is_not_distinct_from(purpose.user()))
        .filter(table::expires_at.gt(now));
    Ok(diesel::delete(good).execute(conn).await? == 1)
}

/// Whose password the token with this hash sets, unless it has expired.
///
/// # Errors
/// When the database fails.
pub async fn find_user(
    conn: &mut AsyncPgConnection,
    hash: &[u8],
    now: DateTime<Utc>,
) -> Result<Option<UserId>, Error> {
    let user: Option<Option<Uuid>> = table::table
        .filter(table::hash.eq(hash))
        .filter(table::expires_at.gt(now))
        .select(table::user_id)
        .first(conn)
        .await
        .optional()?;
    Ok(user.flatten().map(UserId::from))
}
