//! Secrets that are made at the first start and kept in the folder for data.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{
    DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _,
};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crm::app::{KeyRefused, SecretKey};
use ring::rand::{SecureRandom as _, SystemRandom};
use serde::Deserialize;

use super::ConfigError;

/// Its name in the folder for data.
pub(crate) const FILE: &str = "secrets.toml";

const HEADER: &str = "# Made at the first start. Who has these can sign in as anybody: keep this file to yourself.\n\
     # Without it everybody has to sign in again, and nothing else is lost.\n";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    #[serde(rename = "JWT_SECRET")]
    access: String,
    #[serde(rename = "JWT_REFRESH_SECRET")]
    refresh: String,
}

fn refused(path: &Path, reason: impl Into<String>) -> ConfigError {
    ConfigError::DataDir {
        path: path.to_owned(),
        reason: reason.into(),
    }
}

pub(super) fn no_key(error: KeyRefused) -> ConfigError {
    refused(Path::new(FILE), format!("a secret in it {error}"))
}

pub(super) fn random<const N: usize>() -> Result<[u8; N], ConfigError> {
    let mut bytes = [0; N];
    match SystemRandom::new().fill(&mut bytes) {
        Ok(()) => Ok(bytes),
        Err(_) => Err(refused(
            Path::new(FILE),
            "the operating system gives no random bytes",
        )),
    }
}

/// `for_postgres`: run by root, the database is another user, who must get through.
pub(super) fn create_data_dir(path: &Path, for_postgres: bool) -> Result<(), ConfigError> {
    if path.is_dir() {
        return Ok(());
    }
    let create = || -> io::Result<()> {
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        match DirBuilder::new().mode(0o700).create(path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(()),
            result => result?,
        }
        if for_postgres && fs::metadata(path)?.uid() == 0 {
            fs::set_permissions(path, Permissions::from_mode(0o711))?;
        }
        Ok(())
    };
    create().map_err(|error| refused(path, error.to_string()))
}

/// The kept secrets, that for access tokens first; `None` when there are none.
pub(super) fn find(data_dir: &Path) -> Result<Option<(SecretKey, SecretKey)>, ConfigError> {
    let path = data_dir.join(FILE);
    let found = match fs::metadata(&path) {
        Ok(found) => found,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(refused(&path, error.to_string())),
    };
    if found.mode() & 0o077 != 0 {
        let reason = "others may read it: chmod 600 it, or delete it to have new secrets made";
        return Err(refused(&path, reason));
    }
    let text = fs::read_to_string(&path).map_err(|error| refused(&path, error.to_string()))?;
    let kept: Kept = toml::from_str(&text).map_err(|error| refused(&path, error.message()))?;
    let key = |text: String| {
        SecretKey::new(text.into_bytes())
            .map_err(|error| refused(&path, format!("a secret in it {error}")))
    };
    Ok(Some((key(kept.access)?, key(kept.refresh)?)))
}

/// The kept secrets, made if there are none. Of two processes at once one makes them.
pub(super) fn find_or_create(data_dir: &Path) -> Result<(SecretKey, SecretKey), ConfigError> {
    if let Some(secrets) = find(data_dir)? {
        return Ok(secrets);
    }
    let path = data_dir.join(FILE);
    let (access, refresh) = (random::<32>()?, random::<32>()?);
    let text = format!(
        "{HEADER}JWT_SECRET = \"{}\"\nJWT_REFRESH_SECRET = \"{}\"\n",
        STANDARD.encode(access),
        STANDARD.encode(refresh)
    );
    write_private(&path, &text).map_err(|error| refused(&path, error.to_string()))?;
    find(data_dir)?.ok_or_else(|| refused(&path, "it vanished"))
}

/// Writes a file that only we may read, whole or not at all. One that is there stays as it is.
pub(crate) fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let new = temporary(path);
    let write = || {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&new)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        // Unlike a rename this never replaces what another process put there.
        match fs::hard_link(&new, path) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
            _ => Ok(()),
        }
    };
    let result = write();
    // A left-over of this process' number would be in the way of the next one.
    let _ = fs::remove_file(&new);
    result?;
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

fn temporary(path: &Path) -> PathBuf {
    path.with_extension(format!("new-{}", std::process::id()))
}
