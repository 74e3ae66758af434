//! What diesel's query builder lacks: statements that are prepared once, literal limits, row comparison.

use std::borrow::Cow;

use crm_domain::list::Direction;
use crm_domain::page::{Limit, Position, Slice, SortKey, TOTAL_CAP, Total, WORDS_TOTAL_CAP};
use diesel::expression::Expression;
use diesel::expression::expression_types::NotSelectable;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Bool, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::methods::LoadQuery;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use uuid::Uuid;

use crate::Error;

/// Prepares the statement once a connection, which diesel never does for an UPDATE: 758 us become 327 us.
///
/// Only for statements whose text is always the same: the cache is not bounded.
pub struct Cached<Q>(
    /// The statement.
    pub Q,
);

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Cached<Q> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }

    fn is_safe_to_cache_prepared(&self, _: &Pg) -> QueryResult<bool> {
        Ok(true)
    }
}

impl<Q> QueryId for Cached<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for Cached<Q> {
    type SqlType = Q::SqlType;
}

/// A page, and the row after it, which tells whether there is more.
///
/// `LIMIT` is a literal: a bound one makes Postgres plan the statement anew at each execution.
pub struct Paged<Q> {
    /// The rows, in order.
    pub query: Q,
    /// How many of them.
    pub limit: Limit,
    /// How many are left out before them.
    pub offset: i64,
    /// Whether the statement is kept prepared with one plan for all values. Only for a few texts: nothing bounds
    /// how many are kept.
    pub is_kept: bool,
}

/// The sizes of pages that people have; another one is not worth a kept statement.
const KEPT_LIMITS: [u16; 4] = [10, 25, 50, 100];

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Paged<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.query.walk_ast(out.reborrow())?;
        out.push_sql(" LIMIT ");
        out.push_sql(&(self.limit.rows() + 1).to_string());
        if self.offset > 0 {
            out.push_sql(" OFFSET ");
            out.push_bind_param::<BigInt, _>(&self.offset)?;
        }
        if !(self.is_kept && KEPT_LIMITS.contains(&self.limit.rows())) {
            out.unsafe_to_cache_prepared();
        }
        Ok(())
    }
}

impl<Q> QueryId for Paged<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for Paged<Q> {
    type SqlType = Q::SqlType;
}

/// The first rows of a query, locked until the transaction ends. A row that was changed meanwhile is taken only if it still
/// matches.
pub struct Locked<Q> {
    query: Q,
    rows: usize,
}

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Locked<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.query.walk_ast(out.reborrow())?;
        out.push_sql(" LIMIT ");
        out.push_sql(&self.rows.to_string());
        out.push_sql(" FOR UPDATE");
        out.unsafe_to_cache_prepared();
        Ok(())
    }
}

impl<Q> QueryId for Locked<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for Locked<Q> {
    type SqlType = Q::SqlType;
}

/// The number of rows of a query, or `cap + 1` when there are more than `cap`: its cost does not grow with the table.
pub struct Counted<Q> {
    /// The rows.
    pub query: Q,
    /// How many are counted at most.
    pub cap: Option<i64>,
    /// As [`Paged::is_kept`].
    pub is_kept: bool,
}

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Counted<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT count(*) FROM (");
        self.query.walk_ast(out.reborrow())?;
        if let Some(cap) = self.cap {
            out.push_sql(" LIMIT ");
            out.push_sql(&(cap + 1).to_string());
        }
        out.push_sql(") AS counted");
        if !self.is_kept {
            out.unsafe_to_cache_prepared();
        }
        Ok(())
    }
}

impl<Q> QueryId for Counted<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q> Query for Counted<Q> {
    type SqlType = BigInt;
}

/// The rows of a query, found as if all of them were wanted, and read as far as they are. Postgres, told that a few are enough,
/// reads the table until it has them; of a word it guesses badly how soon that is.
pub(crate) struct LookedUp<Q>(pub(crate) Q);

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for LookedUp<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("WITH found AS MATERIALIZED (");
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(") SELECT FROM found");
        Ok(())
    }
}

/// A query of which the table holds some of its rows only, the first of an order. They are read one after the other until the
/// query has enough, by no index of what it asks.
pub(crate) struct Among<F, Q> {
    /// The table, as literal SQL.
    pub(crate) table: &'static str,
    /// All columns of those rows.
    pub(crate) first: F,
    /// What is asked of them.
    pub(crate) query: Q,
}

