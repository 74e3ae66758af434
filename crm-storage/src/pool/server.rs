//! What a Postgres must be before it is trusted with data.

use std::fmt;

use diesel::{
    QueryableByName,
    sql_types::{Integer, Text},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};

use crate::error::Error;

/// Version of a Postgres server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ServerVersion(i32);

impl ServerVersion {
    /// The oldest version that is served.
    pub const OLDEST: Self = Self(140_000);

    /// Major version, 15 for 15.18.
    #[must_use]
    pub fn major(self) -> i32 {
        self.0 / 10_000
    }
}

impl fmt::Display for ServerVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major(), self.0 % 10_000)
    }
}

/// Why a server is not used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServerRefused {
    /// The server lacks what the queries need.
    #[error(
        "the server is Postgres {found}, which is too old: upgrade it to {} or later",
        ServerVersion::OLDEST.major()
    )]
    TooOld {
        /// Version of the server.
        found: ServerVersion,
    },

    /// An acknowledged write could be lost.
    #[error(
        "the server runs with {setting}=off, which loses or corrupts data in a crash: set {setting}=on in postgresql.conf and reload, or allow an unsafe database explicitly"
    )]
    Unsafe {
        /// The setting that is off.
        setting: &'static str,
    },

    /// The server could not be asked.
    #[error("the server could not be asked for its settings")]
    Failed(#[from] Error),
}

#[derive(QueryableByName)]
struct Settings {
    #[diesel(sql_type = Integer)]
    version: i32,
    #[diesel(sql_type = Text)]
    fsync: String,
    #[diesel(sql_type = Text)]
    full_page_writes: String,
    #[diesel(sql_type = Text)]
    lc_messages: String,
}

/// Looks at version and durability of the server; `allow_unsafe` is for tests
/// and throw-away data.
///
/// # Errors
/// [`ServerRefused`], whose message says what was found and what to do.
pub async fn check_server(
    conn: &mut AsyncPgConnection,
    allow_unsafe: bool,
) -> Result<ServerVersion, ServerRefused> {
    let settings: Settings = diesel::sql_query(
        "SELECT current_setting('server_version_num')::int AS version, \
         current_setting('fsync') AS fsync, \
         current_setting('full_page_writes') AS full_page_writes, \
         current_setting('lc_messages') AS lc_messages",
    )
    .get_result(conn)
    .await
    .map_err(Error::from)?;
    let version = ServerVersion(settings.version);
    if version < ServerVersion::OLDEST {
        return Err(ServerRefused::TooOld { found: version });
    }
    for (setting, value) in [
        ("fsync", &settings.fsync),
        ("full_page_writes", &settings.full_page_writes),
    ] {
        if value == "off" && !allow_unsafe {
            return Err(ServerRefused::Unsafe { setting });
        }
    }
    let language = settings.lc_messages.as_str();
    if !(language.is_empty() || language.starts_with('C') || language.starts_with("en"))
        && language != "POSIX"
    {
        tracing::warn!(
            lc_messages = language,
            "translated messages hide deadlocks and timeouts from us: as a superuser run \
             ALTER ROLE <our role> SET lc_messages = 'C'"
        );
    }
    Ok(version)
}
