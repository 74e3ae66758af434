//! Through which statuses a lead went, and how long it stood in each.

use chrono::{DateTime, Utc};
use crm_domain::activity::Actor;
use crm_domain::ids::LeadId;
use crm_domain::lead::LeadStatus;
use crm_domain::list::{Listing, PageRequest};
use crm_domain::permission::{Action, Resource};
use crm_storage::leads as storage;

use super::{Leads, ListedStatusChange};
use crate::error::{Error, Result};

/// Through which statuses a lead went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// A part of the steps, the oldest first.
    pub changes: Listing<ListedStatusChange>,
    /// Where the lead stands now.
    pub status: LeadStatus,
    /// Since when.
    pub since: DateTime<Utc>,
    /// For how many whole seconds.
    pub seconds: i64,
}

impl Leads<'_> {
    /// Through which statuses a lead went, the oldest first, and where it stands now.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such lead that the actor may read, or [`Error::InvalidCursor`].
    pub async fn history(&self, actor: &Actor, id: LeadId, page: &PageRequest) -> Result<History> {
        let scope = self.0.access().await?.scope(actor, Action::Read)?;
        let binding = format!("history of {id} {:?}", actor.who);
        let slice = self.0.slice(page, &binding)?;
        let mut conn = self.0.connection().await?;
        let lead = storage::find(&mut conn, id, &scope)
            .await?
            .ok_or(Error::NotFound(Resource::LEAD))?
            .lead;
        let changes = storage::list_status_changes(&mut conn, id, &slice).await?;
        let since = lead.status_since;
        Ok(History {
            changes: self
                .0
                .onward(changes, ListedStatusChange::position, &binding)?,
            status: lead.state.status(),
            since,
            seconds: (self.0.now() - since).num_seconds().max(0),
        })
    }
}
