//! What writing records of all kinds has in common: hold the record, check, store its next version with its event.

use chrono::{DateTime, Utc};
use crm_authz::{Forbidden, Scope};
use crm_domain::activity::{Actor, Changes, Fields};
use crm_domain::change::Change;
use crm_domain::event::Event;
use crm_domain::ids::UserId;
use crm_domain::permission::{Action, Permission, Record};
use crm_domain::user::UserRef;
use crm_domain::violation::Violations;
use crm_storage::Error as StorageError;
use crm_storage::users;
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use crate::crm::Crm;
use crate::error::{Current, Error, Result};

/// A record of a kind that is locked, changed and stored in its next version.
pub trait Kept: Record + Sized + Clone + Send + Sync {
    /// Identifies it.
    type Id: Copy + Ord + Send + Sync + From<Uuid> + Into<Uuid>;

    /// Which one it is.
    fn id(&self) -> Self::Id;

    /// Counts its writes.
    fn version(&self) -> i32;

    /// Its fields, as the activity log records them.
    fn fields(&self) -> Fields;

    /// The record, where the scope reaches it, locked until the transaction ends.
    fn lock(
        conn: &mut AsyncPgConnection,
        id: Self::Id,
        scope: &Scope<Self>,
    ) -> impl Future<Output = Result<Option<Self>, StorageError>> + Send;

    /// Stores its next version. False when the stored one is not the version before it, or out of the scope.
    fn update(
        &self,
        conn: &mut AsyncPgConnection,
        scope: &Scope<Self>,
    ) -> impl Future<Output = Result<bool, StorageError>> + Send;

    /// The record that took it in, for a tombstone.
    fn merged_into(&self) -> Option<Uuid> {
        None
    }

    /// What somebody is shown who had an older version in mind.
    fn current(
        self,
        conn: &mut AsyncPgConnection,
    ) -> impl Future<Output = Result<Current, StorageError>> + Send;
}

/// A record that is locked for an action of the actor's.
pub struct Held<'a, R> {
    /// Who does it.
    pub actor: &'a Actor,
    /// The record as it is.
    pub record: R,
    /// The records to which the actor may do it.
    pub scope: Scope<R>,
    /// When.
    pub now: DateTime<Utc>,
}

impl Crm {
    /// Locks a record for an action that the actor may do to it: not found when it may not even be read. With `version`,
    /// only if that is still its version. A tombstone is refused.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Stale`] or [`Error::Merged`].
    pub async fn hold<'a, R: Kept>(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &'a Actor,
        id: R::Id,
        action: Action,
        version: Option<i32>,
    ) -> Result<Held<'a, R>> {
        let held = self.hold_any(conn, actor, id, action, version).await?;
        refuse_merged(&held.record)?;
        Ok(held)
    }

    /// [`Crm::hold`], of tombstones too.
    ///
    /// # Errors
    /// As [`Crm::hold`], less the last.
    pub async fn hold_any<'a, R: Kept>(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &'a Actor,
        id: R::Id,
        action: Action,
        version: Option<i32>,
    ) -> Result<Held<'a, R>> {
        let access = self.access().await?;
        let readable = access.scope(actor, Action::Read)?;
        let scope: Scope<R> = access.scope(actor, action)?;
        let record = R::lock(conn, id, &readable)
            .await?
            .ok_or(Error::NotFound(R::RESOURCE))?;
        if !scope.reaches(&record) {
            let permission = Permission::new(R::RESOURCE, action);
            return Err(Forbidden::NotGranted { permission }.into());
        }
        refuse_stale(conn, &record, version).await?;
        Ok(Held {
            actor,
            record,
            scope,
            // Only now: whoever waited for the lock acts after the one who held it.
            now: self.now(),
        })
    }

    /// Stores the next version of a held record, with its event. False, and nothing is done, when there is no next
    /// version.
    ///
    /// # Errors
    /// [`Error::Vetoed`], or when the database fails.
    pub async fn store<R: Kept, E: Event>(
        &self,
        conn: &mut AsyncPgConnection,
        held: &Held<'_, R>,
        next: &R,
        event: impl FnOnce(Changes) -> E,
    ) -> Result<bool> {
        if next.version() == held.record.version() {
            return Ok(false);
        }
        if !next.update(conn, &held.scope).await? {
            // Never: the row is locked. If it happens all the same, nothing is written.
            let message = format!("a {} changed under its lock", R::RESOURCE);
            return Err(Error::internal(message));
        }
        let changes = Changes::between(held.record.fields(), next.fields());
        self.emit(conn, held.actor, held.now, &event(changes))
            .await?;
        Ok(true)
    }

    /// Everybody may take a record of theirs upon themselves; to give one to others is a permission of its own.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub async fn check_may_assign<R: Record>(
        &self,
        actor: &Actor,
        given: &Change<UserId>,
    ) -> Result<()> {
        match given {
            Change::Keep => Ok(()),
            Change::Set(user) if actor.user_id() == Some(*user) => Ok(()),
            Change::Clear | Change::Set(_) => {
                self.access().await?.scope::<R>(actor, Action::Assign)?;
                Ok(())
            }
        }
    }
}

