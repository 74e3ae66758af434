//! Cursors: where a page of a list ended, as an opaque text that only serves the list and the user it was given to.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use crm_domain::page::{Position, SortKey};
use ring::hmac;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::key_ring::{KeyRing, RingKey};
use crate::keys::SecretKey;

const TAG: usize = 32;
const TIME: u8 = b't';
const TEXT: u8 = b's';
const NUMBER: u8 = b'n';

/// A cursor for `position` in the list that `binding` describes: its filter, its sort and its reader.
pub(crate) fn encode(position: &Position, binding: &str, key: &SecretKey) -> String {
    let mut bytes = position.id.as_bytes().to_vec();
    match &position.key {
        SortKey::Time(at) => {
            bytes.push(TIME);
            bytes.extend_from_slice(&at.timestamp_micros().to_be_bytes());
        }
        SortKey::Text(text) => {
            bytes.push(TEXT);
            bytes.extend_from_slice(text.as_bytes());
        }
        SortKey::Number(number) => {
            bytes.push(NUMBER);
            bytes.extend_from_slice(&number.to_be_bytes());
        }
    }
    let tag = hmac::sign(&tag_key(key), &message(&bytes, binding));
    bytes.splice(0..0, tag.as_ref().iter().copied());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The position of a cursor that was made for the same list, with any key that still verifies.
pub(crate) fn decode(
    cursor: &str,
    binding: &str,
    keys: &KeyRing,
    now: DateTime<Utc>,
) -> Result<Position> {
    let bytes = URL_SAFE_NO_PAD
        .decode(cursor)
        .map_err(|_| Error::InvalidCursor)?;
    let (tag, signed) = bytes.split_at_checked(TAG).ok_or(Error::InvalidCursor)?;
    let message = message(signed, binding);
    let signed_by = |key: &RingKey| hmac::verify(&tag_key(key.key()), &message, tag).is_ok();
    if !keys.verifying(now).any(signed_by) {
        return Err(Error::InvalidCursor);
    }
    position(signed).ok_or(Error::InvalidCursor)
}

fn tag_key(key: &SecretKey) -> hmac::Key {
    key.derive(b"", "cursor")
}

fn message(signed: &[u8], binding: &str) -> Vec<u8> {
    [&signed.len().to_be_bytes(), signed, binding.as_bytes()].concat()
}

fn position(bytes: &[u8]) -> Option<Position> {
    let (id, rest) = bytes.split_first_chunk::<16>()?;
    let (kind, key) = rest.split_first()?;
    let key = match *kind {
        TIME => SortKey::Time(DateTime::from_timestamp_micros(i64::from_be_bytes(
            key.try_into().ok()?,
        ))?),
        TEXT => SortKey::Text(String::from_utf8(key.to_vec()).ok()?),
        NUMBER => SortKey::Number(i16::from_be_bytes(key.try_into().ok()?)),
        _ => return None,
    };
    Some(Position {
        key,
        id: Uuid::from_bytes(*id),
    })
}

/// A fuzz target: whatever is signed, reading it does not fail, and a position that is read is written the same.
#[cfg(fuzzing)]
pub fn fuzz(bytes: &[u8]) {
    let Ok(key) = SecretKey::new(vec![1; 32]) else {
        return;
    };
    let keys = KeyRing::refresh_of(key.clone());
    let read = |cursor: &str| decode(cursor, "list", &keys, DateTime::UNIX_EPOCH).ok();
    let tag = hmac::sign(&tag_key(&key), &message(bytes, "list"));
    let signed = URL_SAFE_NO_PAD.encode([tag.as_ref(), bytes].concat());
    if let Some(position) = read(&signed) {
        assert_eq!(encode(&position, "list", &key), signed);
    }
    assert_eq!(read(&String::from_utf8_lossy(bytes)), None);
}

#[cfg(test)]
mod tests;
