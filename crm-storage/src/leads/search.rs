//! The candidates of a search among leads.

use crm_authz::Scope;
use crm_domain::lead::Lead;
use crm_domain::search::SearchQuery;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::matching::{Rows, visible};
use super::row::LeadRow;
use crate::Error;
use crate::schema::leads;
use crate::search::{Stage, found};

found!(leads: Lead as LeadRow, read by Lead::try_from, named by name_key);

/// All words together are the name, the address or the number.
fn exactly(rows: Rows, query: &SearchQuery) -> Rows {
    let joined = query.joined();
    let is_exact = leads::name_key
        .eq(joined.clone())
        .nullable()
        .or(leads::email_key.eq(joined))
        .or(leads::phone_key.eq(query.phone_key()));
    rows.filter(is_exact.assume_not_null())
}

/// Each tag is on it.
fn labelled(rows: Rows, query: &SearchQuery) -> Rows {
    if query.tags().is_empty() {
        return rows;
    }
    rows.filter(leads::tag_keys.contains(query.tags().to_vec()))
}
