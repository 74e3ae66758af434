//! Making many records in one transaction: each by itself, or all of them or none.

use crm_domain::activity::Actor;
use crm_storage::Error as StorageError;
use diesel_async::{AsyncConnection, AsyncPgConnection};

use crate::crm::Crm;
use crate::error::{Error, Result};
use crate::write;

/// The most records that are made at once.
pub const MAX_ITEMS: usize = 100;

/// What becomes of the others when a record is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnRefusal {
    /// They are made.
    GoOn,
    /// They are not made either.
    UndoAll,
}

/// Each record as it was made, or why it was not, in the order in which they were given.
pub type Batch<Listed> = Vec<Result<Listed>>;

/// Records of a kind of which many are made.
pub(crate) trait InBatch {
    /// What one is made of.
    type New: Clone + Send + Sync;
    /// How it is shown.
    type Listed: Send;

    /// Locks, before any is made, what making them locks in an order of its own.
    fn lock_all(
        conn: &mut AsyncPgConnection,
        new: &[Self::New],
    ) -> impl Future<Output = Result<(), StorageError>> + Send;

    /// Makes one.
    fn make(
        crm: &Crm,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        new: Self::New,
    ) -> impl Future<Output = Result<Self::Listed>> + Send;
}

/// How the transaction of a batch ends without a commit.
enum Undone<Listed> {
    Failed(Error),
    Refused(Batch<Listed>),
}

impl<Listed> From<Error> for Undone<Listed> {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl<Listed> From<diesel::result::Error> for Undone<Listed> {
    fn from(error: diesel::result::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl Crm {
    /// Makes each of these records. With [`OnRefusal::UndoAll`] all are made or none: then some are refused, and what is shown of
    /// the others was undone.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn batch<R: InBatch>(
        &self,
        actor: &Actor,
        new: Vec<R::New>,
        on_refusal: OnRefusal,
    ) -> Result<Batch<R::Listed>> {
        write!(self, |conn| self
            .batch_in::<R>(conn, actor, &new, on_refusal))
    }

    async fn batch_in<R: InBatch>(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        new: &[R::New],
        on_refusal: OnRefusal,
    ) -> Result<Batch<R::Listed>> {
        let batch = conn.transaction(async |conn| {
            R::lock_all(conn, new).await.map_err(Error::from)?;
            let mut made = Vec::with_capacity(new.len());
            for new in new {
                match R::make(self, conn, actor, new.clone()).await {
                    Err(error) if !error.is_refusal() => return Err(Undone::Failed(error)),
                    outcome => made.push(outcome),
                }
            }
            if on_refusal == OnRefusal::UndoAll && made.iter().any(Result::is_err) {
                return Err(Undone::Refused(made));
            }
            Ok(made)
        });
        match batch.await {
            Ok(made) | Err(Undone::Refused(made)) => Ok(made),
            Err(Undone::Failed(error)) => Err(error),
        }
    }
}
