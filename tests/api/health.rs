//! What load balancers ask, at the worst of times.

use std::time::{Duration, Instant};

use crm_storage::pool;
use crm_testing::TestApp;
use diesel_async::SimpleAsyncConnection as _;
use poem::http::StatusCode;

/// Asks for some time; gives the last status, and how long nine of ten answers took at most.
async fn readiness(app: &TestApp, time: Duration) -> (StatusCode, Duration) {
    let began = Instant::now();
    let mut took = Vec::new();
    loop {
        let asked_at = Instant::now();
        let status = app.anonymous().get("/health/ready").send().await.status;
        took.push(asked_at.elapsed());
        if began.elapsed() > time {
            took.sort_unstable();
            return (status, took[took.len() * 9 / 10]);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn readiness_is_told_at_once_though_no_connection_is_free_and_the_rights_are_being_read() {
    const SOON: Duration = Duration::from_millis(100);
    let app = TestApp::new().await;
    let (crm, options) = (app.crm.clone(), app.database().options());
    let following = tokio::spawn(async move { crm.follow(&options).await });
    app.anonymous().get("/health/ready").expect(200).await;
    let mut held = Vec::new();
    while held.len() < app.crm.pool().max_size() {
        held.push(pool::get(app.crm.pool()).await.unwrap());
    }
    let mut other = app.database().connect().await;
    let lock = "begin; lock table access_version in access exclusive mode";
    other.batch_execute(lock).await.unwrap();

    // They are read again, now and each second; what was read last is good for two.
    app.database().execute("notify crm_access").await;
    let (status, took) = readiness(&app, Duration::from_millis(600)).await;
    assert!(status == 200 && took < SOON, "{status} in {took:?}");
    let (status, took) = readiness(&app, Duration::from_secs(3)).await;
    assert!(status == 503 && took < SOON, "{status} in {took:?}");

    other.batch_execute("rollback").await.unwrap();
    let (status, took) = readiness(&app, Duration::from_secs(2)).await;
    assert!(status == 200 && took < SOON, "{status} in {took:?}");
    following.abort();
}
