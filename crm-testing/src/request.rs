//! Requests to the application in this process, and their answers, each checked against the API document.

use std::net::{IpAddr, SocketAddr};

use poem::Addr;
use poem::http::uri::Scheme;
use poem::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Body, Endpoint, Request, RequestParts};
use serde_json::Value;

use crate::app::{Client, ORIGIN, TestApp};

/// A request that is being put together.
#[derive(Clone)]
pub struct TestRequest<'a> {
    app: &'a TestApp,
    method: Method,
    path: String,
    headers: HeaderMap,
    peer: RemoteAddr,
    body: Vec<u8>,
}

impl<'a> TestRequest<'a> {
    pub(crate) fn new(client: &Client<'a>, method: Method, path: &str) -> Self {
        let request = Self {
            app: client.app,
            method,
            path: path.to_owned(),
            headers: HeaderMap::new(),
            peer: RemoteAddr::default(),
            body: Vec::new(),
        };
        let request = request.header(header::HOST, "crm.test");
        match &client.token {
            Some(token) => request.header(header::AUTHORIZATION, &format!("Bearer {token}")),
            None => request,
        }
    }

    /// Adds a header; one of the same name stays.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        self.headers
            .append(name, HeaderValue::from_str(value).expect("a header value"));
        self
    }

    /// Names the server otherwise than as `crm.test`.
    #[must_use]
    pub fn host(mut self, host: &str) -> Self {
        self.headers.remove(header::HOST);
        self.header(header::HOST, host)
    }

    /// Says who connects; otherwise the connection has no address.
    #[must_use]
    pub fn peer(mut self, peer: IpAddr) -> Self {
        self.peer = RemoteAddr(Addr::from(SocketAddr::new(peer, 4711)));
        self
    }

    /// Says that a page of the application's own sends it.
    #[must_use]
    pub fn from_our_page(self) -> Self {
        self.header(header::ORIGIN, ORIGIN)
    }

    /// Sends the refresh token in the cookie of a server without HTTPS.
    #[must_use]
    pub fn refresh_token(self, token: &str) -> Self {
        self.header(header::COOKIE, &format!("refreshToken={token}"))
    }

    /// Names the request, so that it is carried out once.
    #[must_use]
    pub fn once(self, key: &str) -> Self {
        self.header(HeaderName::from_static("idempotency-key"), key)
    }

    /// Sends a JSON body.
    #[must_use]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a test writes json!(..) there"
    )]
    pub fn json(self, body: Value) -> Self {
        self.raw("application/json", body.to_string())
    }

    /// Sends any body.
    #[must_use]
    pub fn raw(mut self, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.header(header::CONTENT_TYPE, media_type)
    }

    /// Sends it. The answer is one that the API document has, or the test fails. One that goes on for as long as it is read is
    /// left at its headers.
    pub async fn send(self) -> TestResponse {
        let Self {
            app,
            method,
            path,
            headers,
            peer,
            body,
        } = self;
        let mut request = poem::http::Request::builder()
            .method(method.clone())
            .uri(&path)
            .body(())
            .expect("a path that is a URI");
        *request.headers_mut() = headers;
        // Not by poem's own builder, which forgets the original URI.
        let (parts, ()) = request.into_parts();
        let parts = RequestParts::from((parts, LocalAddr::default(), peer, Scheme::HTTP));
        let request = Request::from_parts(parts, Body::from(body));
        let mut response = app.endpoint.get_response(request).await;
        let body = response.take_body();
        let body = if is_stream(&response) {
            Vec::new()
        } else {
            body.into_vec().await.expect("the answer's body is whole")
        };
        let response = TestResponse {
            status: response.status(),
            headers: response.headers().clone(),
            body,
        };
        app.contract.check(&method, &path, &response);
        response
    }

    /// Sends it and gives the JSON of the answer, which must have this status.
    pub async fn expect(self, status: u16) -> Value {
        self.send().await.expect(status)
    }
}

fn is_stream(response: &poem::Response) -> bool {
    response.content_type() == Some("text/event-stream")
}

/// An answer.
#[derive(Debug)]
pub struct TestResponse {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl TestResponse {
    /// The JSON of an answer that must have this status.
    #[must_use]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(
            self.status.as_u16(),
            status,
            "{}",
            String::from_utf8_lossy(&self.body)
        );
        self.json()
    }

    /// The JSON of the answer.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// A header as text; empty when it is not there.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// The value of the refresh cookie that the answer sets.
    #[must_use]
    pub fn refresh_cookie(&self) -> String {
        let set = self.header("set-cookie");
        let value = set
            .trim_start_matches("__Host-")
            .strip_prefix("refreshToken=")
            .and_then(|rest| rest.split(';').next());
        value
            .expect("the answer sets the refresh cookie")
            .to_owned()
    }
}
