//! The log of deliveries: read, had delivered again, removed when it is old.

use chrono::TimeDelta;
use crm_app::jobs::{JobContext, JobError};
use crm_app::{Error, Result};
use crm_domain::activity::{Actor, Changes, fields};
use crm_domain::list::{Listing, PageRequest};
use crm_domain::permission::Action;
use diesel_async::{AsyncConnection, AsyncPgConnection};
use serde_json::json;

use super::deliver::Deliver;
use super::delivery::{Delivery, DeliveryFilter, DeliveryId, DeliveryState};
use super::rules::require_enabled;
use super::{Webhooks, rows};
use crate::webhook::event::WebhookRedelivered;
use crate::webhook::{WEBHOOK, WebhookId};

/// How long the log goes back.
const KEPT: TimeDelta = TimeDelta::days(30);

/// How many rows are removed by one statement.
const STEP: i64 = 1_000;

/// The log of the deliveries to one webhook.
#[derive(Clone, Copy)]
pub(crate) struct Deliveries<'a> {
    pub(crate) webhooks: Webhooks<'a>,
    pub(crate) webhook: WebhookId,
}

impl Deliveries<'_> {
    /// The deliveries that match, the newest first.
    pub(crate) async fn list(
        &self,
        actor: &Actor,
        filter: &DeliveryFilter,
        page: &PageRequest,
    ) -> Result<Listing<Delivery>> {
        let crm = self.webhooks.0;
        // Who may read the webhook may read its log.
        let webhook = self.webhooks.get(actor, self.webhook).await?.id;
        let binding = format!("deliveries {webhook:?} {:?} {filter:?}", actor.who);
        let slice = crm.slice(page, &binding)?;
        let mut conn = crm.connection().await?;
        let found = rows::list(&mut conn, webhook, filter, &slice).await?;
        crm.onward(found, Delivery::position, &binding)
    }

    /// Has an event delivered again, under the id that it had.
    ///
    /// # Errors
    /// [`Error::Refused`] while it is under way, or the webhook is switched off.
    pub(crate) async fn redeliver(&self, actor: &Actor, id: DeliveryId) -> Result<Delivery> {
        let crm = self.webhooks.0;
        crm_app::write!(crm, |conn| self.redeliver_in(conn, actor, id))
    }

    /// [`Deliveries::redeliver`] within the caller's transaction.
    pub(crate) async fn redeliver_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: DeliveryId,
    ) -> Result<Delivery> {
        let crm = self.webhooks.0;
        conn.transaction(async |conn| {
            let held = self
                .webhooks
                .hold(conn, actor, self.webhook, Action::Update, None)
                .await?;
            let delivery = rows::lock(conn, id).await?;
            let delivery = delivery.filter(|delivery| delivery.webhook == self.webhook);
            let delivery = delivery.ok_or(Error::NotFound(WEBHOOK))?;
            require_enabled(&held.record)?;
            if delivery.state == DeliveryState::Pending {
                return Err(Error::Refused {
                    code: "notifications.delivery-pending",
                    message: "the event is being delivered already".to_owned(),
                });
            }
            let before = fields([("state", json!(delivery.state.as_str()))]);
            let again = delivery.again(held.now);
            rows::update(conn, &again).await?;
            crm.jobs().enqueue_in(conn, &Deliver::next(&again)).await?;
            let event = WebhookRedelivered {
                webhook_id: self.webhook,
                delivery_id: id.uuid(),
                changes: Changes::between(before, fields([("state", json!(again.state.as_str()))])),
            };
            crm.emit(conn, actor, held.now, &event).await?;
            Ok(again)
        })
        .await
    }
}

/// Removes what is old from the log, step by step.
pub(crate) async fn tidy(context: &JobContext) -> Result<(), JobError> {
    loop {
        if context.should_stop() {
            return Err(JobError::Interrupted);
        }
        let before = context.crm.now() - KEPT;
        let mut conn = context.crm.connection().await?;
        let removed = rows::delete_before(&mut conn, before, STEP).await?;
        if i64::try_from(removed).unwrap_or(STEP) < STEP {
            return Ok(());
        }
    }
}
