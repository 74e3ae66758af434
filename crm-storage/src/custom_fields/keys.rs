//! Custom values in SQL: how lists compare them and sort by them.
//!
//! A key stands in the SQL as it is, since an index is found by its expression only. It is letters and digits: its type does
//! not hold anything else, and the table of definitions neither. Values are always bound.

use crm_domain::custom_field::{CustomCondition, FieldKey, KeyTest};
use diesel::expression::Expression;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{Array, Bool, Text};

use crate::query::literal_columns;

/// The text that a row is sorted by under a field; without a value, one after all others. So no row is without one, and what
/// follows a cursor is one comparison.
pub(crate) fn sort_key(table: &str, key: FieldKey) -> String {
    format!(r#"(coalesce({table}.custom_keys ->> '{key}', E'\U0010FFFF') collate "C")"#)
}

/// The texts of several options, as a JSON array.
pub(super) fn options(table: &str, key: FieldKey) -> String {
    format!("({table}.custom_keys -> '{key}')")
}

/// The rows of one table whose value of a field is such.
pub(crate) struct Meets {
    table: &'static str,
    key: FieldKey,
    test: KeyTest,
}

/// The rows of this table that meet the condition.
pub(crate) fn meets(table: &'static str, condition: &CustomCondition) -> Meets {
    Meets {
        table,
        key: condition.key,
        test: condition.test.on_keys(),
    }
}

impl QueryFragment<Pg> for Meets {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        // Fields and values are beyond number.
        out.unsafe_to_cache_prepared();
        match &self.test {
            KeyTest::AnyOf(keys) => {
                out.push_sql(&sort_key(self.table, self.key));
                out.push_sql(" = any(");
                out.push_bind_param::<Array<Text>, Vec<String>>(keys)?;
                out.push_sql(")");
            }
            KeyTest::Contains(keys) => {
                out.push_sql(&options(self.table, self.key));
                out.push_sql(" ?| ");
                out.push_bind_param::<Array<Text>, Vec<String>>(keys)?;
            }
            KeyTest::Within(first, after) => {
                let key = sort_key(self.table, self.key);
                out.push_sql("(");
                out.push_sql(&key);
                out.push_sql(" >= ");
                out.push_bind_param::<Text, String>(first)?;
                out.push_sql(" and ");
                out.push_sql(&key);
                out.push_sql(" < ");
                out.push_bind_param::<Text, String>(after)?;
                out.push_sql(")");
            }
        }
        Ok(())
    }
}

impl Expression for Meets {
    type SqlType = Bool;
}

/// The keys of the fields of one kind of record that are put away. The same for all rows, and so asked once a query.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hidden(pub(crate) &'static str);

impl QueryFragment<Pg> for Hidden {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "coalesce((select array_agg(key) from custom_fields where is_archived and resource = '",
        );
        out.push_sql(self.0);
        out.push_sql("'), '{}')");
        Ok(())
    }
}

impl Expression for Hidden {
    type SqlType = Array<Text>;
}

literal_columns!(Meets, Hidden);
