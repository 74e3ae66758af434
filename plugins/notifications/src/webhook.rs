//! A webhook: where a program outside is told of what happens, and of what.

pub(crate) mod event;
pub(crate) mod schedule;
pub(crate) mod secret;
pub(crate) mod url;

use chrono::{DateTime, Utc};
use crm_domain::activity::{Fields, fields};
use crm_domain::export::Filter;
use crm_domain::ids::UserId;
use crm_domain::list::{Direction, Sort, SortField, Sortable};
use crm_domain::page::SortKey;
use crm_domain::permission::{Ownership, Record, Resource};
use crm_domain::text::{EventName, Name};
use serde_json::json;
use uuid::Uuid;

pub(crate) use url::WebhookUrl;

/// Webhooks as a kind of record.
pub(crate) const WEBHOOK: Resource = Resource::of_plugin("notifications.webhook");

crm_domain::id!(
    /// Identifies a webhook.
    WebhookId
);

/// Where a program outside is told of what happens, and of what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Webhook {
    pub(crate) id: WebhookId,
    pub(crate) name: Name,
    pub(crate) url: WebhookUrl,
    /// It is told of these events, as far as its owner may read them.
    pub(crate) event_types: Vec<EventName>,
    pub(crate) owner: UserId,
    pub(crate) disabled: Option<Disabled>,
    pub(crate) version: i32,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
}

/// Since when a webhook is told of nothing, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Disabled {
    pub(crate) at: DateTime<Utc>,
    pub(crate) reason: DisabledReason,
}

/// Makes the texts of an enumeration, as they are stored.
macro_rules! texts {
    ($Enum:ident { $($Variant:ident = $text:literal),* }) => {
        impl $Enum {
            /// All of them, in their order.
            #[allow(dead_code, reason = "not each enumeration is walked")]
            pub(crate) const ALL: &'static [Self] = &[$(Self::$Variant),*];

            pub(crate) const fn as_str(self) -> &'static str {
                match self { $(Self::$Variant => $text),* }
            }

            pub(crate) fn from_stored(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$Variant),)* _ => None }
            }
        }
    };
}
pub(crate) use texts;

/// Why a webhook is told of nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DisabledReason {
    /// Somebody switched it off.
    ByUser,
    /// All tries of a delivery failed.
    Failing,
    /// The receiver answered 410: it is gone for good.
    Gone,
}

texts!(DisabledReason { ByUser = "byUser", Failing = "failing", Gone = "gone" });

/// What a new webhook is made of.
#[derive(Debug, Clone)]
pub(crate) struct NewWebhook {
    pub(crate) name: Name,
    pub(crate) url: WebhookUrl,
    pub(crate) event_types: Vec<EventName>,
}

/// What is changed about a webhook; `None` stays.
#[derive(Debug, Clone, Default)]
pub(crate) struct WebhookEdit {
    pub(crate) name: Option<Name>,
    pub(crate) url: Option<WebhookUrl>,
    pub(crate) event_types: Option<Vec<EventName>>,
    pub(crate) is_enabled: Option<bool>,
}

impl WebhookEdit {
    /// Whether nothing is said but that it shall be told of nothing.
    pub(crate) const fn only_disables(&self) -> bool {
        matches!(
            self,
            Self {
                name: None,
                url: None,
                event_types: None,
                is_enabled: Some(false) | None,
            }
        )
    }
}

impl Webhook {
    /// The most kinds of events that one is told of.
    pub(crate) const MAX_EVENT_TYPES: usize = 100;

    pub(crate) fn create(
        id: WebhookId,
        new: NewWebhook,
        owner: UserId,
        now: DateTime<Utc>,
    ) -> Self {
        let NewWebhook {
            name,
            url,
            event_types,
        } = new;
        Self {
            id,
            name,
            url,
            event_types: distinct(event_types),
            owner,
            disabled: None,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    /// The webhook with the changes; the same version when nothing changes.
    pub(crate) fn edit(self, edit: WebhookEdit, now: DateTime<Utc>) -> Self {
        let WebhookEdit {
            name,
            url,
            event_types,
            is_enabled,
        } = edit;
        let before = self.clone();
        let next = Self {
            name: name.unwrap_or(self.name),
            url: url.unwrap_or(self.url),
            event_types: event_types.map_or(self.event_types, distinct),
            disabled: match is_enabled {
                Some(true) => None,
                Some(false) => self.disabled.or(Some(Disabled {
                    at: now,
                    reason: DisabledReason::ByUser,
                })),
                None => self.disabled,
            },
            ..before
        };
        if next == before {
            return before;
        }
        next.changed(now)
    }

    /// The webhook, told of nothing from now on; the same version when it is so already.
    pub(crate) fn disable(self, reason: DisabledReason, now: DateTime<Utc>) -> Self {
        if self.disabled.is_some() {
            return self;
        }
        let disabled = Some(Disabled { at: now, reason });
        Self { disabled, ..self }.changed(now)
    }

    /// The next version.
    pub(crate) fn changed(self, now: DateTime<Utc>) -> Self {
        Self {
            version: self.version + 1,
            updated_at: now,
            ..self
        }
    }

    /// As the activity log records them: of the address only where it leads, since the rest of it is often a secret.
    pub(crate) fn fields(&self) -> Fields {
        let reason = self.disabled.map(|disabled| disabled.reason.as_str());
        fields([
            ("name", json!(self.name)),
            ("origin", json!(self.url.origin())),
            ("eventTypes", json!(self.event_types)),
            ("owner", json!(self.owner)),
            ("disabledReason", json!(reason)),
        ])
    }
}

/// Without those that are there before, in their order.
fn distinct(names: Vec<EventName>) -> Vec<EventName> {
    let mut distinct: Vec<EventName> = Vec::with_capacity(names.len());
    for name in names {
        if !distinct.contains(&name) {
            distinct.push(name);
        }
    }
    distinct
}

impl Record for Webhook {
    const RESOURCE: Resource = WEBHOOK;

    fn ownership(&self) -> Ownership {
        Ownership {
            assigned_to: Some(self.owner),
            created_by: None,
        }
    }
}

/// Which webhooks; what is `None` does not narrow them.
#[derive(Debug, Clone, Default)]
pub(crate) struct WebhookFilter {
    pub(crate) owner: Option<UserId>,
    pub(crate) is_enabled: Option<bool>,
}

impl Filter for WebhookFilter {
    fn fields(&self) -> Fields {
        fields([
            ("owner", json!(self.owner)),
            ("isEnabled", json!(self.is_enabled)),
        ])
    }
}

/// What webhooks are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WebhookSortField {
    CreatedAt,
}

impl SortField for WebhookSortField {
    const NAME: &'static str = "NotificationsWebhookSort";
    const ALL: &'static [Self] = &[Self::CreatedAt];
    const DEFAULT: Sort<Self> = Sort {
        field: Self::CreatedAt,
        direction: Direction::Descending,
    };

    fn as_str(self) -> &'static str {
        "createdAt"
    }
}

impl Sortable<WebhookSortField> for Webhook {
    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    fn sort_key(&self, _: WebhookSortField) -> SortKey {
        SortKey::Time(self.created_at)
    }
}
