//! Key rings: several keys for one purpose, so that a key is replaced without refusing what the one before it made.

use chrono::{DateTime, TimeDelta, Utc};

use crate::access_token;
use crate::error::{Error, Result};
use crate::keys::{KeyRefused, SecretKey};
use crate::session::IDLE;

/// The most keys of a ring, with those that are gone.
const MAX: usize = 64;

/// The most characters of a key's id.
const MAX_ID: usize = 64;

/// Why a ring was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RingRefused {
    /// Without a key nothing can be signed.
    #[error("there is no key")]
    Empty,
    /// More than are ever needed at once.
    #[error("there are more than {MAX} keys")]
    TooMany,
    /// It stands in headers and in files.
    #[error("a kid must be 1 to {MAX_ID} letters, digits, dots, dashes and underscores")]
    BadId,
    /// Two keys of one name.
    #[error("two keys have the kid {0}")]
    DuplicateId(String),
    /// A key twice, so that retiring one of them would retire nothing.
    #[error("the keys {0} and {1} are the same")]
    SameKey(String, String),
    /// A key that is too easy to guess.
    #[error("the key {id} {reason}")]
    Key {
        /// Its name.
        id: String,
        /// What is wrong with it.
        reason: KeyRefused,
    },
    /// Nothing could be signed then.
    #[error("no key would be active at {0}: one must have begun by then that is not retired")]
    NoneActive(DateTime<Utc>),
}

/// A key with the time in which it signs.
#[derive(Debug, Clone)]
pub struct RingKey {
    id: String,
    key: SecretKey,
    not_before: Option<DateTime<Utc>>,
    retire_at: Option<DateTime<Utc>>,
}

impl RingKey {
    /// A key that signs from `not_before` until `retire_at`; without them always.
    ///
    /// # Errors
    /// [`RingRefused::BadId`] or [`RingRefused::Key`].
    pub fn new(
        id: String,
        bytes: Vec<u8>,
        not_before: Option<DateTime<Utc>>,
        retire_at: Option<DateTime<Utc>>,
    ) -> Result<Self, RingRefused> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        if id.is_empty() || id.len() > MAX_ID || !id.chars().all(is_plain) {
            return Err(RingRefused::BadId);
        }
        match SecretKey::new(bytes) {
            Ok(key) => Ok(Self {
                id,
                key,
                not_before,
                retire_at,
            }),
            Err(reason) => Err(RingRefused::Key { id, reason }),
        }
    }

    /// Its public name: the `kid` in the header of an access token.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// When it begins to sign.
    #[must_use]
    pub const fn not_before(&self) -> Option<DateTime<Utc>> {
        self.not_before
    }

    /// When it ends to sign.
    #[must_use]
    pub const fn retire_at(&self) -> Option<DateTime<Utc>> {
        self.retire_at
    }

    pub(crate) const fn key(&self) -> &SecretKey {
        &self.key
    }

    fn signs(&self, at: DateTime<Utc>) -> bool {
        self.not_before <= Some(at) && self.retire_at.is_none_or(|retire_at| at < retire_at)
    }
}

impl From<SecretKey> for RingKey {
    /// A key for ever, named after itself.
    fn from(key: SecretKey) -> Self {
        Self {
            id: key.id(),
            key,
            not_before: None,
            retire_at: None,
        }
    }
}

/// What a key of a ring does at some instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// Verifies, and will sign.
    Next,
    /// Signs. There is one.
    Active,
    /// Verifies what it signed before.
    VerifyOnly,
    /// Does nothing: all that it signed has run out.
    Gone,
}

/// The keys for one purpose. The one that began last and is not retired signs; the others verify, until what they signed
/// has run out.
#[derive(Debug, Clone)]
pub struct KeyRing {
    /// The one that begins last is last.
    keys: Vec<RingKey>,
    /// How long after a key is retired something that it signed may still be good.
    outlived_by: TimeDelta,
}

impl KeyRing {
    /// Keys for access tokens: of use for 15 minutes and 10 seconds after they are retired.
    ///
    /// # Errors
    /// [`RingRefused`], also when from `now` on there would be a time without an active key.
    pub fn access(keys: Vec<RingKey>, now: DateTime<Utc>) -> Result<Self, RingRefused> {
        Self::new(keys, access_token::OUTLIVES_KEY, now)
    }

