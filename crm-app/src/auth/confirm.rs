//! Showing once more that one is who one is, for what a stolen access token must not be enough for.

use crm_domain::ids::UserId;
use crm_domain::user::User;
use crm_storage::users;
use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::{Attempt, Auth, Authenticated, Client};
use crate::error::{AuthError, Result};
use crate::write;

impl Auth<'_> {
    /// Whether the caller knows the present password. A guess is counted and slowed like one at a sign-in.
    ///
    /// # Errors
    /// [`AuthError::WrongPassword`], [`AuthError::TooManyAttempts`], or [`Error::NeedsSession`](crate::Error::NeedsSession)
    /// for a program with an API key.
    pub async fn confirm(
        &self,
        caller: &Authenticated,
        password: String,
        client: Client,
    ) -> Result<()> {
        let (me, attempt) = self.confirmation(caller, client).await?;
        let confirm = async {
            self.verify(&me, password).await?;
            write!(self.0, |conn| conn
                .transaction(async |conn| self.forget(conn, &attempt).await))
        };
        self.counted(&attempt, confirm).await
    }

    /// The user who is signed in, and their attempt to show that it is still them.
    pub(crate) async fn confirmation(
        &self,
        caller: &Authenticated,
        client: Client,
    ) -> Result<(User, Attempt)> {
        caller.session()?;
        let me = self.0.users().me(&caller.actor).await?;
        let attempt = self.attempt(me.email.as_str(), client);
        Ok((me, attempt))
    }

    /// The password hash of a user whose password this is.
    pub(crate) async fn verify(&self, user: &User, password: String) -> Result<String> {
        let mut conn = self.0.connection().await?;
        let found = users::find_credentials(&mut conn, &user.email.key()).await?;
        // Hashing takes a while, and the connection is not needed for it.
        drop(conn);
        let hash = found.map(|found| found.password_hash);
        let verified = self.0.passwords().verify(password, hash.clone()).await?;
        let hash = hash.filter(|_| verified);
        Ok(hash.ok_or(AuthError::WrongPassword)?)
    }
}

/// Locks a user whose password was verified, if it is still the same: verifying took a while.
pub(crate) async fn lock_verified(
    conn: &mut AsyncPgConnection,
    user: UserId,
    hash: &str,
) -> Result<()> {
    users::lock_credentials(conn, user)
        .await?
        .filter(|found| found.password_hash == hash)
        .ok_or(AuthError::WrongPassword)?;
    Ok(())
}
