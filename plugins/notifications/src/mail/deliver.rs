//! One letter on its way.

use crm_app::jobs::{Job, JobContext, JobError};
use crm_domain::ids::UserId;
use crm_storage::users;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Mailer;
use super::letter::letter;
use crate::notices::Inbox;

/// A notice that goes to its user by e-mail. Tried again when the server cannot take it now: over some hours, as all jobs are.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Mail {
    user: Uuid,
    number: i64,
}

impl Mail {
    pub(crate) const fn new(user: UserId, number: i64) -> Self {
        Self {
            user: user.uuid(),
            number,
        }
    }
}

impl Job for Mail {
    const NAME: &'static str = "notifications.mail";

    fn unique_key(&self) -> Option<String> {
        Some(format!("{} {}", self.user, self.number))
    }
}

/// Sends a letter, unless the user may not read any more what it is about, or has gone.
pub(crate) async fn deliver(context: JobContext, job: Mail) -> Result<(), JobError> {
    let crm = &context.crm;
    let Some(mailer) = crm.provided::<Mailer>() else {
        return Err(JobError::retry("the settings name no mail server any more"));
    };
    let mut conn = crm.connection().await?;
    let user = users::find(&mut conn, job.user.into()).await?;
    drop(conn);
    let Some(user) = user.filter(|user| user.is_active) else {
        return Ok(());
    };
    let inbox = Inbox { crm, user: user.id };
    let Some(shown) = inbox.find(job.number).await? else {
        return Ok(());
    };
    let letter = letter(&mailer.from, &user, &shown).map_err(JobError::dead)?;
    let sent = mailer.send(letter).await;
    sent.map_err(|error| {
        if error.is_permanent() {
            JobError::dead(error)
        } else {
            JobError::retry(error)
        }
    })
}