impl<F: QueryFragment<Pg>, Q: QueryFragment<Pg>> QueryFragment<Pg> for Among<F, Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        // Within the query, its name means these rows; within them, the table.
        out.push_sql("WITH ");
        out.push_sql(self.table);
        out.push_sql(" AS (");
        self.first.walk_ast(out.reborrow())?;
        out.push_sql(") ");
        self.query.walk_ast(out)
    }
}

impl<F, Q> QueryId for Among<F, Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<F, Q: Query> Query for Among<F, Q> {
    type SqlType = Q::SqlType;
}

/// An order by one column, in which the id breaks ties: `leads.created_at DESC, leads.id DESC`.
#[derive(Debug, Clone)]
pub struct Order {
    /// The column with its table, as literal SQL.
    column: Cow<'static, str>,
    id: &'static str,
    direction: Direction,
}

impl Order {
    /// By a column with its table, as literal SQL, and by the id.
    #[must_use]
    pub const fn new(column: &'static str, id: &'static str, direction: Direction) -> Self {
        Self {
            column: Cow::Borrowed(column),
            id,
            direction,
        }
    }

    /// By an expression that is made for the query, instead of a column.
    #[must_use]
    pub const fn by(expression: String, id: &'static str, direction: Direction) -> Self {
        Self {
            column: Cow::Owned(expression),
            id,
            direction,
        }
    }

    /// The rows that come after `position` in this order.
    #[must_use]
    pub fn after(&self, position: &Position) -> After {
        After {
            order: self.clone(),
            position: position.clone(),
        }
    }
}

impl QueryFragment<Pg> for Order {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let direction = match self.direction {
            Direction::Ascending => " ASC",
            Direction::Descending => " DESC",
        };
        out.push_sql(&self.column);
        out.push_sql(direction);
        out.push_sql(", ");
        out.push_sql(self.id);
        out.push_sql(direction);
        Ok(())
    }
}

impl Expression for Order {
    type SqlType = NotSelectable;
}

/// The rows after a position: `(key, id) < ($1, $2)`, which an index on both columns answers by one descent.
pub struct After {
    order: Order,
    position: Position,
}

impl QueryFragment<Pg> for After {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("(");
        out.push_sql(&self.order.column);
        out.push_sql(", ");
        out.push_sql(self.order.id);
        out.push_sql(match self.order.direction {
            Direction::Ascending => ") > (",
            Direction::Descending => ") < (",
        });
        match &self.position.key {
            SortKey::Time(at) => out.push_bind_param::<Timestamptz, _>(at)?,
            SortKey::Text(text) => out.push_bind_param::<Text, _>(text)?,
            SortKey::Number(number) => out.push_bind_param::<SmallInt, _>(number)?,
        }
        out.push_sql(", ");
        out.push_bind_param::<SqlUuid, _>(&self.position.id)?;
        out.push_sql(")");
        Ok(())
    }
}

impl Expression for After {
    type SqlType = Bool;
}

macro_rules! literal_columns {
    ($($fragment:ty),*) => {$(
        impl diesel::query_builder::QueryId for $fragment {
            type QueryId = ();
            const HAS_STATIC_QUERY_ID: bool = false;
        }

        impl<Q> diesel::expression::SelectableExpression<Q> for $fragment {}
        impl<Q> diesel::expression::AppearsOnTable<Q> for $fragment {}

        impl diesel::expression::ValidGrouping<()> for $fragment {
            type IsAggregate = diesel::expression::is_aggregate::No;
        }
    )*};
}

literal_columns!(Order, After);

pub(crate) use literal_columns;

/// One slice of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part<T> {
    /// The records, in order.
    pub records: Vec<T>,
    /// Whether there are more behind them.
    pub goes_on: bool,
    /// How many match, up to the cap of lists with words, where they had to be counted to find these.
    pub total: Option<Total>,
}

impl<T> From<(Vec<T>, bool)> for Part<T> {
    fn from((records, goes_on): (Vec<T>, bool)) -> Self {
        Self {
            records,
            goes_on,
            total: None,
        }
    }
}

