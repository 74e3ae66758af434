//! What kinds of records that are brought in have in common.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use crm_authz::Scope;
use crm_domain::activity::Changes;
use crm_domain::custom_field::CustomValues;
use crm_domain::customer::Customer;
use crm_domain::event::{
    CustomerCreated, CustomerDeleted, CustomerEdited, Event, LeadCreated, LeadDeleted, LeadEdited,
};
use crm_domain::ids::{CustomerId, LeadId, UserId};
use crm_domain::import::{Draft, Importable, MatchBy, undo_customer, undo_lead};
use crm_domain::lead::Lead;
use crm_domain::permission::Resource;
use crm_domain::text::{Email, Phone};
use crm_storage::Error as StorageError;
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::record::Kept;

/// A record of a kind that is brought in.
pub(super) trait Brought: Importable + Kept {
    type Created: Event;
    type Edited: Event;
    type Deleted: Event;

    fn uuid(&self) -> Uuid;
    fn email(&self) -> Option<&Email>;
    fn phone(&self) -> Option<&Phone>;
    fn assignee(&self) -> Option<UserId>;
    fn custom(&self) -> &CustomValues;

    /// The new record that a row makes, with an id of these random bytes.
    fn made(
        random: [u8; 10],
        draft: Draft,
        assignee: Option<UserId>,
        by: Option<UserId>,
        now: DateTime<Utc>,
    ) -> Result<Self>;

    /// What a row makes of a record.
    fn changed(self, draft: Draft, assignee: Option<UserId>, now: DateTime<Utc>) -> Result<Self>;

    /// The record with these changes taken back.
    fn undone(self, changes: &Changes, now: DateTime<Utc>) -> Result<Self>;

    fn created(&self) -> Self::Created;
    fn edited(&self, changes: Changes) -> Self::Edited;
    fn deleted(&self) -> Self::Deleted;

    fn lock_emails(
        conn: &mut AsyncPgConnection,
        keys: &[String],
    ) -> impl Future<Output = Result<(), StorageError>> + Send;

    fn taken_emails(
        conn: &mut AsyncPgConnection,
        keys: &[String],
    ) -> impl Future<Output = Result<HashSet<String>, StorageError>> + Send;

    fn lock_by_key(
        conn: &mut AsyncPgConnection,
        by: MatchBy,
        keys: &[String],
        scope: &Scope<Self>,
    ) -> impl Future<Output = Result<Vec<Self>, StorageError>> + Send;

    fn insert_all(
        conn: &mut AsyncPgConnection,
        records: &[Self],
    ) -> impl Future<Output = Result<(), StorageError>> + Send;

    fn delete_all(
        conn: &mut AsyncPgConnection,
        ids: &[Uuid],
        scope: &Scope<Self>,
    ) -> impl Future<Output = Result<usize, StorageError>> + Send;
}

/// What rows match this record by.
pub(super) fn key_of<R: Brought>(record: &R, by: MatchBy) -> Option<String> {
    match by {
        MatchBy::Email => record.email().map(Email::key),
        MatchBy::Phone => record.phone().map(Phone::key),
        MatchBy::Id => Some(record.uuid().to_string()),
    }
}

/// What a row is matched by.
pub(super) fn key_of_draft(draft: &Draft, by: MatchBy) -> Option<String> {
    match by {
        MatchBy::Email => draft.email.as_ref().map(Email::key),
        MatchBy::Phone => draft.phone.as_ref().map(Phone::key),
        MatchBy::Id => draft.id.map(|id| id.to_string()),
    }
}

