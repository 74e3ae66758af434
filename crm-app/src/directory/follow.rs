//! Keeping what is at hand fresh: by what the database tells, and by asking it every second in case it does not.

use std::time::Duration;

use crm_storage::PoolOptions;
use crm_storage::listener::Channel;

use crate::crm::Crm;
use crate::ear::Ear;

/// How often the database is asked. Half of [`super::MAX_AGE`], so that a late answer is still in time.
const INTERVAL: Duration = Duration::from_secs(1);

impl Crm {
    /// Learns at once what other replicas change of who may do what, for as long as the future runs. `options` lead
    /// to the database itself, not to a pooler that lends connections by transaction.
    ///
    /// Without it all is well too, but what others change is learnt by the requests, up to two seconds later.
    pub async fn follow(&self, options: &PoolOptions) {
        let mut ear = Ear::new(Channel::Access);
        loop {
            ear.hear(options, INTERVAL).await;
            if let Err(error) = self.directory().newest(self).await {
                tracing::warn!(%error, "cannot learn who may do what; requests will be refused until that is known");
            }
        }
    }
}
