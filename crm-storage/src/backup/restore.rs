//! Into an empty database.

use std::collections::HashSet;
use std::io::{Read, Seek};
use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt as _, TryStreamExt as _};
use tokio::time::{Instant, sleep};
use tokio_postgres::Client;

use super::{Archive, BackupError, Manifest, Measure, Table, TableContent, begin, catalog};
use crate::migrate::{self, LedgerRow, Migration, Progress, ledger};
use crate::pool::{self, PoolOptions};
use crate::query::quoted;

/// A connection that was closed is there for a moment more.
const PATIENCE: Duration = Duration::from_secs(2);

/// What has another meaning on another server: transactions are numbered anew, and indexes that were made beside the running
/// system are not there. The feed of events sees by itself that its rows are from elsewhere.
const ADAPT: &str = "UPDATE sessions SET revoked_xid = 0 WHERE revoked_xid IS NOT NULL; \
     UPDATE custom_fields SET index_state = 'pending' WHERE NOT is_archived";

/// What a restored database went through.
#[derive(Debug)]
pub struct Restored {
    /// Migrations that came after the backup, and were applied.
    pub migrated: usize,
}

/// Stores a backup in an empty database, all of it or nothing, and brings it to the schema of this program. `progress` is told
/// how many rows are stored.
///
/// What is stored is read again and compared, before it is committed.
///
/// # Errors
/// When the file is damaged, the database is not empty or in use, or this program lacks what the backup needs.
pub async fn restore<R: Read + Seek>(
    options: &PoolOptions,
    migrations: &[Migration],
    archive: &mut Archive<R>,
    progress: impl FnMut(u64) + Send,
) -> Result<Restored, BackupError> {
    let of_backup = migrations_of(archive.manifest(), migrations)?;
    archive.check()?;
    wait_until_alone(options).await?;
    let mut conn = pool::connect_once(options).await?;
    let rows = migrate::status(&mut conn, migrations).await?;
    let is_other = |row: &LedgerRow| !archive.manifest().has(row);
    if rows.applied.iter().chain(&rows.dormant).any(is_other) {
        return Err(BackupError::NotEmpty);
    }
    migrate::apply(&mut conn, &of_backup, |_| {}).await?;
    load(options, archive, progress).await?;
    let mut migrated = 0;
    migrate::apply(&mut conn, migrations, |progress| {
        migrated += usize::from(matches!(progress, Progress::Finished { .. }));
    })
    .await?;
    Ok(Restored { migrated })
}

impl Manifest {
    fn has(&self, row: &LedgerRow) -> bool {
        let mut rows = self.migrations.iter();
        rows.any(|of_backup| (&of_backup.plugin, &of_backup.version) == (&row.plugin, &row.version))
    }
}

/// Those that make the tables of the backup, in their order.
fn migrations_of(
    manifest: &Manifest,
    migrations: &[Migration],
) -> Result<Vec<Migration>, BackupError> {
    let status = migrate::compare(manifest.migrations.clone(), migrations)?;
    if let Some(row) = status.dormant.first() {
        return Err(BackupError::PluginMissing {
            plugin: row.plugin.clone(),
        });
    }
    let pending: HashSet<_> = status.pending.iter().map(key).collect();
    let is_applied = |migration: &&Migration| !pending.contains(&key(migration));
    Ok(migrations.iter().filter(is_applied).copied().collect())
}

fn key(migration: &Migration) -> (&'static str, &'static str) {
    (migration.plugin, migration.version)
}

