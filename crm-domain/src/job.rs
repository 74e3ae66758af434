//! Jobs: work that waits in the queue of the workspace. The rules of when one runs again, and of when a schedule fires.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use crate::activity::{Fields, fields};
use crate::ids::JobId;
use crate::text::TextError;

/// What becomes of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// It waits for its time, or runs.
    Ready,
    /// It failed for good, and waits for somebody who looks into it.
    Dead,
}

impl JobState {
    /// All there are.
    pub const ALL: &'static [Self] = &[Self::Ready, Self::Dead];

    /// The name on the wire and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Dead => "dead",
        }
    }
}

impl fmt::Display for JobState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for JobState {
    type Err = TextError;

    fn from_str(name: &str) -> Result<Self, TextError> {
        let found = Self::ALL.iter().find(|known| known.as_str() == name);
        found
            .copied()
            .ok_or_else(|| TextError::not_one_of(&["ready", "dead"]))
    }
}

/// A job as people see it. What it was given is for its handler alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedJob {
    /// Identifies the job.
    pub id: JobId,
    /// What kind of work it is: `tasks.remind`.
    pub name: String,
    /// What becomes of it.
    pub state: JobState,
    /// How often it was begun.
    pub attempts: i32,
    /// How often it is begun before it has failed for good.
    pub max_attempts: i32,
    /// When it is due.
    pub run_at: DateTime<Utc>,
    /// Until when a server holds it, which goes on while it runs.
    pub leased_until: Option<DateTime<Utc>>,
    /// Why its last attempt failed.
    pub last_error: Option<String>,
    /// When it was queued.
    pub created_at: DateTime<Utc>,
    /// When it failed for good.
    pub died_at: Option<DateTime<Utc>>,
}

impl QueuedJob {
    /// The job, ready to run at once and with all its attempts before it; unchanged when it has not failed for good.
    #[must_use]
    pub fn retry(self, now: DateTime<Utc>) -> Self {
        if self.state == JobState::Ready {
            return self;
        }
        Self {
            state: JobState::Ready,
            attempts: 0,
            run_at: now,
            died_at: None,
            ..self
        }
    }

    /// The fields that the activity log records.
    #[must_use]
    pub fn fields(&self) -> Fields {
        fields([
            ("name", json!(self.name)),
            ("state", json!(self.state.as_str())),
            ("attempts", json!(self.attempts)),
        ])
    }
}

/// Which jobs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JobFilter {
    /// In this state.
    pub state: Option<JobState>,
    /// Of this name.
    pub name: Option<String>,
}

/// The wait after the first failure.
const FIRST_WAIT: TimeDelta = TimeDelta::seconds(5);

/// The longest wait.
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(1);

/// How long a job waits that has failed so often: twice as long each time, up to an hour, less up to a half of it by
/// chance, so that what failed together does not come back together.
#[must_use]
pub fn back_off(attempts: i32, chance: u8) -> TimeDelta {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or_default();
    let factor = 1_i32.checked_shl(doublings.min(20)).unwrap_or(i32::MAX);
    let wait = FIRST_WAIT
        .checked_mul(factor)
        .map_or(LONGEST_WAIT, |wait| wait.min(LONGEST_WAIT));
    wait - wait * i32::from(chance) / (2 * i32::from(u8::MAX))
}

/// When a schedule fires next that was due at `due`: at the first of its times after `now`. Those that were missed are
/// made up for by one.
#[must_use]
pub fn next_time(due: DateTime<Utc>, every: TimeDelta, now: DateTime<Utc>) -> DateTime<Utc> {
    let every_micros = every.num_microseconds().unwrap_or(i64::MAX).max(1);
    let late = (now - due).num_microseconds().unwrap_or(i64::MAX).max(0);
    let missed = late / every_micros;
    let ahead = missed.saturating_add(1).saturating_mul(every_micros);
    due.checked_add_signed(TimeDelta::microseconds(ahead))
        .unwrap_or(DateTime::<Utc>::MAX_UTC)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn job(state: JobState) -> QueuedJob {
        QueuedJob {
            id: JobId::new(NOW, [0; 10]),
            name: "x".to_owned(),
            state,
            attempts: 3,
            max_attempts: 3,
            run_at: NOW,
            leased_until: None,
            last_error: Some("no".to_owned()),
            created_at: NOW,
            died_at: (state == JobState::Dead).then_some(NOW),
        }
    }

    #[test]
    fn only_a_dead_job_is_made_ready_again() {
        let ready = job(JobState::Ready);
        assert_eq!(ready.clone().retry(NOW + TimeDelta::days(1)), ready);
        let again = job(JobState::Dead).retry(NOW + TimeDelta::days(1));
        assert_eq!((again.state, again.attempts), (JobState::Ready, 0));
        assert_eq!(
            (again.run_at, again.died_at),
            (NOW + TimeDelta::days(1), None)
        );
        assert_eq!(again.last_error.as_deref(), Some("no"));
    }

    #[test]
    fn the_wait_doubles_up_to_an_hour() {
        let waits = [1, 2, 3, 10, 11, i32::MAX].map(|attempts| back_off(attempts, 0).num_seconds());
        assert_eq!(waits, [5, 10, 20, 2560, 3600, 3600]);
    }

    proptest! {
        #[test]
        fn chance_takes_no_more_than_half_of_the_wait(attempts: i32, chance: u8) {
            let whole = back_off(attempts, 0);
            let wait = back_off(attempts, chance);
            prop_assert!(wait <= whole && wait >= whole / 2);
        }

        #[test]
        fn a_schedule_fires_next_at_the_first_of_its_times_to_come(
            every in 1i64..100_000_000, late in -1_000_000_000i64..1_000_000_000,
        ) {
            let every = TimeDelta::microseconds(every);
            let now = NOW + TimeDelta::microseconds(late);
            let next = next_time(NOW, every, now);
            let times = (next - NOW).num_microseconds().unwrap() / every.num_microseconds().unwrap();
            prop_assert_eq!(NOW + TimeDelta::microseconds(times * every.num_microseconds().unwrap()), next);
            prop_assert!(next > now && next > NOW);
            prop_assert!(next - every <= now.max(NOW));
        }
    }
}
