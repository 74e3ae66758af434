//! Users and their password hashes, which never leave by any other road than [`find_credentials`].

use chrono::{DateTime, Utc};
use crm_authz::Scope;
use crm_domain::ids::{RoleId, TeamId, UserId};
use crm_domain::page::Page;
use crm_domain::role::Role;
use crm_domain::text::{Email, Name, SearchTerm};
use crm_domain::user::{User, UserFilter, UserRef};
use diesel::helper_types::IntoBoxed;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::Error;
use crate::query::{Cached, contains_pattern};
use crate::schema::users;
use crate::visibility::within;

/// The advisory lock under which the first user is made: two at once would make two.
const FIRST_USER_LOCK: i64 = 0x6372_6d5f_7573_6572;

/// The advisory lock under which an Admin is disabled or demoted: two at once would leave none.
const ADMINS_LOCK: i64 = 0x6372_6d5f_6164_6d6e;

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
/// When the database fails.
pub async fn find(conn: &mut AsyncPgConnection, id: UserId) -> Result<Option<User>, Error> {
    let row: Option<UserRow> = users::table
        .find(id.uuid())
        .select(UserRow::as_select())
        .first(conn)
        .await
        .optional()?;
    Ok(row.map(User::from))
}

/// The names of these users, which records show anyway: without a scope, as [`find`].
///
/// # Errors
/// When the database fails.
pub async fn names(
    conn: &mut AsyncPgConnection,
    ids: &[Uuid],
) -> Result<Vec<(Uuid, String)>, Error> {
    let named = users::table.filter(users::id.eq_any(ids));
    Ok(named.select((users::id, users::name)).load(conn).await?)
}

/// The user `id`, locked until the transaction ends. Rows that only refer to the user can still be written meanwhile.
///
/// # Errors
/// When the database fails.
pub async fn lock(conn: &mut AsyncPgConnection, id: UserId) -> Result<Option<User>, Error> {
    let row: Option<UserRow> = users::table
        .find(id.uuid())
        .select(UserRow::as_select())
        .for_no_key_update()
        .first(conn)
        .await
        .optional()?;
    Ok(row.map(User::from))
}

/// The user `id` and the password hash, locked until the transaction ends.
///
/// # Errors
/// When the database fails.
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
    Ok(row.map(credentials))
}

/// The user `id` as they will still be when the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn lock_shared(conn: &mut AsyncPgConnection, id: UserId) -> Result<Option<User>, Error> {
    let row: Option<UserRow> = users::table
        .find(id.uuid())
        .select(UserRow::as_select())
        .for_share()
        .first(conn)
        .await
        .optional()?;
    Ok(row.map(User::from))
}

/// The active ones of these users, who are named by their ids or the keys of their addresses, each with that key, as they
/// will still be when the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn lock_active(
    conn: &mut AsyncPgConnection,
    ids: &[Uuid],
    email_keys: &[String],
) -> Result<Vec<(UserId, String)>, Error> {
    let rows: Vec<(Uuid, String)> = users::table
        .filter(
            users::id
                .eq_any(ids)
                .or(users::email_key.eq_any(email_keys)),
        )
        .filter(users::is_active)
        .order(users::id)
        .select((users::id, users::email_key))
        .for_share()
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(id, key)| (UserId::from(id), key))
        .collect())
}

/// Those of these users that the scope reaches, active or not.
///
/// # Errors
/// When the database fails.
pub async fn readable(
    conn: &mut AsyncPgConnection,
    ids: &[Uuid],
    scope: &Scope<User>,
) -> Result<Vec<Uuid>, Error> {
    Ok(users::table
        .filter(users::id.eq_any(ids))
        .filter(within(scope))
        .select(users::id)
        .load(conn)
        .await?)
}

/// The user `id`, where the scope reaches them.
///
/// # Errors
/// When the database fails.
pub async fn find_visible(
    conn: &mut AsyncPgConnection,
    id: UserId,
    scope: &Scope<User>,
) -> Result<Option<User>, Error> {
    let row: Option<UserRow> = users::table
        .filter(users::id.eq(id.uuid()))
        .filter(within(scope))
        .select(UserRow::as_select())
        .first(conn)
        .await
        .optional()?;
    Ok(row.map(User::from))
}

/// One page of the users that match, in the order of their names.
///
/// # Errors
/// When the database fails.
pub async fn list(
    conn: &mut AsyncPgConnection,
    filter: &UserFilter,
    page: Page,
    scope: &Scope<User>,
) -> Result<Vec<User>, Error> {
    let rows: Vec<UserRow> = matching(filter, scope)
        .order((users::name_key, users::id))
        .limit(page.limit().rows().into())
        .offset(page.offset().into())
        .select(UserRow::as_select())
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(User::from).collect())
}

/// How many users match.
///
/// # Errors
/// When the database fails.
pub async fn count(
    conn: &mut AsyncPgConnection,
    filter: &UserFilter,
    scope: &Scope<User>,
) -> Result<i64, Error> {
    Ok(matching(filter, scope).count().get_result(conn).await?)
}

