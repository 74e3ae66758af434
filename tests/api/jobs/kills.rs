//! Servers that are killed again and again while they deliver events.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crm_app::jobs::{AnyEvent, JobContext, JobError, Workers};
use crm_app::{Crm, CrmBuilder};
use crm_storage::{PoolOptions, pool};
use crm_testing::TestApp;
use crm_testing::app::secrets;
use diesel::sql_types::{BigInt, Integer, Uuid as SqlUuid};
use diesel_async::RunQueryDsl as _;
use serde_json::json;

use super::until;

const EVENTS: u64 = 10_000;
/// Each has the same number of events.
const RECORDS: u64 = 500;
const SERVERS: usize = 3;
const KILLS: u64 = 50;

const WORKERS: Workers = Workers {
    at_once: 8,
    lease: Duration::from_secs(2),
    poll: Duration::from_millis(200),
    patience: Duration::from_secs(10),
};

/// Where a server that is to be killed finds its database.
const DATABASE: &str = "CRM_TEST_DATABASE_OF_VICTIM";

/// Notes each event that it is given, and how often it was begun before.
fn noting(builder: CrmBuilder) -> CrmBuilder {
    builder.subscribe_to_all(
        "test.note",
        |context: JobContext, event: AnyEvent| async move {
            let mut conn = pool::get(context.crm.pool()).await?;
            let number = event.payload["number"].as_i64();
            let number = number.ok_or_else(|| JobError::dead("none of the test's"))?;
            diesel::sql_query(
                "insert into noted (event, record, number, attempt) values ($1, $2, $3, $4)",
            )
            .bind::<SqlUuid, _>(event.id.uuid())
            .bind::<SqlUuid, _>(event.record_id)
            .bind::<BigInt, _>(number)
            .bind::<Integer, _>(context.attempt)
            .execute(&mut conn)
            .await?;
            Ok(())
        },
    )
}

/// Queues deliveries as they are queued when something happens, made from one of them. The statistics are gathered at once, as
/// Postgres does by itself within a minute.
async fn queue_events(app: &TestApp) {
    let admin = app.admin().await;
    admin
        .post("/api/teams")
        .json(json!({ "name": "North" }))
        .expect(201)
        .await;
    let many = format!(
        "create table noted (place bigserial primary key, event uuid not null, record uuid not null,
                             number bigint not null, attempt integer not null);
         create table queued as select gen_random_uuid() as event, n / {RECORDS} as number,
                                       md5((n % {RECORDS})::text)::uuid as record
                                from generate_series(0, {EVENTS} - 1) n;
         create table sample as select * from jobs where name = 'test.note' limit 1;
         delete from jobs;
         insert into jobs (id, name, payload, partition_key, unique_key, state, run_at, attempts, max_attempts, created_at)
         select event, name, payload || jsonb_build_object('id', event, 'record_id', record,
                                                           'payload', jsonb_build_object('number', number)),
                'team:' || record, event, state, timestamptz '2020-01-01', 0, max_attempts, created_at
         from queued, sample order by number;
         analyze jobs"
    );
    app.database().execute(&many).await;
}

/// A server in a process of its own. It is this program, told to run the other test below.
struct Victim(Child);

impl Victim {
    fn start(app: &TestApp) -> Self {
        let program = std::env::current_exe().unwrap();
        let child = Command::new(program)
            .args(["--exact", "jobs::kills::a_server_to_be_killed", "--ignored"])
            .env(DATABASE, app.database().url())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        Self(child.unwrap())
    }
}

impl Drop for Victim {
    /// As `kill -9` does it.
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

#[expect(clippy::disallowed_methods, reason = "a test tells it to this process")]
#[tokio::test(flavor = "multi_thread")]
#[ignore = "the other test starts it, in processes of their own"]
async fn a_server_to_be_killed() {
    let Ok(url) = std::env::var(DATABASE) else {
        return;
    };
    let options = PoolOptions::new(&url);
    let pool = pool::connect(&options).unwrap();
    let crm = noting(Crm::builder(pool, secrets())).build();
    let forever = std::future::pending();
    crm.jobs().run(&options, WORKERS, forever).await.unwrap();
}

async fn count(app: &TestApp, rows: &str) -> u64 {
    let count = format!("select count(*) as count from {rows}");
    app.database().rows(&count).await[0]["count"]
        .as_u64()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_events_are_delivered_in_order_however_often_servers_are_killed() {
    let app = TestApp::with(noting).await;
    queue_events(&app).await;
    let queue = "jobs where name = 'test.note'";
    assert_eq!(count(&app, queue).await, EVENTS);
    let abandoned = "jobs where leased_until < now() - interval '20 s'";
    let mut servers: Vec<_> = (0..SERVERS).map(|_| Victim::start(&app)).collect();
    for kill in 0..KILLS {
        // While there is work to do.
        let noted = EVENTS / (KILLS + 1) * (kill + 1);
        until(async || count(&app, "noted").await >= noted).await;
        servers.remove(0);
        servers.push(Victim::start(&app));
        assert_eq!(count(&app, abandoned).await, 0, "after {kill} kills");
    }
    assert!(count(&app, queue).await > 0, "the last kill came too late");
    until(async || count(&app, queue).await == 0).await;
    drop(servers);
    let each = "(select distinct event from noted) each";
    assert_eq!(count(&app, each).await, EVENTS);
    let back = "(select number < lag(number) over (partition by record order by place) as is_back from noted) steps \
                where is_back";
    assert_eq!(count(&app, back).await, 0);
    let again = count(&app, "noted where attempt > 1").await;
    assert!(again > 0, "no kill came while an event was under way");
}
