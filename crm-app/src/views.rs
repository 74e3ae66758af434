//! What is done with saved views. A view shows records to nobody: its reader asks for the list as anybody does.

use crm_authz::{Forbidden, Scope};
use crm_domain::activity::{Actor, Changes};
use crm_domain::event::{ViewCreated, ViewDeleted, ViewEdited};
use crm_domain::ids::ViewId;
use crm_domain::permission::{Action, Permission, Resource};
use crm_domain::view::{NewView, View, ViewEdit, Viewed};
use crm_storage::users;
use crm_storage::views::{self as storage, Reader};
use diesel_async::{AsyncConnection, AsyncPgConnection};

pub use crm_storage::views::ListedView;

use crate::crm::Crm;
use crate::error::{Current, Error, Result};
use crate::write;

/// What is done with saved views. See [`Crm::views`].
#[derive(Clone, Copy)]
pub struct Views<'a>(pub(crate) &'a Crm);

impl Views<'_> {
    /// The views that the actor sees, in the order of their names: their own and those that are shared, of the kinds of
    /// records that they may read.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(&self, actor: &Actor, of: Option<Viewed>) -> Result<Vec<ListedView>> {
        let mut reader = self.reader(actor).await?;
        reader
            .resources
            .retain(|viewed| of.is_none_or(|of| of == *viewed));
        let mut conn = self.0.connection().await?;
        Ok(storage::list(&mut conn, &reader).await?)
    }

    /// The view `id`.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none that the actor sees.
    pub async fn get(&self, actor: &Actor, id: ViewId) -> Result<ListedView> {
        let reader = self.reader(actor).await?;
        let mut conn = self.0.connection().await?;
        storage::find(&mut conn, id, &reader)
            .await?
            .ok_or(Error::NotFound(Resource::VIEW))
    }

    /// Makes a view of the actor's.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for records that the actor may not read, or without the permission to share; [`Error::NameTaken`],
    /// [`Error::TooMany`].
    pub async fn create(&self, actor: &Actor, new: NewView) -> Result<ListedView> {
        write!(self.0, |conn| self.create_in(conn, actor, new.clone()))
    }

    /// [`Views::create`] within the caller's transaction.
    ///
    /// # Errors
    /// As [`Views::create`].
    pub async fn create_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        new: NewView,
    ) -> Result<ListedView> {
        let access = self.0.access().await?;
        access.check(
            actor,
            Permission::new(new.resource.resource(), Action::Read),
        )?;
        let owner = actor.user_id().ok_or(Error::NotFound(Resource::USER))?;
        conn.transaction(async |conn| {
            // Locked, so that of two views at once the second one is counted too.
            let user = users::lock(conn, owner).await?;
            let user = user.ok_or(Error::NotFound(Resource::USER))?;
            if storage::count(conn, owner).await? >= storage::MAX_PER_USER {
                return Err(too_many(storage::MAX_PER_USER));
            }
            let now = self.0.now();
            let view = View::create(ViewId::new(now, self.0.random()?), new, owner, now);
            self.check_may_share(conn, actor, &view).await?;
            storage::insert(conn, &view).await.map_err(refused)?;
            let event = ViewCreated {
                view_id: view.id,
                changes: Changes::created(view.fields()),
            };
            self.0.emit(conn, actor, now, &event).await?;
            Ok(ListedView {
                view,
                owner: user.into(),
            })
        })
        .await
    }

    /// Changes a view. With `version`, only if that is still its version.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Stale`], [`Error::NameTaken`], [`Error::TooMany`], or [`Error::Forbidden`] for a view of
    /// somebody else's, or one that others see thereafter.
    pub async fn edit(
        &self,
        actor: &Actor,
        id: ViewId,
        edit: ViewEdit,
        version: Option<i32>,
    ) -> Result<ListedView> {
        write!(self.0, |conn| self.edit_in(
            conn,
            actor,
            id,
            edit.clone(),
            version
        ))
    }

    /// [`Views::edit`] within the caller's transaction.
    ///
    /// # Errors
    /// As [`Views::edit`].
    pub async fn edit_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: ViewId,
        edit: ViewEdit,
        version: Option<i32>,
    ) -> Result<ListedView> {
        conn.transaction(async |conn| {
            let ListedView {
                view: before,
                owner,
            } = self.hold(conn, actor, id, version).await?;
            let now = self.0.now();
            let view = before.clone().edit(edit, now);
            if view.version == before.version {
                return Ok(ListedView { view, owner });
            }
            self.check_may_share(conn, actor, &view).await?;
            if !storage::update(conn, &view).await.map_err(refused)? {
                // Never: the row is locked. If it happens all the same, nothing is written.
                return Err(Error::internal("a view changed under its lock"));
            }
            let event = ViewEdited {
                view_id: id,
                changes: Changes::between(before.fields(), view.fields()),
            };
            self.0.emit(conn, actor, now, &event).await?;
            Ok(ListedView { view, owner })
        })
        .await
    }

    /// Deletes a view. With `version`, only if that is still its version.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Stale`], or [`Error::Forbidden`] for a view of somebody else's.
    pub async fn delete(&self, actor: &Actor, id: ViewId, version: Option<i32>) -> Result<()> {
        write!(self.0, |conn| self.delete_in(conn, actor, id, version))
    }

    /// [`Views::delete`] within the caller's transaction.
    ///
    /// # Errors
    /// As [`Views::delete`].
    pub async fn delete_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: ViewId,
        version: Option<i32>,
    ) -> Result<()> {
        conn.transaction(async |conn| {
            let view = self.hold(conn, actor, id, version).await?.view;
            storage::delete(conn, id).await?;
            let event = ViewDeleted {
                view_id: id,
                changes: Changes::deleted(view.fields()),
            };
            self.0.emit(conn, actor, self.0.now(), &event).await
        })
        .await
    }

    /// Locks a view that the actor may change: their own, or one that they see and may manage.
    async fn hold(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: ViewId,
        version: Option<i32>,
    ) -> Result<ListedView> {
        let reader = self.reader(actor).await?;
        let held = storage::lock(conn, id, &reader)
            .await?
            .ok_or(Error::NotFound(Resource::VIEW))?;
        if actor.user_id() != Some(held.view.owner) {
            self.require(actor, Action::Manage, &held.view).await?;
        }
        Current::require(version, held.view.version, || Current::View(held.clone()))?;
        Ok(held)
    }

    /// What others see is for those to write who may share.
    async fn check_may_share(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        view: &View,
    ) -> Result<()> {
        if !view.is_shared {
            return Ok(());
        }
        self.require(actor, Action::Share, view).await?;
        if storage::count_shared(conn, view.id).await? >= storage::MAX_SHARED {
            return Err(too_many(storage::MAX_SHARED));
        }
        Ok(())
    }

    async fn require(&self, actor: &Actor, action: Action, view: &View) -> Result<()> {
        let scope: Scope<View> = self.0.access().await?.scope(actor, action)?;
        if scope.reaches(view) {
            return Ok(());
        }
        let permission = Permission::new(Resource::VIEW, action);
        Err(Forbidden::NotGranted { permission }.into())
    }

    async fn reader(&self, actor: &Actor) -> Result<Reader> {
        let access = self.0.access().await?;
        let is_readable = |viewed: &Viewed| {
            let read = Permission::new(viewed.resource(), Action::Read);
            access.extent(actor, read).is_some()
        };
        Ok(Reader {
            user: actor.user_id(),
            resources: Viewed::ALL.into_iter().filter(is_readable).collect(),
        })
    }
}

const fn too_many(max: i64) -> Error {
    Error::TooMany {
        resource: Resource::VIEW,
        max,
    }
}

fn refused(error: crm_storage::Error) -> Error {
    match error {
        crm_storage::Error::UniqueViolation { .. } => Error::NameTaken(Resource::VIEW),
        other => other.into(),
    }
}
