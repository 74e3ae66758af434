//! Several servers on one queue; jobs that fail.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use crm_app::jobs::{Delivered, Job, JobContext, JobError, Workers};
use crm_app::{Crm, HashCost};
use crm_domain::event::TeamCreated;
use crm_testing::TestApp;
use crm_testing::app::secrets;
use diesel_async::AsyncConnection as _;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Done, FAST, Work, Worker, app, enqueue, queue, until, with_work};

/// Another server on the database of `app`, with connections of its own.
fn another(app: &TestApp, done: &Done) -> Crm {
    let builder = Crm::builder(app.database().pool(), secrets())
        .clock(Arc::clone(&app.clock) as _)
        .hash_cost(HashCost::ForTests);
    with_work(builder, done).build()
}

#[tokio::test(flavor = "multi_thread")]
async fn three_servers_do_each_of_six_hundred_jobs_once() {
    let done = Done::default();
    let app = app(&done).await;
    let mut conn = app.database().connect().await;
    for number in 0..600 {
        let work = Work::number(number);
        app.crm.jobs().enqueue_in(&mut conn, &work).await.unwrap();
    }
    let others = [another(&app, &done), another(&app, &done)];
    let servers = [&app.crm, &others[0], &others[1]];
    let workers = servers.map(|crm| Worker::start(&app, crm, FAST));
    until(async || queue(&app).await.is_empty()).await;
    for worker in workers {
        worker.stop().await;
    }
    let mut numbers = done.lock().unwrap().clone();
    numbers.sort_unstable();
    assert_eq!(numbers, (0..600).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_of_one_line_are_done_in_the_order_in_which_they_were_queued() {
    let done = Done::default();
    let app = app(&done).await;
    for number in 0..120 {
        let line = Some((number % 4).to_string());
        enqueue(
            &app,
            Work {
                line,
                ..Work::number(number)
            },
        )
        .await;
    }
    let other = another(&app, &done);
    let workers = [&app.crm, &other].map(|crm| Worker::start(&app, crm, FAST));
    until(async || queue(&app).await.is_empty()).await;
    for worker in workers {
        worker.stop().await;
    }
    let mut lines = BTreeMap::<_, Vec<i32>>::new();
    for number in done.lock().unwrap().iter() {
        lines.entry(number % 4).or_default().push(*number);
    }
    assert_eq!(lines.values().map(Vec::len).sum::<usize>(), 120);
    assert!(lines.values().all(|line| line.is_sorted()), "{lines:?}");
}

#[tokio::test]
async fn one_that_fails_holds_up_its_line_and_no_other_until_it_is_dead() {
    let done = Done::default();
    let app = app(&done).await;
    let line = |line: &str| Some(line.to_owned());
    enqueue(
        &app,
        Work {
            line: line("a"),
            is_poison: true,
            ..Work::number(1)
        },
    )
    .await;
    enqueue(
        &app,
        Work {
            line: line("a"),
            ..Work::number(2)
        },
    )
    .await;
    enqueue(
        &app,
        Work {
            line: line("b"),
            ..Work::number(3)
        },
    )
    .await;
    app.drain_jobs().await;
    assert_eq!(*done.lock().unwrap(), [3]);
    for _ in 0..2 {
        app.clock.advance(TimeDelta::hours(1));
        app.drain_jobs().await;
    }
    assert_eq!(*done.lock().unwrap(), [3, 2]);
}

#[tokio::test]
async fn a_job_that_fails_is_tried_again_later_and_is_dead_after_its_attempts() {
    let done = Done::default();
    let app = app(&done).await;
    enqueue(
        &app,
        Work {
            is_poison: true,
            ..Work::number(7)
        },
    )
    .await;
    assert_eq!(app.drain_jobs().await, 1);
    let waiting = &queue(&app).await[0];
    assert_eq!(waiting["state"], "ready");
    assert_eq!(waiting["attempts"], 1);
    assert_eq!(waiting["last_error"], "7 is poison");
    assert_eq!(waiting["lease"], json!(null));
    // Not before the shortest wait, and not after the longest.
    app.clock.advance(TimeDelta::milliseconds(2_499));
    assert_eq!(app.drain_jobs().await, 0);
    app.clock.advance(TimeDelta::milliseconds(2_501));
    assert_eq!(app.drain_jobs().await, 1);
    app.clock.advance(TimeDelta::seconds(9));
    app.drain_jobs().await;
    app.clock.advance(TimeDelta::days(1));
    app.drain_jobs().await;
    let dead = &queue(&app).await[0];
    assert_eq!(dead["state"], "dead");
    assert_eq!(dead["attempts"], 3);
    assert!(done.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_job_is_queued_once_while_one_of_its_key_is_there() {
    let done = Done::default();
    let app = app(&done).await;
    let jobs = app.crm.jobs();
    let keyed = |number| Work {
        key: Some("k".to_owned()),
        ..Work::number(number)
    };
    assert!(jobs.enqueue(&keyed(1)).await.unwrap());
    assert!(!jobs.enqueue(&keyed(2)).await.unwrap());
    let other = Work {
        key: Some("other".to_owned()),
        ..Work::number(3)
    };
    assert!(jobs.enqueue(&other).await.unwrap());
    assert_eq!(app.drain_jobs().await, 2);
    assert!(jobs.enqueue(&keyed(4)).await.unwrap());
    app.drain_jobs().await;
    assert_eq!(*done.lock().unwrap(), [1, 3, 4]);
}

#[tokio::test]
async fn a_job_is_there_when_its_transaction_commits_and_waits_for_its_time() {
    use diesel_async::AsyncConnection as _;
    let done = Done::default();
    let app = app(&done).await;
    let jobs = app.crm.jobs();
    let mut conn = app.database().connect().await;
    let undone: Result<(), crm_app::Error> = conn
        .transaction(async |conn| {
            jobs.enqueue_in(conn, &Work::number(1)).await?;
            Err(diesel::result::Error::RollbackTransaction.into())
        })
        .await;
    undone.unwrap_err();
    let later = app.crm.now() + TimeDelta::seconds(5);
    jobs.enqueue_at(&Work::number(2), later).await.unwrap();
    assert_eq!(app.drain_jobs().await, 0);
    app.clock.advance(TimeDelta::seconds(5));
    assert_eq!(app.drain_jobs().await, 1);
    assert_eq!(*done.lock().unwrap(), [2]);
}

/// A job whose handler does what the test wants of it.
#[derive(Serialize, Deserialize)]
struct Odd(String);

impl Job for Odd {
    const NAME: &'static str = "test.odd";
}

async fn odd(context: JobContext, Odd(what): Odd) -> Result<(), JobError> {
    match what.as_str() {
        "panic" => panic!("oh {}", context.attempt),
        "dead" => Err(JobError::dead(format!("never \0{}", "x".repeat(5_000)))),
        "interrupted" => Err(JobError::Interrupted),
        _ => Ok(()),
    }
}

#[tokio::test]
async fn a_panic_is_a_failure_of_its_job_and_of_nothing_else() {
    let app = TestApp::with(|builder| builder.job(odd)).await;
    for what in ["panic", "fine"] {
        app.crm.jobs().enqueue(&Odd(what.to_owned())).await.unwrap();
    }
    assert_eq!(app.drain_jobs().await, 2);
    let left = queue(&app).await;
    assert_eq!(left.len(), 1);
    assert_eq!(left[0]["last_error"], "it panicked: oh 1");
    assert_eq!(left[0]["state"], "ready");
}

#[tokio::test]
async fn what_will_never_succeed_is_dead_at_once_and_its_error_is_kept_within_bounds() {
    let app = TestApp::with(|builder| builder.job(odd)).await;
    app.crm
        .jobs()
        .enqueue(&Odd("dead".to_owned()))
        .await
        .unwrap();
    let unreadable = "insert into jobs (id, name, payload, state, run_at, attempts, max_attempts, created_at)
         values (gen_random_uuid(), 'test.odd', '{\"no\": 1}', 'ready', '2026-01-01', 0, 3, '2026-01-01')";
    app.database().execute(unreadable).await;
    assert_eq!(app.drain_jobs().await, 2);
    let dead = queue(&app).await;
    assert!(
        dead.iter()
            .all(|job| job["state"] == "dead" && job["attempts"] == 1)
    );
    let error = dead[0]["last_error"].as_str().unwrap();
    assert_eq!(error.chars().count(), 2_000);
    let error = dead[1]["last_error"].as_str().unwrap();
    assert!(error.starts_with("the payload cannot be read: "), "{error}");
}

#[tokio::test]
async fn an_attempt_that_was_interrupted_does_not_count() {
    let app = TestApp::with(|builder| builder.job(odd)).await;
    app.crm
        .jobs()
        .enqueue(&Odd("interrupted".to_owned()))
        .await
        .unwrap();
    for _ in 0..3 {
        assert_eq!(app.drain_jobs().await, 1);
        app.clock.advance(TimeDelta::seconds(1));
    }
    assert_eq!(queue(&app).await[0]["attempts"], 0);
}

#[tokio::test]
async fn what_this_program_cannot_handle_waits_for_one_that_can() {
    let without = TestApp::new().await;
    without.crm.jobs().enqueue(&Work::number(5)).await.unwrap();
    assert_eq!(without.drain_jobs().await, 0);
    assert_eq!(queue(&without).await[0]["attempts"], 0);
    let done = Done::default();
    assert_eq!(another(&without, &done).jobs().drain().await.unwrap(), 1);
    assert_eq!(*done.lock().unwrap(), [5]);
}

#[tokio::test]
async fn two_handlers_of_one_name_are_refused_at_the_start() {
    let done = Done::default();
    let app = app(&done).await;
    let builder = Crm::builder(app.crm.pool().clone(), secrets());
    let twice = with_work(with_work(builder, &done), &done).build();
    let refused = twice.jobs().drain().await.unwrap_err().to_string();
    assert!(
        refused.contains("two handlers are named test.work"),
        "{refused}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_is_woken_when_a_job_is_queued() {
    let done = Done::default();
    let app = TestApp::with(|builder| {
        let teams = Arc::clone(&done);
        with_work(builder, &done).subscribe("test.teams", move |_, _: Delivered<TeamCreated>| {
            teams.lock().unwrap().push(3);
            async { Ok(()) }
        })
    })
    .await;
    let slow_to_look = Workers {
        poll: Duration::from_mins(10),
        ..FAST
    };
    let worker = Worker::start(&app, &app.crm, slow_to_look);
    let listens = "select 1 as one from pg_stat_activity where datname = current_database() and query = 'listen crm_jobs'";
    until(async || app.database().rows(listens).await.len() == 1).await;
    let began = Instant::now();
    enqueue(&app, Work::number(1)).await;
    until(async || !done.lock().unwrap().is_empty()).await;
    // In a transaction of one's own.
    let mut conn = app.database().connect().await;
    conn.transaction(async |conn| app.crm.jobs().enqueue_in(conn, &Work::number(2)).await)
        .await
        .unwrap();
    app.crm.jobs().wake();
    until(async || done.lock().unwrap().len() == 2).await;
    // By a write that brings an event about.
    let team = json!({ "name": "North" });
    app.admin()
        .await
        .post("/api/teams")
        .json(team)
        .expect(201)
        .await;
    until(async || done.lock().unwrap().len() == 3).await;
    assert!(began.elapsed() < Duration::from_secs(20));
    worker.stop().await;
}
