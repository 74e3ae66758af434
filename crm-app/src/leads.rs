//! What is done with leads. Each write exists twice: on a connection of the CRM's own, and, ending in `_in`,
//! within the transaction of a connection that the caller holds.

mod convert;
mod list;

pub use convert::Conversion;
pub use list::{LeadPage, LeadQuery, PageRequest};

use chrono::{DateTime, Utc};
use crm_authz::{Forbidden, Scope};
use crm_domain::activity::{Actor, Changes};
use crm_domain::event::{Event, LeadArchived, LeadCreated, LeadEdited, LeadRestored};
use crm_domain::ids::{LeadId, UserId};
use crm_domain::lead::{Change, Lead, LeadEdit, NewLead};
use crm_domain::permission::{Action, Permission, Resource};
use crm_domain::user::UserRef;
use crm_domain::violation::Violations;
use crm_storage::leads as storage;
use crm_storage::users;
use diesel_async::{AsyncConnection, AsyncPgConnection};

pub use crm_storage::leads::ListedLead;

use crate::attempts::write;
use crate::crm::Crm;
use crate::error::{Error, Result};

/// What is done with leads. See [`Crm::leads`].
#[derive(Clone, Copy)]
pub struct Leads<'a>(pub(crate) &'a Crm);

/// Whether a new lead may have the e-mail address of another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnDuplicate {
    /// Refuse it.
    Fail,
    /// Make it all the same.
    Create,
}

