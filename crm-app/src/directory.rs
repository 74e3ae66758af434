//! Who may do what, and which sessions are alive, kept at hand so that a request need not ask the database.
//!
//! What is at hand is never older than [`MAX_AGE`]: whoever finds it older asks the database first, and is refused when
//! there is no answer. [`Crm::follow`] keeps it fresh, so that requests do not find it old.

mod follow;
mod key_uses;
mod sessions;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;
use crm_authz::{Access, BrokenPolicy, Facts, Policy};
use crm_domain::permission::Catalogue;
use crm_storage::access::{self, Seen};
use crm_storage::pool;
use diesel_async::AsyncPgConnection;

use crate::crm::Crm;
use crate::error::{Error, Result};

pub(crate) use key_uses::KeyUses;
pub(crate) use sessions::{LiveSession, LiveSessions, LookedUpAt};

/// The oldest that what is at hand may be when somebody relies on it.
pub(crate) const MAX_AGE: Duration = Duration::from_secs(2);

/// The longest that a health check waits for somebody else who asks the database.
const PATIENCE: Duration = Duration::from_millis(50);

/// One replica's picture of who may do what.
#[derive(Default)]
pub(crate) struct Directory {
    access: ArcSwapOption<Access>,
    state: Mutex<State>,
    /// Held by the one who asks the database; the others wait for the answer.
    asking: tokio::sync::Mutex<Asking>,
    sessions: LiveSessions,
    key_uses: KeyUses,
}

#[derive(Default)]
struct State {
    /// Counts what this replica itself has changed.
    generation: u64,
    /// When the question was asked whose answer is at hand; `None` when there is none, or a newer one is needed.
    asked_at: Option<Instant>,
    /// Since when the rules of the roles cannot be followed.
    broken_since: Option<Instant>,
}

#[derive(Default)]
struct Asking {
    seen: Option<Seen>,
    failed_at: Option<Instant>,
}

/// How well a replica knows who may do what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// It knows.
    Fresh,
    /// The database gives no answer.
    Unknown,
    /// For this long the rules of the roles could not be followed, and older ones have been.
    Broken(Duration),
}

impl Directory {
    /// The picture, at most [`MAX_AGE`] old.
    pub(crate) async fn access(&self, crm: &Crm) -> Result<Arc<Access>> {
        match self.at_hand(MAX_AGE) {
            Some(access) => Ok(access),
            None => self.ask(crm, MAX_AGE).await,
        }
    }

    /// The picture as it is now, for whom the one at hand does not know yet.
    pub(crate) async fn newest(&self, crm: &Crm) -> Result<Arc<Access>> {
        self.ask(crm, Duration::ZERO).await
    }

    /// This replica has changed who may do what: the next one to rely on it asks the database.
    pub(crate) fn changed(&self) {
        let mut state = self.state();
        state.generation += 1;
        state.asked_at = None;
    }

    /// The version of the picture at hand, however old.
    pub(crate) fn version(&self) -> Option<i64> {
        let access = self.access.load();
        access.as_ref().map(|access| access.version())
    }

    /// The sessions known to be alive.
    pub(crate) const fn sessions(&self) -> &LiveSessions {
        &self.sessions
    }

    /// When the uses of API keys were noted.
    pub(crate) const fn key_uses(&self) -> &KeyUses {
        &self.key_uses
    }

