//! What is done with API keys: made, listed, revoked, and shown by a program that calls.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use crm_authz::{Forbidden, Scope};
use crm_domain::activity::{Actor, Changes, Request, Who};
use crm_domain::api_key::ApiKey;
use crm_domain::event::{ApiKeyCreated, ApiKeyRevoked};
use crm_domain::ids::{ApiKeyId, UserId};
use crm_domain::permission::{Action, Ownership, Permission, Resource};
use crm_domain::text::Name;
use crm_domain::violation::Violations;
use crm_storage::api_keys::{self as storage, Asker};
use crm_storage::users;
use diesel_async::{AsyncConnection, AsyncPgConnection};

use crate::api_key_token::ApiKeyToken;
use crate::auth::Authenticated;
use crate::crm::Crm;
use crate::error::{AuthError, Error, Result};
use crate::write;

/// How long a key works unless another time is asked for.
pub const DEFAULT_LIFETIME: TimeDelta = TimeDelta::days(90);

/// How long a key may work at most.
pub const MAX_LIFETIME: TimeDelta = TimeDelta::days(366);

/// The last use of a key is noted no more often than this.
const NOTED_EVERY: TimeDelta = TimeDelta::minutes(1);

/// What is done with API keys. See [`Crm::api_keys`].
#[derive(Clone, Copy)]
pub struct ApiKeys<'a>(pub(crate) &'a Crm);

/// What a new key is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewApiKey {
    /// For whom it acts; the actor, when `None`.
    pub owner: Option<UserId>,
    /// What it is for.
    pub name: Name,
    /// What it may do at most.
    pub scopes: BTreeSet<Permission>,
    /// When it stops working; after [`DEFAULT_LIFETIME`], when `None`.
    pub expires_at: Option<DateTime<Utc>>,
}

/// A new key with its secret, which is shown this once.
#[derive(Clone)]
pub struct IssuedApiKey {
    /// The key.
    pub key: ApiKey,
    /// What the program sends.
    pub token: String,
}

