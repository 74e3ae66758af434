//! What happens to webhooks.

use crm_domain::activity::Changes;
use crm_domain::event::Event;
use crm_domain::ids::UserId;
use crm_domain::permission::Resource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{WEBHOOK, WebhookId};

macro_rules! events {
    ($($(#[$doc:meta])* $Event:ident = $name:literal {
        $($(#[$field_doc:meta])* $field:ident: $Type:ty,)*
    })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "camelCase")]
        pub(crate) struct $Event {
            /// The webhook.
            pub(crate) webhook_id: WebhookId,
            $($(#[$field_doc])* pub(crate) $field: $Type,)*
            /// The fields that changed.
            pub(crate) changes: Changes,
        }

        impl Event for $Event {
            const NAME: &'static str = $name;
            const RESOURCE: Resource = WEBHOOK;

            fn record_id(&self) -> Uuid {
                self.webhook_id.uuid()
            }

            fn changes(&self) -> Changes {
                self.changes.clone()
            }
        }
    )*};
}

events! {
    /// A webhook was made.
    WebhookCreated = "notifications.webhook-created" {}

    /// A webhook was changed, switched on or off.
    WebhookEdited = "notifications.webhook-edited" {}

    /// A webhook was deleted.
    WebhookDeleted = "notifications.webhook-deleted" {}

    /// A webhook was switched off, since its receiver cannot be reached or wants to hear no more.
    WebhookDisabled = "notifications.webhook-disabled" {
        /// Whose it is.
        owner: UserId,
    }

    /// A webhook has another secret.
    WebhookSecretRotated = "notifications.webhook-secret-rotated" {}

    /// Somebody tries a webhook: it is told of this event, whatever else it is told of.
    WebhookPinged = "notifications.webhook-pinged" {}

    /// Somebody has an event delivered to a webhook again.
    WebhookRedelivered = "notifications.webhook-redelivered" {
        /// The delivery.
        delivery_id: Uuid,
    }
}
