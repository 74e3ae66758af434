//! What somebody may read of what happened, at the time.

use crm_app::{Crm, Error, Result};
use crm_domain::activity::Actor;
use crm_domain::event::FeedEvent;
use crm_domain::ids::{EventId, UserId};

/// The event, if this user may read it now.
pub(crate) async fn readable(crm: &Crm, user: UserId, event: EventId) -> Result<Option<FeedEvent>> {
    Ok(all_readable(crm, user, &[event]).await?.pop())
}

/// Those of these events that this user may read now.
pub(crate) async fn all_readable(
    crm: &Crm,
    user: UserId,
    events: &[EventId],
) -> Result<Vec<FeedEvent>> {
    match crm.events().find(&Actor::user(user), events).await {
        Err(Error::Forbidden(_)) => Ok(Vec::new()),
        found => found,
    }
}
