//! Deals and pipelines in the database. Every query on deals carries the caller's scope; pipelines are everybody's to see.

pub(crate) mod board;
pub(crate) mod customers;
pub(crate) mod figures;
pub(crate) mod history;
mod matching;
pub(crate) mod merged;
pub(crate) mod pipelines;
#[cfg(all(test, feature = "http"))]
mod plans;
pub(crate) mod ranks;
mod row;
pub(crate) mod schema;
pub(crate) mod stages;
pub(crate) mod taken;

use std::collections::BTreeMap;

use crm_app::plugin::MAX_CUSTOMER_DEALS;
use crm_authz::Scope;
use crm_domain::ids::{CustomerId, UserId};
use crm_domain::page::{Slice, Total};
use crm_domain::text::Name;
use crm_domain::user::UserRef;
use crm_storage::Error;
use crm_storage::plugin::{self, Owned};
use crm_storage::stored;
use diesel::dsl::not;
use diesel::prelude::*;
use diesel::sql_types::Integer;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::deal::{Deal, DealFilterAt, DealId, DealSort};
use crate::pipeline::{Stage, StageId};
use matching::{is_plain, matching, order, sliced, visible, visible_of, with_assignee};
use row::{DealKeys, DealRow, UserRefRow};
use schema::{deals_deals, users};

stored!(deals_deals: Deal (DealId) as DealRow and DealKeys, read by Deal::try_from);

impl Owned for Deal {
    const TABLE: &'static str = "deals_deals";
    const OWNER: &'static str = "deals_deals.owner_id";
    const IS_UNASSIGNED: &'static str = "deals_deals.assigned_to is null";
    const NAME: Option<&'static str> = Some("deals_deals.name");
}

/// A deal with what lists show besides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedDeal {
    /// The deal.
    pub deal: Deal,
    /// The stage of `deal.stage`.
    pub stage: Stage,
    /// The user of `deal.owner`.
    pub owner: Option<UserRef>,
    /// The name of the customer, where it was looked up and may be read.
    pub customer_name: Option<Name>,
}

/// The deal `id`, where the scope reaches it. Its customer has no name yet.
pub(crate) async fn find(
    conn: &mut AsyncPgConnection,
    id: DealId,
    scope: &Scope<Deal>,
) -> Result<Option<ListedDeal>, Error> {
    Ok(find_all(conn, &[id.uuid()], scope).await?.pop())
}

/// Those of these deals that the scope reaches, in any order. Their customers have no names yet.
pub(crate) async fn find_all(
    conn: &mut AsyncPgConnection,
    ids: &[Uuid],
    scope: &Scope<Deal>,
) -> Result<Vec<ListedDeal>, Error> {
    let rows = with_assignee(visible(scope).filter(deals_deals::id.eq_any(ids.to_vec())))
        .select((DealRow::as_select(), Option::<UserRefRow>::as_select()))
        .load(conn)
        .await?;
    listed(conn, rows).await
}

/// One slice of the deals that match, in order, and whether there are more behind it. Their customers have no names yet.
pub(crate) async fn list(
    conn: &mut AsyncPgConnection,
    filter: &DealFilterAt,
    sort: DealSort,
    slice: &Slice,
    scope: &Scope<Deal>,
) -> Result<(Vec<ListedDeal>, bool), Error> {
    let deals = sliced(matching(filter, scope), order(sort), slice);
    let query =
        with_assignee(deals).select((DealRow::as_select(), Option::<UserRefRow>::as_select()));
    let is_kept = is_plain(&filter.filter);
    let (rows, goes_on) = plugin::slice(conn, query, slice, is_kept).await?;
    Ok((listed(conn, rows).await?, goes_on))
}

