//! The server that all test processes of a user and a workspace share.

use std::{
    fs::{File, OpenOptions},
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use crm_storage::{
    embedded::{Cluster, EmbeddedError, Options},
    pool,
};
use diesel_async::AsyncPgConnection;
use sha2::{Digest as _, Sha256};

use super::{Failure, patient, template};

/// URL of another server to test on; its user must be allowed to create databases.
pub const URL_VARIABLE: &str = "CRM_TEST_DATABASE_URL";
/// Folder of the Postgres programs.
pub const BINARIES_VARIABLE: &str = "CRM_PG_BIN";

/// Some containers have a tiny one, in which a test run would get stuck.
const ENOUGH_MEMORY_KIB: u64 = 1 << 20;

/// Nothing here outlives a test run, so nothing is made durable; the rest is for
/// many processes with a few connections each.
const SETTINGS: [(&str, &str); 9] = [
    ("fsync", "off"),
    ("synchronous_commit", "off"),
    ("full_page_writes", "off"),
    ("autovacuum", "off"),
    ("wal_level", "minimal"),
    ("max_wal_senders", "0"),
    ("max_connections", "500"),
    ("shared_buffers", "64MB"),
    ("log_checkpoints", "off"),
];

/// Where test databases are made.
#[derive(Debug, Clone)]
pub struct Server {
    place: Place,
}

#[derive(Debug, Clone)]
enum Place {
    /// Our own, in this folder.
    Folder(PathBuf),
    /// A developer's, by the URL of any database on it.
    Url(String),
}

impl Server {
    pub(super) fn is_ours(&self) -> bool {
        matches!(self.place, Place::Folder(_))
    }

    pub(super) fn url(&self, database: &str) -> String {
        match &self.place {
            Place::Folder(folder) => Cluster::url_at(folder, database),
            Place::Url(url) => with_database(url, database),
        }
    }

    /// The server, and a connection to its database `postgres`.
    pub(super) async fn find_or_start() -> Result<(Self, AsyncPgConnection), Failure> {
        let server = Self::find();
        let url = server.url("postgres");
        match (pool::connect_once(&patient(&url)).await, &server.place) {
            (Ok(conn), _) => Ok((server, conn)),
            (Err(error), Place::Url(_)) => Err(error.into()),
            (Err(_), Place::Folder(folder)) => {
                let folder = folder.clone();
                tokio::task::spawn_blocking(move || start_in(&folder)).await??;
                let conn = pool::connect_once(&patient(&url)).await?;
                Ok((server, conn))
            }
        }
    }

    fn find() -> Self {
        let place = match setting(URL_VARIABLE) {
            Some(url) => Place::Url(url),
            None => Place::Folder(folder()),
        };
        Self { place }
    }
}

/// Starts the shared server unless it runs.
///
/// # Errors
/// Those of the embedded Postgres.
pub fn start() -> Result<(), Failure> {
    start_in(&folder())
}

/// Stops the shared server and removes all it kept. Answers whether it did: not
/// while a living process has a database on it.
///
/// # Errors
/// Those of the embedded Postgres.
pub fn stop() -> Result<bool, Failure> {
    let folder = folder();
    if !folder.exists() {
        return Ok(true);
    }
    let _turn = take_turn(&folder)?;
    if in_use(&folder)? {
        return Ok(false);
    }
    match Cluster::open(&options(&folder)) {
        Ok(mut cluster) => cluster.stop()?,
        // Made with other programs than today's. Without its folder the server ends
        // within a minute.
        Err(EmbeddedError::VersionMissing { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    std::fs::remove_dir_all(&folder)?;
    Ok(true)
}

fn start_in(folder: &Path) -> Result<(), Failure> {
    let _turn = take_turn(folder)?;
    let options = options(folder);
    let mut cluster = match Cluster::open(&options) {
        Err(EmbeddedError::VersionMissing { .. }) => {
            std::fs::remove_dir_all(folder)?;
            Cluster::open(&options)?
        }
        opened => opened?,
    };
    cluster.start()?;
    Ok(())
}

fn in_use(folder: &Path) -> Result<bool, Failure> {
    let url = Cluster::url_at(folder, "postgres");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let Ok(mut conn) = pool::connect_once(&patient(&url)).await else {
            return Ok(false);
        };
        let names = template::databases(&mut conn).await?;
        Ok(names
            .iter()
            .filter_map(|name| template::owner(name))
            .any(|(pid, _)| is_alive(pid)))
    })
}

/// Processes start and stop the server one at a time. The file lies beside the
/// folder, which comes and goes.
fn take_turn(folder: &Path) -> Result<File, Failure> {
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(folder.with_extension("lock"))?;
    file.lock()?;
    Ok(file)
}

fn options(folder: &Path) -> Options {
    Options {
        data_dir: folder.to_owned(),
        binaries: setting(BINARIES_VARIABLE).map(PathBuf::from),
        settings: SETTINGS
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
    }
}

/// One folder a user and a workspace.
fn folder() -> PathBuf {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR"));
    let digest = Sha256::digest(workspace.as_os_str().as_encoded_bytes());
    let key = digest
        .iter()
        .take(4)
        .fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    scratch().join(format!("crm-test-{}-{key:08x}", user()))
}

/// Where throw-away data goes: into memory if there is enough of it, else beside
/// the built programs.
#[must_use]
pub fn scratch() -> PathBuf {
    let memory = Path::new("/dev/shm");
    if size_kib(memory).is_some_and(|size| size >= ENOUGH_MEMORY_KIB) {
        return memory.to_owned();
    }
    let program = std::env::current_exe().unwrap_or_default();
    program
        .ancestors()
        .find(|folder| folder.join("CACHEDIR.TAG").exists())
        .filter(|target| user() != 0 || target.ancestors().all(is_open))
        .map_or_else(std::env::temp_dir, Path::to_path_buf)
}

/// For root the server runs as another user, who could not get below /root.
fn is_open(folder: &Path) -> bool {
    std::fs::metadata(folder).is_ok_and(|found| found.mode() & 0o001 != 0)
}

/// Number of the user, 0 where the system does not tell: folders of one's own then
/// keep users apart.
fn user() -> u32 {
    std::fs::metadata("/proc/self").map_or(0, |found| found.uid())
}

fn size_kib(folder: &Path) -> Option<u64> {
    if !folder.is_dir() {
        return None;
    }
    let output = Command::new("df").arg("-Pk").arg(folder).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().nth(1)?.split_whitespace().nth(1)?.parse().ok()
}

pub(super) fn is_alive(pid: u32) -> bool {
    if Path::new("/proc/self").exists() {
        return Path::new(&format!("/proc/{pid}")).exists();
    }
    Command::new("/bin/ps")
        .args(["-p", &pid.to_string()])
        .output()
        .map_or(true, |output| output.status.success())
}

/// The same URL with another database, its parameters kept.
fn with_database(url: &str, database: &str) -> String {
    let (base, parameters) = match url.split_once('?') {
        Some((base, parameters)) => (base, format!("?{parameters}")),
        None => (url, String::new()),
    };
    let start = base.find("://").map_or(0, |at| at + 3);
    let host_end = base
        .get(start..)
        .and_then(|rest| rest.find('/'))
        .map_or(base.len(), |at| start + at);
    let host = base.get(..host_end).unwrap_or(base);
    format!("{host}/{database}{parameters}")
}

#[expect(
    clippy::disallowed_methods,
    reason = "settings of the test run, which no configuration of the product knows"
)]
fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_database_keeps_the_rest_of_the_url() {
        for (url, expected) in [
            (
                "postgres://u:p@h:1/a?sslmode=require",
                "postgres://u:p@h:1/b?sslmode=require",
            ),
            ("postgres://u@%2Ftmp/a", "postgres://u@%2Ftmp/b"),
            ("postgres://h", "postgres://h/b"),
        ] {
            assert_eq!(with_database(url, "b"), expected);
        }
    }
}
