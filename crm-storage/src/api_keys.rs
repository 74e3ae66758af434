//! API keys. The secret itself is stored nowhere.

use chrono::{DateTime, Utc};
use crm_authz::Scope;
use crm_domain::api_key::ApiKey;
use crm_domain::ids::{ApiKeyId, UserId};
use crm_domain::permission::Catalogue;
use crm_domain::text::Name;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::Error;
use crate::schema::api_keys;

/// The most keys of one user that may work at once: each replica keeps them all at hand.
pub const MAX_PER_USER: i64 = 50;

/// The keys of a user that were not revoked, the newest first.
///
/// Without a scope they are the user's own; whoever asks for another user's shows the scope to do so.
///
/// # Errors
/// When the database fails.
pub async fn list(
    conn: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    owner: UserId,
    asked_by: Asker<'_>,
) -> Result<Vec<ApiKey>, Error> {
    if !asked_by.may_see(owner) {
        return Ok(Vec::new());
    }
    let rows: Vec<ApiKeyRow> = api_keys::table
        .filter(api_keys::user_id.eq(owner.uuid()))
        .filter(api_keys::revoked_at.is_null())
        .order((api_keys::created_at.desc(), api_keys::id.desc()))
        .limit(MAX_PER_USER)
        .select(ApiKeyRow::as_select())
        .load(conn)
        .await?;
    let key = |row: ApiKeyRow| row.into_key(catalogue);
    Ok(rows.into_iter().map(key).collect())
}

/// The names of these keys, revoked ones included. Without a scope: whoever asks sees what was done by them.
///
/// # Errors
/// When the database fails.
pub async fn names(
    conn: &mut AsyncPgConnection,
    ids: &[Uuid],
) -> Result<Vec<(Uuid, String)>, Error> {
    let named = api_keys::table.filter(api_keys::id.eq_any(ids));
    Ok(named
        .select((api_keys::id, api_keys::name))
        .load(conn)
        .await?)
}

/// Who asks for keys: the user whose they are, or somebody with a scope over keys.
#[derive(Debug, Clone, Copy)]
pub enum Asker<'a> {
    /// The owner.
    Owner(UserId),
    /// Somebody who may manage keys.
    Manager(&'a Scope<ApiKey>),
}

impl Asker<'_> {
    fn may_see(self, owner: UserId) -> bool {
        match self {
            Self::Owner(user) => user == owner,
            Self::Manager(scope) => scope
                .reach()
                .reaches(crm_domain::permission::Ownership::of(owner)),
        }
    }
}

/// The key `id` that was not revoked, locked until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn lock(
    conn: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    id: ApiKeyId,
    asked_by: Asker<'_>,
) -> Result<Option<ApiKey>, Error> {
    let row: Option<ApiKeyRow> = api_keys::table
        .filter(api_keys::id.eq(id.uuid()))
        .filter(api_keys::revoked_at.is_null())
        .select(ApiKeyRow::as_select())
        .for_no_key_update()
        .first(conn)
        .await
        .optional()?;
    let key = row.map(|row| row.into_key(catalogue));
    Ok(key.filter(|key| asked_by.may_see(key.owner)))
}

/// How many keys a user has that were not revoked.
///
/// # Errors
/// When the database fails.
pub async fn count(conn: &mut AsyncPgConnection, owner: UserId) -> Result<i64, Error> {
    let keys = api_keys::table
        .filter(api_keys::user_id.eq(owner.uuid()))
        .filter(api_keys::revoked_at.is_null());
    Ok(keys.count().get_result(conn).await?)
}

/// Stores a new key with the SHA-256 of its secret.
///
/// # Errors
/// When the database refuses it.
pub async fn insert(conn: &mut AsyncPgConnection, key: &ApiKey, hash: &[u8]) -> Result<(), Error> {
    diesel::insert_into(api_keys::table)
        .values((ApiKeyRow::from(key), api_keys::hash.eq(hash)))
        .execute(conn)
        .await?;
    Ok(())
}

/// Notes that a key was used, unless that was noted after `noted_at`.
///
/// # Errors
/// When the database fails.
pub async fn update_used(
    conn: &mut AsyncPgConnection,
    id: ApiKeyId,
    now: DateTime<Utc>,
    noted_at: DateTime<Utc>,
) -> Result<(), Error> {
    let due = api_keys::last_used_at
        .is_null()
        .or(api_keys::last_used_at.le(noted_at));
    let key = api_keys::table.find(id.uuid()).filter(due);
    diesel::update(key)
        .set(api_keys::last_used_at.eq(now))
        .execute(conn)
        .await?;
    Ok(())
}

/// Ends a key.
///
/// # Errors
/// When the database fails.
pub async fn revoke(
    conn: &mut AsyncPgConnection,
    id: ApiKeyId,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    diesel::update(api_keys::table.find(id.uuid()))
        .set(api_keys::revoked_at.eq(now))
        .execute(conn)
        .await?;
    Ok(())
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = api_keys, check_for_backend(Pg), treat_none_as_default_value = false)]
struct ApiKeyRow {
    id: Uuid,
    user_id: Uuid,
    name: String,
    scopes: Vec<String>,
    expires_at: DateTime<Utc>,
    last_used_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
}

impl From<&ApiKey> for ApiKeyRow {
    fn from(key: &ApiKey) -> Self {
        let ApiKey {
            id,
            owner,
            name,
            scopes,
            expires_at,
            last_used_at,
            created_at,
        } = key;
        Self {
            id: id.uuid(),
            user_id: owner.uuid(),
            name: name.to_string(),
            scopes: scopes.iter().map(ToString::to_string).collect(),
            expires_at: *expires_at,
            last_used_at: *last_used_at,
            created_at: *created_at,
        }
    }
}

impl ApiKeyRow {
    /// The key. A scope of a plugin that is not installed allows nothing.
    fn into_key(self, catalogue: &Catalogue) -> ApiKey {
        let Self {
            id,
            user_id,
            name,
            scopes,
            expires_at,
            last_used_at,
            created_at,
        } = self;
        let scope = |name: &String| catalogue.permission(name).ok();
        ApiKey {
            id: ApiKeyId::from(id),
            owner: UserId::from(user_id),
            name: Name::from_stored(name),
            scopes: scopes.iter().filter_map(scope).collect(),
            expires_at,
            last_used_at,
            created_at,
        }
    }
}
