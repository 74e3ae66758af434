//! The hash chain over the activity log. Pure: what is hashed, and how one seal follows from the one before.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use crm_storage::activities::StoredActivity;
use crm_storage::seals::Seal;
use ring::digest;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// Bytes of a SHA-256.
const BYTES: usize = 32;

/// The hash of a seal: SHA-256. It stands for the whole log up to there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SealHash([u8; BYTES]);

/// What the very first seal carries on from.
pub(super) const BEGINNING: SealHash = SealHash([0; BYTES]);

impl SealHash {
    /// The hash as stored; `None` for what is none.
    pub(super) fn stored(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

impl fmt::Display for SealHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for SealHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text is not a hash in hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a hash is 64 hexadecimal digits")]
pub struct NoSealHash;

impl FromStr for SealHash {
    type Err = NoSealHash;

    fn from_str(text: &str) -> Result<Self, NoSealHash> {
        if text.len() != 2 * BYTES || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(NoSealHash);
        }
        let mut hash = [0; BYTES];
        for (number, byte) in hash.iter_mut().enumerate() {
            let digits = text.get(2 * number..2 * number + 2).ok_or(NoSealHash)?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| NoSealHash)?;
        }
        Ok(Self(hash))
    }
}

/// Where a chain has got to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct End {
    pub(super) day: NaiveDate,
    pub(super) number: i64,
    pub(super) hash: SealHash,
}

impl End {
    /// The end of a chain without seals, of which the first is made on `day`.
    pub(super) const fn beginning(day: NaiveDate) -> Self {
        Self {
            day,
            number: 0,
            hash: BEGINNING,
        }
    }

    /// The end after `seal`; `None` when it holds no hash.
    pub(super) fn of(seal: &Seal) -> Option<Self> {
        Some(Self {
            day: seal.day,
            number: seal.number,
            hash: SealHash::stored(&seal.hash)?,
        })
    }

    /// As the seal of this activity.
    pub(super) fn into_seal(self, activity_id: Uuid) -> Seal {
        let Self { day, number, hash } = self;
        Seal {
            day,
            number,
            activity_id,
            hash: hash.0.to_vec(),
        }
    }

    /// The place of a seal that is made `today`. No clock makes the chain go back.
    pub(super) fn next_place(&self, today: NaiveDate) -> (NaiveDate, i64) {
        if self.day < today {
            (today, 1)
        } else {
            (self.day, self.number + 1)
        }
    }

    /// The end after the next activity is sealed at this place.
    pub(super) fn seal(&self, (day, number): (NaiveDate, i64), activity: &StoredActivity) -> Self {
        Self {
            day,
            number,
            hash: hash(self.hash, (day, number), activity),
        }
    }
}

/// SHA-256 of the hash before, followed by the canonical JSON of the activity and its place in the chain.
pub(super) fn hash(
    before: SealHash,
    (day, number): (NaiveDate, i64),
    activity: &StoredActivity,
) -> SealHash {
    let sealed = json!({
        "activity": members(activity),
        "day": day.to_string(),
        "number": number,
    });
    let mut text = String::new();
    write_canonical(&sealed, &mut text);
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(&before.0);
    context.update(text.as_bytes());
    let mut hash = BEGINNING;
    hash.0.copy_from_slice(context.finish().as_ref());
    hash
}

/// What an activity says, without what is null: a column that a later version adds leaves older rows as they were.
fn members(activity: &StoredActivity) -> Value {
    let StoredActivity {
        id,
        at,
        actor_id,
        actor_name,
        api_key_id,
        action,
        resource,
        resource_id,
        changes,
        request_id,
        address,
    } = activity;
    let uuid = |id: Uuid| json!(id.to_string());
    let members = [
        ("id", Some(uuid(*id))),
        // Microseconds since 1970, as the database keeps it.
        ("at", Some(json!(at.timestamp_micros()))),
        ("actorId", actor_id.map(uuid)),
        ("actorName", actor_name.as_ref().map(|name| json!(name))),
        ("apiKeyId", api_key_id.map(uuid)),
        ("action", Some(json!(action))),
        ("resource", Some(json!(resource))),
        ("resourceId", Some(uuid(*resource_id))),
        ("changes", Some(changes.clone())),
        ("requestId", request_id.map(uuid)),
        ("address", address.as_ref().map(|address| json!(address))),
    ];
    let present = members.into_iter();
    let present = present.filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(present.collect::<Map<_, _>>())
}

/// JSON with its members sorted by the bytes of their names, and without spaces: equal values have one text.
fn write_canonical(value: &Value, text: &mut String) {
    match value {
        Value::Array(items) => {
            text.push('[');
            for (number, item) in items.iter().enumerate() {
                separate(number, text);
                write_canonical(item, text);
            }
            text.push(']');
        }
        Value::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_unstable_by_key(|(name, _)| *name);
            text.push('{');
            for (number, (name, member)) in sorted.into_iter().enumerate() {
                separate(number, text);
                text.push_str(&Value::from(name.as_str()).to_string());
                text.push(':');
                write_canonical(member, text);
            }
            text.push('}');
        }
        scalar => text.push_str(&scalar.to_string()),
    }
}

fn separate(number: usize, text: &mut String) {
    if number > 0 {
        text.push(',');
    }
}

#[cfg(test)]
mod tests;
