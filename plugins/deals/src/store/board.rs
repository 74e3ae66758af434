//! The board: the first cards of each stage, and what a stage adds up to. However many deals there are, of each stage only so many
//! are read, by the index in which they lie in order.

use crm_authz::Scope;
use crm_domain::ids::UserId;
use crm_domain::money::Money;
use crm_storage::Error;
use crm_storage::plugin::{Within, within};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Bool, Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::figures::sum;
use crate::deal::Deal;
use crate::forecast::Sum;
use crate::pipeline::{PipelineId, StageId};

/// Of how many deals of a stage the number and the sums are told.
pub(crate) const CAP: i64 = 1000;

/// Which deals are on the board.
pub(crate) struct OnBoard<'a> {
    pub(crate) pipeline: PipelineId,
    pub(crate) owner: Option<UserId>,
    pub(crate) scope: &'a Scope<Deal>,
}

impl OnBoard<'_> {
    fn of_each_stage(
        &self,
        columns: &'static str,
        from_each: (&'static str, i64),
        end: &'static str,
    ) -> OfEachStage {
        let (inner, limit) = from_each;
        OfEachStage {
            columns,
            inner,
            limit,
            end,
            pipeline: self.pipeline.uuid(),
            owner: self.owner.map(UserId::uuid),
            within: within(self.scope),
        }
    }
}

/// Rows of the first deals of each stage of a pipeline.
struct OfEachStage {
    columns: &'static str,
    inner: &'static str,
    limit: i64,
    end: &'static str,
    pipeline: Uuid,
    owner: Option<Uuid>,
    within: Within,
}

impl QueryFragment<Pg> for OfEachStage {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        out.push_sql("SELECT ");
        out.push_sql(self.columns);
        out.push_sql(" FROM deals_stages CROSS JOIN LATERAL (SELECT ");
        out.push_sql(self.inner);
        out.push_sql(" FROM deals_deals WHERE deals_deals.stage_id = deals_stages.id AND NOT deals_deals.is_archived AND ");
        self.within.walk_ast(out.reborrow())?;
        if let Some(owner) = &self.owner {
            out.push_sql(" AND deals_deals.assigned_to = ");
            out.push_bind_param::<SqlUuid, _>(owner)?;
        }
        out.push_sql(" ORDER BY deals_deals.rank LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.limit)?;
        out.push_sql(
            ") AS card WHERE NOT deals_stages.is_archived AND deals_stages.pipeline_id = ",
        );
        out.push_bind_param::<SqlUuid, _>(&self.pipeline)?;
        out.push_sql(self.end);
        Ok(())
    }
}

/// What a statement gives.
struct Rows<SqlType>(OfEachStage, std::marker::PhantomData<fn() -> SqlType>);

impl<SqlType> QueryFragment<Pg> for Rows<SqlType> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }
}

impl<SqlType> QueryId for Rows<SqlType> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<SqlType> Query for Rows<SqlType> {
    type SqlType = SqlType;
}

/// The ids of the first deals of each stage.
pub(crate) async fn cards(
    conn: &mut AsyncPgConnection,
    board: &OnBoard<'_>,
    limit: u16,
) -> Result<Vec<Uuid>, Error> {
    let cards = board.of_each_stage("card.id", ("deals_deals.id", limit.into()), "");
    let cards: Rows<SqlUuid> = Rows(cards, std::marker::PhantomData);
    Ok(cards.load(conn).await?)
}

/// What the first deals of a stage add up to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StageTotal {
    pub(crate) stage: StageId,
    pub(crate) deals: i64,
    /// `None` for those without an amount.
    pub(crate) sum: Option<Sum>,
    /// Whether there are more deals in the stage.
    pub(crate) goes_on: bool,
}

const COLUMNS: &str = "deals_stages.id, card.currency, count(*) FILTER (WHERE card.place <= 1000), \
     least(coalesce(sum(card.amount) FILTER (WHERE card.place <= 1000), 0), 9007199254740991)::bigint, \
     least(coalesce(sum((card.amount * coalesce(card.probability_override, deals_stages.probability) + 50) / 100) \
         FILTER (WHERE card.place <= 1000), 0), 9007199254740991)::bigint, \
     bool_or(card.place > 1000)";

const INNER: &str = "deals_deals.currency, deals_deals.amount, deals_deals.probability_override, \
     row_number() OVER (ORDER BY deals_deals.rank) AS place";

type TotalTypes = (SqlUuid, Nullable<Text>, BigInt, BigInt, BigInt, Bool);
type TotalRow = (Uuid, Option<String>, i64, i64, i64, bool);

/// What the first [`CAP`] deals of each stage add up to, by currency.
pub(crate) async fn totals(
    conn: &mut AsyncPgConnection,
    board: &OnBoard<'_>,
) -> Result<Vec<StageTotal>, Error> {
    const { assert!(CAP == 1000 && Money::MAX_AMOUNT == 9_007_199_254_740_991) };
    let end = " GROUP BY deals_stages.id, card.currency ORDER BY card.currency";
    let totals = board.of_each_stage(COLUMNS, (INNER, CAP + 1), end);
    let totals: Rows<TotalTypes> = Rows(totals, std::marker::PhantomData);
    let rows: Vec<TotalRow> = totals.load(conn).await?;
    let total = |(stage, currency, deals, amount, weighted, goes_on): TotalRow| StageTotal {
        stage: stage.into(),
        deals,
        sum: sum(currency, (deals, amount, weighted)),
        goes_on,
    };
    Ok(rows.into_iter().map(total).collect())
}
