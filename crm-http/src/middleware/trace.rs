//! The spans of a request, for who traces them: the request, and in it the operation. Below are those of the statements.
//!
//! The names are those of OpenTelemetry's conventions. A path is the operation's template, and a query is not told: what stands there
//! may be personal.

use crm_app::TRACE;
use opentelemetry::global;
use opentelemetry::trace::TraceContextExt as _;
use opentelemetry_http::HeaderExtractor;
use poem::Request;
use poem::http::{Method, StatusCode};
use tracing::Span;
use tracing::field::Empty;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use super::request_id;

/// Begins the span of a request, in the trace that its header `traceparent` names.
pub(crate) fn request(req: &Request) -> Span {
    let span = tracing::trace_span!(
        target: TRACE,
        "request",
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = %req.method(),
        http.route = Empty,
        http.response.status_code = Empty,
        request_id = %request_id::of(req),
    );
    if !span.is_disabled() {
        let parent = global::get_text_map_propagator(|propagator| {
            propagator.extract(&HeaderExtractor(req.headers()))
        });
        // Refused only where spans go elsewhere than to OpenTelemetry, which then do without.
        let _ = span.set_parent(parent);
    }
    span
}

/// Notes how a request was answered.
pub(crate) fn answered(span: &Span, method: &Method, route: &str, status: StatusCode) {
    if span.is_disabled() {
        return;
    }
    span.context()
        .span()
        .update_name(format!("{method} {route}"));
    span.record("http.route", route);
    span.record("http.response.status_code", status.as_u16());
    if status.is_server_error() {
        span.record("otel.status_code", "ERROR");
    }
}

/// The span of an operation, by its id in the document.
pub(crate) fn operation(id: &str) -> Span {
    tracing::trace_span!(target: TRACE, "operation", otel.name = id)
}
