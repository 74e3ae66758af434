//! The ranks of the cards of a stage, which is locked: whoever gives one holds the stage.
//!
//! Without a scope: a card lies between its neighbours, whoever's they are, and nothing is told of those.

use crm_storage::Error;
use diesel::dsl::{max, min};
use diesel::prelude::*;
use diesel::sql_types::Uuid as SqlUuid;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::schema::deals_deals;
use crate::deal::DealId;
use crate::pipeline::StageId;
use crate::rank::Rank;

/// Gives all cards of a stage short ranks with room between them, in the order in which they lie. No change of the deals: they keep
/// their versions.
const RANK_ANEW: &str = "
    update deals_deals set rank = fresh.rank
    from (
        select id, rtrim(lpad(to_hex((row_number() over (order by rank) << 32) / (count(*) over () + 1)), 8, '0'), '0') as rank
        from deals_deals where stage_id = $1
    ) as fresh
    where deals_deals.id = fresh.id";

/// The highest card of a stage, other than this deal's.
pub(crate) async fn highest(
    conn: &mut AsyncPgConnection,
    stage: StageId,
    except: DealId,
) -> Result<Option<Rank>, Error> {
    let rank: Option<String> = others(stage, except)
        .select(min(deals_deals::rank))
        .first(conn)
        .await?;
    Ok(rank.map(Rank::from_stored))
}

/// The lowest card of a stage.
pub(crate) async fn lowest(
    conn: &mut AsyncPgConnection,
    stage: StageId,
) -> Result<Option<Rank>, Error> {
    let rank: Option<String> = deals_deals::table
        .filter(deals_deals::stage_id.eq(stage.uuid()))
        .select(max(deals_deals::rank))
        .first(conn)
        .await?;
    Ok(rank.map(Rank::from_stored))
}

/// The card just above a rank, other than this deal's.
pub(crate) async fn above(
    conn: &mut AsyncPgConnection,
    stage: StageId,
    rank: &Rank,
    except: DealId,
) -> Result<Option<Rank>, Error> {
    let rank: Option<String> = others(stage, except)
        .filter(deals_deals::rank.lt(rank.as_str()))
        .select(max(deals_deals::rank))
        .first(conn)
        .await?;
    Ok(rank.map(Rank::from_stored))
}

/// The card just below a rank, other than this deal's.
pub(crate) async fn below(
    conn: &mut AsyncPgConnection,
    stage: StageId,
    rank: &Rank,
    except: DealId,
) -> Result<Option<Rank>, Error> {
    let rank: Option<String> = others(stage, except)
        .filter(deals_deals::rank.gt(rank.as_str()))
        .select(min(deals_deals::rank))
        .first(conn)
        .await?;
    Ok(rank.map(Rank::from_stored))
}

/// Gives all cards of a stage new ranks, in the order in which they lie.
pub(crate) async fn rank_anew(conn: &mut AsyncPgConnection, stage: StageId) -> Result<(), Error> {
    diesel::sql_query(RANK_ANEW)
        .bind::<SqlUuid, _>(stage.uuid())
        .execute(conn)
        .await?;
    Ok(())
}

#[diesel::dsl::auto_type(no_type_alias)]
fn others(stage: StageId, except: DealId) -> _ {
    let (stage, except): (uuid::Uuid, uuid::Uuid) = (stage.uuid(), except.uuid());
    deals_deals::table
        .filter(deals_deals::stage_id.eq(stage))
        .filter(deals_deals::id.ne(except))
}
