//! What may be done with webhooks, besides what permissions say.

use std::sync::Arc;

use crm_app::plugin::Held;
use crm_app::{Crm, Error, Result};
use crm_domain::activity::Actor;
use crm_domain::ids::UserId;
use crm_domain::text::EventName;
use crm_domain::violation::Violations;

use crate::courier::Courier;
use crate::webhook::{Webhook, WebhookUrl};

/// Refuses an address that is not called, and events that there are not: a misspelt one would be waited for for ever.
pub(super) fn check(
    crm: &Crm,
    url: Option<&WebhookUrl>,
    event_types: Option<&[EventName]>,
) -> Result<()> {
    let mut violations = Violations::new();
    if let Some(url) = url
        && !courier(crm)?.may_call(url)
    {
        let message = "must be https, of a host of the public internet";
        violations.add("url", "not-allowed", message);
    }
    if event_types.is_some_and(<[_]>::is_empty) {
        violations.add("eventTypes", "required", "must not be empty");
    }
    let known = crm.events().catalogue();
    for (index, name) in event_types.unwrap_or_default().iter().enumerate() {
        if !known.iter().any(|event| event.name == name.as_str()) {
            let field = format!("eventTypes/{index}");
            violations.add(&field, "not-one-of", "is no event, as x-events has them");
        }
    }
    Ok(violations.into_result()?)
}

/// Who calls the receivers.
pub(super) fn courier(crm: &Crm) -> Result<Arc<Courier>> {
    // Never without: the plugin that asks provides it.
    let missing = || Error::Internal("the courier of webhooks is not there".into());
    crm.provided().ok_or_else(missing)
}

/// The person who acts. A key may do less than its owner, and a webhook tells all that its owner may read.
pub(super) fn person(actor: &Actor) -> Result<UserId> {
    match (actor.user_id(), actor.api_key()) {
        (Some(user), None) => Ok(user),
        _ => Err(Error::NeedsSession),
    }
}

/// Others than its owner would have it tell them what only the owner may read.
pub(super) fn require_owner(held: &Held<'_, Webhook>) -> Result<()> {
    if person(held.actor)? == held.record.owner {
        return Ok(());
    }
    Err(Error::Refused {
        code: "notifications.not-the-owner",
        message: "only its owner may change a webhook; others may switch it off, or delete it"
            .to_owned(),
    })
}

pub(super) fn require_enabled(webhook: &Webhook) -> Result<()> {
    match webhook.disabled {
        None => Ok(()),
        Some(_) => Err(Error::Refused {
            code: "notifications.webhook-disabled",
            message: "the webhook is switched off; switch it on first".to_owned(),
        }),
    }
}
