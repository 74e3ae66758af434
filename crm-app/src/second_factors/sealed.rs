//! The secrets of second factors as they lie in the database: encrypted under a key that does not.
//!
//! AES-256-GCM. The key is derived from the server's, and the user's id is part of what is authenticated: a secret that
//! is moved to another user's row does not open.

use crm_domain::ids::UserId;
use ring::aead::{Aad, NONCE_LEN, Nonce};

use crate::error::{Error, Result};
use crate::key_ring::{KeyRing, RingKey};

const PURPOSE: &str = "second factor";

/// A secret of a user's, encrypted.
pub(super) struct Sealed {
    /// The name of the key that opens it.
    pub(super) key_id: String,
    /// The nonce, the secret, the tag.
    pub(super) bytes: Vec<u8>,
}

impl Sealed {
    /// Encrypts a secret. `nonce` is random, and used this once.
    pub(super) fn seal(
        key: &RingKey,
        user: UserId,
        secret: &[u8],
        nonce: [u8; NONCE_LEN],
    ) -> Result<Self> {
        let mut sealed = secret.to_vec();
        key.key()
            .derive_aead(PURPOSE)
            .and_then(|key| {
                let nonce = Nonce::assume_unique_for_key(nonce);
                key.seal_in_place_append_tag(nonce, aad(user), &mut sealed)
            })
            .map_err(|_| Error::internal("a secret cannot be encrypted"))?;
        Ok(Self {
            key_id: key.id().to_owned(),
            bytes: [&nonce, sealed.as_slice()].concat(),
        })
    }

    /// The secret.
    ///
    /// # Errors
    /// [`Error::Internal`] when the key is not in the ring, or it was encrypted for another user, or changed since.
    pub(super) fn open(&self, keys: &KeyRing, user: UserId) -> Result<Vec<u8>> {
        let refused = || {
            let key_id = &self.key_id;
            Error::internal(format!(
                "the second factor of the user {user} does not open with the key {key_id}"
            ))
        };
        // A key that is retired opens what it has encrypted, for as long as it is in the ring.
        let key = keys.find(&self.key_id).ok_or_else(refused)?.key();
        let key = key.derive_aead(PURPOSE).map_err(|_| refused())?;
        let (nonce, sealed) = self.bytes.split_at_checked(NONCE_LEN).ok_or_else(refused)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| refused())?;
        let mut secret = sealed.to_vec();
        let opened = key
            .open_in_place(nonce, aad(user), &mut secret)
            .map_err(|_| refused())?;
        Ok(opened.to_vec())
    }
}

fn aad(user: UserId) -> Aad<[u8; 16]> {
    Aad::from(user.uuid().into_bytes())
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};
    use uuid::Uuid;

    use super::*;

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

    fn user(number: u128) -> UserId {
        Uuid::from_u128(number).into()
    }

    fn seal(keys: &KeyRing, nonce: u8) -> Sealed {
        let key = keys.keys().last().unwrap();
        Sealed::seal(key, user(1), SECRET, [nonce; NONCE_LEN]).unwrap()
    }

    #[test]
    fn a_secret_opens_for_its_user_by_its_key_only() {
        let sealed = seal(&ring(&[("a", 1)]), 7);
        assert_eq!(sealed.key_id, "a");
        assert_eq!(sealed.open(&ring(&[("a", 1)]), user(1)).unwrap(), SECRET);
        // Among others, too.
        let keys = ring(&[("a", 1), ("b", 2)]);
        assert_eq!(sealed.open(&keys, user(1)).unwrap(), SECRET);
        assert!(sealed.open(&ring(&[("a", 1)]), user(2)).is_err());
        assert!(sealed.open(&ring(&[("a", 2)]), user(1)).is_err());
        assert!(sealed.open(&ring(&[("b", 1)]), user(1)).is_err());
    }

    #[test]
    fn a_secret_that_was_changed_or_cut_does_not_open() {
        let keys = ring(&[("a", 1)]);
        for index in 0..seal(&keys, 7).bytes.len() {
            let mut changed = seal(&keys, 7);
            changed.bytes[index] ^= 1;
            assert!(changed.open(&keys, user(1)).is_err(), "{index}");
            let mut cut = seal(&keys, 7);
            cut.bytes.truncate(index);
            assert!(cut.open(&keys, user(1)).is_err(), "{index}");
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
