//! What a database holds, seen and changed behind the product's back: for what no use case shows.

use diesel::QueryableByName;
use diesel::sql_types::Text;
use diesel_async::{RunQueryDsl as _, SimpleAsyncConnection as _};

use crate::database::TestDatabase;

/// One row of one column.
#[derive(QueryableByName)]
struct Cell {
    #[diesel(sql_type = Text)]
    cell: String,
}

impl TestDatabase {
    /// A text that differs whenever a row of any table differs: equal ones show that nothing was written.
    pub async fn fingerprint(&self) -> String {
        // Each table is read by a query that a query makes, so that no table can be forgotten.
        self.cells(
            "select format('%s %s', table_name, md5(query_to_xml(format(
                'select t::text from %I t order by 1', table_name), true, false, '')::text)) as cell
             from information_schema.tables
             where table_schema = 'public' and table_type = 'BASE TABLE' order by table_name",
        )
        .await
        .join("\n")
    }

    /// The rows of a query, each as a JSON object.
    pub async fn rows(&self, query: &str) -> Vec<serde_json::Value> {
        let query = format!("select to_jsonb(found)::text as cell from ({query}) found");
        let cells = self.cells(&query).await;
        let rows = cells.iter().map(|cell| serde_json::from_str(cell));
        rows.collect::<Result<_, _>>()
            .expect("Postgres writes JSON")
    }

    /// Runs statements.
    pub async fn execute(&self, statements: &str) {
        let done = self.connect().await.batch_execute(statements).await;
        done.expect("the statements run");
    }

    async fn cells(&self, query: &str) -> Vec<String> {
        let cells = diesel::sql_query(query)
            .load::<Cell>(&mut self.connect().await)
            .await;
        let cells = cells.expect("the query runs").into_iter();
        cells.map(|row| row.cell).collect()
    }
}
