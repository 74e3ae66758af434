//! Which customers a filter and a scope mean, and in which order.

use chrono::{DateTime, Utc};
use crm_authz::Scope;
use crm_domain::custom_field::CustomCondition;
use crm_domain::customer::{Customer, CustomerFilter, CustomerSort, CustomerSortField};
use crm_domain::ids::UserId;
use crm_domain::page::Slice;
use crm_domain::permission::Ownership;
use crm_domain::text::{SearchTerm, Tag};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use crate::custom_fields::sort_key;
use crate::query::Order;
use crate::record::{assigned, created, custom, narrowed, tagged};
use crate::schema::{customers, users};

narrowed!(customers: Customer, named by name_key);
tagged!(customers);
created!(customers);
assigned!(customers);
custom!(customers);

/// Whether all customers are meant: then one plan is good for all values.
pub(super) fn is_plain(filter: &CustomerFilter) -> bool {
    let everything = CustomerFilter {
        is_archived: filter.is_archived,
        scope: filter.scope,
        ..CustomerFilter::default()
    };
    *filter == everything
}

/// The words that are looked for.
pub(super) const fn words(filter: &CustomerFilter) -> Option<&SearchTerm> {
    filter.search.as_ref()
}

/// The customers of the filter's owner, if it has one, within the scope: those at hand, or those that are put away.
pub(super) fn at_hand(filter: &CustomerFilter, scope: &Scope<Customer>) -> Rows {
    archived(visible_of(filter.owner, scope), filter.is_archived)
}

/// The customers that match the filter within the scope.
pub(super) fn matching(filter: &CustomerFilter, scope: &Scope<Customer>) -> Rows {
    let CustomerFilter {
        search,
        owner: _,
        not_owners,
        has_owner,
        tag,
        created_from,
        created_to,
        // How far the scope reaches was decided where it was made.
        scope: _,
        custom: conditions,
        is_archived,
    } = filter;
    let rows = at_hand(filter, scope);
    // Those at hand are none, and an index on them does not say so.
    let rows = if *is_archived {
        rows.filter(customers::merged_into.is_null())
    } else {
        rows
    };
    let rows = assigned(rows, *has_owner, not_owners);
    let rows = created(tagged(rows, tag.as_ref()), *created_from, *created_to);
    searched(custom(rows, conditions), search.as_ref())
}

/// The columns that the customers are sorted by.
pub(super) fn order(sort: CustomerSort) -> Order {
    let column = match sort.field {
        CustomerSortField::Custom(key) => {
            let key = sort_key("customers", key);
            return Order::by(key, "customers.id", sort.direction);
        }
        CustomerSortField::CreatedAt => "customers.created_at",
        CustomerSortField::UpdatedAt => "customers.updated_at",
        CustomerSortField::Name => "customers.name_key",
    };
    Order::new(column, "customers.id", sort.direction)
}
