//! Refresh tokens: opaque, numbered within their session, and computable again from the session's row.
//!
//! `crm_rt_` + base64url(version 1, session id 16, counter 4, tag 16, CRC-32 4 bytes). The tag is
//! HMAC-SHA-256 under a key of the server and the session's salt: neither a copy of the database nor one of the
//! server's keys forges a token. Since a token follows from its number, a lost answer can be repeated.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use crm_domain::ids::SessionId;
use ring::hmac;
use uuid::Uuid;

use crate::keys::SecretKey;

const PREFIX: &str = "crm_rt_";
const VERSION: u8 = 1;
const BODY: usize = 1 + 16 + 4;
const TAG: usize = 16;
const CRC: usize = 4;

/// A token that has the right form; whether its tag is right takes the session's salt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RefreshToken {
    pub(crate) session: SessionId,
    pub(crate) counter: i32,
    tag: [u8; TAG],
}

impl RefreshToken {
    /// Token number `counter` of a session.
    pub(crate) fn new(key: &SecretKey, session: SessionId, salt: &[u8], counter: i32) -> Self {
        let mut tag = [0; TAG];
        let full = hmac::sign(&tag_key(key, salt), &body(session, counter));
        tag.copy_from_slice(full.as_ref().split_at(TAG).0);
        Self {
            session,
            counter,
            tag,
        }
    }

    /// The token as text, for the cookie.
    pub(crate) fn encode(&self) -> String {
        let mut bytes = body(self.session, self.counter);
        bytes.extend_from_slice(&self.tag);
        bytes.extend_from_slice(&crc32fast::hash(&bytes).to_be_bytes());
        format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes))
    }

    /// A text that has the form of a token; a mistyped one is told by its checksum, without the database.
    pub(crate) fn decode(text: &str) -> Option<Self> {
        let encoded = text.strip_prefix(PREFIX).filter(|rest| rest.len() <= 64)?;
        let bytes = URL_SAFE_NO_PAD.decode(encoded).ok()?;
        let (signed, crc) = bytes.split_at_checked(BODY + TAG)?;
        if crc.len() != CRC || crc32fast::hash(signed).to_be_bytes() != crc {
            return None;
        }
        let (version, rest) = signed.split_first()?;
        let (session, rest) = rest.split_first_chunk::<16>()?;
        let (counter, tag) = rest.split_first_chunk::<4>()?;
        let counter = i32::from_be_bytes(*counter);
        let tag = tag.try_into().ok()?;
        (*version == VERSION && counter >= 0).then(|| Self {
            session: Uuid::from_bytes(*session).into(),
            counter,
            tag,
        })
    }

    /// Whether this token was made with `key` and `salt`. Takes the same time whatever the answer.
    pub(crate) fn is_genuine(&self, key: &SecretKey, salt: &[u8]) -> bool {
        let genuine = Self::new(key, self.session, salt, self.counter);
        // Equal tags are compared through a second HMAC, which hides where they differ.
        let blind = tag_key(key, b"compare");
        hmac::verify(&blind, &self.tag, hmac::sign(&blind, &genuine.tag).as_ref()).is_ok()
    }
}

fn tag_key(key: &SecretKey, salt: &[u8]) -> hmac::Key {
    key.derive(salt, "refresh token")
}

fn body(session: SessionId, counter: i32) -> Vec<u8> {
    let mut bytes = vec![VERSION];
    bytes.extend_from_slice(session.uuid().as_bytes());
    bytes.extend_from_slice(&counter.to_be_bytes());
    bytes
}

/// A fuzz target: no text makes reading it fail, also with a good checksum, and what is read is written the same.
#[cfg(fuzzing)]
pub fn fuzz(bytes: &[u8]) {
    let _ = RefreshToken::decode(&String::from_utf8_lossy(bytes));
    let checked = [bytes, &crc32fast::hash(bytes).to_be_bytes()].concat();
    let text = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(checked));
    if let Some(token) = RefreshToken::decode(&text) {
        assert_eq!(token.encode(), text);
    }
}

#[cfg(test)]
mod tests;
