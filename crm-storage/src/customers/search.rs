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
use crate::search::{Stage, contacts, found};

found!(customers: Customer as CustomerRow, read by |row| Ok(Customer::from(row)), named by name_key);
contacts!(customers);
