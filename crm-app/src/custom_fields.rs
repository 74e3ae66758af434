//! What is done with the definitions of custom fields. Each write exists twice: on a connection of the CRM's own, and,
//! ending in `_in`, within the transaction of a connection that the caller holds.
//!
//! Nobody keeps definitions at hand: whoever writes a record, or lists records by one of their fields, reads them in the
//! same transaction, so that a new field counts on every server at once.

mod index;
mod values;

pub use index::IndexesBuilt;

use chrono::{DateTime, Utc};
use crm_authz::Access;
use crm_domain::activity::{Actor, Changes};
use crm_domain::custom_field::{FieldDefinition, FieldEdit, FieldResource, FieldSet, NewField};
use crm_domain::event::{
    CustomFieldArchived, CustomFieldCreated, CustomFieldEdited, CustomFieldRestored, Event,
};
use crm_domain::ids::CustomFieldId;
use crm_domain::permission::{Action, Permission, Resource};
use crm_storage::custom_fields as storage;
use diesel_async::{AsyncConnection, AsyncPgConnection};

use crate::crm::Crm;
use crate::error::{Current, Error, Result};
use crate::write;

/// What is done with custom fields. See [`Crm::custom_fields`].
#[derive(Clone, Copy)]
pub struct CustomFields<'a>(pub(crate) &'a Crm);

