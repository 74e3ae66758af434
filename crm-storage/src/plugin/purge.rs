//! Removing what a plugin has left in a database. The activity log keeps what it tells: nothing is removed from there.

use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::Error;
use crate::migrate::ledger;
use crate::query::{escaped, quoted};
use crate::schema::{jobs, plugin_grants_applied, role_grants, schedules};

/// What a plugin has in a database.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Holdings {
    /// Its tables, in the order of their names.
    pub tables: Vec<String>,
    /// How many migrations of it are applied.
    pub migrations: usize,
    /// How many grants roles have of its permissions.
    pub grants: usize,
    /// How many of its jobs wait, run, or failed for good.
    pub jobs: usize,
}

impl Holdings {
    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = Text)]
    name: String,
}

/// What the plugin has. Its tables are those whose names begin with its id and `_`, and everything else of it has a name that
/// begins with its id and a dot.
///
/// # Errors
/// When the database fails.
pub async fn find(conn: &mut AsyncPgConnection, plugin: &str) -> Result<Holdings, Error> {
    let tables: Vec<Named> = diesel::sql_query(
        "SELECT tablename::text AS name FROM pg_tables \
         WHERE schemaname = current_schema() AND tablename LIKE $1 ORDER BY tablename",
    )
    .bind::<Text, _>(tables_of(plugin))
    .load(conn)
    .await?;
    let applied = ledger::list(conn).await?;
    let migrations = applied.iter().filter(|row| row.plugin == plugin).count();
    let of_plugin = of_plugin(plugin);
    let grants: i64 = role_grants::table
        .filter(role_grants::permission.like(&of_plugin))
        .count()
        .get_result(conn)
        .await?;
    let jobs: i64 = jobs::table
        .filter(jobs::name.like(&of_plugin))
        .count()
        .get_result(conn)
        .await?;
    Ok(Holdings {
        tables: tables.into_iter().map(|table| table.name).collect(),
        migrations,
        grants: usize::try_from(grants).unwrap_or_default(),
        jobs: usize::try_from(jobs).unwrap_or_default(),
    })
}

/// Removes what [`find`] finds, within the caller's transaction, and answers what that was. It is a migration: no other one runs
/// meanwhile.
///
/// # Errors
/// When the database fails, something of another plugin refers to one of the tables, or another migration takes too long.
pub async fn purge(conn: &mut AsyncPgConnection, plugin: &str) -> Result<Holdings, Error> {
    ledger::lock_for_transaction(conn).await?;
    let holdings = find(conn, plugin).await?;
    let of_plugin = of_plugin(plugin);
    let tables: Vec<_> = holdings.tables.iter().map(|table| quoted(table)).collect();
    if !tables.is_empty() {
        // All at once, so that they may refer to each other.
        diesel::sql_query(format!("DROP TABLE {}", tables.join(", ")))
            .execute(conn)
            .await?;
    }
    ledger::forget(conn, plugin).await?;
    let grants = role_grants::table.filter(role_grants::permission.like(&of_plugin));
    diesel::delete(grants).execute(conn).await?;
    let applied = plugin_grants_applied::table.filter(plugin_grants_applied::plugin.eq(plugin));
    diesel::delete(applied).execute(conn).await?;
    let queued = jobs::table.filter(jobs::name.like(&of_plugin));
    diesel::delete(queued).execute(conn).await?;
    let fired = schedules::table.filter(schedules::name.like(&of_plugin));
    diesel::delete(fired).execute(conn).await?;
    Ok(holdings)
}

/// The names of its tables, for `LIKE`.
pub(crate) fn tables_of(plugin: &str) -> String {
    format!("{}\\_%", escaped(plugin))
}

fn of_plugin(plugin: &str) -> String {
    format!("{}.%", escaped(plugin))
}