/// Refuses a record that is no longer the version that the caller saw.
///
/// # Errors
/// [`Error::Stale`].
pub async fn refuse_stale<R: Kept>(
    conn: &mut AsyncPgConnection,
    record: &R,
    version: Option<i32>,
) -> Result<()> {
    if version.is_none_or(|version| version == record.version()) {
        return Ok(());
    }
    let current = record.clone().current(conn).await?;
    Err(Error::Stale(Box::new(current)))
}

fn refuse_merged<R: Kept>(record: &R) -> Result<()> {
    match record.merged_into() {
        Some(into) => Err(Error::Merged {
            resource: R::RESOURCE,
            into,
        }),
        None => Ok(()),
    }
}

/// The user that a record is given to under the name of this field, who must be able to work on it.
///
/// # Errors
/// [`Error::Invalid`] when there is no such user, or they may not sign in.
pub async fn new_assignee(
    conn: &mut AsyncPgConnection,
    field: &str,
    user: UserId,
) -> Result<UserRef> {
    // Locked, so that the user is not disabled before the record is theirs.
    let user = users::lock_shared(conn, user)
        .await?
        .filter(|user| user.is_active);
    user.map(UserRef::from)
        .ok_or_else(|| Violations::one(field, "not-found", "is not an active user").into())
}

/// A user as records show them, active or not.
///
/// # Errors
/// When the database fails.
pub async fn user_ref(
    conn: &mut AsyncPgConnection,
    id: Option<UserId>,
) -> Result<Option<UserRef>, StorageError> {
    match id {
        Some(id) => Ok(users::find(conn, id).await?.map(UserRef::from)),
        None => Ok(None),
    }
}

/// Says how records of a kind are kept: by the functions of their storage module.
#[macro_export]
macro_rules! kept {
    ($Record:ident ($Id:ident) in $storage:ident, shown as $Current:ident($show:path) $(, merged by $merged:ident)?) => {
        impl $crate::plugin::Kept for $Record {
            type Id = $Id;

            fn id(&self) -> $Id {
                self.id
            }

            fn version(&self) -> i32 {
                self.version
            }

            fn fields(&self) -> crm_domain::activity::Fields {
                self.fields()
            }

            $(fn merged_into(&self) -> Option<uuid::Uuid> {
                self.$merged.map(|target| target.uuid())
            })?

            async fn lock(
                conn: &mut diesel_async::AsyncPgConnection,
                id: $Id,
                scope: &crm_authz::Scope<Self>,
            ) -> Result<Option<Self>, crm_storage::Error> {
                $storage::lock(conn, id, scope).await
            }

            async fn update(
                &self,
                conn: &mut diesel_async::AsyncPgConnection,
                scope: &crm_authz::Scope<Self>,
            ) -> Result<bool, crm_storage::Error> {
                $storage::update(conn, self, scope).await
            }

            async fn current(
                self,
                conn: &mut diesel_async::AsyncPgConnection,
            ) -> Result<$crate::Current, crm_storage::Error> {
                Ok($crate::Current::$Current($show(conn, self).await?))
            }
        }
    };
}

/// Says how records of a kind are listed: by the functions of their storage module.
#[macro_export]
macro_rules! listed {
    ($Listed:ident { $record:ident: $Record:ident } as $name:literal
        by $Filter:ident and $Field:ident in $storage:ident) => {
        impl $crate::plugin::Listed for $Listed {
            type Record = $Record;
            type Filter = $Filter;
            type Field = $Field;
            const NAME: &'static str = $name;

            fn record(&self) -> &$Record {
                &self.$record
            }

            async fn list(
                conn: &mut diesel_async::AsyncPgConnection,
                filter: &$Filter,
                sort: crm_domain::list::Sort<$Field>,
                slice: &crm_domain::page::Slice,
                scope: &crm_authz::Scope<$Record>,
            ) -> Result<crm_storage::plugin::Part<Self>, crm_storage::Error> {
                Ok($storage::list(conn, filter, sort, slice, scope)
                    .await?
                    .into())
            }

            async fn count(
                conn: &mut diesel_async::AsyncPgConnection,
                filter: &$Filter,
                exact: bool,
                scope: &crm_authz::Scope<$Record>,
            ) -> Result<crm_domain::page::Total, crm_storage::Error> {
                $storage::count(conn, filter, exact, scope).await
            }
        }
    };
}
