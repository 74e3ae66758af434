//! The template that test databases are copied from, and what dead processes left.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crm_storage::migrate::{self, Migration};
use diesel::{
    QueryableByName,
    sql_types::{Integer, Text},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _, SimpleAsyncConnection as _};
use sha2::{Digest as _, Sha256};

use super::{
    Failure, patient,
    server::{Server, is_alive},
};

/// On a server that other machines may use, a process number says nothing; no
/// test takes as long.
const FOREIGN_AGE_SECONDS: u64 = 3600;

#[derive(QueryableByName)]
struct Database {
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = Integer)]
    number: i32,
}

/// Makes the template for these migrations unless it is there, and answers its name.
pub(super) async fn prepare(
    server: &Server,
    conn: &mut AsyncPgConnection,
    migrations: &[Migration],
) -> Result<String, Failure> {
    let template = template_name(migrations);
    let names = databases(conn).await?;
    for name in names.iter().filter(|name| is_left_over(name, server)) {
        // Another process may be at it as well: then it is gone all the same.
        let _ = drop_database(conn, name).await;
    }
    if names.contains(&template) {
        return Ok(template);
    }
    // Held until the session ends, which this function's error also leads to.
    conn.batch_execute("SELECT pg_advisory_lock(hashtext('crm_template'))")
        .await?;
    if !databases(conn).await?.contains(&template) {
        build(server, conn, migrations, &template).await?;
    }
    conn.batch_execute("SELECT pg_advisory_unlock(hashtext('crm_template'))")
        .await?;
    Ok(template)
}

pub(super) async fn databases(conn: &mut AsyncPgConnection) -> Result<Vec<String>, Failure> {
    let rows: Vec<Database> = diesel::sql_query(
        "SELECT datname::text AS name FROM pg_database WHERE datname LIKE 'crm%'",
    )
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.name).collect())
}

/// Drops a database whoever uses it: the connections of a test are its own affair
/// and go with it.
pub(super) async fn drop_database(conn: &mut AsyncPgConnection, name: &str) -> Result<(), Failure> {
    // `FORCE` alone naps for 100 ms if it meets a session that needs a moment to end.
    end_sessions(conn, name).await?;
    conn.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        .await?;
    Ok(())
}

async fn end_sessions(conn: &mut AsyncPgConnection, name: &str) -> Result<(), Failure> {
    for _ in 0..500 {
        let row: Number = diesel::sql_query(
            "SELECT count(pg_terminate_backend(pid))::int AS number \
             FROM pg_stat_activity WHERE datname = $1",
        )
        .bind::<Text, _>(name)
        .get_result(conn)
        .await?;
        if row.number == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    Ok(())
}

/// Major version of the server.
pub(super) async fn server_version(conn: &mut AsyncPgConnection) -> Result<i32, Failure> {
    let row: Number =
        diesel::sql_query("SELECT current_setting('server_version_num')::int / 10000 AS number")
            .get_result(conn)
            .await?;
    Ok(row.number)
}

/// It gets its name when it is done, so one of that name is whole.
async fn build(
    server: &Server,
    conn: &mut AsyncPgConnection,
    migrations: &[Migration],
    template: &str,
) -> Result<(), Failure> {
    let unfinished = format!("{template}_unfinished");
    drop_database(conn, &unfinished).await?;
    conn.batch_execute(&format!(
        "CREATE DATABASE {unfinished} TEMPLATE template0 ENCODING 'UTF8'"
    ))
    .await?;
    if !migrations.is_empty() {
        let mut inside =
            crm_storage::pool::connect_once(&patient(&server.url(&unfinished))).await?;
        migrate::apply(&mut inside, migrations, |_| {}).await?;
    }
    conn.batch_execute(&format!(
        "ALTER DATABASE {unfinished} ALLOW_CONNECTIONS false"
    ))
    .await?;
    end_sessions(conn, &unfinished).await?;
    conn.batch_execute(&format!("ALTER DATABASE {unfinished} RENAME TO {template}"))
        .await?;
    Ok(())
}

fn template_name(migrations: &[Migration]) -> String {
    let mut hash = Sha256::new();
    for migration in migrations {
        hash.update(format!("{migration} {}\n", migration.checksum()));
    }
    let number = hash
        .finalize()
        .iter()
        .take(8)
        .fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    format!("crm_template_{number:016x}")
}

/// Whether a database belongs to a test that is over, by its name.
fn is_left_over(name: &str, server: &Server) -> bool {
    match owner(name) {
        Some((pid, _)) if server.is_ours() => !is_alive(pid),
        Some((_, born)) => {
            let now = SystemTime::now().duration_since(UNIX_EPOCH);
            now.unwrap_or_default().as_secs() > born + FOREIGN_AGE_SECONDS
        }
        None => false,
    }
}

/// Process number and time of birth.
pub(super) fn owner(name: &str) -> Option<(u32, u64)> {
    let mut parts = name.strip_prefix("crm_test_")?.split('_');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}
