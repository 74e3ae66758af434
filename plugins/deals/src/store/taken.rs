//! The deals of stages that are taken away go to other stages. Without a scope: whoever takes a stage away leaves no deal in it,
//! whoever's it is.

use crm_storage::Error;
use diesel::prelude::*;
use diesel::sql_types::{Array, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::row::DealRow;
use super::schema::deals_deals;
use crate::deal::Deal;
use crate::pipeline::{Stage, StageId};

const TAKE: &str = "
    update deals_deals
    set stage_id = $1, pipeline_id = $2, stage_since = $3, rank = place.rank, version = version + 1, updated_at = $3
    from unnest($4, $5) as place (id, rank)
    where deals_deals.id = place.id";

/// The deals in any of these stages, put away or not, in the order in which they lie there, locked until the transaction ends; at
/// most as many.
pub(crate) async fn lock(
    conn: &mut AsyncPgConnection,
    stages: &[StageId],
    limit: i64,
) -> Result<Vec<Deal>, Error> {
    let stages: Vec<Uuid> = stages.iter().map(|stage| stage.uuid()).collect();
    let rows: Vec<DealRow> = deals_deals::table
        .filter(deals_deals::stage_id.eq_any(stages))
        .order((deals_deals::stage_id, deals_deals::rank))
        .limit(limit)
        .select(DealRow::as_select())
        .for_no_key_update()
        .load(conn)
        .await?;
    rows.into_iter().map(Deal::try_from).collect()
}

/// Stores deals that were taken to another stage of the same kind as theirs, all at the same instant.
pub(crate) async fn store(
    conn: &mut AsyncPgConnection,
    stage: &Stage,
    deals: &[Deal],
) -> Result<(), Error> {
    let Some(first) = deals.first() else {
        return Ok(());
    };
    let ids: Vec<Uuid> = deals.iter().map(|deal| deal.id.uuid()).collect();
    let ranks: Vec<String> = deals.iter().map(|deal| deal.rank.to_string()).collect();
    diesel::sql_query(TAKE)
        .bind::<SqlUuid, _>(stage.id.uuid())
        .bind::<SqlUuid, _>(stage.pipeline.uuid())
        .bind::<Timestamptz, _>(first.stage_since)
        .bind::<Array<SqlUuid>, _>(ids)
        .bind::<Array<Text>, _>(ranks)
        .execute(conn)
        .await?;
    Ok(())
}

/// How many deals are in any of these stages, put away or not.
pub(crate) async fn count(conn: &mut AsyncPgConnection, stages: &[StageId]) -> Result<i64, Error> {
    let stages: Vec<Uuid> = stages.iter().map(|stage| stage.uuid()).collect();
    let held = deals_deals::table.filter(deals_deals::stage_id.eq_any(stages));
    Ok(held.count().get_result(conn).await?)
}
