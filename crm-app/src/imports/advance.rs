//! Going on with imports, a chunk at a time: by whoever is there, and after whoever has crashed.

use std::time::Duration;

use crm_domain::customer::Customer;
use crm_domain::ids::ImportId;
use crm_domain::import::{Import, ImportKind, ImportState, Outcome};
use crm_domain::lead::Lead;
use crm_storage::Error as StorageError;
use crm_storage::imports::{self as storage, StoredOutcome};
use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::brought::Brought;
use super::{Imports, revert, run};
use crate::error::{Error, Result};
use crate::write;

/// Rows in one transaction. More are hardly faster, and hold their locks for longer.
const CHUNK: i64 = 500;

/// How often a server looks for work that it was not told of: another server's, that has crashed.
const LOOK: Duration = Duration::from_secs(5);

/// How many imports a server turns to in one round, a chunk of each.
const ROUND: i64 = 10;

impl Imports<'_> {
    /// Does one chunk of an import, in one transaction. False when there is no more to do, or another one is at it.
    ///
    /// # Errors
    /// When the database fails in a way that may pass: then nothing was done, and it may be tried again.
    pub async fn advance(&self, id: ImportId) -> Result<bool> {
        let result = match self.step(id, CHUNK).await {
            Err(error) if is_of_a_row(&error) => self.step_singly(id).await,
            result => result,
        };
        match result {
            Err(error) if !is_passing(&error) => {
                tracing::warn!(import = %id, %error, "an import is given up");
                self.give_up(id, &error).await?;
                Ok(false)
            }
            result => result,
        }
    }

    /// Goes on with all imports that there are, whoever began them. Never ends by itself.
    pub async fn keep_going(&self) {
        loop {
            let told = self.0.workshop().work.notified();
            match self.round().await {
                Ok(true) => {}
                Ok(false) => drop(tokio::time::timeout(LOOK, told).await),
                Err(error) => {
                    tracing::warn!(%error, "imports wait for the database");
                    tokio::time::sleep(LOOK).await;
                }
            }
        }
    }

    /// Does a chunk of each of some imports. False when there is nothing to do.
    async fn round(&self) -> Result<bool> {
        let ids = {
            let mut conn = self.0.connection().await?;
            storage::list_active(&mut conn, ROUND).await?
        };
        let mut goes_on = false;
        for id in ids {
            match self.advance(id).await {
                Ok(more) => goes_on |= more,
                // Another one need not wait for it.
                Err(error) => {
                    tracing::warn!(import = %id, %error, "an import waits for the database");
                }
            }
        }
        Ok(goes_on)
    }

    async fn step(&self, id: ImportId, size: i64) -> Result<bool> {
        write!(self.0, |conn| self.step_in(conn, id, size))
    }

    async fn step_in(&self, conn: &mut AsyncPgConnection, id: ImportId, size: i64) -> Result<bool> {
        conn.transaction(async |conn| {
            let Some(import) = storage::lock_active(conn, id).await? else {
                return Ok(false);
            };
            let import = match import.kind {
                ImportKind::Lead => self.step_of::<Lead>(conn, import, size).await?,
                ImportKind::Customer => self.step_of::<Customer>(conn, import, size).await?,
            };
            storage::update(conn, &import).await?;
            Ok(import.state.is_active())
        })
        .await
    }

    async fn step_of<R: Brought>(
        &self,
        conn: &mut AsyncPgConnection,
        import: Import,
        size: i64,
    ) -> Result<Import> {
        match import.state {
            ImportState::Reverting => revert::step::<R>(self.0, conn, import, size).await,
            _ => run::step::<R>(self.0, conn, import, size).await,
        }
    }

    /// Does a chunk row by row: one of them is refused by what runs before a commit, or by what refers to its record, and
    /// the others are not.
    async fn step_singly(&self, id: ImportId) -> Result<bool> {
        for _ in 0..CHUNK {
            let goes_on = match self.step(id, 1).await {
                Err(error) if is_of_a_row(&error) => self.refuse_row(id, &error).await?,
                result => result?,
            };
            if !goes_on {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Notes that the next row cannot be done.
    async fn refuse_row(&self, id: ImportId, error: &Error) -> Result<bool> {
        write!(self.0, |conn| self.refuse_row_in(conn, id, error))
    }

    async fn refuse_row_in(
        &self,
        conn: &mut AsyncPgConnection,
        id: ImportId,
        error: &Error,
    ) -> Result<bool> {
        conn.transaction(async |conn| {
            let Some(mut import) = storage::lock_active(conn, id).await? else {
                return Ok(false);
            };
            let is_revert = import.state == ImportState::Reverting;
            let number = if is_revert {
                let next = storage::done_rows(conn, id, revert::before(&import), 1).await?;
                next.first().map(|row| row.number)
            } else {
                Some(import.position + 1)
            };
            let Some(number) = number else {
                return Ok(false);
            };
            let outcome = StoredOutcome {
                number,
                outcome: if is_revert {
                    Outcome::Kept
                } else {
                    Outcome::Failed
                },
                reason: Some(reason(error)),
                email_key: None,
                record: None,
                version: None,
                changes: None,
            };
            import.counts.add(outcome.outcome);
            import.position = if is_revert {
                import.rows - number + 1
            } else {
                number
            };
            import.updated_at = self.0.now();
            storage::store_outcomes(conn, id, &[outcome]).await?;
            storage::update(conn, &import).await?;
            // The step after the last row ends it.
            Ok(true)
        })
        .await
    }

    async fn give_up(&self, id: ImportId, error: &Error) -> Result<()> {
        let failure = match error {
            Error::Forbidden(forbidden) => forbidden.to_string(),
            _ => "something went wrong on our side".to_owned(),
        };
        write!(self.0, |conn| self.give_up_in(conn, id, failure.clone()))
    }

    async fn give_up_in(
        &self,
        conn: &mut AsyncPgConnection,
        id: ImportId,
        failure: String,
    ) -> Result<()> {
        conn.transaction(async |conn| {
            if let Some(import) = storage::lock_active(conn, id).await? {
                let import = import.fail(failure, self.0.now());
                storage::update(conn, &import).await?;
            }
            Ok(())
        })
        .await
    }
}

/// Whether one row is refused, and others of its chunk need not be.
fn is_of_a_row(error: &Error) -> bool {
    matches!(
        error,
        Error::Vetoed { .. } | Error::Storage(StorageError::ReferenceViolation { .. })
    )
}

fn reason(error: &Error) -> String {
    match error {
        Error::Storage(_) => "something refers to it".to_owned(),
        other => other.to_string(),
    }
}

/// Whether the same may be done a moment later.
fn is_passing(error: &Error) -> bool {
    matches!(
        error,
        Error::Overloaded
            | Error::Storage(
                StorageError::Busy
                    | StorageError::Unavailable(_)
                    | StorageError::Conflict(_)
                    | StorageError::Locked(_)
                    | StorageError::DiskFull(_)
                    | StorageError::Timeout(_)
            )
    )
}
