//! The server over real sockets: what slow, greedy and broken clients get, and what good ones get beside them.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "in a test a panic is the report, in its helpers as well"
)]

mod harness;
mod lifecycle;
mod requests;
mod resources;
mod slow_clients;