    /// Keys for what lasts longer, as [`Secrets`](crate::Secrets) lists it: of use for 7 days after they are retired.
    ///
    /// # Errors
    /// As [`KeyRing::access`].
    pub fn refresh(keys: Vec<RingKey>, now: DateTime<Utc>) -> Result<Self, RingRefused> {
        Self::new(keys, IDLE, now)
    }

    /// A ring of one key, which is never retired.
    pub(crate) fn access_of(key: SecretKey) -> Self {
        Self {
            keys: vec![key.into()],
            outlived_by: access_token::OUTLIVES_KEY,
        }
    }

    /// A ring of one key, which is never retired.
    pub(crate) fn refresh_of(key: SecretKey) -> Self {
        Self {
            keys: vec![key.into()],
            outlived_by: IDLE,
        }
    }

    fn new(
        mut keys: Vec<RingKey>,
        outlived_by: TimeDelta,
        now: DateTime<Utc>,
    ) -> Result<Self, RingRefused> {
        if keys.len() > MAX {
            return Err(RingRefused::TooMany);
        }
        keys.sort_by_key(RingKey::not_before);
        let ring = Self { keys, outlived_by };
        ring.check_distinct()?;
        ring.check_always_active(now)?;
        Ok(ring)
    }

    fn check_distinct(&self) -> Result<(), RingRefused> {
        for (at, key) in self.keys.iter().enumerate() {
            let before = || self.keys.iter().take(at);
            if before().any(|other| other.id == key.id) {
                return Err(RingRefused::DuplicateId(key.id.clone()));
            }
            if let Some(other) = before().find(|other| other.key == key.key) {
                return Err(RingRefused::SameKey(other.id.clone(), key.id.clone()));
            }
        }
        Ok(())
    }

    /// A time without an active key begins now or when one is retired.
    fn check_always_active(&self, now: DateTime<Utc>) -> Result<(), RingRefused> {
        if self.keys.is_empty() {
            return Err(RingRefused::Empty);
        }
        let retired = self.keys.iter().filter_map(RingKey::retire_at);
        let mut instants = std::iter::once(now).chain(retired.filter(|at| *at > now));
        match instants.find(|at| self.signing(*at).is_none()) {
            Some(at) => Err(RingRefused::NoneActive(at)),
            None => Ok(()),
        }
    }

    /// The keys, the one that begins last at the end.
    #[must_use]
    pub fn keys(&self) -> &[RingKey] {
        &self.keys
    }

    /// What a key of this ring does.
    #[must_use]
    pub fn state(&self, key: &RingKey, now: DateTime<Utc>) -> KeyState {
        if self.signing(now).is_some_and(|active| active.id == key.id) {
            KeyState::Active
        } else if key.not_before > Some(now) {
            KeyState::Next
        } else if self.is_gone(key, now) {
            KeyState::Gone
        } else {
            KeyState::VerifyOnly
        }
    }

    /// When a key of this ring will be, or is, gone; `None` when it is never retired.
    #[must_use]
    pub fn gone_at(&self, key: &RingKey) -> Option<DateTime<Utc>> {
        key.retire_at?.checked_add_signed(self.outlived_by)
    }

    /// The first key that both rings have.
    #[must_use]
    pub fn shared_key(&self, other: &Self) -> Option<&RingKey> {
        let is_other = |key: &&RingKey| other.keys.iter().any(|other| other.key == key.key);
        self.keys.iter().find(is_other)
    }

    /// The key that signs.
    ///
    /// # Errors
    /// [`Error::Internal`] when there is none, which takes a clock that runs backwards.
    pub(crate) fn active(&self, now: DateTime<Utc>) -> Result<&RingKey> {
        self.signing(now)
            .ok_or_else(|| Error::internal("no key of the ring is active"))
    }

    /// The keys whose work is accepted. Also those that are yet to begin: another replica's clock may be ahead.
    pub(crate) fn verifying(&self, now: DateTime<Utc>) -> impl Iterator<Item = &RingKey> {
        let keys = self.keys.iter().rev();
        keys.filter(move |key| !self.is_gone(key, now))
    }

    /// The key of this id, retired or not, for what was stored under it: that stays until it is stored anew.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&RingKey> {
        self.keys.iter().find(|key| key.id == id)
    }

    fn is_gone(&self, key: &RingKey, now: DateTime<Utc>) -> bool {
        self.gone_at(key).is_some_and(|gone_at| now >= gone_at)
    }

    fn signing(&self, at: DateTime<Utc>) -> Option<&RingKey> {
        self.keys.iter().rev().find(|key| key.signs(at))
    }
}

#[cfg(test)]
mod tests;
