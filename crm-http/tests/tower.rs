//! A poem endpoint inside an axum host.
#![expect(
    clippy::unwrap_used,
    reason = "in a test a panic is the report, in its helpers as well"
)]

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use axum::middleware::{Next, from_fn};
use crm_http::middleware::body_limit::BodyLimit;
use crm_http::middleware::strict_http::StrictHttp;
use crm_http::tower::PoemService;
use futures_util::stream;
use poem::web::RemoteAddr;
use poem::{Body, EndpointExt, Route, get, handler, post};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep, timeout};

#[handler]
fn seen(request: &poem::Request, remote: &RemoteAddr) -> String {
    format!("{} {} {remote}", request.uri(), request.original_uri())
}

#[handler]
async fn count(body: Body) -> poem::Result<String> {
    Ok(body.into_bytes().await?.len().to_string())
}

/// One part at once, the other after 300 ms.
#[handler]
fn parts() -> Body {
    Body::from_bytes_stream(stream::unfold(0, async |part| {
        sleep(Duration::from_millis(300 * part)).await;
        (part < 2).then_some((Ok::<_, std::io::Error>("part"), part + 1))
    }))
}

/// What a host does so that the endpoint learns the address of its client.
async fn copy_peer(mut request: Request, next: Next) -> axum::response::Response {
    if let Some(&ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>() {
        request.extensions_mut().insert(peer);
    }
    next.run(request).await
}

async fn host() -> SocketAddr {
    let crm = Route::new()
        .at("/seen", get(seen))
        .at("/count", post(count).with(BodyLimit::new(1_024)))
        .at("/parts", get(parts))
        .with(StrictHttp);
    let app = Router::new()
        .nest_service("/crm", PoemService::nested(crm, "/crm"))
        .layer(from_fn(copy_peer));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = app.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
    address
}

async fn connect(request: &str) -> TcpStream {
    let mut client = TcpStream::connect(host().await).await.unwrap();
    client.write_all(request.as_bytes()).await.unwrap();
    client
}

async fn answer(mut client: TcpStream) -> String {
    let mut answer = String::new();
    timeout(Duration::from_secs(5), client.read_to_string(&mut answer))
        .await
        .unwrap()
        .unwrap();
    answer
}

#[tokio::test]
async fn the_mount_prefix_and_the_address_of_the_client_are_kept() {
    let client =
        connect("GET /crm/seen?a=1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
    let local = client.local_addr().unwrap();
    let answer = answer(client).await;
    assert!(
        answer.ends_with(&format!("\r\n\r\n/seen?a=1 /crm/seen?a=1 socket://{local}")),
        "{answer}"
    );
}

#[tokio::test]
async fn bodies_arrive_and_their_limit_holds() {
    for (length, expected) in [(1_024, "\r\n\r\n1024"), (1_025, "longer than 1024 bytes")] {
        let head = "POST /crm/count HTTP/1.1\r\nHost: a\r\nConnection: close\r\n";
        let body = "x".repeat(length);
        let announced = format!("{head}Content-Length: {length}\r\n\r\n{body}");
        let chunked =
            format!("{head}Transfer-Encoding: chunked\r\n\r\n{length:x}\r\n{body}\r\n0\r\n\r\n");
        for request in [announced, chunked] {
            let answer = answer(connect(&request).await).await;
            assert!(answer.ends_with(expected), "{answer}");
        }
    }
}

#[tokio::test]
async fn an_answer_is_streamed_not_gathered() {
    let mut client =
        connect("GET /crm/parts HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
    let start = Instant::now();
    let mut first = Vec::new();
    while !first.windows(4).any(|part| part == b"part") {
        assert_ne!(client.read_buf(&mut first).await.unwrap(), 0);
    }
    assert!(
        start.elapsed() < Duration::from_millis(250),
        "took {:?}",
        start.elapsed()
    );
    assert!(answer(client).await.contains("part"));
    assert!(
        start.elapsed() > Duration::from_millis(250),
        "took {:?}",
        start.elapsed()
    );
}
