//! A plugin that tells people and programs what happens.
//!
//! People are told by notices within the application, which come as server-sent events too, and by e-mail: each of what is of interest
//! to them, by the ways that they prefer.
//! Programs outside are told by webhooks, signed and retried, as [Standard Webhooks](https://www.standardwebhooks.com) has them. See
//! `docs/decisions/0029`.

mod courier;
#[cfg(feature = "http")]
mod http;
mod mail;
mod message;
mod notice;
mod notices;
mod plugin;
mod preference;
mod preferences;
mod reader;
mod settings;
mod webhook;
mod webhooks;

pub use courier::{Network, SystemNetwork};
pub use plugin::Notifications;
