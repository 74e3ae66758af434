//! The outbox: each event, stored in the transaction of what it tells, for whoever subscribes to it.

mod feed;

use chrono::{DateTime, Utc};
use crm_domain::activity::RecordRef;
use crm_domain::ids::EventId;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use crate::Error;
use crate::schema::events;

pub use feed::{Settled, WindowEnd, end, find, list, reset_restored, settled, window_end};

/// An event as stored.
#[derive(Debug, Clone)]
pub struct StoredEvent<'a> {
    /// Identifies the event, the same at each delivery.
    pub id: EventId,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// Its name: `lead.converted`.
    pub name: &'a str,
    /// The version of the payload.
    pub version: i16,
    /// The record it happened to.
    pub record: RecordRef,
    /// What it tells.
    pub payload: &'a Value,
}

#[derive(Insertable)]
#[diesel(table_name = events)]
struct EventRow<'a> {
    id: Uuid,
    name: &'a str,
    version: i16,
    resource: &'static str,
    resource_id: Uuid,
    payload: &'a Value,
    at: DateTime<Utc>,
}

impl<'a> From<&'a StoredEvent<'a>> for EventRow<'a> {
    fn from(event: &'a StoredEvent<'a>) -> Self {
        let StoredEvent {
            id,
            at,
            name,
            version,
            record,
            payload,
        } = event;
        Self {
            id: id.uuid(),
            name,
            version: *version,
            resource: record.resource.as_str(),
            resource_id: record.id,
            payload,
            at: *at,
        }
    }
}

/// Adds an event.
///
/// # Errors
/// When the database refuses it.
pub async fn insert(conn: &mut AsyncPgConnection, event: &StoredEvent<'_>) -> Result<(), Error> {
    diesel::insert_into(events::table)
        .values(EventRow::from(event))
        .execute(conn)
        .await?;
    Ok(())
}

/// Adds events.
///
/// # Errors
/// When the database refuses one.
pub async fn insert_all(
    conn: &mut AsyncPgConnection,
    events: &[StoredEvent<'_>],
) -> Result<(), Error> {
    let rows: Vec<_> = events.iter().map(EventRow::from).collect();
    diesel::insert_into(events::table)
        .values(rows)
        .execute(conn)
        .await?;
    Ok(())
}

/// Removes some of the oldest events that happened before an instant; gives how many.
///
/// # Errors
/// When the database fails.
pub async fn delete_before(
    conn: &mut AsyncPgConnection,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<usize, Error> {
    // Ids begin with the instant, so their index has the oldest events at its start.
    let first_kept = EventId::new(before, [0; 10]);
    let delete =
        "delete from events where id in (select id from events where id < $1 order by id limit $2)";
    Ok(diesel::sql_query(delete)
        .bind::<SqlUuid, _>(first_kept.uuid())
        .bind::<BigInt, _>(limit)
        .execute(conn)
        .await?)
}
