//! One database cluster: made, started, found running, stopped.

use std::{
    fs::{self, File, OpenOptions},
    io::{Read as _, Seek as _, SeekFrom},
    os::unix::{net::UnixStream, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Child, Command},
    time::{Duration, Instant},
};

use super::{
    EmbeddedError, Options,
    account::Account,
    address::{socket_setting, url},
    binaries::{self, Binaries},
    create, folders,
    process::{Owner, owner, run, tail},
};

/// Recovery after a power cut may have much to replay.
const START_PATIENCE: Duration = Duration::from_mins(2);
/// The sessions of a killed server notice within moments.
const REMAINS_PATIENCE: Duration = Duration::from_secs(10);
const STOP_PATIENCE_SECONDS: &str = "60";
const DEFAULT_PORT: &str = "5432";
const LOG_LIMIT: u64 = 10 << 20;

/// A cluster with nobody watching over it: it keeps running when this value is
/// dropped, and callers who may meet on one folder must take turns on their own.
/// This is what a server shared by several processes needs; a program that wants
/// a server for itself uses [`EmbeddedPostgres`](super::EmbeddedPostgres).
#[derive(Debug)]
pub struct Cluster {
    pub(super) binaries: Binaries,
    pub(super) account: Account,
    pub(super) data: PathBuf,
    socket_folder: PathBuf,
    log: PathBuf,
    settings: Vec<(String, String)>,
    child: Option<Child>,
}

enum State {
    Stopped,
    /// It starts or stops.
    Between,
    Ready,
}

impl Cluster {
    /// Opens the cluster in a folder, and makes it if there is none.
    ///
    /// # Errors
    /// [`EmbeddedError`], whose message is for the person who started the program.
    pub fn open(options: &Options) -> Result<Self, EmbeddedError> {
        let data_dir = folders::create_data_dir(&options.data_dir)?;
        let data = data_dir.join("cluster");
        let existing = fs::metadata(&data).ok();
        let account = Account::choose(&data_dir, existing.as_ref())?;
        account.check_path(&data_dir)?;
        let socket_folder = folders::socket_folder(&data_dir);
        if let Some(parent) = socket_folder.parent() {
            account.check_path(parent)?;
        }
        let logs = data_dir.join("log");
        for folder in [&socket_folder, &logs] {
            folders::create_private(folder, &account)?;
        }
        let major = match existing {
            Some(_) => {
                folders::create_private(&data, &account)?;
                Some(version(&data)?)
            }
            None => None,
        };
        let binaries = binaries::find(&account, options.binaries.as_deref(), &data_dir, major)?;
        let cluster = Self {
            binaries,
            account,
            data,
            socket_folder,
            log: logs.join("postgres.log"),
            settings: options.settings.clone(),
            child: None,
        };
        create::remove_unfinished(&data_dir);
        if major.is_none() {
            cluster.create(&data_dir)?;
        }
        Ok(cluster)
    }

