//! The migrator, on a real Postgres.

#![expect(clippy::unwrap_used, reason = "in tests a panic is the report")]

use std::{
    path::Path,
    time::{Duration, Instant},
};

use crm_storage::{
    Error, PoolOptions,
    migrate::{self, CORE, MigrateError, Migration, Progress},
    pool,
};
use crm_testing::TestDatabase;
use diesel::{QueryableByName, sql_types::BigInt};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _, SimpleAsyncConnection as _};

const FIRST: Migration = Migration {
    plugin: "core",
    version: "2026-01-01-000000",
    name: "create_things",
    sql: "CREATE TABLE things (id int);",
};
const SECOND: Migration = Migration {
    plugin: "core",
    version: "2026-01-02-000000",
    name: "fill_things",
    sql: "SELECT pg_sleep(0.05);\nINSERT INTO things VALUES (1);",
};
const BROKEN: Migration = Migration {
    plugin: "core",
    version: "2026-01-03-000000",
    name: "break_things",
    sql: "INSERT INTO things VALUES (2);\n\nINSERT INTO nothings VALUES (3);",
};
/// The same version as `FIRST`, of somebody else.
const DEALS: Migration = Migration {
    plugin: "deals",
    version: "2026-01-01-000000",
    name: "create_deals",
    sql: "CREATE TABLE deals (id int);",
};

async fn empty() -> (TestDatabase, AsyncPgConnection) {
    let database = TestDatabase::create_with(&[]).await;
    let conn = database.connect().await;
    (database, conn)
}

async fn apply(
    conn: &mut AsyncPgConnection,
    migrations: &[Migration],
) -> Result<usize, MigrateError> {
    let mut count = 0;
    let status = migrate::apply(conn, migrations, |progress| {
        count += usize::from(matches!(progress, Progress::Finished { .. }));
    })
    .await?;
    assert!(status.pending.is_empty());
    Ok(count)
}

async fn count(conn: &mut AsyncPgConnection, table: &str) -> i64 {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        count: i64,
    }
    let row: Count = diesel::sql_query(format!("SELECT count(*) FROM {table}"))
        .get_result(conn)
        .await
        .unwrap();
    row.count
}

#[test]
fn every_migration_folder_is_listed_in_order() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let mut folders: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    folders.sort();
    let listed: Vec<String> = CORE
        .iter()
        .map(|migration| format!("{}_{}", migration.version, migration.name))
        .collect();
    assert_eq!(listed, folders);
}

#[test]
fn every_core_version_is_a_time_and_later_than_the_one_before() {
    for migration in CORE {
        let shape: String = migration
            .version
            .chars()
            .map(|c| if c.is_ascii_digit() { '0' } else { c })
            .collect();
        assert_eq!(shape, "0000-00-00-000000", "{migration}");
        assert_eq!(migration.plugin, "core");
    }
    assert!(CORE.is_sorted_by(|one, two| one.version < two.version));
}

#[tokio::test]
async fn applying_twice_does_nothing_the_second_time() {
    let (_database, mut conn) = empty().await;
    assert_eq!(apply(&mut conn, &[FIRST, SECOND]).await.unwrap(), 2);
    assert_eq!(apply(&mut conn, &[FIRST, SECOND]).await.unwrap(), 0);
    assert_eq!(count(&mut conn, "things").await, 1);
}

