//! Which other sites' scripts may call: none, but for the origins in the settings, compared as whole texts.
//!
//! Also the answer to "does this request come from our own pages", which operations with a cookie ask.
//! poem's own `Cors` refuses a same-origin request whenever a list of origins is set, hence this one.

use std::sync::Arc;

use poem::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use poem::{Endpoint, IntoResponse, Middleware, Request, Response, Result};

use crate::problem::{Code, Problem};

const METHODS: &str = "GET, HEAD, POST, PATCH, DELETE";
const REQUEST_HEADERS: &str = "authorization, content-type, if-match, x-request-id";
const EXPOSED_HEADERS: &str = "etag, location, retry-after, x-request-id";
const PREFLIGHT_SECONDS: &str = "600";

/// The origins whose scripts may call, as `https://crm.example`.
#[derive(Debug, Clone, Default)]
pub struct AllowedOrigins(Arc<[String]>);

impl AllowedOrigins {
    /// Exactly these.
    #[must_use]
    pub fn new(origins: Vec<String>) -> Self {
        Self(origins.into())
    }

    fn contains(&self, origin: &HeaderValue) -> bool {
        self.0
            .iter()
            .any(|allowed| allowed.as_bytes() == origin.as_bytes())
    }

    /// Refuses a request that carries a cookie and does not show that one of our own pages sent it.
    pub(crate) fn require_same_site(&self, req: &Request) -> Result<(), Problem> {
        if self.is_from_our_pages(req.headers()) == Some(true) {
            Ok(())
        } else {
            Err(cross_site())
        }
    }

    /// Refuses a request that shows that a page of another site sent it. Programs that are no browser show nothing.
    pub(crate) fn refuse_cross_site(&self, req: &Request) -> Result<(), Problem> {
        if self.is_from_our_pages(req.headers()) == Some(false) {
            Err(cross_site())
        } else {
            Ok(())
        }
    }

    /// Where the browser says that the request comes from; `None` when it says nothing.
    fn is_from_our_pages(&self, headers: &HeaderMap) -> Option<bool> {
        if let Some(origin) = headers.get(header::ORIGIN)
            && (self.contains(origin) || is_own(origin, headers))
        {
            return Some(true);
        }
        if let Some(site) = headers.get("sec-fetch-site") {
            return Some(site == "same-origin");
        }
        headers.get(header::ORIGIN).map(|_| false)
    }
}

/// Whether an origin is the one that the request was sent to.
fn is_own(origin: &HeaderValue, headers: &HeaderMap) -> bool {
    let origin = origin
        .to_str()
        .ok()
        .and_then(|origin| origin.split_once("://"));
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    matches!((origin, host), (Some((_, origin)), Some(host)) if origin.eq_ignore_ascii_case(host))
}

fn cross_site() -> Problem {
    Problem::new(
        Code::CrossSite,
        "the request must come from a page of this site: send its Origin",
    )
}

impl<E: Endpoint> Middleware<E> for AllowedOrigins {
    type Output = CorsEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        CorsEndpoint {
            inner,
            allowed: self.clone(),
        }
    }
}

/// See [`AllowedOrigins`].
pub struct CorsEndpoint<E> {
    inner: E,
    allowed: AllowedOrigins,
}

impl<E: Endpoint> Endpoint for CorsEndpoint<E> {
    type Output = Response;

    async fn call(&self, req: Request) -> Result<Response> {
        let origin = req
            .headers()
            .get(header::ORIGIN)
            .filter(|origin| self.allowed.contains(origin))
            .cloned();
        let asks_first = req.method() == Method::OPTIONS
            && req
                .headers()
                .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
        let mut response = match &origin {
            Some(_) if asks_first => preflight(),
            _ => self.inner.call(req).await?.into_response(),
        };
        let headers = response.headers_mut();
        headers.append(
            header::VARY,
            HeaderValue::from_static("Origin, Sec-Fetch-Site"),
        );
        if let Some(origin) = origin {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            headers.insert(
                header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
                HeaderValue::from_static("true"),
            );
            headers.insert(
                header::ACCESS_CONTROL_EXPOSE_HEADERS,
                HeaderValue::from_static(EXPOSED_HEADERS),
            );
            headers.insert(
                "cross-origin-resource-policy",
                HeaderValue::from_static("cross-origin"),
            );
        }
        Ok(response)
    }
}

fn preflight() -> Response {
    Response::builder()
        .status(StatusCode::NO_CONTENT)
        .header(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS)
        .header(header::ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS)
        .header(header::ACCESS_CONTROL_MAX_AGE, PREFLIGHT_SECONDS)
        .finish()
}
