//! The outbox: each event, stored in the transaction of what it tells, for whoever subscribes to it.

mod feed;

use chrono::{DateTime, Utc};
use crm_domain::activity::RecordRef;
use crm_domain::ids::EventId;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Jsonb, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use crate::Error;
use crate::activities::{Activity, StoredActivity};
use crate::query::Cached;
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

/// Adds an event with its activity, which says the same of the same record, in one statement that is kept prepared.
///
/// # Errors
/// When the database refuses it.
pub async fn record(
    conn: &mut AsyncPgConnection,
    activity: &Activity<'_>,
    event: &StoredEvent<'_>,
) -> Result<(), Error> {
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
    } = StoredActivity::from(activity);
    let insert = diesel::sql_query(
        "with activity as (
             insert into activities (id, at, actor_id, actor_name, api_key_id, action, resource, resource_id, changes,
                                     request_id, address)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11))
         insert into events (id, name, version, resource, resource_id, payload, at)
         values ($1, $6, $12, $7, $8, $13, $2)",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Timestamptz, _>(at)
    .bind::<Nullable<SqlUuid>, _>(actor_id)
    .bind::<Nullable<Text>, _>(actor_name)
    .bind::<Nullable<SqlUuid>, _>(api_key_id)
    .bind::<Text, _>(action)
    .bind::<Text, _>(resource)
    .bind::<SqlUuid, _>(resource_id)
    .bind::<Jsonb, _>(changes)
    .bind::<Nullable<SqlUuid>, _>(request_id)
    .bind::<Nullable<Text>, _>(address)
    .bind::<SmallInt, _>(event.version)
    .bind::<Jsonb, _>(event.payload);
    Cached(insert).execute(conn).await?;
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