#[tokio::test]
async fn the_core_applies_to_an_empty_database() {
    let (_database, mut conn) = empty().await;
    assert_eq!(apply(&mut conn, CORE).await.unwrap(), CORE.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_at_once_apply_each_migration_once() {
    let (database, mut conn) = empty().await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let mut conn = database.connect().await;
        tasks.spawn(async move { apply(&mut conn, &[FIRST, SECOND]).await.unwrap() });
    }
    let applied: usize = tasks.join_all().await.into_iter().sum();
    assert_eq!(applied, 2);
    assert_eq!(count(&mut conn, "things").await, 1);
    assert_eq!(count(&mut conn, "crm_migrations").await, 2);
}

#[tokio::test]
async fn the_plan_names_what_is_pending_and_changes_nothing() {
    let (_database, mut conn) = empty().await;
    let plan = migrate::plan(&mut conn, &[FIRST, SECOND]).await.unwrap();
    let names: Vec<&str> = plan.iter().map(|migration| migration.name).collect();
    assert_eq!(names, ["create_things", "fill_things"]);
    assert_eq!(
        count(&mut conn, "pg_tables WHERE tablename = 'crm_migrations'").await,
        0
    );

    apply(&mut conn, &[FIRST]).await.unwrap();
    let status = migrate::status(&mut conn, &[FIRST, SECOND]).await.unwrap();
    assert_eq!(status.applied.len(), 1);
    assert!(
        status
            .applied
            .iter()
            .all(|row| row.checksum == FIRST.checksum())
    );
    assert_eq!(status.pending.len(), 1);
}

#[tokio::test]
async fn progress_counts_from_one() {
    let (_database, mut conn) = empty().await;
    let mut seen = Vec::new();
    migrate::apply(&mut conn, &[FIRST, SECOND], |progress| {
        if let Progress::Started {
            migration,
            number,
            total,
        } = progress
        {
            seen.push((migration.name, number, total));
        }
    })
    .await
    .unwrap();
    assert_eq!(seen, [("create_things", 1, 2), ("fill_things", 2, 2)]);
}

#[tokio::test]
async fn an_edited_migration_is_refused_by_name() {
    let (_database, mut conn) = empty().await;
    apply(&mut conn, &[FIRST]).await.unwrap();
    let edited = Migration {
        sql: "CREATE TABLE things (id bigint);",
        ..FIRST
    };
    for result in [
        apply(&mut conn, &[edited, SECOND]).await.map(drop),
        migrate::plan(&mut conn, &[edited]).await.map(drop),
    ] {
        let error = result.unwrap_err();
        assert!(matches!(error, MigrateError::Drift { .. }), "{error:?}");
        assert!(
            error
                .to_string()
                .contains("core 2026-01-01-000000_create_things"),
            "{error}"
        );
    }
    assert_eq!(count(&mut conn, "things").await, 0);
}

#[test]
fn line_ends_do_not_change_a_checksum() {
    let windows = Migration {
        sql: "SELECT pg_sleep(0.05);\r\nINSERT INTO things VALUES (1);",
        ..SECOND
    };
    assert_eq!(windows.checksum(), SECOND.checksum());
    assert_ne!(FIRST.checksum(), SECOND.checksum());
}

#[tokio::test]
async fn a_schema_newer_than_the_program_is_refused() {
    let (_database, mut conn) = empty().await;
    apply(&mut conn, &[FIRST, SECOND]).await.unwrap();
    let error = apply(&mut conn, &[FIRST]).await.unwrap_err();
    assert!(
        matches!(&error, MigrateError::SchemaNewer { found, newest_known, .. }
            if found == SECOND.version && newest_known == FIRST.version),
        "{error:?}"
    );
}

#[tokio::test]
async fn tables_of_an_absent_plugin_lie_dormant() {
    let (_database, mut conn) = empty().await;
    assert_eq!(apply(&mut conn, &[FIRST, DEALS]).await.unwrap(), 2);
    let status = migrate::apply(&mut conn, &[FIRST], |_| {}).await.unwrap();
    let dormant: Vec<&str> = status
        .dormant
        .iter()
        .map(|row| row.plugin.as_str())
        .collect();
    assert_eq!(dormant, ["deals"]);
    assert_eq!(count(&mut conn, "deals").await, 0);
}

#[tokio::test]
async fn a_failure_rolls_back_its_own_migration_only() {
    let (database, mut conn) = empty().await;
    let error = apply(&mut conn, &[FIRST, SECOND, BROKEN])
        .await
        .unwrap_err();
    assert!(
        matches!(&error, MigrateError::Failed { line: Some(3), .. }),
        "{error:?}"
    );
    assert!(
        error.to_string().contains("break_things failed at line 3"),
        "{error}"
    );
    assert_eq!(count(&mut conn, "things").await, 1);
    assert_eq!(count(&mut conn, "crm_migrations").await, 2);

    // The lock is free again, for this session and for others.
    let mut other = database.connect().await;
    let start = Instant::now();
    apply(&mut other, &[FIRST, SECOND]).await.unwrap();
    apply(&mut conn, &[FIRST, SECOND]).await.unwrap();
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_slow_migration_outlasts_the_statement_timeout_of_its_connection() {
    let (database, _conn) = empty().await;
    let options = PoolOptions {
        statement_timeout: Duration::from_millis(200),
        ..database.options()
    };
    let mut conn = pool::connect_once(&options).await.unwrap();
    let slow = Migration {
        sql: "SELECT pg_sleep(0.5)",
        ..FIRST
    };
    apply(&mut conn, &[slow]).await.unwrap();
    // And the connection has its own limit back.
    let result = conn.batch_execute("SELECT pg_sleep(5)").await;
    assert!(matches!(
        result.map_err(Error::from),
        Err(Error::Timeout(_))
    ));
}

#[tokio::test]
async fn a_migration_gives_up_on_a_lock_that_it_does_not_get() {
    let (database, mut conn) = empty().await;
    apply(&mut conn, &[FIRST]).await.unwrap();
    let mut holder = database.connect().await;
    holder
        .batch_execute("SET idle_in_transaction_session_timeout = 0; BEGIN; LOCK TABLE things")
        .await
        .unwrap();
    let start = Instant::now();
    let error = apply(&mut conn, &[FIRST, SECOND]).await.unwrap_err();
    let waited = start.elapsed();
    assert!(
        matches!(
            &error,
            MigrateError::Failed {
                source: Error::Locked(_),
                ..
            }
        ),
        "{error:?}"
    );
    assert!(
        waited > Duration::from_secs(4) && waited < Duration::from_secs(15),
        "{waited:?}"
    );
}

#[tokio::test]
async fn a_list_out_of_order_is_refused() {
    let (_database, mut conn) = empty().await;
    for list in [[SECOND, FIRST], [FIRST, FIRST]] {
        let error = apply(&mut conn, &list).await.unwrap_err();
        assert!(matches!(error, MigrateError::Unordered { .. }), "{error:?}");
    }
}
