//! Users on the wire.

use chrono::{DateTime, Utc};
use crm_domain::user;
use poem_openapi::Object;
use serde::Serialize;
use uuid::Uuid;

use crate::wire::{EmailText, NameText, wire_enum};

wire_enum! {
    /// What a user is in the workspace.
    Role = user::Role {
        /// May do everything, to every record.
        Admin,
        /// Works with their own leads and customers.
        Agent,
    }
}

/// A user.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
pub struct User {
    /// Identifies the user.
    pub id: Uuid,
    /// What others see.
    pub name: NameText,
    /// The sign-in name.
    pub email_id: EmailText,
    /// What the user may do.
    pub role: Role,
    /// Whether the user may sign in.
    pub is_active: bool,
    /// Counts writes, from 1.
    #[oai(validator(minimum(value = "1"), maximum(value = "2147483647")))]
    pub version: i32,
    /// When the user was made.
    pub created_at: DateTime<Utc>,
    /// When the user was last changed.
    pub updated_at: DateTime<Utc>,
}

impl From<&user::User> for User {
    fn from(user: &user::User) -> Self {
        let user::User {
            id,
            name,
            email,
            role,
            is_active,
            version,
            created_at,
            updated_at,
        } = user;
        Self {
            id: id.uuid(),
            name: name.into(),
            email_id: email.into(),
            role: (*role).into(),
            is_active: *is_active,
            version: *version,
            created_at: *created_at,
            updated_at: *updated_at,
        }
    }
}

/// A user as other records show them.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
pub struct UserReference {
    /// Which user.
    pub id: Uuid,
    /// Their name.
    pub name: NameText,
    /// Their address.
    pub email_id: EmailText,
}

impl From<&user::UserRef> for UserReference {
    fn from(user: &user::UserRef) -> Self {
        let user::UserRef { id, name, email } = user;
        Self {
            id: id.uuid(),
            name: name.into(),
            email_id: email.into(),
        }
    }
}
