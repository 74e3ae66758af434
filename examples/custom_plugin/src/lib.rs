//! Visits, for customers: a plugin of the CRM.
//!
//! - A customer with an open visit cannot be archived: a hook in the transaction refuses it.
//! - Whoever becomes a customer gets a first visit: a job plans it.

mod api;
mod store;
mod visit;
mod visits;

use crm_app::jobs::{Delivered, Job, JobContext, JobError};
use crm_app::plugin::{
    HookContext, HookError, Manifest, Migration, Plugin, PluginError, Registrar,
};
use crm_domain::activity::Actor;
use crm_domain::event::{CustomerArchived, LeadConverted};
use crm_domain::ids::CustomerId;
use crm_domain::permission::{Action, Extent, Permission};
use crm_domain::role::Role;
use crm_http::plugin::{ApiRegistrar, ConsoleManifest, ConsoleView, HttpPlugin, NavigationEntry};
use serde::{Deserialize, Serialize};

pub use visit::{VISIT, Visit, VisitDone, VisitFilter, VisitId, VisitPlanned, VisitSortField};
pub use visits::Visits;

/// Begins the name of everything that the plugin brings.
const ID: &str = "visits";

static MIGRATIONS: &[Migration] = &[Migration {
    plugin: ID,
    version: "2026-11-27-100000",
    name: "create_visits",
    sql: include_str!("create_visits.sql"),
}];

/// The plugin.
#[derive(Debug, Clone, Copy, Default)]
pub struct VisitsPlugin;

/// The settings: `[plugins.visits]` in the file, or `CRM_PLUGINS__VISITS__PLANS_FIRST`.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Config {
    /// Whether whoever becomes a customer gets a first visit.
    plans_first: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self { plans_first: true }
    }
}

impl Plugin for VisitsPlugin {
    fn manifest(&self) -> Manifest {
        Manifest {
            id: ID,
            version: env!("CARGO_PKG_VERSION"),
            requires: &[("core", ">=0.1")],
            about: "Plans visits for customers",
        }
    }

    fn register(&self, registrar: &mut Registrar<'_>) -> Result<(), PluginError> {
        let Config { plans_first } = registrar.config()?;
        let read = Permission::new(VISIT, Action::Read);
        let create = Permission::new(VISIT, Action::Create);
        let update = Permission::new(VISIT, Action::Update);
        registrar
            .permission(read, "see visits")
            .permission(create, "plan visits")
            .permission(update, "say that visits are done")
            .records::<Visit>()
            .event::<VisitPlanned>()
            .event::<VisitDone>()
            .migrations(MIGRATIONS)
            .before_commit("visits.keep", 0, |archived, hook| {
                Box::pin(keep(archived, hook))
            })
            .job(plan_first);
        for (role, extent) in [(Role::Agent, Extent::Own), (Role::Manager, Extent::Team)] {
            for permission in [read, create, update] {
                registrar.grant(permission, role, extent);
            }
        }
        registrar.grant(read, Role::ReadOnly, Extent::All);
        if plans_first {
            registrar.subscribe("visits.first", queue_first);
        }
        Ok(())
    }
}

impl HttpPlugin for VisitsPlugin {
    fn api(&self, registrar: &mut ApiRegistrar) {
        registrar.api(api::VisitsApi);
    }

    fn console(&self) -> ConsoleManifest {
        let permission = Permission::new(VISIT, Action::Read);
        ConsoleManifest {
            navigation: vec![NavigationEntry {
                label: "Visits",
                path: "/visits",
                permission,
            }],
            views: vec![ConsoleView {
                place: "/visits",
                title: "Visits",
                list: Some("visitsListVisits"),
                get: Some("visitsGetVisit"),
                create: Some("visitsPlanVisit"),
                update: None,
                fields: &["name", "customerId", "doneAt", "createdAt"],
                permission,
            }],
        }
    }
}

/// A customer with an open visit stays at hand.
async fn keep(archived: &CustomerArchived, hook: HookContext<'_>) -> Result<(), HookError> {
    if store::has_open(hook.conn, archived.customer_id).await? {
        return Err(HookError::Veto {
            code: "visits.open".to_owned(),
            message: "the customer has an open visit".to_owned(),
        });
    }
    Ok(())
}

/// Plans the first visit for a customer.
#[derive(Serialize, Deserialize)]
struct PlanFirst {
    customer: CustomerId,
}

impl Job for PlanFirst {
    const NAME: &'static str = "visits.plan-first";
}

async fn queue_first(
    context: JobContext,
    converted: Delivered<LeadConverted>,
) -> Result<(), JobError> {
    let customer = converted.event.customer_id;
    context.crm.jobs().enqueue(&PlanFirst { customer }).await?;
    Ok(())
}

async fn plan_first(context: JobContext, job: PlanFirst) -> Result<(), JobError> {
    let visits = Visits(&context.crm);
    visits.plan_first(&Actor::system(ID), job.customer).await?;
    Ok(())
}
