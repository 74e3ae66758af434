//! Traces go to a collector of OpenTelemetry's, where there is one: here a receiver of the test's own.

use std::process::Stdio;
use std::sync::mpsc::Receiver;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use reqwest::Client;
use serde_json::json;

use crate::database::{crm, migrated};
use crate::process::{ADMIN, sign_in};
use crate::program::Folder;
use crate::receiver::{self, Posted};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";

/// The spans of the trace, once all are sent.
fn spans(received: &Receiver<Posted>) -> (Vec<Span>, Vec<u8>) {
    let mut all = Vec::new();
    let mut bytes = Vec::new();
    // The server has ended: whatever there is was sent.
    for Posted { path, body } in received.try_iter() {
        assert_eq!(path, "/v1/traces");
        let request = ExportTraceServiceRequest::decode(body.as_slice()).unwrap();
        let scopes = request
            .resource_spans
            .into_iter()
            .flat_map(|of| of.scope_spans);
        all.extend(scopes.flat_map(|scope| scope.spans));
        bytes.extend(body);
    }
    let trace = hex(TRACE);
    all.retain(|span| span.trace_id == trace);
    (all, bytes)
}

fn hex(text: &str) -> Vec<u8> {
    let digits = (0..text.len()).step_by(2);
    digits
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

fn one<'a>(spans: &'a [Span], name: &str, parent: &[u8]) -> &'a Span {
    let found = spans
        .iter()
        .find(|span| span.name == name && span.parent_span_id == parent);
    let names: Vec<_> = spans.iter().map(|span| &span.name).collect();
    found.unwrap_or_else(|| panic!("no {name} there among {names:?}"))
}

#[tokio::test]
async fn a_request_is_traced_from_its_caller_to_its_statements_and_nothing_personal_is_told() {
    let (folder, database) = (Folder::new(), migrated().await);
    let (address, received) = receiver::start();
    let collector = format!("http://{address}");
    let server = crm(&folder, &database, &["serve"])
        .with(&ADMIN)
        .with(&[("OTEL_EXPORTER_OTLP_ENDPOINT", &collector)])
        .serve_with_log(Stdio::null());
    let client = Client::new();
    let [(_, email), (_, password)] = ADMIN;
    let token = sign_in(&server, email, password).await.unwrap();
    let lead = json!({ "name": "Grace Hopper", "emailId": "grace@example.net" });
    let made = client
        .post(server.url("/api/leads?allowDuplicate=true"))
        .bearer_auth(token)
        .header("traceparent", format!("00-{TRACE}-{CALLER}-01"))
        .json(&lead);
    assert_eq!(made.send().await.unwrap().status(), 201);
    server.signal("-TERM");
    assert!(server.wait().success());

    let (spans, bytes) = spans(&received);
    let request = one(&spans, "POST /api/leads", &hex(CALLER));
    let operation = one(&spans, "createLead", &request.span_id);
    one(&spans, "insert leads", &operation.span_id);
    one(&spans, "insert activities", &operation.span_id);
    let told = String::from_utf8_lossy(&bytes);
    for personal in ["Grace", "grace@", email, password, "allowDuplicate"] {
        assert!(!told.contains(personal), "{personal} is told");
    }
}
