//! The queue: look at it, and have jobs run again that failed for good.

use chrono::{DateTime, Utc};
use crm_domain::job::{self, JobFilter, QueuedJob};
use crm_domain::list::{Listing, PageRequest};
use crm_domain::permission::Resource;
use poem_openapi::param::Path;
use poem_openapi::{Enum, Object, OpenApi, Tags};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::auth::Require;
use crate::list::page_request;
use crate::permissions;
use crate::problem::Problem;
use crate::query::{self, Query, QueryParameters};
use crate::reply::Reply;
use crate::wire::Text;

permissions! {
    /// See jobs.
    JobRead = "job:read" (Resource::JOB, Read);
    /// Have jobs run again.
    JobManage = "job:manage" (Resource::JOB, Manage);
}

/// What becomes of a job: it waits for its time or runs (`ready`), or it failed for good (`dead`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Enum)]
#[serde(rename_all = "lowercase")]
#[oai(rename_all = "lowercase")]
enum JobState {
    /// It waits for its time, or runs.
    Ready,
    /// It failed for good.
    Dead,
}

impl From<job::JobState> for JobState {
    fn from(state: job::JobState) -> Self {
        match state {
            job::JobState::Ready => Self::Ready,
            job::JobState::Dead => Self::Dead,
        }
    }
}

impl From<JobState> for job::JobState {
    fn from(state: JobState) -> Self {
        match state {
            JobState::Ready => Self::Ready,
            JobState::Dead => Self::Dead,
        }
    }
}

/// Work that is done later: something queued, an event for a subscriber, or a schedule.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
pub struct Job {
    /// Identifies the job.
    id: Uuid,
    /// What handles it: `tasks.remind`.
    name: Text<100>,
    /// What becomes of it.
    state: JobState,
    /// How often it was begun.
    #[oai(validator(minimum(value = "0"), maximum(value = "2147483647")))]
    attempts: i32,
    /// How often it is begun before it has failed for good.
    #[oai(validator(minimum(value = "1"), maximum(value = "2147483647")))]
    max_attempts: i32,
    /// When it is due.
    run_at: DateTime<Utc>,
    /// Until when a server holds it, which goes on while it runs; `null` while none does.
    leased_until: Option<DateTime<Utc>>,
    /// Why its last attempt failed.
    last_error: Option<Text<2000>>,
    /// When it was queued.
    created_at: DateTime<Utc>,
    /// When it failed for good.
    died_at: Option<DateTime<Utc>>,
}

impl From<QueuedJob> for Job {
    fn from(job: QueuedJob) -> Self {
        let QueuedJob {
            id,
            name,
            state,
            attempts,
            max_attempts,
            run_at,
            leased_until,
            last_error,
            created_at,
            died_at,
        } = job;
        Self {
            id: id.uuid(),
            name: (&name).into(),
            state: state.into(),
            attempts,
            max_attempts,
            run_at,
            leased_until,
            last_error: last_error.as_ref().map(Into::into),
            created_at,
            died_at,
        }
    }
}

/// A part of the queue.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
struct JobList {
    /// The jobs, the newest first.
    #[oai(validator(max_items = 100))]
    jobs: Vec<Job>,
    /// Where to go on; `null` at the end.
    #[oai(validator(max_length = 2000))]
    next_cursor: Option<String>,
}

impl From<Listing<QueuedJob>> for JobList {
    fn from(list: Listing<QueuedJob>) -> Self {
        Self {
            jobs: list.records.into_iter().map(Job::from).collect(),
            next_cursor: list.next_cursor,
        }
    }
}

/// Which jobs.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
struct ListJobs {
    /// In this state.
    state: Option<JobState>,
    /// Of this name.
    name: Option<Text<100>>,
    /// Goes on where a part of the same list ended.
    #[oai(validator(max_length = 2000))]
    cursor: Option<String>,
    /// How many rows: 10, unless it is given.
    #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
    limit: Option<u16>,
}

impl QueryParameters for ListJobs {}

impl ListJobs {
    fn into_query(self) -> Result<(JobFilter, PageRequest), Problem> {
        let Self {
            state,
            name,
            cursor,
            limit,
        } = self;
        let filter = JobFilter {
            state: state.map(Into::into),
            name: name.map(|name| query::bounded("name", name)).transpose()?,
        };
        Ok((filter, page_request(None, limit, cursor, false)?))
    }
}

#[derive(Tags)]
enum Tag {
    /// Work that is done later.
    Jobs,
}

/// The operations below `/api/jobs`.
pub struct JobsApi;

#[OpenApi(tag = "Tag::Jobs")]
impl JobsApi {
    /// List jobs
    ///
    /// Those that wait, run, or failed for good; what is done is gone.
    #[oai(path = "/jobs", method = "get", operation_id = "listJobs")]
    async fn list(
        &self,
        auth: Require<JobRead>,
        query: Query<ListJobs>,
    ) -> Result<Reply<JobList>, Problem> {
        let (filter, page) = query.0.into_query()?;
        let list = auth.crm().jobs().list(auth.actor(), &filter, &page).await?;
        Ok(Reply::new(list.into()))
    }

    /// Retry a job
    ///
    /// One that failed for good runs again at once, with all its attempts before it. Another one stays as it is.
    #[oai(path = "/jobs/:id/retry", method = "post", operation_id = "retryJob")]
    async fn retry(&self, auth: Require<JobManage>, id: Path<Uuid>) -> Result<Reply<Job>, Problem> {
        let job = auth.crm().jobs().retry(auth.actor(), id.0.into()).await?;
        Ok(Reply::new(job.into()))
    }
}
