//! Deals that follow their customers when those are merged, and taken apart again. Without a scope: they go along, whoever's they
//! are, as tasks do.

use chrono::{DateTime, Utc};
use crm_domain::ids::CustomerId;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::deal::DealId;

/// Gives the deals of merged customers to the one that took them in, and notes which; with one more than the limit nothing else is
/// of use, since everything is undone then.
const MOVE: &str = "
    with found as (
        select id, customer_id from deals_deals where customer_id = any($2) order by id limit $4 for update
    ), noted as (
        insert into deals_merged (deal_id, source_id, target_id)
        select id, customer_id, $1 from found
        on conflict (deal_id, source_id) do update set target_id = excluded.target_id
    )
    update deals_deals set customer_id = $1, version = version + 1, updated_at = $3
    from found where deals_deals.id = found.id
    returning deals_deals.id as deal_id, found.customer_id as from_id, $1 as to_id";

/// Gives them back, where the customer still has them, and forgets which they were.
const GIVE_BACK: &str = "
    with noted as (
        delete from deals_merged where target_id = $1 and source_id = any($2) returning deal_id, source_id
    )
    update deals_deals set customer_id = noted.source_id, version = version + 1, updated_at = $3
    from noted where deals_deals.id = noted.deal_id and deals_deals.customer_id = $1
    returning deals_deals.id as deal_id, $1 as from_id, noted.source_id as to_id";

#[derive(QueryableByName)]
struct MovedRow {
    #[diesel(sql_type = SqlUuid)]
    deal_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    from_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    to_id: Uuid,
}

/// A deal that went from one customer to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moved {
    pub(crate) deal: DealId,
    pub(crate) from: CustomerId,
    pub(crate) to: CustomerId,
}

impl From<MovedRow> for Moved {
    fn from(row: MovedRow) -> Self {
        Self {
            deal: row.deal_id.into(),
            from: row.from_id.into(),
            to: row.to_id.into(),
        }
    }
}

fn uuids(customers: &[CustomerId]) -> Vec<Uuid> {
    customers.iter().map(|customer| customer.uuid()).collect()
}

/// Gives the deals of these customers to another: at most as many.
pub(crate) async fn take_in(
    conn: &mut AsyncPgConnection,
    target: CustomerId,
    sources: &[CustomerId],
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Moved>, diesel::result::Error> {
    let rows: Vec<MovedRow> = diesel::sql_query(MOVE)
        .bind::<SqlUuid, _>(target.uuid())
        .bind::<Array<SqlUuid>, _>(uuids(sources))
        .bind::<Timestamptz, _>(now)
        .bind::<BigInt, _>(limit)
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(Moved::from).collect())
}

/// Gives these customers back what a merge took from them and the other one still has.
pub(crate) async fn give_back(
    conn: &mut AsyncPgConnection,
    target: CustomerId,
    sources: &[CustomerId],
    now: DateTime<Utc>,
) -> Result<Vec<Moved>, diesel::result::Error> {
    let rows: Vec<MovedRow> = diesel::sql_query(GIVE_BACK)
        .bind::<SqlUuid, _>(target.uuid())
        .bind::<Array<SqlUuid>, _>(uuids(sources))
        .bind::<Timestamptz, _>(now)
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(Moved::from).collect())
}
