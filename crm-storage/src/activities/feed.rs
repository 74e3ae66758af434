//! The activity log as it is read: the newest first.

use crm_domain::activity::{By, Changes, Entry, EntryFilter, LoggedRecord};
use crm_domain::ids::{ActivityId, ApiKeyId, RequestId, UserId};
use crm_domain::list::Direction;
use crm_domain::page::Slice;
use crm_domain::permission::Ownership;
use crm_domain::text::EventName;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_async::AsyncPgConnection;

use super::{Sight, StoredActivity};
use crate::Error;
use crate::query::{self, Order};
use crate::schema::activities as table;
use crate::visibility::within;

/// The newest first.
pub(super) const ORDER: Order = Order::new("activities.at", "activities.id", Direction::Descending);

type Rows = diesel::helper_types::IntoBoxed<'static, table::table, Pg>;

/// One slice of the entries that match and that the reader sees, the newest first, and whether there are more behind it.
///
/// # Errors
/// When the database fails, or a stored row makes no entry.
pub async fn list(
    conn: &mut AsyncPgConnection,
    filter: &EntryFilter,
    slice: &Slice,
    sight: &Sight,
) -> Result<(Vec<Entry>, bool), Error> {
    let mut rows = matching(filter, sight).filter(sight.records());
    if let Slice::After(position, _) = slice {
        rows = rows.filter(ORDER.after(position));
    }
    let query = rows.order(ORDER).select(StoredActivity::as_select());
    let (rows, goes_on) = query::slice(conn, query, slice, false).await?;
    let rows: Vec<StoredActivity> = rows;
    let entries = rows.into_iter().map(Entry::try_from);
    Ok((entries.collect::<Result<_, _>>()?, goes_on))
}

/// The entries that match, of those whose acts the reader sees.
fn matching(filter: &EntryFilter, sight: &Sight) -> Rows {
    let EntryFilter {
        actor,
        about,
        action,
        from,
        to,
    } = filter;
    let mut rows = acts(*actor, sight);
    if let Some(about) = about {
        rows = rows.filter(table::resource.eq(about.resource().as_str()));
        if let Some(id) = about.id() {
            rows = rows.filter(table::resource_id.eq(id));
        }
    }
    if let Some(action) = action {
        rows = rows.filter(table::action.eq(action.to_string()));
    }
    if let Some(from) = from {
        rows = rows.filter(table::at.ge(*from));
    }
    if let Some(to) = to {
        rows = rows.filter(table::at.lt(*to));
    }
    rows
}

/// The acts that the reader sees; of one user, when one is named: then all of them, or none.
fn acts(actor: Option<UserId>, sight: &Sight) -> Rows {
    let Some(actor) = actor else {
        return table::table.filter(within(&sight.acts)).into_boxed();
    };
    let is_reached = sight.acts.reach().reaches(Ownership::of(actor));
    table::table
        .filter(table::actor_id.eq(actor.uuid()))
        .filter(is_reached.into_sql::<Bool>())
        .into_boxed()
}

impl TryFrom<StoredActivity> for Entry {
    type Error = Error;

    fn try_from(row: StoredActivity) -> Result<Self, Error> {
        let StoredActivity {
            id,
            at,
            actor_id,
            actor_name,
            api_key_id,
            action,
            resource,
            resource_id,
            changes,
            request_id,
            address,
        } = row;
        let corrupt = |reason: &str| Error::Corrupt {
            table: "activities",
            id,
            reason: reason.to_owned(),
        };
        let by = match (actor_id.map(UserId::from), api_key_id, actor_name) {
            (Some(owner), Some(key), _) => By::ApiKey {
                id: ApiKeyId::from(key),
                owner,
            },
            (Some(user), None, _) => By::User(user),
            (None, _, Some(name)) => By::System(name),
            (None, _, None) => return Err(corrupt("by nobody")),
        };
        Ok(Self {
            id: ActivityId::from(id),
            at,
            by,
            action: EventName::from_stored(action),
            record: LoggedRecord {
                resource,
                id: resource_id,
            },
            changes: Changes::from_json(changes),
            request: request_id.map(RequestId::from),
            address,
        })
    }
}
