//! Taking any number of records out, portion by portion, in constant memory.
//!
//! A task reads them, in one transaction of its own, while whoever asked takes them at their own pace. So the transaction
//! is always ended in order, and what was taken out is recorded, also when nobody takes the rest. How long all of it may
//! last is bounded: by then what is missing is an error, and never looks like the end.

use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use crm_authz::Scope;
use crm_domain::activity::Actor;
use crm_domain::custom_field::{FieldKey, FieldResource};
use crm_domain::export::{ExportStarted, Exportable, Exported, Filter, Selection};
use crm_domain::ids::ExportId;
use crm_domain::list::{Sort, SortField as _};
use crm_domain::permission::{Action, Extent, Record};
use crm_storage::{Connection, Error as StorageError, cursor, custom_fields, pool};
use diesel_async::{AsyncConnection, AsyncPgConnection};
use futures_util::Stream;
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::time::{Instant, timeout};

use crate::crm::Crm;
use crate::error::{Error, Result};
use crate::list::Listed;

/// Records read at once. Three portions are in memory: one being read, one waiting, one being written out.
const PORTION: u16 = 500;

/// How long one portion may wait to be taken.
const STALL: Duration = Duration::from_secs(30);

/// How long all of it may take. Postgres keeps what others delete meanwhile.
const DEADLINE: Duration = Duration::from_mins(15);

/// A record of a kind that is read in portions.
pub(crate) trait Portioned: Listed + 'static {
    /// Begins to read those that match, within the transaction.
    fn open(
        conn: &mut AsyncPgConnection,
        filter: &Self::Filter,
        sort: Sort<Self::Field>,
        scope: &Scope<Self::Record>,
    ) -> impl Future<Output = Result<(), StorageError>> + Send;

    /// The next ones; none at the end.
    fn fetch(
        conn: &mut AsyncPgConnection,
        rows: u16,
    ) -> impl Future<Output = Result<Vec<Self>, StorageError>> + Send;

    /// Adds to them what is looked up besides.
    fn complete(
        crm: &Crm,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        records: &mut [Self],
    ) -> impl Future<Output = Result<()>> + Send;
}

/// Says how records of a kind are read in portions: by the functions of their storage module.
macro_rules! portioned {
    ($Listed:ident in $storage:ident $(, completed by $Cases:ident::$complete:ident)?) => {
        impl $crate::export::Portioned for $Listed {
            async fn open(
                conn: &mut AsyncPgConnection,
                filter: &Self::Filter,
                sort: crm_domain::list::Sort<Self::Field>,
                scope: &crm_authz::Scope<Self::Record>,
            ) -> Result<(), crm_storage::Error> {
                $storage::open(conn, filter, sort, scope).await
            }

            async fn fetch(
                conn: &mut AsyncPgConnection,
                rows: u16,
            ) -> Result<Vec<Self>, crm_storage::Error> {
                $storage::fetch(conn, rows).await
            }

            async fn complete(
                _crm: &Crm,
                _conn: &mut AsyncPgConnection,
                _actor: &Actor,
                _records: &mut [Self],
            ) -> Result<()> {
                $($Cases(_crm).$complete(_conn, _actor, _records).await?;)?
                Ok(())
            }
        }
    };
}

pub(crate) use portioned;

/// Records that are being taken out, as a stream of portions. Dropping it ends the export.
pub struct Export<L> {
    messages: Receiver<Message<L>>,
    is_over: bool,
    custom_keys: Vec<FieldKey>,
}

impl<L> Export<L> {
    /// The custom fields of these records that were at hand when it began, in their order.
    #[must_use]
    pub fn custom_keys(&self) -> &[FieldKey] {
        &self.custom_keys
    }
}

enum Message<L> {
    Portion(Vec<L>),
    End,
    Failed(Error),
}

impl<L> Stream for Export<L> {
    type Item = Result<Vec<L>>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        self.messages.poll_recv(cx).map(|message| {
            self.is_over = !matches!(message, Some(Message::Portion(_)));
            match message {
                Some(Message::Portion(records)) => Some(Ok(records)),
                Some(Message::End) => None,
                Some(Message::Failed(error)) => Some(Err(error)),
                None => Some(Err(Error::internal("the export was cut off"))),
            }
        })
    }
}

impl Crm {
    /// Begins to take out the records that match: those that the actor may both read and export.
    ///
    /// # Errors
    /// [`Error::Forbidden`], or that the server is busy with other exports.
    pub(crate) async fn export<L>(
        &self,
        actor: &Actor,
        filter: L::Filter,
        sort: Sort<L::Field>,
    ) -> Result<Export<L>>
    where
        L: Portioned<Record: Exportable, Filter: Filter + Send + 'static>,
    {
        let scope = self.may_export(actor, &filter).await?;
        let selection = Selection::new(&filter, &sort);
        let by_field = sort.field.custom();
        let filter = self.with_custom::<L::Record, _>(actor, &filter, by_field);
        let filter = filter.await?;
        let mut conn = pool::get_for_export(self.pool()).await?;
        let custom_keys = custom_keys::<L::Record>(&mut conn).await?;
        let now = self.now();
        let (sender, messages) = mpsc::channel(1);
        let reader = Reader::<L> {
            crm: self.clone(),
            actor: actor.clone(),
            id: ExportId::new(now, self.random()?),
            selection,
            filter,
            sort,
            scope,
            sender,
            deadline: Instant::now() + DEADLINE,
            rows: 0,
        };
        reader.record_start(&mut conn).await?;
        tokio::spawn(reader.run(conn));
        Ok(Export {
            messages,
            is_over: false,
            custom_keys,
        })
    }

