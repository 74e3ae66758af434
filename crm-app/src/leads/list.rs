//! Listing leads: a numbered page with a total, or the rows after a cursor.

use crm_domain::activity::Actor;
use crm_domain::lead::{LeadFilter, LeadSort};
use crm_domain::page::{Limit, Page, Slice, Total};
use crm_domain::permission::Action;
use crm_storage::leads as storage;
use crm_storage::leads::ListedLead;

use super::Leads;
use crate::cursor;
use crate::error::Result;

/// Which leads, in which order, and how many of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LeadQuery {
    /// Which leads.
    pub filter: LeadFilter,
    /// In which order.
    pub sort: LeadSort,
    /// Which part of them.
    pub page: PageRequest,
}

/// Which part of a list is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageRequest {
    /// A page by its number, with a total.
    Numbered {
        /// Which page.
        page: Page,
        /// Whether the total is counted to the end however long that takes.
        exact_total: bool,
    },
    /// What follows a cursor of the same list.
    After {
        /// The cursor.
        cursor: String,
        /// How many rows.
        limit: Limit,
    },
}

impl Default for PageRequest {
    /// The first page.
    fn default() -> Self {
        Self::Numbered {
            page: Page::first(Limit::default()),
            exact_total: false,
        }
    }
}

/// A part of a list of leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadPage {
    /// The leads.
    pub leads: Vec<ListedLead>,
    /// How many there are in all; only with a numbered page.
    pub total: Option<Total>,
    /// Where to go on; `None` at the end.
    pub next_cursor: Option<String>,
}

impl Leads<'_> {
    /// The leads that match a query.
    ///
    /// # Errors
    /// [`Error::Forbidden`](crate::Error::Forbidden), or
    /// [`Error::InvalidCursor`](crate::Error::InvalidCursor) for a cursor of another list or another user.
    pub async fn list(&self, actor: &Actor, query: &LeadQuery) -> Result<LeadPage> {
        let scope = self.0.access().await?.scope(actor, Action::Read)?;
        let LeadQuery { filter, sort, page } = query;
        let binding = binding(actor, filter, *sort);
        let (secrets, now) = (self.0.secrets(), self.0.now());
        let slice = match page {
            PageRequest::Numbered { page, .. } => Slice::Page(*page),
            PageRequest::After { cursor, limit } => Slice::After(
                cursor::decode(cursor, &binding, &secrets.refresh, now)?,
                *limit,
            ),
        };
        let mut conn = self.0.connection().await?;
        let (leads, goes_on) = storage::list(&mut conn, filter, *sort, &slice, &scope).await?;
        let total = match page {
            PageRequest::Numbered { page, exact_total } => {
                match total_by_rows(*page, leads.len(), goes_on) {
                    Some(total) => Some(total),
                    None => Some(storage::count(&mut conn, filter, *exact_total, &scope).await?),
                }
            }
            PageRequest::After { .. } => None,
        };
        let key = secrets.refresh.active(now)?.key();
        let last = leads.last().filter(|_| goes_on);
        let next_cursor =
            last.map(|last| cursor::encode(&sort.position(&last.lead), &binding, key));
        Ok(LeadPage {
            leads,
            total,
            next_cursor,
        })
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

/// What a cursor is bound to. Any change of the filter's fields changes it.
fn binding(actor: &Actor, filter: &LeadFilter, sort: LeadSort) -> String {
    format!("leads {:?} {sort} {filter:?}", actor.who)
}
