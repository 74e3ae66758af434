//! Servers that die, stop, or lose a job while it runs.

use std::sync::Arc;
use std::time::Duration;

use crm_app::jobs::{Job, JobContext, JobError, Workers};
use crm_domain::ids::JobId;
use crm_storage::jobs::{self, Claim, Lease};
use crm_testing::TestApp;
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use uuid::Uuid;

use super::{Done, FAST, Work, Worker, app, enqueue, queue, until};

/// Takes what is due, as a server does that dies right afterwards.
async fn claim_and_die(app: &TestApp, token: u128) -> Vec<JobId> {
    let claim = Claim {
        names: &["test.work"],
        now: app.crm.now(),
        limit: 10,
        lease: Lease::new(Uuid::from_u128(token)),
        lasts: Duration::from_mins(1),
    };
    let claimed = jobs::claim(&mut app.database().connect().await, claim).await;
    claimed.unwrap().into_iter().map(|job| job.id).collect()
}

/// Lets the leases of the queue run out.
async fn expire(app: &TestApp) {
    let expire =
        "update jobs set leased_until = now() - interval '1 second' where lease is not null";
    app.database().execute(expire).await;
}

#[tokio::test]
async fn a_job_of_a_server_that_died_runs_again_when_its_lease_has_run_out() {
    let done = Done::default();
    let app = app(&done).await;
    enqueue(&app, Work::number(1)).await;
    assert_eq!(claim_and_die(&app, 1).await.len(), 1);
    assert_eq!(app.drain_jobs().await, 0);
    expire(&app).await;
    assert_eq!(app.drain_jobs().await, 1);
    assert_eq!(*done.lock().unwrap(), [1]);
    assert!(queue(&app).await.is_empty());
}

#[tokio::test]
async fn a_job_that_kills_its_servers_is_dead_after_its_attempts() {
    let done = Done::default();
    let app = app(&done).await;
    enqueue(&app, Work::number(1)).await;
    for token in 1..=3 {
        assert_eq!(claim_and_die(&app, token).await.len(), 1);
        expire(&app).await;
    }
    app.drain_jobs().await;
    let dead = &queue(&app).await[0];
    assert_eq!(dead["state"], "dead");
    assert_eq!(dead["last_error"], "its last attempt never came to an end");
    assert!(done.lock().unwrap().is_empty());
}

#[tokio::test]
async fn who_lost_a_job_can_neither_renew_nor_finish_nor_bury_it() {
    let done = Done::default();
    let app = app(&done).await;
    enqueue(&app, Work::number(1)).await;
    let id = claim_and_die(&app, 1).await[0];
    let (mine, conn) = (
        Lease::new(Uuid::from_u128(1)),
        &mut app.database().connect().await,
    );
    let lasts = Duration::from_mins(1);
    assert!(jobs::renew(conn, id, mine, lasts).await.unwrap());
    expire(&app).await;
    assert!(!jobs::renew(conn, id, mine, lasts).await.unwrap());
    claim_and_die(&app, 2).await;
    let before = queue(&app).await;
    assert!(!jobs::renew(conn, id, mine, lasts).await.unwrap());
    assert!(!jobs::finish(conn, id, mine).await.unwrap());
    assert!(
        !jobs::bury(conn, id, mine, app.crm.now(), "x")
            .await
            .unwrap()
    );
    assert!(
        !jobs::retry_later(conn, id, mine, app.crm.now(), "x")
            .await
            .unwrap()
    );
    assert_eq!(
        jobs::release(conn, &[(id, mine)], app.crm.now())
            .await
            .unwrap(),
        0
    );
    assert_eq!(queue(&app).await, before);
}

/// Takes until it is told to end.
#[derive(Serialize, Deserialize)]
struct Long;

impl Job for Long {
    const NAME: &'static str = "test.long";
}

#[derive(Clone, Default)]
struct Signs {
    begun: Arc<Notify>,
    go_on: Arc<Notify>,
    noticed: Arc<Notify>,
}

async fn with_long(signs: &Signs) -> TestApp {
    let signs = signs.clone();
    TestApp::with(|builder| {
        builder.job(move |context: JobContext, _: Long| {
            let signs = signs.clone();
            async move {
                signs.begun.notify_one();
                tokio::select! {
                    () = signs.go_on.notified() => Ok(()),
                    () = context.stopped() => {
                        if context.is_lost() {
                            signs.noticed.notify_one();
                        }
                        Err(JobError::Interrupted)
                    }
                }
            }
        })
    })
    .await
}

const SHORT: Workers = Workers {
    lease: Duration::from_millis(900),
    ..FAST
};

#[tokio::test(flavor = "multi_thread")]
async fn a_long_job_keeps_its_lease_and_is_done_once() {
    let signs = Signs::default();
    let app = with_long(&signs).await;
    app.crm.jobs().enqueue(&Long).await.unwrap();
    let worker = Worker::start(&app, &app.crm, SHORT);
    signs.begun.notified().await;
    // Longer than the lease.
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    let running = &queue(&app).await[0];
    assert_eq!(running["attempts"], 1);
    signs.go_on.notify_one();
    until(async || queue(&app).await.is_empty()).await;
    worker.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_notices_that_its_job_is_lost() {
    let signs = Signs::default();
    let app = with_long(&signs).await;
    app.crm.jobs().enqueue(&Long).await.unwrap();
    let worker = Worker::start(&app, &app.crm, SHORT);
    signs.begun.notified().await;
    let stolen =
        "update jobs set lease = gen_random_uuid(), leased_until = now() + interval '1 hour'
                  where name = 'test.long'";
    app.database().execute(stolen).await;
    let noticed = tokio::time::timeout(Duration::from_secs(30), signs.noticed.notified());
    noticed.await.unwrap();
    worker.stop().await;
    let held = &queue(&app).await[0];
    assert!(!held["lease"].is_null(), "the new holder still has it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_gives_back_what_it_cannot_finish() {
    let signs = Signs::default();
    let app = with_long(&signs).await;
    app.crm.jobs().enqueue(&Long).await.unwrap();
    let worker = Worker::start(&app, &app.crm, FAST);
    signs.begun.notified().await;
    worker.stop().await;
    let given_back = &queue(&app).await[0];
    assert_eq!(given_back["attempts"], 0);
    assert!(given_back["lease"].is_null());
}

/// Listens to nobody.
#[derive(Serialize, Deserialize)]
struct Stubborn;

impl Job for Stubborn {
    const NAME: &'static str = "test.stubborn";
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_that_does_not_stop_is_cut_off_and_its_job_given_back() {
    let begun = Arc::new(Notify::new());
    let sign = Arc::clone(&begun);
    let app = TestApp::with(|builder| {
        builder.job(move |_: JobContext, _: Stubborn| {
            let begun = Arc::clone(&sign);
            async move {
                begun.notify_one();
                std::future::pending().await
            }
        })
    })
    .await;
    app.crm.jobs().enqueue(&Stubborn).await.unwrap();
    let impatient = Workers {
        patience: Duration::from_millis(100),
        ..FAST
    };
    let worker = Worker::start(&app, &app.crm, impatient);
    begun.notified().await;
    worker.stop().await;
    let given_back = &queue(&app).await[0];
    assert_eq!(given_back["attempts"], 0);
    assert!(given_back["lease"].is_null());
}