impl ApiKeys<'_> {
    /// The keys of a user that were not revoked, the newest first: the actor's own, when `owner` is `None`.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for another user's keys.
    pub async fn list(&self, actor: &Actor, owner: Option<UserId>) -> Result<Vec<ApiKey>> {
        let owner = self.owner(actor, owner).await?;
        let scope = self.managed(actor).await?;
        let mut conn = self.0.connection().await?;
        let asker = asker(actor, owner, scope.as_ref());
        Ok(storage::list(&mut conn, self.0.catalogue(), owner, asker).await?)
    }

    /// Makes a key.
    ///
    /// # Errors
    /// [`Error::Forbidden`] or [`Error::NotHeld`] for another user's, [`Error::Invalid`] for a scope that the owner does
    /// not hold or a time that is over or too far, [`Error::TooMany`].
    pub async fn create(&self, actor: &Actor, new: NewApiKey) -> Result<IssuedApiKey> {
        let owner = self.owner(actor, new.owner).await?;
        let now = self.0.now();
        let expires_at = new.expires_at.unwrap_or(now + DEFAULT_LIFETIME);
        check_expiry(expires_at, now)?;
        self.check_scopes(owner, &new.scopes).await?;
        let key = ApiKey {
            id: ApiKeyId::new(now, self.0.random()?),
            owner,
            name: new.name,
            scopes: new.scopes,
            expires_at,
            last_used_at: None,
            created_at: now,
        };
        let token = ApiKeyToken::new(key.id, self.0.random()?);
        let hash = token.hash();
        write!(self.0, |conn| conn.transaction(async |conn| self
            .insert(conn, actor, &key, &hash)
            .await))?;
        self.0.directory().changed();
        Ok(IssuedApiKey {
            key,
            token: token.into_text(),
        })
    }

    async fn insert(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        key: &ApiKey,
        hash: &[u8],
    ) -> Result<()> {
        // Locked, so that of two keys at once the second one is counted too.
        users::lock(conn, key.owner)
            .await?
            .filter(|user| user.is_active)
            .ok_or(Error::NotFound(Resource::USER))?;
        if storage::count(conn, key.owner).await? >= storage::MAX_PER_USER {
            return Err(Error::TooMany {
                resource: Resource::API_KEY,
                max: storage::MAX_PER_USER,
            });
        }
        storage::insert(conn, key, hash).await?;
        let event = ApiKeyCreated {
            api_key_id: key.id,
            changes: Changes::created(key.fields()),
        };
        self.0.emit(conn, actor, key.created_at, &event).await
    }

    /// Ends a key of the actor's, or of anybody's for who may manage keys.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such key that the actor may end.
    pub async fn revoke(&self, actor: &Actor, id: ApiKeyId) -> Result<()> {
        let scope = self.managed(actor).await?;
        write!(self.0, |conn| conn.transaction(async |conn| {
            let asker = match (&scope, actor.user_id()) {
                (Some(scope), _) => Asker::Manager(scope),
                (None, Some(user)) => Asker::Owner(user),
                (None, None) => return Err(Error::NotFound(Resource::API_KEY)),
            };
            let key = storage::lock(conn, self.0.catalogue(), id, asker)
                .await?
                .ok_or(Error::NotFound(Resource::API_KEY))?;
            self.revoke_in(conn, actor, &key).await
        }))?;
        self.0.directory().changed();
        Ok(())
    }

    /// Revokes all of a user's own keys.
    pub(crate) async fn revoke_all(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        owner: UserId,
    ) -> Result<()> {
        for key in storage::list(conn, self.0.catalogue(), owner, Asker::Owner(owner)).await? {
            self.revoke_in(conn, actor, &key).await?;
        }
        Ok(())
    }

    async fn revoke_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        key: &ApiKey,
    ) -> Result<()> {
        let now = self.0.now();
        storage::revoke(conn, key.id, now).await?;
        let event = ApiKeyRevoked {
            api_key_id: key.id,
            owner: key.owner,
        };
        self.0.emit(conn, actor, now, &event).await
    }

    /// The caller that a key shows.
    pub(crate) async fn authenticate(
        &self,
        token: &str,
        request: Option<Request>,
    ) -> Result<Authenticated> {
        let token = ApiKeyToken::decode(token).ok_or(AuthError::InvalidToken)?;
        let access = self.0.access().await?;
        let now = self.0.now();
        let key = access
            .key(token.id)
            // How long the comparison takes tells of hashes, from which no secret is found.
            .filter(|key| key.hash == token.hash())
            .filter(|key| now < key.expires_at && access.is_active(key.owner))
            .ok_or(AuthError::InvalidToken)?;
        self.note_use(token.id, now).await?;
        Ok(Authenticated {
            actor: Actor {
                who: Who::ApiKey {
                    id: token.id,
                    owner: key.owner,
                },
                request,
            },
            session: None,
            user: key.owner,
        })
    }

    async fn note_use(&self, id: ApiKeyId, now: DateTime<Utc>) -> Result<()> {
        if !self.0.directory().key_uses().is_due(id, now, NOTED_EVERY) {
            return Ok(());
        }
        let mut conn = self.0.connection().await?;
        Ok(storage::update_used(&mut conn, id, now, now - NOTED_EVERY).await?)
    }

    /// Whose keys are meant, when the actor may have to do with them.
    async fn owner(&self, actor: &Actor, owner: Option<UserId>) -> Result<UserId> {
        let owner = owner.or(actor.user_id());
        let owner = owner.ok_or(Error::NotFound(Resource::USER))?;
        if actor.user_id() == Some(owner) {
            return Ok(owner);
        }
        let access = self.0.access().await?;
        let scope: Scope<ApiKey> = access.scope(actor, Action::Manage)?;
        let user = access
            .user(owner)
            .filter(|user| scope.reach().reaches(Ownership::of(user.id)))
            .ok_or(Error::NotFound(Resource::USER))?;
        // A key of somebody who may do more would be a way to do it.
        match access.gained_by_taking(actor, user.id) {
            Some(permission) => Err(Error::NotHeld { permission }),
            None => Ok(owner),
        }
    }

    async fn managed(&self, actor: &Actor) -> Result<Option<Scope<ApiKey>>> {
        Ok(self.0.access().await?.scope(actor, Action::Manage).ok())
    }

    async fn check_scopes(&self, owner: UserId, scopes: &BTreeSet<Permission>) -> Result<()> {
        if scopes.is_empty() {
            return Err(Violations::one("scopes", "too-short", "must name a permission").into());
        }
        let access = self.0.access().await?;
        if access.lacks_second_factor(owner) {
            return Err(Forbidden::NoSecondFactor.into());
        }
        let owner = Actor::user(owner);
        let lacking = |permission: &&Permission| access.extent(&owner, **permission).is_none();
        match scopes.iter().find(lacking) {
            Some(permission) => {
                let message = format!("names {permission}, which the owner does not hold");
                Err(Violations::one("scopes", "not-held", message).into())
            }
            None => Ok(()),
        }
    }
}

fn asker<'a>(actor: &Actor, owner: UserId, scope: Option<&'a Scope<ApiKey>>) -> Asker<'a> {
    match scope {
        Some(scope) if actor.user_id() != Some(owner) => Asker::Manager(scope),
        _ => Asker::Owner(owner),
    }
}

fn check_expiry(expires_at: DateTime<Utc>, now: DateTime<Utc>) -> Result<()> {
    if expires_at <= now {
        return Err(Violations::one("expiresAt", "too-early", "must be in the future").into());
    }
    if expires_at > now + MAX_LIFETIME {
        let message = format!("must be within {} days", MAX_LIFETIME.num_days());
        return Err(Violations::one("expiresAt", "too-late", message).into());
    }
    Ok(())
}
