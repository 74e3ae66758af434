//! One CRM on one database: what the use cases share.

use std::sync::Arc;

use arc_swap::ArcSwap;
use chrono::{DateTime, Utc};
use crm_authz::Access;
use crm_domain::clock::{Clock, to_micros};
use crm_domain::due::Tz;
use crm_domain::event::Event;
use crm_domain::ids::RequestId;
use crm_domain::permission::Catalogue;
use crm_storage::{Pool, pool};
use diesel_async::AsyncPgConnection;
use futures_util::future::BoxFuture;
use ring::rand::{SecureRandom, SystemRandom};

use crate::access_token::AccessTokens;
use crate::activities::Activities;
use crate::analytics::Analytics;
use crate::api_keys::ApiKeys;
use crate::assignment_rules::AssignmentRules;
use crate::audit::Audit;
use crate::auth::Auth;
use crate::custom_fields::CustomFields;
use crate::customers::Customers;
use crate::directory::Directory;
use crate::error::{Error, Result};
use crate::event::{HookContext, HookError, Hooks};
use crate::events::{Events, Watchers};
use crate::idempotency::Idempotency;
use crate::imports::{self, Imports, Workshop};
use crate::jobs::{Jobs, Registry, Tally, Waker};
use crate::keys::Secrets;
use crate::leads::Leads;
use crate::password::{HashCost, MinPasswordChars, Passwords};
use crate::plugin::Plugins;
use crate::roles::Roles;
use crate::second_factors::SecondFactors;
use crate::tags::Tags;
use crate::tasks::Tasks;
use crate::teams::Teams;
use crate::users::Users;
use crate::views::Views;

/// One CRM on one database. Cheap to clone; several may live in one process.
#[derive(Clone)]
pub struct Crm(Arc<Inner>);

struct Inner {
    pool: Pool,
    clock: Arc<dyn Clock>,
    time_zone: Tz,
    directory: Directory,
    plugins: Plugins,
    hooks: Hooks,
    registry: Registry,
    passwords: Passwords,
    access_tokens: AccessTokens,
    secrets: ArcSwap<Secrets>,
    random: SystemRandom,
    workshop: Workshop,
    feed_watchers: Watchers,
    job_tally: Tally,
    waker: Waker,
}

/// Puts a [`Crm`] together.
pub struct CrmBuilder {
    pool: Pool,
    secrets: Secrets,
    clock: Arc<dyn Clock>,
    time_zone: Tz,
    hash_cost: HashCost,
    min_password_chars: MinPasswordChars,
    max_import_bytes: u64,
    plugins: Plugins,
    hooks: Hooks,
    pub(crate) registry: Registry,
}

impl CrmBuilder {
    /// Takes the time from `clock` instead of the system.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Begins and ends days as this zone does, instead of UTC.
    #[must_use]
    pub const fn time_zone(mut self, zone: Tz) -> Self {
        self.time_zone = zone;
        self
    }

    /// Hashes passwords at this cost.
    #[must_use]
    pub fn hash_cost(mut self, cost: HashCost) -> Self {
        self.hash_cost = cost;
        self
    }

    /// Accepts passwords of so many characters or more; twelve, unless it is said.
    #[must_use]
    pub fn min_password_chars(mut self, chars: MinPasswordChars) -> Self {
        self.min_password_chars = chars;
        self
    }

    /// Takes files of so many bytes to import, or fewer; [`imports::MAX_BYTES`], unless it is said.
    #[must_use]
    pub const fn max_import_bytes(mut self, bytes: u64) -> Self {
        self.max_import_bytes = bytes;
        self
    }

