//! Secrets that are made at the first start and kept in the folder for data.

use std::fs::{self, DirBuilder, File, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

use super::keys::KeyEntry;
use super::{Config, ConfigError, private_file};
use crate::app::{KeyRing, KeyState, RingKey, RingRefused};

/// Its name in the folder for data.
pub(crate) const FILE: &str = "secrets.toml";

const HEADER: &str = "# Made at the first start. Who has these can sign in as anybody: keep this file to yourself.\n\
     # Without it everybody has to sign in again, and second factors have to be set up anew.\n\
     # crm keys rotate replaces them without that.\n\n";

/// The keys of the file, under the names that the settings have.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kept {
    #[serde(rename = "CRM_JWT_KEYS", default)]
    pub(super) access: Vec<KeyEntry>,
    #[serde(rename = "CRM_REFRESH_KEYS", default)]
    pub(super) refresh: Vec<KeyEntry>,
    #[serde(rename = "JWT_SECRET", skip_serializing)]
    access_secret: Option<String>,
    #[serde(rename = "JWT_REFRESH_SECRET", skip_serializing)]
    refresh_secret: Option<String>,
}

fn refused(path: &Path, reason: impl Into<String>) -> ConfigError {
    ConfigError::DataDir {
        path: path.to_owned(),
        reason: reason.into(),
    }
}

/// The file is not there.
pub(super) fn missing(data_dir: &Path) -> ConfigError {
    refused(&path(data_dir), "there is no such file")
}

/// Where the secrets are kept.
pub(super) fn path(data_dir: &Path) -> PathBuf {
    data_dir.join(FILE)
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

/// The kept secrets; `None` when there are none.
pub(super) fn find(data_dir: &Path) -> Result<Option<Kept>, ConfigError> {
    let path = path(data_dir);
    let found = private_file::find(&path, private_file::OTHER_USERS);
    let Some(text) = found.map_err(|reason| refused(&path, reason))? else {
        return Ok(None);
    };
    let kept = Kept::parse(&text).map_err(|reason| refused(&path, reason))?;
    Ok(Some(kept))
}

/// Makes secrets if there are none. Of two processes at once one makes them.
pub(super) fn create(data_dir: &Path) -> Result<(), ConfigError> {
    if find(data_dir)?.is_some() {
        return Ok(());
    }
    let kept = Kept {
        access: vec![KeyEntry::random(None)?],
        refresh: vec![KeyEntry::random(None)?],
        access_secret: None,
        refresh_secret: None,
    };
    let path = path(data_dir);
    let text = kept.text().map_err(|reason| refused(&path, reason))?;
    private_file::create(&path, &text).map_err(|error| refused(&path, error.to_string()))
}

impl Kept {
    /// Tells the line of what is wrong, and not the text there, which may be a secret.
    fn parse(text: &str) -> Result<Self, String> {
        let mut kept: Self = toml::from_str(text).map_err(|error: toml::de::Error| {
            let before = error.span().and_then(|span| text.get(..span.start));
            let line = before.unwrap_or_default().matches('\n').count() + 1;
            format!("line {line} is not as crm keys rotate writes it")
        })?;
        for (secret, keys) in [
            (kept.access_secret.take(), &mut kept.access),
            (kept.refresh_secret.take(), &mut kept.refresh),
        ] {
            if let Some(secret) = secret {
                let entry = KeyEntry::named_after_itself(secret);
                keys.push(entry.map_err(|error| format!("a secret in it {error}"))?);
            }
        }
        Ok(kept)
    }

    fn text(&self) -> Result<String, String> {
        let keys = toml::to_string(self).map_err(|error| error.to_string())?;
        Ok(format!("{HEADER}{keys}"))
    }
}

/// Makes the rings of a list of keys.
type Ring = fn(Vec<RingKey>, DateTime<Utc>) -> Result<KeyRing, RingRefused>;

impl Config {
    /// Adds keys that sign from `begins_at` on, in place of those that sign now. The others stay for as long as something
    /// may be good that they made.
    pub(crate) fn rotate_keys(
        &self,
        begins_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<(), ConfigError> {
        let path = path(&self.data_dir);
        let refused = |reason: String| refused(&path, reason);
        let failed = |error: io::Error| refused(error.to_string());
        // Of two at once the second one sees what the first one wrote. Let go when it is dropped.
        let folder = File::open(&self.data_dir).map_err(failed)?;
        folder.lock().map_err(failed)?;
        let mut kept = find(&self.data_dir)?.ok_or_else(|| missing(&self.data_dir))?;
        replace_active(&mut kept.access, KeyRing::access, begins_at, now).map_err(refused)?;
        replace_active(&mut kept.refresh, KeyRing::refresh, begins_at, now).map_err(refused)?;
        // What is stored under a refresh key may outlive all that it signed: those stay.
        drop_gone(&mut kept.access, now).map_err(|reason| refused(reason.to_string()))?;
        let text = kept.text().map_err(refused)?;
        private_file::replace(&path, &text).map_err(failed)
    }
}

fn replace_active(
    keys: &mut Vec<KeyEntry>,
    ring: Ring,
    begins_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), String> {
    if let Some(next) = keys
        .iter()
        .filter_map(|key| key.not_before)
        .find(|at| *at > now)
    {
        let next = next.to_rfc3339_opts(SecondsFormat::Secs, true);
        return Err(format!(
            "the next key in it begins at {next}: rotate again after that"
        ));
    }
    for key in &mut *keys {
        key.retire_at.get_or_insert(begins_at);
    }
    keys.push(KeyEntry::random(Some(begins_at)).map_err(|error| error.to_string())?);
    let check = || ring(list(keys)?, now);
    check().map(drop).map_err(|reason| reason.to_string())
}

fn drop_gone(keys: &mut Vec<KeyEntry>, now: DateTime<Utc>) -> Result<(), RingRefused> {
    let ring = KeyRing::access(list(keys)?, now)?;
    let is_gone = |key: &KeyEntry| {
        let found = ring.find(&key.kid);
        found.is_some_and(|key| ring.state(key, now) == KeyState::Gone)
    };
    keys.retain(|key| !is_gone(key));
    Ok(())
}

fn list(keys: &[KeyEntry]) -> Result<Vec<RingKey>, RingRefused> {
    keys.iter().map(KeyEntry::to_key).collect()
}
