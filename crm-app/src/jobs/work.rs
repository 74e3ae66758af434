//! Doing what is due, for as long as the server runs.

use std::collections::HashMap;
use std::pin::pin;
use std::time::Duration;

use crm_domain::ids::JobId;
use crm_storage::PoolOptions;
use crm_storage::jobs::{self, Claim, Claimed, Lease};
use crm_storage::listener::Channel;
use tokio::sync::watch;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::Instant;
use uuid::Uuid;

use super::Jobs;
use crate::crm::Crm;
use crate::ear::Ear;
use crate::error::{Error, Result};

/// How often schedules are looked at while jobs come and go.
const LOOK_AT_SCHEDULES: Duration = Duration::from_secs(1);

/// More jobs than these at one time make each other.
const MAX_DRAINED: u64 = 100_000;

/// How one server does jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Workers {
    /// The most jobs at once. Each may hold a connection of the pool while it runs.
    pub at_once: usize,
    /// How long a job is held without a sign of life. Each third of it there is one, so that a job may take as long as it
    /// needs, and is done elsewhere so long after its server died.
    pub lease: Duration,
    /// How often the queue is looked at when nothing is heard from it. So late is what becomes due by the clock.
    pub poll: Duration,
    /// How long jobs under way may go on when the server stops.
    pub patience: Duration,
}

impl Default for Workers {
    fn default() -> Self {
        Self {
            at_once: 4,
            lease: Duration::from_mins(1),
            poll: Duration::from_secs(5),
            patience: Duration::from_secs(10),
        }
    }
}

impl Jobs<'_> {
    /// Does what is due until `shutdown` comes, and then waits for what is under way, as long as `workers` has patience; the
    /// rest is given back. Any number of servers may do so at once. `options` lead to the database itself, not to a
    /// pooler that lends connections by transaction: through one, jobs wait for the next poll.
    ///
    /// When the future is dropped, jobs under way are cut off, and done again when their leases have run out.
    ///
    /// # Errors
    /// When two handlers have one name. Failures of the database are logged, and waited for.
    pub async fn run(
        &self,
        options: &PoolOptions,
        workers: Workers,
        shutdown: impl Future<Output = ()>,
    ) -> Result<()> {
        self.0.registry().check()?;
        let (stop, stopping) = watch::channel(false);
        let mut running = Running::default();
        let mut ear = Ear::new(Channel::Jobs);
        let mut schedules = Schedules::default();
        let mut shutdown = pin!(shutdown);
        loop {
            schedules.look(self).await;
            let free = workers.at_once.saturating_sub(running.tasks.len());
            match self.claim(free, workers.lease).await {
                Ok(claimed) => running.begin(self.0, claimed, workers.lease, &stopping),
                Err(error) => tracing::warn!(%error, "cannot take jobs; trying again"),
            }
            let has_room = running.tasks.len() < workers.at_once;
            tokio::select! {
                () = &mut shutdown => break,
                Some(ended) = running.tasks.join_next_with_id() => running.ended(ended),
                () = ear.hear(options, workers.poll), if has_room => {}
            }
        }
        stop.send_replace(true);
        running.end(self.0, workers.patience).await;
        Ok(())
    }

    /// Does what is due now, one after the other, until nothing is; tells how many were begun. For tests and for
    /// programs that are started by a timer.
    ///
    /// # Errors
    /// When two handlers have one name, the database fails, or jobs make each other without an end.
    pub async fn drain(&self) -> Result<u64> {
        const LEASE: Duration = Duration::from_mins(1);
        self.prepare().await?;
        let (_stop, stopping) = watch::channel(false);
        for begun in 0..MAX_DRAINED {
            self.fire_schedules().await?;
            let Some(job) = self.claim(1, LEASE).await?.pop() else {
                return Ok(begun);
            };
            self.perform(job, LEASE, stopping.clone()).await;
        }
        Err(Error::internal("jobs make each other without an end"))
    }

    /// Takes some jobs.
    async fn claim(&self, limit: usize, lasts: Duration) -> Result<Vec<Claimed>> {
        if limit == 0 {
            return Ok(Vec::new());
        }
        let names = self.0.registry().names();
        let claim = Claim {
            names: &names,
            now: self.0.now(),
            limit: i64::try_from(limit).map_err(Error::internal)?,
            lease: Lease::new(Uuid::from_bytes(self.0.random()?)),
            lasts,
        };
        let mut conn = self.0.connection().await?;
        Ok(jobs::claim(&mut conn, claim).await?)
    }
}

/// When the schedules are looked at.
#[derive(Default)]
struct Schedules {
    are_known: bool,
    looked_at: Option<Instant>,
}

impl Schedules {
    async fn look(&mut self, jobs: &Jobs<'_>) {
        if self
            .looked_at
            .is_some_and(|at| at.elapsed() < LOOK_AT_SCHEDULES)
        {
            return;
        }
        self.looked_at = Some(Instant::now());
        if let Err(error) = self.fire(jobs).await {
            tracing::warn!(%error, "cannot look at the schedules; trying again");
        }
    }

    async fn fire(&mut self, jobs: &Jobs<'_>) -> Result<()> {
        if !self.are_known {
            jobs.prepare().await?;
            self.are_known = true;
        }
        jobs.fire_schedules().await
    }
}

/// The jobs under way.
#[derive(Default)]
struct Running {
    tasks: JoinSet<()>,
    held: HashMap<Id, (JobId, Lease)>,
}

impl Running {
    fn begin(
        &mut self,
        crm: &Crm,
        claimed: Vec<Claimed>,
        lease: Duration,
        stopping: &watch::Receiver<bool>,
    ) {
        for job in claimed {
            let held = (job.id, job.lease);
            let (crm, stopping) = (crm.clone(), stopping.clone());
            let task = self
                .tasks
                .spawn(async move { Jobs(&crm).perform(job, lease, stopping).await });
            self.held.insert(task.id(), held);
        }
    }

    fn ended(&mut self, ended: Result<(Id, ()), JoinError>) {
        // A panic of a handler does not come so far.
        let id = ended.map_or_else(|error| error.id(), |(id, ())| id);
        self.held.remove(&id);
    }

    /// Waits for the jobs, and gives back those that do not end in time.
    async fn end(mut self, crm: &Crm, patience: Duration) {
        let all_ended = async {
            while let Some(ended) = self.tasks.join_next_with_id().await {
                self.ended(ended);
            }
        };
        if tokio::time::timeout(patience, all_ended).await.is_ok() {
            return;
        }
        self.tasks.shutdown().await;
        let held: Vec<_> = self.held.into_values().collect();
        match release(crm, &held).await {
            Ok(released) => {
                tracing::warn!(released, "jobs were cut off and wait for another server");
            }
            Err(error) => {
                tracing::warn!(%error, "jobs were cut off and wait for their leases to run out");
            }
        }
    }
}

async fn release(crm: &Crm, held: &[(JobId, Lease)]) -> Result<usize> {
    let mut conn = crm.connection().await?;
    Ok(jobs::release(&mut conn, held, crm.now()).await?)
}
