//! The secrets of webhooks, sealed and opened.

use chrono::{DateTime, Utc};
use crm_app::Result;
use crm_app::plugin::Sealed;

use super::Webhooks;
use crate::webhook::WebhookId;
use crate::webhook::secret::Secret;

/// What they are sealed for.
const PURPOSE: &str = "notifications webhook";

/// The secrets of a webhook as they are stored.
#[derive(Debug, Clone)]
pub(super) struct Keys {
    pub(super) current: Sealed,
    /// The one before it, and until when it is signed by that too.
    pub(super) previous: Option<(Sealed, DateTime<Utc>)>,
}

impl Webhooks<'_> {
    pub(super) fn sealed(&self, id: WebhookId, secret: &Secret) -> Result<Sealed> {
        self.0.seal(PURPOSE, id.uuid(), secret.bytes())
    }

    /// The secrets by which is signed at an instant, the newest first.
    pub(super) fn secrets(&self, id: WebhookId, keys: &Keys) -> Result<Vec<Secret>> {
        let previous = keys.previous.as_ref();
        let previous = previous.filter(|(_, until)| self.0.now() < *until);
        let sealed = [Some(&keys.current), previous.map(|(sealed, _)| sealed)];
        let open = |sealed| self.0.open(PURPOSE, id.uuid(), sealed).map(Secret::new);
        sealed.into_iter().flatten().map(open).collect()
    }
}
