//! Webhooks: list, make, show, change, delete, give another secret, try.

use crm_domain::list::ListQuery;
use crm_http::api::Message;
use crm_http::permissions;
use crm_http::plugin::{
    Accepted, Body, Confidential, Created, IfMatch, Problem, Query, Reply, Require, Versioned,
    location,
};
use poem::Request;
use poem::http::header;
use poem_openapi::param::Path;
use poem_openapi::{OpenApi, Tags};
use uuid::Uuid;

use super::wire::{
    NotificationsCreateWebhook, NotificationsListWebhooks, NotificationsUpdateWebhook,
    NotificationsWebhook, NotificationsWebhookIssued, NotificationsWebhookList,
};
use crate::webhook::WEBHOOK;
use crate::webhooks::Webhooks;

permissions! {
    /// See webhooks.
    WebhookRead = "notifications.webhook:read" (WEBHOOK, Read);
    /// Make webhooks.
    WebhookCreate = "notifications.webhook:create" (WEBHOOK, Create);
    /// Change and test webhooks.
    WebhookUpdate = "notifications.webhook:update" (WEBHOOK, Update);
    /// Delete webhooks.
    WebhookDelete = "notifications.webhook:delete" (WEBHOOK, Delete);
}

#[derive(Tags)]
pub(super) enum Tag {
    /// Programs outside that are told of what happens.
    Webhooks,
}

/// The operations below `/api/notifications/webhooks`.
pub(super) struct WebhooksApi;

#[OpenApi(tag = "Tag::Webhooks")]
impl WebhooksApi {
    /// List webhooks
    ///
    /// Those that one may see, without their secrets.
    #[oai(
        path = "/notifications/webhooks",
        method = "get",
        operation_id = "notificationsListWebhooks"
    )]
    async fn list(
        &self,
        auth: Require<WebhookRead>,
        query: Query<NotificationsListWebhooks>,
    ) -> Result<Reply<NotificationsWebhookList>, Problem> {
        let (filter, sort, page) = query.0.parts()?;
        let query = ListQuery {
            filter: filter.into(),
            sort,
            page,
        };
        let webhooks = Webhooks(auth.crm()).list(auth.actor(), &query).await?;
        Ok(Reply::new(webhooks.into()))
    }

    /// Make a webhook
    ///
    /// From now on its receiver is told of the events by a POST each: `{type, timestamp, data}`, where `data` is the event as
    /// `GET /api/events` has it, signed as Standard Webhooks has it (`webhook-id`, `webhook-timestamp`, `webhook-signature`) by
    /// the secret in the answer, which is shown this once. It is told of what its owner, the caller, may read at the time, and of
    /// nothing else. Any status from 200 to 299 takes an event; otherwise it is sent again, under the same `webhook-id`: ten
    /// times within three days, in no promised order. After that the webhook is switched off, and so it is by 410. Redirects are
    /// not followed. API keys make no webhooks.
    #[oai(
        path = "/notifications/webhooks",
        method = "post",
        operation_id = "notificationsCreateWebhook"
    )]
    async fn create(
        &self,
        auth: Require<WebhookCreate>,
        _secrets: Confidential,
        req: &Request,
        body: Body<NotificationsCreateWebhook>,
    ) -> Result<Created<NotificationsWebhookIssued>, Problem> {
        let new = body.0.try_into()?;
        let issued = Webhooks(auth.crm()).create(auth.actor(), new).await?;
        let (id, version) = (issued.webhook.id, issued.webhook.version);
        Ok(Created::new(issued.into())
            .etag(version)
            .header(header::LOCATION, location(req, id.uuid())))
    }

    /// Show a webhook
    ///
    /// Without its secret. One that was switched off, because its deliveries failed, says so.
    #[oai(
        path = "/notifications/webhooks/:id",
        method = "get",
        operation_id = "notificationsGetWebhook"
    )]
    async fn get(
        &self,
        auth: Require<WebhookRead>,
        id: Path<Uuid>,
    ) -> Result<Versioned<NotificationsWebhook>, Problem> {
        let webhook = Webhooks(auth.crm()).get(auth.actor(), id.0.into()).await?;
        let version = webhook.version;
        Ok(Versioned::new(webhook.into()).etag(version))
    }

    /// Change a webhook
    ///
    /// Only its owner does, since it tells what its owner may read. Who else may change webhooks switches it off.
    #[oai(
        path = "/notifications/webhooks/:id",
        method = "patch",
        operation_id = "notificationsUpdateWebhook"
    )]
    async fn update(
        &self,
        auth: Require<WebhookUpdate>,
        // The way to a receiver is often a secret.
        _secrets: Confidential,
        id: Path<Uuid>,
        /// Only if the webhook still has this `ETag`; `*` for any.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        body: Body<NotificationsUpdateWebhook>,
    ) -> Result<Versioned<NotificationsWebhook>, Problem> {
        let edit = body.0.try_into()?;
        let webhooks = Webhooks(auth.crm());
        let edited = webhooks.edit(auth.actor(), id.0.into(), edit, if_match.0);
        let webhook = edited.await?;
        let version = webhook.version;
        Ok(Versioned::new(webhook.into()).etag(version))
    }

    /// Delete a webhook
    ///
    /// With the log of its deliveries.
    #[oai(
        path = "/notifications/webhooks/:id",
        method = "delete",
        operation_id = "notificationsDeleteWebhook"
    )]
    async fn delete(
        &self,
        auth: Require<WebhookDelete>,
        id: Path<Uuid>,
        /// Only if the webhook still has this `ETag`; `*` for any.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
    ) -> Result<Reply<Message>, Problem> {
        let webhooks = Webhooks(auth.crm());
        webhooks
            .delete(auth.actor(), id.0.into(), if_match.0)
            .await?;
        Ok(Reply::new(Message::new("Webhook deleted.")))
    }

    /// Give a webhook another secret
    ///
    /// For a day what it is told is signed by both, so that the receiver can change over. Only its owner does.
    #[oai(
        path = "/notifications/webhooks/:id/rotate-secret",
        method = "post",
        operation_id = "notificationsRotateWebhookSecret"
    )]
    async fn rotate(
        &self,
        auth: Require<WebhookUpdate>,
        _secrets: Confidential,
        id: Path<Uuid>,
    ) -> Result<Reply<NotificationsWebhookIssued>, Problem> {
        let rotated = Webhooks(auth.crm())
            .rotate(auth.actor(), id.0.into())
            .await?;
        Ok(Reply::new(rotated.into()))
    }

    /// Try a webhook
    ///
    /// Its receiver is told `notifications.webhook-pinged`, whatever else it is told of. What came of it shows in the log.
    #[oai(
        path = "/notifications/webhooks/:id/ping",
        method = "post",
        operation_id = "notificationsPingWebhook"
    )]
    async fn ping(
        &self,
        auth: Require<WebhookUpdate>,
        id: Path<Uuid>,
    ) -> Result<Accepted<Message>, Problem> {
        Webhooks(auth.crm()).ping(auth.actor(), id.0.into()).await?;
        Ok(Accepted::new(Message::new("The receiver is told.")))
    }
}
