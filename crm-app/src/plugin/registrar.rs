//! What a plugin says that it brings.

use std::any::{TypeId, type_name};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use crm_domain::activity::Actor;
use crm_domain::event::{Event, EventType};
use crm_domain::ids::CustomerId;
use crm_domain::permission::{Described, Extent, Permission, Record, Resource};
use crm_domain::role::Role;
use crm_storage::migrate::Migration;
use crm_storage::plugin::Owned;
use crm_storage::plugin::grants::DefaultGrant;
use diesel_async::AsyncPgConnection;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::config::Settings;
use super::plugins::{CustomerDeals, Demo, Health, Parts};
use super::records::RecordKind;
use super::{Manifest, PluginError};
use crate::crm::Crm;
use crate::error::Result;
use crate::event::{HookContext, HookError};
use crate::jobs::{AnyEvent, Delivered, Job, JobContext, JobError};
use crate::users::Handover;

/// The longest name of a kind of record, in bytes.
const MAX_RESOURCE: usize = 50;

/// The longest name of a migration in the ledger: `deals/2026-11-26-100000`.
const MAX_MIGRATION: usize = 50;

/// What demo data are made of: the same plan gives the same data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DemoPlan {
    /// Where chance begins.
    pub seed: u64,
    /// The instant up to which things happen.
    pub until: DateTime<Utc>,
}

/// Takes what one plugin brings. What it cannot take it keeps as a mistake, the first of which [`Plugins::new`] answers.
///
/// [`Plugins::new`]: super::Plugins::new
pub struct Registrar<'a> {
    manifest: Manifest,
    number: usize,
    settings: &'a Settings,
    has_read_settings: bool,
    parts: &'a mut Parts,
    mistake: Option<PluginError>,
}

impl<'a> Registrar<'a> {
    pub(super) const fn new(
        manifest: Manifest,
        number: usize,
        settings: &'a Settings,
        parts: &'a mut Parts,
    ) -> Self {
        Self {
            manifest,
            number,
            settings,
            has_read_settings: false,
            parts,
            mistake: None,
        }
    }

    /// The first mistake, if there was one.
    pub(super) fn finish(mut self) -> Result<(), PluginError> {
        let plugin = self.manifest.id;
        if let Some(reason) = self.parts.registry.first_mistake() {
            self.refuse(PluginError::Unusable { plugin, reason });
        }
        if !self.has_read_settings {
            self.settings.refuse_any(plugin)?;
        }
        self.mistake.map_or(Ok(()), Err)
    }

    /// The settings of the plugin, read into a type of its own, which denies unknown fields by
    /// `#[serde(default, deny_unknown_fields)]`. They stand in the section `[plugins.<id>]` of the file, or each in a variable
    /// `CRM_PLUGINS__<ID>__<KEY>`.
    ///
    /// # Errors
    /// [`PluginError::Setting`], which names the setting and its place.
    pub fn config<T: DeserializeOwned + Default>(&mut self) -> Result<T, PluginError> {
        self.has_read_settings = true;
        self.settings.read(self.manifest.id)
    }

    /// An error of the plugin's own about one of its settings: a value that no type rules out.
    #[must_use]
    pub fn refused(&self, key: &str, reason: impl Into<String>) -> PluginError {
        self.settings.refused(self.manifest.id, key, reason.into())
    }

    /// There is this permission, which is `about` something that a person understands: "see deals". Its kind of record is the
    /// plugin's own, as `deals.deal`.
    pub fn permission(&mut self, permission: Permission, about: &'static str) -> &mut Self {
        if !self.owns_resource("permission", permission.resource) {
            return self;
        }
        if !self.parts.catalogue.add(Described { permission, about }) {
            self.twice("permission", permission.to_string());
        }
        self
    }

    /// A built-in role has this permission at first. Who takes it away is not overruled. Admins have all anyway.
    pub fn grant(&mut self, permission: Permission, role: Role, extent: Extent) -> &mut Self {
        let plugin = self.manifest.id;
        let is_own = self.is_own(permission.resource.as_str());
        if !is_own || !self.parts.catalogue.contains(permission) {
            self.refuse(PluginError::UnknownGrant {
                plugin,
                permission: permission.to_string(),
                role: role.as_str(),
            });
        }
        self.parts.defaults.push(DefaultGrant {
            plugin,
            permission,
            role: role.id(),
            extent,
        });
        self
    }

    /// There are records of this type, each somebody's: what was done to them is seen in the activity log by who may read
    /// them.
    pub fn records<R: Owned>(&mut self) -> &mut Self {
        self.kind(RecordKind::owned::<R>())
    }

    /// There are records of this type, which are nobody's: what was done to them is seen by who may read all.
    pub fn unowned_records<R: Record>(&mut self) -> &mut Self {
        self.kind(RecordKind::unowned::<R>())
    }

