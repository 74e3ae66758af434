//! The HTTP interface of the CRM: its server, its operations, its API document.
//!
//! [`app`] makes one poem endpoint of a [`Crm`](crm_app::Crm). [`server::serve`] runs it behind an accept loop of our
//! own; [`tower::PoemService`] mounts it in axum; a poem application nests it.

pub mod api;
mod app;
pub mod auth;
pub mod batch;
pub mod body;
pub mod bulk;
mod cookies;
mod document;
pub mod export;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
mod idempotency;
pub mod if_match;
mod list;
pub mod live;
mod metrics;
pub mod middleware;
pub mod openapi;
mod page;
mod pages;
pub mod plugin;
pub mod problem;
pub mod query;
pub mod reply;
pub mod server;
mod swagger;
mod time;
pub mod tower;
pub mod wire;

pub use api::health::Health;
pub use api::metrics::MetricsToken;
pub use app::{Settings, app, document};
pub use ipnet::IpNet;
pub use openapi::ApiError;
pub use pages::Pages;
