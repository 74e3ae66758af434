//! The plugins of a program, put together.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crm_domain::activity::Actor;
use crm_domain::event::{self, EventType};
use crm_domain::ids::CustomerId;
use crm_domain::permission::{Catalogue, Resource};
use crm_storage::migrate::{CORE, Migration};
use crm_storage::plugin::grants::DefaultGrant;
use futures_util::future::BoxFuture;
use tokio::time::timeout;
use uuid::Uuid;

use super::config::Settings;
use super::order::ordered;
use super::records::RecordKind;
use super::registrar::{DemoPlan, Registrar};
use super::{Manifest, Plugin, PluginError};
use crate::crm::Crm;
use crate::error::Result;
use crate::event::Hooks;
use crate::jobs::Registry;
use crate::users::Handover;

/// How long each plugin may take to stop.
const STOP_PATIENCE: Duration = Duration::from_secs(5);

pub(super) type Health = dyn Fn(Crm) -> BoxFuture<'static, Result<(), String>> + Send + Sync;
pub(super) type Demo = dyn Fn(Crm, DemoPlan) -> BoxFuture<'static, Result<()>> + Send + Sync;
pub(super) type CustomerDeals =
    dyn Fn(Crm, Actor, CustomerId) -> BoxFuture<'static, Result<Vec<Uuid>>> + Send + Sync;
pub(super) type HandOver =
    dyn for<'a> Fn(Handover<'a>) -> BoxFuture<'a, Result<usize>> + Send + Sync;

/// What all plugins bring together.
pub(super) struct Parts {
    pub(super) catalogue: Catalogue,
    pub(super) defaults: Vec<DefaultGrant>,
    pub(super) records: Vec<RecordKind>,
    pub(super) events: Vec<EventType>,
    pub(super) migrations: Vec<Migration>,
    pub(super) hooks: Hooks,
    pub(super) registry: Registry,
    pub(super) provided: HashMap<TypeId, (&'static str, Arc<dyn Any + Send + Sync>)>,
    pub(super) health: Vec<(&'static str, Arc<Health>)>,
    pub(super) demos: Vec<(&'static str, Arc<Demo>)>,
    pub(super) customer_deals: Option<(&'static str, Arc<CustomerDeals>)>,
    pub(super) handovers: Vec<Arc<HandOver>>,
}

/// The plugins of a program, put together: each after those that it requires. Cheap to clone.
#[derive(Clone)]
pub struct Plugins(Arc<Inner>);

struct Inner {
    plugins: Vec<Arc<dyn Plugin>>,
    catalogue: Arc<Catalogue>,
    parts: Parts,
    /// Made when first asked for: most commands ask for none.
    events: OnceLock<Vec<EventType>>,
}

impl Plugins {
    /// Puts plugins together. Needs no database.
    ///
    /// # Errors
    /// [`PluginError`] when they do not go together, or their settings are wrong.
    pub fn new(plugins: Vec<Arc<dyn Plugin>>, settings: &Settings) -> Result<Self, PluginError> {
        let plugins = ordered(plugins)?;
        let ids: Vec<_> = plugins.iter().map(|plugin| plugin.manifest().id).collect();
        settings.check(&ids)?;
        let mut parts = Parts::none();
        for (number, plugin) in (1..).zip(&plugins) {
            let manifest = plugin.manifest();
            let mut registrar = Registrar::new(manifest, number, settings, &mut parts);
            plugin.register(&mut registrar)?;
            registrar.finish()?;
        }
        Ok(Self::of(plugins, parts))
    }

    /// No plugins.
    #[must_use]
    pub fn none() -> Self {
        Self::of(Vec::new(), Parts::none())
    }

    fn of(plugins: Vec<Arc<dyn Plugin>>, parts: Parts) -> Self {
        Self(Arc::new(Inner {
            plugins,
            catalogue: Arc::new(parts.catalogue.clone()),
            parts,
            events: OnceLock::new(),
        }))
    }

    /// What each of them is, those that others require before them.
    pub fn manifests(&self) -> impl Iterator<Item = Manifest> {
        self.0.plugins.iter().map(|plugin| plugin.manifest())
    }

    /// The permissions that there are, the core's too.
    #[must_use]
    pub fn catalogue(&self) -> &Arc<Catalogue> {
        &self.0.catalogue
    }

    /// The migrations, the core's first, then those of each plugin after those of the plugins that it requires.
    #[must_use]
    pub fn migrations(&self) -> Vec<Migration> {
        CORE.iter()
            .chain(&self.0.parts.migrations)
            .copied()
            .collect()
    }

    /// What built-in roles are granted at first.
    #[must_use]
    pub fn default_grants(&self) -> &[DefaultGrant] {
        &self.0.parts.defaults
    }

    /// The kinds of event that there are, the core's first.
    #[must_use]
    pub fn events(&self) -> &[EventType] {
        self.0.events.get_or_init(|| {
            let mut all = event::catalogue();
            all.extend(self.0.parts.events.iter().cloned());
            all
        })
    }

    /// The kinds of records that plugins have.
    #[must_use]
    pub fn records(&self) -> &[RecordKind] {
        &self.0.parts.records
    }

    /// The kind of record of this name, where a plugin has it.
    pub(crate) fn record_kind(&self, resource: Resource) -> Option<&RecordKind> {
        let mut records = self.0.parts.records.iter();
        records.find(|known| known.resource == resource)
    }

    /// The names of the health checks that plugins have.
    pub fn health_checks(&self) -> impl Iterator<Item = &'static str> {
        self.0.parts.health.iter().map(|(name, _)| *name)
    }

    /// The names of the handlers of jobs, events and schedules that plugins have.
    #[must_use]
    pub fn handlers(&self) -> Vec<&'static str> {
        self.0.parts.registry.names()
    }

    pub(crate) fn handovers(&self) -> &[Arc<HandOver>] {
        &self.0.parts.handovers
    }

    pub(crate) fn hooks(&self) -> &Hooks {
        &self.0.parts.hooks
    }

    pub(crate) fn registry(&self) -> &Registry {
        &self.0.parts.registry
    }
}

impl Default for Plugins {
    fn default() -> Self {
        Self::none()
    }
}

impl fmt::Debug for Plugins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.manifests()).finish()
    }
}

