//! What is done with webhooks.

mod deliver;
mod deliveries;
mod delivery;
mod keys;
mod rows;
mod rules;
mod spread;
mod storage;
mod store;

pub(crate) use deliver::deliver;
pub(crate) use deliveries::{Deliveries, tidy};
pub(crate) use delivery::{Delivery, DeliveryFilter, DeliveryState};
pub(crate) use spread::{are_of_interest, spread};

use chrono::TimeDelta;
use crm_app::plugin::{Held, QueryOf};
use crm_app::{Crm, Error, Result};
use crm_domain::activity::{Actor, Changes};
use crm_domain::list::Listing;
use crm_domain::permission::{Action, Resource};
use crm_storage::users;
use diesel_async::{AsyncConnection, AsyncPgConnection};

use crate::webhook::event::{
    WebhookCreated, WebhookDeleted, WebhookEdited, WebhookPinged, WebhookSecretRotated,
};
use crate::webhook::secret::{BYTES, Secret};
use crate::webhook::{NewWebhook, WEBHOOK, Webhook, WebhookEdit, WebhookId};
use rules::{check, person, require_enabled, require_owner};

/// The most webhooks of one user.
const MAX_PER_USER: i64 = 20;

/// How long a secret is signed by that another one has taken the place of.
const PREVIOUS_KEPT: TimeDelta = TimeDelta::hours(24);

/// What is done with webhooks.
#[derive(Clone, Copy)]
pub(crate) struct Webhooks<'a>(pub(crate) &'a Crm);

/// A webhook with its secret, which is shown this once.
pub(crate) struct Issued {
    pub(crate) webhook: Webhook,
    pub(crate) secret: Secret,
}

