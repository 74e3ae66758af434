//! What was done to a record, and to what it came from: seen by whoever may read the record, as far as they may read
//! the others.

use crm_authz::{Access, Scope};
use crm_domain::activity::{Actor, RecordRef};
use crm_domain::customer::Customer;
use crm_domain::ids::{CustomerId, LeadId, TaskId};
use crm_domain::lead::Lead;
use crm_domain::list::{Listing, PageRequest};
use crm_domain::permission::{Action, Record, Resource};
use crm_domain::task::{RelatedKind, Task};
use crm_storage::{activities, customers, leads, tasks};
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use super::ShownEntry;
use crate::crm::Crm;
use crate::customers::Customers;
use crate::error::{Error, Result};
use crate::leads::Leads;
use crate::tasks::Tasks;

/// The most leads, and the most customers, that one timeline tells of.
const MAX_RECORDS: usize = 200;

/// The most tasks about a record that its timeline tells of: the newest.
const MAX_TASKS: i64 = 1_000;

impl Leads<'_> {
    /// What was done to a lead, to those that were merged into it, and to the tasks about any of them, the newest first.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such lead that the actor may read, or [`Error::InvalidCursor`].
    pub async fn timeline(
        &self,
        actor: &Actor,
        id: LeadId,
        page: &PageRequest,
    ) -> Result<Listing<ShownEntry>> {
        let access = self.0.access().await?;
        let scope = access.scope(actor, Action::Read)?;
        let mut conn = self.0.connection().await?;
        leads::find(&mut conn, id, &scope)
            .await?
            .ok_or(Error::NotFound(Resource::LEAD))?;
        let mut told = Told::default();
        told.add_leads(&mut conn, vec![id.uuid()], &scope).await?;
        told.add_tasks(&mut conn, &access, actor).await?;
        self.0.timeline(&mut conn, actor, told, page).await
    }
}

impl Customers<'_> {
    /// What was done to a customer, to those who were merged into them, to the leads that became them, and to the tasks
    /// about any of them, the newest first.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such customer that the actor may read, or [`Error::InvalidCursor`].
    pub async fn timeline(
        &self,
        actor: &Actor,
        id: CustomerId,
        page: &PageRequest,
    ) -> Result<Listing<ShownEntry>> {
        let access = self.0.access().await?;
        let scope = access.scope(actor, Action::Read)?;
        let mut conn = self.0.connection().await?;
        customers::find(&mut conn, id, &scope)
            .await?
            .ok_or(Error::NotFound(Resource::CUSTOMER))?;
        let mut told = Told::default();
        told.add_customers(&mut conn, id.uuid(), &scope).await?;
        told.add_origins(&mut conn, &access, actor).await?;
        told.add_tasks(&mut conn, &access, actor).await?;
        self.0.timeline(&mut conn, actor, told, page).await
    }
}

impl Tasks<'_> {
    /// What was done to a task, the newest first.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such task that the actor may read, or [`Error::InvalidCursor`].
    pub async fn timeline(
        &self,
        actor: &Actor,
        id: TaskId,
        page: &PageRequest,
    ) -> Result<Listing<ShownEntry>> {
        let scope = self.0.access().await?.scope(actor, Action::Read)?;
        let mut conn = self.0.connection().await?;
        tasks::find(&mut conn, id, &scope)
            .await?
            .ok_or(Error::NotFound(Resource::TASK))?;
        let told = Told {
            tasks: vec![id.uuid()],
            ..Told::default()
        };
        self.0.timeline(&mut conn, actor, told, page).await
    }
}

/// The records that a timeline tells of: the one that is asked about first, then others that the actor may read.
#[derive(Default)]
struct Told {
    customers: Vec<Uuid>,
    leads: Vec<Uuid>,
    tasks: Vec<Uuid>,
}

impl Told {
    /// These leads, and those that were merged into them.
    async fn add_leads(
        &mut self,
        conn: &mut AsyncPgConnection,
        ids: Vec<Uuid>,
        scope: &Scope<Lead>,
    ) -> Result<()> {
        self.leads = leads::with_merged(conn, ids, MAX_RECORDS, scope).await?;
        Ok(())
    }

    /// This customer, and those who were merged into them.
    async fn add_customers(
        &mut self,
        conn: &mut AsyncPgConnection,
        id: Uuid,
        scope: &Scope<Customer>,
    ) -> Result<()> {
        self.customers = customers::with_merged(conn, vec![id], MAX_RECORDS, scope).await?;
        Ok(())
    }

    /// The leads that became these customers.
    async fn add_origins(
        &mut self,
        conn: &mut AsyncPgConnection,
        access: &Access,
        actor: &Actor,
    ) -> Result<()> {
        let Some(scope) = readable(access, actor) else {
            return Ok(());
        };
        let origins = leads::list_became(conn, &self.customers, MAX_RECORDS, &scope).await?;
        self.add_leads(conn, origins, &scope).await
    }

    /// The newest tasks about these records.
    async fn add_tasks(
        &mut self,
        conn: &mut AsyncPgConnection,
        access: &Access,
        actor: &Actor,
    ) -> Result<()> {
        let Some(scope): Option<Scope<Task>> = readable(access, actor) else {
            return Ok(());
        };
        for (kind, ids) in [
            (RelatedKind::Customer, &self.customers),
            (RelatedKind::Lead, &self.leads),
        ] {
            if ids.is_empty() {
                continue;
            }
            let about = tasks::list_about(conn, kind, ids, MAX_TASKS, &scope).await?;
            self.tasks.extend(about);
        }
        Ok(())
    }

    fn records(&self) -> Vec<RecordRef> {
        let of_kind = |resource, ids: &[Uuid]| {
            let record = |id: &Uuid| RecordRef { resource, id: *id };
            ids.iter().map(record).collect::<Vec<_>>()
        };
        [
            of_kind(Resource::CUSTOMER, &self.customers),
            of_kind(Resource::LEAD, &self.leads),
            of_kind(Resource::TASK, &self.tasks),
        ]
        .concat()
    }
}

/// The records of a kind that the actor may read; `None` when there are none.
fn readable<R: Record>(access: &Access, actor: &Actor) -> Option<Scope<R>> {
    access.scope(actor, Action::Read).ok()
}

impl Crm {
    async fn timeline(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        told: Told,
        page: &PageRequest,
    ) -> Result<Listing<ShownEntry>> {
        let records = told.records();
        // The record that is asked about is the first.
        let binding = format!("timeline of {:?} {:?}", records.first(), actor.who);
        let slice = self.slice(page, &binding)?;
        let (entries, goes_on) = activities::list_about(conn, &records, &slice).await?;
        let shown = self.show_entries(conn, actor, entries).await?;
        let position = |shown: &ShownEntry| shown.entry.position();
        self.onward((shown, goes_on), position, &binding)
    }
}
