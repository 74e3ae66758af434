//! The pool and the classification of errors, on a real Postgres.

#![expect(clippy::unwrap_used, reason = "in tests a panic is the report")]

use std::time::{Duration, Instant};

use crm_storage::{
    Error, PoolOptions,
    pool::{self, Connection, ServerRefused, ServerVersion},
};
use crm_testing::TestDatabase;
use diesel::{
    QueryableByName,
    sql_types::{Integer, Text},
};
use diesel_async::{
    AsyncConnection as _, AsyncPgConnection, RunQueryDsl as _, SimpleAsyncConnection as _,
};
use tokio::{
    io::copy_bidirectional,
    net::{UnixListener, UnixStream},
    sync::watch,
};

#[derive(QueryableByName)]
struct Pid {
    #[diesel(sql_type = Integer)]
    pid: i32,
}

#[derive(QueryableByName)]
struct Value {
    #[diesel(sql_type = Text)]
    value: String,
}

async fn pid(conn: &mut AsyncPgConnection) -> Result<i32, Error> {
    let row: Pid = diesel::sql_query("SELECT pg_backend_pid() AS pid")
        .get_result(conn)
        .await?;
    Ok(row.pid)
}

async fn value(conn: &mut AsyncPgConnection, setting: &str) -> String {
    let row: Value = diesel::sql_query("SELECT current_setting($1) AS value")
        .bind::<Text, _>(setting)
        .get_result(conn)
        .await
        .unwrap();
    row.value
}

async fn execute(conn: &mut AsyncPgConnection, sql: &str) -> Result<(), Error> {
    Ok(conn.batch_execute(sql).await?)
}

fn quick(database: &TestDatabase) -> PoolOptions {
    PoolOptions {
        statement_timeout: Duration::from_millis(200),
        lock_timeout: Duration::from_millis(100),
        ..database.options()
    }
}

async fn single(options: PoolOptions) -> Connection {
    pool::get(&pool::connect(&options).unwrap()).await.unwrap()
}

#[tokio::test]
async fn an_exhausted_pool_is_busy_after_a_second() {
    let database = TestDatabase::create().await;
    let options = PoolOptions {
        size: 1,
        ..database.options()
    };
    let pool = pool::connect(&options).unwrap();
    let held = pool::get(&pool).await.unwrap();

    let start = Instant::now();
    let refused = pool::get(&pool).await.map(drop);
    let waited = start.elapsed();

    assert!(matches!(refused, Err(Error::Busy)), "{refused:?}");
    assert!(
        waited > Duration::from_millis(900) && waited < Duration::from_millis(1800),
        "{waited:?}"
    );
    drop(held);
    drop(pool::get(&pool).await.unwrap());
}

#[tokio::test]
async fn every_connection_carries_the_settings() {
    let database = TestDatabase::create().await;
    let mut conn = single(database.options()).await;
    for (setting, expected) in [
        ("statement_timeout", "5s"),
        ("lock_timeout", "2s"),
        ("idle_in_transaction_session_timeout", "10s"),
        ("client_connection_check_interval", "2s"),
        ("application_name", "crm"),
        ("TimeZone", "UTC"),
    ] {
        assert_eq!(value(&mut conn, setting).await, expected, "{setting}");
    }
}

#[tokio::test]
async fn the_name_in_the_url_wins() {
    let database = TestDatabase::create().await;
    let url = format!("{}?application_name=import", database.url());
    let mut conn = single(PoolOptions::new(url)).await;
    assert_eq!(value(&mut conn, "application_name").await, "import");
}

#[tokio::test]
async fn a_statement_that_runs_too_long_is_a_timeout() {
    let database = TestDatabase::create().await;
    let mut conn = single(quick(&database)).await;
    let result = execute(&mut conn, "SELECT pg_sleep(5)").await;
    assert!(matches!(result, Err(Error::Timeout(_))), "{result:?}");
}

#[tokio::test]
async fn a_lock_that_is_not_granted_is_told_from_a_slow_statement() {
    let database = TestDatabase::create().await;
    let mut holder = database.connect().await;
    for sql in ["CREATE TABLE t (id int)", "BEGIN; LOCK TABLE t"] {
        execute(&mut holder, sql).await.unwrap();
    }
    let mut conn = single(quick(&database)).await;
    for statement in ["LOCK TABLE t", "LOCK TABLE t NOWAIT"] {
        let result = execute(&mut conn, &format!("BEGIN; {statement}")).await;
        assert!(
            matches!(result, Err(Error::Locked(_))),
            "{statement}: {result:?}"
        );
        execute(&mut conn, "ROLLBACK").await.unwrap();
    }
}

