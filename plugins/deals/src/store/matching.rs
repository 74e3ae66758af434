//! Which deals a filter and a scope mean, and in which order.

use chrono::{DateTime, NaiveDate, Utc};
use crm_authz::Scope;
use crm_domain::ids::UserId;
use crm_domain::page::Slice;
use crm_domain::permission::Ownership;
use crm_domain::text::SearchTerm;
use crm_storage::narrowed;
use crm_storage::plugin::Order;
use diesel::dsl::{exists, not, sql};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Timestamptz};

use super::schema::{deals_deals, deals_stages, users};
use crate::deal::{Deal, DealFilter, DealFilterAt, DealSort, DealSortField};
use crate::pipeline::StageKind;

narrowed!(deals_deals: Deal, named by name_key);

/// Whether all deals, or those of one kind, are meant: then one plan is good for all values. See leads.
pub(super) fn is_plain(filter: &DealFilter) -> bool {
    let DealFilter {
        pipeline,
        stage,
        kinds,
        owner,
        customer,
        search,
        expected_from,
        expected_to,
        closed_from,
        closed_to,
        is_stale,
        is_archived: _,
    } = filter;
    kinds.len() <= 1
        && pipeline.is_none()
        && stage.is_none()
        && owner.is_none()
        && customer.is_none()
        && search.is_none()
        && expected_from.is_none()
        && expected_to.is_none()
        && closed_from.is_none()
        && closed_to.is_none()
        && is_stale.is_none()
}

/// The deals that match the filter within the scope.
pub(super) fn matching(at: &DealFilterAt, scope: &Scope<Deal>) -> Rows {
    let DealFilter {
        pipeline,
        stage,
        kinds,
        owner,
        customer,
        search,
        expected_from,
        expected_to,
        closed_from,
        closed_to,
        is_stale,
        is_archived,
    } = &at.filter;
    let mut rows = of_kinds(archived(visible_of(*owner, scope), *is_archived), kinds);
    if let Some(pipeline) = pipeline {
        rows = rows.filter(deals_deals::pipeline_id.eq(pipeline.uuid()));
    }
    if let Some(stage) = stage {
        rows = rows.filter(deals_deals::stage_id.eq(stage.uuid()));
    }
    if let Some(customer) = customer {
        rows = rows.filter(deals_deals::customer_id.eq(customer.uuid()));
    }
    let rows = expected(rows, *expected_from, *expected_to);
    let rows = stale(closed(rows, *closed_from, *closed_to), *is_stale, at.now);
    searched(rows, search.as_ref())
}

fn of_kinds(rows: Rows, kinds: &[StageKind]) -> Rows {
    match kinds {
        [] => rows,
        // One kind is an equality, so that its index also gives the order.
        [kind] => rows.filter(deals_deals::kind.eq(kind.as_str())),
        several => {
            let kinds: Vec<_> = several.iter().map(|kind| kind.as_str()).collect();
            rows.filter(deals_deals::kind.eq_any(kinds))
        }
    }
}

/// By the key that lists are sorted by, which has an index.
fn expected(mut rows: Rows, from: Option<NaiveDate>, to: Option<NaiveDate>) -> Rows {
    if let Some(from) = from {
        rows = rows.filter(deals_deals::close_key.ge(from.to_string()));
    }
    if let Some(to) = to {
        rows = rows.filter(deals_deals::close_key.le(to.to_string()));
    }
    if from.is_some() {
        // Those without a day come after all days.
        rows = rows.filter(deals_deals::expected_close_date.is_not_null());
    }
    rows
}

/// That a deal is closed is written out, not bound, for the partial index.
fn closed(mut rows: Rows, from: Option<DateTime<Utc>>, to: Option<DateTime<Utc>>) -> Rows {
    if from.is_some() || to.is_some() {
        rows = rows.filter(sql::<Bool>("deals_deals.kind <> 'open'"));
    }
    if let Some(from) = from {
        rows = rows.filter(deals_deals::closed_at.ge(from));
    }
    if let Some(to) = to {
        rows = rows.filter(deals_deals::closed_at.lt(to));
    }
    rows
}

/// In their stage for longer than it says. Only open stages say it.
fn stale(rows: Rows, is_stale: Option<bool>, now: DateTime<Utc>) -> Rows {
    let Some(is_stale) = is_stale else {
        return rows;
    };
    let since = sql::<Bool>("deals_deals.stage_since < ")
        .bind::<Timestamptz, _>(now)
        .sql(" - make_interval(days => deals_stages.stale_after_days)");
    let overstayed = deals_stages::table
        .filter(deals_stages::id.eq(deals_deals::stage_id))
        .filter(deals_stages::stale_after_days.is_not_null())
        .filter(since);
    if is_stale {
        rows.filter(exists(overstayed))
    } else {
        rows.filter(not(exists(overstayed)))
    }
}

/// The columns that the deals are sorted by.
pub(super) fn order(sort: DealSort) -> Order {
    let column = match sort.field {
        DealSortField::CreatedAt => "deals_deals.created_at",
        DealSortField::UpdatedAt => "deals_deals.updated_at",
        DealSortField::Name => "deals_deals.name_key",
        DealSortField::ExpectedClose => "deals_deals.close_key",
        DealSortField::Amount => "deals_deals.amount_key",
        DealSortField::Rank => "deals_deals.rank",
    };
    Order::new(column, "deals_deals.id", sort.direction)
}
