//! The feed of events: what happened, in an order in which nothing appears later before what was read. See
//! `docs/decisions/0027`.

mod watch;

pub use watch::FeedWatch;
pub(crate) use watch::Watchers;

use chrono::{DateTime, TimeDelta, Utc};
use crm_domain::activity::Actor;
use crm_domain::event::{EventType, FeedEvent, FeedPlace};
use crm_domain::ids::EventId;
use crm_domain::page::{Limit, Position, SortKey};
use crm_domain::text::EventName;
use crm_domain::violation::Violations;
use crm_storage::outbox::{self, Settled};
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use crate::crm::Crm;
use crate::cursor;
use crate::error::{Error, Result};

/// How long an event is in the feed at least, and a cursor of the feed good.
pub const KEPT: TimeDelta = TimeDelta::days(90);

/// The most events that are looked at for one part of the feed, whether the reader may see them or not.
const WINDOW: i64 = 2_000;

/// The most events that are put in their place by one statement after a backup was restored.
const STEP: usize = 10_000;

/// What happened, as programs read it. See [`Crm::events`].
#[derive(Clone, Copy)]
pub struct Events<'a>(pub(crate) &'a Crm);

/// Which part of the feed is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FeedQuery {
    /// Events of these names; of all, when there are none.
    pub names: Vec<EventName>,
    /// Behind this part: its [`Feed::next`]. From the beginning without it.
    pub after: Option<String>,
    /// The most events.
    pub limit: Limit,
}

/// A part of the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// What happened, in order. There may be few or none before the end of the feed, where the reader sees few.
    pub events: Vec<FeedEvent>,
    /// Where to go on, also at the end.
    pub next: String,
    /// Whether this was the end of the feed, for now.
    pub is_complete: bool,
}

/// How far a reader has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Progress {
    place: FeedPlace,
    /// Until when everything was read: until now at the end of the feed, before it until the last event that was looked at.
    until: DateTime<Utc>,
}

impl<'a> Events<'a> {
    /// The kinds of event that there are, with those of plugins.
    #[must_use]
    pub fn catalogue(&self) -> &'a [EventType] {
        self.0.plugins().events()
    }

    /// The next events that the actor may see, from the first that are kept on: those upon leads, customers and tasks that
    /// they may read, and others as the activity log shows them.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::InvalidQuery`] for a name that no event has, [`Error::InvalidCursor`] for a cursor of
    /// another user, or [`Error::EventsGone`] for one that is older than [`KEPT`].
    pub async fn read(&self, actor: &Actor, query: &FeedQuery) -> Result<Feed> {
        let sight = self.0.sight(&*self.0.access().await?, actor)?;
        self.check(&query.names)?;
        let binding = binding(actor);
        let now = self.0.now();
        let after = self.begin(query.after.as_deref(), &binding)?;
        let mut conn = self.0.connection().await?;
        let settled = settled(&mut conn).await?;
        if after.horizon >= settled.before && after != FeedPlace::default() {
            // Given by another server, whose backup this database was made of.
            return Err(Error::EventsGone);
        }
        let Some(end) = outbox::window_end(&mut conn, after, settled, WINDOW).await? else {
            return self.part(Vec::new(), Progress::new(after, now), true, &binding);
        };
        let part = (after, end.place);
        let (events, goes_on) =
            outbox::list(&mut conn, &query.names, part, query.limit, &sight).await?;
        let (progress, is_complete) = match events.last().filter(|_| goes_on) {
            Some(last) => (Progress::new(last.place, last.at), false),
            None if end.events == WINDOW => (Progress::new(end.place, end.at), false),
            None => (Progress::new(end.place, now), true),
        };
        self.part(events, progress, is_complete, &binding)
    }

    /// Where the feed ends now: a [`FeedQuery::after`] behind which only what is yet to come is told.
    ///
    /// # Errors
    /// [`Error::Forbidden`], or when the database fails.
    pub async fn end(&self, actor: &Actor) -> Result<String> {
        self.0.sight(&*self.0.access().await?, actor)?;
        let mut conn = self.0.connection().await?;
        let progress = Progress::new(end(&mut conn).await?, self.0.now());
        self.0.cursor(&progress.position(), &binding(actor))
    }

    /// Those of these events that are kept and that the actor may see now, as the feed would show them, in no order.
    ///
    /// # Errors
    /// [`Error::Forbidden`], or when the database fails.
    pub async fn find(&self, actor: &Actor, ids: &[EventId]) -> Result<Vec<FeedEvent>> {
        let sight = self.0.sight(&*self.0.access().await?, actor)?;
        let mut conn = self.0.connection().await?;
        Ok(outbox::find(&mut conn, ids, &sight).await?)
    }

    fn part(
        &self,
        events: Vec<FeedEvent>,
        progress: Progress,
        is_complete: bool,
        binding: &str,
    ) -> Result<Feed> {
        Ok(Feed {
            events,
            next: self.0.cursor(&progress.position(), binding)?,
            is_complete,
        })
    }

    /// A misspelt name would wait for ever.
    fn check(&self, names: &[EventName]) -> Result<()> {
        let known = self.catalogue();
        let is_known = |name: &EventName| known.iter().any(|event| event.name == name.as_str());
        if names.iter().all(is_known) {
            return Ok(());
        }
        let unknown = Violations::one(
            "types",
            "not-one-of",
            "must be names of events, as x-events has them",
        );
        Err(Error::InvalidQuery(unknown))
    }

    /// The place from which to go on.
    fn begin(&self, after: Option<&str>, binding: &str) -> Result<FeedPlace> {
        let Some(cursor) = after else {
            return Ok(FeedPlace::default());
        };
        let keys = &self.0.secrets().refresh;
        let position = cursor::decode(cursor, binding, keys, self.0.now())?;
        let progress = Progress::at(&position).ok_or(Error::InvalidCursor)?;
        if progress.until < self.0.now() - KEPT {
            return Err(Error::EventsGone);
        }
        Ok(progress.place)
    }
}

