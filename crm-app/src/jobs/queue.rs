//! Queueing jobs, looking at them, and having dead ones run again.

use chrono::{DateTime, Utc};
use crm_authz::Scope;
use crm_domain::activity::{Actor, Changes};
use crm_domain::event::JobRetried;
use crm_domain::ids::JobId;
use crm_domain::job::{JobFilter, QueuedJob};
use crm_domain::list::{Listing, PageRequest};
use crm_domain::page::{Position, SortKey};
use crm_domain::permission::{Action, Permission, Resource};
use crm_storage::jobs::{self as storage, MAX_KEY_CHARS, NewJob};
use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::{Job, Jobs};
use crate::error::{Error, Result};
use crate::write;

/// How many dead jobs are looked up at once.
const BATCH: i64 = 100;

impl Jobs<'_> {
    /// Queues a job that is due at once. `false` when one with its unique key is in the queue already.
    ///
    /// # Errors
    /// When it makes no JSON, a key is too long, or the database fails.
    pub async fn enqueue<J: Job>(&self, job: &J) -> Result<bool> {
        self.enqueue_at(job, self.0.now()).await
    }

    /// [`Jobs::enqueue`] within the caller's transaction: it is there when that commits, and only then. [`Jobs::wake`] has it
    /// begun at once then.
    ///
    /// # Errors
    /// As [`Jobs::enqueue`].
    pub async fn enqueue_in<J: Job>(&self, conn: &mut AsyncPgConnection, job: &J) -> Result<bool> {
        self.enqueue_at_in(conn, job, self.0.now()).await
    }

    /// Queues a job that is due at an instant.
    ///
    /// # Errors
    /// As [`Jobs::enqueue`].
    pub async fn enqueue_at<J: Job>(&self, job: &J, run_at: DateTime<Utc>) -> Result<bool> {
        let mut conn = self.0.connection().await?;
        let is_queued = self.enqueue_at_in(&mut conn, job, run_at).await?;
        self.wake();
        Ok(is_queued)
    }

    /// [`Jobs::enqueue_at`] within the caller's transaction.
    ///
    /// # Errors
    /// As [`Jobs::enqueue`].
    pub async fn enqueue_at_in<J: Job>(
        &self,
        conn: &mut AsyncPgConnection,
        job: &J,
        run_at: DateTime<Utc>,
    ) -> Result<bool> {
        let new = NewJob {
            payload: serde_json::to_value(job).map_err(Error::internal)?,
            partition_key: checked(job.partition_key())?,
            unique_key: checked(job.unique_key())?,
            run_at,
            max_attempts: J::MAX_ATTEMPTS,
            ..self.0.new_job(J::NAME, self.0.now())?
        };
        self.0.waker().note();
        Ok(storage::insert(conn, vec![new]).await? == 1)
    }

    /// The jobs that match, the newest first.
    ///
    /// # Errors
    /// [`Error::Forbidden`], or [`Error::InvalidCursor`] for a cursor of another list or another user.
    pub async fn list(
        &self,
        actor: &Actor,
        filter: &JobFilter,
        page: &PageRequest,
    ) -> Result<Listing<QueuedJob>> {
        let scope = self.0.access().await?.scope(actor, Action::Read)?;
        let binding = format!("jobs {:?} {filter:?}", actor.who);
        let slice = self.0.slice(page, &binding)?;
        let mut conn = self.0.connection().await?;
        let (records, goes_on) = storage::list(&mut conn, filter, &slice, &scope).await?;
        let last = records.last().filter(|_| goes_on);
        let next_cursor = last.map(|last| self.0.cursor(&position(last), &binding));
        Ok(Listing {
            next_cursor: next_cursor.transpose()?,
            records,
            page: None,
            total: None,
        })
    }

    /// Has a job run again that had failed for good, with all its attempts before it. Does nothing to one that has not.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], or [`Error::InUse`] when one with its unique key is in the queue.
    pub async fn retry(&self, actor: &Actor, id: JobId) -> Result<QueuedJob> {
        write!(self.0, |conn| self.retry_in(conn, actor, id))
    }

    /// [`Jobs::retry`] within the caller's transaction.
    ///
    /// # Errors
    /// As [`Jobs::retry`].
    pub async fn retry_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: JobId,
    ) -> Result<QueuedJob> {
        let scope = self.managed(actor).await?;
        conn.transaction(async |conn| {
            let job = storage::lock(conn, id, &scope)
                .await?
                .ok_or(Error::NotFound(Resource::JOB))?;
            let now = self.0.now();
            let ready = job.clone().retry(now);
            if ready == job {
                return Ok(job);
            }
            storage::revive(conn, &ready).await.map_err(refused)?;
            self.0.waker().note();
            let event = JobRetried {
                job_id: id,
                changes: Changes::between(job.fields(), ready.fields()),
            };
            self.0.emit(conn, actor, now, &event).await?;
            Ok(ready)
        })
        .await
    }

    /// [`Jobs::retry`] of all jobs that have failed for good, each by itself; of one name, when it is given. Tells how
    /// many. Those whose unique key is in the queue stay dead.
    ///
    /// # Errors
    /// [`Error::Forbidden`], or when the database fails; those before run again all the same.
    pub async fn retry_all(&self, actor: &Actor, name: Option<&str>) -> Result<u64> {
        let scope = self.managed(actor).await?;
        let (mut after, mut retried) = (None, 0);
        loop {
            let mut conn = self.0.connection().await?;
            let ids = storage::list_dead(&mut conn, name, after, BATCH, &scope).await?;
            drop(conn);
            let Some(last) = ids.last() else {
                return Ok(retried);
            };
            after = Some(*last);
            for id in ids {
                match self.retry(actor, id).await {
                    Ok(_) => retried += 1,
                    // In the queue already, or removed meanwhile.
                    Err(Error::InUse { .. } | Error::NotFound(_)) => {}
                    Err(error) => return Err(error),
                }
            }
        }
    }

    async fn managed(&self, actor: &Actor) -> Result<Scope<QueuedJob>> {
        let access = self.0.access().await?;
        access.check(actor, Permission::new(Resource::JOB, Action::Read))?;
        Ok(access.scope(actor, Action::Manage)?)
    }
}

fn position(job: &QueuedJob) -> Position {
    Position {
        key: SortKey::Time(job.created_at),
        id: job.id.uuid(),
    }
}

/// A key as long as may be.
fn checked(key: Option<String>) -> Result<Option<String>> {
    match key {
        Some(key) if key.chars().count() > MAX_KEY_CHARS => {
            let message = format!("the key of a job is longer than {MAX_KEY_CHARS} characters");
            Err(Error::internal(message))
        }
        key => Ok(key),
    }
}

fn refused(error: crm_storage::Error) -> Error {
    match error {
        crm_storage::Error::UniqueViolation { .. } => Error::InUse {
            resource: Resource::JOB,
            by: "another one of its name and key is in the queue",
        },
        other => other.into(),
    }
}
