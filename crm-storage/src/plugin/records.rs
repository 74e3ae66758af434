//! Records of plugins, for what the core says of records of any kind: their names, and whose they are.

use crm_domain::ids::UserId;
use crm_domain::permission::Ownership;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, Bool, Nullable, SqlType, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{Owned, Within};
use crate::Error;

/// Where the records of one kind are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    owner: &'static str,
    is_unassigned: &'static str,
    name_column: Option<&'static str>,
}

impl Table {
    /// The table of the records of this type.
    #[must_use]
    pub const fn of<R: Owned>() -> Self {
        Self {
            name: R::TABLE,
            owner: R::OWNER,
            is_unassigned: R::IS_UNASSIGNED,
            name_column: R::NAME,
        }
    }

    /// The names of those of these records that are within; none, where records have no names.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn names(
        self,
        conn: &mut AsyncPgConnection,
        ids: &[Uuid],
        within: Within,
    ) -> Result<Vec<(Uuid, String)>, Error> {
        let Some(name) = self.name_column else {
            return Ok(Vec::new());
        };
        let table = self.name;
        let columns = format!("{table}.id, {name}");
        let select: Select<(SqlUuid, Text)> = Select::new(&columns, table, ids, within);
        Ok(select.load(conn).await?)
    }

    /// Whose the record `id` is, if it is within.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ownership(
        self,
        conn: &mut AsyncPgConnection,
        id: Uuid,
        within: Within,
    ) -> Result<Option<Ownership>, Error> {
        let columns = format!("{}, {}", self.owner, self.is_unassigned);
        let select: Select<(Nullable<SqlUuid>, Bool)> =
            Select::new(&columns, self.name, &[id], within);
        let row: Option<(Option<Uuid>, bool)> = select.get_result(conn).await.optional()?;
        let ownership = |(owner, is_unassigned): (Option<Uuid>, bool)| {
            let owner = owner.map(UserId::from);
            Ownership {
                assigned_to: owner.filter(|_| !is_unassigned),
                created_by: owner.filter(|_| is_unassigned),
            }
        };
        Ok(row.map(ownership))
    }
}

/// Columns of the rows of these ids that are within.
struct Select<Row> {
    before: String,
    ids: Vec<Uuid>,
    within: Within,
    row: std::marker::PhantomData<fn() -> Row>,
}

impl<Row> Select<Row> {
    fn new(columns: &str, table: &str, ids: &[Uuid], within: Within) -> Self {
        Self {
            before: format!("SELECT {columns} FROM {table} WHERE {table}.id = any("),
            ids: ids.to_vec(),
            within,
            row: std::marker::PhantomData,
        }
    }
}

impl<Row> QueryFragment<Pg> for Select<Row> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        out.push_sql(&self.before);
        out.push_bind_param::<Array<SqlUuid>, _>(&self.ids)?;
        out.push_sql(") AND ");
        self.within.walk_ast(out.reborrow())
    }
}

impl<Row> QueryId for Select<Row> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Row: SqlType> Query for Select<Row> {
    type SqlType = Row;
}
