//! The activity log as evidence: each row is sealed into a hash chain, and whoever doubts it has it verified.
//!
//! Nobody who writes waits for it: rows wait in a line, and one sealer at a time takes them from there. See
//! `docs/decisions/0012`.

mod chain;
mod verify;

use std::time::Duration;

use crm_storage::seals::{self, Seal, Unsealed};
use diesel_async::{AsyncConnection, AsyncPgConnection};

use crate::crm::Crm;
use crate::error::{Error, Result};

pub use crm_storage::seals::Days;

pub use chain::{NoSealHash, SealHash};
pub use verify::{Finding, SealedDay, Summary, Told, VerifyPlan};

use chain::End;

/// How often rows are sealed: so long may somebody with the rights of the database's owner remove one without a trace.
const INTERVAL: Duration = Duration::from_secs(2);

/// How many rows are sealed in one transaction.
const BATCH: i64 = 1_000;

/// The activity log as evidence. See [`Crm::audit`].
#[derive(Clone, Copy)]
pub struct Audit<'a>(pub(crate) &'a Crm);

impl Audit<'_> {
    /// Seals the rows of the activity log that wait for it, and tells how many. Nothing is done while another server
    /// does it.
    ///
    /// # Errors
    /// When the database fails; what was sealed before that stays.
    pub async fn seal(&self) -> Result<u64> {
        let mut conn = self.0.connection().await?;
        let mut sealed = 0;
        loop {
            let batch = self.seal_batch(&mut conn).await?;
            sealed += batch.unsigned_abs();
            if batch < BATCH {
                return Ok(sealed);
            }
        }
    }

    /// Seals every few seconds what was added, for as long as the future runs. Several servers may do so at once.
    pub async fn keep_sealing(&self) {
        loop {
            if let Err(error) = self.seal().await {
                tracing::warn!(%error, "cannot seal the activity log; trying again");
            }
            tokio::time::sleep(INTERVAL).await;
        }
    }

    /// Seals a batch; tells its size.
    async fn seal_batch(&self, conn: &mut AsyncPgConnection) -> Result<i64> {
        let (size, complete) = conn
            .transaction(async |conn| {
                if !seals::try_lock(conn).await? {
                    return Ok((0, None));
                }
                let unsealed = seals::list_unsealed(conn, BATCH).await?;
                let last = seals::last(conn, None).await?;
                self.append(conn, &unsealed, last.as_ref()).await
            })
            .await?;
        if let Some(End { day, hash, .. }) = complete {
            // Where the log of the server is kept elsewhere, so is this.
            tracing::info!(target: "crm::audit", %day, head = %hash, "the seals of a day are complete");
        }
        Ok(size)
    }

    /// Adds the seals of these rows to the chain. Tells how many they are, and the end of the day before, when they
    /// begin a new one.
    async fn append(
        &self,
        conn: &mut AsyncPgConnection,
        unsealed: &[Unsealed],
        last: Option<&Seal>,
    ) -> Result<(i64, Option<End>)> {
        if unsealed.is_empty() {
            return Ok((0, None));
        }
        let today = self.0.now().date_naive();
        let broken = || Error::internal("the newest seal of the activity log holds no hash");
        let before = last.map(|last| End::of(last).ok_or_else(broken));
        let before = before.transpose()?;
        let mut end = before.unwrap_or(End::beginning(today));
        let mut new = Vec::with_capacity(unsealed.len());
        for Unsealed { activity, .. } in unsealed {
            end = end.seal(end.next_place(today), activity);
            new.push(end.into_seal(activity.id));
        }
        let positions: Vec<_> = unsealed.iter().map(|row| row.position).collect();
        seals::insert(conn, &new, &positions).await?;
        let size = i64::try_from(new.len()).map_err(Error::internal)?;
        Ok((size, before.filter(|before| before.day < end.day)))
    }
}
