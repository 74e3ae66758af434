//! Running the Postgres programs, and looking at running ones.

use std::{fs, os::unix::ffi::OsStrExt as _, path::Path, process::Command};

use super::EmbeddedError;

pub(super) fn run(program: &'static str, command: &mut Command) -> Result<(), EmbeddedError> {
    let output = command
        .output()
        .map_err(|source| EmbeddedError::io("run", Path::new(command.get_program()), source))?;
    if output.status.success() {
        return Ok(());
    }
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    Err(EmbeddedError::Failed {
        program,
        output: tail(&text),
    })
}

/// The last lines, where the reason usually is.
pub(super) fn tail(text: &str) -> String {
    let lines: Vec<&str> = text.trim().lines().collect();
    let start = lines.len().saturating_sub(20);
    lines.get(start..).unwrap_or_default().join("\n")
}

/// What a number in a pid file stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    /// The server on our data.
    Server,
    /// Another process, which came by the number later, or a dead one that its
    /// parent has not cleared away.
    Other,
    /// No process, or one that the system tells us nothing about.
    Unknown,
}

/// Asks the system whether a process is the server on `data`.
pub(super) fn owner(pid: &str, data: &Path) -> Owner {
    if Path::new("/proc/self").exists() {
        let process = Path::new("/proc").join(pid);
        // A server works in its data folder, wherever it was started.
        return match (fs::read_link(process.join("cwd")), fs::canonicalize(data)) {
            (Ok(folder), Ok(data)) if folder == data => Owner::Server,
            _ if process.exists() => Owner::Other,
            _ => Owner::Unknown,
        };
    }
    let output = Command::new("/bin/ps")
        .args(["-o", "command=", "-p", pid])
        .output();
    match output {
        Ok(output) if contains(&output.stdout, data.as_os_str().as_bytes()) => Owner::Server,
        // Perhaps ours, started by hand.
        Ok(output) if contains(&output.stdout, b"postgres") => Owner::Unknown,
        Ok(output) if output.status.success() => Owner::Other,
        _ => Owner::Unknown,
    }
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}
