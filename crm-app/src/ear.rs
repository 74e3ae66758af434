//! Waiting for what the database tells, and going on without it when it cannot.

use std::time::Duration;

use crm_storage::PoolOptions;
use crm_storage::listener::{Channel, Listener};

/// Listens to one channel. A lost connection is made anew at the next use.
pub(crate) struct Ear {
    channel: Channel,
    listener: Option<Listener>,
}

impl Ear {
    pub(crate) const fn new(channel: Channel) -> Self {
        Self {
            channel,
            listener: None,
        }
    }

    /// Waits until something is heard, for so long at most.
    pub(crate) async fn hear(&mut self, options: &PoolOptions, at_most: Duration) {
        if self.listener.is_none() {
            self.listener = listen(options, self.channel).await;
        }
        let Some(listener) = &mut self.listener else {
            return tokio::time::sleep(at_most).await;
        };
        if let Ok(Err(error)) = tokio::time::timeout(at_most, listener.heard()).await {
            tracing::debug!(%error, "no longer hears of changes");
            self.listener = None;
        }
    }
}

async fn listen(options: &PoolOptions, channel: Channel) -> Option<Listener> {
    let connected = Listener::connect(options, channel).await;
    connected
        .inspect_err(|error| tracing::debug!(%error, "cannot listen for changes"))
        .ok()
}
