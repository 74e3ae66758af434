//! A client that goes away half-way: what it asked for is done or not done, never half.

use std::time::Duration;

use crm_domain::event::LeadConverted;
use crm_http::server::Limits;
use crm_testing::TestApp;
use diesel_async::SimpleAsyncConnection as _;
use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::leads::{make, path};

#[tokio::test]
async fn a_conversion_runs_to_its_end_when_its_client_goes_away() {
    let app = TestApp::with(|builder| {
        builder.before_commit("slow", |_: &LeadConverted, hook| {
            Box::pin(async move { Ok(hook.conn.batch_execute("select pg_sleep(0.3)").await?) })
        })
    })
    .await;
    let admin = app.admin().await;
    let lead = make(&admin, json!({})).await;
    let address = app.serve(Limits::default()).await;

    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "POST {}/convert HTTP/1.1\r\nhost: crm.test\r\nauthorization: Bearer {}\r\ncontent-length: 0\r\n\r\n",
        path(&lead),
        admin.token()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    drop(stream);

    let status = admin.get(&path(&lead)).expect(200).await["status"].clone();
    assert_eq!(status, "New", "the client went away before the end");
    for _ in 0..50 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        if admin.get(&path(&lead)).expect(200).await["status"] == "Converted" {
            return;
        }
    }
    panic!("the conversion was abandoned");
}
