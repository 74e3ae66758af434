//! Doing one thing to many records: each is done or refused by itself, as if it were the only one.
//!
//! Some records at a time share a transaction, in which each has a savepoint: what is refused undoes nothing else. Records are
//! locked in the order of their ids, so that two who do this do not wait for each other.

use crm_authz::Scope;
use crm_domain::activity::Actor;
use crm_domain::export::Filter;
use crm_domain::permission::{Action, Extent};
use crm_storage::Error as StorageError;
use diesel_async::{AsyncConnection, AsyncPgConnection};

use crate::crm::Crm;
use crate::error::{Error, Result};
use crate::record::Kept;
use crate::write;

/// The most records that are done by their ids.
pub const MAX_IDS: usize = 500;

/// The most records that are done by a filter, before the caller is told where to go on.
pub const MAX_MATCHING: usize = 10_000;

/// How many share a transaction, and so how long others wait for their locks.
const AT_ONCE: usize = 100;

/// Which records something is done to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection<Id, Filter> {
    /// These.
    Ids(Vec<Id>),
    /// Those that match and that the actor may read, in the order of their ids.
    Matching {
        /// Which they are.
        filter: Filter,
        /// Those after this one.
        after: Option<Id>,
    },
}

/// What is done to each record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BulkAction<Edit> {
    /// It is changed.
    Edit(Edit),
    /// It is put away.
    Archive,
    /// It is taken back.
    Restore,
}

impl<Edit> BulkAction<Edit> {
    /// What the actor must be allowed to do.
    const fn needs(&self) -> Action {
        match self {
            Self::Edit(_) | Self::Restore => Action::Update,
            Self::Archive => Action::Delete,
        }
    }
}

/// What was done to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It has a new version.
    Done,
    /// It was so already.
    Unchanged,
}

/// What became of each record.
#[derive(Debug)]
pub struct Bulk<Id> {
    /// Each record with what was done to it, or why it was not, in the order of ids.
    pub items: Vec<(Id, Result<Effect>)>,
    /// Where to go on; `None` when all records were looked at.
    pub next: Option<Id>,
}

/// Records of a kind to many of which something is done.
pub(crate) trait InBulk: Kept {
    /// What may be changed.
    type Edit: Send + Sync;
    /// What they are selected by.
    type Filter: Filter + Clone + Send + Sync;

    /// Does it to one, and gives its version after it.
    fn act(
        crm: &Crm,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: Self::Id,
        action: &BulkAction<Self::Edit>,
    ) -> impl Future<Output = Result<i32>> + Send;

    /// The first of those after `after` that match, locked until the transaction ends.
    fn lock_matching(
        conn: &mut AsyncPgConnection,
        filter: &Self::Filter,
        after: Option<Self::Id>,
        rows: usize,
        scope: &Scope<Self>,
    ) -> impl Future<Output = Result<Vec<Self::Id>, StorageError>> + Send;
}

