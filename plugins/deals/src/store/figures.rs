//! Sums of deals, within the reader's scope: whole numbers, by the arithmetic of [`crate::forecast`].

use chrono::{DateTime, NaiveDate, Utc};
use crm_authz::Scope;
use crm_domain::money::Currency;
use crm_storage::Error;
use crm_storage::plugin::{Within, within};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{
    Array, BigInt, Date, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::deal::Deal;
use crate::forecast::Sum;
use crate::pipeline::{StageId, StageKind};

/// How many deals, their amounts, and those by their probabilities.
const SUMS: &str = "count(*), least(coalesce(sum(deals_deals.amount), 0), 9007199254740991)::bigint, \
     least(coalesce(sum((deals_deals.amount * coalesce(deals_deals.probability_override, deals_stages.probability) + 50) / 100), 0), \
         9007199254740991)::bigint \
     FROM deals_deals JOIN deals_stages ON deals_stages.id = deals_deals.stage_id \
     WHERE NOT deals_deals.is_archived AND ";

/// The sum of deals of a stored currency; `None` for those without an amount.
pub(super) fn sum(
    currency: Option<String>,
    (deals, amount, weighted): (i64, i64, i64),
) -> Option<Sum> {
    let currency: Currency = currency?.parse().ok()?;
    Some(Sum {
        currency,
        deals,
        amount,
        weighted,
    })
}

macro_rules! statement {
    ($Statement:ident gives $Types:ty) => {
        impl QueryId for $Statement {
            type QueryId = ();
            const HAS_STATIC_QUERY_ID: bool = false;
        }

        impl Query for $Statement {
            type SqlType = $Types;
        }
    };
}

/// Open deals that may be won on these days, by the part of them that each is in.
struct ByDay {
    /// The first day of each part.
    parts: Vec<NaiveDate>,
    last: NaiveDate,
    within: Within,
}

statement!(ByDay gives (Integer, Text, BigInt, BigInt, BigInt));

impl QueryFragment<Pg> for ByDay {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        out.push_sql("SELECT width_bucket(deals_deals.expected_close_date, ");
        out.push_bind_param::<Array<Date>, _>(&self.parts)?;
        out.push_sql("), deals_deals.currency, ");
        out.push_sql(SUMS);
        out.push_sql("deals_deals.kind = 'open' AND deals_deals.currency IS NOT NULL AND deals_deals.expected_close_date >= ");
        out.push_bind_param::<Date, _>(self.parts.as_slice().first().unwrap_or(&self.last))?;
        out.push_sql(" AND deals_deals.expected_close_date <= ");
        out.push_bind_param::<Date, _>(&self.last)?;
        out.push_sql(" AND ");
        self.within.walk_ast(out.reborrow())?;
        out.push_sql(" GROUP BY 1, 2");
        Ok(())
    }
}

/// Which part of the time some deals are in, counted from 0, and what they add up to.
pub(crate) type Part = (usize, Sum);

fn part(number: i32, sum: Option<Sum>) -> Option<Part> {
    let place = usize::try_from(number).ok()?.checked_sub(1)?;
    Some((place, sum?))
}

/// Open deals that may be won on these days, by the part of them that begins with each of `parts`; none where there are no days.
pub(crate) async fn open_by_day(
    conn: &mut AsyncPgConnection,
    parts: Vec<NaiveDate>,
    last: NaiveDate,
    scope: &Scope<Deal>,
) -> Result<Vec<Part>, Error> {
    let by_day = ByDay {
        parts,
        last,
        within: within(scope),
    };
    let rows: Vec<(i32, String, i64, i64, i64)> = by_day.load(conn).await?;
    let parts = rows
        .into_iter()
        .filter_map(|(number, currency, deals, amount, weighted)| {
            part(number, sum(Some(currency), (deals, amount, weighted)))
        });
    Ok(parts.collect())
}

/// Closed deals by when they were closed.
struct ByClosing {
    /// The first instant of each part.
    parts: Vec<DateTime<Utc>>,
    /// Where the last one ends.
    end: DateTime<Utc>,
    within: Within,
}

statement!(ByClosing gives (Integer, Text, Text, BigInt, BigInt, BigInt));

impl QueryFragment<Pg> for ByClosing {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        out.push_sql("SELECT width_bucket(deals_deals.closed_at, ");
        out.push_bind_param::<Array<Timestamptz>, _>(&self.parts)?;
        out.push_sql("), deals_deals.kind, deals_deals.currency, ");
        out.push_sql(SUMS);
        out.push_sql("deals_deals.kind <> 'open' AND deals_deals.currency IS NOT NULL AND deals_deals.closed_at >= ");
        out.push_bind_param::<Timestamptz, _>(self.parts.as_slice().first().unwrap_or(&self.end))?;
        out.push_sql(" AND deals_deals.closed_at < ");
        out.push_bind_param::<Timestamptz, _>(&self.end)?;
        out.push_sql(" AND ");
        self.within.walk_ast(out.reborrow())?;
        out.push_sql(" GROUP BY 1, 2, 3");
        Ok(())
    }
}

/// Closed deals by the part of the time in which they were closed, each of which begins with one of `parts`.
pub(crate) async fn closed(
    conn: &mut AsyncPgConnection,
    parts: Vec<DateTime<Utc>>,
    end: DateTime<Utc>,
    scope: &Scope<Deal>,
) -> Result<Vec<(StageKind, Part)>, Error> {
    let by_closing = ByClosing {
        parts,
        end,
        within: within(scope),
    };
    let rows: Vec<(i32, String, String, i64, i64, i64)> = by_closing.load(conn).await?;
    let parts = rows
        .into_iter()
        .filter_map(|(number, kind, currency, deals, amount, weighted)| {
            let part = part(number, sum(Some(currency), (deals, amount, weighted)))?;
            Some((kind.parse().ok()?, part))
        });
    Ok(parts.collect())
}

/// All open deals by their stages.
struct ByStage {
    within: Within,
}

statement!(ByStage gives (SqlUuid, Nullable<Text>, BigInt, BigInt, BigInt));

impl QueryFragment<Pg> for ByStage {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        out.push_sql("SELECT deals_deals.stage_id, deals_deals.currency, ");
        out.push_sql(SUMS);
        out.push_sql("deals_deals.kind = 'open' AND ");
        self.within.walk_ast(out.reborrow())?;
        out.push_sql(" GROUP BY 1, 2 ORDER BY 2");
        Ok(())
    }
}

/// All open deals by their stages and currencies: how many, and what they add up to where they have amounts.
pub(crate) async fn open_by_stage(
    conn: &mut AsyncPgConnection,
    scope: &Scope<Deal>,
) -> Result<Vec<(StageId, i64, Option<Sum>)>, Error> {
    let by_stage = ByStage {
        within: within(scope),
    };
    let rows: Vec<(Uuid, Option<String>, i64, i64, i64)> = by_stage.load(conn).await?;
    let stages = rows
        .into_iter()
        .map(|(stage, currency, deals, amount, weighted)| {
            (
                stage.into(),
                deals,
                sum(currency, (deals, amount, weighted)),
            )
        });
    Ok(stages.collect())
}
