//! Brings a database to the schema of this binary, for the core and for plugins.
//!
//! Every plugin has its own sequence of versions in one ledger with checksums,
//! and one lock covers the whole run, so any number of replicas may start at
//! once. There is no way down: a released migration is answered by the next one.

mod compare;
pub(crate) mod ledger;

use std::{
    fmt::{self, Write as _},
    iter,
    time::{Duration, Instant},
};

use diesel_async::{AsyncConnection as _, AsyncPgConnection, SimpleAsyncConnection as _};
use sha2::{Digest as _, Sha256};

pub use compare::Status;
pub use ledger::LedgerRow;

use self::compare::check_order;
pub(crate) use self::compare::compare;
use crate::error::Error;

/// Name under which the core's own migrations are kept in the ledger.
pub const CORE_PLUGIN: &str = "core";

const LOCK_PATIENCE: Duration = Duration::from_mins(1);

macro_rules! core_migration {
    ($version:literal, $name:literal) => {
        Migration {
            plugin: CORE_PLUGIN,
            version: $version,
            name: $name,
            sql: include_str!(concat!("../migrations/", $version, "_", $name, "/up.sql")),
        }
    };
}

/// The migrations of the core, oldest first.
pub const CORE: &[Migration] = &[
    core_migration!("2026-11-23-100000", "create_core"),
    core_migration!("2026-11-24-100000", "create_access"),
    core_migration!("2026-11-24-110000", "throttle_sign_ins"),
    core_migration!("2026-11-26-080000", "complete_customers"),
    core_migration!("2026-11-26-100000", "seal_activities"),
    core_migration!("2026-11-26-110000", "add_second_factors"),
    core_migration!("2026-11-26-120000", "link_passwords"),
    core_migration!("2026-11-26-150000", "create_tasks"),
    core_migration!("2026-11-26-155000", "match_duplicates"),
    core_migration!("2026-11-26-156000", "merge_records"),
    core_migration!("2026-11-26-160000", "create_jobs"),
    core_migration!("2026-11-26-170000", "read_activities"),
    core_migration!("2026-11-26-180000", "narrow_lists"),
    core_migration!("2026-11-26-190000", "keep_idempotency_keys"),
    core_migration!("2026-11-26-210000", "create_imports"),
    core_migration!("2026-11-26-217000", "create_assignment_rules"),
    core_migration!("2026-11-26-217500", "count_leads"),
    core_migration!("2026-11-26-218000", "list_tags"),
    core_migration!("2026-11-26-218100", "save_views"),
    core_migration!("2026-11-26-219000", "create_custom_fields"),
    core_migration!("2026-11-26-230000", "grant_plugins"),
    core_migration!("2026-11-27-001000", "feed_events"),
    core_migration!("2026-11-28-100000", "wake_after_commit"),
];

/// The names of the tables of the core, that of the ledger first.
pub fn core_tables() -> impl Iterator<Item = &'static str> {
    iter::once(ledger::TABLE).chain(CORE.iter().flat_map(Migration::tables))
}

/// One step of a schema. It runs once per database, in a transaction of its own.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Whose step it is.
    pub plugin: &'static str,
    /// Time of writing, `2026-11-23-100000`: unique and ascending within the plugin.
    pub version: &'static str,
    /// What it does, in snake case: `create_core`.
    pub name: &'static str,
    /// Statements, with no `BEGIN` or `COMMIT` of their own.
    pub sql: &'static str,
}

impl Migration {
    /// SHA-256 of the statements, in hex. Line ends do not count: a checkout on
    /// another system may change them.
    #[must_use]
    pub fn checksum(&self) -> String {
        hex(&Sha256::digest(self.sql.replace("\r\n", "\n")))
    }
}

/// Bytes as text.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

impl Migration {
    /// The names of the tables that it makes.
    pub fn tables(&self) -> impl Iterator<Item = &'static str> {
        const BEGINS: &str = "create table ";
        let rest = self.sql.lines().filter_map(|line| {
            let (begin, rest) = line.trim_start().split_at_checked(BEGINS.len())?;
            begin.eq_ignore_ascii_case(BEGINS).then_some(rest)
        });
        rest.filter_map(|rest| rest.split([' ', '(', '"']).find(|word| !word.is_empty()))
    }
}

impl fmt::Display for Migration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}_{}", self.plugin, self.version, self.name)
    }
}

/// Why the schema is not what this binary needs.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MigrateError {
    /// The list of migrations itself is wrong.
    #[error("migration {migration} is not in ascending order, or is there twice")]
    Unordered {
        /// The second one of the pair.
        migration: String,
    },

    /// An applied migration was edited.
    #[error(
        "migration {migration} was changed after it had been applied: restore it, and put the change into a new one"
    )]
    Drift {
        /// The edited one.
        migration: String,
    },

    /// A newer binary has been at work here.
    #[error(
        "the database holds migration {plugin} {found}, this program knows none after {newest_known}: start a newer version of it"
    )]
    SchemaNewer {
        /// Whose sequence it is.
        plugin: String,
        /// Version found in the ledger.
        found: String,
        /// Newest version of the plugin in this binary.
        newest_known: String,
    },

    /// Somebody else holds the lock.
    #[error("another process has been migrating this database for {} s", LOCK_PATIENCE.as_secs())]
    Locked,

    /// A migration failed and was rolled back; those before it stay applied.
    #[error("migration {migration} failed{}", at_line(*line))]
    Failed {
        /// The failed one.
        migration: String,
        /// Line of its file, where Postgres named a place.
        line: Option<usize>,
        /// What Postgres said.
        source: Error,
    },

    /// The ledger could not be read or written.
    #[error("the list of applied migrations cannot be used")]
    Database(#[from] Error),
}

