//! The feed as it goes on.

use std::time::Duration;

use crm_app::events::{FeedQuery, FeedWatch};
use crm_app::{Crm, Error};
use crm_domain::activity::Actor;
use crm_domain::page::Limit;

use super::wire::Event;
use crate::live::{self, Source};

/// The feed behind a place, for one reader.
pub(super) struct Following {
    crm: Crm,
    actor: Actor,
    query: FeedQuery,
    watch: FeedWatch,
    /// Whether there is more than was read.
    goes_on: bool,
}

impl Following {
    /// From a place in the feed, or from its end, which is now.
    pub(super) async fn new(
        crm: &Crm,
        actor: &Actor,
        after: Option<String>,
    ) -> Result<Self, Error> {
        let events = crm.events();
        // Before it is read: what comes meanwhile is told.
        let watch = events.watch().await?;
        let is_new = after.is_none();
        let after = match after {
            Some(after) => after,
            None => events.end(actor).await?,
        };
        let mut query = FeedQuery {
            names: Vec::new(),
            after: Some(after),
            limit: Limit::default(),
        };
        if !is_new {
            // A place that is not good any more is told at once.
            events.read(actor, &query).await?;
        }
        query.limit = Limit::most();
        Ok(Self {
            crm: crm.clone(),
            actor: actor.clone(),
            query,
            watch,
            goes_on: !is_new,
        })
    }
}

impl Source for Following {
    fn has_news(&mut self) -> bool {
        self.goes_on || self.watch.has_gone_on()
    }

    async fn wait(&mut self, at_most: Duration) {
        self.watch.wait(at_most).await;
    }

    async fn tell(&mut self) -> Result<String, Error> {
        let feed = self.crm.events().read(&self.actor, &self.query).await?;
        self.goes_on = !feed.is_complete;
        let last = feed.events.len();
        let said = (1..).zip(feed.events).map(|(number, event)| {
            // Only behind the last one: who lost the others has all of them told again.
            let id = (number == last).then_some(feed.next.as_str());
            live::event("event", id, &Event::from(event))
        });
        let said = said.collect();
        self.query.after = Some(feed.next);
        Ok(said)
    }
}
