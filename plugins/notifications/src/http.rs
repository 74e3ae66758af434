//! The HTTP half: the operations below `/api/notifications`, and what the console shows.

mod deliveries;
mod notices;
mod preferences;
mod stream;
mod webhooks;
mod wire;

use crm_domain::permission::{Action, Permission};
use crm_http::plugin::{ApiRegistrar, ConsoleManifest, ConsoleView, HttpPlugin, NavigationEntry};

pub(crate) use wire::NotificationsWebhook;

use crate::plugin::Notifications;
use crate::webhook::WEBHOOK;

const READ: Permission = Permission::new(WEBHOOK, Action::Read);

impl HttpPlugin for Notifications {
    fn api(&self, registrar: &mut ApiRegistrar) {
        registrar.api(webhooks::WebhooksApi);
        registrar.api(deliveries::DeliveriesApi);
        registrar.api(notices::NoticesApi);
        registrar.api(preferences::PreferencesApi);
    }

    fn console(&self) -> ConsoleManifest {
        ConsoleManifest {
            navigation: vec![NavigationEntry {
                label: "Webhooks",
                path: "/webhooks",
                permission: READ,
            }],
            views: vec![ConsoleView {
                place: "/webhooks",
                title: "Webhooks",
                list: Some("notificationsListWebhooks"),
                get: Some("notificationsGetWebhook"),
                create: Some("notificationsCreateWebhook"),
                update: Some("notificationsUpdateWebhook"),
                fields: &["name", "url", "eventTypes", "isEnabled", "disabledReason"],
                permission: READ,
            }],
        }
    }
}