/// A lead that is locked for an action of the actor's.
struct Held<'a> {
    actor: &'a Actor,
    lead: Lead,
    /// The leads to which the actor may do it.
    scope: Scope<Lead>,
    now: DateTime<Utc>,
}

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
            .ok_or(Error::NotFound(Resource::Lead))
    }

    /// Makes a lead.
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
        self.check_may_assign(actor, &given).await?;
        conn.transaction(async |conn| {
            let now = self.0.now();
            let lead = Lead::create(
                LeadId::new(now, self.0.random()?),
                new,
                actor.user_id(),
                now,
            )?;
            if on_duplicate == OnDuplicate::Fail {
                self.refuse_duplicate(conn, actor, &lead).await?;
            }
            let agent = self.new_agent(conn, lead.assigned_agent).await?;
            storage::insert(conn, &lead).await?;
            let event = LeadCreated {
                lead_id: lead.id,
                changes: Changes::created(lead.fields()),
            };
            self.0.emit(conn, actor, now, &event).await?;
            Ok(ListedLead { lead, agent })
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
            let held = self.hold(conn, actor, id, Action::Update, version).await?;
            let given = real_change(&held.lead, &edit.assigned_agent);
            self.check_may_assign(actor, &given).await?;
            let lead = held.lead.clone().edit(edit, held.now)?;
            let agent = match given {
                Change::Keep | Change::Clear => user_ref(conn, lead.assigned_agent).await?,
                Change::Set(agent) => self.new_agent(conn, Some(agent)).await?,
            };
            self.store(conn, &held, &lead, |changes| LeadEdited {
                lead_id: id,
                changes,
            })
            .await?;
            Ok(ListedLead { lead, agent })
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
            let held = self.hold(conn, actor, id, Action::Delete, version).await?;
            let lead = held.lead.clone().archive(held.now);
            self.store(conn, &held, &lead, |changes| LeadArchived {
                lead_id: id,
                changes,
            })
            .await?;
            let agent = user_ref(conn, lead.assigned_agent).await?;
            Ok(ListedLead { lead, agent })
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
            let held = self.hold(conn, actor, id, Action::Update, version).await?;
            let lead = held.lead.clone().restore(held.now);
            self.store(conn, &held, &lead, |changes| LeadRestored {
                lead_id: id,
                changes,
            })
            .await?;
            let agent = user_ref(conn, lead.assigned_agent).await?;
            Ok(ListedLead { lead, agent })
        })
        .await
    }

    /// Locks a lead for an action that the actor may do to it: not found when it may not even be read.
    async fn hold<'a>(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &'a Actor,
        id: LeadId,
        action: Action,
        version: Option<i32>,
    ) -> Result<Held<'a>> {
        let readable = self.0.access().await?.scope(actor, Action::Read)?;
        let scope: Scope<Lead> = self.0.access().await?.scope(actor, action)?;
        let lead = storage::lock(conn, id, &readable)
            .await?
            .ok_or(Error::NotFound(Resource::Lead))?;
        if !scope.reaches(&lead) {
            let permission = Permission::new(Resource::Lead, action);
            return Err(Forbidden { permission }.into());
        }
        refuse_stale(conn, &lead, version).await?;
        Ok(Held {
            actor,
            lead,
            scope,
            // Only now: whoever waited for the lock acts after the one who held it.
            now: self.0.now(),
        })
    }

    /// Stores the next version of a held lead, with its step in the lifecycle and its event. Does nothing when there
    /// is no next version.
    async fn store<E: Event>(
        &self,
        conn: &mut AsyncPgConnection,
        held: &Held<'_>,
        lead: &Lead,
        event: impl FnOnce(Changes) -> E,
    ) -> Result<()> {
        if lead.version == held.lead.version {
            return Ok(());
        }
        if !storage::update(conn, lead, &held.scope).await? {
            // Never: the row is locked. If it happens all the same, nothing is written.
            let message = format!("lead {} changed under its lock", lead.id);
            return Err(Error::internal(message));
        }
        if let Some(change) = lead.status_change_since(&held.lead) {
            let by = held.actor.user_id();
            storage::insert_status_change(conn, lead.id, change, by).await?;
        }
        let event = event(lead.changes_since(&held.lead));
        self.0.emit(conn, held.actor, held.now, &event).await
    }

    /// Everybody may take a lead of theirs upon themselves; to give one to others is a permission of its own.
    async fn check_may_assign(&self, actor: &Actor, given: &Change<UserId>) -> Result<()> {
        match given {
            Change::Keep => Ok(()),
            Change::Set(agent) if actor.user_id() == Some(*agent) => Ok(()),
            Change::Clear | Change::Set(_) => {
                self.0
                    .access()
                    .await?
                    .scope::<Lead>(actor, Action::Assign)?;
                Ok(())
            }
        }
    }

    /// The user that a lead is given to, who must be able to work on it.
    async fn new_agent(
        &self,
        conn: &mut AsyncPgConnection,
        agent: Option<UserId>,
    ) -> Result<Option<UserRef>> {
        let Some(id) = agent else { return Ok(None) };
        // Locked, so that the user is not disabled before the lead is theirs.
        let user = users::lock_shared(conn, id)
            .await?
            .filter(|user| user.is_active);
        match user {
            Some(user) => Ok(Some(user.into())),
            None => {
                Err(Violations::one("assignedAgent", "not-found", "is not an active user").into())
            }
        }
    }

    async fn refuse_duplicate(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        lead: &Lead,
    ) -> Result<()> {
        let Some(email) = &lead.email else {
            return Ok(());
        };
        let key = email.key();
        storage::lock_email(conn, &key).await?;
        if !storage::is_email_taken(conn, &key).await? {
            return Ok(());
        }
        let scope = self.0.access().await?.scope(actor, Action::Read)?;
        let existing = storage::find_by_email(conn, &key, &scope)
            .await?
            .map(LeadId::uuid);
        Err(Error::Duplicate {
            resource: Resource::Lead,
            existing,
        })
    }
}

/// A change of the agent, or [`Change::Keep`] when the lead is already where the edit wants it.
fn real_change(before: &Lead, change: &Change<UserId>) -> Change<UserId> {
    match change {
        Change::Clear if before.assigned_agent.is_some() => Change::Clear,
        Change::Set(agent) if before.assigned_agent != Some(*agent) => Change::Set(*agent),
        _ => Change::Keep,
    }
}

/// Refuses a lead that is no longer the version that the caller saw.
async fn refuse_stale(
    conn: &mut AsyncPgConnection,
    lead: &Lead,
    version: Option<i32>,
) -> Result<()> {
    if version.is_none_or(|version| version == lead.version) {
        return Ok(());
    }
    let agent = user_ref(conn, lead.assigned_agent).await?;
    let lead = lead.clone();
    Err(Error::Stale(Box::new(ListedLead { lead, agent })))
}

/// A user as records show them, active or not.
async fn user_ref(conn: &mut AsyncPgConnection, id: Option<UserId>) -> Result<Option<UserRef>> {
    match id {
        Some(id) => Ok(users::find(conn, id).await?.map(UserRef::from)),
        None => Ok(None),
    }
}
