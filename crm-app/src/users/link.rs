//! Links by which users set their passwords: an Admin makes and hands over a link, and never learns the password.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use crm_domain::activity::Actor;
use crm_domain::event::PasswordLinkIssued;
use crm_domain::ids::UserId;
use crm_domain::permission::Action;
use crm_domain::user::{User, UserContent};
use crm_domain::violation::Violations;
use crm_storage::one_time_tokens::{self, Purpose};
use crm_storage::users as storage;
use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::Users;
use crate::auth::hash_one_time_token;
use crate::error::{AuthError, Error, Result};
use crate::write;

/// How long a new user may take to set the first password.
const INVITATION_LIFETIME: TimeDelta = TimeDelta::days(7);

/// How long a user may take to set another password.
const RESET_LIFETIME: TimeDelta = TimeDelta::days(1);

/// What sets a user's password, once. Whoever holds it is that user: it is never printed in a log.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordLink {
    /// The secret part, which goes behind the `#` of the link, where no server sees it.
    pub token: String,
    /// When it stops working.
    pub expires_at: DateTime<Utc>,
}

impl Users<'_> {
    /// Makes a user who sets the first password by the link.
    ///
    /// # Errors
    /// As [`Users::create`], but for the password.
    pub async fn invite(
        &self,
        actor: &Actor,
        content: UserContent,
    ) -> Result<(User, PasswordLink)> {
        let hash = self.nobodys_password().await?;
        let made = write!(self.0, |conn| conn.transaction(async |conn| {
            let user = self
                .insert_checked(conn, actor, content.clone(), false, &hash)
                .await?;
            let link = self
                .issue(conn, actor, user.id, INVITATION_LIFETIME)
                .await?;
            Ok::<_, Error>((user, link))
        }))?;
        self.0.directory().changed();
        Ok(made)
    }

    /// Makes a user that is a program: it never signs in, and acts by API keys that others make for it.
    ///
    /// # Errors
    /// As [`Users::create`], but for the password.
    pub async fn create_service(&self, actor: &Actor, content: UserContent) -> Result<User> {
        let hash = self.nobodys_password().await?;
        self.add(actor, content, true, &hash).await
    }

    /// A link by which the user sets another password, in place of all earlier ones. Until then nothing changes for them.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::NotHeld`] for a user who may do more than the actor, or
    /// [`Error::Invalid`] for one who never signs in.
    pub async fn issue_password_link(&self, actor: &Actor, id: UserId) -> Result<PasswordLink> {
        write!(self.0, |conn| conn.transaction(async |conn| {
            let access = self.0.access_locked(conn).await?;
            let user = self.hold(conn, &access, actor, id, Action::Manage).await?;
            if user.is_service {
                let message = "is a program, which never signs in";
                return Err(Violations::one("id", "service-user", message).into());
            }
            self.issue(conn, actor, id, RESET_LIFETIME).await
        }))
    }

    async fn issue(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: UserId,
        lifetime: TimeDelta,
    ) -> Result<PasswordLink> {
        let now = self.0.now();
        let link = PasswordLink {
            token: URL_SAFE_NO_PAD.encode(self.0.random::<32>()?),
            expires_at: now + lifetime,
        };
        let hash = hash_one_time_token(&link.token);
        let purpose = Purpose::Password(id);
        one_time_tokens::replace(conn, purpose, &hash, now, link.expires_at).await?;
        let event = PasswordLinkIssued { user_id: id };
        self.0.emit(conn, actor, now, &event).await?;
        Ok(link)
    }

    /// Sets the password of the user that a link was made for, once, and ends all their sessions.
    ///
    /// Guessing a link is not slowed: it has 256 random bits, and a wrong one costs one look into an index.
    ///
    /// # Errors
    /// [`AuthError::InvalidLink`] for one that is wrong, used, replaced, too old, or of somebody who is disabled;
    /// [`Error::Invalid`] or [`Error::PasswordTooLong`] for a weak password, after which the link still works.
    pub async fn set_password_by_link(
        &self,
        actor: &Actor,
        token: &str,
        new: String,
    ) -> Result<()> {
        let token = hash_one_time_token(token);
        let mut conn = self.0.connection().await?;
        let id = one_time_tokens::find_user(&mut conn, &token, self.0.now())
            .await?
            .ok_or(AuthError::InvalidLink)?;
        let user = storage::find(&mut conn, id).await?;
        // Hashing takes a while, and the connection is not needed for it.
        drop(conn);
        let user = user.ok_or(AuthError::InvalidLink)?;
        let passwords = self.0.passwords();
        passwords
            .check("password", &new, &user.name, &user.email)
            .await?;
        let hash = passwords.hash(new).await?;
        write!(self.0, |conn| conn.transaction(async |conn| {
            let purpose = Purpose::Password(id);
            let is_good = one_time_tokens::consume(conn, purpose, &token, self.0.now()).await?;
            let user = storage::lock(conn, id).await?;
            if !is_good || !user.is_some_and(|user| user.is_active) {
                return Err(AuthError::InvalidLink.into());
            }
            self.replace_password(conn, actor, id, &hash).await?;
            self.0
                .auth()
                .end_all(conn, actor, id, None, "password-changed")
                .await
        }))?;
        self.0.directory().changed();
        Ok(())
    }

    /// The hash of a password that nobody knows: whoever tries to sign in by one is told the same, after the same time, as
    /// for a wrong one.
    async fn nobodys_password(&self) -> Result<String> {
        let unknown = URL_SAFE_NO_PAD.encode(self.0.random::<32>()?);
        self.0.passwords().hash(unknown).await
    }
}
