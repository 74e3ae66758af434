//! What there is to say of the queue, for who watches over the servers. It names no record.

use std::collections::BTreeMap;
use std::time::Duration;

use crm_domain::page::Total;
use crm_storage::{jobs as storage, pool};

use super::Jobs;
use super::tally::AttemptEnd;
use crate::error::Result;

/// What waits in the queue, of all servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backlog {
    /// Jobs that are due and that nobody does yet.
    pub due: Total,
    /// Jobs that failed for good.
    pub dead: Total,
    /// How long the oldest of those that are due has been so; nothing when none is.
    pub oldest_due: Duration,
}

impl Jobs<'_> {
    /// What waits in the queue now. Asked by the connection for health checks, so that it is known also where requests wait.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn backlog(&self) -> Result<Backlog> {
        let now = self.0.now();
        let mut conn = pool::get_for_health(self.0.pool()).await?;
        let backlog = storage::backlog(&mut conn, now).await?;
        let waited = backlog.due_since.map(|since| now - since);
        let waited = waited.and_then(|waited| waited.to_std().ok());
        Ok(Backlog {
            due: backlog.due,
            dead: backlog.dead,
            oldest_due: waited.unwrap_or_default(),
        })
    }

    /// How often attempts of this process ended how, by the name of the job, the subscriber or the schedule.
    #[must_use]
    pub fn attempts(&self) -> BTreeMap<(String, AttemptEnd), u64> {
        self.0.job_tally().so_far()
    }
}