impl Parts {
    fn none() -> Self {
        Self {
            catalogue: Catalogue::core(),
            defaults: Vec::new(),
            records: Vec::new(),
            events: Vec::new(),
            migrations: Vec::new(),
            hooks: Hooks::default(),
            registry: Registry::default(),
            provided: HashMap::new(),
            health: Vec::new(),
            demos: Vec::new(),
            customer_deals: None,
            handovers: Vec::new(),
        }
    }
}

/// What is done with plugins as a whole.
impl Crm {
    /// The value of this type that a plugin [provides](Registrar::provide).
    #[must_use]
    pub fn provided<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        let provided = &self.plugins().0.parts.provided;
        let (_, value) = provided.get(&TypeId::of::<T>())?;
        Arc::clone(value).downcast().ok()
    }

    /// Makes the database ready for the plugins and starts them, those first that others require.
    ///
    /// # Errors
    /// When the database fails, or a plugin does not start. Those before it are stopped again.
    pub async fn start_plugins(&self) -> Result<()> {
        self.apply_default_grants().await?;
        for (number, plugin) in self.plugins().0.plugins.iter().enumerate() {
            if let Err(error) = plugin.start(self).await {
                let id = plugin.manifest().id;
                tracing::error!(plugin = id, %error, "the plugin does not start");
                self.stop_first(number).await;
                return Err(error);
            }
        }
        Ok(())
    }

    /// Stops the plugins, those first that require others, each within five seconds.
    pub async fn stop_plugins(&self) {
        self.stop_first(self.plugins().0.plugins.len()).await;
    }

    async fn stop_first(&self, count: usize) {
        for plugin in self.plugins().0.plugins.iter().take(count).rev() {
            if timeout(STOP_PATIENCE, plugin.stop(self)).await.is_err() {
                let id = plugin.manifest().id;
                tracing::warn!(
                    plugin = id,
                    "the plugin takes too long to stop and is cut off"
                );
            }
        }
    }

    /// Asks the health checks of the plugins: the names of those that are not well, and why.
    pub async fn ailing_plugins(&self) -> Vec<(&'static str, String)> {
        let mut ailing = Vec::new();
        for (name, check) in &self.plugins().0.parts.health {
            if let Err(reason) = check(self.clone()).await {
                ailing.push((*name, reason));
            }
        }
        ailing
    }

    /// The deals that a customer has, as the plugin that keeps deals tells; none where no plugin does.
    ///
    /// # Errors
    /// As the plugin has it.
    pub(crate) async fn deals_of(&self, actor: &Actor, id: CustomerId) -> Result<Vec<Uuid>> {
        match &self.plugins().0.parts.customer_deals {
            Some((_, find)) => find(self.clone(), actor.clone(), id).await,
            None => Ok(Vec::new()),
        }
    }

    /// Loads the demo data of the plugins.
    ///
    /// # Errors
    /// As the plugins have it.
    pub(crate) async fn load_plugins_demo(&self, plan: DemoPlan) -> Result<()> {
        for (_, load) in &self.plugins().0.parts.demos {
            load(self.clone(), plan).await?;
        }
        Ok(())
    }
}
