//! What is done with leads. Each write exists twice: on a connection of the CRM's own, and, ending in `_in`,
//! within the transaction of a connection that the caller holds.

mod assign;
mod convert;
mod history;
mod merge;
mod unconvert;

pub use assign::AssignTo;
pub use convert::{Conversion, ConvertOptions, OnCandidates};
pub use history::History;

use crm_domain::activity::{Actor, Changes};
use crm_domain::change::Change;
use crm_domain::custom_field::FieldResource;
use crm_domain::duplicate::Candidates;
use crm_domain::event::{Event, LeadArchived, LeadCreated, LeadEdited, LeadRestored};
use crm_domain::ids::LeadId;
use crm_domain::lead::{Lead, LeadEdit, LeadFilter, LeadQuery, LeadSort, LeadSortField, NewLead};
use crm_domain::list::Listing;
use crm_domain::permission::{Action, Resource};
use crm_storage::leads as storage;
use diesel_async::{AsyncConnection, AsyncPgConnection};

pub use crm_storage::leads::{ListedLead, ListedStatusChange};

use crate::batch::{Batch, InBatch, OnRefusal};
use crate::bulk::{Bulk, BulkAction, Selection, in_bulk};
use crate::crm::Crm;
use crate::duplicate::{OnDuplicate, lock_emails, matched, unique_by_email};
use crate::error::{Error, Result};
use crate::export::{Export, portioned};
use crate::record::{Held, new_assignee};
use crate::write;
use crate::{kept, listed};

kept!(Lead (LeadId) in storage, shown as Lead(storage::shown), merged by merged_into);
listed!(ListedLead { lead: Lead } as "leads" by LeadFilter and LeadSortField in storage);
portioned!(ListedLead in storage);
in_bulk!(Lead as lead by LeadEdit and LeadFilter in Leads and storage);
unique_by_email!(Lead in storage);
matched!(Lead (LeadId) in storage);

impl InBatch for Lead {
    type New = (NewLead, OnDuplicate);
    type Listed = ListedLead;

    async fn lock_all(
        conn: &mut AsyncPgConnection,
        new: &[Self::New],
    ) -> Result<(), crm_storage::Error> {
        let unique = new
            .iter()
            .filter(|(_, on_duplicate)| *on_duplicate == OnDuplicate::Fail);
        lock_emails::<Lead>(conn, unique.filter_map(|(new, _)| new.email.as_ref())).await
    }

    async fn make(
        crm: &Crm,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        new: (NewLead, OnDuplicate),
    ) -> Result<ListedLead> {
        let (new, on_duplicate) = new;
        Leads(crm).create_in(conn, actor, new, on_duplicate).await
    }
}

/// What is done with leads. See [`Crm::leads`].
#[derive(Clone, Copy)]
pub struct Leads<'a>(pub(crate) &'a Crm);

