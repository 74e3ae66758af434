//! The test databases themselves.

#![expect(clippy::unwrap_used, reason = "in tests a panic is the report")]

use std::process::Command;

use crm_storage::{PoolOptions, pool};
use crm_testing::TestDatabase;
use diesel::{QueryableByName, sql_types::BigInt};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _, SimpleAsyncConnection as _};

async fn count(conn: &mut AsyncPgConnection, what: &str) -> i64 {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        count: i64,
    }
    let row: Count = diesel::sql_query(format!("SELECT count(*) FROM {what}"))
        .get_result(conn)
        .await
        .unwrap();
    row.count
}

fn name(database: &TestDatabase) -> String {
    let end = database.url().rsplit('/').next().unwrap();
    end.split('?').next().unwrap().to_owned()
}

async fn exists(conn: &mut AsyncPgConnection, name: &str) -> bool {
    count(conn, &format!("pg_database WHERE datname = '{name}'")).await == 1
}

#[tokio::test]
async fn every_database_is_migrated_and_none_knows_of_another() {
    let (one, two) = (TestDatabase::create().await, TestDatabase::create().await);
    let (mut one, mut two) = (one.connect().await, two.connect().await);
    let applied = i64::try_from(crm_storage::migrate::CORE.len()).unwrap();
    assert_eq!(count(&mut one, "crm_migrations").await, applied);
    one.batch_execute("CREATE TABLE mine (id int)")
        .await
        .unwrap();
    assert_eq!(
        count(&mut two, "pg_tables WHERE tablename = 'mine'").await,
        0
    );
}

#[tokio::test]
async fn a_database_without_migrations_is_empty() {
    let database = TestDatabase::create_with(&[]).await;
    let mut conn = database.connect().await;
    assert_eq!(
        count(&mut conn, "pg_tables WHERE schemaname = 'public'").await,
        0
    );
}

#[tokio::test]
async fn a_database_goes_with_its_value_even_if_connections_are_open() {
    let witness = TestDatabase::create().await;
    let mut conn = witness.connect().await;
    let database = TestDatabase::create().await;
    let gone = name(&database);
    let pool = database.pool();
    let _held = pool::get(&pool).await.unwrap();
    assert!(exists(&mut conn, &gone).await);
    drop(database);
    assert!(!exists(&mut conn, &gone).await);
}

#[test]
fn a_database_may_be_dropped_outside_of_any_runtime() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let witness = runtime.block_on(TestDatabase::create());
    let database = runtime.block_on(TestDatabase::create());
    let gone = name(&database);
    drop(database);
    let left = runtime.block_on(async { exists(&mut witness.connect().await, &gone).await });
    assert!(!left);
    drop(runtime);
    drop(witness);
}

#[tokio::test]
async fn what_a_dead_process_left_is_removed_and_what_a_living_one_has_is_not() {
    let database = TestDatabase::create().await;
    let mut conn = database.connect().await;
    let mut dead = Command::new("true").spawn().unwrap();
    dead.wait().unwrap();
    let left = format!("crm_test_{}_1_0", dead.id());
    let kept = format!("crm_test_{}_1_0", std::process::id());
    for name in [&left, &kept] {
        conn.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE template0"))
            .await
            .unwrap();
    }
    drop(TestDatabase::create().await);
    let found = (
        exists(&mut conn, &left).await,
        exists(&mut conn, &kept).await,
    );
    conn.batch_execute(&format!("DROP DATABASE {kept}"))
        .await
        .unwrap();
    assert_eq!(found, (false, true));
}

#[tokio::test]
async fn the_server_is_not_stopped_under_a_running_test() {
    let database = TestDatabase::create().await;
    let output = Command::new(env!("CARGO_BIN_EXE_test-database"))
        .arg("stop")
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let options = PoolOptions::new(database.url());
    let mut conn = pool::connect_once(&options).await.unwrap();
    assert_eq!(
        count(&mut conn, "pg_class WHERE relname = 'pg_class'").await,
        1
    );
}
