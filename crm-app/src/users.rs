//! What is done with users: made, renamed, disabled, given a new password.

use crm_domain::activity::{Actor, Changes};
use crm_domain::event::{PasswordChanged, UserCreated, UserDisabled, UserEdited};
use crm_domain::ids::UserId;
use crm_domain::permission::{Action, Resource};
use crm_domain::text::{Email, Name};
use crm_domain::user::{Role, User};
use crm_storage::one_time_tokens;
use crm_storage::users as storage;
use diesel_async::{AsyncConnection, AsyncPgConnection};

use crate::attempts::write;
use crate::crm::Crm;
use crate::error::{AuthError, Error, Result};
use crate::password;
pub use crate::password::note_weaknesses as note_weak_password;

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
    /// What the user may do.
    pub role: Role,
    /// The first password.
    pub password: String,
}

impl Users<'_> {
    /// Makes a user.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Duplicate`] when the address is taken, [`Error::Invalid`] for a weak password.
    pub async fn create(&self, actor: &Actor, new: NewUser) -> Result<User> {
        self.0.authz().scope::<User>(actor, Action::Create)?;
        password::check("password", &new.password, &new.email)?;
        let hash = self.0.passwords().hash(new.password.clone()).await?;
        write!(self.0, |conn| self.insert(conn, actor, &new, &hash))
    }

    /// Makes the first Admin of a workspace without users; `None` when there are some.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a weak password.
    pub async fn create_first_admin(&self, actor: &Actor, new: NewUser) -> Result<Option<User>> {
        let Some((new, hash)) = self.first_admin(new).await? else {
            return Ok(None);
        };
        write!(self.0, |conn| conn.transaction(async |conn| {
            if !storage::lock_whether_none(conn).await? {
                return Ok(None);
            }
            self.insert(conn, actor, &new, &hash).await.map(Some)
        }))
    }

    /// Makes the first Admin for whoever holds the set-up token; see [`Auth::issue_setup_token`](crate::auth::Auth::issue_setup_token).
    ///
    /// # Errors
    /// [`Error::AlreadySetUp`], [`AuthError::InvalidSetupToken`], or [`Error::Invalid`] for a weak password.
    pub async fn set_up(&self, actor: &Actor, token: &str, new: NewUser) -> Result<User> {
        let (new, hash) = self.first_admin(new).await?.ok_or(Error::AlreadySetUp)?;
        let token = crate::auth::hash_one_time_token(token);
        write!(self.0, |conn| conn.transaction(async |conn| {
            if !storage::lock_whether_none(conn).await? {
                return Err(Error::AlreadySetUp);
            }
            let purpose = one_time_tokens::Purpose::Setup;
            if !one_time_tokens::consume(conn, purpose, &token, self.0.now()).await? {
                return Err(AuthError::InvalidSetupToken.into());
            }
            self.insert(conn, actor, &new, &hash).await
        }))
    }

    /// A first Admin with the password's hash; `None` when there are users. Asked before hashing, which costs the
    /// server much, and here anybody may ask for.
    async fn first_admin(&self, new: NewUser) -> Result<Option<(NewUser, String)>> {
        let mut conn = self.0.connection().await?;
        if !storage::is_empty(&mut conn).await? {
            return Ok(None);
        }
        drop(conn);
        password::check("password", &new.password, &new.email)?;
        let hash = self.0.passwords().hash(new.password.clone()).await?;
        let role = Role::Admin;
        Ok(Some((NewUser { role, ..new }, hash)))
    }

    async fn insert(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        new: &NewUser,
        hash: &str,
    ) -> Result<User> {
        conn.transaction(async |conn| {
            let now = self.0.now();
            let NewUser {
                name,
                email,
                role,
                password: _,
            } = new.clone();
            let user = User::new(UserId::new(now, self.0.random()?), name, email, role, now);
            storage::insert(conn, &user, hash).await.map_err(taken)?;
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
        self.0.authz().scope::<User>(actor, Action::Read)?;
        let mut conn = self.0.connection().await?;
        let found = storage::find_credentials(&mut conn, &email.key()).await?;
        found
            .map(|found| found.user)
            .ok_or(Error::NotFound(Resource::User))
    }

    /// The actor's own account.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an actor that is no user.
    pub async fn me(&self, actor: &Actor) -> Result<User> {
        let id = actor.user_id().ok_or(Error::NotFound(Resource::User))?;
        self.get(id).await
    }

    /// Changes the actor's own name.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an actor that is no user.
    pub async fn rename_me(&self, actor: &Actor, name: Name) -> Result<User> {
        let id = actor.user_id().ok_or(Error::NotFound(Resource::User))?;
        write!(self.0, |conn| conn.transaction(async |conn| {
            let now = self.0.now();
            let before = storage::lock(conn, id)
                .await?
                .ok_or(Error::NotFound(Resource::User))?;
            if before.name == name {
                return Ok(before);
            }
            let user = before.clone().rename(name.clone(), now);
            storage::update(conn, &user).await?;
            let changes = Changes::between(before.fields(), user.fields());
            self.0
                .emit(
                    conn,
                    actor,
                    now,
                    &UserEdited {
                        user_id: id,
                        changes,
                    },
                )
                .await?;
            Ok(user)
        }))
    }

    /// Gives a user a new password and ends all their sessions.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], or [`Error::Invalid`] for a weak password.
    pub async fn reset_password(&self, actor: &Actor, id: UserId, new: String) -> Result<()> {
        self.0.authz().scope::<User>(actor, Action::Update)?;
        let user = self.get(id).await?;
        password::check("password", &new, &user.email)?;
        let hash = self.0.passwords().hash(new).await?;
        write!(self.0, |conn| conn.transaction(async |conn| {
            self.replace_password(conn, actor, id, &hash).await?;
            self.0
                .auth()
                .end_all(conn, actor, id, None, "password-changed")
                .await
        }))
    }

    async fn get(&self, id: UserId) -> Result<User> {
        let mut conn = self.0.connection().await?;
        storage::find(&mut conn, id)
            .await?
            .ok_or(Error::NotFound(Resource::User))
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

    /// Ends a user's sessions and lets them sign in no more. Does nothing to one that is disabled already.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], or [`Error::LastAdmin`].
    pub async fn disable(&self, actor: &Actor, id: UserId) -> Result<User> {
        self.0.authz().scope::<User>(actor, Action::Update)?;
        write!(self.0, |conn| conn.transaction(async |conn| {
            let now = self.0.now();
            // All Admins are locked, in one order, so that two cannot disable each other at once.
            let admins = storage::lock_active_admins(conn).await?;
            let before = storage::lock(conn, id)
                .await?
                .ok_or(Error::NotFound(Resource::User))?;
            if admins == [id] {
                return Err(Error::LastAdmin);
            }
            if !before.is_active {
                return Ok(before);
            }
            let user = before.clone().disable(now);
            storage::update(conn, &user).await?;
            let changes = Changes::between(before.fields(), user.fields());
            let event = UserDisabled {
                user_id: id,
                changes,
            };
            self.0.emit(conn, actor, now, &event).await?;
            self.0
                .auth()
                .end_all(conn, actor, id, None, "user-disabled")
                .await?;
            Ok(user)
        }))
    }
}

fn taken(error: crm_storage::Error) -> Error {
    match error {
        crm_storage::Error::UniqueViolation { ref constraint, .. }
            if constraint == "users_email_unique" =>
        {
            Error::Duplicate {
                resource: Resource::User,
                existing: None,
            }
        }
        other => other.into(),
    }
}