impl Webhooks<'_> {
    /// The webhooks that match.
    pub(crate) async fn list(
        &self,
        actor: &Actor,
        query: &QueryOf<Webhook>,
    ) -> Result<Listing<Webhook>> {
        self.0.list(actor, query).await
    }

    /// A webhook that the actor may read.
    pub(crate) async fn get(&self, actor: &Actor, id: WebhookId) -> Result<Webhook> {
        let scope = self.0.access().await?.scope(actor, Action::Read)?;
        let mut conn = self.0.connection().await?;
        let found = storage::find(&mut conn, id, &scope).await?;
        found.ok_or(Error::NotFound(WEBHOOK))
    }

    /// Makes a webhook of the actor's own.
    ///
    /// # Errors
    /// [`Error::NeedsSession`] for a program with a key: a webhook tells all that its owner may read, and the key may not.
    pub(crate) async fn create(&self, actor: &Actor, new: NewWebhook) -> Result<Issued> {
        crm_app::write!(self.0, |conn| self.create_in(conn, actor, new.clone()))
    }

    /// [`Webhooks::create`] within the caller's transaction.
    pub(crate) async fn create_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        new: NewWebhook,
    ) -> Result<Issued> {
        let owner = person(actor)?;
        let access = self.0.access().await?;
        access.scope::<Webhook>(actor, Action::Create)?;
        check(self.0, Some(&new.url), Some(&new.event_types))?;
        conn.transaction(async |conn| {
            // Locked, so that of two webhooks at once the second one is counted too.
            let user = users::lock(conn, owner).await?;
            user.ok_or(Error::NotFound(Resource::USER))?;
            if storage::count_of(conn, owner).await? >= MAX_PER_USER {
                return Err(Error::TooMany {
                    resource: WEBHOOK,
                    max: MAX_PER_USER,
                });
            }
            let now = self.0.now();
            let id = WebhookId::new(now, self.0.random()?);
            let webhook = Webhook::create(id, new, owner, now);
            let secret = Secret::new(self.0.random::<BYTES>()?.to_vec());
            storage::insert(conn, &webhook, self.sealed(id, &secret)?).await?;
            let event = WebhookCreated {
                webhook_id: id,
                changes: Changes::created(webhook.fields()),
            };
            self.0.emit(conn, actor, now, &event).await?;
            Ok(Issued { webhook, secret })
        })
        .await
    }

    /// Changes a webhook. With `version`, only if that is still its version.
    ///
    /// # Errors
    /// [`Error::Refused`] for who is not its owner, and does more than to switch it off.
    pub(crate) async fn edit(
        &self,
        actor: &Actor,
        id: WebhookId,
        edit: WebhookEdit,
        version: Option<i32>,
    ) -> Result<Webhook> {
        crm_app::write!(self.0, |conn| self.edit_in(
            conn,
            actor,
            id,
            edit.clone(),
            version
        ))
    }

    /// [`Webhooks::edit`] within the caller's transaction.
    pub(crate) async fn edit_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: WebhookId,
        edit: WebhookEdit,
        version: Option<i32>,
    ) -> Result<Webhook> {
        conn.transaction(async |conn| {
            let held = self.hold(conn, actor, id, Action::Update, version).await?;
            if !edit.only_disables() {
                require_owner(&held)?;
            }
            check(self.0, edit.url.as_ref(), edit.event_types.as_deref())?;
            let next = held.record.clone().edit(edit, held.now);
            let edited = |changes| WebhookEdited {
                webhook_id: id,
                changes,
            };
            self.0.store(conn, &held, &next, edited).await?;
            Ok(next)
        })
        .await
    }

    /// Deletes a webhook with its log. With `version`, only if that is still its version.
    pub(crate) async fn delete(
        &self,
        actor: &Actor,
        id: WebhookId,
        version: Option<i32>,
    ) -> Result<()> {
        crm_app::write!(self.0, |conn| self.delete_in(conn, actor, id, version))
    }

    /// [`Webhooks::delete`] within the caller's transaction.
    pub(crate) async fn delete_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: WebhookId,
        version: Option<i32>,
    ) -> Result<()> {
        conn.transaction(async |conn| {
            let held = self.hold(conn, actor, id, Action::Delete, version).await?;
            storage::delete(conn, id).await?;
            let event = WebhookDeleted {
                webhook_id: id,
                changes: Changes::deleted(held.record.fields()),
            };
            self.0.emit(conn, actor, held.now, &event).await
        })
        .await
    }

    /// Gives a webhook another secret. For a day it is signed by the one before, too, so that the receiver may change over.
    ///
    /// # Errors
    /// [`Error::Refused`] for who is not its owner.
    pub(crate) async fn rotate(&self, actor: &Actor, id: WebhookId) -> Result<Issued> {
        crm_app::write!(self.0, |conn| self.rotate_in(conn, actor, id))
    }

    /// [`Webhooks::rotate`] within the caller's transaction.
    pub(crate) async fn rotate_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: WebhookId,
    ) -> Result<Issued> {
        conn.transaction(async |conn| {
            let held = self.hold(conn, actor, id, Action::Update, None).await?;
            require_owner(&held)?;
            let secret = Secret::new(self.0.random::<BYTES>()?.to_vec());
            let until = held.now + PREVIOUS_KEPT;
            storage::rotate(conn, id, self.sealed(id, &secret)?, until).await?;
            let webhook = held.record.clone().changed(held.now);
            let rotated = |changes| WebhookSecretRotated {
                webhook_id: id,
                changes,
            };
            self.0.store(conn, &held, &webhook, rotated).await?;
            Ok(Issued { webhook, secret })
        })
        .await
    }

    /// Has a webhook told that it was tried, whatever it is told of.
    ///
    /// # Errors
    /// [`Error::Refused`] while it is switched off.
    pub(crate) async fn ping(&self, actor: &Actor, id: WebhookId) -> Result<()> {
        crm_app::write!(self.0, |conn| self.ping_in(conn, actor, id))
    }

    /// [`Webhooks::ping`] within the caller's transaction.
    pub(crate) async fn ping_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: WebhookId,
    ) -> Result<()> {
        conn.transaction(async |conn| {
            let held = self.hold(conn, actor, id, Action::Update, None).await?;
            require_enabled(&held.record)?;
            let event = WebhookPinged {
                webhook_id: id,
                changes: Changes::default(),
            };
            self.0.emit(conn, actor, held.now, &event).await
        })
        .await
    }

    async fn hold<'a>(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &'a Actor,
        id: WebhookId,
        action: Action,
        version: Option<i32>,
    ) -> Result<Held<'a, Webhook>> {
        self.0.hold(conn, actor, id, action, version).await
    }
}
