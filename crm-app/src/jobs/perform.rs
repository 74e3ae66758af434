//! One job: its handler, the lease that is renewed meanwhile, and what becomes of it.

use std::any::Any;
use std::convert::Infallible;
use std::error::Error as StdError;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use chrono::TimeDelta;
use crm_domain::job::back_off;
use crm_storage::TRACE;
use crm_storage::jobs::{self, Claimed, MAX_ERROR_CHARS};
use futures_util::FutureExt;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout_at};
use tracing::Instrument as _;

use super::Jobs;
use super::context::{JobContext, JobError};
use super::tally::AttemptEnd;
use crate::crm::Crm;
use crate::error::Result;

/// How often it is tried to store what became of a job. After that it runs again when its lease has run out.
const SETTLE_ATTEMPTS: u32 = 5;

/// How soon a job is done again that was interrupted.
const INTERRUPTED_WAIT: TimeDelta = TimeDelta::seconds(1);

/// What became of an attempt.
enum Outcome {
    Done,
    Interrupted,
    Failed(String),
    FailedForGood(String),
}

impl Outcome {
    const fn end(&self) -> AttemptEnd {
        match self {
            Self::Done => AttemptEnd::Done,
            Self::Interrupted => AttemptEnd::Interrupted,
            Self::Failed(_) => AttemptEnd::Failed,
            Self::FailedForGood(_) => AttemptEnd::Dead,
        }
    }
}

impl Jobs<'_> {
    /// Does one job that is held for `lease`.
    pub(super) async fn perform(
        &self,
        job: Claimed,
        lease: Duration,
        stopping: watch::Receiver<bool>,
    ) {
        let span = tracing::trace_span!(target: TRACE, "job", otel.name = job.name, otel.kind = "consumer", job.id = %job.id, job.attempt = job.attempt);
        let attempt = self.attempt(&job, lease, stopping);
        let outcome = attempt.instrument(span).await;
        self.0.job_tally().count(&job.name, outcome.end());
        for attempt in 1..=SETTLE_ATTEMPTS {
            match self.settle(&job, &outcome).await {
                Ok(true) => return,
                Ok(false) => {
                    tracing::warn!(job = %job.id, name = job.name, "the job was lost to another server while it ran");
                    return;
                }
                Err(error) => {
                    tracing::warn!(job = %job.id, name = job.name, %error, "cannot store what became of a job");
                }
            }
            sleep(Duration::from_millis(200) * attempt).await;
        }
    }

    async fn attempt(
        &self,
        job: &Claimed,
        lease: Duration,
        stopping: watch::Receiver<bool>,
    ) -> Outcome {
        if job.attempt > job.max_attempts {
            return Outcome::FailedForGood("its last attempt never came to an end".to_owned());
        }
        let Some(handler) = self.0.registry().handler(&job.name) else {
            // Never: only what can be handled is taken.
            return Outcome::Interrupted;
        };
        let (tell, lost) = watch::channel(false);
        let context = JobContext {
            crm: self.0.clone(),
            id: job.id,
            attempt: job.attempt,
            lost,
            stopping,
        };
        let payload = job.payload.clone();
        let work = AssertUnwindSafe(async { handler(context, payload).await }).catch_unwind();
        let answer = tokio::select! {
            answer = work => answer,
            never = hold(self.0, job, lease, tell) => match never {},
        };
        let error = match answer {
            Ok(Ok(())) => return Outcome::Done,
            Ok(Err(JobError::Interrupted)) => return Outcome::Interrupted,
            Ok(Err(JobError::Dead(error))) => return Outcome::FailedForGood(told(error.as_ref())),
            Ok(Err(JobError::Retry(error))) => told(error.as_ref()),
            Err(panic) => bounded(&format!("it panicked: {}", panic_message(panic.as_ref()))),
        };
        if job.attempt >= job.max_attempts {
            Outcome::FailedForGood(error)
        } else {
            Outcome::Failed(error)
        }
    }

    /// Stores what became of a job; `false` when it is held by somebody else.
    async fn settle(&self, job: &Claimed, outcome: &Outcome) -> Result<bool> {
        let Claimed {
            id, lease, attempt, ..
        } = *job;
        let now = self.0.now();
        let mut conn = self.0.connection().await?;
        let is_stored = match outcome {
            Outcome::Done => jobs::finish(&mut conn, id, lease).await?,
            Outcome::Interrupted => {
                let run_at = now + INTERRUPTED_WAIT;
                jobs::release(&mut conn, &[(id, lease)], run_at).await? == 1
            }
            Outcome::Failed(error) => {
                let [chance] = self.0.random().unwrap_or_default();
                let run_at = now + back_off(attempt, chance);
                tracing::warn!(job = %id, name = job.name, attempt, error, %run_at, "a job failed and is tried again");
                jobs::retry_later(&mut conn, id, lease, run_at, error).await?
            }
            Outcome::FailedForGood(error) => {
                tracing::error!(job = %id, name = job.name, attempt, error, "a job failed for good");
                jobs::bury(&mut conn, id, lease, now, error).await?
            }
        };
        Ok(is_stored)
    }
}

/// Renews the lease of a job again and again. When that fails for too long, says so, and goes no further.
async fn hold(crm: &Crm, job: &Claimed, lease: Duration, tell: watch::Sender<bool>) -> Infallible {
    let mut held_until = Instant::now() + lease;
    loop {
        sleep(lease / 3).await;
        let asked_at = Instant::now();
        match timeout_at(held_until, renew(crm, job, lease)).await {
            Ok(Ok(true)) => held_until = asked_at + lease,
            Ok(Err(error)) if Instant::now() < held_until => {
                tracing::warn!(job = %job.id, name = job.name, %error, "cannot renew the lease of a job");
            }
            _ => break,
        }
    }
    tracing::warn!(job = %job.id, name = job.name, "the lease of a job that runs is lost");
    tell.send_replace(true);
    std::future::pending().await
}

async fn renew(crm: &Crm, job: &Claimed, lease: Duration) -> Result<bool> {
    let mut conn = crm.connection().await?;
    Ok(jobs::renew(&mut conn, job.id, job.lease, lease).await?)
}

/// An error with its causes, as it is kept.
fn told(error: &(dyn StdError + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let message = cause.to_string();
        if !text.contains(&message) {
            text = format!("{text}: {message}");
        }
        source = cause.source();
    }
    bounded(&text)
}

/// As much of a text as is kept. Postgres has no place for the character nul.
fn bounded(text: &str) -> String {
    text.chars()
        .filter(|c| *c != '\0')
        .take(MAX_ERROR_CHARS)
        .collect()
}

/// What a panic says.
pub(crate) fn panic_message(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a message")
}
