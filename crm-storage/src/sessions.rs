//! Sessions: one row from sign-in to sign-out, with the state of its refresh token.

use chrono::{DateTime, Utc};
use crm_domain::ids::{SessionId, UserId};
use crm_domain::user::User;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::Error;
use crate::query::Cached;
use crate::schema::{sessions, users};
use crate::users::UserRow;

/// A session as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Identifies the session.
    pub id: SessionId,
    /// Whose it is.
    pub user: UserId,
    /// 32 random bytes, an input of the refresh token's key.
    pub salt: Vec<u8>,
    /// The number of the newest refresh token.
    pub counter: i32,
    /// The newest counter whose access token was used; -1 before any was.
    pub seen_counter: i32,
    /// When the user signed in.
    pub created_at: DateTime<Utc>,
    /// When the newest refresh token was made.
    pub rotated_at: DateTime<Utc>,
    /// When it ends unless it is refreshed before.
    pub idle_expires_at: DateTime<Utc>,
    /// When it ends in any case.
    pub expires_at: DateTime<Utc>,
    /// When it was ended early.
    pub revoked_at: Option<DateTime<Utc>>,
    /// The address the user signed in from.
    pub address: Option<String>,
    /// The program the user signed in with, as it called itself.
    pub user_agent: Option<String>,
}

impl Session {
    /// Whether it can still be used.
    #[must_use]
    pub fn is_alive(&self, now: DateTime<Utc>) -> bool {
        self.revoked_at.is_none() && now < self.idle_expires_at && now < self.expires_at
    }
}

/// Stores a new session.
///
/// # Errors
/// When the database refuses it.
pub async fn insert(conn: &mut AsyncPgConnection, session: &Session) -> Result<(), Error> {
    diesel::insert_into(sessions::table)
        .values(SessionRow::from(session))
        .execute(conn)
        .await?;
    Ok(())
}

/// The session `id` and its user.
///
/// # Errors
/// When the database fails.
pub async fn find(
    conn: &mut AsyncPgConnection,
    id: SessionId,
) -> Result<Option<(Session, User)>, Error> {
    let row: Option<(SessionRow, UserRow)> = sessions::table
        .inner_join(users::table.on(sessions::user_id.eq(users::id)))
        .filter(sessions::id.eq(id.uuid()))
        .select((SessionRow::as_select(), UserRow::as_select()))
        .first(conn)
        .await
        .optional()?;
    Ok(row.map(|(session, user)| (session.into(), user.into())))
}

/// The session `id`, locked until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn lock(conn: &mut AsyncPgConnection, id: SessionId) -> Result<Option<Session>, Error> {
    let query = sessions::table
        .find(id.uuid())
        .select(SessionRow::as_select())
        .for_update();
    let row: Option<SessionRow> = query.first(conn).await.optional()?;
    Ok(row.map(Session::from))
}

/// The sessions of a user that can still be used, the newest first.
///
/// # Errors
/// When the database fails.
pub async fn list_alive(
    conn: &mut AsyncPgConnection,
    user: UserId,
    now: DateTime<Utc>,
) -> Result<Vec<Session>, Error> {
    let rows: Vec<SessionRow> = sessions::table
        .filter(sessions::user_id.eq(user.uuid()))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::idle_expires_at.gt(now))
        .filter(sessions::expires_at.gt(now))
        .order((sessions::created_at.desc(), sessions::id.desc()))
        .select(SessionRow::as_select())
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(Session::from).collect())
}

/// Stores the next refresh token's counter and times.
///
/// # Errors
/// When the database fails.
pub async fn update_rotation(conn: &mut AsyncPgConnection, session: &Session) -> Result<(), Error> {
    let next = (
        sessions::counter.eq(session.counter),
        sessions::rotated_at.eq(session.rotated_at),
        sessions::idle_expires_at.eq(session.idle_expires_at),
    );
    Cached(diesel::update(sessions::table.find(session.id.uuid())).set(next))
        .execute(conn)
        .await?;
    Ok(())
}

/// Notes that the access token of `counter` was used.
///
/// # Errors
/// When the database fails.
pub async fn update_seen(
    conn: &mut AsyncPgConnection,
    id: SessionId,
    counter: i32,
) -> Result<(), Error> {
    let older = sessions::table
        .find(id.uuid())
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::seen_counter.lt(counter));
    Cached(diesel::update(older).set(sessions::seen_counter.eq(counter)))
        .execute(conn)
        .await?;
    Ok(())
}

/// Ends those of the sessions that have not ended; gives the ones that it ended.
///
/// # Errors
/// When the database fails.
pub async fn revoke(
    conn: &mut AsyncPgConnection,
    ids: &[SessionId],
    reason: &str,
    now: DateTime<Utc>,
) -> Result<Vec<SessionId>, Error> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let alive = sessions::table
        .filter(sessions::id.eq_any(ids))
        .filter(sessions::revoked_at.is_null());
    let ended: Vec<Uuid> = Cached(
        diesel::update(alive)
            .set((
                sessions::revoked_at.eq(now),
                sessions::revoke_reason.eq(reason),
            ))
            .returning(sessions::id),
    )
    .get_results(conn)
    .await?;
    Ok(ended.into_iter().map(SessionId::from).collect())
}

/// Forgets the sessions of a user that ended before this instant.
///
/// # Errors
/// When the database fails.
pub async fn purge(
    conn: &mut AsyncPgConnection,
    user: UserId,
    ended_before: DateTime<Utc>,
) -> Result<(), Error> {
    let ended = sessions::idle_expires_at
        .lt(ended_before)
        .or(sessions::expires_at.lt(ended_before))
        .or(sessions::revoked_at.lt(ended_before));
    let old = sessions::table
        .filter(sessions::user_id.eq(user.uuid()))
        .filter(ended);
    diesel::delete(old).execute(conn).await?;
    Ok(())
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions, check_for_backend(Pg), treat_none_as_default_value = false)]
struct SessionRow {
    id: Uuid,
    user_id: Uuid,
    salt: Vec<u8>,
    counter: i32,
    seen_counter: i32,
    created_at: DateTime<Utc>,
    rotated_at: DateTime<Utc>,
    idle_expires_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    revoked_at: Option<DateTime<Utc>>,
    address: Option<String>,
    user_agent: Option<String>,
}

impl From<&Session> for SessionRow {
    fn from(session: &Session) -> Self {
        let Session {
            id,
            user,
            salt,
            counter,
            seen_counter,
            created_at,
            rotated_at,
            idle_expires_at,
            expires_at,
            revoked_at,
            address,
            user_agent,
        } = session.clone();
        Self {
            id: id.uuid(),
            user_id: user.uuid(),
            salt,
            counter,
            seen_counter,
            created_at,
            rotated_at,
            idle_expires_at,
            expires_at,
            revoked_at,
            address,
            user_agent,
        }
    }
}

impl From<SessionRow> for Session {
    fn from(row: SessionRow) -> Self {
        let SessionRow {
            id,
            user_id,
            salt,
            counter,
            seen_counter,
            created_at,
            rotated_at,
            idle_expires_at,
            expires_at,
            revoked_at,
            address,
            user_agent,
        } = row;
        Self {
            id: SessionId::from(id),
            user: UserId::from(user_id),
            salt,
            counter,
            seen_counter,
            created_at,
            rotated_at,
            idle_expires_at,
            expires_at,
            revoked_at,
            address,
            user_agent,
        }
    }
}
