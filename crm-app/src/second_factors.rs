//! Second factors: a code from a device of the user's besides the password, and recovery codes for who has lost it.
//!
//! Each guess at a password or a code is counted and slowed like one at a sign-in, in the same line.

mod code;
mod enrol;
mod recovery_code;
mod remove;
mod totp;

use chrono::{DateTime, Utc};
use crm_domain::event::RecoveryCodesRenewed;
use crm_storage::{second_factors as storage, users};
use diesel_async::{AsyncConnection, AsyncPgConnection};

use crate::auth::{Attempt, Authenticated, Client};
use crate::crm::Crm;
use crate::error::{AuthError, Error, Result};
use crate::write;
pub use enrol::Enrolment;

/// What secrets of second factors are sealed for.
const PURPOSE: &str = "second factor";

/// What is done with second factors. See [`Crm::second_factors`].
#[derive(Clone, Copy)]
pub struct SecondFactors<'a>(pub(crate) &'a Crm);

/// How a user's second factor stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    /// Since when it counts; `None` when there is none.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// How many recovery codes are not used.
    pub recovery_codes_left: i64,
    /// Whether a role demands one.
    pub is_demanded: bool,
}

impl SecondFactors<'_> {
    /// How the caller's second factor stands.
    ///
    /// # Errors
    /// [`Error::NeedsSession`] for a program with an API key.
    pub async fn status(&self, caller: &Authenticated) -> Result<Status> {
        caller.session()?;
        let access = self.0.access().await?;
        let mut conn = self.0.connection().await?;
        let factor = storage::find(&mut conn, caller.user).await?;
        Ok(Status {
            confirmed_at: factor.and_then(|factor| factor.confirmed_at),
            recovery_codes_left: storage::count_recovery_codes(&mut conn, caller.user).await?,
            is_demanded: access.second_factor_demanded_by(caller.user).is_some(),
        })
    }

    /// Gives the caller new recovery codes instead of those before, for a code of either kind.
    ///
    /// # Errors
    /// [`AuthError::WrongCode`], [`AuthError::TooManyAttempts`], [`Error::NoSecondFactor`], or [`Error::NeedsSession`].
    pub async fn renew_recovery_codes(
        &self,
        caller: &Authenticated,
        code: &str,
        client: Client,
    ) -> Result<Vec<String>> {
        let (_, attempt) = self.0.auth().confirmation(caller, client).await?;
        let renew = async { write!(self.0, |conn| self.renew_in(conn, caller, code, &attempt)) };
        self.0.auth().counted(&attempt, renew).await
    }

    async fn renew_in(
        &self,
        conn: &mut AsyncPgConnection,
        caller: &Authenticated,
        code: &str,
        attempt: &Attempt,
    ) -> Result<Vec<String>> {
        conn.transaction(async |conn| {
            users::lock(conn, caller.user).await?;
            self.consume_own(conn, caller, code).await?;
            let codes = self.replace_recovery_codes(conn, caller.user).await?;
            let event = RecoveryCodesRenewed {
                user_id: caller.user,
            };
            let now = self.0.now();
            self.0.emit(conn, &caller.actor, now, &event).await?;
            self.0.auth().forget(conn, attempt).await?;
            Ok(codes)
        })
        .await
    }

    /// Uses up a code of the caller's, who is locked.
    async fn consume_own(
        &self,
        conn: &mut AsyncPgConnection,
        caller: &Authenticated,
        code: &str,
    ) -> Result<()> {
        let factor = code::confirmed(conn, caller.user).await?;
        let factor = factor.ok_or(Error::NoSecondFactor)?;
        if self.consume(conn, &caller.actor, factor, code).await? {
            return Ok(());
        }
        Err(AuthError::WrongCode.into())
    }
}