/// What cursors of the feed are bound to: the reader.
fn binding(actor: &Actor) -> String {
    format!("events {:?}", actor.who)
}

async fn end(conn: &mut AsyncPgConnection) -> Result<FeedPlace> {
    let settled = settled(conn).await?;
    Ok(outbox::end(conn, settled).await?)
}

/// How far the feed goes now, with all events in their places.
async fn settled(conn: &mut AsyncPgConnection) -> Result<Settled> {
    let settled = outbox::settled(conn).await?;
    if !settled.is_restored {
        return Ok(settled);
    }
    tracing::warn!("the events are those of a backup: they begin the feed anew");
    let step = i64::try_from(STEP).map_err(Error::internal)?;
    while outbox::reset_restored(conn, step).await? == STEP {}
    Ok(outbox::settled(conn).await?)
}

impl Progress {
    const fn new(place: FeedPlace, until: DateTime<Utc>) -> Self {
        Self { place, until }
    }

    /// As the position of a cursor: the two numbers of the place are the two halves of its id.
    fn position(self) -> Position {
        let FeedPlace { horizon, position } = self.place;
        Position {
            key: SortKey::Time(self.until),
            id: Uuid::from_u64_pair(horizon.cast_unsigned(), position.cast_unsigned()),
        }
    }

    fn at(position: &Position) -> Option<Self> {
        let SortKey::Time(until) = position.key else {
            return None;
        };
        let (horizon, number) = position.id.as_u64_pair();
        let place = FeedPlace {
            horizon: horizon.cast_signed(),
            position: number.cast_signed(),
        };
        Some(Self::new(place, until))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_leads_back_to_its_place() {
        let until = DateTime::from_timestamp_micros(1_700_000_000_123_456).unwrap();
        for (horizon, position) in [(0, 0), (1, 2), (i64::MAX, i64::MAX)] {
            let place = FeedPlace { horizon, position };
            let progress = Progress { place, until };
            assert_eq!(Progress::at(&progress.position()), Some(progress));
        }
    }
}
