//! Giving leads to users: by name, or by the rules.

use crm_domain::activity::Actor;
use crm_domain::assignment::LeadTraits;
use crm_domain::change::Change;
use crm_domain::event::LeadEdited;
use crm_domain::ids::{LeadId, UserId};
use crm_domain::lead::{Lead, LeadEdit};
use crm_domain::permission::Action;
use crm_domain::user::UserRef;
use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::{ASSIGNED_AGENT, Leads, ListedLead, storage};
use crate::assignment_rules::ByRule;
use crate::error::{Error, Result};
use crate::record::new_assignee;
use crate::write;

/// Who gets a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssignTo {
    /// This user.
    User(UserId),
    /// Nobody.
    Nobody,
    /// Whom the rules choose.
    ByRule,
}

impl Leads<'_> {
    /// Gives a lead to somebody. With `version`, only if that is still its version. Who may change a lead may take it; all
    /// else is for those who may assign.
    ///
    /// # Errors
    /// As [`Leads::edit`]; [`Error::NoAssignmentRule`] when no rule takes it.
    pub async fn assign(
        &self,
        actor: &Actor,
        id: LeadId,
        to: AssignTo,
        version: Option<i32>,
    ) -> Result<ListedLead> {
        write!(self.0, |conn| self.assign_in(conn, actor, id, to, version))
    }

    /// [`Leads::assign`] within the caller's transaction.
    ///
    /// # Errors
    /// As [`Leads::assign`].
    pub async fn assign_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: LeadId,
        to: AssignTo,
        version: Option<i32>,
    ) -> Result<ListedLead> {
        let assigned_agent = match to {
            AssignTo::User(user) => Change::Set(user),
            AssignTo::Nobody => Change::Clear,
            AssignTo::ByRule => return self.assign_by_rule_in(conn, actor, id, version).await,
        };
        let edit = LeadEdit {
            assigned_agent,
            ..LeadEdit::default()
        };
        self.edit_in(conn, actor, id, edit, version).await
    }

    async fn assign_by_rule_in(
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
            let access = self.0.access().await?;
            access.scope::<Lead>(actor, Action::Assign)?;
            held.record.refuse_archived()?;
            let by_rule = self.choose(conn, &held.record).await?;
            let by_rule = by_rule.ok_or(Error::NoAssignmentRule)?;
            let edit = LeadEdit {
                assigned_agent: Change::Set(by_rule.agent.id),
                ..LeadEdit::default()
            };
            let lead = held.record.clone().edit(edit, held.now)?;
            let event = |changes| LeadEdited {
                lead_id: id,
                changes,
            };
            if self.0.store(conn, &held, &lead, event).await? {
                let event = by_rule.event(id);
                self.0.emit(conn, actor, held.now, &event).await?;
            }
            Ok(storage::shown(conn, lead).await?)
        })
        .await
    }

    /// A new lead with who gets it: the user whom it names, and otherwise whom the rules choose.
    pub(super) async fn hand_out(
        &self,
        conn: &mut AsyncPgConnection,
        lead: Lead,
    ) -> Result<(ListedLead, Option<ByRule>)> {
        if let Some(named) = lead.assigned_agent {
            let agent = Some(new_assignee(conn, ASSIGNED_AGENT, named).await?);
            return Ok((new_listed(lead, agent), None));
        }
        let by_rule = self.choose(conn, &lead).await?;
        let agent = by_rule.as_ref().map(|by_rule| by_rule.agent.clone());
        let lead = match &agent {
            Some(agent) => lead.given_to(agent.id),
            None => lead,
        };
        Ok((new_listed(lead, agent), by_rule))
    }

    /// Whom the rules choose for a lead.
    async fn choose(&self, conn: &mut AsyncPgConnection, lead: &Lead) -> Result<Option<ByRule>> {
        let rules = self.0.assignment_rules();
        let chosen = rules.choose_in(conn, &[LeadTraits::from(lead)]).await?;
        Ok(chosen.into_iter().next().flatten())
    }
}

/// A new lead as lists have it: it has values of fields at hand only.
const fn new_listed(lead: Lead, agent: Option<UserRef>) -> ListedLead {
    ListedLead {
        lead,
        agent,
        hidden: Vec::new(),
    }
}
