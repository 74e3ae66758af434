//! A user's own notices: listed, counted, read.

use std::collections::{BTreeMap, HashMap};

use chrono::TimeDelta;
use crm_app::jobs::{JobContext, JobError};
use crm_app::{Crm, Error, Result, StorageError};
use crm_domain::activity::Actor;
use crm_domain::event::FeedEvent;
use crm_domain::ids::{EventId, UserId};
use crm_domain::list::{Listing, PageRequest};
use crm_domain::page::{Position, Slice, SortKey};
use crm_domain::permission::Resource;
use uuid::Uuid;

use super::storage;
use crate::notice::{Notice, ShownNotice};
use crate::reader::all_readable;

/// Unread notices are counted up to this.
pub(crate) const MOST_COUNTED: i64 = 100;

/// How long notices are kept: as long as the events that they are about are in the feed.
const KEPT: TimeDelta = crm_app::events::KEPT;

/// How many rows are removed by one statement.
const STEP: i64 = 1_000;

/// Which notices.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct NoticeFilter {
    pub(crate) only_unread: bool,
}

/// How many notices are not read, up to [`MOST_COUNTED`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unread {
    pub(crate) count: usize,
    pub(crate) is_capped: bool,
}

/// A user's own notices. Those about what the user may not read any more are not there.
#[derive(Clone, Copy)]
pub(crate) struct Inbox<'a> {
    pub(crate) crm: &'a Crm,
    pub(crate) user: UserId,
}

