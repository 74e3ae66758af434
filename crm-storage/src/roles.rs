//! Roles with what they inherit and grant. They have no owner: see [`crate::teams`].

mod row;

use crm_authz::Scope;
use crm_domain::ids::RoleId;
use crm_domain::permission::Catalogue;
use crm_domain::role::RoleDefinition;
use crm_domain::text::{RoleName, fold};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::Error;
use crate::query::Cached;
use crate::schema::{role_grants, role_parents, roles};

use row::{GrantRow, RoleRow, definition};

/// The most roles there may be: each replica keeps them all at hand.
pub const MAX: i64 = 200;

/// The roles, the built-in ones first, then in the order of their names.
///
/// # Errors
/// When the database fails.
pub async fn list(
    conn: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    _: &Scope<RoleDefinition>,
) -> Result<Vec<RoleDefinition>, Error> {
    let rows: Vec<RoleRow> = roles::table
        .order((roles::is_built_in.desc(), roles::name_key, roles::id))
        .limit(MAX)
        .select(RoleRow::as_select())
        .load(conn)
        .await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let parents = parents(conn, &ids).await?;
    let grants = grants(conn, &ids).await?;
    let whole = |row| definition(catalogue, row, &parents, &grants);
    Ok(rows.into_iter().map(whole).collect())
}

/// The role `id`.
///
/// # Errors
/// When the database fails.
pub async fn find(
    conn: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    id: RoleId,
    _: &Scope<RoleDefinition>,
) -> Result<Option<RoleDefinition>, Error> {
    let query = roles::table.find(id.uuid()).select(RoleRow::as_select());
    let row = query.first(conn).await.optional()?;
    whole(conn, catalogue, row).await
}

/// The role `id`, locked until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn lock(
    conn: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    id: RoleId,
    _: &Scope<RoleDefinition>,
) -> Result<Option<RoleDefinition>, Error> {
    let query = roles::table.find(id.uuid()).select(RoleRow::as_select());
    // What it inherits and grants is read after the lock is held, so that it is as the last writer left it.
    let row = query.for_update().first(conn).await.optional()?;
    whole(conn, catalogue, row).await
}

async fn whole(
    conn: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    row: Option<RoleRow>,
) -> Result<Option<RoleDefinition>, Error> {
    let Some(row) = row else { return Ok(None) };
    let parents = parents(conn, &[row.id]).await?;
    let grants = grants(conn, &[row.id]).await?;
    Ok(Some(definition(catalogue, row, &parents, &grants)))
}

async fn parents(conn: &mut AsyncPgConnection, roles: &[Uuid]) -> Result<Vec<(Uuid, Uuid)>, Error> {
    Ok(role_parents::table
        .filter(role_parents::role_id.eq_any(roles))
        .order((role_parents::role_id, role_parents::parent_id))
        .load(conn)
        .await?)
}

async fn grants(conn: &mut AsyncPgConnection, roles: &[Uuid]) -> Result<Vec<GrantRow>, Error> {
    Ok(role_grants::table
        .filter(role_grants::role_id.eq_any(roles))
        .select(GrantRow::as_select())
        .load(conn)
        .await?)
}

/// How many roles there are. Holds until the transaction ends: roles are made, changed and deleted one after the
/// other, since what one inherits from another is checked over all of them.
///
/// # Errors
/// When the database fails.
pub async fn lock_all(conn: &mut AsyncPgConnection) -> Result<i64, Error> {
    diesel::sql_query("lock table role_parents in share row exclusive mode")
        .execute(conn)
        .await?;
    Ok(roles::table.count().get_result(conn).await?)
}

/// Stores a new role.
///
/// # Errors
/// [`Error::UniqueViolation`] on `roles_name_unique` when there is one of this name, [`Error::ReferenceViolation`] when
/// one that it inherits from does not exist.
pub async fn insert(conn: &mut AsyncPgConnection, role: &RoleDefinition) -> Result<(), Error> {
    diesel::insert_into(roles::table)
        .values((RoleRow::from(role), roles::name_key.eq(key(&role.name))))
        .execute(conn)
        .await?;
    insert_content(conn, role).await
}

/// Stores the next version of a role. False when the stored one is not the version before it.
///
/// # Errors
/// As [`insert`].
pub async fn update(
    conn: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    role: &RoleDefinition,
) -> Result<bool, Error> {
    let id = role.id.uuid();
    let previous = roles::table
        .find(id)
        .filter(roles::version.eq(role.version - 1));
    let next = (RoleRow::from(role), roles::name_key.eq(key(&role.name)));
    let updated = Cached(diesel::update(previous).set(next))
        .execute(conn)
        .await?;
    if updated == 0 {
        return Ok(false);
    }
    diesel::delete(role_parents::table.filter(role_parents::role_id.eq(id)))
        .execute(conn)
        .await?;
    // Permissions of plugins that are not installed stay as they are.
    let known: Vec<String> = catalogue
        .permissions()
        .map(|permission| permission.to_string())
        .collect();
    let edited = role_grants::table
        .filter(role_grants::role_id.eq(id))
        .filter(role_grants::permission.eq_any(known));
    diesel::delete(edited).execute(conn).await?;
    insert_content(conn, role).await?;
    Ok(true)
}

async fn insert_content(conn: &mut AsyncPgConnection, role: &RoleDefinition) -> Result<(), Error> {
    let id = role.id.uuid();
    let parents: Vec<_> = role
        .inherits
        .iter()
        .map(|parent| {
            (
                role_parents::role_id.eq(id),
                role_parents::parent_id.eq(parent.uuid()),
            )
        })
        .collect();
    diesel::insert_into(role_parents::table)
        .values(parents)
        .execute(conn)
        .await?;
    diesel::insert_into(role_grants::table)
        .values(GrantRow::all_of(role))
        .execute(conn)
        .await?;
    Ok(())
}

/// Deletes a role.
///
/// # Errors
/// [`Error::ReferenceViolation`] while users have it or roles inherit from it.
pub async fn delete(conn: &mut AsyncPgConnection, id: RoleId) -> Result<(), Error> {
    diesel::delete(roles::table.find(id.uuid()))
        .execute(conn)
        .await?;
    Ok(())
}

fn key(name: &RoleName) -> String {
    fold(name.as_str())
}
