//! What the operations of `/api/auth` take and give.

use chrono::{DateTime, Utc};
use crm_app::auth::{PasswordChange, Proof, StoredSession};
use crm_app::users::NewUser;
use crm_app::{Access, Crm};
use crm_domain::activity::Actor;
use crm_domain::ids::{RoleId, SessionId};
use crm_domain::user;
use crm_domain::violation::Violations;
use poem_openapi::Object;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::api::permissions::Grant;
use crate::api::users::{Named, User};
use crate::problem::Problem;
use crate::wire::{EmailText, NameText, RoleNameText, Text};

/// A password on the wire: longer than is allowed, so that the answer can say so.
pub(in crate::api) type Password = Text<1024>;
/// A code on the wire: longer than any, so that what is typed in groups is taken.
pub(super) type CodeText = Text<64>;

/// An address and a password.
#[derive(Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
pub(super) struct Login {
    /// The sign-in name.
    pub(super) email_id: EmailText,
    /// The password.
    pub(super) password: Password,
    /// For who has a second factor: the code that the app shows now, or a recovery code.
    pub(super) code: Option<CodeText>,
}

impl Login {
    /// The address, and what shows that it is theirs.
    pub(super) fn into_parts(self) -> (EmailText, Proof) {
        let Self {
            email_id,
            password,
            code,
        } = self;
        let proof = Proof {
            password: password.into_string(),
            code: code.map(Text::into_string),
        };
        (email_id, proof)
    }
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
    /// The first password: 12 characters or more unless the server is set otherwise, 256 or fewer, and not easy to guess.
    pub(super) password: Password,
    /// The name of a role, which says what the user may do.
    pub(super) role: RoleNameText,
}

impl Register {
    pub(super) fn into_command(self, crm: &Crm, access: &Access) -> Result<NewUser, Problem> {
        let role = access.policy().role_named(self.role.as_str());
        let role = role.ok_or_else(|| {
            Violations::one("role", "not-found", "names a role that does not exist")
        })?;
        new_user(
            crm,
            &self.name,
            &self.email_id,
            self.password,
            vec![role.id],
        )
    }
}

/// A new user of these roles, or everything that is wrong.
pub(super) fn new_user(
    crm: &Crm,
    name: &NameText,
    email: &EmailText,
    password: Password,
    roles: Vec<RoleId>,
) -> Result<NewUser, Problem> {
    let mut violations = Violations::new();
    let name = name.parse("name", &mut violations);
    let email = email.parse("emailId", &mut violations);
    let password = password.into_string();
    crm.users()
        .note_weak_password("password", &password, email.as_ref(), &mut violations);
    let (Some(name), Some(email)) = (name, email) else {
        return Err(violations.into());
    };
    violations.into_result()?;
    Ok(NewUser {
        name,
        email,
        roles,
        teams: vec![],
        password,
    })
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
    /// The password: 12 characters or more unless the server is set otherwise, 256 or fewer, and not easy to guess.
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
    /// The next one: 12 characters or more unless the server is set otherwise, 256 or fewer, and not easy to guess.
    pub(super) new_password: Password,
    /// Whether one's API keys are revoked too: no, unless it is given.
    pub(super) revoke_api_keys: Option<bool>,
}

impl From<ChangePassword> for PasswordChange {
    fn from(body: ChangePassword) -> Self {
        let ChangePassword {
            current_password,
            new_password,
            revoke_api_keys,
        } = body;
        Self {
            current: current_password.into_string(),
            new: new_password.into_string(),
            revoke_api_keys: revoke_api_keys.unwrap_or_default(),
        }
    }
}

/// A password for the user that a link was made for.
#[derive(Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
pub(super) struct SetPassword {
    /// What stands behind `token=` in the link.
    pub(super) token: Text<100>,
    /// The password: 12 characters or more unless the server is set otherwise, 256 or fewer, and not easy to guess.
    pub(super) password: Password,
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
    /// The first of the roles; empty without any.
    role: RoleNameText,
    /// The roles.
    #[oai(validator(max_items = 200))]
    roles: Vec<Named>,
    /// The teams.
    #[oai(validator(max_items = 1000))]
    teams: Vec<Named>,
    /// What the caller may do, one by one: with an API key, what the key may do too.
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
    pub(super) fn new(user: &user::User, actor: &Actor, access: &Access) -> Self {
        let User {
            id,
            name,
            email_id,
            role,
            roles,
            teams,
            is_service: _,
            is_active: _,
            version,
            created_at,
            updated_at,
        } = User::new(user, access);
        Self {
            id,
            name,
            email_id,
            role,
            roles,
            teams,
            permissions: Grant::list(&access.granted(actor)),
            version,
            created_at,
            updated_at,
        }
    }
}

/// Sessions.
#[derive(Serialize, Object)]
pub(in crate::api) struct SessionList {
    /// The sessions, the newest first.
    #[oai(validator(max_items = 20))]
    sessions: Vec<Session>,
}

impl SessionList {
    pub(in crate::api) fn new(sessions: Vec<StoredSession>, current: Option<SessionId>) -> Self {
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
    fn new(session: StoredSession, current: Option<SessionId>) -> Self {
        Self {
            id: session.id.uuid(),
            is_current: Some(session.id) == current,
            created_at: session.created_at,
            refreshed_at: session.rotated_at,
            expires_at: session.idle_expires_at.min(session.expires_at),
            address: session.address,
            user_agent: session.user_agent,
        }
    }
}
