//! The candidates of a search among tasks.

use crm_authz::Scope;
use crm_domain::search::SearchQuery;
use crm_domain::task::Task;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::matching::{Rows, visible};
use super::row::TaskRow;
use crate::Error;
use crate::schema::tasks;
use crate::search::{Stage, found};

found!(tasks: Task as TaskRow, read by Task::try_from, named by title_key);

/// All words together are the title.
fn exactly(rows: Rows, query: &SearchQuery) -> Rows {
    rows.filter(tasks::title_key.eq(query.joined()))
}

/// Tasks have neither tags nor addresses nor numbers.
fn labelled(rows: Rows, query: &SearchQuery) -> Rows {
    let labels = [query.tags(), query.emails(), query.phones()];
    let has_none = labels.into_iter().all(<[String]>::is_empty);
    rows.filter(has_none.into_sql::<Bool>())
}
