//! Requests that are carried out once, however often they are sent: each is named by a key of its caller's.
//!
//! Before a request is carried out, an attempt claims its key. What the attempt writes commits together with the mark that
//! the key is used up, and not at all once another attempt has the key: see `Crm::emit`. So nothing is done twice, whatever
//! crashes when. The rest of this module is about giving the first answer again.

use chrono::{DateTime, TimeDelta, Utc};
use crm_authz::{Access, Reach};
use crm_domain::activity::{Actor, Who};
use crm_domain::idempotency::IdempotencyKey;
use crm_domain::ids::{ClaimId, UserId};
use crm_storage::idempotency_keys::{self as storage, Claimed, NewClaim};
use diesel_async::AsyncPgConnection;
use ring::digest::{self, Digest};
use uuid::Uuid;

pub use crm_storage::idempotency_keys::Answer;

use crate::crm::Crm;
use crate::error::{Error, Result};

/// How long an attempt that has neither written nor ended is waited for: longer than any statement may take.
const LEASE: TimeDelta = TimeDelta::seconds(60);

/// How long a key stands for its request.
const LIFETIME: TimeDelta = TimeDelta::hours(24);

/// The longest answer that is kept, in bytes.
const MAX_ANSWER: usize = 1 << 20;

/// Requests that are carried out once. See [`Crm::idempotency`].
#[derive(Clone, Copy)]
pub struct Idempotency<'a>(pub(crate) &'a Crm);

/// What two requests with one key must have in common.
#[derive(Debug, Clone, Copy)]
pub struct Fingerprint(Digest);

impl Fingerprint {
    /// That of a request with these parts, in this order.
    #[must_use]
    pub fn of(parts: &[&[u8]]) -> Self {
        let mut sha = digest::Context::new(&digest::SHA256);
        for part in parts {
            // With its length, so that no two lists of parts read the same.
            sha.update(&part.len().to_be_bytes());
            sha.update(part);
        }
        Self(sha.finish())
    }
}

/// How a request with a key goes on.
#[derive(Debug)]
pub enum Claim {
    /// It is to be carried out by an actor whose request carries this claim, and then kept or released.
    Won(ClaimId),
    /// It was carried out; this was the answer.
    Answered(Answer),
}

impl Idempotency<'_> {
    /// Claims a key of the actor's for a request. Whether the actor may do what is requested was asked before.
    ///
    /// # Errors
    /// [`Error::KeyReused`], [`Error::InProgress`], or [`Error::AnswerGone`], also when what the actor may do has changed since.
    pub async fn claim(
        &self,
        actor: &Actor,
        key: &IdempotencyKey,
        fingerprint: Fingerprint,
    ) -> Result<Claim> {
        let caller = caller(actor)?;
        let rights = rights(&*self.0.access().await?, actor);
        let now = self.0.now();
        let claim = ClaimId::new(now, self.0.random()?);
        let new = NewClaim {
            caller,
            key: key.as_str(),
            fingerprint: fingerprint.0.as_ref(),
            rights: rights.as_ref(),
            claim: claim.uuid(),
            is_committed: false,
            lease_until: now + LEASE,
            expires_at: now + LIFETIME,
        };
        let mut conn = self.0.connection().await?;
        if storage::claim(&mut conn, &new, now).await? {
            storage::purge(&mut conn, now).await?;
            return Ok(Claim::Won(claim));
        }
        match storage::find(&mut conn, caller, key.as_str()).await? {
            Some(found) => again(found, &new, now),
            // Released just now: whoever asks again wins it.
            None => Err(Error::InProgress),
        }
    }

    /// Marks, in the transaction of a write, that the claim has written.
    pub(crate) async fn commit(&self, conn: &mut AsyncPgConnection, claim: ClaimId) -> Result<()> {
        let lease_until = self.0.now() + LEASE;
        if storage::commit(conn, claim, lease_until).await? {
            Ok(())
        } else {
            // It took so long that another attempt was let in: that one answers.
            Err(Error::InProgress)
        }
    }

    /// Keeps the answer of a request that was carried out, for whoever asks again. One that is too long is not kept.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep(&self, claim: ClaimId, answer: Answer) -> Result<()> {
        if answer.body.len() > MAX_ANSWER {
            return self.release(claim).await;
        }
        let mut conn = self.0.connection().await?;
        Ok(storage::keep(&mut conn, claim, answer).await?)
    }

    /// Frees the key of a request that was refused or failed and wrote nothing. If it did write, the key stays used up.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn release(&self, claim: ClaimId) -> Result<()> {
        let mut conn = self.0.connection().await?;
        Ok(storage::release(&mut conn, claim, self.0.now()).await?)
    }
}

/// What becomes of a request whose key was claimed before.
fn again(found: Claimed, new: &NewClaim<'_>, now: DateTime<Utc>) -> Result<Claim> {
    if found.fingerprint != new.fingerprint {
        return Err(Error::KeyReused);
    }
    let is_committed = found.is_committed;
    let is_leased = found.lease_until > now;
    let has_same_rights = found.rights == new.rights;
    match found.answer() {
        Some(answer) if has_same_rights => Ok(Claim::Answered(answer)),
        Some(_) => Err(Error::AnswerGone),
        None if is_committed && !is_leased => Err(Error::AnswerGone),
        None => Err(Error::InProgress),
    }
}

/// Whose keys these are: programs have theirs apart from their owners'.
fn caller(actor: &Actor) -> Result<Uuid> {
    match actor.who {
        Who::User(user) => Ok(UserId::uuid(user)),
        Who::ApiKey { id, .. } => Ok(id.uuid()),
        Who::System(_) => Err(Error::internal("the program itself names no requests")),
    }
}

/// What the actor may do to whose records, in short.
fn rights(access: &Access, actor: &Actor) -> Digest {
    let mut sha = digest::Context::new(&digest::SHA256);
    let mut colleagues = None;
    for permission in access.policy().catalogue().permissions() {
        let reach = access.reach(actor, permission);
        let extent = reach.as_ref().map_or("", |reach| reach.extent().as_str());
        sha.update(format!("{permission} {extent}\n").as_bytes());
        if let Some(Reach::Queue(_, members) | Reach::Team(members)) = reach {
            colleagues = Some(members);
        }
    }
    for id in colleagues.iter().flat_map(|members| members.iter()) {
        sha.update(id.as_bytes());
    }
    sha.finish()
}
