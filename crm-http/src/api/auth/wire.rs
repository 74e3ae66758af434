//! What the operations of `/api/auth` take and give.

use chrono::{DateTime, Utc};
use crm_app::Reach;
use crm_app::auth::StoredSession;
use crm_app::users::{NewUser, note_weak_password};
use crm_domain::ids::SessionId;
use crm_domain::permission::Permission;
use crm_domain::user;
use crm_domain::violation::Violations;
use poem_openapi::Object;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::api::users::{Role, User};
use crate::problem::Problem;
use crate::wire::{EmailText, NameText, Text};

/// A password on the wire: longer than is allowed, so that the answer can say so.
type Password = Text<1024>;

/// An address and a password.
#[derive(Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
pub(super) struct Login {
    /// The sign-in name.
    pub(super) email_id: EmailText,
    /// The password.
    pub(super) password: Password,
}

/// A new user.
#[derive(Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename = "RegisterUser", rename_all = "camelCase")]
pub(super) struct Register {
    /// What others see.
    pub(super) name: NameText,
    /// The sign-in name.
    pub(super) email_id: EmailText,
    /// The first password: 8 characters or more, 256 bytes or fewer.
    pub(super) password: Password,
    /// What the user may do.
    pub(super) role: Role,
}

impl Register {
    pub(super) fn into_command(self) -> Result<NewUser, Problem> {
        let mut violations = Violations::new();
        let name = self.name.parse("name", &mut violations);
        let email = self.email_id.parse("emailId", &mut violations);
        let password = self.password.into_string();
        note_weak_password("password", &password, email.as_ref(), &mut violations);
        let (Some(name), Some(email)) = (name, email) else {
            return Err(violations.into());
        };
        violations.into_result()?;
        Ok(NewUser {
            name,
            email,
            role: self.role.into(),
            password,
        })
    }
}

/// The first Admin, and the token that permits to make them.
#[derive(Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
pub(super) struct SetUp {
    /// What the server printed at its start.
    pub(super) token: Text<100>,
    /// What others see.
    pub(super) name: NameText,
    /// The sign-in name.
    pub(super) email_id: EmailText,
    /// The password: 8 characters or more, 256 bytes or fewer.
    pub(super) password: Password,
}

/// An object without fields.
#[derive(Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(rename = "RefreshToken")]
pub(super) struct Empty {}

/// A new name.
#[derive(Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename = "UpdateMe", rename_all = "camelCase")]
pub(super) struct Rename {
    /// What others see.
    pub(super) name: NameText,
}

/// The present password and the next.
#[derive(Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
pub(super) struct ChangePassword {
    /// The present one.
    pub(super) current_password: Password,
    /// The next one: 8 characters or more, 256 bytes or fewer.
    pub(super) new_password: Password,
}

/// The user who is signed in now, and the access token.
#[derive(Serialize, Object)]
#[oai(rename = "SignedIn")]
pub(super) struct TokenAnswer {
    /// Who is signed in.
    pub(super) user: User,
    /// The access token, for `Authorization: Bearer`.
    pub(super) token: Text<4096>,
}

/// The user that was made.
#[derive(Serialize, Object)]
#[oai(rename = "UserRegistered")]
pub(super) struct Registered {
    /// What was done.
    #[oai(validator(max_length = 200))]
    pub(super) message: String,
    /// The user.
    pub(super) user: User,
}

/// One's own account and what one may do.
#[derive(Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
pub(super) struct Me {
    /// Identifies the user.
    id: Uuid,
    /// What others see.
    name: NameText,
    /// The sign-in name.
    email_id: EmailText,
    /// What the user may do, in a word.
    role: Role,
    /// What the user may do, one by one.
    #[oai(validator(max_items = 1000))]
    permissions: Vec<Grant>,
    /// Counts writes, from 1.
    #[oai(validator(minimum(value = "1"), maximum(value = "2147483647")))]
    version: i32,
    /// When the user was made.
    created_at: DateTime<Utc>,
    /// When the user was last changed.
    updated_at: DateTime<Utc>,
}

impl Me {
    pub(super) fn new(user: &user::User, granted: Vec<(Permission, Reach)>) -> Self {
        let user::User {
            id,
            name,
            email,
            role,
            is_active: _,
            version,
            created_at,
            updated_at,
        } = user;
        let grant = |(permission, reach): (Permission, Reach)| Grant {
            permission: (&permission).into(),
            scope: (&reach.as_str()).into(),
        };
        Self {
            id: id.uuid(),
            name: name.into(),
            email_id: email.into(),
            role: (*role).into(),
            permissions: granted.into_iter().map(grant).collect(),
            version: *version,
            created_at: *created_at,
            updated_at: *updated_at,
        }
    }
}

/// One permission and how far it reaches.
#[derive(Serialize, Object)]
#[oai(rename = "PermissionGrant")]
struct Grant {
    /// What may be done: `lead:read`.
    permission: Text<100>,
    /// To which records: `own` or `all`.
    scope: Text<10>,
}

/// Sessions.
#[derive(Serialize, Object)]
pub(super) struct SessionList {
    /// The sessions, the newest first.
    #[oai(validator(max_items = 20))]
    sessions: Vec<Session>,
}

impl SessionList {
    pub(super) fn new(sessions: Vec<StoredSession>, current: SessionId) -> Self {
        Self {
            sessions: sessions
                .into_iter()
                .map(|session| Session::new(session, current))
                .collect(),
        }
    }
}

/// A signed-in session.
#[derive(Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
struct Session {
    /// Identifies the session.
    id: Uuid,
    /// Whether it is the one that asks.
    is_current: bool,
    /// When the user signed in.
    created_at: DateTime<Utc>,
    /// When it was last refreshed.
    refreshed_at: DateTime<Utc>,
    /// When it ends unless it is refreshed before.
    expires_at: DateTime<Utc>,
    /// The address the user signed in from.
    #[oai(validator(max_length = 64))]
    address: Option<String>,
    /// The program the user signed in with, as it called itself.
    #[oai(validator(max_length = 256))]
    user_agent: Option<String>,
}

impl Session {
    fn new(session: StoredSession, current: SessionId) -> Self {
        Self {
            id: session.id.uuid(),
            is_current: session.id == current,
            created_at: session.created_at,
            refreshed_at: session.rotated_at,
            expires_at: session.idle_expires_at.min(session.expires_at),
            address: session.address,
            user_agent: session.user_agent,
        }
    }
}
