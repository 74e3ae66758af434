//! One try of a delivery, and what becomes of it then.

use bytes::Bytes;
use crm_app::jobs::{Job, JobContext, JobError};
use crm_app::{Crm, Result};
use crm_domain::activity::{Actor, Changes};
use crm_domain::permission::Action;
use diesel_async::{AsyncConnection, AsyncPgConnection};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::delivery::{Delivery, DeliveryState, is_taken};
use super::keys::Keys;
use super::rules::courier;
use super::{Webhooks, rows, storage};
use crate::courier::{Failure, Parcel};
use crate::message;
use crate::reader::readable;
use crate::webhook::event::WebhookDisabled;
use crate::webhook::{DisabledReason, Webhook, schedule, secret};

/// Who switches webhooks off.
const SYSTEM: Actor = Actor::system("notifications");

/// The most bytes that a receiver is told.
const MAX_BODY: usize = 256 * 1024;

/// The status by which a receiver says that it is gone for good.
const GONE: u16 = 410;

/// One try of a delivery. It names which, so that a job that is done twice tries once.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Deliver {
    delivery: Uuid,
    webhook: Uuid,
    round: i32,
    tries: i32,
}

impl Deliver {
    /// The next try of a delivery.
    pub(super) const fn next(delivery: &Delivery) -> Self {
        Self {
            delivery: delivery.id.uuid(),
            webhook: delivery.webhook.uuid(),
            round: delivery.round,
            tries: delivery.tries,
        }
    }

    const fn is_of(&self, delivery: &Delivery) -> bool {
        self.round == delivery.round && self.tries == delivery.tries
    }
}

impl Job for Deliver {
    const NAME: &'static str = "notifications.deliver";

    fn unique_key(&self) -> Option<String> {
        Some(format!("{} {} {}", self.delivery, self.round, self.tries))
    }

    /// A receiver is told one thing after the other, and second tries do not hold up first ones: a slow receiver takes up no
    /// more than its share.
    fn partition_key(&self) -> Option<String> {
        Some(format!("{} {}", self.webhook, self.tries))
    }
}

/// Tries a delivery.
pub(crate) async fn deliver(context: JobContext, job: Deliver) -> Result<(), JobError> {
    let crm = &context.crm;
    let Some((delivery, webhook, keys)) = find(crm, &job).await? else {
        // Done already, or deleted.
        return Ok(());
    };
    if webhook.disabled.is_some() {
        return Ok(end(crm, &job, DeliveryState::Cancelled).await?);
    }
    let Some(event) = readable(crm, webhook.owner, delivery.event).await? else {
        return Ok(end(crm, &job, DeliveryState::Withheld).await?);
    };
    let courier = courier(crm)?;
    let Some(_turn) = courier.turn() else {
        return Err(JobError::Interrupted);
    };
    let body = message::of(&event).to_string();
    let answer = if body.len() > MAX_BODY {
        Err(Failure::TooLarge)
    } else {
        let parcel = parcel(crm, &webhook, &keys, &delivery, body.into())?;
        courier.deliver(parcel).await
    };
    Ok(settle(crm, &job, &webhook, answer).await?)
}

/// What is tried, if it still is to be.
async fn find(crm: &Crm, job: &Deliver) -> Result<Option<(Delivery, Webhook, Keys)>> {
    let mut conn = crm.connection().await?;
    let delivery = rows::find(&mut conn, job.delivery.into()).await?;
    let Some(delivery) = delivery.filter(|delivery| is_due(job, delivery)) else {
        return Ok(None);
    };
    let found = storage::find_with_keys(&mut conn, delivery.webhook).await?;
    Ok(found.map(|(webhook, keys)| (delivery, webhook, keys)))
}

fn is_due(job: &Deliver, delivery: &Delivery) -> bool {
    delivery.state == DeliveryState::Pending && job.is_of(delivery)
}

fn parcel<'a>(
    crm: &Crm,
    webhook: &'a Webhook,
    keys: &Keys,
    delivery: &Delivery,
    body: Bytes,
) -> Result<Parcel<'a>> {
    // The event's, at each try and for each webhook: who has seen it once need not act again.
    let id = delivery.event.to_string();
    let timestamp = crm.now().timestamp();
    let secrets = Webhooks(crm).secrets(webhook.id, keys)?;
    let signatures = secret::signatures(&secrets, &id, timestamp, &body);
    Ok(Parcel {
        url: &webhook.url,
        headers: [
            ("webhook-id", id),
            ("webhook-timestamp", timestamp.to_string()),
            ("webhook-signature", signatures),
        ],
        body,
    })
}

/// Notes that a delivery is not tried any more.
async fn end(crm: &Crm, job: &Deliver, state: DeliveryState) -> Result<()> {
    let mut conn = crm.connection().await?;
    conn.transaction(async |conn| {
        let delivery = rows::lock(conn, job.delivery.into()).await?;
        if let Some(delivery) = delivery.filter(|delivery| is_due(job, delivery)) {
            rows::update(conn, &delivery.ended(state)).await?;
        }
        Ok(())
    })
    .await
}

/// Notes what came of a try, and sees to what follows from it.
async fn settle(
    crm: &Crm,
    job: &Deliver,
    webhook: &Webhook,
    answer: std::result::Result<u16, Failure>,
) -> Result<()> {
    let [chance] = crm.random()?;
    let now = crm.now();
    let is_final = is_taken(answer) || answer == Ok(GONE) || answer == Err(Failure::TooLarge);
    let wait = schedule::wait(job.tries + 1, chance).filter(|_| !is_final);
    let disabled = match answer {
        Ok(GONE) => Some(DisabledReason::Gone),
        // That one event is too large says nothing of the receiver.
        Err(Failure::TooLarge) => None,
        answer if is_taken(answer) || wait.is_some() => None,
        _ => Some(DisabledReason::Failing),
    };
    let mut conn = crm.connection().await?;
    conn.transaction(async |conn| {
        // The webhook first, as others lock them.
        if let Some(reason) = disabled {
            disable(crm, conn, webhook, reason).await?;
        }
        let delivery = rows::lock(conn, job.delivery.into()).await?;
        let Some(delivery) = delivery.filter(|delivery| is_due(job, delivery)) else {
            return Ok(());
        };
        let next = wait.map(|wait| now + wait);
        let delivery = delivery.tried(answer, now, next);
        rows::update(conn, &delivery).await?;
        if let Some(next) = next {
            let job = Deliver::next(&delivery);
            crm.jobs().enqueue_at_in(conn, &job, next).await?;
        }
        Ok(())
    })
    .await
}

/// Switches a webhook off, which its owner is told of as of any event.
async fn disable(
    crm: &Crm,
    conn: &mut AsyncPgConnection,
    webhook: &Webhook,
    reason: DisabledReason,
) -> Result<()> {
    let scope = crm.access().await?.scope(&SYSTEM, Action::Update)?;
    let Some(before) = storage::lock(conn, webhook.id, &scope).await? else {
        return Ok(());
    };
    let now = crm.now();
    let next = before.clone().disable(reason, now);
    if next.version == before.version {
        return Ok(());
    }
    storage::update(conn, &next, &scope).await?;
    let event = WebhookDisabled {
        webhook_id: webhook.id,
        owner: next.owner,
        changes: Changes::between(before.fields(), next.fields()),
    };
    crm.emit(conn, &SYSTEM, now, &event).await
}
