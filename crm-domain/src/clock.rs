//! Time as an argument. Only the application knows the real clock; tests set their own.

use chrono::{DateTime, SubsecRound, Utc};

/// Where the time comes from.
pub trait Clock: Send + Sync + 'static {
    /// The present instant, in whole microseconds: what the database stores, so that a value read back is equal.
    fn now(&self) -> DateTime<Utc>;
}

/// An instant cut to whole microseconds, the database's resolution.
#[must_use]
pub fn to_micros(at: DateTime<Utc>) -> DateTime<Utc> {
    at.trunc_subsecs(6)
}