#[tokio::test]
async fn a_unique_violation_names_its_constraint() {
    let database = TestDatabase::create().await;
    let mut conn = database.connect().await;
    execute(
        &mut conn,
        "CREATE TABLE t (id int CONSTRAINT t_id_taken UNIQUE)",
    )
    .await
    .unwrap();
    let result = execute(&mut conn, "INSERT INTO t VALUES (1), (1)").await;
    assert!(
        matches!(&result, Err(Error::UniqueViolation { constraint, .. }) if constraint == "t_id_taken"),
        "{result:?}"
    );
}

#[tokio::test]
async fn other_refusals_are_plain_query_errors() {
    let database = TestDatabase::create().await;
    let mut conn = database.connect().await;
    for sql in [
        "SELECT 1 / 0",
        "SELEKT",
        "SELECT * FROM nowhere",
        "SELECT 'x'::int",
    ] {
        let result = execute(&mut conn, sql).await;
        assert!(matches!(result, Err(Error::Query(_))), "{sql}: {result:?}");
    }
}

/// `/dev/full` is a disk without room.
#[tokio::test]
async fn a_full_disk_is_told_from_a_wrong_query() {
    let database = TestDatabase::create().await;
    let mut conn = database.connect().await;
    let long = "COPY (SELECT generate_series(1, 100000)) TO '/dev/full'";
    let result = execute(&mut conn, long).await;
    assert!(matches!(result, Err(Error::DiskFull(_))), "{result:?}");
}

