//! What is done with visits. Each use case asks for the caller's scope, and each write ends in [`Crm::emit`].

use crm_app::plugin::{Listed, QueryOf};
use crm_app::{Crm, Error, Result, StorageError, kept};
use crm_authz::Scope;
use crm_domain::activity::{Actor, Changes};
use crm_domain::customer::Customer;
use crm_domain::ids::{CustomerId, UserId};
use crm_domain::list::{Listing, Sort};
use crm_domain::page::{Slice, Total};
use crm_domain::permission::Action;
use crm_domain::text::Name;
use crm_domain::violation::Violations;
use crm_storage::customers;
use crm_storage::plugin::Part;
use diesel_async::{AsyncConnection, AsyncPgConnection};
use serde_json::Value;

use crate::api::VisitsVisit;
use crate::store;
use crate::visit::{VISIT, Visit, VisitDone, VisitFilter, VisitId, VisitPlanned, VisitSortField};

kept!(Visit(VisitId) in store, shown as Shown(shown));

impl Listed for Visit {
    type Record = Self;
    type Filter = VisitFilter;
    type Field = VisitSortField;
    const NAME: &'static str = "visits";

    fn record(&self) -> &Self {
        self
    }

    async fn list(
        conn: &mut AsyncPgConnection,
        filter: &VisitFilter,
        sort: Sort<VisitSortField>,
        slice: &Slice,
        scope: &Scope<Self>,
    ) -> Result<Part<Self>, StorageError> {
        Ok(store::list(conn, filter, sort, slice, scope).await?.into())
    }

    async fn count(
        conn: &mut AsyncPgConnection,
        filter: &VisitFilter,
        exact: bool,
        scope: &Scope<Self>,
    ) -> Result<Total, StorageError> {
        store::count(conn, filter, exact, scope).await
    }
}

/// What is done with visits.
pub struct Visits<'a>(
    /// The CRM that has them.
    pub &'a Crm,
);

impl Visits<'_> {
    /// The visits that the actor may see.
    ///
    /// # Errors
    /// [`Error::Forbidden`], or [`Error::InvalidCursor`] for a cursor of another list.
    pub async fn list(&self, actor: &Actor, query: &QueryOf<Visit>) -> Result<Listing<Visit>> {
        self.0.list(actor, query).await
    }

    /// One visit.
    ///
    /// # Errors
    /// [`Error::Forbidden`], or [`Error::NotFound`] where the actor may not see it.
    pub async fn get(&self, actor: &Actor, id: VisitId) -> Result<Visit> {
        let scope = self.0.access().await?.scope(actor, Action::Read)?;
        let mut conn = self.0.connection().await?;
        let visit = store::find(&mut conn, id, &scope).await?;
        visit.ok_or(Error::NotFound(VISIT))
    }

    /// Plans a visit of the actor's, for a customer that they may see.
    ///
    /// # Errors
    /// [`Error::Forbidden`], or [`Error::Invalid`] where there is no such customer.
    pub async fn plan(&self, actor: &Actor, customer: CustomerId, name: Name) -> Result<Visit> {
        crm_app::write!(self.0, |conn| self.plan_in(
            conn,
            actor,
            customer,
            name.clone()
        ))
    }

    /// [`Visits::plan`], within the caller's transaction.
    ///
    /// # Errors
    /// As [`Visits::plan`].
    pub async fn plan_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        customer: CustomerId,
        name: Name,
    ) -> Result<Visit> {
        let access = self.0.access().await?;
        access.scope::<Visit>(actor, Action::Create)?;
        let customers_read = access.scope::<Customer>(actor, Action::Read)?;
        conn.transaction(async |conn| {
            let known = customers::readable(conn, &[customer.uuid()], &customers_read).await?;
            if known.is_empty() {
                let reason = "is not a customer that you may see";
                return Err(Violations::one("customerId", "not-found", reason).into());
            }
            self.store_new(conn, actor, customer, name, actor.user_id())
                .await
        })
        .await
    }

    /// Says that a visit is done. With `version`, only if that is still its version.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`] or [`Error::Stale`].
    pub async fn complete(
        &self,
        actor: &Actor,
        id: VisitId,
        version: Option<i32>,
    ) -> Result<Visit> {
        crm_app::write!(self.0, |conn| self.complete_in(conn, actor, id, version))
    }

    /// [`Visits::complete`], within the caller's transaction.
    ///
    /// # Errors
    /// As [`Visits::complete`].
    pub async fn complete_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: VisitId,
        version: Option<i32>,
    ) -> Result<Visit> {
        conn.transaction(async |conn| {
            let held = self
                .0
                .hold::<Visit>(conn, actor, id, Action::Update, version);
            let held = held.await?;
            let visit = held.record.clone().done(held.now);
            let done = |changes| VisitDone {
                visit_id: id,
                changes,
            };
            self.0.store(conn, &held, &visit, done).await?;
            Ok(visit)
        })
        .await
    }

    /// Plans the first visit for a customer, as whoever looks after them. There is but one first: a job may run twice.
    pub(crate) async fn plan_first(&self, actor: &Actor, customer: CustomerId) -> Result<()> {
        let found = self.0.customers().get(actor, customer).await?;
        let owner = found.customer.owner;
        let name = Name::from_stored("First visit".to_owned());
        crm_app::write!(self.0, |conn| self.plan_first_in(
            conn,
            actor,
            customer,
            (name.clone(), owner)
        ))
    }

    async fn plan_first_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        customer: CustomerId,
        (name, owner): (Name, Option<UserId>),
    ) -> Result<()> {
        conn.transaction(async |conn| {
            if !store::has_any(conn, customer).await? {
                self.store_new(conn, actor, customer, name, owner).await?;
            }
            Ok(())
        })
        .await
    }

    async fn store_new(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        customer: CustomerId,
        name: Name,
        owner: Option<UserId>,
    ) -> Result<Visit> {
        let now = self.0.now();
        let visit = Visit {
            id: VisitId::new(now, self.0.random()?),
            name,
            customer,
            owner,
            done_at: None,
            version: 1,
            created_at: now,
        };
        store::insert(conn, &visit).await?;
        let planned = VisitPlanned {
            visit_id: visit.id,
            customer_id: customer,
            changes: Changes::created(visit.fields()),
        };
        self.0.emit(conn, actor, now, &planned).await?;
        Ok(visit)
    }
}

/// What somebody is shown whose version is no longer the current one.
async fn shown(_: &mut AsyncPgConnection, visit: Visit) -> Result<Value, StorageError> {
    let shown = serde_json::to_value(VisitsVisit::from(visit));
    Ok(shown.unwrap_or_default())
}
