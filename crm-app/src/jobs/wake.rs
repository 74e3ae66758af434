//! Telling the workers of all servers that jobs were queued.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use crm_storage::listener::{self, Channel};

use super::Jobs;
use crate::error::Result;

/// How soon workers are told. What is queued until then needs no telling of its own.
const SOON: Duration = Duration::from_millis(20);

/// What is known of jobs that workers have not been told of.
#[derive(Default)]
pub(crate) struct Waker {
    /// How often jobs were queued, committed or not.
    queued: AtomicU64,
    /// Whether somebody is about to tell the workers.
    is_soon: AtomicBool,
}

impl Waker {
    /// Notes that jobs were queued in a transaction that goes on.
    pub(crate) fn note(&self) {
        self.queued.fetch_add(1, Ordering::Relaxed);
    }

    /// How often jobs were queued by this [`Crm`](crate::Crm).
    pub(crate) fn queued(&self) -> u64 {
        self.queued.load(Ordering::Relaxed)
    }
}

impl Jobs<'_> {
    /// Tells the workers of all servers that there are jobs: at once, where they would find them within their
    /// [`poll`](super::Workers::poll) otherwise. For who has committed a transaction of their own with writes that end in `_in`; the
    /// others tell it themselves. Needs a runtime of tokio.
    pub fn wake(&self) {
        if self.0.waker().is_soon.swap(true, Ordering::AcqRel) {
            return;
        }
        let crm = self.0.clone();
        tokio::spawn(async move {
            tokio::time::sleep(SOON).await;
            crm.waker().is_soon.store(false, Ordering::Release);
            if let Err(error) = crm.jobs().tell().await {
                tracing::debug!(%error, "cannot wake the workers, who look by themselves");
            }
        });
    }

    async fn tell(&self) -> Result<()> {
        let mut conn = self.0.connection().await?;
        Ok(listener::tell(&mut conn, Channel::Jobs).await?)
    }
}
