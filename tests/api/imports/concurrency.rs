//! Imports beside each other, beside single writes, and after a crash.

use std::time::Duration;

use crm_testing::TestApp;
use futures_util::FutureExt as _;
use futures_util::future::join_all;
use serde_json::json;

use super::{CREATE, counts, done, id, leads, lines, path};

#[tokio::test]
async fn a_chunk_that_is_abandoned_half_way_is_done_once() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let rows = lines(0..1_700, |n| format!("Lead {n},lead{n}@example.org\n"));
    let import = leads(&admin, &format!("name,emailId\n{rows}"), CREATE()).await;
    admin
        .post(&format!("{}/run", path(&import)))
        .expect(202)
        .await;
    let mut abandoned = 0;
    let mut patience = Duration::from_millis(5);
    loop {
        // Dropped at another point each time, as a process that is killed.
        let imports = app.crm.imports();
        let step = tokio::time::timeout(patience, imports.advance(id(&import))).await;
        match step.map(Result::unwrap) {
            Ok(true) => {}
            Ok(false) => {
                let now = admin.get(&path(&import)).expect(200).await;
                if now["state"] == "finished" {
                    break;
                }
                // The connection that was dropped still holds it for a moment.
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            Err(_) => {
                abandoned += 1;
                patience = patience * 3 / 2;
            }
        }
    }
    assert!(abandoned > 2, "{abandoned}");
    let import = admin.get(&path(&import)).expect(200).await;
    assert_eq!(counts(&import), [1_700, 0, 0, 0, 0]);
    for query in [
        "select count(*) as n, count(distinct email_key) as d from leads",
        "select count(*) as n, count(distinct resource_id) as d from activities where action = 'lead.created'",
        "select count(*) as n, count(distinct resource_id) as d from events where name = 'lead.created'",
        "select count(*) as n, count(distinct record_id) as d from import_rows where outcome = 'created'",
    ] {
        let found = app.database().rows(query).await;
        assert_eq!(found[0], json!({ "n": 1_700, "d": 1_700 }), "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn imports_and_single_writes_at_once_make_no_address_twice() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    // In opposite orders, so that careless locks would wait for each other.
    let row = |n: usize| format!("Lead {n},lead{n}@example.org\n");
    let forth = lines(0..900, row);
    let back = lines((300..1_200).rev(), row);
    let one = leads(&admin, &format!("name,emailId\n{forth}"), CREATE()).await;
    let two = leads(&admin, &format!("name,emailId\n{back}"), CREATE()).await;
    let singles = (0..1_200).step_by(40).map(|n| {
        let body = json!({ "name": "Single", "emailId": format!("LEAD{n}@example.org") });
        let admin = &admin;
        async move {
            let status = admin
                .post("/api/leads")
                .json(body)
                .send()
                .await
                .status
                .as_u16();
            assert!([201, 409].contains(&status), "{status}");
        }
    });
    let (one, two, _) = futures_util::join!(
        done(&app, &admin, &one, "run"),
        done(&app, &admin, &two, "run"),
        join_all(singles).boxed()
    );
    assert_eq!(
        (&one["state"], &two["state"]),
        (&json!("finished"), &json!("finished"))
    );
    let found = "select count(*) as n, count(distinct email_key) as d from leads";
    assert_eq!(
        app.database().rows(found).await[0],
        json!({ "n": 1_200, "d": 1_200 })
    );
}

#[tokio::test]
async fn a_server_goes_on_with_what_another_one_began() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let import = leads(&admin, "name,phone\nAda,12345\n", CREATE()).await;
    admin
        .post(&format!("{}/run", path(&import)))
        .expect(202)
        .await;
    let crm = app.crm.clone();
    let server = tokio::spawn(async move { crm.imports().keep_going().await });
    for _ in 0..200 {
        if admin.get(&path(&import)).expect(200).await["state"] == "finished" {
            server.abort();
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("nobody goes on");
}
