//! Bytes that no client of a library would send, on a connection to the server.

use std::net::SocketAddr;
use std::time::Duration;

use crm_http::server::Limits;
use crm_testing::TestApp;
use futures_util::future::join_all;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::admin;
use super::memory::Peak;

/// Sends bytes, in parts where the server may stop reading, and gives the answer until the server closes.
async fn exchange(address: SocketAddr, bytes: impl AsRef<[u8]>) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let (mut reading, mut writing) = stream.split();
    let mut answer = Vec::new();
    let write = async {
        // A server that has closed already is no failure.
        let _ = writing.write_all(bytes.as_ref()).await;
    };
    let read = timeout(Duration::from_secs(5), reading.read_to_end(&mut answer));
    let ((), closed) = futures_util::join!(write, read);
    let _reset = closed.expect("the server closes the connection");
    String::from_utf8_lossy(&answer).into_owned()
}

/// The status, and the code of the problem; no code when there is no body at all.
fn told(answer: &str) -> (u16, String) {
    let status = answer
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer, ""));
    let code = if body.is_empty() {
        String::new()
    } else {
        assert!(
            head.to_lowercase()
                .contains("content-type: application/problem+json"),
            "{answer}"
        );
        let problem: Value = serde_json::from_str(body).unwrap_or_else(|_| panic!("{answer}"));
        problem["code"].as_str().unwrap().to_owned()
    };
    (status.unwrap_or_default(), code)
}

fn short() -> Limits {
    Limits {
        header_timeout: Duration::from_millis(400),
        body_timeout: Duration::from_millis(400),
        ..Limits::default()
    }
}

