//! The candidates of a search among customers.

use crm_authz::Scope;
use crm_domain::customer::Customer;
use crm_domain::search::SearchQuery;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::matching::{Rows, visible};
use super::row::CustomerRow;
use crate::Error;
use crate::schema::customers;
use crate::search::{Stage, found};

found!(customers: Customer as CustomerRow, read by |row| Ok(Customer::from(row)), named by name_key);

/// All words together are the name, the address or the number.
fn exactly(rows: Rows, query: &SearchQuery) -> Rows {
    let joined = query.joined();
    let is_exact = customers::name_key
        .eq(joined.clone())
        .nullable()
        .or(customers::email_key.eq(joined))
        .or(customers::phone_key.eq(query.phone_key()));
    rows.filter(is_exact.assume_not_null())
}

/// Each tag is on it.
fn labelled(rows: Rows, query: &SearchQuery) -> Rows {
    if query.tags().is_empty() {
        return rows;
    }
    rows.filter(customers::tag_keys.contains(query.tags().to_vec()))
}
