//! Users on the wire.

use chrono::{DateTime, Utc};
use crm_app::Access;
use crm_app::users::{self, Reassign, Reassigned, UserEdit, UserPage};
use crm_domain::ids::{RoleId, TeamId};
use crm_domain::page::Page;
use crm_domain::user::{self, UserContent, UserFilter};
use crm_domain::violation::Violations;
use poem_openapi::Object;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::page;
use crate::problem::Problem;
use crate::query::{QueryParameters, parse};
use crate::wire::{EmailText, List, NameText, Patch, RoleNameText, Text};

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
    /// The name of the first role; empty without any.
    pub role: RoleNameText,
    /// The roles.
    #[oai(validator(max_items = 200))]
    pub roles: Vec<Named>,
    /// The teams.
    #[oai(validator(max_items = 1000))]
    pub teams: Vec<Named>,
    /// Whether it is a program, which has API keys and never signs in.
    pub is_service: bool,
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

impl User {
    /// This user, with the names of their roles and teams.
    #[must_use]
    pub fn new(user: &user::User, access: &Access) -> Self {
        let user::User {
            id,
            name,
            email,
            roles,
            teams,
            is_service,
            is_active,
            version,
            created_at,
            updated_at,
        } = user;
        let roles: Vec<_> = roles
            .iter()
            .map(|role| Named::role(*role, access))
            .collect();
        Self {
            id: id.uuid(),
            name: name.into(),
            email_id: email.into(),
            role: (&roles
                .first()
                .map(|role| role.name.as_str())
                .unwrap_or_default())
                .into(),
            roles,
            teams: teams
                .iter()
                .map(|team| Named::team(*team, access))
                .collect(),
            is_service: *is_service,
            is_active: *is_active,
            version: *version,
            created_at: *created_at,
            updated_at: *updated_at,
        }
    }
}

/// A role or a team as other records show it.
#[derive(Debug, Clone, Serialize, Object)]
#[oai(rename = "NamedReference")]
pub struct Named {
    /// Which one.
    pub id: Uuid,
    /// Its name.
    pub name: Text<100>,
}

impl Named {
    /// This role.
    #[must_use]
    pub fn role(id: RoleId, access: &Access) -> Self {
        let role = access.policy().role(id);
        Self {
            id: id.uuid(),
            name: (&role.map(|role| role.name.as_str()).unwrap_or_default()).into(),
        }
    }

