//! The keys: from the settings, or kept in the folder for data.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use ring::rand::{SecureRandom as _, SystemRandom};
use serde::{Deserialize, Serialize};

use super::values::Secret;
use super::{Config, ConfigError, private_file, secrets};
use crate::app::{KeyRefused, KeyRing, RingKey, RingRefused, SecretKey, Secrets};

/// The setting for several keys for access tokens.
pub(super) const ACCESS: &str = "CRM_JWT_KEYS";

/// The setting for several keys for refresh tokens.
pub(super) const REFRESH: &str = "CRM_REFRESH_KEYS";

/// One key of a list.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeyEntry {
    pub(super) kid: String,
    #[serde(default)]
    alg: Algorithm,
    key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) not_before: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) retire_at: Option<DateTime<Utc>>,
}

/// What the keys are for. There is no choice: one that a token could name would be one for whoever forges it.
#[derive(Default, Serialize, Deserialize)]
enum Algorithm {
    #[default]
    HS256,
}

impl KeyEntry {
    /// A key that begins at an instant; without one at once.
    pub(super) fn random(not_before: Option<DateTime<Utc>>) -> Result<Self, ConfigError> {
        let text = STANDARD.encode(random::<32>()?);
        let named = Self::named_after_itself(text).map_err(no_key)?;
        Ok(Self {
            not_before,
            ..named
        })
    }

    /// A key for ever, as `JWT_SECRET` gives one.
    pub(super) fn named_after_itself(key: String) -> Result<Self, KeyRefused> {
        let named = RingKey::from(SecretKey::new(key.clone().into_bytes())?);
        Ok(Self {
            kid: named.id().to_owned(),
            alg: Algorithm::HS256,
            key,
            not_before: None,
            retire_at: None,
        })
    }

    pub(super) fn to_key(&self) -> Result<RingKey, RingRefused> {
        let bytes = self.key.clone().into_bytes();
        RingKey::new(self.kid.clone(), bytes, self.not_before, self.retire_at)
    }
}

/// Several keys, or the file that they are in.
pub(crate) enum Keys {
    List(Vec<KeyEntry>),
    File(PathBuf),
}

impl FromStr for Keys {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.trim_start().starts_with('[') {
            parse(text).map(Self::List)
        } else {
            Ok(Self::File(text.into()))
        }
    }
}

/// Tells the place of what is wrong, and not the text there, which may be a key.
fn parse(text: &str) -> Result<Vec<KeyEntry>, String> {
    serde_json::from_str(text).map_err(|error| {
        format!(
            "line {}, column {} is not as in [{{\"kid\": \"2026-11\", \"key\": \"32 bytes or more\", \
             \"not_before\": \"2026-11-26T00:00:00Z\", \"retire_at\": \"2027-11-26T00:00:00Z\"}}]",
            error.line(),
            error.column()
        )
    })
}

/// The keys of a ring, and where they come from.
struct Source {
    name: &'static str,
    place: String,
    keys: Vec<RingKey>,
}

impl Source {
    fn new(name: &'static str, place: String, entries: &[KeyEntry]) -> Result<Self, ConfigError> {
        match entries.iter().map(KeyEntry::to_key).collect() {
            Ok(keys) => Ok(Self { name, place, keys }),
            Err(reason) => Err(refused(name, &place, &RingRefused::to_string(&reason))),
        }
    }

    /// What the settings give.
    fn given(
        name: &'static str,
        single: Option<&Secret>,
        several: Option<&Keys>,
    ) -> Result<Option<Self>, ConfigError> {
        const SETTINGS: &str = "the settings";
        match (single, several) {
            (None, None) => Ok(None),
            (_, Some(Keys::List(entries))) => {
                Self::new(name, SETTINGS.to_owned(), entries).map(Some)
            }
            (_, Some(Keys::File(path))) => {
                let place = format!("the file {}", path.display());
                let entries = read(path).map_err(|reason| refused(name, &place, &reason))?;
                Self::new(name, place, &entries).map(Some)
            }
            (Some(secret), None) => {
                let entry = KeyEntry::named_after_itself(secret.text().to_owned());
                let entry = entry.map_err(|reason| refused(name, SETTINGS, &reason.to_string()))?;
                Self::new(name, SETTINGS.to_owned(), &[entry]).map(Some)
            }
        }
    }

