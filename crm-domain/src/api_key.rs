//! API keys: what a program shows to act for a user. The secret is kept nowhere.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::activity::{Fields, fields};
use crate::ids::{ApiKeyId, UserId};
use crate::permission::Permission;
use crate::text::Name;

/// A key by which a program acts for a user, within what both may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Identifies the key.
    pub id: ApiKeyId,
    /// For whom it acts.
    pub owner: UserId,
    /// What it is for.
    pub name: Name,
    /// What it may do at most.
    pub scopes: BTreeSet<Permission>,
    /// When it stops working.
    pub expires_at: DateTime<Utc>,
    /// When it was last used, to the minute; `None` before the first use.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

impl ApiKey {
    /// The fields that the activity log records.
    #[must_use]
    pub fn fields(&self) -> Fields {
        let Self {
            id: _,
            owner,
            name,
            scopes,
            expires_at,
            last_used_at: _,
            created_at: _,
        } = self;
        let scopes: Vec<Value> = scopes
            .iter()
            .map(|scope| json!(scope.to_string()))
            .collect();
        fields([
            ("owner", json!(owner)),
            ("name", json!(name)),
            ("scopes", json!(scopes)),
            ("expiresAt", json!(expires_at)),
        ])
    }
}
