//! Through which stages a deal went, and how long it stood in each.

use chrono::{DateTime, Utc};
use crm_app::{Error, Result};
use crm_domain::activity::Actor;
use crm_domain::list::{Listing, PageRequest};
use crm_domain::permission::Action;

use super::Deals;
use crate::deal::{DEAL, DealId};
use crate::pipeline::Stage;
use crate::store::history::{self, ListedStageChange};

/// Through which stages a deal went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// A part of the steps, the oldest first.
    pub changes: Listing<ListedStageChange>,
    /// Where the deal stands now.
    pub stage: Stage,
    /// Since when.
    pub since: DateTime<Utc>,
    /// For how many whole seconds.
    pub seconds: i64,
}

impl Deals<'_> {
    /// Through which stages a deal went, the oldest first, and where it stands now.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such deal that the actor may read, or [`Error::InvalidCursor`].
    pub async fn history(&self, actor: &Actor, id: DealId, page: &PageRequest) -> Result<History> {
        let scope = self.0.access().await?.scope(actor, Action::Read)?;
        let binding = format!("stages of {id} {:?}", actor.who);
        let slice = self.0.slice(page, &binding)?;
        let mut conn = self.0.connection().await?;
        let found = crate::store::find(&mut conn, id, &scope)
            .await?
            .ok_or(Error::NotFound(DEAL))?;
        let changes = history::list(&mut conn, id, &slice).await?;
        let since = found.deal.stage_since;
        Ok(History {
            changes: self
                .0
                .onward(changes, ListedStageChange::position, &binding)?,
            stage: found.stage,
            since,
            seconds: (self.0.now() - since).num_seconds().max(0),
        })
    }
}