#[tokio::test]
async fn requests_that_two_servers_may_read_differently_are_refused() {
    let app = TestApp::new().await;
    let admin = admin(&app).await;
    let address = app.serve(short()).await;
    let before = app.database().fingerprint().await;
    let token = format!(
        "Authorization: Bearer {}\r\nConnection: close\r\n",
        admin.token()
    );
    let post = "POST /api/leads HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
    let json = r#"{"name":"a","phone":"1234"}"#;
    let length = json.len();
    for (what, request, code) in [
        (
            "no host",
            format!("GET /api/leads HTTP/1.1\r\n{token}\r\n"),
            "bad-request",
        ),
        (
            "two hosts",
            format!("GET /api/leads HTTP/1.1\r\nHost: a\r\nHost: b\r\n{token}\r\n"),
            "bad-request",
        ),
        (
            "a host with a path",
            format!("GET /api/leads HTTP/1.1\r\nHost: a/b\r\n{token}\r\n"),
            "bad-request",
        ),
        (
            "a length and chunks",
            format!(
                "{post}{token}Content-Length: {length}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            ),
            "bad-request",
        ),
        (
            "two equal lengths",
            format!(
                "{post}{token}Content-Length: {length}\r\nContent-Length: {length}\r\n\r\n{json}"
            ),
            "bad-request",
        ),
        (
            "two lengths",
            format!("{post}{token}Content-Length: {length}\r\nContent-Length: 2\r\n\r\n{json}"),
            "",
        ),
        (
            "another coding",
            format!("{post}{token}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
            "bad-request",
        ),
        (
            "a blank before the colon",
            format!("GET /api/leads HTTP/1.1\r\nHost : a\r\n{token}\r\n"),
            "",
        ),
        (
            "a control character",
            format!("GET /api/\u{1}leads HTTP/1.1\r\nHost: a\r\n{token}\r\n"),
            "",
        ),
        ("no HTTP", "\u{16}\u{3}\u{1}hello\r\n\r\n".to_owned(), ""),
        (
            "a length that is none",
            format!("{post}{token}Content-Length: -1\r\n\r\n{json}"),
            "",
        ),
    ] {
        let answer = exchange(address, &request).await;
        assert_eq!(told(&answer), (400, code.to_owned()), "{what}: {answer}");
    }
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn requests_that_are_too_large_or_never_end_are_refused() {
    let app = TestApp::new().await;
    let admin = admin(&app).await;
    let address = app.serve(short()).await;
    let before = app.database().fingerprint().await;
    let peak = Peak::begin();
    let token = format!("Authorization: Bearer {}\r\n", admin.token());
    let get = format!("GET /api/leads HTTP/1.1\r\nHost: a\r\n{token}");
    let post =
        format!("POST /api/leads HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n{token}");
    let json = r#"{"name":"a","phone":"1234"}"#;
    let megabyte = "x".repeat(1 << 20);
    let chunk = format!("100000\r\n{megabyte}\r\n");
    let cases = [
        (
            "a large header",
            format!("{get}X-Large: {}\r\n\r\n", "x".repeat(200_000)),
            431,
            "",
        ),
        (
            "many headers",
            format!("{get}{}\r\n", "X-Many: y\r\n".repeat(101)),
            431,
            "",
        ),
        (
            "a long path",
            format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "x".repeat(70_000)),
            414,
            "",
        ),
        (
            "a length over the limit",
            format!("{post}Content-Length: 262145\r\n\r\n"),
            413,
            "body-too-large",
        ),
        (
            "a huge length",
            format!("{post}Content-Length: 18446744073709551613\r\n\r\n{json}"),
            413,
            "body-too-large",
        ),
        (
            "a body over the limit",
            format!("{post}Content-Length: 1048576\r\n\r\n{megabyte}"),
            413,
            "body-too-large",
        ),
        (
            "chunks over the limit",
            format!(
                "{post}Transfer-Encoding: chunked\r\n\r\n{}0\r\n\r\n",
                chunk.repeat(20)
            ),
            413,
            "body-too-large",
        ),
        (
            "a body that ends early",
            format!("{post}Content-Length: 100\r\n\r\n{json}"),
            408,
            "request-timeout",
        ),
        (
            "chunks that end early",
            format!("{post}Transfer-Encoding: chunked\r\n\r\n5\r\nab"),
            408,
            "request-timeout",
        ),
    ];
    // At once, since some wait for the server to lose its patience.
    let answers = join_all(
        cases
            .iter()
            .map(|(_, request, ..)| exchange(address, request)),
    );
    let halved = exchange(address, "GET /api/leads HTTP/1.1\r\nHost: a\r\n");
    let (answers, halved) = futures_util::join!(answers, halved);
    for ((what, _, status, code), answer) in cases.iter().zip(answers) {
        assert_eq!(
            told(&answer),
            (*status, (*code).to_owned()),
            "{what}: {answer}"
        );
        assert!(
            answer.to_lowercase().contains("connection: close"),
            "{what}: {answer}"
        );
    }
    assert!(
        halved.is_empty() || told(&halved).0 == 408,
        "a head that never ends: {halved}"
    );
    peak.assert_bounded();
    assert_eq!(app.database().fingerprint().await, before);
}

#[tokio::test]
async fn a_packed_bomb_is_not_unpacked() {
    let app = TestApp::new().await;
    let admin = admin(&app).await;
    let address = app.serve(short()).await;
    let peak = Peak::begin();
    // What matters is that nobody looks: the bytes need not even unpack.
    let head = format!(
        "POST /api/leads HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n\
         Connection: close\r\nContent-Length: 200000\r\nAuthorization: Bearer {}\r\n\r\n",
        admin.token()
    );
    let bytes = [
        head.as_bytes(),
        b"\x1f\x8b\x08\x00",
        vec![0; 199_996].as_slice(),
    ]
    .concat();
    let answer = exchange(address, bytes).await;
    assert_eq!(
        told(&answer),
        (415, "unsupported-media-type".to_owned()),
        "{answer}"
    );
    peak.assert_bounded();
}

#[tokio::test]
async fn methods_that_are_none_are_told_which_there_are() {
    let app = TestApp::new().await;
    let address = app.serve(short()).await;
    for method in ["TRACE", "FOO", "PUT", "get"] {
        let request =
            format!("{method} /api/leads HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        let answer = exchange(address, request).await;
        assert_eq!(
            told(&answer),
            (405, "method-not-allowed".to_owned()),
            "{method}: {answer}"
        );
        assert!(
            answer.to_lowercase().contains("allow: get, head, post"),
            "{method}: {answer}"
        );
    }
}

#[tokio::test]
async fn where_a_new_lead_is_can_be_followed() {
    let app = TestApp::new().await;
    let admin = admin(&app).await;
    let address = app.serve(Limits::default()).await;
    let request = |start: &str, body: &str| {
        format!(
            "{start} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nConnection: close\r\n\
             Content-Length: {}\r\nAuthorization: Bearer {}\r\n\r\n{body}",
            body.len(),
            admin.token()
        )
    };
    let made = exchange(
        address,
        request(
            "POST /api/leads?allowDuplicate=true",
            r#"{"name":"a","phone":"1234"}"#,
        ),
    )
    .await;
    let location = made
        .lines()
        .find_map(|line| line.strip_prefix("location: "))
        .unwrap();
    let found = exchange(address, request(&format!("GET {location}"), "")).await;
    assert!(found.starts_with("HTTP/1.1 200"), "{location}: {found}");
}
