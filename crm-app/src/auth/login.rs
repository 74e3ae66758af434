//! Signing in by password, and by a second factor where there is one.

use chrono::{DateTime, Utc};
use crm_domain::event::SessionStarted;
use crm_domain::ids::{SessionId, UserId};
use crm_domain::user::User;
use crm_storage::sessions::{self, Session};
use crm_storage::users;
use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::attempt::Attempt;
use super::{Auth, Client, SignIn, actor, short};
use crate::device::Device;
use crate::error::{AuthError, Result};
use crate::session::{ABSOLUTE, IDLE, REMEMBERED};
use crate::write;

/// What shows that somebody is who they say. Never printed:
///
/// ```compile_fail
/// fn print(proof: crm_app::auth::Proof) {
///     println!("{proof:?}");
/// }
/// ```
#[derive(Clone)]
pub struct Proof {
    /// The password.
    pub password: String,
    /// A code of the second factor, or a recovery code.
    pub code: Option<String>,
}

impl From<String> for Proof {
    fn from(password: String) -> Self {
        Self {
            password,
            code: None,
        }
    }
}

/// A user whose password it is.
struct Verified {
    user: UserId,
    hash: String,
    /// Stored instead, if there is one.
    renewed: Option<String>,
}

impl Auth<'_> {
    /// Signs a user in by address and password, and by a code where they have a second factor. Takes the same time
    /// whether or not there is such a user.
    ///
    /// # Errors
    /// [`AuthError::InvalidCredentials`] for any reason not to, [`AuthError::SecondFactorRequired`] when only the code is
    /// missing, [`AuthError::TooManyAttempts`] before the password is looked at,
    /// [`Error::Overloaded`](crate::Error::Overloaded) when too many sign in at once.
    pub async fn login(
        &self,
        email: &str,
        proof: impl Into<Proof>,
        client: Client,
    ) -> Result<SignIn> {
        let attempt = self.attempt(email, client);
        let signed_in = self.counted(&attempt, self.look_at(&attempt, proof.into()));
        let signed_in = signed_in.await?;
        // The oldest session may have ended for this one.
        self.0.directory().changed();
        Ok(signed_in)
    }

    async fn look_at(&self, attempt: &Attempt, proof: Proof) -> Result<SignIn> {
        let Proof { password, code } = proof;
        let mut conn = self.0.connection().await?;
        let found = users::find_credentials(&mut conn, &attempt.account).await?;
        // Hashing takes a while, and the connection is not needed for it.
        drop(conn);
        let (user, hash) = found.map(|found| (found.user, found.password_hash)).unzip();
        let again = password.clone();
        let verified = self.0.passwords().verify(password, hash.clone()).await?;
        let known = user
            .zip(hash)
            .filter(|(user, _)| verified && user.is_active && !user.is_service);
        let (user, hash) = known.ok_or(AuthError::InvalidCredentials)?;
        let verified = Verified {
            user: user.id,
            renewed: self.renewed(&hash, again).await?,
            hash,
        };
        let code = code.as_deref();
        write!(self.0, |conn| self.start(conn, &verified, code, attempt))
    }

    /// The password hashed as it is done today, where it was done otherwise. Only now is the password at hand.
    async fn renewed(&self, hash: &str, password: String) -> Result<Option<String>> {
        let passwords = self.0.passwords();
        if !passwords.is_outdated(hash) {
            return Ok(None);
        }
        passwords.hash(password).await.map(Some)
    }

    async fn start(
        &self,
        conn: &mut AsyncPgConnection,
        verified: &Verified,
        code: Option<&str>,
        attempt: &Attempt,
    ) -> Result<SignIn> {
        conn.transaction(async |conn| {
            let now = self.0.now();
            // Locked, and read again: verifying took a while, in which the user may have been disabled or the
            // password changed.
            let user = users::lock_credentials(conn, verified.user)
                .await?
                .filter(|found| found.user.is_active && found.password_hash == verified.hash)
                .ok_or(AuthError::InvalidCredentials)?
                .user;
            let actor = actor(user.id, attempt.client.request());
            self.0
                .second_factors()
                .check(conn, &actor, user.id, code)
                .await?;
            self.forget(conn, attempt).await?;
            if let Some(renewed) = &verified.renewed {
                users::update_password(conn, user.id, renewed).await?;
            }
            let session = self
                .start_session(conn, &user, &attempt.client, now)
                .await?;
            let device = match &attempt.device {
                Some(device) => device.clone(),
                None => Device::new(self.0.random()?),
            };
            let secrets = self.0.secrets();
            let key = secrets.refresh.active(now)?.key();
            Ok(SignIn {
                device: Some(device.encode(key, &attempt.account)),
                ..self.signed_in(user, &session)?
            })
        })
        .await
    }

    async fn start_session(
        &self,
        conn: &mut AsyncPgConnection,
        user: &User,
        client: &Client,
        now: DateTime<Utc>,
    ) -> Result<Session> {
        let session = Session {
            id: SessionId::new(now, self.0.random()?),
            user: user.id,
            salt: self.0.random::<32>()?.to_vec(),
            counter: 0,
            seen_counter: -1,
            created_at: now,
            rotated_at: now,
            idle_expires_at: now + IDLE,
            expires_at: now + ABSOLUTE,
            revoked_at: None,
            address: client.address.map(|address| address.to_string()),
            user_agent: client.user_agent.as_deref().map(short),
        };
        let actor = actor(user.id, client.request());
        sessions::purge(conn, user.id, now - REMEMBERED).await?;
        self.end_oldest(conn, &actor, user.id).await?;
        sessions::insert(conn, &session).await?;
        let event = SessionStarted {
            user_id: user.id,
            session_id: session.id,
        };
        self.0.emit(conn, &actor, now, &event).await?;
        Ok(session)
    }
}
