//! The log of deliveries: look at it, and have events delivered again.

use chrono::{DateTime, Utc};
use crm_domain::list::Listing;
use crm_http::plugin::{Accepted, Problem, Query, QueryParameters, Reply, Require, page_request};
use crm_http::wire_enum;
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::webhooks::{Tag, WebhookRead, WebhookUpdate};
use super::wire::EventText;
use crate::courier::Failure;
use crate::webhooks::{self, Deliveries, Delivery, DeliveryFilter, Webhooks};

wire_enum! {
    /// What becomes of a delivery.
    NotificationsDeliveryState = webhooks::DeliveryState {
        /// It is tried, or tried again later.
        Pending = "pending",
        /// The receiver took it.
        Delivered = "delivered",
        /// The receiver did not take it at any try.
        Failed = "failed",
        /// The owner of the webhook may not read the event any more, or it is not kept.
        Withheld = "withheld",
        /// The webhook was switched off.
        Cancelled = "cancelled",
    }
}

wire_enum! {
    /// Why there was no answer.
    NotificationsDeliveryFailure = Failure {
        /// The host has no address that webhooks may connect to.
        NoAddress = "no-address",
        /// It takes no connections.
        NotConnected = "not-connected",
        /// It does not prove who it is.
        Tls = "tls",
        /// It takes too long.
        TooSlow = "too-slow",
        /// What it answers is no HTTP.
        NoAnswer = "no-answer",
        /// What it would be told is too large.
        TooLarge = "too-large",
    }
}

/// An event on its way to a webhook, and what became of it.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
struct NotificationsDelivery {
    /// Identifies the delivery.
    id: Uuid,
    /// The event, which the receiver is told as `webhook-id` at each try.
    event_id: Uuid,
    /// What happened.
    event_type: EventText,
    /// What becomes of it.
    state: NotificationsDeliveryState,
    /// How often it was tried, since somebody last had it delivered again.
    #[oai(validator(minimum(value = "0"), maximum(value = "10")))]
    tries: i32,
    /// When it was last tried.
    last_try_at: Option<DateTime<Utc>>,
    /// The status that the receiver answered then.
    #[oai(validator(minimum(value = "100"), maximum(value = "999")))]
    last_status: Option<u16>,
    /// Why there was no answer.
    last_failure: Option<NotificationsDeliveryFailure>,
    /// When it is tried next.
    next_try_at: Option<DateTime<Utc>>,
    /// When it was first to be delivered.
    created_at: DateTime<Utc>,
}

impl From<Delivery> for NotificationsDelivery {
    fn from(delivery: Delivery) -> Self {
        let Delivery {
            id,
            webhook: _,
            event,
            event_type,
            state,
            round: _,
            tries,
            last_try_at,
            last_status,
            last_failure,
            next_try_at,
            created_at,
        } = delivery;
        Self {
            id: id.uuid(),
            event_id: event.uuid(),
            event_type: (&event_type).into(),
            state: state.into(),
            tries,
            last_try_at,
            last_status,
            last_failure: last_failure.map(Into::into),
            next_try_at,
            created_at,
        }
    }
}

/// A part of the log.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
struct NotificationsDeliveryList {
    /// The deliveries, the newest first.
    #[oai(validator(max_items = 100))]
    deliveries: Vec<NotificationsDelivery>,
    /// Where to go on; `null` at the end.
    #[oai(validator(max_length = 2000))]
    next_cursor: Option<String>,
}

impl From<Listing<Delivery>> for NotificationsDeliveryList {
    fn from(list: Listing<Delivery>) -> Self {
        let deliveries = list.records.into_iter();
        Self {
            deliveries: deliveries.map(NotificationsDelivery::from).collect(),
            next_cursor: list.next_cursor,
        }
    }
}

/// Which deliveries.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
struct NotificationsListDeliveries {
    /// In this state.
    state: Option<NotificationsDeliveryState>,
    /// Goes on where a part of the same list ended.
    #[oai(validator(max_length = 2000))]
    cursor: Option<String>,
    /// How many rows: 10, unless it is given.
    #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
    limit: Option<u16>,
}

impl QueryParameters for NotificationsListDeliveries {}

/// The operations below `/api/notifications/webhooks/{id}/deliveries`.
pub(super) struct DeliveriesApi;

#[OpenApi(tag = "Tag::Webhooks")]
impl DeliveriesApi {
    /// List deliveries
    ///
    /// What a webhook was told within 30 days, and what came of it.
    #[oai(
        path = "/notifications/webhooks/:id/deliveries",
        method = "get",
        operation_id = "notificationsListDeliveries"
    )]
    async fn list(
        &self,
        auth: Require<WebhookRead>,
        id: Path<Uuid>,
        query: Query<NotificationsListDeliveries>,
    ) -> Result<Reply<NotificationsDeliveryList>, Problem> {
        let NotificationsListDeliveries {
            state,
            cursor,
            limit,
        } = query.0;
        let filter = DeliveryFilter {
            state: state.map(Into::into),
        };
        let page = page_request(None, limit, cursor, false)?;
        let deliveries = Deliveries {
            webhooks: Webhooks(auth.crm()),
            webhook: id.0.into(),
        };
        let list = deliveries.list(auth.actor(), &filter, &page).await?;
        Ok(Reply::new(list.into()))
    }

    /// Deliver again
    ///
    /// Under the `webhook-id` that it had, with all tries before it. One that is under way is left alone.
    #[oai(
        path = "/notifications/webhooks/:id/deliveries/:deliveryId/redeliver",
        method = "post",
        operation_id = "notificationsRedeliver"
    )]
    async fn redeliver(
        &self,
        auth: Require<WebhookUpdate>,
        id: Path<Uuid>,
        #[oai(name = "deliveryId")] delivery_id: Path<Uuid>,
    ) -> Result<Accepted<NotificationsDelivery>, Problem> {
        let deliveries = Deliveries {
            webhooks: Webhooks(auth.crm()),
            webhook: id.0.into(),
        };
        let again = deliveries.redeliver(auth.actor(), delivery_id.0.into());
        Ok(Accepted::new(again.await?.into()))
    }
}
