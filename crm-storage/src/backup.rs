//! A backup: all that the CRM has in its database, in one file, and back.
//!
//! The file is a ZIP archive with an entry for each table, in the text form of `COPY`, and at its end `backup.json`, the
//! [`Manifest`]. It holds no schema: the migrations that it names make that. See `docs/decisions/0040`.
//!
//! Files and compression block the thread for some milliseconds at a time: this is for a program that does nothing else.

mod archive;
mod catalog;
mod restore;
mod write;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tokio_postgres::Client;

use crate::Error;
use crate::migrate::{LedgerRow, MigrateError};
use crate::pool::{self, PoolOptions};

pub use archive::Archive;
pub use restore::{Restored, restore};
pub use write::write;

/// The form of the file; a program reads no newer one.
const FORMAT: u32 = 1;

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// The form of the file.
    pub format: u32,
    /// Version of the program that made it.
    pub app_version: String,
    /// The instant of which it is, by the clock of the database.
    pub taken_at: DateTime<Utc>,
    /// The migrations that made its tables.
    pub migrations: Vec<LedgerRow>,
    /// Its tables, in the order of their names.
    pub tables: Vec<TableContent>,
    /// What its sequences have given.
    pub sequences: Vec<Sequence>,
}

impl Manifest {
    /// How many rows there are in all tables.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.content.rows).sum()
    }
}

/// A table of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TableContent {
    /// Which one.
    #[serde(flatten)]
    pub table: Table,
    /// What is in it.
    #[serde(flatten)]
    pub content: Content,
}

/// A table, as far as its rows are copied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// The columns that are not computed from others, in their order.
    pub columns: Vec<String>,
}

/// The rows of a table, as one can tell whether they are the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// How many there are.
    pub rows: u64,
    /// How many bytes they take, before they are compressed.
    pub bytes: u64,
    /// SHA-256 of these bytes, in hex.
    pub sha256: String,
}

/// What a sequence has given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sequence {
    /// The table of the column that it numbers.
    pub table: String,
    /// That column.
    pub column: String,
    /// The last number.
    pub last_value: i64,
    /// Whether that was given already.
    pub is_called: bool,
}

/// Why there is no backup, or why it is not in the database.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// The file could not be written or read.
    #[error("the backup cannot be written or read")]
    File(#[from] std::io::Error),

    /// It is no ZIP archive, has no manifest, or was cut off.
    #[error("the file is no backup, or was cut off")]
    NoBackup(#[source] crate::error::Source),

    /// A newer program has made it.
    #[error(
        "the backup has form {found}, this program reads {FORMAT}: use the version of it that made it, {app_version}"
    )]
    NewerFormat {
        /// Its form.
        found: u64,
        /// The program that made it.
        app_version: String,
    },

    /// The rows of a table are not those that were written.
    #[error("the rows of the table {table} in the backup are damaged: use another backup")]
    Damaged {
        /// Whose rows.
        table: String,
    },

    /// It holds tables that no plugin of this program knows.
    #[error(
        "the backup holds tables of the plugin {plugin}, which this program lacks: use one that has it"
    )]
    PluginMissing {
        /// The plugin.
        plugin: String,
    },

    /// There is nothing to make a backup of.
    #[error("the database holds no CRM")]
    NoCrm,

    /// It would be written over something.
    #[error(
        "there is something in the database already: restore into an empty one, or an empty CRM_DATA_DIR"
    )]
    NotEmpty,

    /// Others would not notice what becomes of the database.
    #[error("others use the database ({by}): stop them first")]
    InUse {
        /// What they call themselves.
        by: String,
    },

    /// Its tables are others than the migrations make.
    #[error("the tables of the backup are not those that its migrations make: {table}")]
    OtherTables {
        /// The first of them.
        table: String,
    },

    /// What was stored is not what was read.
    #[error(
        "the rows of the table {table} are others in the database than in the backup; nothing was kept"
    )]
    StoredOtherwise {
        /// Whose rows.
        table: String,
    },

    /// The schema could not be made, or is another one.
    #[error(transparent)]
    Migrate(#[from] MigrateError),

    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl From<tokio_postgres::Error> for BackupError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Database(Error::from_driver(error))
    }
}

/// Takes the measure of rows that pass by.
#[derive(Default)]
struct Measure {
    rows: u64,
    bytes: u64,
    hash: Sha256,
}

impl Measure {
    /// In the text form of `COPY` each row is a line, and line feeds of values are escaped.
    fn add(&mut self, portion: &[u8]) {
        self.rows += portion
            .iter()
            .map(|byte| u64::from(*byte == b'\n'))
            .sum::<u64>();
        self.bytes += portion.len() as u64;
        self.hash.update(portion);
    }

    fn content(self) -> Content {
        Content {
            rows: self.rows,
            bytes: self.bytes,
            sha256: crate::migrate::hex(&self.hash.finalize()),
        }
    }
}

/// Has the same rows give the same bytes on every server, and takes the time that it takes.
const SETTINGS: &str = "SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL IntervalStyle = 'postgres'; \
     SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1; SET LOCAL synchronize_seqscans = off; \
     SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '10s'; \
     SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL maintenance_work_mem = '256MB'";

/// A connection with a transaction of this kind; it is undone when it is dropped without a commit.
async fn begin(options: &PoolOptions, begin: &str) -> Result<Client, BackupError> {
    let client = pool::connect_raw(options).await?;
    client
        .batch_execute(&format!("{begin}; {SETTINGS}"))
        .await?;
    Ok(client)
}