    /// There are events of this type, of which others may want to hear.
    pub fn event<E: Event>(&mut self) -> &mut Self {
        if !self.owns("event", E::NAME) {
            return self;
        }
        if self.parts.events.iter().any(|known| known.name == E::NAME) {
            self.twice("event", E::NAME.to_owned());
        }
        self.parts.events.push(EventType::of::<E>());
        self
    }

    /// The steps of the plugin's schema, oldest first. Tables are named `<id>_..`. They come after those of the core and of the
    /// plugins that it requires, and may refer to their tables.
    pub fn migrations(&mut self, migrations: &'static [Migration]) -> &mut Self {
        for migration in migrations {
            self.check_migration(migration);
        }
        self.parts.migrations.extend(migrations);
        self
    }

    /// Runs `hook` in the transaction of each event `E`, before it commits: after those of the plugins that this one requires,
    /// and of its own in this `order`. The hook may query and write through its [`HookContext`], and may refuse, which undoes
    /// everything. It must not wait for anything but the database: after [`HOOK_PATIENCE`](super::HOOK_PATIENCE) it is cut off.
    pub fn before_commit<E, F>(&mut self, name: &'static str, order: i32, hook: F) -> &mut Self
    where
        E: Event,
        F: for<'c> Fn(&'c E, HookContext<'c>) -> BoxFuture<'c, Result<(), HookError>>
            + Send
            + Sync
            + 'static,
    {
        if self.owns("hook", name) {
            self.parts.hooks.add(name, (self.number, order), hook);
        }
        self
    }

    /// Handles jobs of the kind `J`.
    pub fn job<J, F, Fut>(&mut self, handler: F) -> &mut Self
    where
        J: Job,
        F: Fn(JobContext, J) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        if self.owns("job", J::NAME) {
            self.parts.registry.job(handler);
        }
        self
    }

    /// Delivers each event `E` to the handler, as [`CrmBuilder::subscribe`](crate::CrmBuilder::subscribe).
    pub fn subscribe<E, F, Fut>(&mut self, name: &'static str, handler: F) -> &mut Self
    where
        E: Event + DeserializeOwned,
        F: Fn(JobContext, Delivered<E>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        if self.owns("subscriber", name) {
            self.parts.registry.subscribe(name, handler);
        }
        self
    }

    /// The same, where the events of one record are delivered one after the other, as
    /// [`CrmBuilder::subscribe_in_order`](crate::CrmBuilder::subscribe_in_order).
    pub fn subscribe_in_order<E, F, Fut>(&mut self, name: &'static str, handler: F) -> &mut Self
    where
        E: Event + DeserializeOwned,
        F: Fn(JobContext, Delivered<E>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        if self.owns("subscriber", name) {
            self.parts.registry.subscribe_in_order(name, handler);
        }
        self
    }

    /// Delivers every event to the handler, as [`CrmBuilder::subscribe_to_all`](crate::CrmBuilder::subscribe_to_all).
    pub fn subscribe_to_all<F, Fut>(&mut self, name: &'static str, handler: F) -> &mut Self
    where
        F: Fn(JobContext, AnyEvent) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        if self.owns("subscriber", name) {
            self.parts.registry.subscribe_to_all(name, handler);
        }
        self
    }

    /// Delivers the events that `choice` chooses, as [`CrmBuilder::subscribe_to_some`](crate::CrmBuilder::subscribe_to_some).
    pub fn subscribe_to_some<C, F, Fut>(
        &mut self,
        name: &'static str,
        choice: C,
        handler: F,
    ) -> &mut Self
    where
        C: for<'c> Fn(
                &'c mut AsyncPgConnection,
                Vec<AnyEvent>,
            ) -> BoxFuture<'c, Result<Vec<AnyEvent>>>
            + Send
            + Sync
            + 'static,
        F: Fn(JobContext, AnyEvent) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        if self.owns("subscriber", name) {
            let registry = &mut self.parts.registry;
            registry.subscribe_to_some(name, choice, handler);
        }
        self
    }

    /// Calls the handler again and again, as [`CrmBuilder::schedule`](crate::CrmBuilder::schedule).
    pub fn schedule<F, Fut>(&mut self, name: &'static str, every: Duration, handler: F) -> &mut Self
    where
        F: Fn(JobContext) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        if self.owns("schedule", name) {
            self.parts.registry.schedule(name, every, handler);
        }
        self
    }