/// One slice of a query's rows, and whether there are more behind it. `is_kept` as [`Paged::is_kept`].
///
/// Boxed, since the compiler cannot show that the future of a generic query is `Send` where it is used.
///
/// # Errors
/// When the database fails.
pub fn slice<'a, Q, R>(
    conn: &'a mut AsyncPgConnection,
    query: Q,
    slice: &'a Slice,
    is_kept: bool,
) -> BoxFuture<'a, Result<(Vec<R>, bool), Error>>
where
    Paged<Q>: LoadQuery<'static, AsyncPgConnection, R> + Send + 'static,
    R: Send + 'static,
{
    let offset = match slice {
        Slice::Page(page) => page.offset().into(),
        Slice::After(..) => 0,
    };
    let paged = Paged {
        query,
        limit: slice.limit(),
        offset,
        is_kept,
    };
    let load = async move {
        let mut rows: Vec<R> = paged.load(conn).await?;
        let limit = slice.limit().rows().into();
        let goes_on = rows.len() > limit;
        rows.truncate(limit);
        Ok((rows, goes_on))
    };
    load.boxed()
}

/// Among how many of the first records of a list a word is looked for that many have.
pub(crate) const FIRST: i64 = 5_000;

/// Up to which number the rows of a list are counted, by whether an exact total is wanted and whether words are searched for;
/// `None` for all of them.
#[must_use]
pub fn total_cap(is_exact: bool, has_words: bool) -> Option<i64> {
    match (is_exact, has_words) {
        (true, _) => None,
        (false, true) => Some(WORDS_TOTAL_CAP),
        (false, false) => Some(TOTAL_CAP),
    }
}

/// How many rows a query has: exactly, or up to a cap. Boxed as [`slice()`].
///
/// # Errors
/// When the database fails.
pub fn total<Q>(
    conn: &mut AsyncPgConnection,
    query: Q,
    cap: Option<i64>,
    is_kept: bool,
) -> BoxFuture<'_, Result<Total, Error>>
where
    Counted<Q>: LoadQuery<'static, AsyncPgConnection, i64> + Send + 'static,
{
    let counted = Counted {
        query,
        cap,
        is_kept,
    };
    let count = async move {
        let rows: i64 = counted.get_result(conn).await?;
        let capped = cap.filter(|cap| rows > *cap);
        Ok(Total {
            rows: capped.unwrap_or(rows),
            is_capped: capped.is_some(),
        })
    };
    count.boxed()
}

/// The first ids of a query, whose rows are locked until the transaction ends. Boxed as [`slice()`].
///
/// # Errors
/// When the database fails.
pub fn locked<Q>(
    conn: &mut AsyncPgConnection,
    query: Q,
    rows: usize,
) -> BoxFuture<'_, Result<Vec<Uuid>, Error>>
where
    Locked<Q>: LoadQuery<'static, AsyncPgConnection, Uuid> + Send + 'static,
{
    let locked = Locked { query, rows };
    async move { Ok(locked.load(conn).await?) }.boxed()
}

/// A `LIKE` pattern for a text that contains `word`, whose `%`, `_` and `\` stand for themselves.
#[must_use]
pub fn contains_pattern(word: &str) -> String {
    format!("%{}%", escaped(word))
}

/// A name within a statement.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text in a `LIKE` pattern, of which each character stands for itself.
#[must_use]
pub fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_")
}

/// An upper bound of all texts that begin with `prefix`, in the collation "C".
#[must_use]
pub fn after_prefix(prefix: &str) -> String {
    format!("{prefix}{}", char::MAX)
}

/// A trigram index finds words of three letters or more.
const TRIGRAM: usize = 3;

/// Whether the index on trigrams finds the word inside of texts. It knows letters and digits only, with two blanks before
/// and one after each run of them; at the ends of the word a run may go on, so there are none.
#[must_use]
pub fn has_trigram(word: &str) -> bool {
    let mut runs = word.split(|c: char| !c.is_alphanumeric()).peekable();
    let mut before = 0;
    while let Some(run) = runs.next() {
        let after = usize::from(runs.peek().is_some());
        if !run.is_empty() && before + run.chars().count() + after >= TRIGRAM {
            return true;
        }
        before = 2;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_letters_or_digits_with_the_blanks_around_them_are_a_trigram() {
        for word in [
            "smith", "abc", "+49", "a-b", "4711@", "(ab)", "100%", "ab-", "-a",
        ] {
            assert!(has_trigram(word), "{word}");
        }
        for word in ["", "ab", "%%%", "----", "a--", "1%", "___"] {
            assert!(!has_trigram(word), "{word}");
        }
    }
}
