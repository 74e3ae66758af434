//! From an event to the webhooks that want to hear of it.

use std::collections::HashMap;

use crm_app::jobs::AnyEvent;
use crm_app::{Crm, Result};
use crm_domain::ids::{EventId, UserId};
use crm_domain::text::EventName;
use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::deliver::Deliver;
use super::delivery::{Delivery, DeliveryId};
use super::{rows, storage};
use crate::reader::readable;
use crate::webhook::WebhookId;

/// Whether there are webhooks that may want to hear of these events, all of one name.
pub(crate) async fn are_of_interest(
    conn: &mut AsyncPgConnection,
    events: &[AnyEvent],
) -> Result<bool> {
    match events.first() {
        Some(event) => Ok(storage::is_any_interested(conn, &event.name).await?),
        None => Ok(false),
    }
}

/// Has an event delivered to the webhooks that want to hear of it, and whose owners may read it. An event that comes again is
/// delivered once.
pub(crate) async fn spread(crm: &Crm, event: &AnyEvent) -> Result<()> {
    let webhooks = webhooks(crm, event).await?;
    if webhooks.is_empty() {
        return Ok(());
    }
    let name = EventName::from_stored(event.name.clone());
    let mut conn = crm.connection().await?;
    let queued = conn.transaction(async |conn| {
        let told = (event.id, name);
        queue(crm, conn, &told, &webhooks).await
    });
    queued.await
}

/// The webhooks that are told of an event.
async fn webhooks(crm: &Crm, event: &AnyEvent) -> Result<Vec<WebhookId>> {
    let mut conn = crm.connection().await?;
    let found = storage::interested(&mut conn, &event.name, event.record_id).await?;
    drop(conn);
    let mut readers: HashMap<UserId, bool> = HashMap::new();
    for (_, owner) in &found {
        if !readers.contains_key(owner) {
            let event = readable(crm, *owner, event.id).await?;
            readers.insert(*owner, event.is_some());
        }
    }
    let told = found.into_iter();
    let told = told.filter(|(_, owner)| readers.get(owner) == Some(&true));
    Ok(told.map(|(webhook, _)| webhook).collect())
}

async fn queue(
    crm: &Crm,
    conn: &mut AsyncPgConnection,
    (event, name): &(EventId, EventName),
    webhooks: &[WebhookId],
) -> Result<()> {
    let now = crm.now();
    let mut new = Vec::with_capacity(webhooks.len());
    for webhook in webhooks {
        let id = DeliveryId::new(now, crm.random()?);
        new.push(Delivery::new(id, *webhook, (*event, name.clone()), now));
    }
    for delivery in rows::insert(conn, new).await? {
        crm.jobs()
            .enqueue_in(conn, &Deliver::next(&delivery))
            .await?;
    }
    Ok(())
}
