//! Errors are told to Sentry, where there is one: here a receiver of the test's own.

use std::process::Stdio;
use std::time::Duration;

use reqwest::Client;

use crate::database::{crm, migrated};
use crate::program::Folder;
use crate::receiver::{self, Posted};

const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test]
async fn an_error_of_the_server_is_told_and_the_console_knows_where_to_tell_its_own() {
    let (folder, database) = (Folder::new(), migrated().await);
    let (address, received) = receiver::start();
    let dsn = format!("http://publickey:secretkey@{address}/7");
    let server = crm(&folder, &database, &["serve"])
        .with(&[("SENTRY_DSN", &dsn)])
        .serve_with_log(Stdio::null());
    let keys = folder.data_dir().join("secrets.toml");
    let secrets = std::fs::read_to_string(&keys).unwrap();

    let page = Client::new().get(server.url("/")).send().await.unwrap();
    if page.status().is_success() {
        let policy = page.headers()["content-security-policy"].to_str().unwrap();
        let origin = dsn.replace("publickey:secretkey@", "").replace("/7", "");
        assert!(
            policy.contains(&format!("connect-src 'self' {origin}")),
            "{policy}"
        );
        let (text, dsn) = (page.text().await.unwrap(), dsn.replace(":secretkey", ""));
        assert!(text.contains(&format!(r#"<meta name="sentry-dsn" content="{dsn}""#)));
    }

    std::fs::write(&keys, "CRM_JWT_KEYS = []").unwrap();
    server.signal("-HUP");
    let Posted { path, body } = received.recv_timeout(PATIENCE).unwrap();
    let told = String::from_utf8_lossy(&body);
    assert_eq!(path, "/api/7/envelope/", "{told}");
    for part in [
        "the keys could not be read again",
        concat!("crm@", env!("CARGO_PKG_VERSION")),
        r#""environment":"development""#,
    ] {
        assert!(told.contains(part), "{part} is not in {told}");
    }
    let secrets = secrets.split('"').filter(|part| part.len() > 30);
    let mut secrets = secrets.collect::<Vec<_>>();
    assert!(!secrets.is_empty());
    secrets.retain(|secret| told.contains(secret));
    assert!(secrets.is_empty(), "{told}");
}
