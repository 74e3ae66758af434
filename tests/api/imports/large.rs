//! A hundred thousand rows.

use std::time::{Duration, Instant};

use crm_testing::TestApp;

use super::{CREATE, done, leads, lines};

/// Measured with `--run-ignored all`: the time depends on the machine, and on what else runs on it.
#[tokio::test]
#[ignore = "takes a minute"]
async fn a_hundred_thousand_rows_take_less_than_a_minute() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let row =
        |n| format!("Lead {n},lead{n}@example.org,'+49 30 {n},Company {n},Fair,gold;silver\n");
    let rows = lines(0..100_000, row);
    let start = Instant::now();
    let table = format!("name,emailId,phone,company,source,tags\n{rows}");
    let import = leads(&admin, &table, CREATE()).await;
    let uploaded = start.elapsed();
    let import = done(&app, &admin, &import, "run").await;
    assert_eq!(import["counts"]["created"], 100_000);
    println!("uploaded in {uploaded:?}, done in {:?}", start.elapsed());
    // Without optimisation it takes several times as long.
    let most = Duration::from_mins(if cfg!(debug_assertions) { 5 } else { 1 });
    assert!(start.elapsed() < most, "{:?}", start.elapsed());
}