    /// This team.
    #[must_use]
    pub fn team(id: TeamId, access: &Access) -> Self {
        let team = access.teams().iter().find(|team| team.id == id);
        Self {
            id: id.uuid(),
            name: (&team.map(|team| team.name.as_str()).unwrap_or_default()).into(),
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

/// The parameters of the list of users.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
pub(super) struct ListUsers {
    /// With each of these words in the name or the address.
    search: Option<Text<100>>,
    /// With this role.
    role: Option<Uuid>,
    /// In this team.
    team: Option<Uuid>,
    /// Who may sign in, or may not.
    is_active: Option<bool>,
    /// Programs, or people.
    is_service: Option<bool>,
    /// Which page, from 1.
    #[oai(validator(minimum(value = "1"), maximum(value = "10001")))]
    page: Option<u32>,
    /// How many rows: 10, unless it is given.
    #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
    limit: Option<u16>,
}

impl QueryParameters for ListUsers {}

impl ListUsers {
    pub(super) fn into_query(self) -> Result<(UserFilter, Page), Problem> {
        let Self {
            search,
            role,
            team,
            is_active,
            is_service,
            page,
            limit,
        } = self;
        let filter = UserFilter {
            search: search.map(|text| parse("search", text)).transpose()?,
            role: role.map(RoleId::from),
            team: team.map(TeamId::from),
            is_active,
            is_service,
        };
        Ok((filter, page::page(page, page::limit(limit)?)?))
    }
}

/// Users.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
pub(super) struct UserList {
    /// The users, in the order of their names.
    #[oai(validator(max_items = 100))]
    users: Vec<User>,
    /// How many there are in all.
    #[oai(validator(minimum(value = "0"), maximum(value = "9007199254740991")))]
    total_users: i64,
    /// Which page this is.
    #[oai(validator(minimum(value = "1"), maximum(value = "10001")))]
    page: u32,
    /// How many pages there are.
    #[oai(validator(minimum(value = "0"), maximum(value = "9007199254740991")))]
    total_pages: i64,
}

impl UserList {
    pub(super) fn new(users: &UserPage, page: Page, access: &Access) -> Self {
        let UserPage { users, total } = users;
        let total = crm_domain::page::Total {
            rows: *total,
            is_capped: false,
        };
        Self {
            users: users.iter().map(|user| User::new(user, access)).collect(),
            total_users: total.rows,
            page: page.number(),
            total_pages: total.pages(page.limit()),
        }
    }
}

/// A new user without a password.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
pub(super) struct CreateUser {
    /// What others see.
    name: NameText,
    /// The sign-in name; for a program, an address at which somebody answers for it.
    email_id: EmailText,
    /// The ids of the user's roles.
    roles: List<Uuid, 200>,
    /// The ids of the user's teams.
    teams: Option<List<Uuid, 1000>>,
    /// Whether it is a program, which never signs in: no, unless it is given.
    is_service: Option<bool>,
}

impl CreateUser {
    pub(super) fn is_service(&self) -> bool {
        self.is_service.unwrap_or_default()
    }

    pub(super) fn into_content(self) -> Result<UserContent, Violations> {
        let Self {
            name,
            email_id,
            roles,
            teams,
            is_service: _,
        } = self;
        let mut violations = Violations::new();
        let name = name.parse("name", &mut violations);
        let email = email_id.parse("emailId", &mut violations);
        let (Some(name), Some(email)) = (name, email) else {
            return Err(violations);
        };
        Ok(UserContent {
            name,
            email,
            roles: roles.into_iter().map(RoleId::from).collect(),
            teams: teams.into_iter().flatten().map(TeamId::from).collect(),
        })
    }
}

/// A user who was made without a password.
#[derive(Serialize, Object)]
pub(super) struct UserCreated {
    /// The user.
    pub(super) user: User,
    /// How a person sets the first password; `null` for a program.
    pub(super) link: Option<PasswordLink>,
}

/// A link that sets a password, once.
#[derive(Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
pub(super) struct PasswordLink {
    /// Where the user sets it. The secret stands behind the `#`, which browsers keep to themselves.
    url: Text<1000>,
    /// When it stops working.
    expires_at: DateTime<Utc>,
}

/// Where users set their passwords.
#[derive(Debug, Clone)]
pub(crate) struct PasswordLinks {
    /// The origin of the console; empty where it is the server's own.
    pub(crate) origin: String,
}

impl PasswordLinks {
    pub(super) fn of(&self, link: &users::PasswordLink) -> PasswordLink {
        let users::PasswordLink { token, expires_at } = link;
        let url = format!("{}/set-password#token={token}", self.origin);
        PasswordLink {
            url: (&url).into(),
            expires_at: *expires_at,
        }
    }
}

/// Fields of a user to change. What is absent stays.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename = "UpdateUser", rename_all = "camelCase")]
pub(super) struct EditUser {
    /// What others see.
    name: Option<NameText>,
    /// The sign-in name.
    email_id: Option<EmailText>,
    /// The ids of all the user's roles.
    roles: Option<List<Uuid, 200>>,
    /// The ids of all the user's teams.
    teams: Option<List<Uuid, 1000>>,
}

impl EditUser {
    pub(super) fn into_edit(self) -> Result<UserEdit, Problem> {
        let Self {
            name,
            email_id,
            roles,
            teams,
        } = self;
        let mut violations = Violations::new();
        let edit = UserEdit {
            name: name.and_then(|name| name.parse("name", &mut violations)),
            email: email_id.and_then(|email| email.parse("emailId", &mut violations)),
            roles: roles.map(|ids| ids.into_iter().map(RoleId::from).collect()),
            teams: teams.map(|ids| ids.into_iter().map(TeamId::from).collect()),
            if_version: None,
        };
        violations.into_result()?;
        Ok(edit)
    }
}

/// What becomes of the records of a user who is disabled.
#[derive(Debug, Default, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
pub(super) struct DisableUser {
    /// The user who gets them; `null` for nobody. Absent, they stay.
    #[serde(default)]
    reassign_to: Patch<Uuid>,
}

impl DisableUser {
    pub(super) fn reassign(&self) -> Option<Reassign> {
        match self.reassign_to {
            Patch::Absent => None,
            Patch::Null => Some(Reassign::ToNobody),
            Patch::Set(user) => Some(Reassign::To(user.into())),
        }
    }
}

/// A user who was disabled.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
pub(super) struct UserDisabled {
    /// What was done.
    #[oai(validator(max_length = 200))]
    message: String,
    /// The user.
    user: User,
    /// How many leads went to somebody else.
    #[oai(validator(minimum(value = "0"), maximum(value = "9007199254740991")))]
    reassigned_leads: u64,
    /// How many customers went to somebody else.
    #[oai(validator(minimum(value = "0"), maximum(value = "9007199254740991")))]
    reassigned_customers: u64,
    /// How many tasks went to somebody else.
    #[oai(validator(minimum(value = "0"), maximum(value = "9007199254740991")))]
    reassigned_tasks: u64,
    /// How many records of plugins, such as deals, went to somebody else.
    #[oai(validator(minimum(value = "0"), maximum(value = "9007199254740991")))]
    reassigned_others: u64,
}

impl UserDisabled {
    pub(super) fn new(user: &user::User, reassigned: Reassigned, access: &Access) -> Self {
        Self {
            message: "User disabled.".to_owned(),
            user: User::new(user, access),
            reassigned_leads: reassigned.leads as u64,
            reassigned_customers: reassigned.customers as u64,
            reassigned_tasks: reassigned.tasks as u64,
            reassigned_others: reassigned.others as u64,
        }
    }
}
