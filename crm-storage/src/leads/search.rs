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
use crate::search::{Stage, contacts, found};

found!(leads: Lead as LeadRow, read by Lead::try_from, named by name_key);
contacts!(leads);
