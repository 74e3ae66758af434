//! Reading any number of rows in portions: one statement in one transaction, so that they are as they were at one
//! instant, and in constant memory.

use std::marker::PhantomData;

use diesel::expression::Expression;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel_async::methods::{ExecuteDsl, LoadQuery};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection as _};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use crate::Error;

/// A statement may have to sort all rows before it gives the first. Between two portions the reader may be slow, but not
/// for ever: Postgres ends the transaction by itself, whatever becomes of this program.
const SETTINGS: &str = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY; \
     SET LOCAL statement_timeout = '60s'; SET LOCAL idle_in_transaction_session_timeout = '60s'";

/// Makes the transaction that just began one that reads as of one instant, and takes its time.
///
/// # Errors
/// When the database fails.
pub async fn begin(conn: &mut AsyncPgConnection) -> Result<(), Error> {
    Ok(conn.batch_execute(SETTINGS).await?)
}

/// Begins to read the rows of a query, within the transaction. Boxed as [`slice`](crate::query::slice).
pub(crate) fn open<Q>(conn: &mut AsyncPgConnection, query: Q) -> BoxFuture<'_, Result<(), Error>>
where
    Declared<Q>: ExecuteDsl<AsyncPgConnection> + Send + 'static,
    Q: Send,
{
    let open = async move {
        Declared(query).execute(conn).await?;
        Ok(())
    };
    open.boxed()
}

/// The next rows of the query that was opened, which selects `E`; none at its end.
pub(crate) fn fetch<E, R>(
    conn: &mut AsyncPgConnection,
    rows: u16,
) -> BoxFuture<'_, Result<Vec<R>, Error>>
where
    Fetched<E>: LoadQuery<'static, AsyncPgConnection, R> + Send + 'static,
    R: Send + 'static,
{
    let fetched = Fetched {
        rows,
        selection: PhantomData,
    };
    async move { Ok(fetched.load(conn).await?) }.boxed()
}

/// A query that is read through the cursor of the transaction.
pub(crate) struct Declared<Q>(Q);

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Declared<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        out.push_sql("DECLARE portions NO SCROLL CURSOR FOR ");
        self.0.walk_ast(out)
    }
}

impl<Q> QueryId for Declared<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

/// Rows of that cursor.
pub(crate) struct Fetched<E> {
    rows: u16,
    selection: PhantomData<fn() -> E>,
}

impl<E> QueryFragment<Pg> for Fetched<E> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        // What it gives depends on what the cursor is open for.
        out.unsafe_to_cache_prepared();
        out.push_sql("FETCH ");
        out.push_sql(&self.rows.to_string());
        out.push_sql(" FROM portions");
        Ok(())
    }
}

impl<E> QueryId for Fetched<E> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<E: Expression> Query for Fetched<E> {
    type SqlType = E::SqlType;
}
