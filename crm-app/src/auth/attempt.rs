//! An attempt to show who one is: counted before it is looked at, then forgotten or noted.

use chrono::{DateTime, Utc};
use crm_domain::activity::Actor;
use crm_domain::event::SignInFailed;
use crm_domain::text::Email;
use crm_storage::{throttle as storage, users};
use diesel_async::{AsyncConnection, AsyncPgConnection};
use ring::digest;
use uuid::Uuid;

use super::{Auth, Client};
use crate::device::Device;
use crate::error::{AuthError, Error, Result};
use crate::throttle;
use crate::write;

/// An attempt to sign in, or to prove once more who one is.
pub(crate) struct Attempt {
    /// The address as accounts know it; empty for what is none.
    pub(super) account: String,
    /// The line that it waits in.
    key: Vec<u8>,
    pub(super) device: Option<Device>,
    /// The bucket that it draws from.
    bucket: Option<String>,
    pub(super) client: Client,
}

impl Auth<'_> {
    pub(crate) fn attempt(&self, email: &str, client: Client) -> Attempt {
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

    /// Counts an attempt, then looks at it. What it finds wrong makes the next one wait.
    pub(crate) async fn counted<T>(
        &self,
        attempt: &Attempt,
        look: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        // The inner error is an outcome that commits: who is refused for the account has drawn from the bucket.
        write!(self.0, |conn| self.count(conn, attempt))??;
        // Boxed, since with all that it waits for it is large, and so would be whoever waits for it.
        let outcome = Box::pin(look).await;
        match &outcome {
            Err(Error::Auth(error)) if error.is_wrong_proof() => {
                write!(self.0, |conn| self.note_failure(conn, attempt))?;
            }
            // The password was right, and the bucket is there for wrong ones. The account's count stays: else whoever
            // knows the password would guess codes without end.
            Err(Error::Auth(AuthError::SecondFactorRequired)) => {
                write!(self.0, |conn| conn
                    .transaction(async |conn| self.put_back(conn, attempt).await))?;
            }
            _ => {}
        }
        outcome
    }

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

    /// A good attempt is none: neither its account nor its address has to wait for it.
    pub(crate) async fn forget(
        &self,
        conn: &mut AsyncPgConnection,
        attempt: &Attempt,
    ) -> Result<()> {
        // In the order in which they are counted, so that no two wait for each other.
        self.put_back(conn, attempt).await?;
        Ok(storage::clear(conn, &attempt.key).await?)
    }

    async fn put_back(&self, conn: &mut AsyncPgConnection, attempt: &Attempt) -> Result<()> {
        if let Some(bucket) = &attempt.bucket {
            let full_at = storage::lock_address(conn, bucket, self.0.now()).await?;
            storage::update_address(conn, bucket, throttle::put_back(full_at)).await?;
        }
        Ok(())
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
                request: attempt.client.request(),
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
