//! What a handler is told, and what it answers.

use std::error::Error as StdError;

use crm_domain::ids::JobId;
use tokio::sync::watch;

use crate::crm::Crm;
use crate::error::Error;

/// What a handler knows besides what it was given.
#[derive(Clone)]
pub struct JobContext {
    /// The CRM that the job is of.
    pub crm: Crm,
    /// Identifies the job, the same at each attempt.
    pub id: JobId,
    /// Which attempt this is, from 1. Those that were cut short by a stop of the server are not counted.
    pub attempt: i32,
    pub(super) lost: watch::Receiver<bool>,
    pub(super) stopping: watch::Receiver<bool>,
}

impl JobContext {
    /// Whether another server may have taken the job: this one could not tell the database for too long that it goes on.
    /// A handler that writes in several steps looks before each.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        *self.lost.borrow()
    }

    /// Whether the server stops. A handler that takes long and can go on later answers [`JobError::Interrupted`] then;
    /// otherwise it is cut off when the server's patience is at its end.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    /// Whether it is better to go no further: [`is_lost`](Self::is_lost) or [`is_stopping`](Self::is_stopping).
    #[must_use]
    pub fn should_stop(&self) -> bool {
        self.is_lost() || self.is_stopping()
    }

    /// Waits until [`should_stop`](Self::should_stop), for a handler that waits for something else besides.
    pub async fn stopped(&self) {
        let (mut lost, mut stopping) = (self.lost.clone(), self.stopping.clone());
        tokio::select! {
            () = becomes_true(&mut lost) => {}
            () = becomes_true(&mut stopping) => {}
        }
    }
}

async fn becomes_true(flag: &mut watch::Receiver<bool>) {
    if flag.wait_for(|is_set| *is_set).await.is_err() {
        // Nobody is left who could set it.
        std::future::pending::<()>().await;
    }
}

/// Why a job was not done.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// It may succeed later. After its last attempt it has failed for good.
    #[error(transparent)]
    Retry(Box<dyn StdError + Send + Sync>),
    /// It will never succeed.
    #[error(transparent)]
    Dead(Box<dyn StdError + Send + Sync>),
    /// It was given up in the middle, since the server stops or the job was lost. It is done again soon, and the attempt
    /// is not counted.
    #[error("the job was interrupted")]
    Interrupted,
}

impl JobError {
    /// It may succeed later.
    pub fn retry(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Retry(error.into())
    }

    /// It will never succeed.
    pub fn dead(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Dead(error.into())
    }
}

impl From<Error> for JobError {
    fn from(error: Error) -> Self {
        Self::retry(error)
    }
}

impl From<crm_storage::Error> for JobError {
    fn from(error: crm_storage::Error) -> Self {
        Self::retry(error)
    }
}

impl From<diesel::result::Error> for JobError {
    fn from(error: diesel::result::Error) -> Self {
        Self::retry(error)
    }
}
