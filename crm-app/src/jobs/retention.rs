//! What is over is kept for some time, and removed in small steps.

use std::time::Duration;

use chrono::TimeDelta;
use crm_storage::{jobs, outbox};

use super::context::{JobContext, JobError};
use crate::events;

/// The name of the schedule.
pub(super) const NAME: &str = "jobs.tidy-up";

/// How often.
pub(super) const EVERY: Duration = Duration::from_hours(24);

/// How long events stay in the outbox: a day more than the feed promises, for transactions that were long under way. Their
/// deliveries are jobs of their own and do not need them.
const EVENTS_KEPT: TimeDelta = TimeDelta::days(events::KEPT.num_days() + 1);

/// How long jobs are kept that have failed for good.
const DEAD_KEPT: TimeDelta = TimeDelta::days(90);

/// How many rows are removed by one statement.
const STEP: i64 = 1_000;

/// Removes rows step by step until there are none left that are old enough.
macro_rules! tidy {
    ($context:expr, $delete:path, $kept:expr) => {
        loop {
            if $context.should_stop() {
                return Err(JobError::Interrupted);
            }
            let mut conn = $context.crm.connection().await?;
            let before = $context.crm.now() - $kept;
            let removed = $delete(&mut conn, before, STEP).await?;
            if i64::try_from(removed).unwrap_or(STEP) < STEP {
                break;
            }
        }
    };
}

pub(super) async fn tidy_up(context: JobContext) -> Result<(), JobError> {
    tidy!(context, jobs::delete_dead_before, DEAD_KEPT);
    tidy!(context, outbox::delete_before, EVENTS_KEPT);
    Ok(())
}
