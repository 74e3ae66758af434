//! Who waits for notices, and is told that there are some: at once by this server, within a second by another one.
//!
//! One query a second for all who wait, by the key of their inboxes. It is no use of `LISTEN`: that takes a connection of its own
//! a server, and what it would tell is to be looked up all the same.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crm_app::{Crm, Result};
use crm_domain::ids::UserId;
use tokio::sync::watch;
use uuid::Uuid;

use super::{inbox, storage};

/// How often it is looked what other servers have told.
const LOOK: Duration = Duration::from_secs(1);

/// Who waits for notices on this server.
#[derive(Clone, Default)]
pub(crate) struct Live(Arc<Mutex<HashMap<UserId, Waiting>>>);

struct Waiting {
    /// The number of the user's last notice, as far as is known.
    last: watch::Sender<i64>,
    subscriptions: usize,
}

/// Somebody who waits, until it is dropped.
pub(crate) struct Subscription {
    live: Live,
    user: UserId,
    last: watch::Receiver<i64>,
}

impl Live {
    /// Waits for a user's notices.
    pub(crate) async fn subscribe(&self, crm: &Crm, user: UserId) -> Result<Subscription> {
        let last = inbox::last_number(crm, user).await?;
        Ok(self.add(user, last))
    }

    fn add(&self, user: UserId, last: i64) -> Subscription {
        let mut waiting = self.waiting();
        let one = waiting.entry(user).or_insert_with(|| Waiting {
            last: watch::Sender::new(last),
            subscriptions: 0,
        });
        one.subscriptions += 1;
        let last = one.last.subscribe();
        Subscription {
            live: self.clone(),
            user,
            last,
        }
    }

    /// Looks which of these users have new notices, and tells those who wait.
    pub(crate) async fn look(&self, crm: &Crm, users: &[UserId]) -> Result<()> {
        let waiting: Vec<Uuid> = {
            let waiting = self.waiting();
            let users = users.iter().filter(|user| waiting.contains_key(user));
            users.map(|user| user.uuid()).collect()
        };
        if waiting.is_empty() {
            return Ok(());
        }
        let mut conn = crm.connection().await?;
        let found = storage::last_numbers(&mut conn, &waiting).await?;
        drop(conn);
        let waiting = self.waiting();
        for (user, number) in found {
            if let Some(one) = waiting.get(&user.into()) {
                one.last.send_if_modified(|last| {
                    let is_new = number > *last;
                    *last = number.max(*last);
                    is_new
                });
            }
        }
        Ok(())
    }

    /// Looks again and again, until it is dropped.
    pub(crate) async fn watch(self, crm: Crm) {
        loop {
            tokio::time::sleep(LOOK).await;
            let users: Vec<_> = self.waiting().keys().copied().collect();
            if let Err(error) = self.look(&crm, &users).await {
                tracing::warn!(%error, "cannot look for new notices");
            }
        }
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<UserId, Waiting>> {
        // What is kept is whole after each statement.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Subscription {
    /// The number of the user's last notice, as far as is known.
    pub(crate) fn last(&mut self) -> i64 {
        *self.last.borrow_and_update()
    }

    /// Waits until there is a new notice, for so long at most.
    pub(crate) async fn changed(&mut self, at_most: Duration) {
        let changed = tokio::time::timeout(at_most, self.last.changed()).await;
        debug_assert!(
            !matches!(changed, Ok(Err(_))),
            "the sender lives as long as this"
        );
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut waiting = self.live.waiting();
        if let Some(one) = waiting.get_mut(&self.user) {
            one.subscriptions -= 1;
            if one.subscriptions == 0 {
                waiting.remove(&self.user);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_looked_for_while_somebody_waits() {
        let live = Live::default();
        let user = UserId::from(Uuid::from_u128(1));
        let (first, second) = (live.add(user, 0), live.add(user, 0));
        drop(first);
        assert!(live.waiting().contains_key(&user));
        drop(second);
        assert!(live.waiting().is_empty());
    }
}
