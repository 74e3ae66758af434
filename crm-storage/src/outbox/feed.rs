//! The outbox as a feed: in an order in which nothing appears later before what was read. See `docs/decisions/0027`.

use chrono::{DateTime, Utc};
use crm_domain::activity::Entry;
use crm_domain::event::{FeedEvent, FeedPlace};
use crm_domain::ids::EventId;
use crm_domain::page::Limit;
use crm_domain::text::EventName;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;

use crate::Error;
use crate::activities::{Sight, StoredActivity};
use crate::schema::{activities, events};

/// How far the feed goes at the moment. Two statements that are given one see the same events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
pub struct Settled {
    /// The first transaction that may still be under way: events with a lower horizon have their places for good.
    #[diesel(sql_type = BigInt)]
    pub before: i64,
    /// Whether there are events of transactions that there have not been: those of another server, whose copy this is.
    #[diesel(sql_type = Bool)]
    pub is_restored: bool,
}

/// How far the feed goes now.
///
/// # Errors
/// When the database fails.
pub async fn settled(conn: &mut AsyncPgConnection) -> Result<Settled, Error> {
    let query = "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as before, \
                 coalesce((select max(horizon) from events) >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint, false) \
                 as is_restored";
    Ok(diesel::sql_query(query).get_result(conn).await?)
}

/// Puts some events of another server, whose copy this is, before those of this one, in their order; gives how many.
///
/// # Errors
/// When the database fails.
pub async fn reset_restored(conn: &mut AsyncPgConnection, limit: i64) -> Result<usize, Error> {
    let reset = "update events set horizon = 0 where position in \
                 (select position from events where horizon >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint limit $1)";
    Ok(diesel::sql_query(reset)
        .bind::<BigInt, _>(limit)
        .execute(conn)
        .await?)
}

/// The last of the next `most` events behind a place, whoever may see them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WindowEnd {
    /// Its place.
    pub place: FeedPlace,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// How many events there are up to it.
    pub events: i64,
}

#[derive(QueryableByName)]
struct WindowEndRow {
    #[diesel(sql_type = BigInt)]
    horizon: i64,
    #[diesel(sql_type = BigInt)]
    position: i64,
    #[diesel(sql_type = Timestamptz)]
    at: DateTime<Utc>,
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// Where the next `most` events behind a place end; `None` when there are none.
///
/// # Errors
/// When the database fails.
pub async fn window_end(
    conn: &mut AsyncPgConnection,
    after: FeedPlace,
    settled: Settled,
    most: i64,
) -> Result<Option<WindowEnd>, Error> {
    let query = "select * from (select horizon, position, at, row_number() over (order by horizon, position) as number \
                 from events where (horizon, position) > ($1, $2) and horizon < $3 order by horizon, position limit $4) \
                 as next order by number desc limit 1";
    let row: Option<WindowEndRow> = diesel::sql_query(query)
        .bind::<BigInt, _>(after.horizon)
        .bind::<BigInt, _>(after.position)
        .bind::<BigInt, _>(settled.before)
        .bind::<BigInt, _>(most)
        .get_result(conn)
        .await
        .optional()?;
    Ok(row.map(|row| WindowEnd {
        place: FeedPlace {
            horizon: row.horizon,
            position: row.position,
        },
        at: row.at,
        events: row.number,
    }))
}

/// Where the feed ends; before everything when nothing is in it.
///
/// # Errors
/// When the database fails.
pub async fn end(conn: &mut AsyncPgConnection, settled: Settled) -> Result<FeedPlace, Error> {
    let last: Option<(i64, i64)> = events::table
        .filter(events::horizon.lt(settled.before))
        .order((events::horizon.desc(), events::position.desc()))
        .select((events::horizon, events::position))
        .first(conn)
        .await
        .optional()?;
    let (horizon, position) = last.unwrap_or_default();
    Ok(FeedPlace { horizon, position })
}

type Row = (i64, i64, i16, Value, StoredActivity);

/// The first events behind `after` and up to `end` that the reader sees, of these names, if there are any; and whether
/// there are more of them.
///
/// # Errors
/// When the database fails, or a stored row makes no event.
pub async fn list(
    conn: &mut AsyncPgConnection,
    names: &[EventName],
    (after, end): (FeedPlace, FeedPlace),
    limit: Limit,
    sight: &Sight,
) -> Result<(Vec<FeedEvent>, bool), Error> {
    let mut query = events::table
        .inner_join(activities::table.on(activities::id.eq(events::id)))
        // Comparing rows goes by the index at once, and diesel cannot say it.
        .filter(
            sql::<Bool>("(events.horizon, events.position) > (")
                .bind::<BigInt, _>(after.horizon)
                .sql(", ")
                .bind::<BigInt, _>(after.position)
                .sql(")"),
        )
        .filter(
            sql::<Bool>("(events.horizon, events.position) <= (")
                .bind::<BigInt, _>(end.horizon)
                .sql(", ")
                .bind::<BigInt, _>(end.position)
                .sql(")"),
        )
        .filter(sight.records())
        .filter(sight.happenings())
        .order((events::horizon, events::position))
        .limit(i64::from(limit.rows()) + 1)
        .select((
            events::horizon,
            events::position,
            events::version,
            events::payload,
            StoredActivity::as_select(),
        ))
        .into_boxed();
    if !names.is_empty() {
        let names: Vec<_> = names.iter().map(EventName::as_str).collect();
        query = query.filter(events::name.eq_any(names));
    }
    let mut rows: Vec<Row> = query.load(conn).await?;
    let most = usize::from(limit.rows());
    let goes_on = rows.len() > most;
    rows.truncate(most);
    let told = rows.into_iter().map(event);
    Ok((told.collect::<Result<_, _>>()?, goes_on))
}

/// Those of these events that are kept and that the reader sees, in no order.
///
/// # Errors
/// When the database fails, or a stored row makes no event.
pub async fn find(
    conn: &mut AsyncPgConnection,
    ids: &[EventId],
    sight: &Sight,
) -> Result<Vec<FeedEvent>, Error> {
    let ids: Vec<_> = ids.iter().map(EventId::as_uuid).collect();
    let rows: Vec<Row> = events::table
        .inner_join(activities::table.on(activities::id.eq(events::id)))
        // Of both, so that neither is searched before the other is found, whatever their statistics say.
        .filter(events::id.eq_any(&ids))
        .filter(activities::id.eq_any(&ids))
        .filter(sight.records())
        .filter(sight.happenings())
        .select((
            events::horizon,
            events::position,
            events::version,
            events::payload,
            StoredActivity::as_select(),
        ))
        .load(conn)
        .await?;
    rows.into_iter().map(event).collect()
}

fn event((horizon, position, version, payload, activity): Row) -> Result<FeedEvent, Error> {
    let Entry {
        id,
        at,
        by,
        action,
        record,
        request,
        changes: _,
        address: _,
    } = activity.try_into()?;
    Ok(FeedEvent {
        id: EventId::from(id.uuid()),
        place: FeedPlace { horizon, position },
        at,
        name: action,
        version,
        record,
        by,
        request,
        payload,
    })
}
