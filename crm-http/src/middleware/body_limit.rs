//! Reads the whole body before the handler runs, so that no handler can be kept waiting or be made to read too much.
//!
//! It does not care what is in the body. An operation that streams its body is named as an exception, and bounds it by itself.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use futures_util::TryStreamExt;
use poem::error::ResponseError;
use poem::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap, HeaderValue};
use poem::http::{Method, StatusCode};
use poem::{Body, Endpoint, Middleware, Request};
use tokio::time::timeout;

const DEFAULT_LIMIT: usize = 256 * 1024;
const DEFAULT_DEADLINE: Duration = Duration::from_secs(10);

/// Why a request body was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// It is, or says it is, longer than allowed.
    #[error("the body is longer than {limit} bytes")]
    TooLarge {
        /// Bytes allowed.
        limit: usize,
    },
    /// It did not arrive in time.
    #[error("the body did not arrive in time")]
    TimedOut,
    /// It is compressed: unpacked it could be of any size.
    #[error("compressed bodies are not accepted")]
    Encoded,
    /// The client stopped, or did not keep to HTTP, before its end.
    #[error("the body ended too early")]
    Incomplete,
}

impl ResponseError for BodyError {
    fn status(&self) -> StatusCode {
        match self {
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TimedOut => StatusCode::REQUEST_TIMEOUT,
            Self::Encoded => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Incomplete => StatusCode::BAD_REQUEST,
        }
    }
}

/// Middleware that replaces the body by its bytes in memory, or answers with a [`BodyError`].
#[derive(Clone, Copy, Debug)]
pub struct BodyLimit {
    bytes: usize,
    deadline: Duration,
    /// What streams its body, by method and path.
    streamed: &'static [(Method, &'static str)],
}

impl Default for BodyLimit {
    /// 256 KiB within 10 seconds.
    fn default() -> Self {
        Self::new(DEFAULT_LIMIT)
    }
}

impl BodyLimit {
    /// At most `bytes` within 10 seconds.
    #[must_use]
    pub fn new(bytes: usize) -> Self {
        Self {
            bytes,
            deadline: DEFAULT_DEADLINE,
            streamed: &[],
        }
    }

    /// The time from the head of the request to the end of its body.
    #[must_use]
    pub fn within(self, deadline: Duration) -> Self {
        Self { deadline, ..self }
    }

    /// Leaves the bodies of these operations unread.
    #[must_use]
    pub const fn except(self, streamed: &'static [(Method, &'static str)]) -> Self {
        Self { streamed, ..self }
    }

    fn is_streamed(self, request: &Request) -> bool {
        let path = request.uri().path().trim_end_matches('/');
        self.streamed
            .iter()
            .any(|(method, streamed)| request.method() == method && path == *streamed)
    }

    async fn read(self, headers: &HeaderMap, body: Body) -> Result<Bytes, BodyError> {
        refuse_encoded(headers)?;
        let announced = headers
            .get(CONTENT_LENGTH)
            .and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        if announced.is_some_and(|length| {
            usize::try_from(length).map_or(true, |length| length > self.bytes)
        }) {
            return Err(BodyError::TooLarge { limit: self.bytes });
        }
        timeout(self.deadline, collect(body, self.bytes))
            .await
            .unwrap_or(Err(BodyError::TimedOut))
    }
}

/// Copies, because a chunk of one byte keeps the whole read buffer it came in alive.
async fn collect(body: Body, limit: usize) -> Result<Bytes, BodyError> {
    let mut chunks = std::pin::pin!(body.into_bytes_stream());
    let mut bytes = Vec::new();
    while let Some(chunk) = chunks
        .try_next()
        .await
        .map_err(|error| interrupted(&error))?
    {
        if chunk.len() > limit.saturating_sub(bytes.len()) {
            return Err(BodyError::TooLarge { limit });
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.into())
}

/// Refuses a body that is compressed.
pub(crate) fn refuse_encoded(headers: &HeaderMap) -> Result<(), BodyError> {
    let mut codings = headers.get_all(CONTENT_ENCODING).iter();
    if codings.all(is_identity) {
        Ok(())
    } else {
        Err(BodyError::Encoded)
    }
}

fn is_identity(coding: &HeaderValue) -> bool {
    coding
        .as_bytes()
        .trim_ascii()
        .eq_ignore_ascii_case(b"identity")
}

/// Tells a client that the server found too slow from one that is gone.
pub(crate) fn interrupted(error: &io::Error) -> BodyError {
    match error.kind() {
        io::ErrorKind::TimedOut => BodyError::TimedOut,
        _ => BodyError::Incomplete,
    }
}

impl<E: Endpoint> Middleware<E> for BodyLimit {
    type Output = BodyLimitEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        BodyLimitEndpoint {
            limit: *self,
            inner,
        }
    }
}

/// An endpoint behind a [`BodyLimit`].
#[derive(Debug)]
pub struct BodyLimitEndpoint<E> {
    limit: BodyLimit,
    inner: E,
}

impl<E: Endpoint> Endpoint for BodyLimitEndpoint<E> {
    type Output = E::Output;

    async fn call(&self, mut request: Request) -> poem::Result<Self::Output> {
        if self.limit.is_streamed(&request) {
            return self.inner.call(request).await;
        }
        let body = request.take_body();
        if !body.is_empty() {
            let bytes = self.limit.read(request.headers(), body).await?;
            request.set_body(bytes);
        }
        self.inner.call(request).await
    }
}
