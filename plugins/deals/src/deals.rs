//! What is done with deals. Each write exists twice: on a connection of the CRM's own, and, ending in `_in`, within the
//! transaction of a connection that the caller holds.
//!
//! Customers are locked before stages, and stages before deals, so that no two wait for each other.

mod board;
mod checks;
mod convert;
mod figures;
mod history;
mod moving;

pub use board::{BoardColumn, BoardQuery};
pub use convert::DealConversion;
pub use history::History;
pub use moving::{DealMove, Place};

use crm_app::plugin::{Held, Kept, Listed, QueryOf, new_assignee};
use crm_app::{Crm, Current, Error, Result, StorageError, write};
use crm_authz::Scope;
use crm_domain::activity::{Actor, Changes, Fields};
use crm_domain::change::Change;
use crm_domain::event::Event;
use crm_domain::ids::CustomerId;
use crm_domain::list::{ListQuery, Listing, Sort};
use crm_domain::page::{Slice, Total};
use crm_domain::permission::Action;
use crm_storage::plugin::Part;
use diesel_async::{AsyncConnection, AsyncPgConnection};
use serde_json::Value;
use uuid::Uuid;

use crate::deal::{
    DEAL, Deal, DealEdit, DealError, DealFilterAt, DealId, DealQuery, DealSortField, NewDeal,
};
use crate::event::{DealArchived, DealCreated, DealEdited, DealRestored};
use crate::store::{self, ListedDeal, history as steps};

/// The field that names who works on a deal.
const OWNER: &str = "owner";

/// What is done with deals.
#[derive(Clone, Copy)]
pub struct Deals<'a>(pub &'a Crm);

impl Kept for Deal {
    type Id = DealId;

    fn id(&self) -> DealId {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }

    fn fields(&self) -> Fields {
        self.fields()
    }

    async fn lock(
        conn: &mut AsyncPgConnection,
        id: DealId,
        scope: &Scope<Self>,
    ) -> Result<Option<Self>, StorageError> {
        store::lock(conn, id, scope).await
    }

    async fn update(
        &self,
        conn: &mut AsyncPgConnection,
        scope: &Scope<Self>,
    ) -> Result<bool, StorageError> {
        store::update(conn, self, scope).await
    }

    async fn current(self, conn: &mut AsyncPgConnection) -> Result<Current, StorageError> {
        Ok(Current::Shown(json(store::shown(conn, self).await?)))
    }
}

impl Listed for ListedDeal {
    type Record = Deal;
    type Filter = DealFilterAt;
    type Field = DealSortField;
    const NAME: &'static str = "deals";

    fn record(&self) -> &Deal {
        &self.deal
    }

    async fn list(
        conn: &mut AsyncPgConnection,
        filter: &DealFilterAt,
        sort: Sort<DealSortField>,
        slice: &Slice,
        scope: &Scope<Deal>,
    ) -> Result<Part<Self>, StorageError> {
        Ok(store::list(conn, filter, sort, slice, scope).await?.into())
    }

    async fn count(
        conn: &mut AsyncPgConnection,
        filter: &DealFilterAt,
        exact: bool,
        scope: &Scope<Deal>,
    ) -> Result<Total, StorageError> {
        store::count(conn, filter, exact, scope).await
    }
}