impl Inbox<'_> {
    /// Those that match, the newest first. A part may be short before the end.
    pub(crate) async fn list(
        &self,
        filter: NoticeFilter,
        page: &PageRequest,
    ) -> Result<Listing<ShownNotice>> {
        let binding = format!("notices {:?} {filter:?}", self.user);
        let slice = self.crm.slice(page, &binding)?;
        let before = match &slice {
            Slice::Page(_) => None,
            Slice::After(position, _) => Some(number(position).ok_or(Error::InvalidCursor)?),
        };
        let limit = i64::from(slice.limit().rows());
        let mut conn = self.crm.connection().await?;
        let mut notices = storage::list(&mut conn, self.user, filter, before, limit + 1).await?;
        drop(conn);
        let most = usize::from(slice.limit().rows());
        let goes_on = notices.len() > most;
        notices.truncate(most);
        let last = notices.last().filter(|_| goes_on).map(position);
        let next_cursor = last
            .map(|last| self.crm.cursor(&last, &binding))
            .transpose()?;
        Ok(Listing {
            records: self.show(notices).await?,
            page: None,
            total: None,
            next_cursor,
        })
    }

    /// Some of those after a number, the oldest first, and the number up to which was looked.
    pub(crate) async fn after(&self, number: i64, limit: i64) -> Result<(Vec<ShownNotice>, i64)> {
        let mut conn = self.crm.connection().await?;
        let notices = storage::list_after(&mut conn, self.user, number, limit).await?;
        drop(conn);
        let looked_at = notices.last().map_or(number, |last| last.number);
        Ok((self.show(notices).await?, looked_at))
    }

    /// One of them, in the list or not, if the user may read now what it is about.
    pub(crate) async fn find(&self, number: i64) -> Result<Option<ShownNotice>> {
        let mut conn = self.crm.connection().await?;
        let notice = storage::find(&mut conn, self.user, number).await?;
        drop(conn);
        let notices = notice.into_iter().collect();
        Ok(self.show(notices).await?.pop())
    }

    /// How many are not read.
    pub(crate) async fn unread(&self) -> Result<Unread> {
        let filter = NoticeFilter { only_unread: true };
        let mut conn = self.crm.connection().await?;
        let notices = storage::list(&mut conn, self.user, filter, None, MOST_COUNTED + 1).await?;
        drop(conn);
        let is_capped = notices.len() > usize::try_from(MOST_COUNTED).unwrap_or(usize::MAX);
        let ids: Vec<_> = notices.iter().map(|notice| notice.event).collect();
        let readable = all_readable(self.crm, self.user, &ids).await?.len();
        Ok(Unread {
            count: readable.min(usize::try_from(MOST_COUNTED).unwrap_or(usize::MAX)),
            is_capped,
        })
    }

    /// Notes that one was read.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none.
    pub(crate) async fn read(&self, number: i64) -> Result<()> {
        let mut conn = self.crm.connection().await?;
        let read = storage::read(&mut conn, self.user, number, self.crm.now()).await?;
        read.ok_or(Error::NotFound(NOTICE))
    }

    /// Notes that all up to one were read.
    pub(crate) async fn read_up_to(&self, number: i64) -> Result<()> {
        let mut conn = self.crm.connection().await?;
        storage::read_up_to(&mut conn, self.user, number, self.crm.now()).await?;
        Ok(())
    }

    /// The notices with what they are about, less those about what the user may not read: a query for the events, and one
    /// for the names of each kind of record.
    async fn show(&self, notices: Vec<Notice>) -> Result<Vec<ShownNotice>> {
        let ids: Vec<_> = notices.iter().map(|notice| notice.event).collect();
        let events = all_readable(self.crm, self.user, &ids).await?;
        let names = self.names(&events).await?;
        let mut events: HashMap<EventId, FeedEvent> =
            events.into_iter().map(|event| (event.id, event)).collect();
        let shown = |notice: Notice| {
            let event = events.remove(&notice.event)?;
            let name = |id| names.get(&id).cloned();
            Some(ShownNotice {
                record: name(event.record.id),
                actor: event.by.user().and_then(|user| name(user.uuid())),
                notice,
                event,
            })
        };
        Ok(notices.into_iter().filter_map(shown).collect())
    }

    async fn names(&self, events: &[FeedEvent]) -> Result<HashMap<Uuid, String>> {
        let mut wanted: BTreeMap<Resource, Vec<Uuid>> = BTreeMap::new();
        for event in events {
            if let Ok(kind) = self.crm.catalogue().resource(&event.record.resource) {
                wanted.entry(kind).or_default().push(event.record.id);
            }
            if let Some(user) = event.by.user() {
                wanted.entry(Resource::USER).or_default().push(user.uuid());
            }
        }
        let actor = Actor::user(self.user);
        let mut names = HashMap::new();
        for (kind, ids) in wanted {
            names.extend(self.crm.names(&actor, kind, &ids).await?);
        }
        Ok(names)
    }
}

/// Notices, where one is not found.
const NOTICE: Resource = Resource::of_plugin("notifications.notice");

/// Where a list has come to: behind this notice.
fn position(notice: &Notice) -> Position {
    Position {
        key: SortKey::Time(notice.created_at),
        id: Uuid::from_u64_pair(0, notice.number.cast_unsigned()),
    }
}

fn number(position: &Position) -> Option<i64> {
    i64::try_from(position.id.as_u64_pair().1).ok()
}

/// Removes old notices, step by step.
pub(crate) async fn tidy(context: &JobContext) -> Result<(), JobError> {
    loop {
        if context.should_stop() {
            return Err(JobError::Interrupted);
        }
        let before = context.crm.now() - KEPT;
        let mut conn = context.crm.connection().await?;
        let removed = storage::delete_before(&mut conn, before, STEP).await?;
        if i64::try_from(removed).unwrap_or(STEP) < STEP {
            return Ok(());
        }
    }
}

/// The number of the user's last notice.
pub(super) async fn last_number(crm: &Crm, user: UserId) -> Result<i64, StorageError> {
    let mut conn = crm_storage::pool::get(crm.pool()).await?;
    let found = storage::last_numbers(&mut conn, &[user.uuid()]).await?;
    Ok(found.first().map_or(0, |(_, last)| *last))
}
