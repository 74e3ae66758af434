//! Schedules: one row each, and whoever locks it when its time has come queues the job.

use crm_domain::job::next_time;
use crm_storage::jobs::{self, NewJob};
use crm_storage::schedules::{self, Known};
use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::Jobs;
use crate::error::Result;

impl Jobs<'_> {
    /// Makes the schedules known to the database, from when on their time runs. [`Jobs::run`] does it by itself.
    ///
    /// # Errors
    /// When two handlers have one name, or the database fails.
    pub async fn prepare(&self) -> Result<()> {
        let registry = self.0.registry();
        registry.check()?;
        let now = self.0.now();
        let known = registry.schedules().iter().map(|schedule| Known {
            name: schedule.name,
            every: schedule.every,
            first_at: now + schedule.every,
        });
        let known: Vec<_> = known.collect();
        let mut conn = self.0.connection().await?;
        Ok(schedules::ensure(&mut conn, &known).await?)
    }

    /// Queues what schedules are due for.
    pub(super) async fn fire_schedules(&self) -> Result<()> {
        let mut conn = self.0.connection().await?;
        self.fire(&mut conn).await
    }

    async fn fire(&self, conn: &mut AsyncPgConnection) -> Result<()> {
        conn.transaction(async |conn| self.fire_in(conn).await)
            .await
    }

    async fn fire_in(&self, conn: &mut AsyncPgConnection) -> Result<()> {
        let known = self.0.registry().schedules();
        let names: Vec<_> = known.iter().map(|schedule| schedule.name).collect();
        let now = self.0.now();
        let due = schedules::lock_due(conn, &names, now).await?;
        for (name, due_at) in due {
            let Some(schedule) = known.iter().find(|schedule| schedule.name == name) else {
                continue;
            };
            let new = NewJob {
                // One that is slow is not begun a second time beside itself.
                unique_key: Some("schedule".to_owned()),
                ..self.0.new_job(schedule.name, now)?
            };
            jobs::insert(conn, vec![new]).await?;
            let next_at = next_time(due_at, schedule.every, now);
            schedules::set_next(conn, schedule.name, next_at).await?;
        }
        Ok(())
    }
}
