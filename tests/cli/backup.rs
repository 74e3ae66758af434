//! A backup of a server that is at work, and another server that goes on from it.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use reqwest::{Client, StatusCode};
use serde_json::json;

use crate::database::{crm, migrated};
use crate::process::{ADMIN, create_leads, sign_in, total_leads};
use crate::program::{Folder, Server};

async fn status(server: &Server, path: &str, token: &str) -> StatusCode {
    let request = Client::new().get(server.url(path)).bearer_auth(token);
    request.send().await.unwrap().status()
}

async fn wait_for(created: &AtomicU32, least: u32) {
    while created.load(Ordering::Relaxed) < least {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_backup_under_load_is_restored_and_what_came_after_it_is_not_known() {
    let folder = Folder::new();
    let server = folder.crm(&["serve"]).with(&ADMIN).serve();
    let token = sign_in(&server, ADMIN[0].1, ADMIN[1].1).await.unwrap();
    let before = Arc::new(AtomicU32::new(0));
    let writer = tokio::spawn(create_leads(
        server.url("/api/leads"),
        token.clone(),
        Arc::clone(&before),
    ));
    wait_for(&before, 30).await;
    let least = before.load(Ordering::Relaxed);
    let written = folder.crm(&["backup", "crm.zip"]).run().done();
    assert!(written.starts_with("wrote crm.zip: "), "{written}");
    wait_for(&before, least + 30).await;
    let token_after = sign_in(&server, ADMIN[0].1, ADMIN[1].1).await.unwrap();
    let refused = folder.crm(&["restore", "crm.zip"]).run().failed(1);
    assert!(
        refused.contains("others use the database (crm"),
        "{refused}"
    );
    server.signal("-TERM");
    assert_eq!(server.wait().code(), Some(0));
    let acknowledged = writer.await.unwrap();

    let other = Folder::new();
    fs::create_dir(other.data_dir()).unwrap();
    fs::copy(
        folder.data_dir().join("secrets.toml"),
        other.data_dir().join("secrets.toml"),
    )
    .unwrap();
    fs::copy(folder.path().join("crm.zip"), other.path().join("crm.zip")).unwrap();
    let restored = other.crm(&["restore", "crm.zip"]).run().done();
    assert!(
        restored.contains("the activity log is as it was written"),
        "{restored}"
    );
    let server = other.crm(&["serve"]).serve();
    for id in acknowledged.iter().take(least as usize) {
        assert_eq!(
            status(&server, &format!("/api/leads/{id}"), &token).await,
            StatusCode::OK
        );
    }
    let total = total_leads(&server, &token).await;
    let most = acknowledged.len() as u64;
    assert!(
        (u64::from(least)..most).contains(&total),
        "{least} {total} {most}"
    );
    assert_eq!(
        status(&server, "/api/leads", &token_after).await,
        StatusCode::UNAUTHORIZED
    );
    let made = Client::new()
        .post(server.url("/api/leads"))
        .bearer_auth(&token);
    let made = made.json(&json!({ "name": "New", "phone": "+49 30 23125 001" }));
    assert_eq!(made.send().await.unwrap().status(), StatusCode::CREATED);
}

#[tokio::test]
async fn a_backup_can_be_looked_at_and_goes_nowhere_but_into_an_empty_database() {
    let (folder, database) = (Folder::new(), migrated().await);
    let run = |arguments: &[&str]| crm(&folder, &database, arguments).run();
    run(&["demo", "--leads", "50"]).done();
    run(&["backup", "crm.zip"]).done();
    let whole = run(&["restore", "crm.zip", "--check"]).done();
    assert!(whole.starts_with("crm.zip is whole: "), "{whole}");
    let refused = run(&["restore", "crm.zip"]).failed(1);
    assert!(refused.contains("restore into an empty one"), "{refused}");

    let path = folder.path().join("crm.zip");
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    let refused = run(&["restore", "crm.zip", "--check"]).failed(1);
    assert!(
        refused.contains("the file is no backup, or was cut off"),
        "{refused}"
    );
    let refused = run(&["restore", "nowhere.zip"]).failed(1);
    assert!(refused.contains("nowhere.zip cannot be read"), "{refused}");
    let refused = run(&["backup", "nowhere/crm.zip"]).failed(1);
    assert!(
        refused.contains("nowhere/crm.zip cannot be written"),
        "{refused}"
    );
}
