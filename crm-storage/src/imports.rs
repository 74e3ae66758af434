//! Imports and their rows. Who uploaded one sees it, and nobody else: queries take the owner where others take a scope.

mod row;
mod rows;

pub use rows::{
    DoneRow, StoredOutcome, WrongRow, add_rows, created_emails, done_rows, next_rows, set_versions,
    store_outcomes, wrong_rows,
};

use chrono::{DateTime, Utc};
use crm_domain::ids::{ImportId, UserId};
use crm_domain::import::{Import, ImportState};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::Error;
use crate::query::Cached;
use crate::schema::imports;

use row::ImportDbRow;

/// Stores a new import.
///
/// # Errors
/// When the database refuses it.
pub async fn insert(conn: &mut AsyncPgConnection, import: &Import) -> Result<(), Error> {
    diesel::insert_into(imports::table)
        .values(ImportDbRow::from(import))
        .execute(conn)
        .await?;
    Ok(())
}

/// Stores how far an import has come.
///
/// # Errors
/// When the database refuses it.
pub async fn update(conn: &mut AsyncPgConnection, import: &Import) -> Result<(), Error> {
    let stored = imports::table.find(import.id.uuid());
    let next = Cached(diesel::update(stored).set(ImportDbRow::from(import)));
    next.execute(conn).await?;
    Ok(())
}

/// An import of this user's.
///
/// # Errors
/// When the database fails, or the stored row makes no import.
pub async fn find(
    conn: &mut AsyncPgConnection,
    id: ImportId,
    owner: UserId,
) -> Result<Option<Import>, Error> {
    let row: Option<ImportDbRow> = imports::table
        .find(id.uuid())
        .filter(imports::owner_id.eq(owner.uuid()))
        .select(ImportDbRow::as_select())
        .first(conn)
        .await
        .optional()?;
    row.map(Import::try_from).transpose()
}

/// An import of this user's, locked until the transaction ends.
///
/// # Errors
/// As [`find`].
pub async fn lock(
    conn: &mut AsyncPgConnection,
    id: ImportId,
    owner: UserId,
) -> Result<Option<Import>, Error> {
    let row: Option<ImportDbRow> = imports::table
        .find(id.uuid())
        .filter(imports::owner_id.eq(owner.uuid()))
        .select(ImportDbRow::as_select())
        .for_update()
        .first(conn)
        .await
        .optional()?;
    row.map(Import::try_from).transpose()
}

/// An import that the program works on, locked until the transaction ends; `None` when another one holds it.
///
/// # Errors
/// As [`find`].
pub async fn lock_active(
    conn: &mut AsyncPgConnection,
    id: ImportId,
) -> Result<Option<Import>, Error> {
    let row: Option<ImportDbRow> = imports::table
        .find(id.uuid())
        .select(ImportDbRow::as_select())
        .for_update()
        .skip_locked()
        .first(conn)
        .await
        .optional()?;
    let import = row.map(Import::try_from).transpose()?;
    Ok(import.filter(|import| import.state.is_active()))
}

/// The newest imports of this user, the newest first.
///
/// # Errors
/// As [`find`].
pub async fn list(
    conn: &mut AsyncPgConnection,
    owner: UserId,
    limit: i64,
) -> Result<Vec<Import>, Error> {
    let rows: Vec<ImportDbRow> = imports::table
        .filter(imports::owner_id.eq(owner.uuid()))
        .order((imports::created_at.desc(), imports::id.desc()))
        .limit(limit)
        .select(ImportDbRow::as_select())
        .load(conn)
        .await?;
    rows.into_iter().map(Import::try_from).collect()
}

/// Some imports that the program works on, the oldest first.
///
/// # Errors
/// When the database fails.
pub async fn list_active(conn: &mut AsyncPgConnection, limit: i64) -> Result<Vec<ImportId>, Error> {
    let ids: Vec<Uuid> = imports::table
        .filter(diesel::dsl::sql::<diesel::sql_types::Bool>(
            "state in ('checking', 'running', 'reverting')",
        ))
        .order((imports::created_at, imports::id))
        .limit(limit)
        .select(imports::id)
        .load(conn)
        .await?;
    Ok(ids.into_iter().map(ImportId::from).collect())
}

/// Deletes an import of this user's with its rows. What it made stays.
///
/// # Errors
/// When the database fails.
pub async fn delete(
    conn: &mut AsyncPgConnection,
    id: ImportId,
    owner: UserId,
) -> Result<(), Error> {
    let gone = imports::table
        .find(id.uuid())
        .filter(imports::owner_id.eq(owner.uuid()));
    diesel::delete(gone).execute(conn).await?;
    Ok(())
}

/// Deletes what this user began to upload before `since` and never ended.
///
/// # Errors
/// When the database fails.
pub async fn delete_abandoned(
    conn: &mut AsyncPgConnection,
    owner: UserId,
    since: DateTime<Utc>,
) -> Result<(), Error> {
    let gone = imports::table
        .filter(imports::owner_id.eq(owner.uuid()))
        .filter(imports::state.eq(ImportState::Uploading.as_str()))
        .filter(imports::updated_at.lt(since));
    diesel::delete(gone).execute(conn).await?;
    Ok(())
}

/// How many imports this user has.
///
/// # Errors
/// When the database fails.
pub async fn count(conn: &mut AsyncPgConnection, owner: UserId) -> Result<i64, Error> {
    Ok(imports::table
        .filter(imports::owner_id.eq(owner.uuid()))
        .count()
        .get_result(conn)
        .await?)
}
