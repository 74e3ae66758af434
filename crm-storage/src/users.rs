//! Users and their password hashes, which never leave by any other road than [`find_credentials`].

use chrono::{DateTime, Utc};
use crm_domain::ids::UserId;
use crm_domain::text::{Email, Name};
use crm_domain::user::{Role, User};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::Error;
use crate::query::Cached;
use crate::schema::users;

/// The advisory lock under which the first user is made: two at once would make two.
const FIRST_USER_LOCK: i64 = 0x6372_6d5f_7573_6572;

/// A user with what shows that it is them.
pub struct Credentials {
    /// The user.
    pub user: User,
    /// The argon2 hash of the password, as a PHC string.
    pub password_hash: String,
}

/// The user `id`. Tells only what records show of their agents anyway, so it takes no scope.
///
/// # Errors
/// When the database fails, or the stored row makes no user.
pub async fn find(conn: &mut AsyncPgConnection, id: UserId) -> Result<Option<User>, Error> {
    let row = users::table
        .find(id.uuid())
        .select(UserRow::as_select())
        .first(conn)
        .await
        .optional()?;
    row.map(User::try_from).transpose()
}

/// The user `id`, locked until the transaction ends. Rows that only refer to the user can still be written meanwhile.
///
/// # Errors
/// When the database fails, or the stored row makes no user.
pub async fn lock(conn: &mut AsyncPgConnection, id: UserId) -> Result<Option<User>, Error> {
    let row = users::table
        .find(id.uuid())
        .select(UserRow::as_select())
        .for_no_key_update()
        .first(conn)
        .await
        .optional()?;
    row.map(User::try_from).transpose()
}

/// The user `id` and the password hash, locked until the transaction ends.
///
/// # Errors
/// When the database fails, or the stored row makes no user.
pub async fn lock_credentials(
    conn: &mut AsyncPgConnection,
    id: UserId,
) -> Result<Option<Credentials>, Error> {
    let row: Option<(UserRow, String)> = users::table
        .find(id.uuid())
        .select((UserRow::as_select(), users::password_hash))
        .for_no_key_update()
        .first(conn)
        .await
        .optional()?;
    row.map(credentials).transpose()
}

/// The user `id` as they will still be when the transaction ends.
///
/// # Errors
/// When the database fails, or the stored row makes no user.
pub async fn lock_shared(conn: &mut AsyncPgConnection, id: UserId) -> Result<Option<User>, Error> {
    let row = users::table
        .find(id.uuid())
        .select(UserRow::as_select())
        .for_share()
        .first(conn)
        .await
        .optional()?;
    row.map(User::try_from).transpose()
}

/// The Admins who can sign in, all locked until the transaction ends, in the order of their ids.
///
/// # Errors
/// When the database fails.
pub async fn lock_active_admins(conn: &mut AsyncPgConnection) -> Result<Vec<UserId>, Error> {
    let ids: Vec<Uuid> = users::table
        .filter(users::role.eq(Role::Admin.as_str()))
        .filter(users::is_active)
        .order(users::id)
        .select(users::id)
        .for_no_key_update()
        .load(conn)
        .await?;
    Ok(ids.into_iter().map(UserId::from).collect())
}

/// The user with this e-mail key, and the password hash.
///
/// # Errors
/// When the database fails, or the stored row makes no user.
pub async fn find_credentials(
    conn: &mut AsyncPgConnection,
    email_key: &str,
) -> Result<Option<Credentials>, Error> {
    let row: Option<(UserRow, String)> = users::table
        .filter(users::email_key.eq(email_key))
        .select((UserRow::as_select(), users::password_hash))
        .first(conn)
        .await
        .optional()?;
    row.map(credentials).transpose()
}

/// Whether there is no user at all. Holds until the transaction ends: a second asker waits.
///
/// # Errors
/// When the database fails.
pub async fn lock_whether_none(conn: &mut AsyncPgConnection) -> Result<bool, Error> {
    diesel::sql_query("select pg_advisory_xact_lock($1)")
        .bind::<diesel::sql_types::BigInt, _>(FIRST_USER_LOCK)
        .execute(conn)
        .await?;
    is_empty(conn).await
}

/// Whether there is no user at all at this moment.
///
/// # Errors
/// When the database fails.
pub async fn is_empty(conn: &mut AsyncPgConnection) -> Result<bool, Error> {
    let any: bool = diesel::select(diesel::dsl::exists(users::table.select(users::id)))
        .get_result(conn)
        .await?;
    Ok(!any)
}

/// Stores a new user.
///
/// # Errors
/// [`Error::UniqueViolation`] on `users_email_unique` when the address is taken.
pub async fn insert(
    conn: &mut AsyncPgConnection,
    user: &User,
    password_hash: &str,
) -> Result<(), Error> {
    diesel::insert_into(users::table)
        .values((
            UserRow::from(user),
            users::email_key.eq(user.email.key()),
            users::password_hash.eq(password_hash),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Stores the next version of a user. False when the stored one is not the version before it.
///
/// # Errors
/// When the database refuses it.
pub async fn update(conn: &mut AsyncPgConnection, user: &User) -> Result<bool, Error> {
    let previous = users::table
        .find(user.id.uuid())
        .filter(users::version.eq(user.version - 1));
    let next = (UserRow::from(user), users::email_key.eq(user.email.key()));
    Ok(Cached(diesel::update(previous).set(next))
        .execute(conn)
        .await?
        == 1)
}

/// Replaces the password hash of a user.
///
/// # Errors
/// When the database refuses it.
pub async fn update_password(
    conn: &mut AsyncPgConnection,
    id: UserId,
    password_hash: &str,
) -> Result<(), Error> {
    Cached(
        diesel::update(users::table.find(id.uuid())).set(users::password_hash.eq(password_hash)),
    )
    .execute(conn)
    .await?;
    Ok(())
}

fn credentials((user, password_hash): (UserRow, String)) -> Result<Credentials, Error> {
    Ok(Credentials {
        user: user.try_into()?,
        password_hash,
    })
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = users, check_for_backend(Pg))]
pub(crate) struct UserRow {
    id: Uuid,
    name: String,
    email: String,
    role: String,
    is_active: bool,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<&User> for UserRow {
    fn from(user: &User) -> Self {
        let User {
            id,
            name,
            email,
            role,
            is_active,
            version,
            created_at,
            updated_at,
        } = user;
        Self {
            id: id.uuid(),
            name: name.to_string(),
            email: email.to_string(),
            role: role.to_string(),
            is_active: *is_active,
            version: *version,
            created_at: *created_at,
            updated_at: *updated_at,
        }
    }
}

impl TryFrom<UserRow> for User {
    type Error = Error;

    fn try_from(row: UserRow) -> Result<Self, Error> {
        let UserRow {
            id,
            name,
            email,
            role,
            is_active,
            version,
            created_at,
            updated_at,
        } = row;
        let role = role.parse().map_err(|_| Error::Corrupt {
            table: "users",
            id,
            reason: format!("unknown role {role}"),
        })?;
        Ok(Self {
            id: UserId::from(id),
            name: Name::from_stored(name),
            email: Email::from_stored(email),
            role,
            is_active,
            version,
            created_at,
            updated_at,
        })
    }
}
