//! What a kind of record says so that it can be merged.

use chrono::{DateTime, Utc};
use crm_domain::activity::Changes;
use crm_domain::change::Change;
use crm_domain::custom_field::{CustomEdit, CustomValues, FieldResource};
use crm_domain::duplicate::MergeError;
use crm_domain::event::Event;
use crm_domain::ids::UserId;
use crm_domain::task::Related;
use crm_storage::Error as StorageError;
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use crate::duplicate::Matched;

/// A record of a kind that can be merged.
pub(crate) trait Mergeable: Matched {
    /// What else is to be changed in the target.
    type Edit: Send;
    /// The field that names who works on it.
    const ASSIGNEE: &'static str;

    /// The record as what tasks are about.
    fn related(id: Self::Id) -> Related;

    /// Whom an edit gives it to.
    fn given(edit: &Self::Edit) -> Change<UserId>;

    /// Its kind among those that have custom fields.
    const FIELDS: FieldResource;

    /// The values of its custom fields.
    fn custom(&self) -> &CustomValues;

    /// What an edit changes of them.
    fn custom_edit(edit: &mut Self::Edit) -> &mut CustomEdit;

    /// Refuses a record that is put away.
    fn refuse_archived(&self) -> Result<(), MergeError>;

    /// Refuses a record that cannot be merged into another one.
    fn check_can_be_merged(&self) -> Result<(), MergeError>;

    /// The target with what the sources have and it lacks, and with what is to be changed.
    fn merge(
        self,
        sources: &[Self],
        overrides: Self::Edit,
        now: DateTime<Utc>,
    ) -> Result<Self, MergeError>;

    /// The record as a tombstone.
    fn merge_into(self, target: Self::Id, now: DateTime<Utc>) -> Self;

    /// A tombstone as it was before.
    fn take_out(self, now: DateTime<Utc>) -> Self;

    /// The target without what a merge changed.
    fn unmerge(self, changes: &Changes, now: DateTime<Utc>) -> Result<Self, MergeError>;

    /// Others were merged into it.
    fn merged(id: Self::Id, sources: Vec<Self::Id>, changes: Changes) -> impl Event;

    /// A merge into it was undone.
    fn unmerged(id: Self::Id, sources: Vec<Self::Id>, changes: Changes) -> impl Event;

    /// It was put away.
    fn archived(id: Self::Id, changes: Changes) -> impl Event;

    /// It was taken back.
    fn restored(id: Self::Id, changes: Changes) -> impl Event;

    /// Gives the notes on one record to another, and says which.
    fn move_notes(
        conn: &mut AsyncPgConnection,
        from: Self::Id,
        to: Self::Id,
    ) -> impl Future<Output = Result<Vec<Uuid>, StorageError>> + Send;

    /// Gives these notes back.
    fn return_notes(
        conn: &mut AsyncPgConnection,
        notes: &[Uuid],
        from: Self::Id,
        to: Self::Id,
    ) -> impl Future<Output = Result<(), StorageError>> + Send;
}