/// The newest deals of a customer that are not put away, of those that the scope reaches: their ids.
pub(crate) async fn ids_of_customer(
    conn: &mut AsyncPgConnection,
    customer: CustomerId,
    scope: &Scope<Deal>,
) -> Result<Vec<Uuid>, Error> {
    Ok(visible(scope)
        .filter(deals_deals::customer_id.eq(customer.uuid()))
        .filter(not(deals_deals::is_archived))
        .order((deals_deals::created_at.desc(), deals_deals::id.desc()))
        .limit(MAX_CUSTOMER_DEALS.into())
        .select(deals_deals::id)
        .load(conn)
        .await?)
}

/// The first deals at hand that are assigned to a user, of those that the scope reaches, at most as many.
pub(crate) async fn list_assigned(
    conn: &mut AsyncPgConnection,
    user: UserId,
    limit: i64,
    scope: &Scope<Deal>,
) -> Result<Vec<DealId>, Error> {
    let ids: Vec<Uuid> = visible_of(Some(user), scope)
        .filter(not(deals_deals::is_archived))
        .order(deals_deals::id)
        .limit(limit)
        .select(deals_deals::id)
        .load(conn)
        .await?;
    Ok(ids.into_iter().map(DealId::from).collect())
}

/// How many deals match: exactly, or up to a cap.
pub(crate) async fn count(
    conn: &mut AsyncPgConnection,
    filter: &DealFilterAt,
    exact: bool,
    scope: &Scope<Deal>,
) -> Result<Total, Error> {
    let query = matching(filter, scope).select(1.into_sql::<Integer>());
    let cap = plugin::total_cap(exact, filter.filter.search.is_some());
    plugin::total(conn, query, cap, is_plain(&filter.filter)).await
}

/// The deal as lists have it. Its customer has no name yet.
pub(crate) async fn shown(conn: &mut AsyncPgConnection, deal: Deal) -> Result<ListedDeal, Error> {
    let stages = stages::find_all(conn, &[deal.stage.uuid()]).await?;
    let owner = match deal.owner {
        Some(owner) => users::table
            .find(owner.uuid())
            .select(UserRefRow::as_select())
            .first(conn)
            .await
            .optional()?,
        None => None,
    };
    with_stage(deal, owner.map(UserRef::from), &stages)
}

/// How many new deals one statement stores: each takes some 25 of the 65,535 parameters of one.
const AT_ONCE: usize = 500;

/// Stores new deals, in a few statements.
pub(crate) async fn insert_all(conn: &mut AsyncPgConnection, deals: &[Deal]) -> Result<(), Error> {
    for deals in deals.chunks(AT_ONCE) {
        let rows: Vec<_> = deals
            .iter()
            .map(|deal| (DealRow::from(deal), DealKeys::from(deal)))
            .collect();
        diesel::insert_into(deals_deals::table)
            .values(rows)
            .execute(conn)
            .await?;
    }
    Ok(())
}

type Row = (DealRow, Option<UserRefRow>);

async fn listed(conn: &mut AsyncPgConnection, rows: Vec<Row>) -> Result<Vec<ListedDeal>, Error> {
    let deals = rows
        .into_iter()
        .map(|(row, owner)| Ok((Deal::try_from(row)?, owner.map(UserRef::from))))
        .collect::<Result<Vec<_>, Error>>()?;
    let mut ids: Vec<_> = deals.iter().map(|(deal, _)| deal.stage.uuid()).collect();
    ids.sort_unstable();
    ids.dedup();
    let stages = stages::find_all(conn, &ids).await?;
    let listed = deals.into_iter();
    listed
        .map(|(deal, owner)| with_stage(deal, owner, &stages))
        .collect()
}

fn with_stage(
    deal: Deal,
    owner: Option<UserRef>,
    stages: &BTreeMap<StageId, Stage>,
) -> Result<ListedDeal, Error> {
    let stage = stages.get(&deal.stage).cloned();
    let stage = stage.ok_or_else(|| row::corrupt(deal.id.uuid(), "in no stage"))?;
    Ok(ListedDeal {
        deal,
        stage,
        owner,
        customer_name: None,
    })
}
