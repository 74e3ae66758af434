//! What is done with tags: those in use are suggested, and one takes the place of others on all records.

use chrono::{DateTime, Utc};
use crm_authz::Scope;
use crm_domain::activity::{Actor, Changes};
use crm_domain::customer::Customer;
use crm_domain::event::{CustomerEdited, Event, LeadEdited};
use crm_domain::ids::{CustomerId, LeadId};
use crm_domain::lead::Lead;
use crm_domain::page::Limit;
use crm_domain::permission::{Action, Permission, Resource};
use crm_domain::tag::{TagRename, TagUses, Tagged};
use crm_domain::text::Tag;
use crm_storage::tags as storage;
use diesel_async::{AsyncConnection, AsyncPgConnection};
use uuid::Uuid;

use crate::bulk::broken_off;
use crate::crm::Crm;
use crate::error::{Error, Result};
use crate::record::Kept;
use crate::write;

/// How many records are written in one transaction: each holds locks, which others wait for.
const BATCH: usize = 200;

/// What is done with tags. See [`Crm::tags`].
#[derive(Clone, Copy)]
pub struct Tags<'a>(pub(crate) &'a Crm);

/// How far a rename came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Renamed {
    /// How many records changed.
    pub records: usize,
    /// How many did not, since something that runs before each change said no; once for each tag.
    pub refused: usize,
    /// Whether no other record is left to change.
    pub is_complete: bool,
}

/// A record whose tags can be renamed.
trait HasTags: Kept {
    /// The record with tags renamed; the same version when nothing differs.
    fn rename_tags(self, rename: &TagRename, now: DateTime<Utc>) -> Self;

    /// What happened then.
    fn edited(id: Self::Id, changes: Changes) -> impl Event;
}

macro_rules! has_tags {
    ($Record:ident ($Id:ident): $Edited:ident by $id:ident) => {
        impl HasTags for $Record {
            fn rename_tags(self, rename: &TagRename, now: DateTime<Utc>) -> Self {
                self.rename_tags(rename, now)
            }

            fn edited($id: $Id, changes: Changes) -> impl Event {
                $Edited { $id, changes }
            }
        }
    };
}

has_tags!(Lead (LeadId): LeadEdited by lead_id);
has_tags!(Customer (CustomerId): CustomerEdited by customer_id);

/// The next records of a rename.
#[derive(Debug, Clone, Copy)]
struct Place<'a> {
    /// The tag that gives way, by its key.
    key: &'a str,
    /// The record after which to go on.
    after: Uuid,
    /// How many records at most.
    limit: usize,
}

/// What became of them.
struct Batch {
    /// How many changed.
    changed: usize,
    /// How many were refused.
    refused: usize,
    /// Where to go on; `None` at the end.
    last: Option<Uuid>,
}

impl Tags<'_> {
    /// The most records that one call of [`Tags::rename`] changes or is refused, so that it ends within seconds.
    pub const MAX_RENAMED: usize = 2_000;

    /// The tags in use on records at hand that the actor may read, and that begin with `prefix`, compared as tags are: the
    /// most used first.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for who may read no such records.
    pub async fn uses(
        &self,
        actor: &Actor,
        on: Tagged,
        prefix: Option<&Tag>,
        limit: Limit,
    ) -> Result<TagUses> {
        let access = self.0.access().await?;
        let prefix = prefix.map(Tag::key).unwrap_or_default();
        match on {
            Tagged::Lead => {
                let scope: Scope<Lead> = access.scope(actor, Action::Read)?;
                let mut conn = self.0.connection().await?;
                Ok(storage::uses(&mut conn, &prefix, limit, &scope).await?)
            }
            Tagged::Customer => {
                let scope: Scope<Customer> = access.scope(actor, Action::Read)?;
                let mut conn = self.0.connection().await?;
                Ok(storage::uses(&mut conn, &prefix, limit, &scope).await?)
            }
        }
    }

    /// Gives one tag the place of others on the records that the actor may change, those put away among them, in several
    /// transactions. Whatever interrupts it, it can be done again, and goes on with those that are left. It stops after
    /// [`Tags::MAX_RENAMED`] of them, and is complete when it came to the end.
    ///
    /// # Errors
    /// [`Error::Forbidden`] without the permission to manage tags, or to change such records. What fails after a part is
    /// done goes to the log, and the answer says how much that is.
    pub async fn rename(&self, actor: &Actor, on: Tagged, rename: &TagRename) -> Result<Renamed> {
        let mut renamed = Renamed::default();
        for key in rename.from_keys() {
            let mut after = Some(Uuid::nil());
            while let Some(last) = after {
                let limit = BATCH.min(Self::MAX_RENAMED - renamed.records - renamed.refused);
                if limit == 0 {
                    return Ok(renamed);
                }
                let place = Place {
                    key,
                    after: last,
                    limit,
                };
                let batch = match self.rename_batch(actor, on, rename, place).await {
                    Ok(batch) => batch,
                    Err(error) if renamed == Renamed::default() => return Err(error),
                    Err(error) => {
                        broken_off(&error);
                        return Ok(renamed);
                    }
                };
                renamed.records += batch.changed;
                renamed.refused += batch.refused;
                after = batch.last;
            }
        }
        Ok(Renamed {
            is_complete: true,
            ..renamed
        })
    }

    async fn rename_batch(
        &self,
        actor: &Actor,
        on: Tagged,
        rename: &TagRename,
        place: Place<'_>,
    ) -> Result<Batch> {
        let manage = Permission::new(Resource::TAG, Action::Manage);
        self.0.access().await?.check(actor, manage)?;
        match on {
            Tagged::Lead => write!(self.0, |conn| self
                .rename_in::<Lead>(conn, actor, rename, place)),
            Tagged::Customer => write!(self.0, |conn| self
                .rename_in::<Customer>(conn, actor, rename, place)),
        }
    }

    async fn rename_in<R: HasTags>(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        rename: &TagRename,
        place: Place<'_>,
    ) -> Result<Batch> {
        let access = self.0.access().await?;
        let readable: Scope<R> = access.scope(actor, Action::Read)?;
        let writable: Scope<R> = access.scope(actor, Action::Update)?;
        let Place { key, after, limit } = place;
        conn.transaction(async |conn| {
            let scopes = [&readable, &writable];
            let found = storage::list_tagged(conn, key, rename.to(), after, limit, scopes).await?;
            let mut batch = Batch {
                changed: 0,
                refused: 0,
                last: found.last().copied().filter(|_| found.len() == limit),
            };
            for id in found {
                match self.rename_one::<R>(conn, actor, id.into(), rename).await {
                    Ok(is_changed) => batch.changed += usize::from(is_changed),
                    // Somebody was faster, and it is no longer the actor's to change.
                    Err(Error::NotFound(_) | Error::Forbidden(_) | Error::Merged { .. }) => {}
                    Err(error) if error.is_refusal() => batch.refused += 1,
                    Err(error) => return Err(error),
                }
            }
            Ok(batch)
        })
        .await
    }

    /// Whether the record changed. Within a savepoint: what is refused undoes nothing else.
    async fn rename_one<R: HasTags>(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: R::Id,
        rename: &TagRename,
    ) -> Result<bool> {
        conn.transaction(async |conn| {
            let held = self
                .0
                .hold::<R>(conn, actor, id, Action::Update, None)
                .await?;
            let next = held.record.clone().rename_tags(rename, held.now);
            self.0
                .store(conn, &held, &next, |changes| R::edited(id, changes))
                .await
        })
        .await
    }
}
