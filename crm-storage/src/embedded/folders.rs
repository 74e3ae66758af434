//! The folders of the private Postgres, and who may enter them.

use std::{
    fs::{self, DirBuilder, Permissions},
    io::ErrorKind,
    os::unix::{
        ffi::OsStrExt as _,
        fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _},
    },
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};

use super::{EmbeddedError, account::Account};

/// macOS allows 103 bytes for a socket's path, Linux 107.
const SOCKET_PATH_LIMIT: usize = 103;
const LONGEST_SOCKET_NAME: &str = ".s.PGSQL.65535";

pub(super) fn create_data_dir(path: &Path) -> Result<PathBuf, EmbeddedError> {
    let path = std::path::absolute(path)
        .map_err(|source| EmbeddedError::io("find the place of", path, source))?;
    if !path.exists() {
        fs::create_dir_all(&path)
            // Root may have a umask that locks the user of the server out. What
            // must stay private is in folders of its own below.
            .and_then(|()| fs::set_permissions(&path, Permissions::from_mode(0o755)))
            .map_err(|source| EmbeddedError::io("create the folder", &path, source))?;
    }
    Ok(path)
}

/// Makes a folder that only the account may enter, or takes the one that is there
/// if it belongs to the account.
pub(super) fn create_private(path: &Path, account: &Account) -> Result<(), EmbeddedError> {
    match DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => return account.own(path),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(source) => return Err(EmbeddedError::io("create the folder", path, source)),
    }
    let look = |source| EmbeddedError::io("look at", path, source);
    // Not following links: below the system's folder for temporary files anybody
    // could have put one here.
    let found = fs::symlink_metadata(path).map_err(look)?;
    if found.is_dir() && found.uid() == 0 {
        // Made by us, killed before it was handed over.
        account.own(path)?;
    }
    let found = fs::symlink_metadata(path).map_err(look)?;
    if !found.is_dir() || found.uid() != account.uid() {
        return Err(EmbeddedError::Refused {
            folder: path.to_owned(),
            reason: format!(
                "it belongs to the user {} and Postgres would run as {}",
                found.uid(),
                account.uid()
            ),
        });
    }
    if found.mode() & 0o077 != 0 {
        fs::set_permissions(path, Permissions::from_mode(0o700))
            .map_err(|source| EmbeddedError::io("close", path, source))?;
    }
    Ok(())
}

/// Below the data folder, or where its path is too long for a socket, below the
/// system's folder for temporary files under a name that follows from the path.
pub(super) fn socket_folder(data_dir: &Path) -> PathBuf {
    let near = data_dir.join("run");
    if near.as_os_str().len() + 1 + LONGEST_SOCKET_NAME.len() <= SOCKET_PATH_LIMIT {
        return near;
    }
    let digest = Sha256::digest(data_dir.as_os_str().as_bytes());
    let number = digest
        .iter()
        .take(8)
        .fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    std::env::temp_dir().join(format!("crm-{number:016x}"))
}

pub(super) fn socket_file(folder: &Path, port: &str) -> PathBuf {
    folder.join(format!(".s.PGSQL.{port}"))
}

pub(super) fn socket_lock(folder: &Path, port: &str) -> PathBuf {
    folder.join(format!(".s.PGSQL.{port}.lock"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_path_gets_a_short_socket_folder_of_its_own() {
        let long = |end: &str| PathBuf::from(format!("/srv/{}/{end}", "x".repeat(90)));
        let (one, two) = (socket_folder(&long("a")), socket_folder(&long("b")));
        assert!(one.starts_with(std::env::temp_dir()));
        assert_ne!(one, two);
        assert_eq!(one, socket_folder(&long("a")));
        assert_eq!(
            socket_folder(Path::new("/srv/crm")),
            Path::new("/srv/crm/run")
        );
    }
}
