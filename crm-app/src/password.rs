//! Passwords: what is accepted, and hashing that never takes more of the machine than it may.

mod bcrypt;
mod policy;

pub use bcrypt::{BcryptHash, NoBcryptHash};
pub use policy::MinPasswordChars;

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use crm_domain::text::{Email, Name};
use crm_domain::violation::Violations;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::{Error, Result};

/// How many hashes may wait for each one that runs; more are refused at once.
const WAITING_PER_RUNNING: usize = 8;

/// The longest that a hash waits for its turn.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// What one hash costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HashCost {
    /// argon2id with 19 MiB and two passes: the first choice of OWASP's Password Storage Cheat Sheet.
    Full,
    /// As little as the algorithm allows, for tests.
    ForTests,
}

impl HashCost {
    fn params(self) -> Params {
        match self {
            Self::Full => Params::new(19 * 1024, 2, 1, None).unwrap_or_default(),
            Self::ForTests => Params::new(8, 1, 1, None).unwrap_or_default(),
        }
    }
}

/// Hashes and verifies, at most as many at once as there are cores.
pub(crate) struct Passwords {
    argon2: Argon2<'static>,
    running: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    /// Compared against when there is no such user, so that it takes as long.
    nobody: String,
    min_chars: MinPasswordChars,
}

impl Passwords {
    pub(crate) fn new(cost: HashCost, min_chars: MinPasswordChars) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, cost.params());
        Self {
            running: Arc::new(Semaphore::new(cores)),
            waiting: Arc::new(Semaphore::new(cores * (1 + WAITING_PER_RUNNING))),
            nobody: nobodys_hash(cost),
            argon2,
            min_chars,
        }
    }

    /// Notes what is wrong with a password at first sight, so that it is told together with what is wrong with other
    /// fields. Whoever stores a password checks it whole.
    pub(crate) fn note_plain_weaknesses(
        &self,
        field: &str,
        password: &str,
        email: Option<&Email>,
        violations: &mut Violations,
    ) {
        policy::note_plain_weaknesses(self.min_chars, field, password, email, violations);
    }

    /// Refuses a password that is too long, too short or too easy to guess, under the name of the field it came in.
    pub(crate) async fn check(
        &self,
        field: &'static str,
        password: &str,
        name: &Name,
        email: &Email,
    ) -> Result<()> {
        policy::refuse_too_long(password)?;
        let mut violations = Violations::new();
        self.note_plain_weaknesses(field, password, Some(email), &mut violations);
        violations.into_result()?;
        let (password, name, email) = (password.to_owned(), name.clone(), email.clone());
        let rate = move || {
            let mut violations = Violations::new();
            policy::note_guessable(field, &password, &name, &email, &mut violations);
            violations.into_result()
        };
        Ok(tokio::task::spawn_blocking(rate)
            .await
            .map_err(Error::internal)??)
    }

    /// The hash of a password, as a PHC string.
    pub(crate) async fn hash(&self, password: String) -> Result<String> {
        let turn = self.turn().await?;
        let argon2 = self.argon2.clone();
        let hash = move || {
            let hash = hash_now(&argon2, &password);
            // Held to the end of the work, even when nobody waits for it any more.
            drop(turn);
            hash
        };
        tokio::task::spawn_blocking(hash)
            .await
            .map_err(Error::internal)?
    }

    /// Whether `password` has this hash. Without a hash it takes as long and is false.
    pub(crate) async fn verify(&self, password: String, hash: Option<String>) -> Result<bool> {
        let turn = self.turn().await?;
        let argon2 = self.argon2.clone();
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.nobody.clone());
        let verify = move || {
            let verified = verify_now(&argon2, &password, &hash);
            drop(turn);
            verified
        };
        let verified: Result<bool> = tokio::task::spawn_blocking(verify)
            .await
            .map_err(Error::internal)?;
        Ok(verified? && known)
    }

    /// Whether a password that has this hash should be hashed anew: it is another program's, or of another cost.
    pub(crate) fn is_outdated(&self, hash: &str) -> bool {
        let of_hash = PasswordHash::new(hash).ok();
        let params = of_hash.and_then(|hash| Params::try_from(&hash).ok());
        let key = |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost());
        params.as_ref().map(key) != Some(key(self.argon2.params()))
    }

    async fn turn(&self) -> Result<(OwnedSemaphorePermit, OwnedSemaphorePermit)> {
        let waiting = Arc::clone(&self.waiting)
            .try_acquire_owned()
            .map_err(|_| Error::Overloaded)?;
        let running = Arc::clone(&self.running).acquire_owned();
        let running = tokio::time::timeout(LONGEST_WAIT, running)
            .await
            .map_err(|_| Error::Overloaded)?
            .map_err(Error::internal)?;
        Ok((waiting, running))
    }
}

/// A hash that no password has: like any other but for its salt and its end, which are zeros. To make one as others are made would
/// hold up the start.
fn nobodys_hash(cost: HashCost) -> String {
    let params = cost.params();
    let (memory, passes, lanes) = (params.m_cost(), params.t_cost(), params.p_cost());
    let (salt, end) = ("A".repeat(22), "A".repeat(43));
    format!("$argon2id$v=19$m={memory},t={passes},p={lanes}${salt}${end}")
}

fn hash_now(argon2: &Argon2<'_>, password: &str) -> Result<String> {
    argon2
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(Error::internal)
}

fn verify_now(argon2: &Argon2<'_>, password: &str, hash: &str) -> Result<bool> {
    if bcrypt::is_bcrypt(hash) {
        return ::bcrypt::verify(password, hash).map_err(Error::internal);
    }
    let parsed = PasswordHash::new(hash).map_err(Error::internal)?;
    Ok(argon2.verify_password(password.as_bytes(), &parsed).is_ok())
}

#[cfg(test)]
mod tests;
