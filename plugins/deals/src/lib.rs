//! Deals, as a plugin of the CRM: pipelines of stages, a board, stage histories, forecasts.
//!
//! A program that lists [`DealsPlugin`] among its plugins has them, and one that does not knows nothing of them:
//!
//! ```
//! use std::sync::Arc;
//!
//! use crm_app::plugin::{Plugins, Settings};
//! use crm_deals::DealsPlugin;
//!
//! let plugins = Plugins::new(vec![Arc::new(DealsPlugin)], &Settings::default())?;
//! assert!(plugins.catalogue().permission("deals.deal:read").is_ok());
//! # Ok::<(), crm_app::plugin::PluginError>(())
//! ```
//!
//! The rules are pure and stand in [`deal`], [`pipeline`], [`rank`] and [`forecast`]; what is done with them in [`deals`] and [`pipelines`].

#[cfg(feature = "http")]
mod api;
pub mod deal;
pub mod deals;
mod demo;
pub mod event;
pub mod forecast;
mod handover;
pub mod merge;
pub mod pipeline;
pub mod pipelines;
pub mod rank;
mod store;

pub use store::ListedDeal;
pub use store::history::ListedStageChange;

use crm_app::plugin::{Manifest, Migration, Plugin, PluginError, Registrar};
use crm_domain::permission::{Action, Extent, Permission};
use crm_domain::role::Role;

use deal::{DEAL, Deal};
use deals::Deals;
use event::{
    DealArchived, DealCreated, DealEdited, DealLost, DealMoved, DealRestored, DealWon,
    PipelineCreated, PipelineDeleted, PipelineEdited,
};
use pipeline::{PIPELINE, Pipeline};

/// Identifies the plugin, and begins the names of all that it brings.
pub const ID: &str = "deals";

static MIGRATIONS: &[Migration] = &[
    Migration {
        plugin: ID,
        version: "2026-11-27-100000",
        name: "create_deals",
        sql: include_str!("../migrations/create_deals.sql"),
    },
    Migration {
        plugin: ID,
        version: "2026-11-28-100000",
        name: "sample_search_text",
        sql: include_str!("../migrations/sample_search_text.sql"),
    },
];

/// The plugin.
#[derive(Debug, Clone, Copy, Default)]
pub struct DealsPlugin;

impl Plugin for DealsPlugin {
    fn manifest(&self) -> Manifest {
        Manifest {
            id: ID,
            version: env!("CARGO_PKG_VERSION"),
            requires: &[("core", ">=0.1")],
            about: "Deals in pipelines, with a board and forecasts",
        }
    }

    fn register(&self, registrar: &mut Registrar<'_>) -> Result<(), PluginError> {
        permissions(registrar);
        registrar
            .records::<Deal>()
            .unowned_records::<Pipeline>()
            .event::<DealCreated>()
            .event::<DealEdited>()
            .event::<DealMoved>()
            .event::<DealWon>()
            .event::<DealLost>()
            .event::<DealArchived>()
            .event::<DealRestored>()
            .event::<PipelineCreated>()
            .event::<PipelineEdited>()
            .event::<PipelineDeleted>()
            .before_commit("deals.follow-merge", 0, merge::take_in)
            .before_commit("deals.follow-unmerge", 0, merge::give_back)
            .customer_deals(async |crm, actor, customer| {
                Deals(&crm).of_customer(&actor, customer).await
            })
            .hand_over(handover::give)
            .demo(demo::load)
            .migrations(MIGRATIONS);
        Ok(())
    }
}

/// What can be done with deals and pipelines, and who may do it at first. Admins may do all.
fn permissions(registrar: &mut Registrar<'_>) {
    let on_deals = [
        (Action::Read, "see deals"),
        (Action::Create, "make deals"),
        (Action::Update, "change and move deals"),
        (Action::Delete, "put deals away"),
        (Action::Assign, "give deals to others"),
    ];
    for (action, about) in on_deals {
        let permission = Permission::new(DEAL, action);
        registrar
            .permission(permission, about)
            .grant(permission, Role::Manager, Extent::Team);
        if action != Action::Assign {
            registrar.grant(permission, Role::Agent, Extent::Own);
        }
    }
    let read = Permission::new(PIPELINE, Action::Read);
    registrar
        .grant(
            Permission::new(DEAL, Action::Read),
            Role::ReadOnly,
            Extent::All,
        )
        .permission(read, "see pipelines and their stages")
        .permission(
            Permission::new(PIPELINE, Action::Manage),
            "make, change and delete pipelines",
        );
    for role in [Role::Manager, Role::Agent, Role::ReadOnly] {
        registrar.grant(read, role, Extent::All);
    }
}

#[cfg(feature = "http")]
impl crm_http::plugin::HttpPlugin for DealsPlugin {
    fn api(&self, registrar: &mut crm_http::plugin::ApiRegistrar) {
        registrar
            .api(api::DealsApi)
            .api(api::OverviewApi)
            .api(api::PipelinesApi);
    }

    fn console(&self) -> crm_http::plugin::ConsoleManifest {
        crm_http::plugin::ConsoleManifest {
            navigation: vec![crm_http::plugin::NavigationEntry {
                label: "Deals",
                path: "/deals",
                permission: Permission::new(DEAL, Action::Read),
            }],
            views: vec![],
        }
    }
}