#[tokio::test]
async fn a_server_that_only_reads_counts_as_unreachable() {
    let database = TestDatabase::create().await;
    let mut conn = database.connect().await;
    let result = execute(&mut conn, "BEGIN READ ONLY; CREATE TABLE t (id int)").await;
    assert!(matches!(result, Err(Error::Unavailable(_))), "{result:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_loser_of_a_deadlock_may_try_again() {
    let database = TestDatabase::create().await;
    let (mut one, mut two) = (database.connect().await, database.connect().await);
    execute(
        &mut one,
        "CREATE TABLE t (id int, n int); INSERT INTO t VALUES (1, 0), (2, 0)",
    )
    .await
    .unwrap();
    let lock = |id: u8| format!("UPDATE t SET n = n + 1 WHERE id = {id}");
    execute(&mut one, "SET deadlock_timeout = '50ms'; BEGIN")
        .await
        .unwrap();
    execute(&mut two, "SET deadlock_timeout = '50ms'; BEGIN")
        .await
        .unwrap();
    execute(&mut one, &lock(1)).await.unwrap();
    execute(&mut two, &lock(2)).await.unwrap();
    let (sql_one, sql_two) = (lock(2), lock(1));
    // One after the other would never meet: the loser's rollback frees the winner.
    let first = async {
        let result = execute(&mut one, &sql_one).await;
        execute(&mut one, "ROLLBACK").await.unwrap();
        result
    };
    let second = async {
        let result = execute(&mut two, &sql_two).await;
        execute(&mut two, "ROLLBACK").await.unwrap();
        result
    };
    let (first, second) = tokio::join!(first, second);
    let lost: Vec<Error> = [first, second]
        .into_iter()
        .filter_map(Result::err)
        .collect();
    assert_eq!(lost.len(), 1, "{lost:?}");
    assert!(lost.iter().all(Error::is_retryable), "{lost:?}");
}

#[tokio::test]
async fn a_failed_serialization_may_try_again() {
    let database = TestDatabase::create().await;
    let (mut one, mut two) = (database.connect().await, database.connect().await);
    execute(&mut one, "CREATE TABLE t (n int); INSERT INTO t VALUES (0)")
        .await
        .unwrap();
    let result = one
        .build_transaction()
        .serializable()
        .run(async |one| {
            execute(one, "SELECT * FROM t").await?;
            execute(&mut two, "UPDATE t SET n = 1").await?;
            execute(one, "UPDATE t SET n = 2").await
        })
        .await;
    assert!(
        matches!(&result, Err(error) if error.is_retryable()),
        "{result:?}"
    );
}

#[tokio::test]
async fn a_failure_at_commit_is_classified_like_any_other() {
    let database = TestDatabase::create().await;
    let mut conn = database.connect().await;
    execute(
        &mut conn,
        "CREATE TABLE t (id int CONSTRAINT late UNIQUE DEFERRABLE INITIALLY DEFERRED)",
    )
    .await
    .unwrap();
    let result = conn
        .transaction(async |conn| execute(conn, "INSERT INTO t VALUES (1), (1)").await)
        .await;
    assert!(
        matches!(&result, Err(Error::UniqueViolation { constraint, .. }) if constraint == "late"),
        "{result:?}"
    );
}

#[tokio::test]
async fn a_killed_session_is_unavailable_and_gets_replaced() {
    let database = TestDatabase::create().await;
    let options = PoolOptions {
        size: 1,
        ..database.options()
    };
    let pool = pool::connect(&options).unwrap();
    let mut killer = database.connect().await;

    let mut conn = pool::get(&pool).await.unwrap();
    let before = pid(&mut conn).await.unwrap();
    let kill = format!("SELECT pg_terminate_backend({before}, 5000)");
    execute(&mut killer, &kill).await.unwrap();
    let result = pid(&mut conn).await;
    assert!(matches!(result, Err(Error::Unavailable(_))), "{result:?}");
    drop(conn);

    let mut conn = pool::get(&pool).await.unwrap();
    assert_ne!(pid(&mut conn).await.unwrap(), before);
}

#[tokio::test]
async fn a_session_killed_in_the_middle_of_a_statement_is_unavailable() {
    let database = TestDatabase::create().await;
    let (mut conn, mut other) = (database.connect().await, database.connect().await);
    let before = pid(&mut conn).await.unwrap();
    let kill = format!("SELECT pg_sleep(0.2); SELECT pg_terminate_backend({before})");
    let (result, killed) = tokio::join!(
        execute(&mut conn, "SELECT pg_sleep(4)"),
        execute(&mut other, &kill)
    );
    killed.unwrap();
    assert!(matches!(result, Err(Error::Unavailable(_))), "{result:?}");
}

#[tokio::test]
async fn a_transaction_left_idle_is_ended_by_the_server() {
    let database = TestDatabase::create().await;
    let mut conn = single(PoolOptions {
        idle_in_transaction: Duration::from_millis(100),
        ..database.options()
    })
    .await;
    execute(&mut conn, "BEGIN").await.unwrap();
    tokio::time::sleep(Duration::from_millis(400)).await;
    let result = execute(&mut conn, "SELECT 1").await;
    assert!(matches!(result, Err(Error::Unavailable(_))), "{result:?}");
}

#[tokio::test]
async fn a_session_killed_in_the_pool_is_never_lent() {
    let database = TestDatabase::create().await;
    let options = PoolOptions {
        size: 1,
        ..database.options()
    };
    let pool = pool::connect(&options).unwrap();
    let before = pid(&mut pool::get(&pool).await.unwrap()).await.unwrap();
    let mut killer = database.connect().await;
    let kill = format!("SELECT pg_terminate_backend({before}, 5000)");
    execute(&mut killer, &kill).await.unwrap();

    let after = pid(&mut pool::get(&pool).await.unwrap()).await.unwrap();

    assert_ne!(after, before);
}

#[tokio::test]
async fn a_transaction_left_open_is_not_lent_to_the_next() {
    let database = TestDatabase::create().await;
    let options = PoolOptions {
        size: 1,
        ..database.options()
    };
    let pool = pool::connect(&options).unwrap();
    let mut conn = pool::get(&pool).await.unwrap();
    execute(&mut conn, "CREATE TABLE t (id int)").await.unwrap();
    let abandoned = conn.transaction(async |conn| {
        execute(conn, "INSERT INTO t VALUES (1)").await?;
        std::future::pending::<Result<(), Error>>().await
    });
    tokio::time::timeout(Duration::from_millis(200), abandoned)
        .await
        .unwrap_err();
    drop(conn);

    let mut conn = pool::get(&pool).await.unwrap();
    let row: Pid = diesel::sql_query("SELECT count(*)::int AS pid FROM t")
        .get_result(&mut conn)
        .await
        .unwrap();
    assert_eq!(row.pid, 0);
}

/// The way to a database, which can fall silent: its sockets stay open, and nobody answers.
struct Way {
    folder: std::path::PathBuf,
    options: PoolOptions,
    /// Whether nothing passes any more. What was there when it fell silent is lost even if it passes again.
    is_silent: watch::Sender<bool>,
}

impl Way {
    fn to(database: &TestDatabase) -> Self {
        let folder = std::env::temp_dir().join(format!("crm-way-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let listener = UnixListener::bind(folder.join(".s.PGSQL.5432")).unwrap();
        let real = real_socket(database.url());
        let (is_silent, silence) = watch::channel(false);
        tokio::spawn(async move {
            while let Ok((from, _)) = listener.accept().await {
                tokio::spawn(pass(from, real.clone(), silence.clone()));
            }
        });
        let name = database.url().rsplit('/').next().unwrap();
        let url = format!("host={} user=crm dbname={name}", folder.display());
        Self {
            folder,
            options: PoolOptions::new(url),
            is_silent,
        }
    }
}

impl Drop for Way {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.folder).unwrap();
    }
}

async fn pass(mut from: UnixStream, real: std::path::PathBuf, mut silence: watch::Receiver<bool>) {
    if !*silence.borrow_and_update() {
        let mut to = UnixStream::connect(&real).await.unwrap();
        tokio::select! {
            _ = copy_bidirectional(&mut from, &mut to) => return,
            _ = silence.changed() => {}
        }
    }
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn a_silent_connection_is_replaced_after_idling() {
    let database = TestDatabase::create().await;
    let way = Way::to(&database);
    let options = PoolOptions {
        size: 1,
        idle_check: Duration::from_millis(500),
        ..way.options.clone()
    };
    let pool = pool::connect(&options).unwrap();
    let before = pid(&mut pool::get(&pool).await.unwrap()).await.unwrap();
    way.is_silent.send_replace(true);
    way.is_silent.send_replace(false);
    tokio::time::sleep(Duration::from_millis(700)).await;

    let start = Instant::now();
    let after = pid(&mut pool::get(&pool).await.unwrap()).await.unwrap();

    assert_ne!(after, before);
    assert!(
        start.elapsed() < Duration::from_secs(2),
        "{:?}",
        start.elapsed()
    );
}

#[tokio::test]
async fn who_waits_for_a_database_that_falls_silent_is_told_and_it_is_used_again_when_it_answers() {
    let database = TestDatabase::create().await;
    let way = Way::to(&database);
    let pool = pool::connect(&way.options).unwrap();
    let watched = pool.clone();
    tokio::spawn(async move { watched.watch().await });
    for is_known_to_the_watch in [false, true] {
        let mut conn = pool::get(&pool).await.unwrap();
        if is_known_to_the_watch {
            // So long that it was asked meanwhile, and it answered.
            execute(&mut conn, "select pg_sleep(1)").await.unwrap();
        }
        way.is_silent.send_replace(true);
        let start = Instant::now();
        let waiting = execute(&mut conn, "select 1");
        let told = tokio::time::timeout(Duration::from_secs(10), waiting).await;
        let error = told.unwrap().unwrap_err();
        assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
        assert!(
            start.elapsed() < Duration::from_secs(4),
            "{:?}",
            start.elapsed()
        );
        drop(conn);
        assert!(matches!(pool::get(&pool).await, Err(Error::Unavailable(_))));
        way.is_silent.send_replace(false);
        execute(&mut pool::get(&pool).await.unwrap(), "select 1")
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_statement_may_take_its_time_while_the_database_answers() {
    let database = TestDatabase::create().await;
    let pool = pool::connect(&database.options()).unwrap();
    let watched = pool.clone();
    tokio::spawn(async move { watched.watch().await });
    let mut conn = pool::get(&pool).await.unwrap();
    execute(&mut conn, "select pg_sleep(4)").await.unwrap();
}

fn real_socket(url: &str) -> std::path::PathBuf {
    let host = url.split(['@', ':']).nth(2).unwrap();
    format!("{}/.s.PGSQL.5432", host.replace("%2F", "/")).into()
}

#[tokio::test]
async fn a_missing_server_is_unavailable_at_once() {
    let options = PoolOptions::new("postgres://crm@%2Fnowhere/crm");
    let pool = pool::connect(&options).unwrap();
    let start = Instant::now();
    let result = pool::get(&pool).await.map(drop);
    assert!(matches!(result, Err(Error::Unavailable(_))), "{result:?}");
    assert!(start.elapsed() < Duration::from_millis(500));
}

#[test]
fn a_url_that_is_none_is_refused_when_the_pool_is_built() {
    let result = pool::connect(&PoolOptions::new("postgres://[broken")).map(drop);
    assert!(matches!(result, Err(Error::Unavailable(_))), "{result:?}");
}

#[test]
fn options_do_not_print_the_password() {
    let options = PoolOptions::new("postgres://crm:hunter2@db/crm");
    assert!(!format!("{options:?}").contains("hunter2"));
}

/// The server of the tests runs without durability, which makes it one to refuse.
#[tokio::test]
async fn a_server_that_may_lose_data_is_refused_unless_allowed() {
    let database = TestDatabase::create().await;
    let mut conn = database.connect().await;
    if value(&mut conn, "fsync").await == "on" {
        return; // A developer's own server.
    }
    let refused = pool::check_server(&mut conn, false).await.unwrap_err();
    assert!(
        matches!(refused, ServerRefused::Unsafe { setting: "fsync" }),
        "{refused:?}"
    );
    assert!(refused.to_string().contains("set fsync=on"), "{refused}");

    let version = pool::check_server(&mut conn, true).await.unwrap();
    assert!(version >= ServerVersion::OLDEST);
    assert_eq!(
        version.to_string(),
        value(&mut conn, "server_version")
            .await
            .split(' ')
            .next()
            .unwrap()
    );
}
