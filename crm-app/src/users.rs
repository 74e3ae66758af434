//! What is done with users: made, found, changed, disabled, given a new password.

mod administer;
mod link;
mod reassign;

use chrono::{DateTime, Utc};
use crm_authz::Access;
use crm_domain::activity::{Actor, Changes};
use crm_domain::event::{PasswordChanged, UserCreated, UserDisabled, UserEdited, UserEnabled};
use crm_domain::ids::{RoleId, TeamId, UserId};
use crm_domain::page::Page;
use crm_domain::permission::{Action, Resource};
use crm_domain::role::Role;
use crm_domain::team::Team;
use crm_domain::text::{Email, Name};
use crm_domain::user::{User, UserContent, UserFilter};
use crm_domain::violation::Violations;
use crm_storage::one_time_tokens;
use crm_storage::users as storage;
use diesel_async::{AsyncConnection, AsyncPgConnection};

use crate::crm::Crm;
use crate::error::{AuthError, Error, Result};
use crate::password::BcryptHash;
use crate::write;
pub use administer::UserEdit;
pub use link::PasswordLink;
pub use reassign::{Handover, Reassign, Reassigned};

/// What is done with users. See [`Crm::users`].
#[derive(Clone, Copy)]
pub struct Users<'a>(pub(crate) &'a Crm);

/// What a new user is made of.
#[derive(Clone)]
pub struct NewUser {
    /// What others see.
    pub name: Name,
    /// The sign-in name.
    pub email: Email,
    /// The roles that say what the user may do.
    pub roles: Vec<RoleId>,
    /// The teams that the user is in.
    pub teams: Vec<TeamId>,
    /// The first password.
    pub password: String,
}

impl NewUser {
    /// A new user of this content.
    #[must_use]
    pub fn with_password(content: UserContent, password: String) -> Self {
        let UserContent {
            name,
            email,
            roles,
            teams,
        } = content;
        Self {
            name,
            email,
            roles,
            teams,
            password,
        }
    }

    fn content(&self) -> UserContent {
        UserContent {
            name: self.name.clone(),
            email: self.email.clone(),
            roles: self.roles.clone(),
            teams: self.teams.clone(),
        }
    }
}

/// A part of the list of users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserPage {
    /// The users.
    pub users: Vec<User>,
    /// How many there are in all.
    pub total: i64,
}

