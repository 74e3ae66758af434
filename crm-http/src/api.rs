//! The operations: each takes its caller and its input, calls one use case, and gives the answer back.

pub mod api_keys;
pub mod auth;
pub mod authz;
pub mod health;
pub mod leads;
pub mod permissions;
pub mod roles;
pub mod teams;
pub mod users;

use serde::Serialize;

/// A sentence, where there is nothing else to say.
#[derive(Debug, Serialize, poem_openapi::Object)]
pub struct Message {
    /// What was done.
    #[oai(validator(max_length = 200))]
    pub message: String,
}

impl Message {
    /// This sentence.
    #[must_use]
    pub fn new(message: &str) -> Self {
        Self {
            message: message.to_owned(),
        }
    }
}
