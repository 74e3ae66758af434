//! Signing in by password: counted, then looked at, then done or noted.

use chrono::{DateTime, Utc};
use crm_domain::activity::Actor;
use crm_domain::event::{SessionStarted, SignInFailed};
use crm_domain::ids::{SessionId, UserId};
use crm_domain::text::Email;
use crm_domain::user::User;
use crm_storage::sessions::{self, Session};
use crm_storage::{throttle as storage, users};
use diesel_async::{AsyncConnection, AsyncPgConnection};
use ring::digest;
use uuid::Uuid;

use super::{Auth, Client, SignIn, actor, short};
use crate::attempts::write;
use crate::device::Device;
use crate::error::{AuthError, Error, Result};
use crate::session::{ABSOLUTE, IDLE, REMEMBERED};
use crate::throttle;

/// An attempt to sign in.
struct Attempt {
    /// The address as accounts know it; empty for what is none.
    account: String,
    /// The line that it waits in.
    key: Vec<u8>,
    device: Option<Device>,
    /// The bucket that it draws from.
    bucket: Option<String>,
    client: Client,
}

impl Auth<'_> {
    /// Signs a user in by address and password. Takes the same time whether or not there is such a user.
    ///
    /// # Errors
    /// [`AuthError::InvalidCredentials`] for any reason not to, [`AuthError::TooManyAttempts`] before the password is looked
    /// at, [`Error::Overloaded`] when too many sign in at once.
    pub async fn login(&self, email: &str, password: String, client: Client) -> Result<SignIn> {
        let attempt = self.attempt(email, client);
        // The inner error is an outcome that commits: who is refused for the account has drawn from the bucket.
        write!(self.0, |conn| self.count(conn, &attempt))??;
        match self.look_at(&attempt, password).await {
            Err(Error::Auth(AuthError::InvalidCredentials)) => {
                write!(self.0, |conn| self.note_failure(conn, &attempt))?;
                Err(AuthError::InvalidCredentials.into())
            }
            Ok(signed_in) => {
                // The oldest session may have ended for this one.
                self.0.directory().changed();
                Ok(signed_in)
            }
            other => other,
        }
    }

    fn attempt(&self, email: &str, client: Client) -> Attempt {
        // What is no address is nobody's, and waits in one line.
        let account = email
            .parse()
            .map_or_else(|_| String::new(), |email: Email| email.key());
        let (secrets, now) = (self.0.secrets(), self.0.now());
        let device = client.device.as_deref();
        let device =
            device.and_then(|device| Device::decode(device, &account, &secrets.refresh, now));
        let mut line = account.as_bytes().to_vec();
        line.extend(device.iter().flat_map(Device::id));
        Attempt {
            key: digest::digest(&digest::SHA256, &line).as_ref().to_vec(),
            account,
            device,
            bucket: client.address.map(throttle::bucket),
            client,
        }
    }

    /// Counts an attempt before its password is looked at.
    async fn count(
        &self,
        conn: &mut AsyncPgConnection,
        attempt: &Attempt,
    ) -> Result<Result<(), AuthError>> {
        conn.transaction(async |conn| {
            let now = self.0.now();
            if let Some(bucket) = &attempt.bucket {
                let full_at = storage::lock_address(conn, bucket, now).await?;
                match throttle::take(full_at, now) {
                    Ok(full_at) => storage::update_address(conn, bucket, full_at).await?,
                    Err(until) => return Ok(Err(too_many(until, now))),
                }
            }
            let before = storage::lock(conn, &attempt.key, throttle::none(now)).await?;
            match throttle::attempt(before, now) {
                Ok(next) => storage::update(conn, &attempt.key, next).await?,
                Err(until) => return Ok(Err(too_many(until, now))),
            }
            Ok(Ok(()))
        })
        .await
    }

    async fn look_at(&self, attempt: &Attempt, password: String) -> Result<SignIn> {
        let mut conn = self.0.connection().await?;
        let found = users::find_credentials(&mut conn, &attempt.account).await?;
        // Hashing takes a while, and the connection is not needed for it.
        drop(conn);
        let (user, hash) = found.map(|found| (found.user, found.password_hash)).unzip();
        let verified = self.0.passwords().verify(password, hash.clone()).await?;
        let known = user
            .zip(hash)
            .filter(|(user, _)| verified && user.is_active && !user.is_service);
        let (user, hash) = known.ok_or(AuthError::InvalidCredentials)?;
        write!(self.0, |conn| self.start(conn, user.id, &hash, attempt))
    }

    async fn start(
        &self,
        conn: &mut AsyncPgConnection,
        user: UserId,
        verified_hash: &str,
        attempt: &Attempt,
    ) -> Result<SignIn> {
        conn.transaction(async |conn| {
            let now = self.0.now();
            // Locked, and read again: verifying took a while, in which the user may have been disabled or the
            // password changed.
            let user = users::lock_credentials(conn, user)
                .await?
                .filter(|found| found.user.is_active && found.password_hash == verified_hash)
                .ok_or(AuthError::InvalidCredentials)?
                .user;
            self.forget(conn, attempt, now).await?;
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

    /// A good attempt is none: neither its account nor its address has to wait for it.
    async fn forget(
        &self,
        conn: &mut AsyncPgConnection,
        attempt: &Attempt,
        now: DateTime<Utc>,
    ) -> Result<()> {
        // In the order in which they are counted, so that no two wait for each other.
        if let Some(bucket) = &attempt.bucket {
            let full_at = storage::lock_address(conn, bucket, now).await?;
            storage::update_address(conn, bucket, throttle::put_back(full_at)).await?;
        }
        Ok(storage::clear(conn, &attempt.key).await?)
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
        let actor = actor(user.id, client.request);
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

    /// Makes the next attempt wait, and notes this one: in the same words and at the same cost for an address that nobody
    /// has.
    async fn note_failure(&self, conn: &mut AsyncPgConnection, attempt: &Attempt) -> Result<()> {
        conn.transaction(async |conn| {
            let now = self.0.now();
            let counted = storage::lock(conn, &attempt.key, throttle::none(now)).await?;
            storage::update(conn, &attempt.key, throttle::failed(counted, now)).await?;
            let found = users::find_credentials(conn, &attempt.account).await?;
            let user_id = found.map_or(Uuid::nil().into(), |found| found.user.id);
            let actor = Actor {
                request: attempt.client.request,
                ..Actor::system("sign-in")
            };
            self.0
                .emit(conn, &actor, now, &SignInFailed { user_id })
                .await?;
            Ok(storage::purge(conn, now.date_naive(), now).await?)
        })
        .await
    }
}

fn too_many(until: DateTime<Utc>, now: DateTime<Utc>) -> AuthError {
    // Rounded up: whoever waits for so long is not too early.
    let seconds = ((until - now).num_milliseconds() + 999) / 1_000;
    AuthError::TooManyAttempts {
        retry_after: u32::try_from(seconds).unwrap_or(1),
    }
}