impl CustomFields<'_> {
    /// The fields of one kind of record, or of all kinds that the actor may read, in their order; those put away, or those
    /// at hand.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for a kind of record that the actor may not read.
    pub async fn list(
        &self,
        actor: &Actor,
        resource: Option<FieldResource>,
        is_archived: bool,
    ) -> Result<Vec<FieldDefinition>> {
        let access = self.0.access().await?;
        let readable: Vec<_> = match resource {
            Some(resource) => {
                access.check(actor, reading(resource))?;
                vec![resource]
            }
            None => readable(&access, actor).collect(),
        };
        let mut conn = self.0.connection().await?;
        let mut fields = storage::list(&mut conn, &readable).await?;
        fields.retain(|field| field.is_archived == is_archived);
        Ok(fields)
    }

    /// The fields of one kind of record as they are checked.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for a kind of record that the actor may not read.
    pub async fn set(&self, actor: &Actor, resource: FieldResource) -> Result<FieldSet> {
        self.0.access().await?.check(actor, reading(resource))?;
        let mut conn = self.0.connection().await?;
        Ok(storage::set(&mut conn, resource).await?)
    }

    /// The field `id`.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none of a kind of record that the actor may read.
    pub async fn get(&self, actor: &Actor, id: CustomFieldId) -> Result<FieldDefinition> {
        let access = self.0.access().await?;
        let mut conn = self.0.connection().await?;
        let found = storage::find(&mut conn, id).await?;
        let found = found.filter(|field| access.check(actor, reading(field.resource)).is_ok());
        found.ok_or(Error::NotFound(Resource::CUSTOM_FIELD))
    }

    /// Defines a field.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NameTaken`] for a key that was ever used, or [`Error::TooMany`].
    pub async fn create(&self, actor: &Actor, new: NewField) -> Result<FieldDefinition> {
        write!(self.0, |conn| self.create_in(conn, actor, new.clone()))
    }

    /// [`CustomFields::create`] within the caller's transaction.
    ///
    /// # Errors
    /// As [`CustomFields::create`].
    pub async fn create_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        new: NewField,
    ) -> Result<FieldDefinition> {
        self.check_may_manage(actor).await?;
        conn.transaction(async |conn| {
            storage::lock_all(conn).await?;
            let others = storage::list(conn, &[new.resource]).await?;
            if others.len() >= FieldDefinition::MAX {
                return Err(Error::TooMany {
                    resource: Resource::CUSTOM_FIELD,
                    max: i64::try_from(FieldDefinition::MAX).unwrap_or(i64::MAX),
                });
            }
            let highest = others.iter().map(|field| field.position).max();
            let last = highest.map_or(0, |highest| highest.saturating_add(1));
            let now = self.0.now();
            let id = CustomFieldId::new(now, self.0.random()?);
            let last = last.min(FieldDefinition::MAX_POSITION);
            let field = FieldDefinition::create(id, new, last, now);
            storage::insert(conn, &field).await.map_err(refused)?;
            let event = CustomFieldCreated {
                custom_field_id: id,
                changes: Changes::created(field.fields()),
            };
            self.0.emit(conn, actor, now, &event).await?;
            Ok(field)
        })
        .await
    }

    /// Defines a field otherwise. With `version`, only if that is still its version.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Stale`], [`Error::Archived`] or [`Error::Invalid`].
    pub async fn edit(
        &self,
        actor: &Actor,
        id: CustomFieldId,
        edit: FieldEdit,
        version: Option<i32>,
    ) -> Result<FieldDefinition> {
        write!(self.0, |conn| self.edit_in(
            conn,
            actor,
            id,
            edit.clone(),
            version
        ))
    }

    /// [`CustomFields::edit`] within the caller's transaction.
    ///
    /// # Errors
    /// As [`CustomFields::edit`].
    pub async fn edit_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: CustomFieldId,
        edit: FieldEdit,
        version: Option<i32>,
    ) -> Result<FieldDefinition> {
        self.change(
            conn,
            actor,
            (id, version),
            |field, now| Ok(field.edit(edit, now)?),
            |changes| CustomFieldEdited {
                custom_field_id: id,
                changes,
            },
        )
        .await
    }

    /// Puts a field away: records keep its values, which are hidden. Does nothing to one that is put away already.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`] or [`Error::Stale`].
    pub async fn archive(
        &self,
        actor: &Actor,
        id: CustomFieldId,
        version: Option<i32>,
    ) -> Result<FieldDefinition> {
        write!(self.0, |conn| self.archive_in(conn, actor, id, version))
    }

    /// [`CustomFields::archive`] within the caller's transaction.
    ///
    /// # Errors
    /// As [`CustomFields::archive`].
    pub async fn archive_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: CustomFieldId,
        version: Option<i32>,
    ) -> Result<FieldDefinition> {
        self.change(
            conn,
            actor,
            (id, version),
            |field, now| Ok(field.archive(now)),
            |changes| CustomFieldArchived {
                custom_field_id: id,
                changes,
            },
        )
        .await
    }

    /// Takes a field back from the archive, with the values that records kept. Does nothing to one that is at hand.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`] or [`Error::Stale`].
    pub async fn restore(
        &self,
        actor: &Actor,
        id: CustomFieldId,
        version: Option<i32>,
    ) -> Result<FieldDefinition> {
        write!(self.0, |conn| self.restore_in(conn, actor, id, version))
    }

    /// [`CustomFields::restore`] within the caller's transaction.
    ///
    /// # Errors
    /// As [`CustomFields::restore`].
    pub async fn restore_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: CustomFieldId,
        version: Option<i32>,
    ) -> Result<FieldDefinition> {
        self.change(
            conn,
            actor,
            (id, version),
            |field, now| Ok(field.restore(now)),
            |changes| CustomFieldRestored {
                custom_field_id: id,
                changes,
            },
        )
        .await
    }

    async fn check_may_manage(&self, actor: &Actor) -> Result<()> {
        let access = self.0.access().await?;
        access.scope::<FieldDefinition>(actor, Action::Manage)?;
        Ok(())
    }

    /// Stores what `next` makes of a field, unless it stays the same. With a version, only if that is still the field's.
    async fn change<E: Event>(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        (id, version): (CustomFieldId, Option<i32>),
        next: impl FnOnce(FieldDefinition, DateTime<Utc>) -> Result<FieldDefinition> + Send,
        event: impl FnOnce(Changes) -> E + Send,
    ) -> Result<FieldDefinition> {
        self.check_may_manage(actor).await?;
        conn.transaction(async |conn| {
            let before = hold(conn, id, version).await?;
            let field = next(before.clone(), self.0.now())?;
            if field.version == before.version {
                return Ok(field);
            }
            if !storage::update(conn, &field).await? {
                // Never: definitions change under a lock.
                return Err(Error::internal("a custom field changed under its lock"));
            }
            let event = event(Changes::between(before.fields(), field.fields()));
            self.0.emit(conn, actor, field.updated_at, &event).await?;
            Ok(field)
        })
        .await
    }
}

/// The permission by which somebody reads the fields of this kind of record: that to read the records.
const fn reading(resource: FieldResource) -> Permission {
    Permission::new(resource.resource(), Action::Read)
}

fn readable<'a>(access: &'a Access, actor: &'a Actor) -> impl Iterator<Item = FieldResource> + 'a {
    let all = FieldResource::ALL.iter().copied();
    all.filter(|resource| access.check(actor, reading(*resource)).is_ok())
}

/// Locks the definitions, and gives one of them. With `version`, only if that is still its version.
async fn hold(
    conn: &mut AsyncPgConnection,
    id: CustomFieldId,
    version: Option<i32>,
) -> Result<FieldDefinition> {
    storage::lock_all(conn).await?;
    let field = storage::find(conn, id)
        .await?
        .ok_or(Error::NotFound(Resource::CUSTOM_FIELD))?;
    Current::require(version, field.version, || {
        Current::CustomField(field.clone())
    })?;
    Ok(field)
}

fn refused(error: crm_storage::Error) -> Error {
    match error {
        crm_storage::Error::UniqueViolation { .. } => Error::NameTaken(Resource::CUSTOM_FIELD),
        other => other.into(),
    }
}
