//! A connection that hears what the database tells.

use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
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
        let listen = match channel {
            Channel::Access => "listen crm_access",
            Channel::Jobs => "listen crm_jobs",
        };
        conn.batch_execute(listen).await?;
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
