//! Another password, for the one who knows the present one.

use crm_domain::violation::Violations;
use diesel_async::AsyncConnection;

use super::{Auth, Authenticated, Client, lock_verified};
use crate::error::{AuthError, Error, Result};
use crate::write;

/// Another password for the one who knows the present one. Never printed.
pub struct PasswordChange {
    /// The present one.
    pub current: String,
    /// The next one.
    pub new: String,
    /// Whether the user's API keys are revoked too.
    pub revoke_api_keys: bool,
}

impl Auth<'_> {
    /// Replaces the caller's password and ends all their other sessions.
    ///
    /// # Errors
    /// [`Error::Invalid`] when `current` is wrong or `new` is weak.
    pub async fn change_password(
        &self,
        caller: &Authenticated,
        change: PasswordChange,
        client: Client,
    ) -> Result<()> {
        let PasswordChange {
            current,
            new,
            revoke_api_keys,
        } = change;
        let session = caller.session()?;
        let (me, attempt) = self.confirmation(caller, client).await?;
        let passwords = self.0.passwords();
        passwords
            .check("newPassword", &new, &me.name, &me.email)
            .await?;
        let change = async {
            let known = self.verify(&me, current).await?;
            let hash = passwords.hash(new).await?;
            write!(self.0, |conn| conn.transaction(async |conn| {
                // Of two changes at once, the second no longer knows the present password.
                lock_verified(conn, caller.user, &known).await?;
                let (actor, user) = (&caller.actor, caller.user);
                self.0
                    .users()
                    .replace_password(conn, actor, user, &hash)
                    .await?;
                self.end_all(conn, actor, user, Some(session), "password-changed")
                    .await?;
                if revoke_api_keys {
                    self.0.api_keys().revoke_all(conn, actor, user).await?;
                }
                self.forget(conn, &attempt).await
            }))
        };
        let changed = self.counted(&attempt, change).await;
        self.0.directory().changed();
        changed.map_err(|error| match error {
            Error::Auth(AuthError::WrongPassword) => wrong_password().into(),
            other => other,
        })
    }
}

fn wrong_password() -> Violations {
    Violations::one(
        "currentPassword",
        "wrong-password",
        "is not the present password",
    )
}
