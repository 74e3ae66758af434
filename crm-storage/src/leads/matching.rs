//! Which leads a filter and a scope mean, and in which order.

use chrono::{DateTime, Utc};
use crm_authz::Scope;
use crm_domain::ids::UserId;
use crm_domain::lead::{Lead, LeadFilter, LeadSort, LeadSortField, LeadStatus};
use crm_domain::page::Slice;
use crm_domain::permission::Ownership;
use crm_domain::text::{SearchTerm, Tag};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use crate::query::Order;
use crate::record::{created, narrowed, tagged};
use crate::schema::{leads, users};

narrowed!(leads: Lead, named by name_key);
tagged!(leads);
created!(leads);

/// Whether all leads, or those in one status, are meant: then one plan is good for all values.
///
/// The values of other filters are common or rare, and a plan for the one reads the whole index for the other.
pub(super) fn is_plain(filter: &LeadFilter) -> bool {
    let LeadFilter {
        statuses,
        search,
        assigned_agent,
        source,
        tag,
        created_from,
        created_to,
        is_archived: _,
    } = filter;
    statuses.len() <= 1
        && search.is_none()
        && assigned_agent.is_none()
        && source.is_none()
        && tag.is_none()
        && created_from.is_none()
        && created_to.is_none()
}

/// The leads that match the filter within the scope.
pub(super) fn matching(filter: &LeadFilter, scope: &Scope<Lead>) -> Rows {
    let LeadFilter {
        statuses,
        search,
        assigned_agent,
        source,
        tag,
        created_from,
        created_to,
        is_archived,
    } = filter;
    let rows = archived(visible_of(*assigned_agent, scope), *is_archived);
    // Those at hand are none, and an index on them does not say so.
    let rows = if *is_archived {
        rows.filter(leads::merged_into.is_null())
    } else {
        rows
    };
    let mut rows = in_statuses(rows, statuses);
    if let Some(source) = source {
        rows = rows.filter(leads::source.eq(source.to_string()));
    }
    let rows = created(tagged(rows, tag.as_ref()), *created_from, *created_to);
    searched(rows, search.as_ref())
}

fn in_statuses(rows: Rows, statuses: &[LeadStatus]) -> Rows {
    match statuses {
        [] => rows,
        // One status is an equality, so that its index also gives the order.
        [status] => rows.filter(leads::status.eq(status.as_str())),
        several => rows
            .filter(leads::status.eq_any(several.iter().map(|s| s.as_str()).collect::<Vec<_>>())),
    }
}

/// The columns that the leads are sorted by.
pub(super) const fn order(sort: LeadSort) -> Order {
    let column = match sort.field {
        LeadSortField::CreatedAt => "leads.created_at",
        LeadSortField::UpdatedAt => "leads.updated_at",
        LeadSortField::Name => "leads.name_key",
    };
    Order::new(column, "leads.id", sort.direction)
}