impl Deals<'_> {
    /// The deal `id`.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none that the actor may read.
    pub async fn get(&self, actor: &Actor, id: DealId) -> Result<ListedDeal> {
        let scope = self.0.access().await?.scope(actor, Action::Read)?;
        let mut conn = self.0.connection().await?;
        let deal = store::find(&mut conn, id, &scope)
            .await?
            .ok_or(Error::NotFound(DEAL))?;
        self.with_customer(&mut conn, actor, deal).await
    }

    /// The ids of the newest deals of a customer that are not put away, of those that the actor may read.
    pub(crate) async fn of_customer(
        &self,
        actor: &Actor,
        customer: CustomerId,
    ) -> Result<Vec<Uuid>> {
        let Ok(scope) = self.0.access().await?.scope(actor, Action::Read) else {
            return Ok(Vec::new());
        };
        let mut conn = self.0.connection().await?;
        Ok(store::ids_of_customer(&mut conn, customer, &scope).await?)
    }

    /// The deals that match a query.
    ///
    /// # Errors
    /// [`Error::Forbidden`], or [`Error::InvalidCursor`] for a cursor of another list or another user.
    pub async fn list(&self, actor: &Actor, query: &DealQuery) -> Result<Listing<ListedDeal>> {
        let at_now: QueryOf<ListedDeal> = ListQuery {
            filter: DealFilterAt {
                filter: query.filter.clone(),
                now: self.0.now(),
            },
            sort: query.sort,
            page: query.page.clone(),
        };
        let mut list = self.0.list_as(actor, &query.filter, &at_now).await?;
        let mut conn = self.0.connection().await?;
        self.add_customers(&mut conn, actor, &mut list.records)
            .await?;
        Ok(list)
    }

    /// Makes a deal, on top of its stage.
    ///
    /// # Errors
    /// [`Error::Forbidden`], or [`Error::Invalid`] with each field that is wrong.
    pub async fn create(&self, actor: &Actor, new: NewDeal) -> Result<ListedDeal> {
        write!(self.0, |conn| self.create_in(conn, actor, new.clone()))
    }

    /// [`Deals::create`] within the caller's transaction.
    ///
    /// # Errors
    /// As [`Deals::create`].
    pub async fn create_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        new: NewDeal,
    ) -> Result<ListedDeal> {
        self.0
            .access()
            .await?
            .scope::<Deal>(actor, Action::Create)?;
        let given = new.content.owner.map_or(Change::Keep, Change::Set);
        self.0.check_may_assign::<Deal>(actor, &given).await?;
        conn.transaction(async |conn| {
            self.lock_customer(conn, actor, new.customer).await?;
            let stage = self.lock_first_stage(conn, new.content.stage).await?;
            if let Some(owner) = new.content.owner {
                new_assignee(conn, OWNER, owner).await?;
            }
            // Only now: whoever waited for the locks acts after those who held them.
            let now = self.0.now();
            let id = DealId::new(now, self.0.random()?);
            let rank = self.rank_on_top(conn, stage.id, id).await?;
            let deal = Deal::create(id, new, (&stage, rank), actor.user_id(), now)?;
            store::insert(conn, &deal).await?;
            let event = DealCreated {
                deal_id: id,
                customer_id: deal.customer,
                changes: Changes::created(deal.fields()),
            };
            self.0.emit(conn, actor, now, &event).await?;
            self.shown(conn, actor, deal).await
        })
        .await
    }

    /// Changes a deal. With `version`, only if that is still its version.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Stale`], [`Error::Archived`] or [`Error::Invalid`].
    pub async fn edit(
        &self,
        actor: &Actor,
        id: DealId,
        edit: DealEdit,
        version: Option<i32>,
    ) -> Result<ListedDeal> {
        write!(self.0, |conn| self.edit_in(
            conn,
            actor,
            id,
            edit.clone(),
            version
        ))
    }

    /// [`Deals::edit`] within the caller's transaction.
    ///
    /// # Errors
    /// As [`Deals::edit`].
    pub async fn edit_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: DealId,
        edit: DealEdit,
        version: Option<i32>,
    ) -> Result<ListedDeal> {
        conn.transaction(async |conn| {
            // Before the deal is locked, and told only when there is such a deal.
            let customer = match edit.customer {
                Some(customer) => Some((customer, self.lock_customer(conn, actor, customer).await)),
                None => None,
            };
            let held = self.hold(conn, actor, id, Action::Update, version).await?;
            let before = held.record.clone();
            if let Some((customer, locked)) = customer
                && customer != before.customer
            {
                locked?;
            }
            let given = edit.owner.clone().unless_done(before.owner.as_ref());
            self.0.check_may_assign::<Deal>(actor, &given).await?;
            let deal = before.edit(edit, held.now).map_err(told)?;
            if let Change::Set(owner) = given {
                new_assignee(conn, OWNER, owner).await?;
            }
            self.store(conn, &held, deal, |changes| DealEdited {
                deal_id: id,
                changes,
            })
            .await
        })
        .await
    }

    /// Puts a deal away. Does nothing to one that is put away already.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`] or [`Error::Stale`].
    pub async fn archive(
        &self,
        actor: &Actor,
        id: DealId,
        version: Option<i32>,
    ) -> Result<ListedDeal> {
        write!(self.0, |conn| self.archive_in(conn, actor, id, version))
    }

    /// [`Deals::archive`] within the caller's transaction.
    ///
    /// # Errors
    /// As [`Deals::archive`].
    pub async fn archive_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: DealId,
        version: Option<i32>,
    ) -> Result<ListedDeal> {
        conn.transaction(async |conn| {
            let held = self.hold(conn, actor, id, Action::Delete, version).await?;
            let deal = held.record.clone().archive(held.now);
            self.store(conn, &held, deal, |changes| DealArchived {
                deal_id: id,
                changes,
            })
            .await
        })
        .await
    }

    /// Takes a deal back from the archive. Does nothing to one that is at hand.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`] or [`Error::Stale`].
    pub async fn restore(
        &self,
        actor: &Actor,
        id: DealId,
        version: Option<i32>,
    ) -> Result<ListedDeal> {
        write!(self.0, |conn| self.restore_in(conn, actor, id, version))
    }

    /// [`Deals::restore`] within the caller's transaction.
    ///
    /// # Errors
    /// As [`Deals::restore`].
    pub async fn restore_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: DealId,
        version: Option<i32>,
    ) -> Result<ListedDeal> {
        conn.transaction(async |conn| {
            let held = self.hold(conn, actor, id, Action::Update, version).await?;
            let deal = held.record.clone().restore(held.now);
            self.store(conn, &held, deal, |changes| DealRestored {
                deal_id: id,
                changes,
            })
            .await
        })
        .await
    }

    /// Locks a deal for an action; one that is stale is shown as it is elsewhere.
    async fn hold<'a>(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &'a Actor,
        id: DealId,
        action: Action,
        version: Option<i32>,
    ) -> Result<Held<'a, Deal>> {
        let held = self.0.hold::<Deal>(conn, actor, id, action, None).await?;
        if version.is_some_and(|version| version != held.record.version) {
            let current = self.shown(conn, actor, held.record).await?;
            return Err(Error::Stale(Box::new(Current::Shown(json(current)))));
        }
        Ok(held)
    }

    /// Stores the next version of a held deal, with the step that it took and its event, and shows it.
    async fn store<E: Event>(
        &self,
        conn: &mut AsyncPgConnection,
        held: &Held<'_, Deal>,
        deal: Deal,
        event: impl FnOnce(Changes) -> E,
    ) -> Result<ListedDeal> {
        self.0.store(conn, held, &deal, event).await?;
        if let Some(change) = deal.stage_change_since(&held.record) {
            steps::insert(conn, &[(deal.id, change)], held.actor.user_id()).await?;
        }
        self.shown(conn, held.actor, deal).await
    }

    async fn shown(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        deal: Deal,
    ) -> Result<ListedDeal> {
        let deal = store::shown(conn, deal).await?;
        self.with_customer(conn, actor, deal).await
    }
}

/// What the rules of deals refuse, as use cases tell it.
fn told(error: DealError) -> Error {
    match error {
        DealError::Archived => Error::Archived(DEAL),
        DealError::Invalid(violations) => violations.into(),
    }
}

/// The deal as the operations show it.
#[cfg(feature = "http")]
fn json(deal: ListedDeal) -> Value {
    serde_json::to_value(crate::api::DealsDeal::from(deal)).unwrap_or_default()
}

/// The deal as the activity log shows it: there is no other form without the operations.
#[cfg(not(feature = "http"))]
fn json(deal: ListedDeal) -> Value {
    let fields = deal.deal.fields().into_iter();
    fields
        .map(|(name, value)| (name.into_owned(), value))
        .collect()
}
