//! When the use of each API key was last noted, so that not every request writes.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use crm_domain::ids::ApiKeyId;

/// When the use of each API key was last noted by this replica.
#[derive(Default)]
pub(crate) struct KeyUses(Mutex<HashMap<ApiKeyId, DateTime<Utc>>>);

impl KeyUses {
    /// Whether the use now is to be noted. Whoever is told so notes it.
    pub(crate) fn is_due(&self, id: ApiKeyId, now: DateTime<Utc>, every: TimeDelta) -> bool {
        // Nothing panics while the lock is held; if it did, the map is still whole.
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.get(&id).is_some_and(|noted| now - *noted < every) {
            return false;
        }
        // Only keys that work get here, and of those there are not many.
        noted.insert(id, now);
        true
    }
}