    /// Runs `hook` in the transaction of each event `E`, before it commits. The hook may query and write through
    /// its [`HookContext`], and may refuse, which undoes everything. It must not wait for anything but the database.
    #[must_use]
    pub fn before_commit<E, F>(mut self, name: &'static str, hook: F) -> Self
    where
        E: Event,
        F: for<'a> Fn(&'a E, HookContext<'a>) -> BoxFuture<'a, Result<(), HookError>>
            + Send
            + Sync
            + 'static,
    {
        self.hooks.add(name, (0, 0), hook);
        self
    }

    /// With these plugins, whose migrations are applied. Given once; what is given again takes the place of what was before.
    #[must_use]
    pub fn plugins(mut self, plugins: Plugins) -> Self {
        self.plugins = plugins;
        self
    }

    /// The CRM.
    #[must_use]
    pub fn build(self) -> Crm {
        let Self {
            pool,
            secrets,
            clock,
            time_zone,
            hash_cost,
            min_password_chars,
            max_import_bytes,
            plugins,
            mut hooks,
            mut registry,
        } = self;
        hooks.extend(plugins.hooks().clone());
        registry.extend(plugins.registry().clone());
        Crm(Arc::new(Inner {
            pool,
            clock,
            time_zone,
            directory: Directory::default(),
            plugins,
            hooks,
            registry,
            passwords: Passwords::new(hash_cost, min_password_chars),
            access_tokens: AccessTokens::new(),
            secrets: ArcSwap::from_pointee(secrets),
            random: SystemRandom::new(),
            workshop: Workshop::new(max_import_bytes),
            feed_watchers: Watchers::default(),
            job_tally: Tally::default(),
            waker: Waker::default(),
        }))
    }
}

impl Crm {
    /// Begins a CRM on a migrated database.
    #[must_use]
    pub fn builder(pool: Pool, secrets: Secrets) -> CrmBuilder {
        CrmBuilder {
            pool,
            secrets,
            clock: Arc::new(SystemClock),
            time_zone: Tz::UTC,
            hash_cost: HashCost::Full,
            min_password_chars: MinPasswordChars::default(),
            max_import_bytes: imports::MAX_BYTES,
            plugins: Plugins::none(),
            hooks: Hooks::default(),
            registry: Registry::of_the_core(),
        }
    }

    /// What is done with leads.
    #[must_use]
    pub const fn leads(&self) -> Leads<'_> {
        Leads(self)
    }

