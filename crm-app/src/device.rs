//! Known devices: what a browser keeps of a good sign-in, so that somebody else's guesses do not make its owner wait.
//!
//! It signs nobody in. It is bound to one account, and tells only which line to wait in.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use ring::hmac;

use crate::key_ring::{KeyRing, RingKey};
use crate::keys::SecretKey;

const ID_BYTES: usize = 16;
const TAG_BYTES: usize = 16;

/// A device that has signed in to an account before.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Device {
    id: [u8; ID_BYTES],
}

impl Device {
    pub(crate) const fn new(id: [u8; ID_BYTES]) -> Self {
        Self { id }
    }

    pub(crate) const fn id(&self) -> &[u8] {
        &self.id
    }

    /// What the browser keeps.
    pub(crate) fn encode(&self, key: &SecretKey, account: &str) -> String {
        let mut bytes = self.id.to_vec();
        bytes.extend(self.tag(key, account).as_ref().iter().take(TAG_BYTES));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The device that shows this; `None` when no key that still verifies made it, or for another account.
    pub(crate) fn decode(
        text: &str,
        account: &str,
        keys: &KeyRing,
        now: DateTime<Utc>,
    ) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (id, tag) = bytes.split_at_checked(ID_BYTES)?;
        let device = Self {
            id: id.try_into().ok()?,
        };
        // How long the comparison takes would tell of a line to wait in, and of no secret that opens anything.
        let made_by = |key: &RingKey| {
            let expected = device.tag(key.key(), account);
            expected.as_ref().get(..TAG_BYTES) == Some(tag)
        };
        keys.verifying(now).any(made_by).then_some(device)
    }

    fn tag(&self, key: &SecretKey, account: &str) -> hmac::Tag {
        let key = key.derive(account.as_bytes(), "known device");
        hmac::sign(&key, &self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> SecretKey {
        match SecretKey::new(vec![byte; 32]) {
            Ok(key) => key,
            Err(refused) => panic!("{refused}"),
        }
    }

    #[test]
    fn a_device_is_known_to_its_account_and_its_server_only() {
        let device = Device::new([7; ID_BYTES]);
        let text = device.encode(&key(1), "ada@crm.test");
        let decode = |text: &str, byte, account| {
            Device::decode(
                text,
                account,
                &KeyRing::refresh_of(key(byte)),
                DateTime::UNIX_EPOCH,
            )
        };
        assert!(decode(&text, 1, "ada@crm.test") == Some(device));
        assert!(decode(&text, 1, "bob@crm.test").is_none());
        assert!(decode(&text, 2, "ada@crm.test").is_none());
        for wrong in [
            "",
            "x",
            &text[1..],
            &format!("{text}AAAA"),
            &text.replace('B', "C"),
        ] {
            assert!(decode(wrong, 1, "ada@crm.test").is_none(), "{wrong}");
        }
    }
    #[test]
    fn a_device_is_known_until_the_key_that_made_it_is_gone() {
        let new = |id: &str, byte, from, to| {
            RingKey::new(id.to_owned(), vec![byte; 32], from, to).unwrap()
        };
        let now = DateTime::UNIX_EPOCH;
        let keys = vec![new("a", 1, None, Some(now)), new("b", 2, Some(now), None)];
        let ring = KeyRing::refresh(keys, now).unwrap();
        let device = Device::new([7; ID_BYTES]);
        let text = device.encode(&key(1), "ada@crm.test");
        let is_known = |now| Device::decode(&text, "ada@crm.test", &ring, now).is_some();
        assert!(is_known(now));
        assert!(!is_known(now + crate::session::IDLE));
    }
}
