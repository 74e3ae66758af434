//! The middleware at the root that answers every error, and every panic, with a problem.

use std::any::Any;
use std::panic::AssertUnwindSafe;

use crm_domain::ids::RequestId;
use futures_util::FutureExt;
use poem::http::{HeaderName, HeaderValue, header};
use poem::{Endpoint, IntoResponse, Middleware, Request, Response, Result};
use serde::Serialize;

use super::{FieldError, Problem, ProblemBody, framework};
use crate::middleware::request_id;
use crate::openapi::AllowedMethods;

/// Answers every error with a problem.
pub struct Problems(AllowedMethods);

impl Problems {
    /// `allowed` names the methods of each path, for the header `Allow`.
    #[must_use]
    pub const fn new(allowed: AllowedMethods) -> Self {
        Self(allowed)
    }
}

impl<E: Endpoint> Middleware<E> for Problems {
    type Output = ProblemsEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        ProblemsEndpoint {
            inner,
            allowed: self.0.clone(),
        }
    }
}

/// See [`Problems`].
pub struct ProblemsEndpoint<E> {
    inner: E,
    allowed: AllowedMethods,
}

impl<E: Endpoint> Endpoint for ProblemsEndpoint<E> {
    type Output = Response;

    async fn call(&self, req: Request) -> Result<Response> {
        let request = request_id::of(&req);
        let path = req.uri().path().to_owned();
        let outcome = AssertUnwindSafe(self.inner.call(req)).catch_unwind().await;
        let problem = match outcome {
            Ok(Ok(response)) => return Ok(response.into_response()),
            Ok(Err(error)) => framework::problem(error),
            Err(panic) => Problem::internal(format!(
                "a handler panicked: {}",
                panic_message(panic.as_ref())
            )),
        };
        let mut response = respond(problem, request);
        if response.status() == poem::http::StatusCode::METHOD_NOT_ALLOWED
            && let Ok(allow) = HeaderValue::from_str(&self.allowed.of(&path))
        {
            response.headers_mut().insert(header::ALLOW, allow);
        }
        Ok(response)
    }
}

/// What a panic was raised with.
pub(crate) fn panic_message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}

fn respond(mut problem: Problem, request: RequestId) -> Response {
    let status = problem.code.status();
    log(&problem, request);
    let retry_after = problem.retry_after();
    let headers = std::mem::take(&mut problem.headers);
    let body = body(problem, request);
    let extra = match status.as_u16() {
        401 => Some((
            header::WWW_AUTHENTICATE,
            r#"Bearer error="invalid_token""#.to_owned(),
        )),
        408 | 413 => Some((header::CONNECTION, "close".to_owned())),
        _ => retry_after.map(|seconds| (header::RETRY_AFTER, seconds.to_string())),
    };
    let mut response = Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, "application/problem+json")
        .body(serde_json::to_vec(&body).unwrap_or_default());
    for (name, value) in headers.into_iter().chain(extra) {
        insert(&mut response, name, &value);
    }
    response
}

fn insert(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

fn body(problem: Problem, request: RequestId) -> impl Serialize {
    let retry_after = problem.retry_after();
    let Problem {
        code,
        detail,
        errors,
        members,
        headers: _,
        retry_after: _,
        cause: _,
    } = problem;
    ProblemBody {
        type_uri: format!("urn:crm:problem:{}", code.as_str()),
        title: code.title().to_owned(),
        status: code.status().as_u16(),
        detail,
        instance: format!("urn:uuid:{request}"),
        error: code.title().to_owned(),
        details: errors.iter().map(FieldError::line).collect(),
        code,
        errors,
        request_id: request.to_string(),
        retry_after,
        members,
    }
}

/// One line for an operator: what failed, each cause, and the request.
fn log(problem: &Problem, request: RequestId) {
    if !problem.code.status().is_server_error() {
        return;
    }
    let mut causes = Vec::new();
    let mut next = std::error::Error::source(problem);
    while let Some(cause) = next {
        causes.push(cause.to_string());
        next = cause.source();
    }
    tracing::error!(%request, code = problem.code.as_str(), causes = causes.join(": "), "{}", problem.detail);
}
