//! A private Postgres of our own, so that the program runs without a set-up
//! database server.
//!
//! It uses installed Postgres binaries, listens on a Unix socket in a folder
//! nobody else may enter, and keeps its data with the usual durability. This
//! code blocks; in async code call it through `spawn_blocking`. Unix only.

mod account;
mod address;
mod binaries;
mod cluster;
mod create;
mod folders;
mod process;

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

pub use cluster::Cluster;

/// Superuser of the private server, who owns everything in it.
pub const USER: &str = "crm";
/// The database that a new cluster holds.
pub const DATABASE: &str = "crm";

/// A child of a program that was killed while it started one holds the lock until
/// it is the new program.
const LOCK_PATIENCE: Duration = Duration::from_millis(500);

/// Where the private Postgres lives.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Folder for everything it keeps; made if it is not there.
    pub data_dir: PathBuf,
    /// Folder with `initdb`, `pg_ctl` and `postgres`; searched for if not given.
    pub binaries: Option<PathBuf>,
    /// Server settings on top of ours, as in postgresql.conf.
    pub settings: Vec<(String, String)>,
}

/// A running private Postgres. No other process can start one on the same folder
/// while this value lives; dropping it stops the server.
#[derive(Debug)]
pub struct EmbeddedPostgres {
    cluster: Cluster,
    /// Holds the lock; closing the file releases it.
    _lock: File,
}

impl EmbeddedPostgres {
    /// Starts the server, and makes the cluster if there is none. A server that
    /// outlived a killed program is taken over as it runs.
    ///
    /// # Errors
    /// [`EmbeddedError`], whose message is for the person who started the program.
    pub fn start(options: &Options) -> Result<Self, EmbeddedError> {
        let data_dir = folders::create_data_dir(&options.data_dir)?;
        let lock = lock(&data_dir)?;
        let mut cluster = Cluster::open(options)?;
        cluster.start()?;
        Ok(Self {
            cluster,
            _lock: lock,
        })
    }

    /// URL of a database of this server; [`DATABASE`] exists from the start.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        self.cluster.url(database)
    }

    /// The folder of the binaries in use.
    #[must_use]
    pub fn binaries(&self) -> &Path {
        self.cluster.binaries()
    }

    /// Ends all sessions, writes everything out, and waits for the server to be gone.
    ///
    /// # Errors
    /// [`EmbeddedError`] if the server does not stop.
    pub fn stop(mut self) -> Result<(), EmbeddedError> {
        self.cluster.stop()
    }
}

impl Drop for EmbeddedPostgres {
    fn drop(&mut self) {
        // After `stop` there is nothing left to do; else this is an early return
        // of the program, and a failure only means that the next start takes over.
        if let Err(error) = self.cluster.stop() {
            tracing::warn!(%error, "the embedded Postgres did not stop");
        }
    }
}

/// Folder and major version of the Postgres that [`EmbeddedPostgres::start`] would
/// run. Starts and makes nothing but the data folder.
///
/// # Errors
/// [`EmbeddedError`], whose message is for the person who started the program.
pub fn find_binaries(options: &Options) -> Result<(PathBuf, u32), EmbeddedError> {
    let data_dir = folders::create_data_dir(&options.data_dir)?;
    let (account, major) = cluster::look(&data_dir)?;
    let binaries = options.binaries.as_deref();
    let found = binaries::find(&account, binaries, &data_dir, major)?;
    Ok((found.folder, found.major))
}

fn lock(data_dir: &Path) -> Result<File, EmbeddedError> {
    let path = data_dir.join("lock");
    let failed = |source| EmbeddedError::io("lock", &path, source);
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(failed)?;
    let deadline = Instant::now() + LOCK_PATIENCE;
    loop {
        match file.try_lock() {
            Ok(()) => break,
            Err(TryLockError::WouldBlock) if Instant::now() < deadline => {
                std::thread::sleep(Duration::from_millis(10));
            }
            Err(TryLockError::WouldBlock) => {
                let mut pid = String::new();
                // The number only helps to find the process.
                let _ = file.read_to_string(&mut pid);
                return Err(EmbeddedError::InUse {
                    folder: data_dir.to_owned(),
                    pid: pid.trim().to_owned(),
                });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
    }
    file.set_len(0)
        .and_then(|()| writeln!(file, "{}", std::process::id()))
        .map_err(failed)?;
    Ok(file)
}

/// Why the private Postgres does not run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EmbeddedError {
    /// Nothing to run.
    #[error(
        "no Postgres 14 or later was found: install it (Debian, Ubuntu: apt install postgresql; Fedora: dnf install postgresql-server postgresql-contrib; macOS: brew install postgresql@17), or set DATABASE_URL to a database of your own"
    )]
    NoBinaries,

    /// The folder given by the caller is of no use.
    #[error("{} is not used as the folder of the Postgres binaries: {reason}", folder.display())]
    BadBinaries {
        /// The given folder.
        folder: PathBuf,
        /// What is wrong with it.
        reason: String,
    },

    /// The data was written by a major version that is not installed.
    #[error(
        "the data in {} needs Postgres {major}, which was not found: install that version next to the others",
        folder.display()
    )]
    VersionMissing {
        /// The data folder.
        folder: PathBuf,
        /// Major version that wrote it.
        major: u32,
    },

    /// Another process runs a server on this folder.
    #[error("the data folder {} is in use by process {pid}: stop it, or choose another folder", folder.display())]
    InUse {
        /// The data folder.
        folder: PathBuf,
        /// Process number of the holder.
        pid: String,
    },

    /// Started as root, the server runs as somebody else, who cannot get there.
    #[error(
        "the folder {} cannot be entered by the user {user}, as whom Postgres runs when started by root: choose a data folder elsewhere",
        folder.display()
    )]
    Untraversable {
        /// First folder on the way that is closed.
        folder: PathBuf,
        /// Name or number of the user.
        user: String,
    },

    /// The folder exists and is not ours.
    #[error("{} is not used: {reason}", folder.display())]
    Refused {
        /// The folder.
        folder: PathBuf,
        /// What is wrong with it.
        reason: String,
    },

    /// A file operation failed.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// A Postgres program failed.
    #[error("{program} failed: {output}")]
    Failed {
        /// Which one.
        program: &'static str,
        /// The end of what it wrote, or of the server's log.
        output: String,
    },
}

impl EmbeddedError {
    fn io(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io {
            action,
            path: path.to_owned(),
            source,
        }
    }
}
