//! Runs the program in a folder of its own, and clears away what it leaves.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use crm::storage::embedded::{Cluster, Options};

/// On a loaded machine a test should be slow rather than fail.
const PATIENCE: Duration = Duration::from_mins(1);

const PREFIX: &str = "crm-cli-test-";

/// What a command left behind.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Outcome {
    /// The standard output of a command that has to succeed.
    pub(crate) fn done(self) -> String {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.stdout
    }

    /// The message of a command that has to fail so, which is one line.
    pub(crate) fn failed(self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "{self:?}");
        let message = self.stderr.lines().last().unwrap_or_default();
        let message = message.strip_prefix("crm: ").expect("a message of ours");
        message.to_owned()
    }
}

/// A folder for one test. With it goes the Postgres that was run in it.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        clear_left_overs();
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("{PREFIX}{}-{number}", std::process::id()));
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn data_dir(&self) -> PathBuf {
        self.0.join("data")
    }

    /// Whether the Postgres of this folder runs.
    pub(crate) fn has_postgres(&self) -> bool {
        self.data_dir().join("cluster/postmaster.pid").exists()
    }

    /// The program, which sees nothing of this process' environment.
    pub(crate) fn crm<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Crm {
        let mut command = Command::new(env!("CARGO_BIN_EXE_crm"));
        command
            .args(arguments)
            .env_clear()
            .current_dir(self.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(binaries) = binaries() {
            command.env("CRM_PG_BIN", binaries);
        }
        Crm(command)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        clear(&self.0);
    }
}

fn clear(folder: &Path) {
    let data_dir = folder.join("data");
    if data_dir.join("cluster").exists() {
        let options = Options {
            data_dir,
            binaries: binaries().map(PathBuf::from),
            settings: Vec::new(),
        };
        let stopped = Cluster::open(&options).and_then(|mut cluster| cluster.stop());
        if let Err(error) = stopped {
            eprintln!("{} stays: {error}", folder.display());
            return;
        }
    }
    if let Err(error) = std::fs::remove_dir_all(folder) {
        eprintln!("{} stays: {error}", folder.display());
    }
}

/// Those of test processes that were killed.
fn clear_left_overs() {
    if !Path::new("/proc/self").exists() {
        return;
    }
    for entry in std::fs::read_dir(std::env::temp_dir()).unwrap().flatten() {
        let name = entry.file_name();
        let owner = name.to_str().and_then(|name| name.strip_prefix(PREFIX));
        let owner = owner.and_then(|rest| rest.split('-').next());
        if owner.is_some_and(|pid| !Path::new("/proc").join(pid).exists()) {
            clear(&entry.path());
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the test run is told where Postgres is"
)]
fn binaries() -> Option<String> {
    std::env::var("CRM_PG_BIN").ok()
}

/// A call of the program that is about to happen.
pub(crate) struct Crm(Command);

impl Crm {
    pub(crate) fn with(mut self, settings: &[(&str, &str)]) -> Self {
        self.0.envs(settings.iter().copied());
        self
    }

    pub(crate) fn run(self) -> Outcome {
        self.run_with_input("")
    }

    pub(crate) fn run_with_input(mut self, input: &str) -> Outcome {
        let mut child = self.0.stdin(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A command that reads nothing may have closed it already.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        let output = child.wait_with_output().unwrap();
        Outcome {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Starts a server on a free port, which need not become ready.
    pub(crate) fn start(mut self) -> Child {
        self.0.env("PORT", "0").spawn().unwrap()
    }

    /// Starts a server on a free port, and waits until it is ready.
    pub(crate) fn serve(self) -> Server {
        self.serve_with_log(Stdio::inherit())
    }

    pub(crate) fn serve_with_log(mut self, log: impl Into<Stdio>) -> Server {
        self.0.stderr(log);
        let mut child = self.start();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                // The test may have seen enough.
                let _ = sender.send(line);
            }
        });
        let mut server = Server {
            child,
            lines,
            url: String::new(),
        };
        server.url = server.line("address");
        server
    }
}

/// A running server, killed with this value.
pub(crate) struct Server {
    child: Child,
    lines: Receiver<String>,
    url: String,
}

impl Server {
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// Waits for a printed line that begins so, and gives what follows.
    pub(crate) fn line(&self, start: &str) -> String {
        loop {
            let line = self.lines.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|_| panic!("nothing was printed about {start:?}"));
            if let Some(rest) = line.trim().strip_prefix(start) {
                return rest.trim().to_owned();
            }
        }
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(crate) fn pid(&self) -> String {
        self.child.id().to_string()
    }

    pub(crate) fn signal(&self, signal: &str) {
        let pid = self.pid();
        let status = Command::new("kill").args([signal, &pid]).status();
        assert!(status.unwrap().success());
    }

    /// Waits for it to end by itself.
    pub(crate) fn wait(mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "the server does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
