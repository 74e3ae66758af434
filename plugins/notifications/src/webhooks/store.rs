//! Webhooks as a kind of record that is held, stored and listed as others are.

use crm_app::plugin::{Kept, Listed};
use crm_app::{Current, StorageError};
use crm_authz::Scope;
use crm_domain::activity::Fields;
use crm_domain::list::Sort;
use crm_domain::page::{Slice, Total};
use crm_storage::plugin::{self, Order, Part};
use diesel::prelude::*;
use diesel_async::AsyncPgConnection;
use serde_json::json;

use super::storage::{self, WebhookRow, notifications_webhooks};
use crate::webhook::{Webhook, WebhookFilter, WebhookId, WebhookSortField};

impl Kept for Webhook {
    type Id = WebhookId;

    fn id(&self) -> WebhookId {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }

    fn fields(&self) -> Fields {
        self.fields()
    }

    async fn lock(
        conn: &mut AsyncPgConnection,
        id: WebhookId,
        scope: &Scope<Self>,
    ) -> Result<Option<Self>, StorageError> {
        storage::lock(conn, id, scope).await
    }

    async fn update(
        &self,
        conn: &mut AsyncPgConnection,
        scope: &Scope<Self>,
    ) -> Result<bool, StorageError> {
        storage::update(conn, self, scope).await
    }

    async fn current(self, _: &mut AsyncPgConnection) -> Result<Current, StorageError> {
        Ok(Current::Shown(shown(&self)))
    }
}

/// As the API shows it.
#[cfg(feature = "http")]
fn shown(webhook: &Webhook) -> serde_json::Value {
    json!(crate::http::NotificationsWebhook::from(webhook.clone()))
}

#[cfg(not(feature = "http"))]
fn shown(webhook: &Webhook) -> serde_json::Value {
    json!({ "id": webhook.id, "version": webhook.version })
}

impl Listed for Webhook {
    type Record = Self;
    type Filter = WebhookFilter;
    type Field = WebhookSortField;
    const NAME: &'static str = "notifications.webhooks";

    fn record(&self) -> &Self {
        self
    }

    async fn list(
        conn: &mut AsyncPgConnection,
        filter: &WebhookFilter,
        sort: Sort<WebhookSortField>,
        slice: &Slice,
        scope: &Scope<Self>,
    ) -> Result<Part<Self>, StorageError> {
        let order = Order::new(
            "notifications_webhooks.created_at",
            "notifications_webhooks.id",
            sort.direction,
        );
        let rows = storage::matching(filter, scope);
        let rows = match slice {
            Slice::Page(_) => rows,
            Slice::After(position, _) => rows.filter(order.after(position)),
        };
        let rows = rows.order(order).select(WebhookRow::as_select());
        let (rows, goes_on) = plugin::slice::<_, WebhookRow>(conn, rows, slice, false).await?;
        let webhooks = rows.into_iter().map(Self::try_from);
        let webhooks: Vec<_> = webhooks.collect::<Result<_, _>>()?;
        Ok((webhooks, goes_on).into())
    }

    async fn count(
        conn: &mut AsyncPgConnection,
        filter: &WebhookFilter,
        exact: bool,
        scope: &Scope<Self>,
    ) -> Result<Total, StorageError> {
        let rows = storage::matching(filter, scope).select(notifications_webhooks::id);
        plugin::total(conn, rows, plugin::total_cap(exact, false), false).await
    }
}