async fn wait_until_alone(options: &PoolOptions) -> Result<(), BackupError> {
    let client = pool::connect_raw(options).await?;
    let deadline = Instant::now() + PATIENCE;
    while let Some(by) = catalog::others(&client).await? {
        if Instant::now() > deadline {
            return Err(BackupError::InUse { by });
        }
        sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}

/// One transaction. Whoever starts meanwhile waits for it, as for a migration.
async fn load<R: Read + Seek>(
    options: &PoolOptions,
    archive: &mut Archive<R>,
    progress: impl FnMut(u64) + Send,
) -> Result<(), BackupError> {
    let client = begin(options, "BEGIN").await?;
    let lock = "SELECT pg_advisory_xact_lock($1)";
    client.execute(lock, &[&ledger::LOCK]).await?;
    refuse_others(&client, archive.manifest()).await?;
    let tables = &archive.manifest().tables;
    let names: Vec<String> = tables
        .iter()
        .map(|content| content.table.name.clone())
        .collect();
    let references = catalog::references(&client, &names).await?;
    let indexes = catalog::indexes(&client, &names).await?;
    let taken_away = references
        .iter()
        .chain(&indexes)
        .map(|made| made.drop.as_str());
    run(&client, taken_away).await?;
    run(
        &client,
        for_each(&names, "ALTER TABLE", "DISABLE TRIGGER USER"),
    )
    .await?;
    let all: Vec<String> = names.iter().map(|name| quoted(name)).collect();
    client
        .batch_execute(&format!("TRUNCATE {}", all.join(", ")))
        .await?;
    copy(&client, archive, progress).await?;
    let manifest = archive.manifest();
    compare(&client, manifest).await?;
    client.batch_execute(ADAPT).await?;
    set_sequences(&client, manifest).await?;
    // References may lean on unique indexes.
    run(
        &client,
        indexes
            .iter()
            .chain(&references)
            .map(|made| made.create.as_str()),
    )
    .await?;
    run(
        &client,
        for_each(&names, "ALTER TABLE", "ENABLE TRIGGER USER"),
    )
    .await?;
    run(&client, for_each(&names, "ANALYZE", "")).await?;
    Ok(client.batch_execute("COMMIT").await?)
}

/// The tables must be those of the backup, and hold nothing that anybody did.
async fn refuse_others(client: &Client, manifest: &Manifest) -> Result<(), BackupError> {
    let migrations = catalog::migrations(client).await?;
    let used = "SELECT EXISTS (SELECT FROM users) OR EXISTS (SELECT FROM activities)";
    let is_used: bool = client.query_one(used, &[]).await?.try_get(0)?;
    if is_used || migrations.len() != manifest.migrations.len() {
        return Err(BackupError::NotEmpty);
    }
    let found = catalog::tables(client, &migrations).await?;
    let expected: Vec<&Table> = manifest
        .tables
        .iter()
        .map(|content| &content.table)
        .collect();
    let other = |table: &&Table| !expected.contains(table);
    let missing = |table: &&&Table| !found.contains(table);
    let differing = found
        .iter()
        .find(other)
        .or_else(|| expected.iter().find(missing).copied());
    match differing {
        None => Ok(()),
        Some(table) => Err(BackupError::OtherTables {
            table: table.name.clone(),
        }),
    }
}

async fn copy<R: Read + Seek>(
    client: &Client,
    archive: &mut Archive<R>,
    mut progress: impl FnMut(u64) + Send,
) -> Result<(), BackupError> {
    let mut done = 0;
    let (manifest, mut tables) = archive.parts();
    for content in &manifest.tables {
        let table = &content.table;
        let mut sink = pin!(client.copy_in::<_, Bytes>(&table.copy_in()).await?);
        let mut rows = tables.rows(content)?;
        while let Some(portion) = rows.next()? {
            sink.send(portion.into()).await?;
        }
        sink.as_mut().finish().await?;
        done += content.content.rows;
        progress(done);
    }
    Ok(())
}

/// Reads what was stored: it must be what was read from the file.
async fn compare(client: &Client, manifest: &Manifest) -> Result<(), BackupError> {
    for TableContent { table, content } in &manifest.tables {
        let mut measure = Measure::default();
        let mut rows = pin!(client.copy_out(&table.copy_out()).await?);
        while let Some(row) = rows.try_next().await? {
            measure.add(&row);
        }
        if measure.content() != *content {
            return Err(BackupError::StoredOtherwise {
                table: table.name.clone(),
            });
        }
    }
    Ok(())
}

async fn set_sequences(client: &Client, manifest: &Manifest) -> Result<(), BackupError> {
    for sequence in &manifest.sequences {
        let set = "SELECT setval(pg_get_serial_sequence($1, $2), $3, $4)";
        let table = quoted(&sequence.table);
        let state = (&sequence.last_value, &sequence.is_called);
        client
            .query_one(set, &[&table, &sequence.column, state.0, state.1])
            .await?;
    }
    Ok(())
}

fn for_each(tables: &[String], before: &str, after: &str) -> Vec<String> {
    let statement = |table: &String| format!("{before} {} {after}", quoted(table));
    tables.iter().map(statement).collect()
}

async fn run<S: AsRef<str>>(
    client: &Client,
    statements: impl IntoIterator<Item = S>,
) -> Result<(), BackupError> {
    for statement in statements {
        client.batch_execute(statement.as_ref()).await?;
    }
    Ok(())
}
