//! One request on one connection, which is closed thereafter.

use std::pin::pin;
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::header::{CONNECTION, CONTENT_TYPE, HOST, USER_AGENT};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;

use super::{Failure, Parcel};

/// The most bytes of an answer that are read: its head, and again its body.
const MOST_READ: usize = 64 * 1024;

/// How long the body of an answer is read, of which nothing is kept.
const DRAIN_PATIENCE: Duration = Duration::from_secs(2);

/// Tells a receiver; gives the status of its answer.
pub(super) async fn send<S>(stream: S, parcel: Parcel<'_>) -> Result<u16, Failure>
where
    S: AsyncRead + AsyncWrite + Send + Unpin,
{
    let Parcel { url, headers, body } = parcel;
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(url.target())
        .header(HOST, url.authority())
        .header(CONTENT_TYPE, "application/json")
        .header(USER_AGENT, concat!("crm/", env!("CARGO_PKG_VERSION")))
        .header(CONNECTION, "close");
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let request = request.body(Full::new(body));
    let request = request.map_err(|_| Failure::NoAnswer)?;
    let connected = http1::Builder::new()
        .max_buf_size(MOST_READ)
        .handshake(TokioIo::new(stream))
        .await;
    let (mut sender, connection) = connected.map_err(|_| Failure::NoAnswer)?;
    let exchange = async move {
        let answer = sender.send_request(request).await;
        let answer = answer.map_err(|_| Failure::NoAnswer)?;
        let status = answer.status().as_u16();
        // A receiver that is still writing when the connection closes takes that for an error of its own.
        let _: Result<(), _> = timeout(DRAIN_PATIENCE, drain(answer.into_body())).await;
        Ok(status)
    };
    let mut exchange = pin!(exchange);
    tokio::select! {
        told = &mut exchange => told,
        // What it had read by then is answered.
        _ = connection => exchange.await,
    }
}

async fn drain(mut body: Incoming) {
    let mut read = 0;
    while let Some(Ok(frame)) = body.frame().await {
        read += frame.data_ref().map_or(0, bytes::Bytes::len);
        if read > MOST_READ {
            return;
        }
    }
}
