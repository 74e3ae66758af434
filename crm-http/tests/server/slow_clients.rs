//! Clients that take their time, on purpose or not.

use std::time::Duration;

use crm_http::server::Limits;
use tokio::time::{Instant, sleep, timeout};

use crate::harness::{Server, has_header, short, status};

/// Closed by a limit of 500 ms: not before, and not much later on a busy machine.
#[track_caller]
fn assert_closed_in_time(took: Duration) {
    assert!(
        (Duration::from_millis(400)..Duration::from_millis(2_500)).contains(&took),
        "took {took:?}"
    );
}

#[test]
fn the_default_limits_are_these() {
    let limits = Limits::default();
    assert_eq!(
        limits,
        Limits {
            max_connections: 1_024,
            header_timeout: Duration::from_secs(10),
            header_bytes: 81_920,
            body_timeout: Duration::from_secs(10),
            write_timeout: Duration::from_secs(30),
            min_rate: 1_024,
            drain: Duration::from_secs(20),
        }
    );
}

#[tokio::test]
async fn a_connection_that_says_nothing_is_closed() {
    let server = Server::start(short());
    assert_closed_in_time(server.connect().await.time_to_close().await);
}

#[tokio::test]
async fn half_a_header_and_then_nothing_is_closed() {
    let server = Server::start(short());
    let mut client = server.connect().await;
    client.send("GET / HTTP/1.1\r\nHost: a\r\nX-").await;
    assert_closed_in_time(client.time_to_close().await);
}

#[tokio::test]
async fn a_header_byte_by_byte_is_closed() {
    let server = Server::start(short());
    let mut client = server.connect().await;
    client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ").await;
    assert_closed_in_time(client.drip(b'x').await);
}

#[tokio::test]
async fn a_connection_idle_after_its_first_answer_is_closed() {
    let server = Server::start(short());
    let mut client = server.connect().await;
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    client.hello().await;
    assert_closed_in_time(client.time_to_close().await);
}

#[tokio::test]
async fn a_body_that_stops_answers_408_and_closes() {
    let server = Server::start(short());
    for path in ["/limited", "/count"] {
        let start = Instant::now();
        let head = format!("POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc");
        let mut client = server.connect().await;
        client.send(head).await;
        let answer = client.rest().await;
        assert_closed_in_time(start.elapsed());
        // Without a limit in front of it the handler decides what an unreadable body is.
        assert!(path == "/count" || status(&answer) == "408", "{answer}");
        assert!(
            path == "/count" || has_header(&answer, "connection: close"),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn a_body_byte_by_byte_is_closed() {
    let server = Server::start(short());
    for path in ["/limited", "/count"] {
        let mut client = server.connect().await;
        client
            .send(format!(
                "POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 4000\r\n\r\n"
            ))
            .await;
        assert_closed_in_time(client.drip(b'x').await);
    }
}

#[tokio::test]
async fn a_client_that_never_reads_its_answer_is_dropped() {
    let server = Server::start(short());
    let mut client = server.connect().await;
    client
        .send("GET /endless HTTP/1.1\r\nHost: a\r\n\r\n")
        .await;
    timeout(Duration::from_secs(4), server.dropped.notified())
        .await
        .expect("the answer is given up");
}

#[tokio::test]
async fn a_slow_handler_is_not_taken_for_a_slow_client() {
    let limits = Limits {
        header_timeout: Duration::from_millis(200),
        body_timeout: Duration::from_millis(200),
        write_timeout: Duration::from_millis(200),
        ..short()
    };
    let server = Server::start(limits);
    let answer = server
        .exchange("GET /slow HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        .await;
    assert!(answer.ends_with("done"), "{answer}");
}

#[tokio::test]
async fn connections_above_the_cap_wait_for_a_slot() {
    let server = Server::start(Limits {
        max_connections: 2,
        ..short()
    });
    let _silent = (server.connect().await, server.connect().await);
    sleep(Duration::from_millis(50)).await;
    let start = Instant::now();
    let mut third = server.connect().await;
    third.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    third.hello().await;
    assert!(
        start.elapsed() > Duration::from_millis(300),
        "waited {:?}",
        start.elapsed()
    );
}
