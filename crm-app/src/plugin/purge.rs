//! Removing what a plugin has left in the database.

use crm_storage::plugin::purge;
use diesel_async::AsyncConnection;

pub use crm_storage::plugin::purge::Holdings;

use super::order::check_id;
use crate::crm::Crm;
use crate::error::{Error, Result};

impl Crm {
    /// What a plugin has in the database, whether or not the program holds it.
    ///
    /// # Errors
    /// When `id` is none that a plugin may have, or the database fails.
    pub async fn plugin_holdings(&self, id: &str) -> Result<Holdings> {
        check_id(id).map_err(Error::internal)?;
        let mut conn = self.connection().await?;
        Ok(purge::find(&mut conn, id).await?)
    }

    /// Removes the tables of a plugin, its migrations from the ledger, the grants of its permissions and its jobs, and answers
    /// what that was. What the activity log tells of it stays, as do functions that its migrations made.
    ///
    /// # Errors
    /// As [`Crm::plugin_holdings`], and when something refers to one of its tables.
    pub async fn purge_plugin(&self, id: &str) -> Result<Holdings> {
        check_id(id).map_err(Error::internal)?;
        let mut conn = self.connection().await?;
        let purged = conn
            .transaction::<_, Error, _>(async |conn| Ok(purge::purge(conn, id).await?))
            .await?;
        self.directory().changed();
        Ok(purged)
    }
}
