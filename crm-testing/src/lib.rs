//! A test kit for the CRM and for its plugins: a fresh database a test, the whole application on it, and a clock
//! to set. Every answer of the application is checked against the API document.
//!
//! It panics where a test fails, so the lints against panicking do not hold here.
#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test fails by panicking"
)]

#[cfg(feature = "app")]
pub mod app;
#[cfg(feature = "app")]
pub mod clock;
#[cfg(feature = "app")]
mod contract;
pub mod database;
#[cfg(feature = "app")]
mod events;
pub mod explained;
mod inspect;
#[cfg(feature = "app")]
pub mod live;
#[cfg(feature = "app")]
mod permissions;
#[cfg(feature = "app")]
pub mod request;

#[cfg(feature = "app")]
pub use app::{Client, TestApp, permission};
#[cfg(feature = "app")]
pub use clock::TestClock;
pub use database::TestDatabase;
pub use explained::Explained;
#[cfg(feature = "app")]
pub use live::TestStream;
