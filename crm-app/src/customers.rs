//! What is done with customers. Each write exists twice: on a connection of the CRM's own, and, ending in `_in`,
//! within the transaction of a connection that the caller holds.

mod merge;
mod notes;

use crm_domain::activity::{Actor, Changes};
use crm_domain::change::Change;
use crm_domain::custom_field::FieldResource;
use crm_domain::customer::{
    Customer, CustomerEdit, CustomerFilter, CustomerQuery, CustomerSort, CustomerSortField,
    NewCustomer,
};
use crm_domain::duplicate::Candidates;
use crm_domain::event::{
    CustomerArchived, CustomerCreated, CustomerEdited, CustomerRestored, Event,
};
use crm_domain::ids::CustomerId;
use crm_domain::list::Listing;
use crm_domain::permission::{Action, Resource};
use crm_storage::customers as storage;
use diesel_async::{AsyncConnection, AsyncPgConnection};
use uuid::Uuid;

pub use crm_storage::customers::{ListedCustomer, ListedNote};

use crate::batch::{Batch, InBatch, OnRefusal};
use crate::bulk::{Bulk, BulkAction, Selection, in_bulk};
use crate::crm::Crm;
use crate::duplicate::{OnDuplicate, lock_emails, matched, unique_by_email};
use crate::error::{Error, Result};
use crate::export::{Export, portioned};
use crate::record::{Held, new_assignee};
use crate::write;
use crate::{kept, listed};

kept!(Customer (CustomerId) in storage, shown as Customer(storage::shown), merged by merged_into);
listed!(ListedCustomer { customer: Customer } as "customers" by CustomerFilter and CustomerSortField in storage);
portioned!(ListedCustomer in storage);
in_bulk!(Customer as customer by CustomerEdit and CustomerFilter in Customers and storage);
unique_by_email!(Customer in storage);
matched!(Customer (CustomerId) in storage);

/// The field that names who looks after a customer.
const OWNER: &str = "owner";

impl InBatch for Customer {
    type New = (NewCustomer, OnDuplicate);
    type Listed = ListedCustomer;

    async fn lock_all(
        conn: &mut AsyncPgConnection,
        new: &[Self::New],
    ) -> Result<(), crm_storage::Error> {
        let unique = new
            .iter()
            .filter(|(_, on_duplicate)| *on_duplicate == OnDuplicate::Fail);
        lock_emails::<Customer>(conn, unique.filter_map(|(new, _)| new.email.as_ref())).await
    }

    async fn make(
        crm: &Crm,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        new: (NewCustomer, OnDuplicate),
    ) -> Result<ListedCustomer> {
        let (new, on_duplicate) = new;
        Customers(crm)
            .create_in(conn, actor, new, on_duplicate)
            .await
    }
}

/// What is done with customers. See [`Crm::customers`].
#[derive(Clone, Copy)]
pub struct Customers<'a>(pub(crate) &'a Crm);