fn at_line(line: Option<usize>) -> String {
    line.map_or_else(String::new, |line| format!(" at line {line}"))
}

/// What [`apply`] is at.
#[derive(Debug, Clone, Copy)]
pub enum Progress<'a> {
    /// A migration begins.
    Started {
        /// The migration.
        migration: &'a Migration,
        /// Its number in this run, from 1.
        number: usize,
        /// How many there are in this run.
        total: usize,
    },
    /// A migration is committed.
    Finished {
        /// The migration.
        migration: &'a Migration,
        /// How long it took.
        elapsed: Duration,
    },
}

/// What [`apply`] would run, in that order. Changes nothing.
///
/// # Errors
/// As [`status`].
pub async fn plan(
    conn: &mut AsyncPgConnection,
    migrations: &[Migration],
) -> Result<Vec<Migration>, MigrateError> {
    Ok(status(conn, migrations).await?.pending)
}

/// Compares the ledger with `migrations`. Changes nothing.
///
/// # Errors
/// [`MigrateError::Drift`], [`MigrateError::SchemaNewer`] and
/// [`MigrateError::Unordered`] where the two cannot go together.
pub async fn status(
    conn: &mut AsyncPgConnection,
    migrations: &[Migration],
) -> Result<Status, MigrateError> {
    check_order(migrations)?;
    let rows = if ledger::exists(conn).await? {
        ledger::list(conn).await?
    } else {
        Vec::new()
    };
    compare(rows, migrations)
}

/// Applies what is pending and answers how the database stands then, which the
/// caller may show: nothing pending, perhaps something dormant.
///
/// It needs a session of its own (no transaction pooler), and should not be
/// cancelled while its connection goes back to a pool: the lock would go with it.
///
/// # Errors
/// As [`status`], and [`MigrateError::Locked`] or [`MigrateError::Failed`].
pub async fn apply(
    conn: &mut AsyncPgConnection,
    migrations: &[Migration],
    mut progress: impl FnMut(Progress<'_>) + Send,
) -> Result<Status, MigrateError> {
    check_order(migrations)?;
    lock(conn).await?;
    let result = apply_locked(conn, migrations, &mut progress).await;
    // A lost connection has released the lock already: the first error counts.
    let unlocked = ledger::unlock(conn).await;
    let status = result?;
    unlocked?;
    Ok(status)
}

/// Asks again and again instead of waiting inside Postgres, where the wait would
/// hold a snapshot and fall under the statement timeout of the connection.
async fn lock(conn: &mut AsyncPgConnection) -> Result<(), MigrateError> {
    let start = Instant::now();
    while !ledger::try_lock(conn).await? {
        if start.elapsed() > LOCK_PATIENCE {
            return Err(MigrateError::Locked);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

async fn apply_locked(
    conn: &mut AsyncPgConnection,
    migrations: &[Migration],
    progress: &mut (impl FnMut(Progress<'_>) + Send),
) -> Result<Status, MigrateError> {
    ledger::create(conn).await?;
    let pending = compare(ledger::list(conn).await?, migrations)?.pending;
    let total = pending.len();
    for (number, migration) in (1..).zip(&pending) {
        progress(Progress::Started {
            migration,
            number,
            total,
        });
        let start = Instant::now();
        run(conn, migration).await?;
        progress(Progress::Finished {
            migration,
            elapsed: start.elapsed(),
        });
    }
    compare(ledger::list(conn).await?, migrations)
}

async fn run(conn: &mut AsyncPgConnection, migration: &Migration) -> Result<(), MigrateError> {
    conn.transaction::<_, Error, _>(async |conn| {
        // Rewriting a large table takes its time, but queueing for its lock would
        // stop everybody who comes after us in that queue.
        conn.batch_execute("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '5s'")
            .await?;
        conn.batch_execute(migration.sql).await?;
        ledger::insert(conn, migration).await
    })
    .await
    .map_err(|source| MigrateError::Failed {
        migration: migration.to_string(),
        line: line_of(&source, migration.sql),
        source,
    })
}

fn line_of(error: &Error, sql: &str) -> Option<usize> {
    let Error::Query(diesel::result::Error::DatabaseError(_, info)) = error else {
        return None;
    };
    let position = usize::try_from(info.statement_position()?).ok()?;
    let lines_before = sql.chars().take(position).filter(|c| *c == '\n').count();
    Some(lines_before + 1)
}
