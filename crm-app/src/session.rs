//! What a refresh token does to its session. Pure: the whole rule is in [`rotation`].

use chrono::{DateTime, TimeDelta, Utc};
use crm_storage::sessions::Session;

/// A session ends when it is not refreshed for this long.
pub const IDLE: TimeDelta = TimeDelta::days(7);

/// A session ends after this long in any case.
pub(crate) const ABSOLUTE: TimeDelta = TimeDelta::days(30);

/// The sessions that a user may have at once; signing in once more ends the oldest.
pub(crate) const MAX_PER_USER: usize = 20;

/// An ended session is remembered for this long, so that a stolen token of it is known for what it is.
pub(crate) const REMEMBERED: TimeDelta = TimeDelta::days(30);

/// How long a token may be used again after its successor was made: two tabs that refresh at once, an answer that
/// was lost on the way.
const GRACE: TimeDelta = TimeDelta::seconds(30);

/// What presenting a genuine refresh token leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rotation {
    /// The newest token: make its successor.
    Advance,
    /// The one before the newest, whose answer may have been lost: give the newest again.
    Repeat,
    /// An older one, or one whose successor is known to have arrived: somebody has a copy.
    Reused,
    /// A token from the future of this row: the database was restored from a backup.
    Unknown,
}

/// What presenting token number `counter` leads to. `session` is alive, and locked.
pub(crate) fn rotation(session: &Session, counter: i32, now: DateTime<Utc>) -> Rotation {
    match session.counter - counter {
        0 => Rotation::Advance,
        1 => {
            let is_recent = now - session.rotated_at <= GRACE;
            let has_arrived = session.seen_counter >= session.counter;
            if is_recent || !has_arrived {
                Rotation::Repeat
            } else {
                Rotation::Reused
            }
        }
        behind if behind > 1 => Rotation::Reused,
        _ => Rotation::Unknown,
    }
}

#[cfg(test)]
mod tests;
