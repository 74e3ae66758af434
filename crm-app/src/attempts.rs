//! Running a transaction again that lost against another one.

use std::time::Duration;

use crm_storage::Connection;
use diesel_async::AsyncPgConnection;

use crate::crm::Crm;
use crate::error::Result;

/// How often a transaction is run before its loss is the answer.
const MAX: u32 = 3;

/// A connection, and how often a transaction was tried on it.
pub struct Attempts {
    conn: Connection,
    number: u32,
    /// How often jobs had been queued before.
    queued: u64,
}

impl Attempts {
    /// Takes a connection.
    ///
    /// # Errors
    /// When none is free in time, or the database cannot be reached.
    pub async fn begin(crm: &Crm) -> Result<Self> {
        // Before the connection is taken: whoever holds one should not wait for another to learn it.
        crm.access().await?;
        Ok(Self {
            conn: crm.connection().await?,
            number: 1,
            queued: crm.waker().queued(),
        })
    }

    /// The connection.
    pub fn connection(&mut self) -> &mut AsyncPgConnection {
        &mut self.conn
    }

    /// Whether a result stands. If not, some time has passed. If it does, the workers are told of what it queued.
    pub async fn settle<T>(&mut self, crm: &Crm, result: &Result<T>) -> bool {
        let lost = matches!(result, Err(error) if error.is_retryable());
        if !lost || self.number == MAX {
            // By others perhaps, which does no harm.
            if crm.waker().queued() != self.queued {
                crm.jobs().wake();
            }
            return true;
        }
        tracing::debug!(
            attempt = self.number,
            "the transaction lost against another one and is run again"
        );
        tokio::time::sleep(back_off(crm, self.number)).await;
        self.number += 1;
        false
    }
}

/// Some milliseconds, random so that two that met do not meet again.
fn back_off(crm: &Crm, attempt: u32) -> Duration {
    let [jitter] = crm.random::<1>().unwrap_or_default();
    Duration::from_millis(u64::from(attempt) * 10 + u64::from(jitter) / 8)
}

/// Runs a use case on a connection of the CRM's own: `write!(crm, |conn| self.create_in(conn, ..))`. One whose transaction lost
/// against another one runs again, a few times.
///
/// A macro, since the compiler cannot show that a function over such closures gives a future that is `Send`.
#[macro_export]
macro_rules! write {
    ($crm:expr, |$conn:ident| $work:expr) => {{
        let mut attempts = $crate::plugin::Attempts::begin($crm).await?;
        loop {
            let $conn = attempts.connection();
            let result = $work.await;
            if attempts.settle($crm, &result).await {
                break result;
            }
        }
    }};
}
