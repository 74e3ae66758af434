//! Setting up a second factor: begun with the password, confirmed with a first code.

use chrono::TimeDelta;
use crm_domain::event::{SecondFactorEnabled, SecondFactorStarted};
use crm_domain::ids::UserId;
use crm_storage::second_factors::{self as storage, SecondFactor};
use crm_storage::users;
use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::SecondFactors;
use super::totp::{self, Totp};
use crate::auth::lock_verified;
use crate::auth::{Attempt, Authenticated, Client};
use crate::error::{AuthError, Error, Result};
use crate::sealed::Sealed;
use crate::write;

/// How long a second factor that was begun can be confirmed.
const CONFIRMED_WITHIN: TimeDelta = TimeDelta::minutes(15);

/// Before the step of any code.
const NO_STEP: i64 = -1;

/// What an authenticator app is given, this once. Never printed:
///
/// ```compile_fail
/// fn print(enrolment: crm_app::second_factors::Enrolment) {
///     println!("{enrolment:?}");
/// }
/// ```
pub struct Enrolment {
    /// The secret in base 32, to be typed in.
    pub secret: String,
    /// The same with all that goes with it, for a QR code: `otpauth://totp/..`.
    pub uri: String,
}

impl SecondFactors<'_> {
    /// Begins to set up a second factor for the caller, instead of one that was begun before. It counts once
    /// [`SecondFactors::confirm`] has seen a code of it.
    ///
    /// # Errors
    /// [`AuthError::WrongPassword`], [`AuthError::TooManyAttempts`], [`Error::SecondFactorEnabled`], or
    /// [`Error::NeedsSession`] for a program with an API key.
    pub async fn start(
        &self,
        caller: &Authenticated,
        password: String,
        client: Client,
    ) -> Result<Enrolment> {
        let (me, attempt) = self.0.auth().confirmation(caller, client).await?;
        let totp = Totp::new(&self.0.random::<{ totp::SECRET_BYTES }>()?)?;
        let start = async {
            let hash = self.0.auth().verify(&me, password).await?;
            write!(self.0, |conn| conn.transaction(async |conn| {
                lock_verified(conn, me.id, &hash).await?;
                self.start_in(conn, caller, &totp).await?;
                self.0.auth().forget(conn, &attempt).await
            }))
        };
        self.0.auth().counted(&attempt, start).await?;
        Ok(Enrolment {
            secret: totp.base32(),
            uri: totp.uri(me.email.as_str()),
        })
    }

    async fn start_in(
        &self,
        conn: &mut AsyncPgConnection,
        caller: &Authenticated,
        totp: &Totp,
    ) -> Result<()> {
        let user = caller.user;
        let before = storage::lock(conn, user).await?;
        if before.is_some_and(|factor| factor.confirmed_at.is_some()) {
            return Err(Error::SecondFactorEnabled);
        }
        let now = self.0.now();
        let Sealed { key_id, bytes } = self.seal(user, totp)?;
        let factor = SecondFactor {
            user,
            key_id,
            secret: bytes,
            confirmed_at: None,
            last_step: NO_STEP,
            created_at: now,
        };
        storage::replace(conn, factor).await?;
        let event = SecondFactorStarted { user_id: user };
        self.0.emit(conn, &caller.actor, now, &event).await
    }

    /// Makes the second factor count that was begun, and ends the caller's other sessions. Gives the recovery codes,
    /// which are shown this once.
    ///
    /// # Errors
    /// [`AuthError::WrongCode`], [`AuthError::TooManyAttempts`], [`Error::SecondFactorEnabled`],
    /// [`Error::NoSecondFactor`] when none was begun within 15 minutes, or [`Error::NeedsSession`].
    pub async fn confirm(
        &self,
        caller: &Authenticated,
        code: &str,
        client: Client,
    ) -> Result<Vec<String>> {
        let (_, attempt) = self.0.auth().confirmation(caller, client).await?;
        let confirm =
            async { write!(self.0, |conn| self.confirm_in(conn, caller, code, &attempt)) };
        let codes = self.0.auth().counted(&attempt, confirm).await?;
        self.0.directory().changed();
        Ok(codes)
    }

    async fn confirm_in(
        &self,
        conn: &mut AsyncPgConnection,
        caller: &Authenticated,
        code: &str,
        attempt: &Attempt,
    ) -> Result<Vec<String>> {
        conn.transaction(async |conn| {
            let (actor, user) = (&caller.actor, caller.user);
            users::lock(conn, user).await?;
            self.make_count(conn, user, code).await?;
            let codes = self.replace_recovery_codes(conn, user).await?;
            let event = SecondFactorEnabled { user_id: user };
            self.0.emit(conn, actor, self.0.now(), &event).await?;
            let auth = self.0.auth();
            auth.end_all(conn, actor, user, caller.session, "second-factor-enabled")
                .await?;
            auth.forget(conn, attempt).await?;
            Ok(codes)
        })
        .await
    }

    async fn make_count(
        &self,
        conn: &mut AsyncPgConnection,
        user: UserId,
        code: &str,
    ) -> Result<()> {
        let now = self.0.now();
        let begun = storage::lock(conn, user).await?;
        let begun = begun.ok_or(Error::NoSecondFactor)?;
        if begun.confirmed_at.is_some() {
            return Err(Error::SecondFactorEnabled);
        }
        if now > begun.created_at + CONFIRMED_WITHIN {
            return Err(Error::NoSecondFactor);
        }
        let step = self.open(&begun)?.step(code, now);
        let confirmed = SecondFactor {
            confirmed_at: Some(now),
            last_step: step.ok_or(AuthError::WrongCode)?,
            ..begun
        };
        Ok(storage::update(conn, confirmed).await?)
    }
}