    /// What is done with customers.
    #[must_use]
    pub const fn customers(&self) -> Customers<'_> {
        Customers(self)
    }

    /// What is done with tasks.
    #[must_use]
    pub const fn tasks(&self) -> Tasks<'_> {
        Tasks(self)
    }

    /// What is done with imports.
    #[must_use]
    pub const fn imports(&self) -> Imports<'_> {
        Imports(self)
    }

    /// What is done with custom fields.
    #[must_use]
    pub const fn custom_fields(&self) -> CustomFields<'_> {
        CustomFields(self)
    }

    /// What is done with tags.
    #[must_use]
    pub const fn tags(&self) -> Tags<'_> {
        Tags(self)
    }

    /// What is done with saved views.
    #[must_use]
    pub const fn views(&self) -> Views<'_> {
        Views(self)
    }

    /// What is done with users.
    #[must_use]
    pub const fn users(&self) -> Users<'_> {
        Users(self)
    }

    /// What is done with teams.
    #[must_use]
    pub const fn teams(&self) -> Teams<'_> {
        Teams(self)
    }

    /// What is done with roles.
    #[must_use]
    pub const fn roles(&self) -> Roles<'_> {
        Roles(self)
    }

    /// What is done with assignment rules, and what they do.
    #[must_use]
    pub const fn assignment_rules(&self) -> AssignmentRules<'_> {
        AssignmentRules(self)
    }

    /// What is done with API keys.
    #[must_use]
    pub const fn api_keys(&self) -> ApiKeys<'_> {
        ApiKeys(self)
    }

    /// What is done with second factors.
    #[must_use]
    pub const fn second_factors(&self) -> SecondFactors<'_> {
        SecondFactors(self)
    }

    /// Work that is done later.
    #[must_use]
    pub const fn jobs(&self) -> Jobs<'_> {
        Jobs(self)
    }

    /// The activity log as it is read.
    #[must_use]
    pub const fn activities(&self) -> Activities<'_> {
        Activities(self)
    }

    /// What happened, as programs read it.
    #[must_use]
    pub const fn events(&self) -> Events<'_> {
        Events(self)
    }

    /// Requests that are carried out once, however often they are sent.
    #[must_use]
    pub const fn idempotency(&self) -> Idempotency<'_> {
        Idempotency(self)
    }

    /// Figures.
    #[must_use]
    pub const fn analytics(&self) -> Analytics<'_> {
        Analytics(self)
    }

    /// The activity log as evidence.
    #[must_use]
    pub const fn audit(&self) -> Audit<'_> {
        Audit(self)
    }

    /// Signing in and staying signed in.
    #[must_use]
    pub const fn auth(&self) -> Auth<'_> {
        Auth(self)
    }

    /// The connections to the database.
    #[must_use]
    pub fn pool(&self) -> &Pool {
        &self.0.pool
    }

    /// The present instant by this CRM's clock.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.0.clock.now()
    }

    /// The zone of the workspace's calendar.
    #[must_use]
    pub fn time_zone(&self) -> Tz {
        self.0.time_zone
    }

    /// The plugins.
    #[must_use]
    pub fn plugins(&self) -> &Plugins {
        &self.0.plugins
    }

    /// The permissions that there are.
    #[must_use]
    pub fn catalogue(&self) -> &Arc<Catalogue> {
        self.0.plugins.catalogue()
    }

    /// Who may do what: as it stands now, and never older than two seconds.
    ///
    /// # Errors
    /// When the picture at hand is older and the database gives no newer one.
    pub async fn access(&self) -> Result<Arc<Access>> {
        self.0.directory.access(self).await
    }

    /// Who may do what, which stays so until the transaction ends: for those who change it. Asked before anything else is
    /// locked, so that no two wait for each other.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn access_locked(&self, conn: &mut AsyncPgConnection) -> Result<Arc<Access>> {
        let version = crm_storage::access::lock_version(conn).await?;
        let at_hand = self.access().await?;
        if at_hand.version() == version {
            return Ok(at_hand);
        }
        let newest = self.0.directory.newest(self).await?;
        if newest.version() != version {
            // Never: nobody counts on while this transaction holds the counter.
            return Err(Error::internal("the rights changed under their lock"));
        }
        Ok(newest)
    }

    pub(crate) fn directory(&self) -> &Directory {
        &self.0.directory
    }

    /// An id for a request that begins now.
    #[must_use]
    pub fn new_request_id(&self) -> RequestId {
        // Without random bytes ids of one millisecond are equal, which only makes a log harder to read.
        RequestId::new(self.now(), self.random().unwrap_or_default())
    }

    /// How the connections to the database are used now.
    #[must_use]
    pub fn connections(&self) -> pool::InUse {
        self.0.pool.in_use()
    }

    /// The version of who may do what that is followed now; `None` before it was read for the first time.
    #[must_use]
    pub fn policy_version(&self) -> Option<i64> {
        self.0.directory.version()
    }

    /// Asks the database whether it answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<()> {
        let mut conn = pool::get_for_health(&self.0.pool).await?;
        Ok(pool::ping(&mut conn).await?)
    }

    pub(crate) fn feed_watchers(&self) -> &Watchers {
        &self.0.feed_watchers
    }

    pub(crate) fn workshop(&self) -> &Workshop {
        &self.0.workshop
    }

    pub(crate) fn job_tally(&self) -> &Tally {
        &self.0.job_tally
    }

    pub(crate) fn waker(&self) -> &Waker {
        &self.0.waker
    }

    pub(crate) fn hooks(&self) -> &Hooks {
        &self.0.hooks
    }

    pub(crate) fn registry(&self) -> &Registry {
        &self.0.registry
    }

    pub(crate) fn passwords(&self) -> &Passwords {
        &self.0.passwords
    }

    pub(crate) fn access_tokens(&self) -> &AccessTokens {
        &self.0.access_tokens
    }

    /// The secrets as they are now. A use case that needs them twice takes them once.
    pub(crate) fn secrets(&self) -> Arc<Secrets> {
        self.0.secrets.load_full()
    }

    /// Goes on with other secrets: what is under way ends with those that it began with.
    pub fn set_secrets(&self, secrets: Secrets) {
        self.0.secrets.store(Arc::new(secrets));
    }

    /// Random bytes from the operating system.
    ///
    /// # Errors
    /// When it gives none.
    pub fn random<const N: usize>(&self) -> Result<[u8; N]> {
        let mut bytes = [0; N];
        self.0
            .random
            .fill(&mut bytes)
            .map_err(|_| Error::internal("the operating system gives no random bytes"))?;
        Ok(bytes)
    }

    /// A connection for reading.
    ///
    /// # Errors
    /// When none is free in time, or the database cannot be reached.
    pub async fn connection(&self) -> Result<crm_storage::Connection> {
        Ok(pool::get(self.pool()).await?)
    }
}

/// The system's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the system's clock"
    )]
    fn now(&self) -> DateTime<Utc> {
        to_micros(Utc::now())
    }
}
