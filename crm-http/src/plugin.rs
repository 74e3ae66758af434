//! The HTTP half of plugins: their operations below `/api`, and what the console shows of them.
//!
//! A plugin's operations are written as the core's are, from the same parts. Each one's first argument says who may call it:
//! [`Require`] with a permission that [`permissions!`](crate::permissions) makes a type of. Bodies are [`Body`], queries
//! [`Query`], answers [`Reply`], [`Versioned`] and [`Created`]; lists are made by
//! [`list_parameters!`](crate::list_parameters) and [`list_answer!`](crate::list_answer), enumerations by
//! [`wire_enum!`](crate::wire_enum). What a use case refuses becomes a [`Problem`] by `?`.
//!
//! Operation ids begin with the id of the plugin, `dealsListDeals`, and the names of schemas with the same, a capital first,
//! `DealsDeal`: no two plugins clash by them. Types of the core's may be used as they are.

mod console;

pub use console::{ConsoleManifest, ConsoleView, NavigationEntry};

pub use crate::auth::{Confidential, Identified, Permitted, Public, Require, SignedIn};
pub use crate::body::{Body, OptionalBody};
pub use crate::if_match::IfMatch;
pub use crate::list::{Count, Onward, SortText, at_most, day, instant, page_request};
pub use crate::live;
pub use crate::problem::{Code, FieldError, Problem};
pub use crate::query::{Query, QueryParameters, invalid, parse};
pub use crate::reply::{Accepted, Created, Made, Reply, Versioned, location};
pub use crate::time::{Date, day as field_day};

use std::sync::Arc;

use crm_app::plugin::{Plugin, PluginError, Plugins, Settings};
use poem_openapi::OpenApi;

use crate::openapi::Contribution;

/// A plugin with operations, or with something to show in the console.
pub trait HttpPlugin: Plugin {
    /// Says which operations it brings.
    fn api(&self, _registrar: &mut ApiRegistrar) {}

    /// What the console shows of it.
    fn console(&self) -> ConsoleManifest {
        ConsoleManifest::default()
    }
}

/// Takes the operations of one plugin.
pub struct ApiRegistrar {
    owner: &'static str,
    contributions: Vec<Contribution>,
}

impl ApiRegistrar {
    /// The operations of `api`, their paths below `/api`.
    pub fn api<T: OpenApi + Send + 'static>(&mut self, api: T) -> &mut Self {
        let contribution = Contribution::new(self.owner, "/api", api);
        self.contributions.push(contribution);
        self
    }
}

/// The plugins of which these are the HTTP halves, put together.
///
/// # Errors
/// As [`Plugins::new`].
pub fn together(
    plugins: &[Arc<dyn HttpPlugin>],
    settings: &Settings,
) -> Result<Plugins, PluginError> {
    let halves = plugins
        .iter()
        .map(|plugin| Arc::clone(plugin) as Arc<dyn Plugin>);
    Plugins::new(halves.collect(), settings)
}

/// The operations of these plugins.
pub(crate) fn contributions(plugins: &[Arc<dyn HttpPlugin>]) -> Vec<Contribution> {
    let of_plugin = |plugin: &Arc<dyn HttpPlugin>| {
        let mut registrar = ApiRegistrar {
            owner: plugin.manifest().id,
            contributions: Vec::new(),
        };
        plugin.api(&mut registrar);
        registrar.contributions
    };
    plugins.iter().flat_map(of_plugin).collect()
}
