//! `crm jobs`: the queue.

use clap::{Args, Subcommand};

use super::database::with_database;
use super::user::ACTOR;
use super::{Failure, say};
use crate::app::Crm;
use crate::config::Config;
use crate::domain::ids::JobId;
use crate::domain::job::{JobFilter, JobState, QueuedJob};
use crate::domain::list::PageRequest;
use crate::domain::page::Limit;

pub(super) const EXAMPLES: &str = "Examples:\n  crm jobs list --dead\n  crm jobs retry --all --name webhooks.send\n\n\
    A line has the id, the name, the state, the attempts, when it is due, and the last error. A running crm serve need\n\
    not be stopped: it does what is retried at once.";

/// How many characters of an error are printed.
const ERROR_CHARS: usize = 200;

#[derive(Subcommand)]
pub(super) enum Action {
    /// List the jobs that wait, run, or failed for good, the newest first
    List {
        /// Only those that failed for good
        #[arg(long)]
        dead: bool,
        /// Only those of this name
        #[arg(long)]
        name: Option<String>,
    },
    /// Have jobs run again that failed for good
    Retry(Retry),
}

#[derive(Args)]
pub(super) struct Retry {
    /// The job
    #[arg(required_unless_present = "all", conflicts_with_all = ["all", "name"])]
    id: Option<JobId>,
    /// All of them
    #[arg(long)]
    all: bool,
    /// With --all, only those of this name
    #[arg(long, requires = "all")]
    name: Option<String>,
}

pub(super) async fn run(config: &Config, action: Action) -> Result<(), Failure> {
    with_database(config, async |database| {
        let crm = database.crm(config).await?;
        match action {
            Action::List { dead, name } => {
                let state = dead.then_some(JobState::Dead);
                list(&crm, &JobFilter { state, name }).await
            }
            Action::Retry(Retry { id: Some(id), .. }) => {
                let job = crm.jobs().retry(&ACTOR, id).await?;
                say(line(&job));
                Ok(())
            }
            Action::Retry(Retry { name, .. }) => {
                let retried = crm.jobs().retry_all(&ACTOR, name.as_deref()).await?;
                say(format_args!("{retried} jobs run again"));
                Ok(())
            }
        }
    })
    .await
}

async fn list(crm: &Crm, filter: &JobFilter) -> Result<(), Failure> {
    let limit = Limit::most();
    let mut page = PageRequest::first(limit);
    loop {
        let part = crm.jobs().list(&ACTOR, filter, &page).await?;
        for job in &part.records {
            say(line(job));
        }
        match part.next_cursor {
            Some(cursor) => page = PageRequest::After { cursor, limit },
            None => return Ok(()),
        }
    }
}

fn line(job: &QueuedJob) -> String {
    let state = match (job.state, job.leased_until) {
        (JobState::Ready, Some(_)) => "running",
        (state, _) => state.as_str(),
    };
    let error = job.last_error.as_deref().unwrap_or("-");
    let error: String = error
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(ERROR_CHARS)
        .collect();
    format!(
        "{}\t{}\t{state}\t{}/{}\t{}\t{error}",
        job.id,
        job.name,
        job.attempts,
        job.max_attempts,
        job.run_at
            .to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
    )
}