/// The records that share a transaction.
enum Part<'a, R: InBulk> {
    Ids(&'a [R::Id]),
    Matching(&'a R::Filter, Option<R::Id>),
}

type Items<R> = Vec<(<R as Kept>::Id, Result<Effect>)>;

impl Crm {
    /// Does something to each of the selected records.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for who may read none of them, or when the database fails before anything is done.
    pub(crate) async fn bulk<R: InBulk>(
        &self,
        actor: &Actor,
        selection: Selection<R::Id, R::Filter>,
        action: BulkAction<R::Edit>,
    ) -> Result<Bulk<R::Id>> {
        match selection {
            Selection::Ids(ids) => self.bulk_ids::<R>(actor, ids, &action).await,
            Selection::Matching { filter, after } => {
                let filter = self.with_custom::<R, _>(actor, &filter, None).await?;
                self.bulk_matching::<R>(actor, &filter, after, &action)
                    .await
            }
        }
    }

    async fn bulk_ids<R: InBulk>(
        &self,
        actor: &Actor,
        mut ids: Vec<R::Id>,
        action: &BulkAction<R::Edit>,
    ) -> Result<Bulk<R::Id>> {
        ids.sort_unstable();
        ids.dedup();
        let mut items: Items<R> = Vec::with_capacity(ids.len());
        for ids in ids.chunks(AT_ONCE) {
            match self.bulk_part(actor, &Part::<R>::Ids(ids), action).await {
                Ok(done) => items.extend(done),
                Err(error) if items.is_empty() => return Err(error),
                Err(error) => {
                    broken_off(&error);
                    items.extend(ids.iter().map(|id| (*id, Err(Error::Overloaded))));
                }
            }
        }
        Ok(Bulk { items, next: None })
    }

    async fn bulk_matching<R: InBulk>(
        &self,
        actor: &Actor,
        filter: &R::Filter,
        mut after: Option<R::Id>,
        action: &BulkAction<R::Edit>,
    ) -> Result<Bulk<R::Id>> {
        let mut items: Items<R> = Vec::new();
        while items.len() < MAX_MATCHING {
            let part = Part::<R>::Matching(filter, after);
            match self.bulk_part(actor, &part, action).await {
                Ok(done) => {
                    let is_end = done.len() < AT_ONCE;
                    after = done.last().map(|(id, _)| *id).or(after);
                    items.extend(done);
                    if is_end {
                        return Ok(Bulk { items, next: None });
                    }
                }
                Err(error) if items.is_empty() => return Err(error),
                Err(error) => {
                    broken_off(&error);
                    break;
                }
            }
        }
        Ok(Bulk { items, next: after })
    }

    async fn bulk_part<R: InBulk>(
        &self,
        actor: &Actor,
        part: &Part<'_, R>,
        action: &BulkAction<R::Edit>,
    ) -> Result<Items<R>> {
        write!(self, |conn| self.bulk_part_in(conn, actor, part, action))
    }

    async fn bulk_part_in<R: InBulk>(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        part: &Part<'_, R>,
        action: &BulkAction<R::Edit>,
    ) -> Result<Items<R>> {
        let access = self.access().await?;
        let readable: Scope<R> = access.scope(actor, Action::Read)?;
        conn.transaction(async |conn| {
            let ids = match part {
                Part::Ids(ids) => ids.to_vec(),
                Part::Matching(filter, after) => {
                    let extent = filter.extent().unwrap_or(Extent::All);
                    let meant = access.scope_up_to(actor, Action::Read, extent)?;
                    R::lock_matching(conn, filter, *after, AT_ONCE, &meant).await?
                }
            };
            let mut items = Vec::with_capacity(ids.len());
            for id in ids {
                match self.bulk_one(conn, actor, id, &readable, action).await {
                    Err(error) if !error.is_refusal() => return Err(error),
                    outcome => items.push((id, outcome)),
                }
            }
            Ok(items)
        })
        .await
    }

    async fn bulk_one<R: InBulk>(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: R::Id,
        readable: &Scope<R>,
        action: &BulkAction<R::Edit>,
    ) -> Result<Effect> {
        // Who may do it to none is not told which there are.
        self.access().await?.scope::<R>(actor, action.needs())?;
        let before = R::lock(conn, id, readable).await?;
        let before = before.ok_or(Error::NotFound(R::RESOURCE))?.version();
        let after = R::act(self, conn, actor, id, action).await?;
        Ok(if after == before {
            Effect::Unchanged
        } else {
            Effect::Done
        })
    }
}

/// What is done stays done, and its caller is told of that: the failure goes to the log.
pub(crate) fn broken_off(error: &Error) {
    tracing::error!(
        error = error as &dyn std::error::Error,
        "a bulk was broken off"
    );
}

/// Says by which use cases something is done to many records of a kind.
macro_rules! in_bulk {
    ($Record:ident as $record:ident by $Edit:ident and $Filter:ident in $UseCases:ident and $storage:ident) => {
        impl $crate::bulk::InBulk for $Record {
            type Edit = $Edit;
            type Filter = $Filter;

            async fn act(
                crm: &$crate::crm::Crm,
                conn: &mut diesel_async::AsyncPgConnection,
                actor: &crm_domain::activity::Actor,
                id: Self::Id,
                action: &$crate::bulk::BulkAction<$Edit>,
            ) -> $crate::error::Result<i32> {
                use $crate::bulk::BulkAction;
                let use_cases = $UseCases(crm);
                let listed = match action {
                    BulkAction::Edit(edit) => {
                        use_cases.edit_in(conn, actor, id, edit.clone(), None).await
                    }
                    BulkAction::Archive => use_cases.archive_in(conn, actor, id, None).await,
                    BulkAction::Restore => use_cases.restore_in(conn, actor, id, None).await,
                };
                Ok(listed?.$record.version)
            }

            async fn lock_matching(
                conn: &mut diesel_async::AsyncPgConnection,
                filter: &$Filter,
                after: Option<Self::Id>,
                rows: usize,
                scope: &crm_authz::Scope<Self>,
            ) -> Result<Vec<Self::Id>, crm_storage::Error> {
                $storage::lock_matching(conn, filter, after, rows, scope).await
            }
        }
    };
}

pub(crate) use in_bulk;
