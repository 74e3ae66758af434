//! Events of users of which the activity log tells more than the fields that changed.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::Event;
use crate::activity::{Changes, fields};
use crate::ids::{SessionId, UserId};
use crate::permission::Resource;

/// The records of a user were given to another one, or to nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecordsReassigned {
    /// Whose records they were.
    pub user_id: UserId,
    /// To whom; nobody, when it is `None`.
    pub to: Option<UserId>,
    /// How many leads.
    pub leads: usize,
    /// How many customers.
    pub customers: usize,
    /// How many tasks.
    pub tasks: usize,
    /// How many records of plugins.
    #[serde(default)]
    pub others: usize,
}

impl Event for RecordsReassigned {
    const NAME: &'static str = "user.records-reassigned";
    const RESOURCE: Resource = Resource::USER;

    fn record_id(&self) -> Uuid {
        self.user_id.uuid()
    }

    /// The log tells all that the event does.
    fn changes(&self) -> Changes {
        Changes::created(fields([
            ("to", json!(self.to)),
            ("leads", json!(self.leads)),
            ("customers", json!(self.customers)),
            ("tasks", json!(self.tasks)),
            ("others", json!(self.others)),
        ]))
    }
}

/// Sessions of a user ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionsEnded {
    /// Whose sessions.
    pub user_id: UserId,
    /// Which ones.
    pub session_ids: Vec<SessionId>,
    /// Why: `logout`, `logout-all`, `ended-by-owner`, `ended-by-admin`, `token-reuse`, `password-changed`,
    /// `second-factor-enabled`, `second-factor-removed`, `user-disabled`, `too-many-sessions`.
    pub reason: Cow<'static, str>,
}

impl Event for SessionsEnded {
    const NAME: &'static str = "session.ended";
    const RESOURCE: Resource = Resource::USER;

    fn record_id(&self) -> Uuid {
        self.user_id.uuid()
    }

    /// The log must tell a theft from a sign-out.
    fn changes(&self) -> Changes {
        Changes::created(fields([("reason", json!(self.reason))]))
    }
}
