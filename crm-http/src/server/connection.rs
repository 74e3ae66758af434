//! One connection, from its first byte to its last.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use poem::http::header::{CONNECTION, HeaderValue};
use poem::http::uri::Scheme;
use poem::http::{Request, StatusCode};
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Addr, Endpoint, Response};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::timeout;

use super::Limits;
use super::pace::{Pace, PacedBody};
use super::socket::Socket;
use crate::middleware::strict_http::AmbiguousLength;
use crate::tower::poem_request;

/// The smallest buffer hyper takes.
const LEAST_HEADER_BYTES: usize = 8 * 1024;
/// How long a connection without any request yet may still send one after the stop began: it may be on its way.
const FIRST_REQUEST: Duration = Duration::from_millis(250);

/// How far the server has come, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    Serving,
    Draining,
    Dropping,
}

/// What all connections of a server share.
pub(super) struct Connections<E> {
    endpoint: Arc<E>,
    limits: Limits,
    http: http1::Builder,
}

impl<E: Endpoint + 'static> Connections<E> {
    pub(super) fn new(endpoint: Arc<E>, limits: Limits) -> Self {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(limits.header_timeout)
            .max_buf_size(limits.header_bytes.max(LEAST_HEADER_BYTES));
        Self {
            endpoint,
            limits,
            http,
        }
    }

    /// Serves one connection to its end, which comes soon after the server has left [`Phase::Serving`].
    pub(super) async fn serve(
        self: Arc<Self>,
        stream: TcpStream,
        peer: SocketAddr,
        mut phase: watch::Receiver<Phase>,
    ) {
        // Fails only on a socket that is already gone, which hyper finds out.
        let _ = stream.set_nodelay(true);
        let local = stream.local_addr().map_or_else(
            |_| LocalAddr::default(),
            |local| LocalAddr(Addr::from(local)),
        );
        // An IPv4 client of an IPv6 socket has one address, not two.
        let remote = RemoteAddr(Addr::from(SocketAddr::new(
            peer.ip().to_canonical(),
            peer.port(),
        )));
        let ambiguous = Arc::new(AtomicBool::new(false));
        let requested = AtomicBool::new(false);
        let write_pace = Pace::new(self.limits.write_timeout, self.limits.min_rate);
        let socket = TokioIo::new(Socket::new(stream, write_pace, Arc::clone(&ambiguous)));
        let service = service_fn(|request: Request<Incoming>| {
            requested.store(true, Ordering::Relaxed);
            let ambiguous = ambiguous.load(Ordering::Relaxed);
            let answer =
                Arc::clone(&self).answer(request, (local.clone(), remote.clone()), ambiguous);
            async move { Ok::<_, Infallible>(hyper::Response::from(answer.await)) }
        });

        let mut connection = pin!(self.http.serve_connection(socket, service));
        let result = tokio::select! {
            result = connection.as_mut() => result,
            () = reached(&mut phase, Phase::Draining) => {
                let fresh = !requested.load(Ordering::Relaxed);
                if fresh && let Ok(result) = timeout(FIRST_REQUEST, connection.as_mut()).await {
                    result
                } else {
                    connection.as_mut().graceful_shutdown();
                    tokio::select! {
                        result = connection.as_mut() => result,
                        () = reached(&mut phase, Phase::Dropping) => Ok(()),
                    }
                }
            }
        };
        if let Err(error) = result {
            tracing::debug!(%peer, error = &error as &dyn std::error::Error, "connection ended early");
        }
    }

    async fn answer(
        self: Arc<Self>,
        request: Request<Incoming>,
        (local, remote): (LocalAddr, RemoteAddr),
        ambiguous: bool,
    ) -> Response {
        let Limits {
            body_timeout,
            min_rate,
            ..
        } = self.limits;
        let request = request.map(|body| PacedBody::new(body, Pace::new(body_timeout, min_rate)));
        let mut request = poem_request(request, local, remote, Scheme::HTTP);
        if ambiguous {
            request.extensions_mut().insert(AmbiguousLength);
        }
        let mut response = self.endpoint.get_response(request).await;
        // What follows on such a connection cannot be told from the rest of the refused request.
        let rest_unknown = matches!(
            response.status(),
            StatusCode::REQUEST_TIMEOUT | StatusCode::PAYLOAD_TOO_LARGE
        );
        if ambiguous || rest_unknown {
            response
                .headers_mut()
                .insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

/// Waits for `phase`, or for the end of the server: it never goes back.
async fn reached(current: &mut watch::Receiver<Phase>, phase: Phase) {
    let _ = current.wait_for(|current| *current >= phase).await;
}
