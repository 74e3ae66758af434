//! Webhooks on the wire.

use chrono::{DateTime, Utc};
use crm_domain::ids::UserId;
use crm_domain::text::EventName;
use crm_domain::violation::Violations;
use crm_http::plugin::{Problem, QueryParameters};
use crm_http::wire::{List, NameText, Patch, Text};
use crm_http::{list_answer, list_parameters, wire_enum};
use poem_openapi::Object;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::webhook::{
    self, NewWebhook, Webhook, WebhookEdit, WebhookFilter, WebhookSortField, WebhookUrl,
};
use crate::webhooks::Issued;

/// The address of a receiver.
pub(super) type UrlText = Text<{ WebhookUrl::MAX_CHARS }>;

/// The name of an event: `lead.converted`.
pub(super) type EventText = Text<100>;

type EventList = List<EventText, { Webhook::MAX_EVENT_TYPES }>;

wire_enum! {
    /// Why a webhook is told of nothing.
    NotificationsDisabledReason = webhook::DisabledReason {
        /// Somebody switched it off.
        ByUser = "byUser",
        /// All tries of a delivery failed.
        Failing = "failing",
        /// The receiver answered 410: it is gone for good.
        Gone = "gone",
    }
}

/// Where a program outside is told of what happens, and of what.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
pub(crate) struct NotificationsWebhook {
    /// Identifies it.
    id: Uuid,
    /// What it is for.
    name: NameText,
    /// Where it goes.
    url: UrlText,
    /// It is told of these events, as far as its owner may read them at the time: names of `x-events`.
    #[oai(validator(max_items = 100))]
    event_types: Vec<EventText>,
    /// Whose it is.
    owner: Uuid,
    /// Whether it is told of anything.
    is_enabled: bool,
    /// Since when it is not.
    disabled_at: Option<DateTime<Utc>>,
    /// Why it is not.
    disabled_reason: Option<NotificationsDisabledReason>,
    /// Counts its writes.
    #[oai(validator(minimum(value = "1"), maximum(value = "2147483647")))]
    version: i32,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it was last changed.
    updated_at: DateTime<Utc>,
}

impl From<Webhook> for NotificationsWebhook {
    fn from(webhook: Webhook) -> Self {
        let Webhook {
            id,
            name,
            url,
            event_types,
            owner,
            disabled,
            version,
            created_at,
            updated_at,
        } = webhook;
        Self {
            id: id.uuid(),
            name: (&name).into(),
            url: (&url.as_str()).into(),
            event_types: event_types.iter().map(Into::into).collect(),
            owner: owner.uuid(),
            is_enabled: disabled.is_none(),
            disabled_at: disabled.map(|disabled| disabled.at),
            disabled_reason: disabled.map(|disabled| disabled.reason.into()),
            version,
            created_at,
            updated_at,
        }
    }
}

/// A webhook with its secret.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
pub(super) struct NotificationsWebhookIssued {
    /// The webhook.
    webhook: NotificationsWebhook,
    /// What the receiver verifies signatures by, as Standard Webhooks has it. It is shown this once.
    secret: Text<100>,
}

impl From<Issued> for NotificationsWebhookIssued {
    fn from(issued: Issued) -> Self {
        Self {
            webhook: issued.webhook.into(),
            secret: (&issued.secret.text()).into(),
        }
    }
}

/// A new webhook.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
pub(super) struct NotificationsCreateWebhook {
    /// What it is for.
    name: NameText,
    /// Where it goes: `https://..`, of a host of the public internet, or of a network that the settings of the server name.
    url: UrlText,
    /// What it is told of: names of `x-events`.
    event_types: EventList,
}

impl TryFrom<NotificationsCreateWebhook> for NewWebhook {
    type Error = Problem;

    fn try_from(body: NotificationsCreateWebhook) -> Result<Self, Problem> {
        let mut violations = Violations::new();
        let name = body.name.parse("name", &mut violations);
        let url = url(&body.url, &mut violations);
        let event_types = event_types(&body.event_types, &mut violations);
        let (Some(name), Some(url)) = (name, url) else {
            return Err(violations.into());
        };
        violations.into_result()?;
        Ok(Self {
            name,
            url,
            event_types,
        })
    }
}

/// What is changed about a webhook.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
pub(super) struct NotificationsUpdateWebhook {
    /// What it is for.
    #[serde(default)]
    name: Patch<NameText>,
    /// Where it goes.
    #[serde(default)]
    url: Patch<UrlText>,
    /// What it is told of, all of it.
    #[serde(default)]
    event_types: Patch<EventList>,
    /// Switches it on or off.
    #[serde(default)]
    is_enabled: Patch<bool>,
}

impl TryFrom<NotificationsUpdateWebhook> for WebhookEdit {
    type Error = Problem;

    fn try_from(body: NotificationsUpdateWebhook) -> Result<Self, Problem> {
        let mut violations = Violations::new();
        let name = body.name.required("name", &mut violations);
        let address = body.url.required("url", &mut violations);
        let names = body.event_types.required("eventTypes", &mut violations);
        let edit = Self {
            name: name.and_then(|text| text.parse("name", &mut violations)),
            url: address.and_then(|text| url(&text, &mut violations)),
            event_types: names.map(|names| event_types(&names, &mut violations)),
            is_enabled: body.is_enabled.required("isEnabled", &mut violations),
        };
        violations.into_result()?;
        Ok(edit)
    }
}

fn url(text: &UrlText, violations: &mut Violations) -> Option<WebhookUrl> {
    let parsed = WebhookUrl::parse(text.as_str());
    parsed
        .map_err(|(code, message)| violations.add("url", code, message))
        .ok()
}

fn event_types(texts: &[EventText], violations: &mut Violations) -> Vec<EventName> {
    let names = texts.iter().enumerate();
    names
        .filter_map(|(index, text)| text.parse(&format!("eventTypes/{index}"), violations))
        .collect()
}

list_parameters! {
    /// The parameters of the list of webhooks.
    pub(super) NotificationsListWebhooks by WebhookSortField, narrowed by FilterWebhooks {
        /// Of this user.
        owner: Option<Uuid>,
        /// Told of things, or switched off.
        is_enabled: Option<bool>,
    }
}

impl QueryParameters for NotificationsListWebhooks {}

impl From<FilterWebhooks> for WebhookFilter {
    fn from(filter: FilterWebhooks) -> Self {
        let FilterWebhooks { owner, is_enabled } = filter;
        Self {
            owner: owner.map(UserId::from),
            is_enabled,
        }
    }
}

list_answer! {
    /// A part of the webhooks.
    pub(super) NotificationsWebhookList from Webhook {
        /// The webhooks.
        webhooks: NotificationsWebhook,
        /// How many there are.
        total_webhooks,
    }
}
