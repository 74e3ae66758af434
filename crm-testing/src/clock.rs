//! A clock that stands still until a test moves it.

use std::sync::Mutex;

use chrono::{DateTime, TimeDelta, Utc};
use crm_domain::clock::Clock;

/// A clock that stands still until a test moves it.
#[derive(Debug)]
pub struct TestClock(Mutex<DateTime<Utc>>);

impl TestClock {
    /// A clock that shows noon of an ordinary day.
    #[must_use]
    pub fn new() -> Self {
        Self(Mutex::new(
            DateTime::from_timestamp_micros(1_767_355_200_000_000).unwrap_or_default(),
        ))
    }

    /// Moves the time on, or back.
    pub fn advance(&self, by: TimeDelta) {
        let mut now = self.0.lock().expect("no holder of the clock panics");
        *now += by;
    }
}

impl Default for TestClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().expect("no holder of the clock panics")
    }
}