impl Users<'_> {
    /// The user `id`.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none that the actor may read.
    pub async fn get(&self, actor: &Actor, id: UserId) -> Result<User> {
        let scope = self.0.access().await?.scope(actor, Action::Read)?;
        let mut conn = self.0.connection().await?;
        storage::find_visible(&mut conn, id, &scope)
            .await?
            .ok_or(Error::NotFound(Resource::USER))
    }

    /// A page of the users that match, in the order of their names.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub async fn list(&self, actor: &Actor, filter: &UserFilter, page: Page) -> Result<UserPage> {
        let scope = self.0.access().await?.scope(actor, Action::Read)?;
        let mut conn = self.0.connection().await?;
        Ok(UserPage {
            users: storage::list(&mut conn, filter, page, &scope).await?,
            total: storage::count(&mut conn, filter, &scope).await?,
        })
    }

    /// Makes a user.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotHeld`] for a role that grants more than the actor holds, [`Error::Duplicate`]
    /// when the address is taken, [`Error::Invalid`] for a weak password or a role or team that does not exist.
    pub async fn create(&self, actor: &Actor, new: NewUser) -> Result<User> {
        // Asked before hashing, which costs the server much.
        check_may_create(&*self.0.access().await?, actor, &new.content())?;
        self.check_password(&new).await?;
        let hash = self.0.passwords().hash(new.password.clone()).await?;
        self.add(actor, new.content(), false, &hash).await
    }

    /// Makes a user whose password another program knows by this hash. What it is worth is not known either: it is taken as it is.
    ///
    /// # Errors
    /// As [`Users::create`].
    pub async fn create_with_bcrypt(
        &self,
        actor: &Actor,
        content: UserContent,
        hash: &BcryptHash,
    ) -> Result<User> {
        self.add(actor, content, false, hash.as_str()).await
    }

    /// Makes the first Admin of a workspace without users; `None` when there are some.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a weak password.
    pub async fn create_first_admin(&self, actor: &Actor, new: NewUser) -> Result<Option<User>> {
        let Some((new, hash)) = self.first_admin(new).await? else {
            return Ok(None);
        };
        let made = write!(self.0, |conn| conn.transaction(async |conn| {
            if !storage::lock_whether_none(conn).await? {
                return Ok(None);
            }
            let user = self.insert(conn, actor, new.content(), false, &hash);
            user.await.map(Some)
        }))?;
        self.0.directory().changed();
        Ok(made)
    }

    /// Makes the first Admin for whoever holds the set-up token; see [`Auth::issue_setup_token`](crate::auth::Auth::issue_setup_token).
    ///
    /// # Errors
    /// [`Error::AlreadySetUp`], [`AuthError::InvalidSetupToken`], or [`Error::Invalid`] for a weak password.
    pub async fn set_up(&self, actor: &Actor, token: &str, new: NewUser) -> Result<User> {
        let (new, hash) = self.first_admin(new).await?.ok_or(Error::AlreadySetUp)?;
        let token = crate::auth::hash_one_time_token(token);
        let user = write!(self.0, |conn| conn.transaction(async |conn| {
            if !storage::lock_whether_none(conn).await? {
                return Err(Error::AlreadySetUp);
            }
            let purpose = one_time_tokens::Purpose::Setup;
            if !one_time_tokens::consume(conn, purpose, &token, self.0.now()).await? {
                return Err(AuthError::InvalidSetupToken.into());
            }
            self.insert(conn, actor, new.content(), false, &hash).await
        }))?;
        self.0.directory().changed();
        Ok(user)
    }

    /// Notes what is wrong with a password at first sight, so that it is told together with what is wrong with other
    /// fields. Whether it is easy to guess is found when it is stored.
    pub fn note_weak_password(
        &self,
        field: &str,
        password: &str,
        email: Option<&Email>,
        violations: &mut Violations,
    ) {
        let passwords = self.0.passwords();
        passwords.note_plain_weaknesses(field, password, email, violations);
    }

    async fn check_password(&self, new: &NewUser) -> Result<()> {
        let NewUser {
            name,
            email,
            password,
            ..
        } = new;
        let passwords = self.0.passwords();
        passwords.check("password", password, name, email).await
    }

    /// A first Admin with the password's hash; `None` when there are users. Asked before hashing, which costs the
    /// server much, and here anybody may ask for.
    async fn first_admin(&self, new: NewUser) -> Result<Option<(NewUser, String)>> {
        let mut conn = self.0.connection().await?;
        if !storage::is_empty(&mut conn).await? {
            return Ok(None);
        }
        drop(conn);
        self.check_password(&new).await?;
        let hash = self.0.passwords().hash(new.password.clone()).await?;
        let roles = vec![Role::Admin.id()];
        Ok(Some((NewUser { roles, ..new }, hash)))
    }

    /// Stores a new user whom the actor may make, and has it known at once.
    async fn add(
        &self,
        actor: &Actor,
        content: UserContent,
        is_service: bool,
        hash: &str,
    ) -> Result<User> {
        let user = write!(self.0, |conn| conn.transaction(async |conn| {
            self.insert_checked(conn, actor, content.clone(), is_service, hash)
                .await
        }))?;
        self.0.directory().changed();
        Ok(user)
    }

    /// Stores a new user whom the actor may make.
    async fn insert_checked(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        content: UserContent,
        is_service: bool,
        hash: &str,
    ) -> Result<User> {
        check_may_create(&*self.0.access_locked(conn).await?, actor, &content)?;
        self.insert(conn, actor, content, is_service, hash).await
    }

    async fn insert(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        content: UserContent,
        is_service: bool,
        hash: &str,
    ) -> Result<User> {
        conn.transaction(async |conn| {
            let now = self.0.now();
            let id = UserId::new(now, self.0.random()?);
            let user = User::new(id, content, is_service, now);
            storage::insert(conn, &user, hash).await.map_err(refused)?;
            let event = UserCreated {
                user_id: user.id,
                changes: Changes::created(user.fields()),
            };
            self.0.emit(conn, actor, now, &event).await?;
            Ok(user)
        })
        .await
    }

    /// The user with this address, for the command line.
    ///
    /// # Errors
    /// [`Error::NotFound`] when nobody has the address.
    pub async fn find_by_email(&self, actor: &Actor, email: &Email) -> Result<User> {
        self.0.access().await?.scope::<User>(actor, Action::Read)?;
        let mut conn = self.0.connection().await?;
        let found = storage::find_credentials(&mut conn, &email.key()).await?;
        found
            .map(|found| found.user)
            .ok_or(Error::NotFound(Resource::USER))
    }

    /// The actor's own account.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an actor that is no user.
    pub async fn me(&self, actor: &Actor) -> Result<User> {
        let id = actor.user_id().ok_or(Error::NotFound(Resource::USER))?;
        self.find(id).await
    }

    /// Changes the actor's own name.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an actor that is no user.
    pub async fn rename_me(&self, actor: &Actor, name: Name) -> Result<User> {
        let id = actor.user_id().ok_or(Error::NotFound(Resource::USER))?;
        write!(self.0, |conn| conn.transaction(async |conn| {
            let now = self.0.now();
            let before = storage::lock(conn, id)
                .await?
                .ok_or(Error::NotFound(Resource::USER))?;
            let content = UserContent {
                name: name.clone(),
                ..before.content()
            };
            let user = before.clone().edit(content, now);
            self.store(conn, actor, &before, &user, now).await?;
            Ok(user)
        }))
    }

    /// Gives a user a new password and ends all their sessions.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::NotHeld`] for a user who may do more than the actor, or
    /// [`Error::Invalid`] for a weak password.
    pub async fn reset_password(&self, actor: &Actor, id: UserId, new: String) -> Result<()> {
        let user = self.find(id).await?;
        self.0
            .passwords()
            .check("password", &new, &user.name, &user.email)
            .await?;
        let hash = self.0.passwords().hash(new).await?;
        write!(self.0, |conn| conn.transaction(async |conn| {
            let access = self.0.access_locked(conn).await?;
            self.hold(conn, &access, actor, id, Action::Manage).await?;
            self.replace_password(conn, actor, id, &hash).await?;
            self.0
                .auth()
                .end_all(conn, actor, id, None, "password-changed")
                .await
        }))?;
        self.0.directory().changed();
        Ok(())
    }

    /// Stores the next version of a user. Does nothing when there is no next version.
    async fn store(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        before: &User,
        user: &User,
        now: DateTime<Utc>,
    ) -> Result<()> {
        if user.version == before.version {
            return Ok(());
        }
        storage::update(conn, user).await.map_err(refused)?;
        let changes = Changes::between(before.fields(), user.fields());
        let user_id = user.id;
        if user.is_active == before.is_active {
            let event = UserEdited { user_id, changes };
            return self.0.emit(conn, actor, now, &event).await;
        }
        if user.is_active {
            let event = UserEnabled { user_id, changes };
            return self.0.emit(conn, actor, now, &event).await;
        }
        let event = UserDisabled { user_id, changes };
        self.0.emit(conn, actor, now, &event).await
    }

    async fn find(&self, id: UserId) -> Result<User> {
        let mut conn = self.0.connection().await?;
        storage::find(&mut conn, id)
            .await?
            .ok_or(Error::NotFound(Resource::USER))
    }

    /// Stores a new password hash.
    pub(crate) async fn replace_password(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: UserId,
        hash: &str,
    ) -> Result<()> {
        storage::update_password(conn, id, hash).await?;
        self.0
            .emit(conn, actor, self.0.now(), &PasswordChanged { user_id: id })
            .await
    }
}

/// Refuses a new user whom the actor may not make, or who would hold more than the actor.
fn check_may_create(access: &Access, actor: &Actor, content: &UserContent) -> Result<()> {
    access.scope::<User>(actor, Action::Create)?;
    administer::check_held(access, actor, content)?;
    if !content.teams.is_empty() {
        access.scope::<Team>(actor, Action::Manage)?;
    }
    Ok(())
}

/// What the database refuses, in terms of what was asked.
fn refused(error: crm_storage::Error) -> Error {
    match error {
        crm_storage::Error::UniqueViolation { ref constraint, .. }
            if constraint == "users_email_unique" =>
        {
            Error::Duplicate {
                resource: Resource::USER,
                existing: None,
            }
        }
        crm_storage::Error::ReferenceViolation { ref constraint, .. } => {
            let (field, what) = match constraint.as_str() {
                "users_team_exists" => ("teams", "names a team that does not exist"),
                _ => ("roles", "names a role that does not exist"),
            };
            Violations::one(field, "not-found", what).into()
        }
        other => other.into(),
    }
}
