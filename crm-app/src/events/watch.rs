//! Who waits for the feed to go on, and is told that it did: by one query a second for all who wait on a server, and none
//! when nobody does. What `LISTEN` would tell is to be looked up all the same, when it has its place in the feed.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crm_domain::event::FeedPlace;
use tokio::sync::watch;

use super::{Events, end};
use crate::crm::Crm;
use crate::error::Result;

/// How often it is looked.
const LOOK: Duration = Duration::from_secs(1);

/// Who waits on this server; `None` while nobody does, and nobody looks.
#[derive(Default)]
pub(crate) struct Watchers(Mutex<Option<watch::Sender<FeedPlace>>>);

/// Tells that the feed has gone on.
pub struct FeedWatch(watch::Receiver<FeedPlace>);

impl Watchers {
    fn lock(&self) -> MutexGuard<'_, Option<watch::Sender<FeedPlace>>> {
        // What is kept is whole after each statement.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether somebody waits. If nobody does, nobody looks from here on.
    fn are_there(&self) -> bool {
        let mut watchers = self.lock();
        if watchers
            .as_ref()
            .is_some_and(|end| end.receiver_count() > 0)
        {
            return true;
        }
        *watchers = None;
        false
    }

    fn tell(&self, place: FeedPlace) {
        if let Some(end) = &*self.lock() {
            end.send_if_modified(|known| std::mem::replace(known, place) != place);
        }
    }
}

impl Events<'_> {
    /// Tells, from now on, that the feed goes on: at most a second after an event has its place in it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn watch(&self) -> Result<FeedWatch> {
        let mut conn = self.0.connection().await?;
        let place = end(&mut conn).await?;
        drop(conn);
        let mut watchers = self.0.feed_watchers().lock();
        if let Some(end) = &*watchers {
            return Ok(FeedWatch(end.subscribe()));
        }
        let (send, watch) = watch::channel(place);
        *watchers = Some(send);
        tokio::spawn(look(self.0.clone()));
        Ok(FeedWatch(watch))
    }
}

async fn look(crm: Crm) {
    loop {
        tokio::time::sleep(LOOK).await;
        if !crm.feed_watchers().are_there() {
            return;
        }
        match where_it_ends(&crm).await {
            Ok(place) => crm.feed_watchers().tell(place),
            Err(error) => tracing::warn!(%error, "cannot look for new events"),
        }
    }
}

async fn where_it_ends(crm: &Crm) -> Result<FeedPlace> {
    end(&mut *crm.connection().await?).await
}

impl FeedWatch {
    /// Whether the feed has gone on since this was last asked.
    pub fn has_gone_on(&mut self) -> bool {
        let has_gone_on = self.0.has_changed().unwrap_or_default();
        self.0.mark_unchanged();
        has_gone_on
    }

    /// Waits until the feed goes on, for so long at most.
    pub async fn wait(&mut self, at_most: Duration) {
        let changed = tokio::time::timeout(at_most, self.0.changed()).await;
        if let Ok(Ok(())) = changed {
            self.0.mark_changed();
        }
    }
}
