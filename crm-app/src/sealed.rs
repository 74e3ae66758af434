//! Secrets that the server itself must know again, as they lie in the database: encrypted under a key that does not.
//!
//! AES-256-GCM. The key is derived from the server's for one purpose, and the id of whose secret it is, is part of what is
//! authenticated: a secret that is moved to another row does not open.

use ring::aead::{Aad, NONCE_LEN, Nonce};
use uuid::Uuid;

use crate::crm::Crm;
use crate::error::{Error, Result};
use crate::key_ring::{KeyRing, RingKey};

/// A secret, encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The name of the key that opens it.
    pub key_id: String,
    /// The nonce, the secret, the tag.
    pub bytes: Vec<u8>,
}

impl Crm {
    /// Encrypts a secret of the record `of` under the key that is active. What was sealed for one purpose does not open for
    /// another; a plugin's begins with its id: `notifications webhook`.
    ///
    /// # Errors
    /// When the server has no active key, or no random bytes.
    pub fn seal(&self, purpose: &'static str, of: Uuid, secret: &[u8]) -> Result<Sealed> {
        let secrets = self.secrets();
        let key = secrets.refresh.active(self.now())?;
        Sealed::seal(key, purpose, of, secret, self.random()?)
    }

    /// The secret that was sealed for this purpose and record.
    ///
    /// # Errors
    /// [`Error::Internal`] when the key is not in the ring, or it was encrypted for something else, or changed since.
    pub fn open(&self, purpose: &'static str, of: Uuid, sealed: &Sealed) -> Result<Vec<u8>> {
        sealed.open(&self.secrets().refresh, purpose, of)
    }
}

impl Sealed {
    /// Encrypts a secret. `nonce` is random, and used this once.
    fn seal(
        key: &RingKey,
        purpose: &'static str,
        of: Uuid,
        secret: &[u8],
        nonce: [u8; NONCE_LEN],
    ) -> Result<Self> {
        let mut sealed = secret.to_vec();
        key.key()
            .derive_aead(purpose)
            .and_then(|key| {
                let nonce = Nonce::assume_unique_for_key(nonce);
                key.seal_in_place_append_tag(nonce, aad(of), &mut sealed)
            })
            .map_err(|_| Error::internal("a secret cannot be encrypted"))?;
        Ok(Self {
            key_id: key.id().to_owned(),
            bytes: [&nonce, sealed.as_slice()].concat(),
        })
    }

    fn open(&self, keys: &KeyRing, purpose: &'static str, of: Uuid) -> Result<Vec<u8>> {
        let refused = || {
            let key_id = &self.key_id;
            Error::internal(format!(
                "the secret ({purpose}) of {of} does not open with the key {key_id}"
            ))
        };
        // A key that is retired opens what it has encrypted, for as long as it is in the ring.
        let key = keys.find(&self.key_id).ok_or_else(refused)?.key();
        let key = key.derive_aead(purpose).map_err(|_| refused())?;
        let (nonce, sealed) = self.bytes.split_at_checked(NONCE_LEN).ok_or_else(refused)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| refused())?;
        let mut secret = sealed.to_vec();
        let opened = key
            .open_in_place(nonce, aad(of), &mut secret)
            .map_err(|_| refused())?;
        Ok(opened.to_vec())
    }
}

fn aad(of: Uuid) -> Aad<[u8; 16]> {
    Aad::from(of.into_bytes())
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::*;

    const PURPOSE: &str = "test";

    const SECRET: &[u8] = b"12345678901234567890";

    /// A ring whose last key is the active one.
    fn ring(keys: &[(&str, u8)]) -> KeyRing {
        let begin = |at: usize| DateTime::UNIX_EPOCH + TimeDelta::days(i64::try_from(at).unwrap());
        let keys = keys.iter().enumerate().map(|(at, (id, byte))| {
            RingKey::new((*id).to_owned(), vec![*byte; 32], Some(begin(at)), None).unwrap()
        });
        let keys: Vec<_> = keys.collect();
        let now = begin(keys.len());
        KeyRing::refresh(keys, now).unwrap()
    }

    fn whose(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn seal(keys: &KeyRing, nonce: u8) -> Sealed {
        let key = keys.keys().last().unwrap();
        Sealed::seal(key, PURPOSE, whose(1), SECRET, [nonce; NONCE_LEN]).unwrap()
    }

    #[test]
    fn a_secret_opens_for_its_record_and_purpose_by_its_key_only() {
        let sealed = seal(&ring(&[("a", 1)]), 7);
        assert_eq!(sealed.key_id, "a");
        assert_eq!(
            sealed.open(&ring(&[("a", 1)]), PURPOSE, whose(1)).unwrap(),
            SECRET
        );
        // Among others, too.
        let keys = ring(&[("a", 1), ("b", 2)]);
        assert_eq!(sealed.open(&keys, PURPOSE, whose(1)).unwrap(), SECRET);
        assert!(sealed.open(&ring(&[("a", 1)]), PURPOSE, whose(2)).is_err());
        assert!(sealed.open(&ring(&[("a", 1)]), "other", whose(1)).is_err());
        assert!(sealed.open(&ring(&[("a", 2)]), PURPOSE, whose(1)).is_err());
        assert!(sealed.open(&ring(&[("b", 1)]), PURPOSE, whose(1)).is_err());
    }

    #[test]
    fn a_secret_that_was_changed_or_cut_does_not_open() {
        let keys = ring(&[("a", 1)]);
        for index in 0..seal(&keys, 7).bytes.len() {
            let mut changed = seal(&keys, 7);
            changed.bytes[index] ^= 1;
            assert!(changed.open(&keys, PURPOSE, whose(1)).is_err(), "{index}");
            let mut cut = seal(&keys, 7);
            cut.bytes.truncate(index);
            assert!(cut.open(&keys, PURPOSE, whose(1)).is_err(), "{index}");
        }
    }

    #[test]
    fn what_is_stored_does_not_show_the_secret() {
        let keys = ring(&[("a", 1)]);
        let (one, two) = (seal(&keys, 7), seal(&keys, 8));
        let shows = |part: &[u8]| SECRET.windows(4).any(|known| known == part);
        assert!(!one.bytes.windows(4).any(shows));
        assert_ne!(one.bytes[NONCE_LEN..], two.bytes[NONCE_LEN..]);
    }
}
