//! Schedules: each time once, on one of the servers; and what is removed after some time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use chrono::TimeDelta;
use crm_app::jobs::JobContext;
use crm_app::{Crm, CrmBuilder, HashCost};
use crm_storage::schedules::{self, Known};
use crm_testing::TestApp;
use crm_testing::app::secrets;
use serde_json::json;

use super::{FAST, Worker, until};

#[derive(Clone, Default)]
struct Fired(Arc<AtomicU32>);

impl Fired {
    fn count(&self) -> u32 {
        self.0.load(Ordering::SeqCst)
    }

    fn every(&self, every: Duration, builder: CrmBuilder) -> CrmBuilder {
        let fired = self.clone();
        builder.schedule("test.tick", every, move |_: JobContext| {
            fired.0.fetch_add(1, Ordering::SeqCst);
            async { Ok(()) }
        })
    }
}

const HOUR: Duration = Duration::from_hours(1);

async fn hourly(fired: &Fired) -> TestApp {
    TestApp::with(|builder| fired.every(HOUR, builder)).await
}

fn another(app: &TestApp, fired: &Fired, every: Duration) -> Crm {
    let builder = Crm::builder(app.database().pool(), secrets())
        .clock(Arc::clone(&app.clock) as _)
        .hash_cost(HashCost::ForTests);
    fired.every(every, builder).build()
}

#[tokio::test]
async fn a_schedule_fires_at_each_of_its_times_and_a_missed_one_once() {
    let fired = Fired::default();
    let app = hourly(&fired).await;
    app.drain_jobs().await;
    assert_eq!(fired.count(), 0);
    app.clock.advance(TimeDelta::minutes(61));
    app.drain_jobs().await;
    app.drain_jobs().await;
    assert_eq!(fired.count(), 1);
    // The next time is that of the schedule, not an hour after the one that was late.
    app.clock.advance(TimeDelta::minutes(59));
    app.drain_jobs().await;
    assert_eq!(fired.count(), 2);
    app.clock.advance(TimeDelta::days(3));
    app.drain_jobs().await;
    assert_eq!(fired.count(), 3);
}

#[tokio::test]
async fn a_restart_neither_fires_again_nor_begins_to_count_anew() {
    let fired = Fired::default();
    let app = hourly(&fired).await;
    app.clock.advance(TimeDelta::minutes(60));
    app.drain_jobs().await;
    app.clock.advance(TimeDelta::minutes(50));
    let restarted = another(&app, &fired, HOUR);
    restarted.jobs().drain().await.unwrap();
    assert_eq!(fired.count(), 1);
    app.clock.advance(TimeDelta::minutes(10));
    restarted.jobs().drain().await.unwrap();
    assert_eq!(fired.count(), 2);
}

#[tokio::test]
async fn a_shorter_interval_does_not_wait_for_the_end_of_a_longer_one() {
    let fired = Fired::default();
    let app = hourly(&fired).await;
    let restarted = another(&app, &fired, Duration::from_mins(1));
    restarted.jobs().prepare().await.unwrap();
    app.clock.advance(TimeDelta::minutes(1));
    restarted.jobs().drain().await.unwrap();
    assert_eq!(fired.count(), 1);
}

/// A server that took its time at the start does not set back what has fired meanwhile.
#[tokio::test]
async fn a_slow_start_does_not_fire_again() {
    let fired = Fired::default();
    let app = hourly(&fired).await;
    let before = app.crm.now();
    app.clock.advance(TimeDelta::hours(1));
    app.drain_jobs().await;
    let slow = Known {
        name: "test.tick",
        every: TimeDelta::hours(1),
        first_at: before + TimeDelta::hours(1),
    };
    let conn = &mut app.database().connect().await;
    schedules::ensure(conn, &[slow]).await.unwrap();
    app.drain_jobs().await;
    assert_eq!(fired.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_servers_one_fires() {
    let fired = Fired::default();
    let app = hourly(&fired).await;
    let others = [another(&app, &fired, HOUR), another(&app, &fired, HOUR)];
    let servers = [&app.crm, &others[0], &others[1]];
    let workers = servers.map(|crm| Worker::start(&app, crm, FAST));
    for times in 1..=3 {
        app.clock.advance(TimeDelta::hours(1));
        until(async || fired.count() >= times).await;
        // All of them have looked once more.
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        assert_eq!(fired.count(), times);
    }
    for worker in workers {
        worker.stop().await;
    }
}

#[tokio::test]
async fn old_events_and_dead_jobs_are_removed_and_younger_ones_kept() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for name in ["Old", "New"] {
        if name == "New" {
            app.clock.advance(TimeDelta::days(60));
        }
        let admin = app.sign_in(admin.user().clone()).await;
        admin
            .post("/api/teams")
            .json(json!({ "name": name }))
            .expect(201)
            .await;
        let at = app.crm.now();
        let dead = format!(
            "insert into jobs (id, name, payload, state, run_at, attempts, max_attempts, created_at, died_at)
             values (gen_random_uuid(), 'test.{name}', 'null', 'dead', '{at}', 1, 1, '{at}', '{at}')"
        );
        app.database().execute(&dead).await;
    }
    app.clock.advance(TimeDelta::days(32));
    app.drain_jobs().await;
    let dead = app.database().rows("select name from jobs").await;
    assert_eq!(dead, [json!({ "name": "test.New" })]);
    let names = "select payload -> 'changes' -> 'name' ->> 'to' as name from events where name = 'team.created'";
    assert_eq!(app.database().rows(names).await, [json!({ "name": "New" })]);
    // The activity log is for ever.
    let kept = "select 1 as one from activities where action = 'team.created'";
    assert_eq!(app.database().rows(kept).await.len(), 2);
}
