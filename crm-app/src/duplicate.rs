//! Whether a new record is one that is there already.

use std::collections::{BTreeMap, BTreeSet};

use crm_authz::Scope;
use crm_domain::activity::Actor;
use crm_domain::duplicate::{Candidates, MatchKeys, MatchReason};
use crm_domain::permission::{Action, Record};
use crm_domain::text::{Email, Name};
use crm_storage::Error as StorageError;
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use crate::crm::Crm;
use crate::error::{Error, Result};
use crate::record::Kept;

/// Whether a new record may have the e-mail address of another one of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnDuplicate {
    /// Refuse it.
    Fail,
    /// Make it all the same.
    Create,
}

/// A record of a kind of which no two at hand should have one e-mail address.
pub(crate) trait UniqueByEmail: Record + Sized + Sync {
    /// Its address.
    fn email(&self) -> Option<&Email>;

    /// Makes others who are about to use this key wait until the transaction ends.
    fn lock_email(
        conn: &mut AsyncPgConnection,
        key: &str,
    ) -> impl Future<Output = Result<(), StorageError>> + Send;

    /// Whether any record at hand has it.
    fn is_email_taken(
        conn: &mut AsyncPgConnection,
        key: &str,
    ) -> impl Future<Output = Result<bool, StorageError>> + Send;

    /// Some record at hand, within the scope, that has it.
    fn find_by_email(
        conn: &mut AsyncPgConnection,
        key: &str,
        scope: &Scope<Self>,
    ) -> impl Future<Output = Result<Option<Uuid>, StorageError>> + Send;
}

/// A record of a kind that is compared with others of it.
pub(crate) trait Matched: Kept {
    /// The records at hand that share a key with one, other than `except`.
    fn matches(
        conn: &mut AsyncPgConnection,
        keys: &MatchKeys,
        except: Option<Self::Id>,
    ) -> impl Future<Output = Result<BTreeMap<Uuid, MatchReason>, StorageError>> + Send;

    /// The names of those of these records that the scope reaches.
    fn names(
        conn: &mut AsyncPgConnection,
        ids: &[Uuid],
        scope: &Scope<Self>,
    ) -> impl Future<Output = Result<Vec<(Uuid, Name)>, StorageError>> + Send;
}

/// Makes others who are about to use these addresses wait until the transaction ends. In one order for all, so that two who
/// make many records do not wait for each other.
pub(crate) async fn lock_emails<R: UniqueByEmail>(
    conn: &mut AsyncPgConnection,
    emails: impl Iterator<Item = &Email> + Send,
) -> Result<(), StorageError> {
    let keys: BTreeSet<String> = emails.map(Email::key).collect();
    for key in &keys {
        R::lock_email(conn, key).await?;
    }
    Ok(())
}

impl Crm {
    /// The records of a kind that may be the same as one with these keys, other than `except`.
    pub(crate) async fn candidates<R: Matched>(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        keys: &MatchKeys,
        except: Option<R::Id>,
    ) -> Result<Candidates> {
        let matches = R::matches(conn, keys, except).await?;
        let names = match self.access().await?.scope::<R>(actor, Action::Read) {
            Ok(scope) if !matches.is_empty() => {
                let ids: Vec<_> = matches.keys().copied().collect();
                R::names(conn, &ids, &scope).await?
            }
            // Who may read no record of the kind is told how many there are.
            _ => Vec::new(),
        };
        Ok(Candidates::new(&matches, names))
    }

    /// Refuses a new record whose address is taken, naming the one that has it where the actor may read that.
    pub(crate) async fn refuse_duplicate<R: UniqueByEmail>(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        record: &R,
    ) -> Result<()> {
        let Some(email) = record.email() else {
            return Ok(());
        };
        let key = email.key();
        R::lock_email(conn, &key).await?;
        if !R::is_email_taken(conn, &key).await? {
            return Ok(());
        }
        let existing = match self.access().await?.scope(actor, Action::Read) {
            Ok(scope) => R::find_by_email(conn, &key, &scope).await?,
            // Who may make records and not read them is told that there is one.
            Err(_) => None,
        };
        Err(Error::Duplicate {
            resource: R::RESOURCE,
            existing,
        })
    }
}

/// Says by which functions of its storage module a kind of record is unique.
macro_rules! unique_by_email {
    ($Record:ident in $storage:ident) => {
        impl $crate::duplicate::UniqueByEmail for $Record {
            fn email(&self) -> Option<&crm_domain::text::Email> {
                self.email.as_ref()
            }

            async fn lock_email(
                conn: &mut AsyncPgConnection,
                key: &str,
            ) -> Result<(), crm_storage::Error> {
                $storage::lock_email(conn, key).await
            }

            async fn is_email_taken(
                conn: &mut AsyncPgConnection,
                key: &str,
            ) -> Result<bool, crm_storage::Error> {
                $storage::is_email_taken(conn, key).await
            }

            async fn find_by_email(
                conn: &mut AsyncPgConnection,
                key: &str,
                scope: &crm_authz::Scope<Self>,
            ) -> Result<Option<uuid::Uuid>, crm_storage::Error> {
                let id = $storage::find_by_email(conn, key, scope).await?;
                Ok(id.map(|id| id.uuid()))
            }
        }
    };
}

/// Says by which functions of its storage module a kind of record is compared.
macro_rules! matched {
    ($Record:ident ($Id:ident) in $storage:ident) => {
        impl $crate::duplicate::Matched for $Record {
            async fn matches(
                conn: &mut AsyncPgConnection,
                keys: &crm_domain::duplicate::MatchKeys,
                except: Option<$Id>,
            ) -> Result<
                std::collections::BTreeMap<uuid::Uuid, crm_domain::duplicate::MatchReason>,
                crm_storage::Error,
            > {
                $storage::matches(conn, keys, except).await
            }

            async fn names(
                conn: &mut AsyncPgConnection,
                ids: &[uuid::Uuid],
                scope: &crm_authz::Scope<Self>,
            ) -> Result<Vec<(uuid::Uuid, crm_domain::text::Name)>, crm_storage::Error> {
                $storage::names(conn, ids, scope).await
            }
        }
    };
}

pub(crate) use {matched, unique_by_email};