fn matching<'a>(filter: &UserFilter, scope: &Scope<User>) -> IntoBoxed<'a, users::table, Pg> {
    let UserFilter {
        search,
        role,
        team,
        is_active,
        is_service,
    } = filter;
    let mut query = users::table.into_boxed().filter(within(scope));
    if let Some(role) = role {
        query = query.filter(users::role_ids.contains(vec![role.uuid()]));
    }
    if let Some(team) = team {
        query = query.filter(users::team_ids.contains(vec![team.uuid()]));
    }
    if let Some(is_active) = is_active {
        query = query.filter(users::is_active.eq(*is_active));
    }
    if let Some(is_service) = is_service {
        query = query.filter(users::is_service.eq(*is_service));
    }
    // Users are few: each word is looked for in every name and address.
    let words = search.as_ref().map(SearchTerm::key).unwrap_or_default();
    for word in words.split_whitespace() {
        let pattern = contains_pattern(word);
        let found = users::name_key
            .like(pattern.clone())
            .or(users::email_key.like(pattern));
        query = query.filter(found);
    }
    query
}

/// Whether somebody else is an Admin who can sign in. Holds until the transaction ends: whoever else asks waits.
///
/// # Errors
/// When the database fails.
pub async fn lock_whether_other_admins(
    conn: &mut AsyncPgConnection,
    id: UserId,
) -> Result<bool, Error> {
    lock_advisory(conn, ADMINS_LOCK).await?;
    let others = users::table
        .filter(users::role_ids.contains(vec![Role::Admin.id().uuid()]))
        .filter(users::is_active)
        .filter(diesel::dsl::not(users::is_service))
        .filter(users::id.ne(id.uuid()));
    Ok(
        diesel::select(diesel::dsl::exists(others.select(users::id)))
            .get_result(conn)
            .await?,
    )
}

async fn lock_advisory(conn: &mut AsyncPgConnection, lock: i64) -> Result<(), Error> {
    diesel::sql_query("select pg_advisory_xact_lock($1)")
        .bind::<diesel::sql_types::BigInt, _>(lock)
        .execute(conn)
        .await?;
    Ok(())
}

/// The user with this e-mail key, and the password hash.
///
/// # Errors
/// When the database fails.
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
    Ok(row.map(credentials))
}

/// Whether there is no user at all. Holds until the transaction ends: a second asker waits.
///
/// # Errors
/// When the database fails.
pub async fn lock_whether_none(conn: &mut AsyncPgConnection) -> Result<bool, Error> {
    lock_advisory(conn, FIRST_USER_LOCK).await?;
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
            users::name_key.eq(user.name.key()),
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
    let next = (
        UserRow::from(user),
        users::email_key.eq(user.email.key()),
        users::name_key.eq(user.name.key()),
    );
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

fn credentials((user, password_hash): (UserRow, String)) -> Credentials {
    Credentials {
        user: user.into(),
        password_hash,
    }
}

/// A user as the records show them who are assigned to them.
#[derive(Queryable, Selectable)]
#[diesel(table_name = users, check_for_backend(Pg))]
pub(crate) struct UserRefRow {
    id: Uuid,
    name: String,
    email: String,
}

impl From<UserRefRow> for UserRef {
    fn from(row: UserRefRow) -> Self {
        Self {
            id: UserId::from(row.id),
            name: Name::from_stored(row.name),
            email: Email::from_stored(row.email),
        }
    }
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = users, check_for_backend(Pg))]
pub(crate) struct UserRow {
    id: Uuid,
    name: String,
    email: String,
    is_active: bool,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    role_ids: Vec<Uuid>,
    team_ids: Vec<Uuid>,
    is_service: bool,
}

impl From<&User> for UserRow {
    fn from(user: &User) -> Self {
        let User {
            id,
            name,
            email,
            roles,
            teams,
            is_service,
            is_active,
            version,
            created_at,
            updated_at,
        } = user;
        Self {
            id: id.uuid(),
            name: name.to_string(),
            email: email.to_string(),
            role_ids: roles.iter().map(|role| role.uuid()).collect(),
            team_ids: teams.iter().map(|team| team.uuid()).collect(),
            is_service: *is_service,
            is_active: *is_active,
            version: *version,
            created_at: *created_at,
            updated_at: *updated_at,
        }
    }
}

impl From<UserRow> for User {
    fn from(row: UserRow) -> Self {
        let UserRow {
            id,
            name,
            email,
            role_ids,
            team_ids,
            is_service,
            is_active,
            version,
            created_at,
            updated_at,
        } = row;
        Self {
            id: UserId::from(id),
            name: Name::from_stored(name),
            email: Email::from_stored(email),
            roles: role_ids.into_iter().map(RoleId::from).collect(),
            teams: team_ids.into_iter().map(TeamId::from).collect(),
            is_service,
            is_active,
            version,
            created_at,
            updated_at,
        }
    }
}