    fn ring(
        self,
        of: fn(Vec<RingKey>, DateTime<Utc>) -> Result<KeyRing, RingRefused>,
        now: DateTime<Utc>,
    ) -> Result<KeyRing, ConfigError> {
        let Self { name, place, keys } = self;
        of(keys, now).map_err(|reason| refused(name, &place, &reason.to_string()))
    }
}

fn read(path: &Path) -> Result<Vec<KeyEntry>, String> {
    let text = private_file::find(path, private_file::EVERYBODY)?;
    parse(&text.ok_or("there is no such file")?)
}

fn refused(name: &str, place: &str, reason: &str) -> ConfigError {
    ConfigError::Refused {
        name: name.to_owned(),
        place: place.to_owned(),
        reason: format!("is refused: {reason}"),
    }
}

impl Config {
    /// Makes the secrets that are neither given nor there.
    pub(crate) fn create_secrets(&self) -> Result<(), ConfigError> {
        if !self.keeps_secrets() {
            return Ok(());
        }
        self.create_data_dir()?;
        secrets::create(&self.data_dir)
    }

    /// The secrets as they are now: files are read each time.
    pub(crate) fn secrets(&self, now: DateTime<Utc>) -> Result<Secrets, ConfigError> {
        let (access, refresh) = self.sources()?;
        let name = refresh.name;
        let place = refresh.place.clone();
        let access = access.ring(KeyRing::access, now)?;
        let refresh = refresh.ring(KeyRing::refresh, now)?;
        match access.shared_key(&refresh) {
            Some(key) => {
                let reason = format!("the key {} is one for access tokens too: use two", key.id());
                Err(refused(name, &place, &reason))
            }
            None => Ok(Secrets { access, refresh }),
        }
    }

    fn sources(&self) -> Result<(Source, Source), ConfigError> {
        let (access, refresh) = (self.jwt_secret.as_ref(), self.jwt_refresh_secret.as_ref());
        let access = Source::given(ACCESS, access, self.jwt_keys.as_ref())?;
        let refresh = Source::given(REFRESH, refresh, self.refresh_keys.as_ref())?;
        let (access, refresh) = match (access, refresh) {
            (Some(access), Some(refresh)) => return Ok((access, refresh)),
            some => some,
        };
        let kept = secrets::find(&self.data_dir)?;
        let kept = kept.ok_or_else(|| secrets::missing(&self.data_dir))?;
        let place = secrets::path(&self.data_dir).display().to_string();
        let or_kept = |given: Option<Source>, name, entries: &[KeyEntry]| match given {
            Some(given) => Ok(given),
            None => Source::new(name, place.clone(), entries),
        };
        Ok((
            or_kept(access, ACCESS, &kept.access)?,
            or_kept(refresh, REFRESH, &kept.refresh)?,
        ))
    }

    /// Whether some keys are not given, and so kept in the folder for data.
    pub(crate) const fn keeps_secrets(&self) -> bool {
        let gives_access = self.jwt_secret.is_some() || self.jwt_keys.is_some();
        let gives_refresh = self.jwt_refresh_secret.is_some() || self.refresh_keys.is_some();
        !(gives_access && gives_refresh)
    }

    /// Where the secrets come from, and whether they may be used. Makes none.
    pub(crate) fn check_secrets(&self, now: DateTime<Utc>) -> Result<&'static str, ConfigError> {
        if self.keeps_secrets() && secrets::find(&self.data_dir)?.is_none() {
            return Ok("none yet; the first start makes them in CRM_DATA_DIR");
        }
        self.secrets(now)?;
        Ok(if self.keeps_secrets() {
            "kept in CRM_DATA_DIR"
        } else {
            "given by the settings"
        })
    }

    /// Secrets that are good for this process only, where nothing is signed.
    pub(crate) fn passing_secrets() -> Result<Secrets, ConfigError> {
        let key = || SecretKey::new(random::<32>()?.to_vec()).map_err(no_key);
        Ok(Secrets::single(key()?, key()?))
    }
}

/// Our own keys are long and random.
fn no_key(error: KeyRefused) -> ConfigError {
    refused("a key", "the system's random source", &error.to_string())
}

/// Random bytes from the operating system.
pub(super) fn random<const N: usize>() -> Result<[u8; N], ConfigError> {
    let mut bytes = [0; N];
    match SystemRandom::new().fill(&mut bytes) {
        Ok(()) => Ok(bytes),
        Err(_) => Err(ConfigError::NoRandom),
    }
}
