//! A connection that hears what the database tells.

use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use futures_util::StreamExt;

use crate::Error;
use crate::pool::{self, PoolOptions};

/// What there is to be heard of. A notification says that, and nothing more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// Who may do what has changed.
    Access,
    /// There are jobs to be done.
    Jobs,
}

impl Channel {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Access => "crm_access",
            Self::Jobs => "crm_jobs",
        }
    }
}

/// Tells it to all who listen.
///
/// Not within the transaction that it is about: whoever notifies holds a lock of the whole database until their commit is on the
/// disk, so that of all who do, one commits after the other.
///
/// # Errors
/// When the database fails.
pub async fn tell(conn: &mut AsyncPgConnection, channel: Channel) -> Result<(), Error> {
    diesel::sql_query("select pg_notify($1, '')")
        .bind::<diesel::sql_types::Text, _>(channel.as_str())
        .execute(conn)
        .await?;
    Ok(())
}

/// A connection that hears of one thing.
///
/// It must be a direct one: a pooler that lends connections by transaction loses what it listens to.
pub struct Listener(AsyncPgConnection);

impl Listener {
    /// Begins to listen.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn connect(options: &PoolOptions, channel: Channel) -> Result<Self, Error> {
        let mut conn = pool::connect_once(options).await?;
        let listen = format!("listen {}", channel.as_str());
        conn.batch_execute(&listen).await?;
        Ok(Self(conn))
    }

    /// Waits until something is told.
    ///
    /// # Errors
    /// When the connection is lost.
    pub async fn heard(&mut self) -> Result<(), Error> {
        let heard = std::pin::pin!(self.0.notifications_stream()).next().await;
        match heard {
            Some(heard) => {
                heard?;
                Ok(())
            }
            None => Err(Error::Unavailable("the connection has ended".into())),
        }
    }
}
