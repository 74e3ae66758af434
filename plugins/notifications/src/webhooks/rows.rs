//! Deliveries as they are stored.

use chrono::{DateTime, Utc};
use crm_app::StorageError;
use crm_domain::list::Direction;
use crm_domain::page::Slice;
use crm_domain::text::EventName;
use crm_storage::plugin::{self, Order};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::delivery::{Delivery, DeliveryFilter, DeliveryId, DeliveryState};
use crate::courier::Failure;
use crate::webhook::WebhookId;

diesel::table! {
    notifications_deliveries (id) {
        id -> Uuid,
        webhook_id -> Uuid,
        event_id -> Uuid,
        event_type -> Text,
        state -> Text,
        round -> Integer,
        tries -> Integer,
        last_try_at -> Nullable<Timestamptz>,
        last_status -> Nullable<Integer>,
        last_failure -> Nullable<Text>,
        next_try_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
    }
}

use notifications_deliveries as table;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = notifications_deliveries, check_for_backend(Pg), treat_none_as_null = true)]
struct Row {
    id: Uuid,
    webhook_id: Uuid,
    event_id: Uuid,
    event_type: String,
    state: String,
    round: i32,
    tries: i32,
    last_try_at: Option<DateTime<Utc>>,
    last_status: Option<i32>,
    last_failure: Option<String>,
    next_try_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
}

impl From<&Delivery> for Row {
    fn from(delivery: &Delivery) -> Self {
        let Delivery {
            id,
            webhook,
            event,
            event_type,
            state,
            round,
            tries,
            last_try_at,
            last_status,
            last_failure,
            next_try_at,
            created_at,
        } = delivery;
        Self {
            id: id.uuid(),
            webhook_id: webhook.uuid(),
            event_id: event.uuid(),
            event_type: event_type.to_string(),
            state: state.as_str().to_owned(),
            round: *round,
            tries: *tries,
            last_try_at: *last_try_at,
            last_status: last_status.map(i32::from),
            last_failure: last_failure.map(|failure| failure.as_str().to_owned()),
            next_try_at: *next_try_at,
            created_at: *created_at,
        }
    }
}

impl TryFrom<Row> for Delivery {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self, StorageError> {
        let state = DeliveryState::from_stored(&row.state);
        Ok(Self {
            state: state.ok_or_else(|| StorageError::Corrupt {
                table: "notifications_deliveries",
                id: row.id,
                reason: row.state,
            })?,
            id: row.id.into(),
            webhook: row.webhook_id.into(),
            event: row.event_id.into(),
            event_type: EventName::from_stored(row.event_type),
            round: row.round,
            tries: row.tries,
            last_try_at: row.last_try_at,
            last_status: row.last_status.and_then(|status| status.try_into().ok()),
            last_failure: row.last_failure.as_deref().and_then(Failure::from_stored),
            next_try_at: row.next_try_at,
            created_at: row.created_at,
        })
    }
}

/// One slice of the deliveries to a webhook, the newest first, and whether there are more behind it.
pub(super) async fn list(
    conn: &mut AsyncPgConnection,
    webhook: WebhookId,
    filter: &DeliveryFilter,
    slice: &Slice,
) -> Result<(Vec<Delivery>, bool), StorageError> {
    let order = Order::new(
        "notifications_deliveries.created_at",
        "notifications_deliveries.id",
        Direction::Descending,
    );
    let mut rows = table::table
        .filter(table::webhook_id.eq(webhook.uuid()))
        .into_boxed();
    if let Some(state) = filter.state {
        rows = rows.filter(table::state.eq(state.as_str()));
    }
    if let Slice::After(position, _) = slice {
        rows = rows.filter(order.after(position));
    }
    let rows = rows.order(order).select(Row::as_select());
    let (rows, goes_on) = plugin::slice::<_, Row>(conn, rows, slice, false).await?;
    let deliveries = rows.into_iter().map(Delivery::try_from);
    Ok((deliveries.collect::<Result<_, _>>()?, goes_on))
}

pub(super) async fn find(
    conn: &mut AsyncPgConnection,
    id: DeliveryId,
) -> Result<Option<Delivery>, StorageError> {
    let row: Option<Row> = table::table
        .find(id.uuid())
        .select(Row::as_select())
        .first(conn)
        .await
        .optional()?;
    row.map(Delivery::try_from).transpose()
}

pub(super) async fn lock(
    conn: &mut AsyncPgConnection,
    id: DeliveryId,
) -> Result<Option<Delivery>, StorageError> {
    let row: Option<Row> = table::table
        .find(id.uuid())
        .select(Row::as_select())
        .for_update()
        .first(conn)
        .await
        .optional()?;
    row.map(Delivery::try_from).transpose()
}

/// Stores new deliveries; gives those that were not there before.
pub(super) async fn insert(
    conn: &mut AsyncPgConnection,
    deliveries: Vec<Delivery>,
) -> Result<Vec<Delivery>, StorageError> {
    let rows: Vec<_> = deliveries.iter().map(Row::from).collect();
    let new: Vec<Uuid> = diesel::insert_into(table::table)
        .values(rows)
        .on_conflict_do_nothing()
        .returning(table::id)
        .get_results(conn)
        .await?;
    let deliveries = deliveries.into_iter();
    Ok(deliveries
        .filter(|delivery| new.contains(delivery.id.as_uuid()))
        .collect())
}

pub(super) async fn update(
    conn: &mut AsyncPgConnection,
    delivery: &Delivery,
) -> Result<(), StorageError> {
    diesel::update(table::table.find(delivery.id.uuid()))
        .set(Row::from(delivery))
        .execute(conn)
        .await?;
    Ok(())
}

/// Removes some of the oldest that are from before an instant; gives how many.
pub(super) async fn delete_before(
    conn: &mut AsyncPgConnection,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<usize, StorageError> {
    let delete = "delete from notifications_deliveries where id in \
                  (select id from notifications_deliveries where created_at < $1 order by created_at limit $2)";
    Ok(diesel::sql_query(delete)
        .bind::<Timestamptz, _>(before)
        .bind::<BigInt, _>(limit)
        .execute(conn)
        .await?)
}
