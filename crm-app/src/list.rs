//! Listing records of any kind: a numbered page with a total, or the rows after a cursor.

use std::fmt;

use crm_authz::Scope;
use crm_domain::activity::Actor;
use crm_domain::export::Filter;
use crm_domain::list::{ListQuery, Listing, PageRequest, Sort, SortField, Sortable};
use crm_domain::page::{Page, Position, Slice, Total};
use crm_domain::permission::{Action, Extent, Record};
use crm_storage::Error as StorageError;
use crm_storage::plugin::Part;
use diesel_async::AsyncPgConnection;

use crate::crm::Crm;
use crate::cursor;
use crate::error::Result;

/// A record of a kind that is listed, with what its lists show besides.
pub trait Listed: Sized + Send {
    /// The record itself.
    type Record: Record + Sortable<Self::Field>;
    /// What its lists are narrowed by. Its `Debug` names every field, since cursors are bound to it.
    type Filter: Filter + Clone + fmt::Debug + Send + Sync;
    /// What its lists are sorted by.
    type Field: SortField;
    /// The name of its lists, to which cursors are bound.
    const NAME: &'static str;

    /// The record itself.
    fn record(&self) -> &Self::Record;

    /// One slice of those that match, in order.
    fn list(
        conn: &mut AsyncPgConnection,
        filter: &Self::Filter,
        sort: Sort<Self::Field>,
        slice: &Slice,
        scope: &Scope<Self::Record>,
    ) -> impl Future<Output = Result<Part<Self>, StorageError>> + Send;

    /// How many match.
    fn count(
        conn: &mut AsyncPgConnection,
        filter: &Self::Filter,
        exact: bool,
        scope: &Scope<Self::Record>,
    ) -> impl Future<Output = Result<Total, StorageError>> + Send;
}

/// What the lists of one kind of record are asked.
pub type QueryOf<L> = ListQuery<<L as Listed>::Filter, <L as Listed>::Field>;

impl Crm {
    /// The records that match a query.
    ///
    /// # Errors
    /// [`Error::Forbidden`](crate::Error::Forbidden),
    /// [`Error::InvalidCursor`](crate::Error::InvalidCursor) for a cursor of another list or another user, or, for custom
    /// fields, [`Error::InvalidQuery`](crate::Error::InvalidQuery) or
    /// [`Error::FieldNotIndexed`](crate::Error::FieldNotIndexed).
    pub async fn list<L: Listed>(&self, actor: &Actor, query: &QueryOf<L>) -> Result<Listing<L>> {
        self.list_as(actor, &query.filter, query).await
    }

    /// [`Crm::list`], whose cursors are bound to what was asked: the filter may hold more, such as the present instant.
    ///
    /// # Errors
    /// As [`Crm::list`].
    pub async fn list_as<L: Listed>(
        &self,
        actor: &Actor,
        asked: &(impl fmt::Debug + Sync),
        query: &QueryOf<L>,
    ) -> Result<Listing<L>> {
        let ListQuery { filter, sort, page } = query;
        let by_field = sort.field.custom();
        let filter = self.with_custom::<L::Record, _>(actor, filter, by_field);
        let filter = &filter.await?;
        let extent = filter.extent().unwrap_or(Extent::All);
        let access = self.access().await?;
        let scope = access.scope_up_to(actor, Action::Read, extent)?;
        // Any change of what was asked changes it.
        let binding = format!("{} {:?} {sort} {asked:?}", L::NAME, actor.who);
        let slice = self.slice(page, &binding)?;
        let mut conn = self.connection().await?;
        let Part {
            records,
            goes_on,
            total,
        } = L::list(&mut conn, filter, *sort, &slice, &scope).await?;
        let total = match page {
            PageRequest::Numbered { page, exact_total } => {
                let counted = total.filter(|total| !(*exact_total && total.is_capped));
                match total_by_rows(*page, records.len(), goes_on).or(counted) {
                    Some(total) => Some(total),
                    None => Some(L::count(&mut conn, filter, *exact_total, &scope).await?),
                }
            }
            PageRequest::After { .. } => None,
        };
        let last = records.last().filter(|_| goes_on);
        let next_cursor = last.map(|last| self.cursor(&sort.position(last.record()), &binding));
        let next_cursor = next_cursor.transpose()?;
        Ok(Listing {
            records,
            page: page.numbered(),
            total,
            next_cursor,
        })
    }
}

impl Crm {
    /// The part of the list of this binding that is wanted.
    ///
    /// # Errors
    /// [`Error::InvalidCursor`](crate::Error::InvalidCursor) for a cursor of another binding.
    pub fn slice(&self, page: &PageRequest, binding: &str) -> Result<Slice> {
        Ok(match page {
            PageRequest::Numbered { page, .. } => Slice::Page(*page),
            PageRequest::After { cursor, limit } => {
                let position =
                    cursor::decode(cursor, binding, &self.secrets().refresh, self.now())?;
                Slice::After(position, *limit)
            }
        })
    }

    /// A part of a list that only goes on and on: without pages or totals.
    ///
    /// # Errors
    /// When the server has no key to sign with.
    pub fn onward<T>(
        &self,
        (records, goes_on): (Vec<T>, bool),
        position: impl FnOnce(&T) -> Position,
        binding: &str,
    ) -> Result<Listing<T>> {
        let last = records.last().filter(|_| goes_on).map(position);
        let next_cursor = last.map(|last| self.cursor(&last, binding)).transpose()?;
        Ok(Listing {
            records,
            page: None,
            total: None,
            next_cursor,
        })
    }

    /// Where a part of the list of this binding ended, as an opaque text.
    ///
    /// # Errors
    /// When the server has no key to sign with.
    pub fn cursor(&self, position: &Position, binding: &str) -> Result<String> {
        let secrets = self.secrets();
        let signing_key = secrets.refresh.active(self.now())?.key();
        Ok(cursor::encode(position, binding, signing_key))
    }
}

/// The last page, unless it is empty and past the end, tells the total by itself.
fn total_by_rows(page: Page, rows: usize, goes_on: bool) -> Option<Total> {
    let is_last = !goes_on && (rows > 0 || page.offset() == 0);
    let rows = i64::try_from(rows).ok()?;
    is_last.then(|| Total {
        rows: i64::from(page.offset()) + rows,
        is_capped: false,
    })
}
