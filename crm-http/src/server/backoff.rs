//! What to do when the operating system refuses the next connection.

use std::io::{Error, ErrorKind};
use std::time::Duration;

use tokio::time::Instant;

const FIRST_WAIT: Duration = Duration::from_millis(10);
/// Also the longest the server stays deaf once there are file descriptors again.
const LONGEST_WAIT: Duration = Duration::from_millis(500);
const BETWEEN_LOG_LINES: Duration = Duration::from_secs(1);

/// Waits longer from failure to failure, and writes to the log once a second at most.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    last_wait: Option<Duration>,
    last_logged: Option<Instant>,
    unlogged: u64,
}

impl Backoff {
    /// A connection was accepted: the next failure starts from a short wait.
    pub(super) fn succeeded(&mut self) {
        self.last_wait = None;
    }

    /// How long to wait before the next attempt; `None` when the failure was the client's and waiting helps nobody.
    pub(super) fn failed(&mut self, error: &Error) -> Option<Duration> {
        if matches!(
            error.kind(),
            ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset | ErrorKind::Interrupted
        ) {
            return None;
        }
        if self.may_log() {
            let unlogged = std::mem::take(&mut self.unlogged);
            tracing::error!(%error, unlogged, "cannot accept connections");
        } else {
            self.unlogged = self.unlogged.saturating_add(1);
        }
        let wait = self
            .last_wait
            .map_or(FIRST_WAIT, |wait| wait.saturating_mul(2).min(LONGEST_WAIT));
        self.last_wait = Some(wait);
        Some(wait)
    }

    fn may_log(&mut self) -> bool {
        let due = self
            .last_logged
            .is_none_or(|at| at.elapsed() >= BETWEEN_LOG_LINES);
        if due {
            self.last_logged = Some(Instant::now());
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn out_of_descriptors() -> Error {
        // EMFILE
        Error::from_raw_os_error(24)
    }

    #[tokio::test(start_paused = true)]
    async fn waits_double_up_to_half_a_second_and_start_again_after_a_success() {
        let mut backoff = Backoff::default();
        let waits: Vec<_> = (0..8)
            .filter_map(|_| backoff.failed(&out_of_descriptors()))
            .map(|wait| wait.as_millis())
            .collect();
        assert_eq!(waits, [10, 20, 40, 80, 160, 320, 500, 500]);
        backoff.succeeded();
        assert_eq!(backoff.failed(&out_of_descriptors()), Some(FIRST_WAIT));
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_went_away_costs_no_wait() {
        assert_eq!(
            Backoff::default().failed(&ErrorKind::ConnectionAborted.into()),
            None
        );
    }

    #[tokio::test(start_paused = true)]
    async fn the_log_gets_one_line_a_second() {
        let mut backoff = Backoff::default();
        assert!(backoff.may_log());
        assert!(!backoff.may_log());
        tokio::time::advance(Duration::from_millis(999)).await;
        assert!(!backoff.may_log());
        tokio::time::advance(Duration::from_millis(1)).await;
        assert!(backoff.may_log());
    }
}