    /// URL of a database of this cluster.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        url(&self.socket_folder, self.port(), database)
    }

    /// URL of a database of the cluster in `data_dir`, an absolute path, whether it
    /// runs or not; not for one with a `port` in its settings. For those who only want to know whether it does.
    #[must_use]
    pub fn url_at(data_dir: &Path, database: &str) -> String {
        url(&folders::socket_folder(data_dir), DEFAULT_PORT, database)
    }

    /// The folder of the binaries in use.
    #[must_use]
    pub fn binaries(&self) -> &Path {
        &self.binaries.folder
    }

    /// Starts the server if it does not run, and waits until it answers.
    ///
    /// # Errors
    /// [`EmbeddedError::Failed`] with the end of the server's log.
    pub fn start(&mut self) -> Result<(), EmbeddedError> {
        if let Some(Ok(Some(_))) = self.child.as_mut().map(Child::try_wait) {
            self.child = None;
        }
        let log_start = self.rotate_log();
        let deadline = Instant::now() + START_PATIENCE;
        let remains_deadline = Instant::now() + REMAINS_PATIENCE;
        while Instant::now() < deadline {
            match self.state() {
                State::Ready if self.answers() => return Ok(()),
                // Somebody moved the folder, or cleaned the socket away.
                State::Ready => self.stop()?,
                State::Between => {}
                State::Stopped => match &mut self.child {
                    None => self.spawn()?,
                    Some(child) => {
                        if matches!(child.try_wait(), Ok(Some(_)) | Err(_)) {
                            self.child = None;
                            let error = self.failed(log_start);
                            if !is_passing(&error) || Instant::now() > remains_deadline {
                                return Err(error);
                            }
                        }
                    }
                },
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Err(self.failed(log_start))
    }

    /// Stops the server if it runs: sessions end, data is written out.
    ///
    /// # Errors
    /// [`EmbeddedError::Failed`] if it does not stop within a minute.
    pub fn stop(&mut self) -> Result<(), EmbeddedError> {
        if !matches!(self.state(), State::Stopped) {
            let mut command = self.command("pg_ctl");
            command.arg("stop").arg("-D").arg(&self.data).args([
                "-m",
                "fast",
                "-w",
                "-s",
                "-t",
                STOP_PATIENCE_SECONDS,
            ]);
            run("pg_ctl", &mut command)?;
        }
        if let Some(mut child) = self.child.take() {
            // Its work is done; this only clears it from the table of processes.
            let _ = child.wait();
        }
        Ok(())
    }

    pub(super) fn command(&self, program: &str) -> Command {
        self.account.command(&self.binaries.folder.join(program))
    }

    /// Not through `pg_ctl start`: that hands everything to a shell.
    fn spawn(&mut self) -> Result<(), EmbeddedError> {
        self.owner_of(&folders::socket_lock(&self.socket_folder, self.port()));
        let open = |source| EmbeddedError::io("write", &self.log, source);
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.log)
            .map_err(open)?;
        let errors = log.try_clone().map_err(open)?;
        let mut command = self.command("postgres");
        command
            .arg("-D")
            .arg(&self.data)
            .args([
                "-c",
                "listen_addresses=",
                "-c",
                "unix_socket_permissions=0700",
            ])
            .arg("-c")
            .arg(socket_setting(&self.socket_folder));
        for (name, value) in &self.settings {
            command.arg("-c").arg(format!("{name}={value}"));
        }
        // A group of its own: Ctrl-C is for us, and we stop the server in order.
        let child = command
            .process_group(0)
            .stdout(log)
            .stderr(errors)
            .spawn()
            .map_err(|source| EmbeddedError::io("run", &self.binaries.folder, source))?;
        self.child = Some(child);
        Ok(())
    }

    fn state(&self) -> State {
        let file = self.data.join("postmaster.pid");
        match self.owner_of(&file) {
            Some(Owner::Server) => {
                let text = fs::read_to_string(&file).unwrap_or_default();
                match text.lines().nth(7).map(str::trim) {
                    Some("ready") => State::Ready,
                    _ => State::Between,
                }
            }
            _ => State::Stopped,
        }
    }

    /// Whose number a lock file of Postgres holds. If another process came by that
    /// number, the file goes: Postgres would take the process for a server, and
    /// refuse to start. So it would with an empty file, which a power cut may leave.
    fn owner_of(&self, file: &Path) -> Option<Owner> {
        let text = fs::read_to_string(file).ok()?;
        let owner = match text.lines().next() {
            Some(pid) => owner(pid.trim(), &self.data),
            None if age(file)? > REMAINS_PATIENCE => Owner::Other,
            None => Owner::Unknown,
        };
        if owner == Owner::Other {
            // If it stays, the server says so.
            let _ = fs::remove_file(file);
        }
        Some(owner)
    }

    fn answers(&self) -> bool {
        UnixStream::connect(folders::socket_file(&self.socket_folder, self.port())).is_ok()
    }

    /// Part of the socket's name; a port in the usual sense only where the settings
    /// open one.
    fn port(&self) -> &str {
        self.settings
            .iter()
            .rev()
            .find(|(name, _)| name == "port")
            .map_or(DEFAULT_PORT, |(_, port)| port)
    }

    /// Answers the length of the log, so that an error shows this start only.
    fn rotate_log(&self) -> u64 {
        let length = fs::metadata(&self.log).map_or(0, |found| found.len());
        // A server that is already running goes on writing to the renamed file.
        if length > LOG_LIMIT && fs::rename(&self.log, self.log.with_extension("log.1")).is_ok() {
            return 0;
        }
        length
    }

    fn failed(&self, log_start: u64) -> EmbeddedError {
        let mut text = Vec::new();
        let read = File::open(&self.log).and_then(|mut log| {
            log.seek(SeekFrom::Start(log_start))?;
            log.read_to_end(&mut text)
        });
        EmbeddedError::Failed {
            program: "postgres",
            output: match read {
                Ok(_) => tail(&String::from_utf8_lossy(&text)),
                Err(error) => format!("{} cannot be read: {error}", self.log.display()),
            },
        }
    }
}

fn age(file: &Path) -> Option<Duration> {
    fs::metadata(file).ok()?.modified().ok()?.elapsed().ok()
}

/// The user whose server it would be, and the version of the data where there are some.
pub(super) fn look(data_dir: &Path) -> Result<(Account, Option<u32>), EmbeddedError> {
    let data = data_dir.join("cluster");
    let existing = fs::metadata(&data).ok();
    let account = Account::choose(data_dir, existing.as_ref())?;
    account.check_path(data_dir)?;
    let major = existing.map(|_| version(&data)).transpose()?;
    Ok((account, major))
}

/// Whether a start failed only because parts of a killed server are still around.
fn is_passing(error: &EmbeddedError) -> bool {
    matches!(error, EmbeddedError::Failed { output, .. }
        if output.contains("pre-existing shared memory block"))
}

/// Major version of the data.
fn version(data: &Path) -> Result<u32, EmbeddedError> {
    let file = data.join("PG_VERSION");
    fs::read_to_string(&file)
        .map_err(|source| EmbeddedError::io("read", &file, source))?
        .trim()
        .parse()
        .map_err(|error| EmbeddedError::Refused {
            folder: data.to_owned(),
            reason: format!("its PG_VERSION is not understood: {error}"),
        })
}
