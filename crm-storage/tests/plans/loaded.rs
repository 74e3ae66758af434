//! A database with 100,000 leads, and with what the activity log tells of them.

use crm_testing::TestDatabase;
use diesel::{QueryableByName, sql_types::Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _, SimpleAsyncConnection as _};

const LEADS: &str = include_str!("leads.sql");
const ACTIVITIES: &str = include_str!("activities.sql");

const TABLES: [&str; 3] = ["leads", "users", "activities"];

/// `analyze` looks at 300 rows for each of these: at all of them, so that each run has the same statistics and plans. Of a
/// sample that is drawn anew each time, a plan that is almost as cheap as the next one is chosen in one run of many.
const WHOLE_TABLE: u16 = 1_000;

#[derive(QueryableByName)]
struct Index {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    definition: String,
}

/// The database, its indexes and statistics as they are after some time of use.
pub(crate) async fn database() -> TestDatabase {
    let database = TestDatabase::create().await;
    let mut conn = database.connect().await;
    // Indexes that are built at once take a third of the time of indexes that grow.
    let indexes = indexes(&mut conn).await;
    let drop = |index: &Index| format!("drop index {};", index.name);
    run(&mut conn, indexes.iter().map(drop)).await;
    run(
        &mut conn,
        ["set session_replication_role = replica", LEADS, ACTIVITIES].map(str::to_owned),
    )
    .await;
    run(
        &mut conn,
        indexes.iter().map(|index| index.definition.clone()),
    )
    .await;
    run(
        &mut conn,
        TABLES.map(|table| format!("alter table {table} set (autovacuum_enabled = off)")),
    )
    .await;
    run(
        &mut conn,
        [format!("set default_statistics_target = {WHOLE_TABLE}")],
    )
    .await;
    run(
        &mut conn,
        TABLES.map(|table| format!("vacuum (analyze) {table}")),
    )
    .await;
    database
}

async fn indexes(conn: &mut AsyncPgConnection) -> Vec<Index> {
    diesel::sql_query(
        "select indexname::text as name, indexdef as definition from pg_indexes \
         where tablename in ('leads', 'activities') and indexname not like '%_pkey'",
    )
    .load(conn)
    .await
    .unwrap()
}

async fn run(conn: &mut AsyncPgConnection, statements: impl IntoIterator<Item = String>) {
    for statement in statements {
        conn.batch_execute(&statement).await.unwrap();
    }
}
