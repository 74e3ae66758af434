//! The operations: each takes its caller and its input, calls one use case, and gives the answer back.

pub mod activities;
pub mod analytics;
pub mod api_keys;
pub mod assignment_rules;
pub mod auth;
pub mod authz;
pub mod custom_fields;
pub mod customers;
pub mod duplicates;
pub mod events;
pub mod health;
pub mod imports;
pub mod jobs;
pub mod leads;
pub mod meta;
pub mod metrics;
pub mod permissions;
pub mod roles;
pub mod search;
pub mod tags;
pub mod tasks;
pub mod teams;
pub mod users;
pub mod views;

use crm_app::OnDuplicate;
use serde::{Deserialize, Serialize};

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

/// How a record that has an e-mail address is made.
#[derive(Debug, Deserialize, poem_openapi::Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
pub(crate) struct CreateOptions {
    /// Makes the record even if another one at hand has its e-mail address.
    allow_duplicate: Option<bool>,
}

impl crate::query::QueryParameters for CreateOptions {}

impl CreateOptions {
    fn on_duplicate(&self) -> OnDuplicate {
        if self.allow_duplicate.unwrap_or_default() {
            OnDuplicate::Create
        } else {
            OnDuplicate::Fail
        }
    }
}
