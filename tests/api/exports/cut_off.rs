//! Exports that do not come to their end: whoever takes them sees it, and the log tells it.

use std::time::Duration;

use crm_app::users::UserEdit;
use crm_app::{Crm, StorageError};
use crm_domain::lead::{LeadFilter, LeadQuery, LeadSort};
use crm_http::server::Limits;
use crm_testing::app::secrets;
use crm_testing::{Client, TestApp};
use futures_util::StreamExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{SYSTEM, fill, recorded};

/// Takes all roles away from a user.
pub(crate) async fn demote(app: &TestApp, client: &Client<'_>) {
    let edit = UserEdit {
        roles: Some(vec![]),
        ..UserEdit::default()
    };
    let users = app.crm.users();
    users.edit(&SYSTEM, client.user().id, edit).await.unwrap();
}

/// Waits for the row that tells how an export ended: whether it was complete, and how many rows it had.
async fn end(app: &TestApp) -> (bool, u64) {
    for _ in 0..200 {
        if let [_, ended] = recorded(app).await.as_slice() {
            let changes = &ended["changes"];
            return (
                changes["isComplete"]["to"].as_bool().unwrap(),
                changes["rows"]["to"].as_u64().unwrap(),
            );
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the end of the export is not recorded");
}

#[tokio::test]
async fn an_export_is_as_of_the_instant_at_which_it_began() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    fill(&app, 1_600, 1).await;
    let leads = app.crm.leads();
    let by_name = "name".parse::<LeadSort>().unwrap();
    let export = leads
        .export(&admin.actor(), LeadFilter::default(), by_name)
        .await;
    let mut export = export.unwrap();
    let mut names = Vec::new();
    while let Some(portion) = export.next().await {
        names.extend(
            portion
                .unwrap()
                .into_iter()
                .map(|listed| listed.lead.name.to_string()),
        );
        // They change their place in the order, and others join.
        app.database()
            .execute("update leads set name = 'Zz', name_key = 'zz ' || name_key")
            .await;
        fill(&app, 100, 1).await;
    }
    let expected: std::collections::BTreeSet<_> =
        (1..=1_600).map(|n| format!("Lead {n}")).collect();
    assert_eq!(names.len(), 1_600);
    assert_eq!(
        names.into_iter().collect::<std::collections::BTreeSet<_>>(),
        expected
    );
}

#[tokio::test]
async fn an_export_ends_with_the_right_to_it() {
    let app = TestApp::new().await;
    let (_other, admin) = (app.admin().await, app.admin().await);
    fill(&app, 4_000, 1).await;
    let leads = app.crm.leads();
    let export = leads
        .export(&admin.actor(), LeadFilter::default(), LeadSort::default())
        .await;
    let mut export = export.unwrap();
    assert_eq!(export.next().await.unwrap().unwrap().len(), 500);
    demote(&app, &admin).await;
    let mut rows = 500;
    let error = loop {
        match export.next().await {
            Some(Ok(portion)) => rows += portion.len(),
            Some(Err(error)) => break error,
            None => panic!("the export seems complete after {rows} rows"),
        }
    };
    assert!(matches!(error, crm_app::Error::Forbidden(_)), "{error}");
    assert!(export.next().await.is_none());
    assert!(rows < 4_000, "{rows}");
    assert_eq!(end(&app).await, (false, rows as u64));
}

#[tokio::test]
async fn an_export_that_nobody_takes_ends_and_gives_its_connection_back() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    fill(&app, 4_000, 1).await;
    let leads = app.crm.leads();
    let export = leads
        .export(&admin.actor(), LeadFilter::default(), LeadSort::default())
        .await;
    drop(export.unwrap());
    let (is_complete, rows) = end(&app).await;
    assert!(!is_complete && rows < 4_000, "{rows}");
}

#[tokio::test]
async fn of_the_exports_at_once_one_more_than_the_most_is_refused() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    fill(&app, 4_000, 1).await;
    let crm = Crm::builder(app.database().pool(), secrets()).build();
    let begin = async || {
        let leads = crm.leads();
        leads
            .export(&admin.actor(), LeadFilter::default(), LeadSort::default())
            .await
    };
    let held = [begin().await.unwrap(), begin().await.unwrap()];
    let refused = begin().await.err().unwrap();
    assert!(
        matches!(refused, crm_app::Error::Storage(StorageError::Busy)),
        "{refused}"
    );
    // Other requests are not kept waiting by it.
    crm.leads()
        .list(&admin.actor(), &LeadQuery::default())
        .await
        .unwrap();
    drop(held);
    for _ in 0..20 {
        if begin().await.is_ok() {
            return;
        }
    }
    panic!("the exports are still held");
}

#[tokio::test]
async fn a_file_that_was_cut_off_has_no_end() {
    let app = TestApp::new().await;
    let (_other, admin) = (app.admin().await, app.admin().await);
    // More than what the sockets hold.
    fill(&app, 12_000, 2_000).await;
    let address = app.serve(Limits::default()).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "GET /api/leads/export?format=csv HTTP/1.1\r\nhost: crm.test\r\nauthorization: Bearer {}\r\n\r\n",
        admin.token()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut start = [0; 1_000];
    stream.read_exact(&mut start).await.unwrap();
    let head = String::from_utf8_lossy(&start).into_owned();
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    assert!(head.contains("transfer-encoding: chunked"), "{head}");
    demote(&app, &admin).await;
    let mut rest = Vec::new();
    // An end or a reset: either way the connection is over.
    drop(stream.read_to_end(&mut rest).await);
    assert!(!rest.ends_with(b"0\r\n\r\n"), "the file seems whole");
    assert!(!end(&app).await.0);
}
