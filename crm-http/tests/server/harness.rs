//! A server with short limits, and a client that writes bytes as they are.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crm_http::middleware::body_limit::{BodyError, BodyLimit};
use crm_http::middleware::strict_http::StrictHttp;
use crm_http::server::{Bound, Limits, bind, serve};
use futures_util::stream;
use poem::error::ResponseError;
use poem::web::RemoteAddr;
use poem::{Body, Endpoint, EndpointExt, Response, Route, get, handler, post};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

/// Bytes that `/limited` takes.
pub(crate) const LIMIT: usize = 4 * 1024;
/// Longer than any answer here takes: what runs into it hangs.
const PATIENCE: Duration = Duration::from_secs(6);

#[handler]
fn hello() -> &'static str {
    "hello"
}

#[handler]
fn peer(remote: &RemoteAddr) -> String {
    remote.to_string()
}

#[handler]
fn crash() {
    panic!("a handler panics, as this test wants it to")
}

#[handler]
async fn slow() -> &'static str {
    sleep(Duration::from_millis(500)).await;
    "done"
}

#[handler]
async fn hang() {
    std::future::pending::<()>().await;
}

/// Reads the body with no limit in front of it.
#[handler]
async fn count(body: Body) -> poem::Result<String> {
    Ok(body.into_bytes().await?.len().to_string())
}

/// An answer of the application's own instead of that of the error.
async fn mapped(error: BodyError) -> Response {
    Response::builder().status(error.status()).body("mapped")
}

/// Tells when an answer is dropped before its end.
struct Dropped(Arc<Notify>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

fn endless(dropped: &Arc<Notify>) -> impl Endpoint + use<> {
    let dropped = Arc::clone(dropped);
    poem::endpoint::make_sync(move |_| {
        let parts = stream::repeat_with({
            let guard = Dropped(Arc::clone(&dropped));
            move || {
                let _ = &guard;
                Ok::<_, std::io::Error>(vec![0_u8; 64 * 1024])
            }
        });
        Response::builder().body(Body::from_bytes_stream(parts))
    })
}

/// The application under test; `dropped` is notified when a client of `/endless` is given up.
pub(crate) fn app(limit: BodyLimit, dropped: &Arc<Notify>) -> impl Endpoint + use<> {
    Route::new()
        .at("/", get(hello))
        .at("/peer", get(peer))
        .at("/crash", get(crash))
        .at("/slow", get(slow))
        .at("/hang", get(hang))
        .at("/endless", get(endless(dropped)))
        .at("/count", post(count))
        .at("/ignore", post(hello))
        .at("/limited", get(hello).delete(hello).post(count).with(limit))
        .at("/mapped", post(count).with(limit).catch_error(mapped))
        .with(StrictHttp)
}

/// Limits that let a test end soon.
pub(crate) fn short() -> Limits {
    Limits {
        header_timeout: Duration::from_millis(500),
        body_timeout: Duration::from_millis(500),
        write_timeout: Duration::from_millis(500),
        drain: Duration::from_secs(2),
        ..Limits::default()
    }
}

/// A running server.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) dropped: Arc<Notify>,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<std::io::Result<()>>,
}

impl Server {
    pub(crate) fn start(limits: Limits) -> Self {
        let listener = bind(([127, 0, 0, 1], 0).into())
            .and_then(Bound::listen)
            .unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let dropped = Arc::new(Notify::new());
        let limit = BodyLimit::new(LIMIT).within(Duration::from_millis(500));
        let endpoint = Arc::new(app(limit, &dropped));
        let task = tokio::spawn(serve(listener, endpoint, limits, async {
            let _ = stopped.await;
        }));
        Self {
            address,
            dropped,
            stop: Some(stop),
            task,
        }
    }

    /// Tells the server to stop.
    pub(crate) fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    /// Drops the server as it stands.
    pub(crate) fn abort(self) {
        self.task.abort();
    }

    /// Waits for the end of a stopped server; how long it took.
    pub(crate) async fn ended(self) -> Duration {
        let start = Instant::now();
        timeout(PATIENCE, self.task)
            .await
            .expect("the server ends")
            .unwrap()
            .unwrap();
        start.elapsed()
    }

    pub(crate) async fn connect(&self) -> Client {
        Client(TcpStream::connect(self.address).await.unwrap())
    }

    /// Sends `request` on a connection of its own and reads until the server closes it.
    pub(crate) async fn exchange(&self, request: impl AsRef<[u8]>) -> String {
        let mut client = self.connect().await;
        client.send(request).await;
        client.rest().await
    }
}

/// One connection to a server.
pub(crate) struct Client(pub(crate) TcpStream);

impl Client {
    /// Writes `bytes`; a server that has closed already is no failure.
    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.0.write_all(bytes.as_ref()).await.is_ok()
    }

    /// Sends a byte every 50 ms until the server closes or 6 seconds are over.
    pub(crate) async fn drip(&mut self, byte: u8) -> Duration {
        let start = Instant::now();
        let (mut reading, mut writing) = self.0.split();
        let mut scratch = Vec::new();
        let dripping = async {
            while writing.write_all(&[byte]).await.is_ok() {
                sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::select! {
            _ = timeout(PATIENCE, reading.read_to_end(&mut scratch)) => (),
            () = dripping => (),
        }
        start.elapsed()
    }

    /// Everything until the server closes.
    pub(crate) async fn rest(&mut self) -> String {
        let mut answer = Vec::new();
        timeout(PATIENCE, self.0.read_to_end(&mut answer))
            .await
            .expect("the connection is closed")
            .unwrap();
        String::from_utf8(answer).unwrap()
    }

    /// One answer with a body of `hello`, on a connection that stays open.
    pub(crate) async fn hello(&mut self) {
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\nhello") {
            let read = timeout(PATIENCE, self.0.read_buf(&mut answer))
                .await
                .expect("an answer comes")
                .unwrap();
            assert_ne!(
                read,
                0,
                "closed after {:?}",
                String::from_utf8_lossy(&answer)
            );
        }
    }

    /// How long until the server closes.
    pub(crate) async fn time_to_close(&mut self) -> Duration {
        let start = Instant::now();
        let mut scratch = Vec::new();
        let _ = timeout(PATIENCE, self.0.read_to_end(&mut scratch))
            .await
            .expect("the connection is closed");
        start.elapsed()
    }
}

/// The status code of an answer.
pub(crate) fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or(answer)
}

/// Whether the head of an answer has this line, in any case.
pub(crate) fn has_header(answer: &str, line: &str) -> bool {
    answer
        .lines()
        .take_while(|line| !line.is_empty())
        .any(|header| header.eq_ignore_ascii_case(line))
}
