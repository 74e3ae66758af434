//! The making of a cluster.

use std::{
    fs::{self, File},
    io::Write as _,
    path::Path,
    process::Stdio,
};

use super::{
    DATABASE, EmbeddedError, USER,
    cluster::Cluster,
    folders,
    process::{run, tail},
};

const UNFINISHED: &str = "cluster.new-";

impl Cluster {
    /// A cluster comes into being by one rename, so a half-made one is never met.
    pub(super) fn create(&self, data_dir: &Path) -> Result<(), EmbeddedError> {
        let new = data_dir.join(format!("{UNFINISHED}{}", std::process::id()));
        folders::create_private(&new, &self.account)?;
        self.init(&new)?;
        self.create_database(&new)?;
        fs::rename(&new, &self.data)
            .and_then(|()| File::open(data_dir)?.sync_all())
            .map_err(|source| EmbeddedError::io("create", &self.data, source))
    }

    fn init(&self, folder: &Path) -> Result<(), EmbeddedError> {
        // Order must never change with an update of the system, which would corrupt indexes, and letters must be
        // more than ASCII: pg_trgm asks LC_CTYPE which characters make a word, whatever the provider.
        let ctypes = ["--lc-ctype=C.UTF-8", "--lc-ctype=en_US.UTF-8"];
        let provider: &[&str] = if self.binaries.major >= 17 {
            &["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        } else {
            &[]
        };
        let mut result = Ok(());
        for ctype in ctypes {
            let mut command = self.command("initdb");
            command.arg("-D").arg(folder).args(provider);
            command.args(["--locale=C", ctype]);
            command.args(["-U", USER, "-A", "trust", "-E", "UTF8", "--no-instructions"]);
            result = run("initdb", &mut command);
            match &result {
                Err(EmbeddedError::Failed { output, .. }) if output.contains("locale") => {}
                _ => break,
            }
        }
        result
    }

    /// Through the single-user mode: a server would have to be started and
    /// stopped, and not every set of binaries has a client.
    fn create_database(&self, folder: &Path) -> Result<(), EmbeddedError> {
        let mut child = self
            .command("postgres")
            .args(["--single", "-D"])
            .arg(folder)
            .arg("postgres")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|source| EmbeddedError::io("run", &self.binaries.folder, source))?;
        if let Some(mut input) = child.stdin.take() {
            // If it does not listen, its output says why.
            let _ = writeln!(input, "CREATE DATABASE {DATABASE}");
        }
        let output = child
            .wait_with_output()
            .map_err(|source| EmbeddedError::io("run", &self.binaries.folder, source))?;
        let errors = String::from_utf8_lossy(&output.stderr);
        // In this mode a failed statement does not make a failed process.
        if !output.status.success() || errors.contains("ERROR:") || errors.contains("FATAL:") {
            return Err(EmbeddedError::Failed {
                program: "postgres",
                output: tail(&errors),
            });
        }
        Ok(())
    }
}

/// Left by a program that was killed in the middle of it.
pub(super) fn remove_unfinished(data_dir: &Path) {
    for entry in fs::read_dir(data_dir).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
            // What cannot be removed is in nobody's way.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
