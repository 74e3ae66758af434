//! A poem endpoint as a tower service, for a host that runs on axum or on hyper itself.
//!
//! Also the one place where a request of hyper becomes one of poem: our own server converts here too.

use std::convert::Infallible;
use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::TryStreamExt;
use futures_util::future::BoxFuture;
use http_body_util::BodyDataStream;
use http_body_util::combinators::BoxBody;
use hyper::body::Body as HttpBody;
use poem::http::uri::{PathAndQuery, Scheme};
use poem::http::{Request, Response, Uri};
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Addr, Body, Endpoint, IntoEndpoint, RequestParts};

/// A poem endpoint that axum, hyper and everything else that speaks tower can call.
///
/// Bodies are streamed both ways. The address of the client is taken from a [`SocketAddr`] among the extensions of the
/// request; axum puts a `ConnectInfo` there instead, which a layer of the host has to unpack.
///
/// The limits of [`serve`](crate::server::serve) are those of the host now; those of
/// [`BodyLimit`](crate::middleware::body_limit::BodyLimit) still hold.
#[derive(Debug)]
pub struct PoemService<E> {
    endpoint: Arc<E>,
    prefix: Arc<str>,
}

impl<E> Clone for PoemService<E> {
    fn clone(&self) -> Self {
        Self {
            endpoint: Arc::clone(&self.endpoint),
            prefix: Arc::clone(&self.prefix),
        }
    }
}

impl<E: Endpoint> PoemService<E> {
    /// A service at the root of its host.
    pub fn new(endpoint: impl IntoEndpoint<Endpoint = E>) -> Self {
        Self::nested(endpoint, "")
    }

    /// A service that its host mounts at `prefix`, such as `/crm`, and calls without it, as axum's `nest_service` does.
    ///
    /// Routes match the path without the prefix; `original_uri` has it again.
    pub fn nested(endpoint: impl IntoEndpoint<Endpoint = E>, prefix: &str) -> Self {
        Self {
            endpoint: Arc::new(endpoint.into_endpoint()),
            prefix: prefix.trim_end_matches('/').into(),
        }
    }
}

impl<E, B> tower_service::Service<Request<B>> for PoemService<E>
where
    E: Endpoint + 'static,
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    type Response = Response<BoxBody<Bytes, io::Error>>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let service = self.clone();
        Box::pin(async move {
            let remote = request
                .extensions()
                .get::<SocketAddr>()
                .map(|peer| RemoteAddr(Addr::from(*peer)));
            let scheme = request.uri().scheme().cloned().unwrap_or(Scheme::HTTP);
            let inner = request.uri().clone();
            if let Some(outer) = with_prefix(&inner, &service.prefix) {
                *request.uri_mut() = outer;
            }
            let mut request = poem_request(
                request,
                LocalAddr::default(),
                remote.unwrap_or_default(),
                scheme,
            );
            // Only after the conversion, which remembers the URI it finds as the original one.
            *request.uri_mut() = inner;
            Ok(service.endpoint.get_response(request).await.into())
        })
    }
}

/// `uri` as the client sent it to the host; `None` when nothing was taken away from it.
fn with_prefix(uri: &Uri, prefix: &str) -> Option<Uri> {
    if prefix.is_empty() {
        return None;
    }
    let path = uri.path_and_query().map_or("/", PathAndQuery::as_str);
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(format!("{prefix}{path}").parse().ok()?);
    Uri::from_parts(parts).ok()
}

/// The request as poem wants it, with its body still to be read.
pub(crate) fn poem_request<B>(
    request: Request<B>,
    local: LocalAddr,
    remote: RemoteAddr,
    scheme: Scheme,
) -> poem::Request
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let (parts, body) = request.into_parts();
    // A stream does not know that it is empty, and handlers ask.
    let body = if body.is_end_stream() {
        Body::empty()
    } else {
        // As a stream, because poem demands a body that is `Sync`, and those of hyper and axum are not.
        Body::from_bytes_stream(BodyDataStream::new(Box::pin(body)).map_err(io_error))
    };
    poem::Request::from_parts(RequestParts::from((parts, local, remote, scheme)), body)
}

/// Keeps the kind of an error that is one of input and output already.
fn io_error(error: impl Into<Box<dyn Error + Send + Sync>>) -> io::Error {
    error
        .into()
        .downcast::<io::Error>()
        .map_or_else(io::Error::other, |error| *error)
}
