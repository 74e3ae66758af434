//! The stop of a server.

use std::io::ErrorKind;
use std::time::Duration;

use crm_http::server::{Limits, bind};
use tokio::net::TcpStream;
use tokio::time::sleep;

use crate::harness::{Client, Server, has_header, short};

const A_MOMENT: Duration = Duration::from_millis(100);

#[tokio::test]
async fn a_stop_lets_requests_finish_and_refuses_new_connections() {
    let mut server = Server::start(short());
    let mut client = server.connect().await;
    client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").await;
    sleep(A_MOMENT).await;
    server.stop();
    sleep(A_MOMENT).await;
    assert!(TcpStream::connect(server.address).await.is_err());
    let answer = client.rest().await;
    assert!(
        answer.ends_with("done") && has_header(&answer, "connection: close"),
        "{answer}"
    );
    assert!(server.ended().await < Duration::from_secs(1));
}

#[tokio::test]
async fn a_stop_closes_idle_connections_at_once() {
    let mut server = Server::start(Limits {
        header_timeout: Duration::from_secs(5),
        ..short()
    });
    let mut idle = server.connect().await;
    idle.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    idle.hello().await;
    server.stop();
    assert!(idle.time_to_close().await < Duration::from_secs(1));
    assert!(server.ended().await < Duration::from_secs(1));
}

#[tokio::test]
async fn a_request_on_its_way_at_the_stop_is_answered() {
    let mut server = Server::start(short());
    let mut client = server.connect().await;
    server.stop();
    sleep(A_MOMENT).await;
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    client.hello().await;
    assert!(server.ended().await < Duration::from_secs(1));
}

#[tokio::test]
async fn connections_not_yet_accepted_at_the_stop_are_answered() {
    let mut server = Server::start(short());
    // Blocking, on the only thread of this test: the server learns of these and of the stop at once.
    let clients: Vec<_> = (0..20)
        .map(|_| std::net::TcpStream::connect(server.address).unwrap())
        .collect();
    server.stop();
    for client in clients {
        client.set_nonblocking(true).unwrap();
        let mut client = Client(TcpStream::from_std(client).unwrap());
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
        client.hello().await;
    }
    server.ended().await;
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_dropped_at_the_end_of_the_drain_time() {
    let mut server = Server::start(Limits {
        drain: Duration::from_millis(500),
        ..short()
    });
    let mut client = server.connect().await;
    client.send("GET /hang HTTP/1.1\r\nHost: a\r\n\r\n").await;
    sleep(A_MOMENT).await;
    server.stop();
    let took = client.time_to_close().await;
    assert!(
        (Duration::from_millis(450)..Duration::from_secs(1)).contains(&took),
        "took {took:?}"
    );
    server.ended().await;
}

#[tokio::test]
async fn a_server_dropped_without_a_stop_drops_its_requests_at_once() {
    let server = Server::start(short());
    let mut client = server.connect().await;
    client.send("GET /hang HTTP/1.1\r\nHost: a\r\n\r\n").await;
    sleep(A_MOMENT).await;
    server.abort();
    assert!(client.time_to_close().await < Duration::from_secs(1));
}

#[tokio::test]
async fn an_address_that_is_taken_refuses_connections_until_somebody_listens() {
    let bound = bind(([127, 0, 0, 1], 0).into()).unwrap();
    let address = bound.local_addr().unwrap();
    let refused = TcpStream::connect(address).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    let listener = bound.listen().unwrap();
    assert_eq!(listener.local_addr().unwrap(), address);
    TcpStream::connect(address).await.unwrap();
    let taken = bind(address).unwrap_err();
    assert_eq!(taken.kind(), ErrorKind::AddrInUse);
}
