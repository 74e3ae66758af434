//! The server's secrets, and what is derived from them.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::{aead, digest, hkdf, hmac};

use crate::key_ring::KeyRing;

/// The placeholders of the original specification, which must never sign anything.
const PLACEHOLDERS: [&str; 2] = [
    "your_secure_jwt_secret_here",
    "your_secure_refresh_secret_here",
];

/// Why a secret was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyRefused {
    /// Too little to guess.
    #[error("must be at least {} bytes long", SecretKey::MIN_BYTES)]
    TooShort,
    /// A text out of the documentation.
    #[error("is a placeholder from the documentation")]
    Placeholder,
}

/// A secret of at least 32 bytes. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretKey(Vec<u8>);

impl SecretKey {
    /// The fewest bytes, as many as HMAC-SHA-256 puts out.
    pub const MIN_BYTES: usize = 32;

    /// A secret made of these bytes.
    ///
    /// # Errors
    /// [`KeyRefused`] when they are too few or publicly known.
    pub fn new(bytes: Vec<u8>) -> Result<Self, KeyRefused> {
        if PLACEHOLDERS
            .iter()
            .any(|known| bytes.starts_with(known.as_bytes()))
        {
            return Err(KeyRefused::Placeholder);
        }
        if bytes.len() < Self::MIN_BYTES {
            Err(KeyRefused::TooShort)
        } else {
            Ok(Self(bytes))
        }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// A public name of this key: two keys have two names, and the name tells nothing of the key.
    pub(crate) fn id(&self) -> String {
        let hash = digest::digest(
            &digest::SHA256,
            &[b"crm key id", self.0.as_slice()].concat(),
        );
        let (start, _) = hash.as_ref().split_at(8);
        URL_SAFE_NO_PAD.encode(start)
    }

    /// A key for one purpose, bound to `salt`: HKDF-SHA-256, RFC 5869.
    pub(crate) fn derive(&self, salt: &[u8], purpose: &'static str) -> hmac::Key {
        let info = [purpose.as_bytes()];
        let pseudo_random = hkdf::Salt::new(hkdf::HKDF_SHA256, salt).extract(&self.0);
        let mut key = [0; 32];
        // Only fails for more than 255 times the hash length.
        if let Ok(material) = pseudo_random.expand(&info, hkdf::HKDF_SHA256) {
            let _: Result<(), ring::error::Unspecified> = material.fill(&mut key);
        }
        hmac::Key::new(hmac::HMAC_SHA256, &key)
    }

    /// A key that encrypts for one purpose, derived in the same way: AES-256-GCM.
    pub(crate) fn derive_aead(
        &self,
        purpose: &'static str,
    ) -> Result<aead::LessSafeKey, ring::error::Unspecified> {
        let info = [purpose.as_bytes()];
        let pseudo_random = hkdf::Salt::new(hkdf::HKDF_SHA256, &[]).extract(&self.0);
        let material = pseudo_random.expand(&info, &aead::AES_256_GCM)?;
        Ok(aead::LessSafeKey::new(material.into()))
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(..)")
    }
}

/// The secrets a server needs. Replicas of one workspace share them.
#[derive(Debug, Clone)]
pub struct Secrets {
    /// Signs access tokens.
    pub access: KeyRing,
    /// Makes refresh tokens, cursors, and what is kept of known devices.
    pub refresh: KeyRing,
}

impl Secrets {
    /// One key each, which are never retired.
    #[must_use]
    pub fn single(access: SecretKey, refresh: SecretKey) -> Self {
        Self {
            access: KeyRing::access_of(access),
            refresh: KeyRing::refresh_of(refresh),
        }
    }
}