/// Makes `merge` and `unmerge` for a kind of record, and says how the parts of the mechanism are called for it.
macro_rules! mergeable {
    ($Records:ident: $Record:ident ($Id:ident, $id:ident) with $Edit:ident, given by $given:ident as $assignee:literal,
     shown as $Listed:ident ($show:path), events $Merged:ident, $Unmerged:ident, $Archived:ident, $Restored:ident,
     notes $move_notes:expr, $return_notes:expr) => {
        impl $crate::merge::Mergeable for $Record {
            type Edit = $Edit;
            const ASSIGNEE: &'static str = $assignee;

            fn related(id: $Id) -> crm_domain::task::Related {
                crm_domain::task::Related::$Record(id)
            }

            fn given(edit: &$Edit) -> crm_domain::change::Change<crm_domain::ids::UserId> {
                edit.$given.clone()
            }

            const FIELDS: crm_domain::custom_field::FieldResource =
                crm_domain::custom_field::FieldResource::$Record;

            fn custom(&self) -> &crm_domain::custom_field::CustomValues {
                &self.custom
            }

            fn custom_edit(edit: &mut $Edit) -> &mut crm_domain::custom_field::CustomEdit {
                &mut edit.custom
            }

            fn refuse_archived(&self) -> Result<(), MergeError> {
                Ok(self.refuse_archived()?)
            }

            fn check_can_be_merged(&self) -> Result<(), MergeError> {
                Ok(self.check_can_be_merged()?)
            }

            fn merge(
                self,
                sources: &[Self],
                overrides: $Edit,
                now: DateTime<Utc>,
            ) -> Result<Self, MergeError> {
                self.merge(sources, overrides, now)
            }

            fn merge_into(self, target: $Id, now: DateTime<Utc>) -> Self {
                self.merge_into(target, now)
            }

            fn take_out(self, now: DateTime<Utc>) -> Self {
                self.take_out(now)
            }

            fn unmerge(self, changes: &Changes, now: DateTime<Utc>) -> Result<Self, MergeError> {
                Ok(self.unmerge(changes, now)?)
            }

            fn merged($id: $Id, sources: Vec<$Id>, changes: Changes) -> impl Event {
                $Merged {
                    $id,
                    sources,
                    changes,
                }
            }

            fn unmerged($id: $Id, sources: Vec<$Id>, changes: Changes) -> impl Event {
                $Unmerged {
                    $id,
                    sources,
                    changes,
                }
            }

            fn archived($id: $Id, changes: Changes) -> impl Event {
                $Archived { $id, changes }
            }

            fn restored($id: $Id, changes: Changes) -> impl Event {
                $Restored { $id, changes }
            }

            async fn move_notes(
                conn: &mut AsyncPgConnection,
                from: $Id,
                to: $Id,
            ) -> Result<Vec<uuid::Uuid>, crm_storage::Error> {
                $move_notes(conn, from, to).await
            }

            async fn return_notes(
                conn: &mut AsyncPgConnection,
                notes: &[uuid::Uuid],
                from: $Id,
                to: $Id,
            ) -> Result<(), crm_storage::Error> {
                $return_notes(conn, notes, from, to).await
            }
        }

        impl $Records<'_> {
            /// Merges 1 to 19 others into one. What it lacks it takes from the first of them that has it; tags and notes are
            /// united, tasks go along. The others are archived and know where they
            /// went. A dry run does all of it, hooks included, and undoes it.
            ///
            /// # Errors
            /// [`Error::NotFound`](crate::Error::NotFound), [`Error::Forbidden`](crate::Error::Forbidden), [`Error::Stale`](crate::Error::Stale), [`Error::Archived`](crate::Error::Archived), [`Error::Merged`](crate::Error::Merged), or
            /// [`Error::Invalid`](crate::Error::Invalid) for sources that cannot be seen, or more tags than one record holds.
            pub async fn merge(
                &self,
                actor: &Actor,
                id: $Id,
                version: Option<i32>,
                options: MergeOptions<$Id, $Edit>,
            ) -> Result<Merged<$Listed>> {
                write!(self.0, |conn| self.merge_in(
                    conn,
                    actor,
                    id,
                    version,
                    options.clone()
                ))
            }

            /// The same within the caller's transaction.
            ///
            /// # Errors
            /// As without.
            pub async fn merge_in(
                &self,
                conn: &mut AsyncPgConnection,
                actor: &Actor,
                id: $Id,
                version: Option<i32>,
                options: MergeOptions<$Id, $Edit>,
            ) -> Result<Merged<$Listed>> {
                let dry_run = options.dry_run;
                let done = conn.transaction(async |conn| {
                    let merge = self.0.merge::<$Record>(conn, actor, id, version, options);
                    let Merged { record, sources } = merge.await?;
                    let record = $show(conn, record).await?;
                    keep_unless_dry(Merged { record, sources }, dry_run)
                });
                settle(done.await)
            }

            /// Undoes the newest merge into a record. The others are at hand again, with their notes and tasks; what the merge
            /// changed is as it was, unless somebody changed it since.
            ///
            /// # Errors
            /// [`Error::NotFound`](crate::Error::NotFound), [`Error::Forbidden`](crate::Error::Forbidden), [`Error::Stale`](crate::Error::Stale), [`Error::Archived`](crate::Error::Archived), or [`Error::NotMerged`](crate::Error::NotMerged).
            pub async fn unmerge(
                &self,
                actor: &Actor,
                id: $Id,
                version: Option<i32>,
            ) -> Result<Merged<$Listed>> {
                write!(self.0, |conn| self.unmerge_in(conn, actor, id, version))
            }

            /// The same within the caller's transaction.
            ///
            /// # Errors
            /// As without.
            pub async fn unmerge_in(
                &self,
                conn: &mut AsyncPgConnection,
                actor: &Actor,
                id: $Id,
                version: Option<i32>,
            ) -> Result<Merged<$Listed>> {
                conn.transaction(async |conn| {
                    let unmerge = self.0.unmerge::<$Record>(conn, actor, id, version);
                    let Merged { record, sources } = unmerge.await?;
                    let record = $show(conn, record).await?;
                    Ok(Merged { record, sources })
                })
                .await
            }
        }
    };
}

pub(crate) use mergeable;