    fn at_hand(&self, max_age: Duration) -> Option<Arc<Access>> {
        let asked_at = self.state().asked_at?;
        (asked_at.elapsed() <= max_age)
            .then(|| self.access.load_full())
            .flatten()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it is held; if it did, the state is still one of its values.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks the database, unless somebody else has done so meanwhile.
    async fn ask(&self, crm: &Crm, max_age: Duration) -> Result<Arc<Access>> {
        let began = Instant::now();
        let asking = self.asking.lock().await;
        self.ask_next(crm, max_age, began, asking).await
    }

    /// Asks the database when the turn has come for which somebody waited since `began`.
    async fn ask_next(
        &self,
        crm: &Crm,
        max_age: Duration,
        began: Instant,
        mut asking: tokio::sync::MutexGuard<'_, Asking>,
    ) -> Result<Arc<Access>> {
        if let Some(access) = self.at_hand(max_age) {
            return Ok(access);
        }
        if asking.failed_at.is_some_and(|failed_at| failed_at > began) {
            // Asked for all who waited, not once for each.
            let cause = "somebody else has just asked in vain who may do what";
            return Err(crm_storage::Error::Unavailable(cause.into()).into());
        }
        let answer = self.answer(crm, &mut asking).await;
        if answer.is_err() {
            asking.failed_at = Some(Instant::now());
        }
        answer
    }

    async fn answer(&self, crm: &Crm, asking: &mut Asking) -> Result<Arc<Access>> {
        let (generation, asked_at) = (self.state().generation, Instant::now());
        let mut conn = pool::get_for_access(crm.pool()).await?;
        let changes = access::changes(&mut conn, asking.seen).await?;
        self.sessions.end(&changes.ended);
        asking.seen = Some(changes.seen_to);
        let before = self.access.load_full();
        let access = match before {
            Some(before) if before.version() == changes.version => before,
            before => self.read(crm, &mut conn, before.as_deref()).await?,
        };
        let mut state = self.state();
        if state.generation == generation {
            state.asked_at = Some(asked_at);
        }
        Ok(access)
    }

    async fn read(
        &self,
        crm: &Crm,
        conn: &mut AsyncPgConnection,
        before: Option<&Access>,
    ) -> Result<Arc<Access>> {
        let facts = access::facts(conn).await?;
        let (policy, broken) = policy(crm.catalogue(), &facts, before.map(Access::policy)).await?;
        if let Some(broken) = &broken {
            tracing::error!(%broken, "the rules of the roles cannot be followed; the ones before hold on");
        }
        let mut state = self.state();
        let since = state.broken_since.unwrap_or_else(Instant::now);
        state.broken_since = broken.map(|_| since);
        drop(state);
        let access = Arc::new(Access::new(facts, policy));
        self.access.store(Some(Arc::clone(&access)));
        Ok(access)
    }

    /// Whether who may do what is at hand, or is told at once.
    async fn is_known(&self, crm: &Crm) -> bool {
        if self.at_hand(MAX_AGE).is_some() {
            return true;
        }
        let began = Instant::now();
        match tokio::time::timeout(PATIENCE, self.asking.lock()).await {
            Ok(asking) => self.ask_next(crm, MAX_AGE, began, asking).await.is_ok(),
            Err(_) => false,
        }
    }

    async fn freshness(&self, crm: &Crm) -> Freshness {
        if !self.is_known(crm).await {
            return Freshness::Unknown;
        }
        match self.state().broken_since {
            Some(since) => Freshness::Broken(since.elapsed()),
            None => Freshness::Fresh,
        }
    }
}

/// The policy of these facts. When it is broken, the one before, and why.
async fn policy(
    catalogue: &Arc<Catalogue>,
    facts: &Facts,
    before: Option<&Arc<Policy>>,
) -> Result<(Arc<Policy>, Option<BrokenPolicy>)> {
    if let Some(before) = before
        && before.roles() == facts.roles
    {
        return Ok((Arc::clone(before), None));
    }
    match (
        Policy::compile(Arc::clone(catalogue), facts.roles.clone()).await,
        before,
    ) {
        (Ok(policy), _) => Ok((Arc::new(policy), None)),
        (Err(broken), Some(before)) => Ok((Arc::clone(before), Some(broken))),
        (Err(broken), None) => Err(Error::internal(broken)),
    }
}

impl Crm {
    /// How well this replica knows who may do what.
    pub async fn freshness(&self) -> Freshness {
        self.directory().freshness(self).await
    }
}
