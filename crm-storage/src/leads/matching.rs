//! Which leads a filter and a scope mean, and in which order.

use chrono::{DateTime, Utc};
use crm_authz::Scope;
use crm_domain::custom_field::CustomCondition;
use crm_domain::ids::UserId;
use crm_domain::lead::{Lead, LeadFilter, LeadSort, LeadSortField, LeadStatus};
use crm_domain::page::Slice;
use crm_domain::permission::Ownership;
use crm_domain::text::{SearchTerm, Source, Tag};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use crate::custom_fields::sort_key;
use crate::query::Order;
use crate::record::{assigned, created, custom, narrowed, tagged};
use crate::schema::{leads, users};

narrowed!(leads: Lead, named by name_key);
tagged!(leads);
created!(leads);
assigned!(leads);
custom!(leads);

/// Whether all leads, or those in one status, are meant: then one plan is good for all values.
///
/// The values of other filters are common or rare, and a plan for the one reads the whole index for the other.
pub(super) fn is_plain(filter: &LeadFilter) -> bool {
    let LeadFilter {
        statuses,
        search,
        assigned_agent,
        not_agents,
        has_agent,
        source,
        not_sources,
        has_source,
        tag,
        created_from,
        created_to,
        converted_from,
        converted_to,
        scope: _,
        custom,
        is_archived: _,
    } = filter;
    statuses.len() <= 1
        && search.is_none()
        && assigned_agent.is_none()
        && not_agents.is_empty()
        && has_agent.is_none()
        && source.is_none()
        && not_sources.is_empty()
        && has_source.is_none()
        && tag.is_none()
        && created_from.is_none()
        && created_to.is_none()
        && converted_from.is_none()
        && converted_to.is_none()
        && custom.is_empty()
}

/// The words that are looked for.
pub(super) const fn words(filter: &LeadFilter) -> Option<&SearchTerm> {
    filter.search.as_ref()
}

/// The leads of the filter's agent, if it has one, within the scope: those at hand, or those that are put away.
pub(super) fn at_hand(filter: &LeadFilter, scope: &Scope<Lead>) -> Rows {
    archived(visible_of(filter.assigned_agent, scope), filter.is_archived)
}

/// The leads that match the filter within the scope.
pub(super) fn matching(filter: &LeadFilter, scope: &Scope<Lead>) -> Rows {
    let LeadFilter {
        statuses,
        search,
        assigned_agent: _,
        not_agents,
        has_agent,
        source,
        not_sources,
        has_source,
        tag,
        created_from,
        created_to,
        converted_from,
        converted_to,
        // How far the scope reaches was decided where it was made.
        scope: _,
        custom: conditions,
        is_archived,
    } = filter;
    let rows = at_hand(filter, scope);
    // Those at hand are none, and an index on them does not say so.
    let rows = if *is_archived {
        rows.filter(leads::merged_into.is_null())
    } else {
        rows
    };
    let rows = in_statuses(rows, statuses);
    let rows = assigned(rows, *has_agent, not_agents);
    let rows = from_source(rows, source.as_ref(), not_sources, *has_source);
    let rows = created(tagged(rows, tag.as_ref()), *created_from, *created_to);
    let rows = converted(rows, *converted_from, *converted_to);
    searched(custom(rows, conditions), search.as_ref())
}

fn from_source(
    mut rows: Rows,
    source: Option<&Source>,
    not_sources: &[Source],
    has_source: Option<bool>,
) -> Rows {
    if let Some(source) = source {
        rows = rows.filter(leads::source.eq(source.to_string()));
    }
    if !not_sources.is_empty() {
        let sources: Vec<_> = not_sources.iter().map(ToString::to_string).collect();
        rows = rows.filter(leads::source.ne_all(sources));
    }
    match has_source {
        None => rows,
        Some(true) => rows.filter(leads::source.is_not_null()),
        Some(false) => rows.filter(leads::source.is_null()),
    }
}

fn converted(mut rows: Rows, from: Option<DateTime<Utc>>, to: Option<DateTime<Utc>>) -> Rows {
    if let Some(from) = from {
        rows = rows.filter(leads::converted_at.ge(from));
    }
    if let Some(to) = to {
        rows = rows.filter(leads::converted_at.lt(to));
    }
    rows
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
pub(super) fn order(sort: LeadSort) -> Order {
    let column = match sort.field {
        LeadSortField::Custom(key) => {
            let key = sort_key("leads", key);
            return Order::by(key, "leads.id", sort.direction);
        }
        LeadSortField::CreatedAt => "leads.created_at",
        LeadSortField::UpdatedAt => "leads.updated_at",
        LeadSortField::Name => "leads.name_key",
    };
    Order::new(column, "leads.id", sort.direction)
}
