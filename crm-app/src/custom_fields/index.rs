//! Making the indexes of custom fields, beside the running system.

use std::collections::BTreeSet;
use std::time::Duration;

use crm_domain::custom_field::{FieldResource, IndexState};
use crm_storage::custom_fields::index::{self, IndexToMake};
use crm_storage::{PoolOptions, pool};
use diesel_async::AsyncPgConnection;

use super::CustomFields;
use crate::error::Result;

/// How often somebody looks whether there is an index to make.
const INTERVAL: Duration = Duration::from_secs(2);

/// How long nobody looks after one could not be made.
const AFTER_FAILURE: Duration = Duration::from_mins(1);

/// What making indexes did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct IndexesBuilt {
    /// How many were made, or dropped for fields that are put away.
    pub done: usize,
    /// How many could not be; they are tried again.
    pub failed: usize,
}

impl CustomFields<'_> {
    /// Makes every index that a field at hand does not have yet, or that was left in pieces, and drops those of fields that
    /// are put away. Nothing is done while another server does it. `options` lead to the database itself, not to a pooler
    /// that lends connections by transaction: no transaction makes an index beside the running system.
    ///
    /// # Errors
    /// When the database fails. What was made before that stays.
    pub async fn build_indexes(&self, options: &PoolOptions) -> Result<IndexesBuilt> {
        let mut built = IndexesBuilt::default();
        let mut conn = self.0.connection().await?;
        let is_idle = index::list_to_make(&mut conn).await?.is_empty();
        drop(conn);
        if is_idle {
            return Ok(built);
        }
        let mut conn = pool::connect_once(options).await?;
        if !index::try_lock(&mut conn).await? {
            return Ok(built);
        }
        let mut made_on = BTreeSet::new();
        // Read anew: the one before may have made some of them.
        for to_make in index::list_to_make(&mut conn).await? {
            if settle(&mut conn, &to_make, &mut made_on).await? {
                built.done += 1;
            } else {
                built.failed += 1;
            }
        }
        for resource in made_on {
            index::analyze(&mut conn, resource).await?;
        }
        Ok(built)
    }

    /// Makes indexes as soon as they are needed, for as long as the future runs. Several servers may do so at once.
    pub async fn keep_building_indexes(&self, options: &PoolOptions) {
        loop {
            let pause = match self.build_indexes(options).await {
                Ok(IndexesBuilt { failed: 0, .. }) => INTERVAL,
                Ok(_) => AFTER_FAILURE,
                Err(error) => {
                    tracing::warn!(%error, "cannot make the indexes of custom fields; trying again");
                    INTERVAL
                }
            };
            tokio::time::sleep(pause).await;
        }
    }
}

/// Makes or drops one index, and records how it went. Whether it went well.
async fn settle(
    conn: &mut AsyncPgConnection,
    to_make: &IndexToMake,
    made_on: &mut BTreeSet<FieldResource>,
) -> Result<bool> {
    let field = to_make.field;
    let result = if to_make.is_archived {
        index::drop(conn, to_make).await
    } else {
        index::make(conn, to_make).await
    };
    let state = match &result {
        Ok(()) => IndexState::Ready,
        Err(error) => {
            tracing::error!(%field, %error, "cannot make the index of a custom field; trying again");
            IndexState::Failed
        }
    };
    // Of one that is put away there is nothing to tell; it may have been taken back meanwhile.
    if !to_make.is_archived {
        index::set_state(conn, field, state).await?;
        made_on.insert(to_make.resource);
    }
    Ok(result.is_ok())
}
