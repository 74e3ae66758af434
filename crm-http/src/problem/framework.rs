//! Problems out of poem's own errors, whose texts name internals and are never passed on.

use poem::Error;
use poem::http::{StatusCode, header};

use super::{Code, Problem};
use crate::middleware::body_limit::BodyError;
use crate::middleware::strict_http::MalformedRequest;

/// The problem that an error of any origin is.
pub(super) fn problem(error: Error) -> Problem {
    if error.is::<Problem>() {
        return error
            .downcast()
            .unwrap_or_else(|error: Error| Problem::internal(error.to_string()));
    }
    if let Some(error) = error.downcast_ref::<BodyError>() {
        return body(error);
    }
    if let Some(error) = error.downcast_ref::<MalformedRequest>() {
        return Problem::new(Code::BadRequest, error.to_string());
    }
    match error.status() {
        StatusCode::NOT_FOUND => Problem::new(Code::NotFound, "there is nothing at this path"),
        StatusCode::METHOD_NOT_ALLOWED => Problem::new(
            Code::MethodNotAllowed,
            "this path has no such method; see the header Allow",
        ),
        status if status.is_client_error() => {
            Problem::new(Code::BadRequest, "the request cannot be read")
        }
        _ => Problem::internal(error.to_string()),
    }
}

fn body(error: &BodyError) -> Problem {
    let code = match error {
        BodyError::TooLarge { .. } => Code::BodyTooLarge,
        BodyError::TimedOut => Code::RequestTimeout,
        BodyError::Encoded => Code::UnsupportedMediaType,
        BodyError::Incomplete => Code::BadRequest,
    };
    let problem = Problem::new(code, error.to_string());
    match error {
        // RFC 7694, section 3: says what would have been accepted.
        BodyError::Encoded => problem.header(header::ACCEPT_ENCODING, "identity"),
        _ => problem,
    }
}