    async fn may_export<R: Exportable>(
        &self,
        actor: &Actor,
        filter: &(impl Filter + Sync),
    ) -> Result<Scope<R>> {
        let extent = filter.extent().unwrap_or(Extent::All);
        let access = self.access().await?;
        Ok(access.scope_of_both(actor, [Action::Read, Action::Export], extent)?)
    }
}

async fn custom_keys<R: Record>(conn: &mut AsyncPgConnection) -> Result<Vec<FieldKey>> {
    let Some(resource) = FieldResource::of(R::RESOURCE) else {
        return Ok(Vec::new());
    };
    let fields = custom_fields::set(conn, resource).await?;
    Ok(fields.at_hand().map(|field| field.key).collect())
}

/// Reads the records and hands them over.
struct Reader<L: Portioned> {
    crm: Crm,
    actor: Actor,
    id: ExportId,
    selection: Selection,
    filter: L::Filter,
    sort: Sort<L::Field>,
    scope: Scope<L::Record>,
    sender: Sender<Message<L>>,
    deadline: Instant,
    rows: u64,
}

/// Why not all records were handed over.
enum Unfinished {
    /// Nobody takes them any more.
    Abandoned,
    /// They are taken too slowly.
    TooSlow,
    /// Something failed.
    Failed(Error),
}

impl<E: Into<Error>> From<E> for Unfinished {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl<L> Reader<L>
where
    L: Portioned<Record: Exportable, Filter: Filter + Send + 'static>,
{
    async fn run(mut self, mut conn: Connection) {
        let outcome = self.read(&mut conn).await;
        let recorded = self.record_end(&mut conn, outcome.is_ok()).await;
        // Given back before the last message: who has seen that may export again.
        drop(conn);
        let message = match (outcome, recorded) {
            (Ok(()), Ok(())) => Message::End,
            (Err(Unfinished::Failed(error)), _) | (Ok(()), Err(error)) => Message::Failed(error),
            (Err(reason), _) => {
                let is_slow = matches!(reason, Unfinished::TooSlow);
                tracing::info!(export = %self.id, rows = self.rows, is_slow, "an export was cut off");
                return;
            }
        };
        // Without the last message the receiver takes what it has for cut off.
        drop(timeout(STALL, self.sender.send(message)).await);
    }

    async fn read(&mut self, conn: &mut AsyncPgConnection) -> Result<(), Unfinished> {
        conn.transaction(async |conn| {
            cursor::begin(conn).await?;
            L::open(conn, &self.filter, self.sort, &self.scope).await?;
            while self.hand_over(conn).await? {}
            Ok(())
        })
        .await
    }

    /// Hands a portion over. False at the end.
    async fn hand_over(&mut self, conn: &mut AsyncPgConnection) -> Result<bool, Unfinished> {
        let mut records = L::fetch(conn, PORTION).await?;
        if records.is_empty() {
            return Ok(false);
        }
        // What was granted at the start may have been withdrawn.
        let scope = self.crm.may_export::<L::Record>(&self.actor, &self.filter);
        let scope = scope.await?;
        if scope.reach() != self.scope.reach() {
            return Err(Error::internal("rights changed during an export").into());
        }
        L::complete(&self.crm, conn, &self.actor, &mut records).await?;
        let rows = u64::try_from(records.len()).unwrap_or_default();
        if Instant::now() > self.deadline {
            return Err(Unfinished::TooSlow);
        }
        match timeout(STALL, self.sender.send(Message::Portion(records))).await {
            Ok(Ok(())) => self.rows += rows,
            Ok(Err(_)) => return Err(Unfinished::Abandoned),
            Err(_) => return Err(Unfinished::TooSlow),
        }
        Ok(true)
    }

    async fn record_start(&self, conn: &mut AsyncPgConnection) -> Result<()> {
        let started = ExportStarted::<L::Record> {
            export_id: self.id,
            selection: self.selection.clone(),
            kind: PhantomData,
        };
        conn.transaction(async |conn| {
            let now = self.crm.now();
            self.crm.emit(conn, &self.actor, now, &started).await
        })
        .await
    }

    async fn record_end(&self, conn: &mut AsyncPgConnection, is_complete: bool) -> Result<()> {
        let ended = Exported::<L::Record> {
            export_id: self.id,
            selection: self.selection.clone(),
            rows: self.rows,
            is_complete,
            kind: PhantomData,
        };
        conn.transaction(async |conn| {
            let now = self.crm.now();
            self.crm.emit(conn, &self.actor, now, &ended).await
        })
        .await
    }
}