impl Customers<'_> {
    /// The customer `id`.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none that the actor may read.
    pub async fn get(&self, actor: &Actor, id: CustomerId) -> Result<ListedCustomer> {
        let scope = self.0.access().await?.scope(actor, Action::Read)?;
        let mut conn = self.0.connection().await?;
        storage::find(&mut conn, id, &scope)
            .await?
            .ok_or(Error::NotFound(Resource::CUSTOMER))
    }

    /// The ids of the newest deals of the customer `id` that the actor may read; none where no plugin keeps deals.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such customer that the actor may read.
    pub async fn deals(&self, actor: &Actor, id: CustomerId) -> Result<Vec<Uuid>> {
        self.get(actor, id).await?;
        self.0.deals_of(actor, id).await
    }

    /// The customers that match a query.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::InvalidCursor`] for a cursor of another list or another user, or, for custom fields,
    /// [`Error::InvalidQuery`] or [`Error::FieldNotIndexed`].
    pub async fn list(
        &self,
        actor: &Actor,
        query: &CustomerQuery,
    ) -> Result<Listing<ListedCustomer>> {
        self.0.list(actor, query).await
    }

    /// The customers at hand who may be the same as the customer `id`.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such customer that the actor may read.
    pub async fn duplicates(&self, actor: &Actor, id: CustomerId) -> Result<Candidates> {
        let keys = self.get(actor, id).await?.customer.match_keys();
        let mut conn = self.0.connection().await?;
        let found = self
            .0
            .candidates::<Customer>(&mut conn, actor, &keys, Some(id));
        found.await
    }

    /// Begins to take out the customers that match, in order: those that the actor may both read and export.
    ///
    /// # Errors
    /// [`Error::Forbidden`], or that the server is busy with other exports.
    pub async fn export(
        &self,
        actor: &Actor,
        filter: CustomerFilter,
        sort: CustomerSort,
    ) -> Result<Export<ListedCustomer>> {
        self.0.export(actor, filter, sort).await
    }

    /// Makes a customer.
    ///
    /// # Errors
    /// [`Error::Duplicate`], [`Error::Forbidden`], or [`Error::Invalid`] with each field that is wrong.
    pub async fn create(
        &self,
        actor: &Actor,
        new: NewCustomer,
        on_duplicate: OnDuplicate,
    ) -> Result<ListedCustomer> {
        write!(self.0, |conn| self.create_in(
            conn,
            actor,
            new.clone(),
            on_duplicate
        ))
    }

    /// [`Customers::create`] within the caller's transaction.
    ///
    /// # Errors
    /// As [`Customers::create`].
    pub async fn create_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        new: NewCustomer,
        on_duplicate: OnDuplicate,
    ) -> Result<ListedCustomer> {
        self.0
            .access()
            .await?
            .scope::<Customer>(actor, Action::Create)?;
        let given = new.owner.map_or(Change::Keep, Change::Set);
        self.0.check_may_assign::<Customer>(actor, &given).await?;
        conn.transaction(async |conn| {
            let now = self.0.now();
            let id = CustomerId::new(now, self.0.random()?);
            let resource = FieldResource::Customer;
            let custom = self
                .0
                .new_custom(conn, actor, resource, &new.custom)
                .await?;
            let new = NewCustomer { custom, ..new };
            let customer = Customer::create(id, new, actor.user_id(), now);
            if on_duplicate == OnDuplicate::Fail {
                self.0.refuse_duplicate(conn, actor, &customer).await?;
            }
            if let Some(owner) = customer.owner {
                new_assignee(conn, OWNER, owner).await?;
            }
            storage::insert(conn, &customer).await?;
            let event = CustomerCreated {
                customer_id: id,
                changes: Changes::created(customer.fields()),
            };
            self.0.emit(conn, actor, now, &event).await?;
            Ok(storage::shown(conn, customer).await?)
        })
        .await
    }

    /// Changes a customer. With `version`, only if that is still its version.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Stale`], [`Error::Archived`] or [`Error::Invalid`].
    pub async fn edit(
        &self,
        actor: &Actor,
        id: CustomerId,
        edit: CustomerEdit,
        version: Option<i32>,
    ) -> Result<ListedCustomer> {
        write!(self.0, |conn| self.edit_in(
            conn,
            actor,
            id,
            edit.clone(),
            version
        ))
    }

    /// [`Customers::edit`] within the caller's transaction.
    ///
    /// # Errors
    /// As [`Customers::edit`].
    pub async fn edit_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: CustomerId,
        edit: CustomerEdit,
        version: Option<i32>,
    ) -> Result<ListedCustomer> {
        conn.transaction(async |conn| {
            let held = self
                .0
                .hold::<Customer>(conn, actor, id, Action::Update, version)
                .await?;
            let before = held.record.clone();
            let given = edit.owner.clone().unless_done(before.owner.as_ref());
            self.0.check_may_assign::<Customer>(actor, &given).await?;
            let resource = FieldResource::Customer;
            let custom = self
                .0
                .custom_edit(conn, actor, resource, &edit.custom, &before.custom)
                .await?;
            let customer = before
                .edit(CustomerEdit { custom, ..edit }, held.now)
                .map_err(|_| Error::Archived(Resource::CUSTOMER))?;
            if let Change::Set(owner) = given {
                new_assignee(conn, OWNER, owner).await?;
            }
            self.store(conn, &held, customer, |changes| CustomerEdited {
                customer_id: id,
                changes,
            })
            .await
        })
        .await
    }

    /// Puts a customer away. Does nothing to one that is put away already.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`] or [`Error::Stale`].
    pub async fn archive(
        &self,
        actor: &Actor,
        id: CustomerId,
        version: Option<i32>,
    ) -> Result<ListedCustomer> {
        write!(self.0, |conn| self.archive_in(conn, actor, id, version))
    }

    /// [`Customers::archive`] within the caller's transaction.
    ///
    /// # Errors
    /// As [`Customers::archive`].
    pub async fn archive_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: CustomerId,
        version: Option<i32>,
    ) -> Result<ListedCustomer> {
        conn.transaction(async |conn| {
            let held = self
                .0
                .hold::<Customer>(conn, actor, id, Action::Delete, version)
                .await?;
            let customer = held.record.clone().archive(held.now);
            self.store(conn, &held, customer, |changes| CustomerArchived {
                customer_id: id,
                changes,
            })
            .await
        })
        .await
    }

    /// Takes a customer back from the archive. Does nothing to one that is at hand.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`] or [`Error::Stale`].
    pub async fn restore(
        &self,
        actor: &Actor,
        id: CustomerId,
        version: Option<i32>,
    ) -> Result<ListedCustomer> {
        write!(self.0, |conn| self.restore_in(conn, actor, id, version))
    }

    /// [`Customers::restore`] within the caller's transaction.
    ///
    /// # Errors
    /// As [`Customers::restore`].
    pub async fn restore_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: CustomerId,
        version: Option<i32>,
    ) -> Result<ListedCustomer> {
        conn.transaction(async |conn| {
            let held = self
                .0
                .hold::<Customer>(conn, actor, id, Action::Update, version)
                .await?;
            let customer = held.record.clone().restore(held.now);
            self.store(conn, &held, customer, |changes| CustomerRestored {
                customer_id: id,
                changes,
            })
            .await
        })
        .await
    }

    /// Makes many customers, each as [`Customers::create`] makes one.
    ///
    /// # Errors
    /// When the database fails. What is refused is told with its customer.
    pub async fn create_many(
        &self,
        actor: &Actor,
        new: Vec<NewCustomer>,
        on_duplicate: OnDuplicate,
        on_refusal: OnRefusal,
    ) -> Result<Batch<ListedCustomer>> {
        let new = new.into_iter().map(|new| (new, on_duplicate)).collect();
        self.0.batch::<Customer>(actor, new, on_refusal).await
    }

    /// Does something to many customers, as [`Customers::edit`], [`Customers::archive`] or [`Customers::restore`] does it to one.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for who may read none, or when the database fails before anything is done. What is refused for one is told
    /// with it.
    pub async fn bulk(
        &self,
        actor: &Actor,
        selection: Selection<CustomerId, CustomerFilter>,
        action: BulkAction<CustomerEdit>,
    ) -> Result<Bulk<CustomerId>> {
        self.0.bulk::<Customer>(actor, selection, action).await
    }

    /// Stores the next version of a held customer, and shows it.
    async fn store<E: Event>(
        &self,
        conn: &mut AsyncPgConnection,
        held: &Held<'_, Customer>,
        customer: Customer,
        event: impl FnOnce(Changes) -> E,
    ) -> Result<ListedCustomer> {
        self.0.store(conn, held, &customer, event).await?;
        Ok(storage::shown(conn, customer).await?)
    }
}
