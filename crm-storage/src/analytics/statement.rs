//! Statements that are put together from texts and values: what the query builder has no words for.

use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, Timestamptz};

use crate::visibility::Within;

/// A statement whose rows are of the SQL type `Row`.
pub(super) struct Statement<Row> {
    parts: Vec<Part>,
    row: PhantomData<fn() -> Row>,
}

enum Part {
    Sql(&'static str),
    Within(Within),
    Time(DateTime<Utc>),
    Times(Vec<DateTime<Utc>>),
    Number(usize),
}

impl<Row> Statement<Row> {
    /// A statement that begins so.
    pub(super) fn new(sql: &'static str) -> Self {
        Self {
            parts: vec![Part::Sql(sql)],
            row: PhantomData,
        }
    }

    /// Goes on with this text.
    pub(super) fn sql(self, sql: &'static str) -> Self {
        self.with(Part::Sql(sql))
    }

    /// Goes on with the condition of a scope.
    pub(super) fn within(self, within: Within) -> Self {
        self.with(Part::Within(within))
    }

    /// Goes on with this instant.
    pub(super) fn time(self, at: DateTime<Utc>) -> Self {
        self.with(Part::Time(at))
    }

    /// Goes on with an array of these instants.
    pub(super) fn times(self, at: impl IntoIterator<Item = DateTime<Utc>>) -> Self {
        self.with(Part::Times(at.into_iter().collect()))
    }

    /// Goes on with this number, written out.
    pub(super) fn number(self, number: usize) -> Self {
        self.with(Part::Number(number))
    }

    /// Goes on with the condition that `column` is an instant from the first to before the second.
    pub(super) fn between(
        self,
        column: &'static str,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Self {
        let begun = self.sql(column).sql(" >= ").time(from);
        begun.sql(" and ").sql(column).sql(" < ").time(until)
    }

    fn with(mut self, part: Part) -> Self {
        self.parts.push(part);
        self
    }
}

impl<Row> QueryFragment<Pg> for Statement<Row> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        // A plan for some days would not suit others, and nothing bounds how many texts there are.
        out.unsafe_to_cache_prepared();
        for part in &self.parts {
            match part {
                Part::Sql(sql) => out.push_sql(sql),
                Part::Within(within) => within.walk_ast(out.reborrow())?,
                Part::Time(at) => out.push_bind_param::<Timestamptz, _>(at)?,
                Part::Times(at) => out.push_bind_param::<Array<Timestamptz>, _>(at)?,
                Part::Number(number) => out.push_sql(&number.to_string()),
            }
        }
        Ok(())
    }
}

impl<Row> QueryId for Statement<Row> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Row> Query for Statement<Row> {
    type SqlType = Row;
}
