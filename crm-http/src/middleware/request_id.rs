//! Each request has an id: in the answer's `X-Request-Id`, in problems, in the log and in the activity log.

use std::sync::Arc;

use crm_domain::ids::RequestId;
use poem::http::{HeaderName, HeaderValue};
use poem::{Endpoint, IntoResponse, Middleware, Request, Response, Result};
use uuid::Uuid;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Where new ids come from.
pub type NewRequestId = Arc<dyn Fn() -> RequestId + Send + Sync>;

/// Gives each request an id: the one its sender chose, when that is a UUID, or a new one.
pub struct RequestIds(NewRequestId);

impl RequestIds {
    /// Takes new ids from `new`.
    #[must_use]
    pub const fn new(new: NewRequestId) -> Self {
        Self(new)
    }
}

/// The id of a request that went through [`RequestIds`].
pub(crate) fn of(req: &Request) -> RequestId {
    req.data::<RequestId>()
        .copied()
        .unwrap_or(RequestId::from(Uuid::nil()))
}

impl<E: Endpoint> Middleware<E> for RequestIds {
    type Output = RequestIdsEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        RequestIdsEndpoint {
            inner,
            new: Arc::clone(&self.0),
        }
    }
}

/// See [`RequestIds`].
pub struct RequestIdsEndpoint<E> {
    inner: E,
    new: NewRequestId,
}

impl<E: Endpoint> Endpoint for RequestIdsEndpoint<E> {
    type Output = Response;

    async fn call(&self, mut req: Request) -> Result<Response> {
        // A UUID cannot forge a line in a log.
        let sent = req
            .header(HEADER)
            .and_then(|text| text.parse::<RequestId>().ok());
        let id = sent.unwrap_or_else(|| (self.new)());
        req.extensions_mut().insert(id);
        let mut response = self.inner.call(req).await?.into_response();
        if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
            response.headers_mut().insert(HEADER, value);
        }
        Ok(response)
    }
}