impl Leads<'_> {
    /// The lead `id`.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none that the actor may read.
    pub async fn get(&self, actor: &Actor, id: LeadId) -> Result<ListedLead> {
        let scope = self.0.access().await?.scope(actor, Action::Read)?;
        let mut conn = self.0.connection().await?;
        storage::find(&mut conn, id, &scope)
            .await?
            .ok_or(Error::NotFound(Resource::LEAD))
    }

    /// The leads that match a query.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::InvalidCursor`] for a cursor of another list or another user, or, for custom fields,
    /// [`Error::InvalidQuery`] or [`Error::FieldNotIndexed`].
    pub async fn list(&self, actor: &Actor, query: &LeadQuery) -> Result<Listing<ListedLead>> {
        self.0.list(actor, query).await
    }

    /// The leads at hand that may be the same as the lead `id`.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such lead that the actor may read.
    pub async fn duplicates(&self, actor: &Actor, id: LeadId) -> Result<Candidates> {
        let keys = self.get(actor, id).await?.lead.match_keys();
        let mut conn = self.0.connection().await?;
        let found = self.0.candidates::<Lead>(&mut conn, actor, &keys, Some(id));
        found.await
    }

    /// Begins to take out the leads that match, in order: those that the actor may both read and export.
    ///
    /// # Errors
    /// [`Error::Forbidden`], or that the server is busy with other exports.
    pub async fn export(
        &self,
        actor: &Actor,
        filter: LeadFilter,
        sort: LeadSort,
    ) -> Result<Export<ListedLead>> {
        self.0.export(actor, filter, sort).await
    }

    /// Makes a lead. One that nobody is named for goes to whom the assignment rules choose, if they choose anybody: whoever
    /// makes it may not be able to read it then.
    ///
    /// # Errors
    /// [`Error::Duplicate`], [`Error::Forbidden`], or [`Error::Invalid`] with each field that is wrong.
    pub async fn create(
        &self,
        actor: &Actor,
        new: NewLead,
        on_duplicate: OnDuplicate,
    ) -> Result<ListedLead> {
        write!(self.0, |conn| self.create_in(
            conn,
            actor,
            new.clone(),
            on_duplicate
        ))
    }

    /// [`Leads::create`] within the caller's transaction.
    ///
    /// # Errors
    /// As [`Leads::create`].
    pub async fn create_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        new: NewLead,
        on_duplicate: OnDuplicate,
    ) -> Result<ListedLead> {
        self.0
            .access()
            .await?
            .scope::<Lead>(actor, Action::Create)?;
        let given = new.assigned_agent.map_or(Change::Keep, Change::Set);
        self.0.check_may_assign::<Lead>(actor, &given).await?;
        conn.transaction(async |conn| {
            let now = self.0.now();
            let resource = FieldResource::Lead;
            let custom = self
                .0
                .new_custom(conn, actor, resource, &new.custom)
                .await?;
            let new = NewLead { custom, ..new };
            let lead = Lead::create(
                LeadId::new(now, self.0.random()?),
                new,
                actor.user_id(),
                now,
            )?;
            if on_duplicate == OnDuplicate::Fail {
                self.0.refuse_duplicate(conn, actor, &lead).await?;
            }
            let (listed, by_rule) = self.hand_out(conn, lead).await?;
            let lead = &listed.lead;
            storage::insert(conn, lead).await?;
            let event = LeadCreated {
                lead_id: lead.id,
                changes: Changes::created(lead.fields()),
            };
            self.0.emit(conn, actor, now, &event).await?;
            if let Some(by_rule) = by_rule {
                let event = by_rule.event(lead.id);
                self.0.emit(conn, actor, now, &event).await?;
            }
            Ok(listed)
        })
        .await
    }

    /// Changes a lead. With `version`, only if that is still its version.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Stale`], [`Error::Lead`] or [`Error::Invalid`].
    pub async fn edit(
        &self,
        actor: &Actor,
        id: LeadId,
        edit: LeadEdit,
        version: Option<i32>,
    ) -> Result<ListedLead> {
        write!(self.0, |conn| self.edit_in(
            conn,
            actor,
            id,
            edit.clone(),
            version
        ))
    }

    /// [`Leads::edit`] within the caller's transaction.
    ///
    /// # Errors
    /// As [`Leads::edit`].
    pub async fn edit_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: LeadId,
        edit: LeadEdit,
        version: Option<i32>,
    ) -> Result<ListedLead> {
        conn.transaction(async |conn| {
            let held = self
                .0
                .hold::<Lead>(conn, actor, id, Action::Update, version)
                .await?;
            let before = held.record.clone();
            let given = edit
                .assigned_agent
                .clone()
                .unless_done(before.assigned_agent.as_ref());
            self.0.check_may_assign::<Lead>(actor, &given).await?;
            let resource = FieldResource::Lead;
            let custom = self
                .0
                .custom_edit(conn, actor, resource, &edit.custom, &before.custom)
                .await?;
            let lead = before.edit(LeadEdit { custom, ..edit }, held.now)?;
            if let Change::Set(agent) = given {
                new_assignee(conn, ASSIGNED_AGENT, agent).await?;
            }
            self.store(conn, &held, &lead, |changes| LeadEdited {
                lead_id: id,
                changes,
            })
            .await?;
            Ok(storage::shown(conn, lead).await?)
        })
        .await
    }

    /// Puts a lead away. Does nothing to one that is put away already.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`] or [`Error::Stale`].
    pub async fn archive(
        &self,
        actor: &Actor,
        id: LeadId,
        version: Option<i32>,
    ) -> Result<ListedLead> {
        write!(self.0, |conn| self.archive_in(conn, actor, id, version))
    }

    /// [`Leads::archive`] within the caller's transaction.
    ///
    /// # Errors
    /// As [`Leads::archive`].
    pub async fn archive_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: LeadId,
        version: Option<i32>,
    ) -> Result<ListedLead> {
        conn.transaction(async |conn| {
            let held = self
                .0
                .hold::<Lead>(conn, actor, id, Action::Delete, version)
                .await?;
            let lead = held.record.clone().archive(held.now);
            self.store(conn, &held, &lead, |changes| LeadArchived {
                lead_id: id,
                changes,
            })
            .await?;
            Ok(storage::shown(conn, lead).await?)
        })
        .await
    }

    /// Takes a lead back from the archive. Does nothing to one that is at hand.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`] or [`Error::Stale`].
    pub async fn restore(
        &self,
        actor: &Actor,
        id: LeadId,
        version: Option<i32>,
    ) -> Result<ListedLead> {
        write!(self.0, |conn| self.restore_in(conn, actor, id, version))
    }

    /// [`Leads::restore`] within the caller's transaction.
    ///
    /// # Errors
    /// As [`Leads::restore`].
    pub async fn restore_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: LeadId,
        version: Option<i32>,
    ) -> Result<ListedLead> {
        conn.transaction(async |conn| {
            let held = self
                .0
                .hold::<Lead>(conn, actor, id, Action::Update, version)
                .await?;
            let lead = held.record.clone().restore(held.now);
            self.store(conn, &held, &lead, |changes| LeadRestored {
                lead_id: id,
                changes,
            })
            .await?;
            Ok(storage::shown(conn, lead).await?)
        })
        .await
    }

    /// Makes many leads, each as [`Leads::create`] makes one.
    ///
    /// # Errors
    /// When the database fails. What is refused is told with its lead.
    pub async fn create_many(
        &self,
        actor: &Actor,
        new: Vec<NewLead>,
        on_duplicate: OnDuplicate,
        on_refusal: OnRefusal,
    ) -> Result<Batch<ListedLead>> {
        let new = new.into_iter().map(|new| (new, on_duplicate)).collect();
        self.0.batch::<Lead>(actor, new, on_refusal).await
    }

    /// Does something to many leads, as [`Leads::edit`], [`Leads::archive`] or [`Leads::restore`] does it to one.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for who may read none, or when the database fails before anything is done. What is refused for one is told
    /// with it.
    pub async fn bulk(
        &self,
        actor: &Actor,
        selection: Selection<LeadId, LeadFilter>,
        action: BulkAction<LeadEdit>,
    ) -> Result<Bulk<LeadId>> {
        self.0.bulk::<Lead>(actor, selection, action).await
    }

    /// Stores the next version of a held lead, with its step in the lifecycle and its event. Does nothing when there
    /// is no next version.
    async fn store<E: Event>(
        &self,
        conn: &mut AsyncPgConnection,
        held: &Held<'_, Lead>,
        lead: &Lead,
        event: impl FnOnce(Changes) -> E,
    ) -> Result<()> {
        self.0.store(conn, held, lead, event).await?;
        if let Some(change) = lead.status_change_since(&held.record) {
            let by = held.actor.user_id();
            storage::insert_status_change(conn, lead.id, change, by).await?;
        }
        Ok(())
    }
}

/// The field that names who works on a lead.
const ASSIGNED_AGENT: &str = "assignedAgent";
