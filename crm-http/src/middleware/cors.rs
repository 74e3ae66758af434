//! Which other sites' scripts may call: none, but for the origins in the settings, compared as whole texts.
//!
//! Also the answer to "does this request come from our own pages", which operations with a cookie ask.
//! poem's own `Cors` refuses a same-origin request whenever a list of origins is set, hence this one.

use std::sync::Arc;

use poem::http::{HeaderValue, Method, StatusCode, header};
use poem::{Endpoint, IntoResponse, Middleware, Request, Response, Result};

use super::client_address;
use crate::problem::{Code, Problem};

const METHODS: &str = "GET, HEAD, POST, PATCH, DELETE";
const REQUEST_HEADERS: &str =
    "authorization, content-type, idempotency-key, if-match, x-request-id";
const EXPOSED_HEADERS: &str = "etag, idempotent-replayed, location, retry-after, x-request-id";
const PREFLIGHT_SECONDS: &str = "600";

/// The origins whose scripts may call, as `https://crm.example`.
#[derive(Debug, Clone)]
pub struct AllowedOrigins {
    others: Arc<[String]>,
    over_https: bool,
}

impl AllowedOrigins {
    /// Exactly these, and our own. `over_https`: our pages are reached in no other way.
    #[must_use]
    pub fn new(others: Vec<String>, over_https: bool) -> Self {
        Self {
            others: others.into(),
            over_https,
        }
    }

    fn contains(&self, origin: &HeaderValue) -> bool {
        self.others
            .iter()
            .any(|allowed| allowed.as_bytes() == origin.as_bytes())
    }

    /// Refuses a request that carries a cookie and does not show that one of our own pages sent it.
    pub(crate) fn require_same_site(&self, req: &Request) -> Result<(), Problem> {
        if self.is_from_our_pages(req) == Some(true) {
            Ok(())
        } else {
            Err(cross_site())
        }
    }

    /// Refuses a request that shows that a page of another site sent it. Programs that are no browser show nothing.
    pub(crate) fn refuse_cross_site(&self, req: &Request) -> Result<(), Problem> {
        if self.is_from_our_pages(req) == Some(false) {
            Err(cross_site())
        } else {
            Ok(())
        }
    }

    /// Where the browser says that the request comes from; `None` when it says nothing.
    fn is_from_our_pages(&self, req: &Request) -> Option<bool> {
        let origin = req.headers().get(header::ORIGIN);
        if origin.is_some_and(|origin| self.contains(origin) || self.is_own(origin, req)) {
            return Some(true);
        }
        if let Some(site) = req.headers().get("sec-fetch-site") {
            return Some(site == "same-origin");
        }
        origin.map(|_| false)
    }

    /// Whether an origin is the one that the request was sent to: scheme, host and port. A page that came without TLS may
    /// be anybody's, though its host is ours.
    fn is_own(&self, origin: &HeaderValue, req: &Request) -> bool {
        let is_https = self.over_https || client_address::is_https(req);
        let (scheme, port) = if is_https {
            ("https://", ":443")
        } else {
            ("http://", ":80")
        };
        let host = req.headers().get(header::HOST);
        let host = host.and_then(|host| host.to_str().ok());
        let origin = origin.to_str().ok();
        let origin = origin.and_then(|origin| origin.strip_prefix(scheme));
        // Browsers leave the scheme's own port out; a proxy may add it.
        let host = host.map(|host| host.strip_suffix(port).unwrap_or(host));
        origin
            .zip(host)
            .is_some_and(|(origin, host)| origin.eq_ignore_ascii_case(host))
    }
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
