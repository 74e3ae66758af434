//! Reminders: at the instant that a task names, an event, once.
//!
//! What is due is looked up, and not queued when it is named: so it follows edits of the instant, and what becomes of the
//! task, by itself. See `docs/decisions/0017`.

use std::time::Duration;

use crm_authz::Scope;
use crm_domain::activity::Actor;
use crm_domain::event::TaskReminderDue;
use crm_domain::permission::{Action, Record};
use crm_domain::task::Task;
use crm_storage::tasks as storage;
use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::Tasks;
use crate::error::{Error, Result};
use crate::jobs::{JobContext, JobError};

/// The name of the schedule.
pub(crate) const NAME: &str = "tasks.remind";

/// How often, and so how late a reminder may be.
pub(crate) const EVERY: Duration = Duration::from_secs(15);

/// How many reminders are given in one transaction.
const BATCH: u32 = 100;

const ACTOR: Actor = Actor::system("reminders");

pub(crate) async fn remind(context: JobContext) -> Result<(), JobError> {
    let (crm, tasks) = (&context.crm, context.crm.tasks());
    loop {
        let scope = crm.access().await?.scope(&ACTOR, Action::Update);
        let scope = scope.map_err(Error::from)?;
        let mut conn = crm.connection().await?;
        if !tasks.remind_some(&mut conn, &scope).await? {
            return Ok(());
        }
        if context.should_stop() {
            return Err(JobError::Interrupted);
        }
    }
}

impl Tasks<'_> {
    /// Gives some of the reminders that are due; `false` when there were none.
    async fn remind_some(&self, conn: &mut AsyncPgConnection, scope: &Scope<Task>) -> Result<bool> {
        conn.transaction(async |conn| {
            let now = self.0.now();
            let due = storage::lock_to_remind_of(conn, now, BATCH, scope).await?;
            let ids: Vec<_> = due.iter().map(|task| task.id).collect();
            storage::set_reminded(conn, &ids, now).await?;
            for event in due.iter().filter_map(reminder) {
                self.0.emit(conn, &ACTOR, now, &event).await?;
            }
            Ok(!due.is_empty())
        })
        .await
    }
}

/// The event that reminds of a task.
fn reminder(task: &Task) -> Option<TaskReminderDue> {
    Some(TaskReminderDue {
        task_id: task.id,
        user_id: task.ownership().owner(),
        remind_at: task.remind_at?,
    })
}
