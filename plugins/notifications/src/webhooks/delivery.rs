//! A delivery: an event on its way to a webhook, and what became of it.

use chrono::{DateTime, Utc};
use crm_domain::ids::EventId;
use crm_domain::page::{Position, SortKey};
use crm_domain::text::EventName;

use crate::courier::Failure;
use crate::webhook::{WebhookId, texts};

crm_domain::id!(
    /// Identifies a delivery.
    DeliveryId
);

/// What becomes of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DeliveryState {
    /// It is tried, or tried again later.
    Pending,
    /// The receiver took it.
    Delivered,
    /// The receiver did not take it at any try.
    Failed,
    /// The owner of the webhook may not read the event any more, or it is not kept.
    Withheld,
    /// The webhook was switched off.
    Cancelled,
}

texts!(DeliveryState {
    Pending = "pending",
    Delivered = "delivered",
    Failed = "failed",
    Withheld = "withheld",
    Cancelled = "cancelled"
});

/// An event on its way to a webhook, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Delivery {
    pub(crate) id: DeliveryId,
    pub(crate) webhook: WebhookId,
    pub(crate) event: EventId,
    pub(crate) event_type: EventName,
    pub(crate) state: DeliveryState,
    /// Counts how often somebody had it delivered again.
    pub(crate) round: i32,
    /// The tries of this round.
    pub(crate) tries: i32,
    pub(crate) last_try_at: Option<DateTime<Utc>>,
    pub(crate) last_status: Option<u16>,
    pub(crate) last_failure: Option<Failure>,
    /// When it is tried next, while it is pending.
    pub(crate) next_try_at: Option<DateTime<Utc>>,
    pub(crate) created_at: DateTime<Utc>,
}

/// Which deliveries of a webhook; what is `None` does not narrow them.
#[derive(Debug, Clone, Default)]
pub(crate) struct DeliveryFilter {
    pub(crate) state: Option<DeliveryState>,
}

impl Delivery {
    /// One that is to be tried at once.
    pub(super) fn new(
        id: DeliveryId,
        webhook: WebhookId,
        (event, event_type): (EventId, EventName),
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            id,
            webhook,
            event,
            event_type,
            state: DeliveryState::Pending,
            round: 0,
            tries: 0,
            last_try_at: None,
            last_status: None,
            last_failure: None,
            next_try_at: Some(now),
            created_at: now,
        }
    }

    /// The delivery, to be tried anew.
    pub(super) fn again(self, now: DateTime<Utc>) -> Self {
        Self {
            state: DeliveryState::Pending,
            round: self.round + 1,
            tries: 0,
            next_try_at: Some(now),
            ..self
        }
    }

    /// The delivery after a try, which is tried next at `next`, if it is.
    pub(super) fn tried(
        self,
        answer: Result<u16, Failure>,
        at: DateTime<Utc>,
        next: Option<DateTime<Utc>>,
    ) -> Self {
        let state = match (is_taken(answer), next) {
            (true, _) => DeliveryState::Delivered,
            (false, Some(_)) => DeliveryState::Pending,
            (false, None) => DeliveryState::Failed,
        };
        Self {
            state,
            tries: self.tries + 1,
            last_try_at: Some(at),
            last_status: answer.ok(),
            last_failure: answer.err(),
            next_try_at: next,
            ..self
        }
    }

    /// The delivery, which is not tried any more.
    pub(super) fn ended(self, state: DeliveryState) -> Self {
        Self {
            state,
            next_try_at: None,
            ..self
        }
    }

    pub(super) fn position(&self) -> Position {
        Position {
            key: SortKey::Time(self.created_at),
            id: self.id.uuid(),
        }
    }
}

/// Whether the receiver took it. Redirects are not followed, and no success.
pub(super) fn is_taken(answer: Result<u16, Failure>) -> bool {
    answer.is_ok_and(|status| (200..300).contains(&status))
}
