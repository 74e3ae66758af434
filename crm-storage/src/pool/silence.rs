//! Noticing that the database has fallen silent while its connections stand: its host froze, or the network swallows what is sent.
//! Nothing of this is told by an error, and a request would wait without an end.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::{Connections, Pool, lend, ping};
use crate::error::Error;

/// How often the database is asked, while anybody waits for it.
const EVERY: Duration = Duration::from_millis(500);

/// How long it is waited for an answer: in parts, so that a program which was itself stopped for a while does not take that for silence.
/// In all shorter than the wait for a new connection, whose end is no answer.
const PARTS: u32 = 6;
const PART: Duration = Duration::from_millis(250);

/// Ends the connections of a pool, all at once. Clones do the same.
#[derive(Clone, Default)]
pub(super) struct Cut(watch::Sender<()>);

impl Cut {
    /// Drives a connection until it ends or is cut. What waits for it is told that it is closed.
    pub(super) fn drive<C>(&self, connection: C)
    where
        C: Future<Output = Result<(), tokio_postgres::Error>> + Send + 'static,
    {
        let mut cut = self.0.subscribe();
        tokio::spawn(async move {
            tokio::select! {
                ended = connection => {
                    // Whoever uses it is told so.
                    if let Err(error) = ended {
                        tracing::debug!(%error, "a connection to the database has ended");
                    }
                }
                Ok(()) = cut.changed() => {}
            }
        });
    }
}

impl Pool {
    /// Ends the connections, with [`Error::Unavailable`] for whoever waits for them, when the database has not answered for a second and a half
    /// to a connection that asks for nothing else. Never returns: to be run as long as the pool is used.
    pub async fn watch(&self) {
        loop {
            sleep(EVERY).await;
            if self.lent() == 0 || answers(&self.health).await {
                continue;
            }
            let waiting = self.lent();
            tracing::error!(
                waiting,
                "the database does not answer; who waits for it is told so"
            );
            self.cut.0.send_replace(());
        }
    }

    /// How many connections are on loan, of those on which somebody may wait.
    fn lent(&self) -> usize {
        [&self.requests, &self.access, &self.exports]
            .map(Connections::status)
            .map(|status| status.size.saturating_sub(status.available))
            .iter()
            .sum()
    }
}

async fn answers(connections: &Connections) -> bool {
    let mut answer = std::pin::pin!(ask(connections));
    for _ in 0..PARTS {
        if timeout(PART, &mut answer).await.is_ok() {
            return true;
        }
    }
    false
}

/// Ends when the database has answered anything, if only by refusing.
async fn ask(connections: &Connections) {
    loop {
        match lend(connections).await {
            Ok(mut conn) => {
                // An error is an answer: the connection does not stand any more.
                let _told = ping(&mut conn).await;
                return;
            }
            Err(Error::Busy) => {}
            Err(_) => return,
        }
    }
}
