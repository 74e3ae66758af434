//! The codes that somebody shows: each is taken once.

use crm_domain::activity::Actor;
use crm_domain::event::RecoveryCodeUsed;
use crm_domain::ids::UserId;
use crm_storage::second_factors::{self as storage, SecondFactor};
use diesel_async::AsyncPgConnection;

use super::recovery_code::{self, RecoveryCode};
use super::totp::Totp;
use super::{PURPOSE, SecondFactors};
use crate::error::{AuthError, Result};
use crate::sealed::Sealed;

impl SecondFactors<'_> {
    /// Refuses a sign-in without a code that can be used now, when the user has a second factor. The caller has locked
    /// the user: of two sign-ins with one code, the second finds it used.
    pub(crate) async fn check(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        user: UserId,
        code: Option<&str>,
    ) -> Result<()> {
        let Some(factor) = confirmed(conn, user).await? else {
            return Ok(());
        };
        let code = code.ok_or(AuthError::SecondFactorRequired)?;
        if self.consume(conn, actor, factor, code).await? {
            return Ok(());
        }
        Err(AuthError::InvalidCredentials.into())
    }

    /// Uses up a code of either kind. False when it cannot be used.
    pub(super) async fn consume(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        factor: SecondFactor,
        code: &str,
    ) -> Result<bool> {
        match RecoveryCode::parse(code) {
            Some(code) => self.consume_recovery(conn, actor, factor.user, &code).await,
            None => self.consume_totp(conn, factor, code).await,
        }
    }

    async fn consume_totp(
        &self,
        conn: &mut AsyncPgConnection,
        factor: SecondFactor,
        code: &str,
    ) -> Result<bool> {
        let totp = self.open(&factor)?;
        let step = totp.step(code, self.0.now());
        let Some(step) = step.filter(|step| *step > factor.last_step) else {
            return Ok(false);
        };
        // Anew, so that older keys fall out of use.
        let Sealed { key_id, bytes } = self.seal(factor.user, &totp)?;
        let used = SecondFactor {
            key_id,
            secret: bytes,
            last_step: step,
            ..factor
        };
        storage::update(conn, used).await?;
        Ok(true)
    }

    async fn consume_recovery(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        user: UserId,
        code: &RecoveryCode,
    ) -> Result<bool> {
        let now = self.0.now();
        if !storage::consume_recovery_code(conn, user, &code.hash(), now).await? {
            return Ok(false);
        }
        let event = RecoveryCodeUsed {
            user_id: user,
            left: storage::count_recovery_codes(conn, user).await?,
        };
        self.0.emit(conn, actor, now, &event).await?;
        Ok(true)
    }

    /// Stores new recovery codes in place of those before, and gives them as they are shown.
    pub(super) async fn replace_recovery_codes(
        &self,
        conn: &mut AsyncPgConnection,
        user: UserId,
    ) -> Result<Vec<String>> {
        let new = |_| Ok(RecoveryCode::new(self.0.random()?));
        let codes: Vec<RecoveryCode> = (0..recovery_code::COUNT).map(new).collect::<Result<_>>()?;
        let hashes: Vec<_> = codes.iter().map(RecoveryCode::hash).collect();
        storage::replace_recovery_codes(conn, user, &hashes).await?;
        Ok(codes.iter().map(RecoveryCode::text).collect())
    }

    /// Encrypted under the key that is active.
    pub(super) fn seal(&self, user: UserId, totp: &Totp) -> Result<Sealed> {
        self.0.seal(PURPOSE, user.uuid(), totp.secret())
    }

    pub(super) fn open(&self, factor: &SecondFactor) -> Result<Totp> {
        let sealed = Sealed {
            key_id: factor.key_id.clone(),
            bytes: factor.secret.clone(),
        };
        let secret = self.0.open(PURPOSE, factor.user.uuid(), &sealed)?;
        Totp::new(&secret)
    }
}

/// The second factor of a user where it counts, locked until the transaction ends.
pub(super) async fn confirmed(
    conn: &mut AsyncPgConnection,
    user: UserId,
) -> Result<Option<SecondFactor>> {
    let factor = storage::lock(conn, user).await?;
    Ok(factor.filter(|factor| factor.confirmed_at.is_some()))
}
