//! A plugin as others write it: a table, a list, two use cases, operations, a hook, a job, a subscriber, a schedule.

mod api;
mod item;
mod items;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crm_app::jobs::{Delivered, Job, JobContext, JobError};
use crm_app::plugin::{HookError, Manifest, Migration, Plugin, PluginError, Registrar};
use crm_domain::permission::{Action, Extent, Permission};
use crm_domain::role::Role;
use crm_http::plugin::{ApiRegistrar, ConsoleManifest, HttpPlugin, NavigationEntry};
use serde::{Deserialize, Serialize};

pub(super) use item::{ITEM, Item, ItemMade};

pub(super) const ID: &str = "stock";

static MIGRATIONS: &[Migration] = &[Migration {
    plugin: ID,
    version: "2026-11-26-100000",
    name: "create_items",
    sql: include_str!("stock/create_items.sql"),
}];

/// What the next hook, operation or handler does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Mood {
    #[default]
    Well,
    Refuses,
    Panics,
    Hangs,
}

/// The plugin, with what tests look at and set.
#[derive(Default)]
pub(super) struct Stock {
    pub(super) hook: Arc<Mutex<Mood>>,
    pub(super) operation: Arc<Mutex<Mood>>,
    pub(super) handler: Arc<Mutex<Mood>>,
    /// How many items were counted by the job.
    pub(super) counted: Arc<AtomicUsize>,
    /// How often the schedule has fired.
    pub(super) fired: Arc<AtomicUsize>,
    pub(super) started: AtomicUsize,
    pub(super) stopped: AtomicUsize,
}

/// The settings.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Config {
    most: u32,
}

/// What the use cases know at run time.
pub(super) struct Shelves {
    pub(super) most: u32,
}

#[derive(Serialize, Deserialize)]
struct Count {
    name: String,
}

impl Job for Count {
    const NAME: &'static str = "stock.count";
}

impl Plugin for Stock {
    fn manifest(&self) -> Manifest {
        Manifest {
            id: ID,
            version: "1.2.0",
            requires: &[("core", ">=0.1")],
            about: "Keeps a stock of items",
        }
    }

    fn register(&self, registrar: &mut Registrar<'_>) -> Result<(), PluginError> {
        let Config { most } = registrar.config()?;
        let read = Permission::new(ITEM, Action::Read);
        let create = Permission::new(ITEM, Action::Create);
        let (mood, handler) = (Arc::clone(&self.hook), Arc::clone(&self.handler));
        let (counted, fired) = (Arc::clone(&self.counted), Arc::clone(&self.fired));
        registrar
            .provide(Shelves { most })
            .permission(read, "see the stock")
            .permission(create, "put items into the stock")
            .permission(Permission::new(ITEM, Action::Update), "change items")
            .grant(read, Role::Agent, Extent::Own)
            .grant(create, Role::Agent, Extent::Own)
            .grant(read, Role::ReadOnly, Extent::All)
            .records::<Item>()
            .event::<ItemMade>()
            .migrations(MIGRATIONS)
            .before_commit("stock.look", 0, move |event: &ItemMade, _| {
                let (mood, name) = (mood_of(&mood), event.name.clone());
                Box::pin(async move { look(mood, &name).await })
            })
            .subscribe("stock.made", move |context, made: Delivered<ItemMade>| {
                let mood = mood_of(&handler);
                async move { queue_count(context, made, mood).await }
            })
            .job(move |_, _: Count| {
                counted.fetch_add(1, Ordering::SeqCst);
                async { Ok(()) }
            })
            .schedule("stock.tidy", Duration::from_hours(1), move |_| {
                fired.fetch_add(1, Ordering::SeqCst);
                async { Ok(()) }
            });
        Ok(())
    }

    fn start<'a>(
        &'a self,
        _: &'a crm_app::Crm,
    ) -> futures_util::future::BoxFuture<'a, crm_app::Result<()>> {
        self.started.fetch_add(1, Ordering::SeqCst);
        Box::pin(async { Ok(()) })
    }

    fn stop<'a>(&'a self, _: &'a crm_app::Crm) -> futures_util::future::BoxFuture<'a, ()> {
        self.stopped.fetch_add(1, Ordering::SeqCst);
        Box::pin(async {})
    }
}

impl HttpPlugin for Stock {
    fn api(&self, registrar: &mut ApiRegistrar) {
        registrar.api(api::StockApi(Arc::clone(&self.operation)));
    }

    fn console(&self) -> ConsoleManifest {
        ConsoleManifest {
            navigation: vec![NavigationEntry {
                label: "Stock",
                path: "/stock",
                permission: Permission::new(ITEM, Action::Read),
            }],
            views: vec![],
        }
    }
}

fn mood_of(mood: &Mutex<Mood>) -> Mood {
    *mood.lock().unwrap()
}

async fn look(mood: Mood, name: &str) -> Result<(), HookError> {
    match mood {
        Mood::Well => Ok(()),
        Mood::Refuses => Err(HookError::Veto {
            code: "stock.full".to_owned(),
            message: format!("there is no room for {name}"),
        }),
        Mood::Panics => panic!("the shelf breaks"),
        Mood::Hangs => std::future::pending().await,
    }
}

async fn queue_count(
    context: JobContext,
    made: Delivered<ItemMade>,
    mood: Mood,
) -> Result<(), JobError> {
    assert_ne!(mood, Mood::Panics, "the counter breaks");
    let name = made.event.name;
    context.crm.jobs().enqueue(&Count { name }).await?;
    Ok(())
}
