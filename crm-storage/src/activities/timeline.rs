//! What was done to some records, in one order.

use crm_domain::activity::{Entry, RecordRef};
use crm_domain::page::{Limit, Slice};
use diesel::expression::Expression;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, Text, Uuid as SqlUuid};
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use super::StoredActivity;
use super::feed::ORDER;
use crate::Error;
use crate::query::{self, After, Order};

/// One slice of the entries about these records, the newest first, and whether there are more behind it.
///
/// Without a scope: whoever asks has found each record within theirs.
///
/// # Errors
/// When the database fails, or a stored row makes no entry.
pub async fn list_about(
    conn: &mut AsyncPgConnection,
    records: &[RecordRef],
    slice: &Slice,
) -> Result<(Vec<Entry>, bool), Error> {
    let timeline = Timeline {
        resources: records
            .iter()
            .map(|record| record.resource.as_str())
            .collect(),
        ids: records.iter().map(|record| record.id).collect(),
        after: match slice {
            Slice::Page(_) => None,
            Slice::After(position, _) => Some(ORDER.after(position)),
        },
        limit: slice.limit(),
        columns: <StoredActivity as Selectable<Pg>>::construct_selection(),
    };
    let (rows, goes_on) = query::slice(conn, timeline, slice, false).await?;
    let rows: Vec<StoredActivity> = rows;
    let entries = rows.into_iter().map(Entry::try_from);
    Ok((entries.collect::<Result<_, _>>()?, goes_on))
}

/// The order, for as long as any statement lives.
static NEWEST: Order = ORDER;

type Columns = <StoredActivity as Selectable<Pg>>::SelectExpression;

/// Reads as many entries of each record as are wanted of all, each by one descent of an index. Asked for all records at
/// once, Postgres reads and sorts all that was ever done to them, or walks through the whole log.
struct Timeline {
    resources: Vec<&'static str>,
    ids: Vec<Uuid>,
    after: Option<After>,
    limit: Limit,
    columns: Columns,
}

impl QueryFragment<Pg> for Timeline {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT entry.* FROM unnest(");
        out.push_bind_param::<Array<Text>, _>(&self.resources)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.ids)?;
        out.push_sql(") AS source (resource, id) CROSS JOIN LATERAL (SELECT ");
        self.columns.walk_ast(out.reborrow())?;
        out.push_sql(
            " FROM activities WHERE activities.resource = source.resource AND activities.resource_id = source.id",
        );
        if let Some(after) = &self.after {
            out.push_sql(" AND ");
            after.walk_ast(out.reborrow())?;
        }
        out.push_sql(" ORDER BY ");
        NEWEST.walk_ast(out.reborrow())?;
        out.push_sql(" LIMIT ");
        out.push_sql(&(self.limit.rows() + 1).to_string());
        out.push_sql(") AS entry ORDER BY entry.at DESC, entry.id DESC");
        Ok(())
    }
}

impl QueryId for Timeline {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Timeline {
    type SqlType = <Columns as Expression>::SqlType;
}
