//! The table `crm_migrations` and the lock that goes with it.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Bool, Text, Timestamptz},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _, SimpleAsyncConnection as _};
use serde::{Deserialize, Serialize};

use super::Migration;
use crate::error::Error;

/// Its name.
pub(super) const TABLE: &str = "crm_migrations";

/// Advisory locks are numbers, local to a database; these are the letters `crm_migr`.
pub(crate) const LOCK: i64 = i64::from_be_bytes(*b"crm_migr");

/// An applied migration.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LedgerRow {
    /// Whose migration it is.
    #[diesel(sql_type = Text)]
    pub plugin: String,
    /// Its version within the plugin.
    #[diesel(sql_type = Text)]
    pub version: String,
    /// What it does.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// [`Migration::checksum`] when it was applied.
    #[diesel(sql_type = Text)]
    pub checksum: String,
    /// When it was applied, by the clock of the database.
    #[diesel(sql_type = Timestamptz)]
    pub applied_at: DateTime<Utc>,
    /// Version of the program that applied it.
    #[diesel(sql_type = Text)]
    pub app_version: String,
}

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Bool)]
    answer: bool,
}

async fn ask(conn: &mut AsyncPgConnection, sql: &str) -> Result<bool, Error> {
    let row: Answer = diesel::sql_query(sql).get_result(conn).await?;
    Ok(row.answer)
}

/// Whether there is the table.
pub(crate) const EXISTS: &str = "SELECT to_regclass('crm_migrations') IS NOT NULL AS answer";

/// The columns of [`LedgerRow`], in their order.
pub(crate) const LIST: &str = "SELECT plugin, version, name, checksum, applied_at, app_version \
     FROM crm_migrations ORDER BY applied_at, plugin, version";

pub(super) async fn exists(conn: &mut AsyncPgConnection) -> Result<bool, Error> {
    ask(conn, EXISTS).await
}

pub(super) async fn create(conn: &mut AsyncPgConnection) -> Result<(), Error> {
    // `IF NOT EXISTS` alone would send a notice, and ask for the right to create,
    // at every start.
    if !exists(conn).await? {
        conn.batch_execute(
            "CREATE TABLE crm_migrations (plugin text NOT NULL, version text NOT NULL, \
             name text NOT NULL, checksum text NOT NULL, \
             applied_at timestamptz NOT NULL DEFAULT clock_timestamp(), \
             app_version text NOT NULL, PRIMARY KEY (plugin, version))",
        )
        .await?;
    }
    Ok(())
}

pub(crate) async fn list(conn: &mut AsyncPgConnection) -> Result<Vec<LedgerRow>, Error> {
    Ok(diesel::sql_query(LIST).load(conn).await?)
}

pub(super) async fn insert(
    conn: &mut AsyncPgConnection,
    migration: &Migration,
) -> Result<(), Error> {
    diesel::sql_query(
        "INSERT INTO crm_migrations (plugin, version, name, checksum, app_version) \
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind::<Text, _>(migration.plugin)
    .bind::<Text, _>(migration.version)
    .bind::<Text, _>(migration.name)
    .bind::<Text, _>(migration.checksum())
    .bind::<Text, _>(env!("CARGO_PKG_VERSION"))
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets the migrations of a plugin, whose tables are gone.
pub(crate) async fn forget(conn: &mut AsyncPgConnection, plugin: &str) -> Result<(), Error> {
    diesel::sql_query("DELETE FROM crm_migrations WHERE plugin = $1")
        .bind::<Text, _>(plugin)
        .execute(conn)
        .await?;
    Ok(())
}

pub(super) async fn try_lock(conn: &mut AsyncPgConnection) -> Result<bool, Error> {
    call(conn, "SELECT pg_try_advisory_lock($1) AS answer").await
}

pub(super) async fn unlock(conn: &mut AsyncPgConnection) -> Result<(), Error> {
    call(conn, "SELECT pg_advisory_unlock($1) AS answer").await?;
    Ok(())
}

/// Waits for whoever migrates, and keeps others from it until the transaction ends.
pub(crate) async fn lock_for_transaction(conn: &mut AsyncPgConnection) -> Result<(), Error> {
    diesel::sql_query("SELECT pg_advisory_xact_lock($1)")
        .bind::<BigInt, _>(LOCK)
        .execute(conn)
        .await?;
    Ok(())
}

async fn call(conn: &mut AsyncPgConnection, sql: &str) -> Result<bool, Error> {
    let row: Answer = diesel::sql_query(sql)
        .bind::<BigInt, _>(LOCK)
        .get_result(conn)
        .await?;
    Ok(row.answer)
}