    /// Keeps a value for as long as there is the CRM: the plugin's settings, a client of another service.
    /// [`Crm::provided`] finds it by its type.
    pub fn provide<T: Send + Sync + 'static>(&mut self, value: T) -> &mut Self {
        let plugin = self.manifest.id;
        let provided = &mut self.parts.provided;
        if let Some((first, _)) = provided.insert(TypeId::of::<T>(), (plugin, Arc::new(value))) {
            self.refuse(PluginError::Twice {
                what: "value of type",
                name: type_name::<T>().to_owned(),
                first,
                second: plugin,
            });
        }
        self
    }

    /// Tells whether something that the plugin needs is well: another service, a key. `crm doctor` asks, and shows what is not.
    pub fn health<F, Fut>(&mut self, name: &'static str, check: F) -> &mut Self
    where
        F: Fn(Crm) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), String>> + Send + 'static,
    {
        if self.owns("health check", name) {
            let check: Arc<Health> = Arc::new(move |crm| check(crm).boxed());
            self.parts.health.push((name, check));
        }
        self
    }

    /// Loads demo data of the plugin's, after those of the core.
    pub fn demo<F, Fut>(&mut self, load: F) -> &mut Self
    where
        F: Fn(Crm, DemoPlan) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<()>> + Send + 'static,
    {
        let load: Arc<Demo> = Arc::new(move |crm, plan| load(crm, plan).boxed());
        self.parts.demos.push((self.manifest.id, load));
        self
    }

    /// Finds the deals of a customer that the actor may read, for [`Customers::deals`]: the ids of the newest, at most
    /// [`MAX_CUSTOMER_DEALS`](super::MAX_CUSTOMER_DEALS). One plugin keeps deals.
    ///
    /// [`Customers::deals`]: crate::customers::Customers::deals
    pub fn customer_deals<F, Fut>(&mut self, find: F) -> &mut Self
    where
        F: Fn(Crm, Actor, CustomerId) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Vec<Uuid>>> + Send + 'static,
    {
        let plugin = self.manifest.id;
        let find: Arc<CustomerDeals> =
            Arc::new(move |crm, actor, customer| find(crm, actor, customer).boxed());
        if let Some((first, _)) = self.parts.customer_deals.replace((plugin, find)) {
            self.refuse(PluginError::Twice {
                what: "keeper of",
                name: "customers' deals".to_owned(),
                first,
                second: plugin,
            });
        }
        self
    }

    /// Gives records of the plugin's that are assigned to a user to somebody else, when the user leaves: each with its activity and
    /// its event, and tells how many there were. It is called again until there are none.
    pub fn hand_over<F>(&mut self, give: F) -> &mut Self
    where
        F: for<'c> Fn(Handover<'c>) -> BoxFuture<'c, Result<usize>> + Send + Sync + 'static,
    {
        self.parts.handovers.push(Arc::new(give));
        self
    }

    fn kind(&mut self, kind: RecordKind) -> &mut Self {
        if !self.owns_resource("kind of record", kind.resource) {
            return self;
        }
        let mut known = self.parts.records.iter();
        if known.any(|known| known.resource == kind.resource) {
            self.twice("kind of record", kind.resource.to_string());
            return self;
        }
        self.parts.catalogue.add_resource(kind.resource);
        self.parts.records.push(kind);
        self
    }

    fn check_migration(&mut self, migration: &Migration) {
        let plugin = self.manifest.id;
        let unusable = |reason: String| PluginError::Unusable { plugin, reason };
        if migration.plugin != plugin {
            let owner = migration.plugin;
            self.refuse(unusable(format!(
                "the migration {migration} is of `{owner}`"
            )));
        }
        let length = plugin.len() + 1 + migration.version.len();
        if length > MAX_MIGRATION {
            let reason = format!(
                "the version of the migration {migration} makes a name of {length} characters, and {MAX_MIGRATION} is the most"
            );
            self.refuse(unusable(reason));
        }
        for table in migration.tables() {
            let begin = format!("{plugin}_");
            if !table.starts_with(&begin) {
                self.refuse(PluginError::ForeignName {
                    plugin,
                    what: "table",
                    name: table.to_owned(),
                    begin,
                });
            }
        }
    }

    fn owns_resource(&mut self, what: &'static str, resource: Resource) -> bool {
        let name = resource.as_str();
        if name.len() > MAX_RESOURCE {
            let plugin = self.manifest.id;
            let reason = format!("the name {name} is longer than {MAX_RESOURCE} bytes");
            self.refuse(PluginError::Unusable { plugin, reason });
            return false;
        }
        self.owns(what, name)
    }

    /// Whether the name is one of the plugin's own.
    fn owns(&mut self, what: &'static str, name: &str) -> bool {
        let is_own = self.is_own(name);
        if !is_own {
            let plugin = self.manifest.id;
            self.refuse(PluginError::ForeignName {
                plugin,
                what,
                name: name.to_owned(),
                begin: format!("{plugin}."),
            });
        }
        is_own
    }

    fn is_own(&self, name: &str) -> bool {
        let rest = name.strip_prefix(self.manifest.id);
        rest.and_then(|rest| rest.strip_prefix('.'))
            .is_some_and(|rest| !rest.is_empty())
    }

    fn twice(&mut self, what: &'static str, name: String) {
        let plugin = self.manifest.id;
        self.refuse(PluginError::Twice {
            what,
            name,
            first: plugin,
            second: plugin,
        });
    }

    fn refuse(&mut self, error: PluginError) {
        self.mistake.get_or_insert(error);
    }
}
