//! Removing a second factor: one's own, or that of somebody who has lost it.

use crm_domain::activity::Actor;
use crm_domain::event::SecondFactorRemoved;
use crm_domain::ids::{SessionId, UserId};
use crm_domain::permission::Action;
use crm_storage::second_factors as storage;
use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::SecondFactors;
use super::code::confirmed;
use crate::auth::lock_verified;
use crate::auth::{Authenticated, Client};
use crate::error::{Error, Result};
use crate::write;

impl SecondFactors<'_> {
    /// Removes the caller's second factor, and ends their other sessions.
    ///
    /// # Errors
    /// [`AuthError::WrongPassword`](crate::AuthError::WrongPassword), [`AuthError::WrongCode`](crate::AuthError::WrongCode),
    /// [`AuthError::TooManyAttempts`](crate::AuthError::TooManyAttempts), [`Error::SecondFactorDemanded`] while a role
    /// demands one, [`Error::NoSecondFactor`], or [`Error::NeedsSession`].
    pub async fn remove(
        &self,
        caller: &Authenticated,
        password: String,
        code: &str,
        client: Client,
    ) -> Result<()> {
        let (me, attempt) = self.0.auth().confirmation(caller, client).await?;
        let access = self.0.access().await?;
        if access.second_factor_demanded_by(me.id).is_some() {
            return Err(Error::SecondFactorDemanded);
        }
        let remove = async {
            let hash = self.0.auth().verify(&me, password).await?;
            write!(self.0, |conn| conn.transaction(async |conn| {
                lock_verified(conn, me.id, &hash).await?;
                self.consume_own(conn, caller, code).await?;
                self.remove_in(conn, &caller.actor, me.id, caller.session)
                    .await?;
                self.0.auth().forget(conn, &attempt).await
            }))
        };
        self.0.auth().counted(&attempt, remove).await?;
        self.0.directory().changed();
        Ok(())
    }

    /// Removes the second factor of somebody who has lost it, and ends their sessions. Does nothing to one who has none.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::NotHeld`] for a user who may do more than the actor, or
    /// [`Error::OwnRights`]: one's own is removed by [`SecondFactors::remove`].
    pub async fn remove_of(&self, actor: &Actor, id: UserId) -> Result<()> {
        write!(self.0, |conn| conn.transaction(async |conn| {
            let access = self.0.access_locked(conn).await?;
            let users = self.0.users();
            users.hold(conn, &access, actor, id, Action::Manage).await?;
            if actor.user_id() == Some(id) {
                // Else a stolen session would be enough.
                return Err(Error::OwnRights);
            }
            match confirmed(conn, id).await? {
                Some(_) => self.remove_in(conn, actor, id, None).await,
                None => Ok(()),
            }
        }))?;
        self.0.directory().changed();
        Ok(())
    }

    async fn remove_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        user: UserId,
        kept: Option<SessionId>,
    ) -> Result<()> {
        storage::delete(conn, user).await?;
        let event = SecondFactorRemoved { user_id: user };
        self.0.emit(conn, actor, self.0.now(), &event).await?;
        let auth = self.0.auth();
        auth.end_all(conn, actor, user, kept, "second-factor-removed")
            .await
    }
}