/// Says by which functions of its storage module a kind of record is brought in.
macro_rules! brought {
    ($Record:ident ($Id:ident) in $storage:path, owned by $assignee:ident: $create:expr, $into_edit:ident, $undo:ident,
     $Created:ident, $Edited:ident, $Deleted:ident by $id:ident) => {
        impl Brought for $Record {
            type Created = $Created;
            type Edited = $Edited;
            type Deleted = $Deleted;

            fn uuid(&self) -> Uuid {
                self.id.uuid()
            }

            fn email(&self) -> Option<&Email> {
                self.email.as_ref()
            }

            fn phone(&self) -> Option<&Phone> {
                self.phone.as_ref()
            }

            fn assignee(&self) -> Option<UserId> {
                self.$assignee
            }

            fn custom(&self) -> &CustomValues {
                &self.custom
            }

            fn made(
                random: [u8; 10],
                draft: Draft,
                assignee: Option<UserId>,
                by: Option<UserId>,
                now: DateTime<Utc>,
            ) -> Result<Self> {
                $create($Id::new(now, random), draft, assignee, by, now)
            }

            fn changed(
                self,
                draft: Draft,
                assignee: Option<UserId>,
                now: DateTime<Utc>,
            ) -> Result<Self> {
                let edited = self.edit(draft.$into_edit(assignee), now);
                edited.map_err(Refused::into_error)
            }

            fn undone(self, changes: &Changes, now: DateTime<Utc>) -> Result<Self> {
                let edit = $undo(changes, &self.custom);
                let edited = self.edit(edit, now);
                edited.map_err(Refused::into_error)
            }

            fn created(&self) -> $Created {
                $Created {
                    $id: self.id,
                    changes: Changes::created(self.fields()),
                }
            }

            fn edited(&self, changes: Changes) -> $Edited {
                $Edited {
                    $id: self.id,
                    changes,
                }
            }

            fn deleted(&self) -> $Deleted {
                $Deleted {
                    $id: self.id,
                    changes: Changes::deleted(self.fields()),
                }
            }

            async fn lock_emails(
                conn: &mut AsyncPgConnection,
                keys: &[String],
            ) -> Result<(), StorageError> {
                use $storage as storage;
                storage::lock_emails(conn, keys).await
            }

            async fn taken_emails(
                conn: &mut AsyncPgConnection,
                keys: &[String],
            ) -> Result<HashSet<String>, StorageError> {
                use $storage as storage;
                storage::taken_emails(conn, keys).await
            }

            async fn lock_by_key(
                conn: &mut AsyncPgConnection,
                by: MatchBy,
                keys: &[String],
                scope: &Scope<Self>,
            ) -> Result<Vec<Self>, StorageError> {
                use $storage as storage;
                storage::lock_by_key(conn, by, keys, scope).await
            }

            async fn insert_all(
                conn: &mut AsyncPgConnection,
                records: &[Self],
            ) -> Result<(), StorageError> {
                use $storage as storage;
                storage::insert_all(conn, records).await
            }

            async fn delete_all(
                conn: &mut AsyncPgConnection,
                ids: &[Uuid],
                scope: &Scope<Self>,
            ) -> Result<usize, StorageError> {
                use $storage as storage;
                storage::delete_all(conn, ids, scope).await
            }
        }
    };
}

/// Why the domain refuses a change, as the error of the use case.
trait Refused {
    fn into_error(self) -> Error;
}

impl Refused for crm_domain::lead::LeadError {
    fn into_error(self) -> Error {
        self.into()
    }
}

impl Refused for crm_domain::change::Archived {
    fn into_error(self) -> Error {
        Error::Archived(Resource::CUSTOMER)
    }
}

fn make_lead(
    id: LeadId,
    draft: Draft,
    assignee: Option<UserId>,
    by: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<Lead> {
    Ok(Lead::create(id, draft.into_lead(assignee)?, by, now)?)
}

fn make_customer(
    id: CustomerId,
    draft: Draft,
    assignee: Option<UserId>,
    by: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<Customer> {
    let new = draft.into_customer(assignee)?;
    Ok(Customer::create(id, new, by, now))
}

brought!(Lead (LeadId) in crm_storage::leads, owned by assigned_agent: make_lead, into_lead_edit, undo_lead,
    LeadCreated, LeadEdited, LeadDeleted by lead_id);
brought!(Customer (CustomerId) in crm_storage::customers, owned by owner: make_customer, into_customer_edit, undo_customer,
    CustomerCreated, CustomerEdited, CustomerDeleted by customer_id);
