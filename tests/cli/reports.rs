//! Errors are told to Sentry, where there is one: here a receiver of the test's own.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::process::Stdio;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use reqwest::Client;

use crate::database::{crm, migrated};
use crate::program::Folder;

const PATIENCE: Duration = Duration::from_secs(30);

/// Takes what is posted, as text.
fn receiver() -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let dsn = format!(
        "http://publickey:secretkey@{}/7",
        listener.local_addr().unwrap()
    );
    let (sender, received) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.unwrap());
            let (mut head, mut length) = (String::new(), 0);
            loop {
                let from = head.len();
                stream.read_line(&mut head).unwrap();
                let line = head[from..].trim().to_ascii_lowercase();
                if line.is_empty() {
                    break;
                }
                if let Some(value) = line.strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
            }
            let mut body = vec![0; length];
            stream.read_exact(&mut body).unwrap();
            stream
                .get_mut()
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
                .unwrap();
            // The test may have seen enough.
            let _ = sender.send(format!("{head}{}", String::from_utf8_lossy(&body)));
        }
    });
    (dsn, received)
}

#[tokio::test]
async fn an_error_of_the_server_is_told_and_the_console_knows_where_to_tell_its_own() {
    let (folder, database) = (Folder::new(), migrated().await);
    let (dsn, received) = receiver();
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
    let told = received.recv_timeout(PATIENCE).unwrap();
    assert!(told.starts_with("POST /api/7/envelope/"), "{told}");
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
