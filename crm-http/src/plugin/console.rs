//! What the console shows of a plugin, as data: it draws lists and forms from the API document, and needs no build for it.

use crm_app::Access;
use crm_domain::activity::Actor;
use crm_domain::permission::Permission;

/// What the console shows of a plugin.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConsoleManifest {
    /// Its places in the navigation.
    pub navigation: Vec<NavigationEntry>,
    /// Its views.
    pub views: Vec<ConsoleView>,
}

/// A place in the navigation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NavigationEntry {
    /// What it is called: `Deals`. At most 50 characters.
    pub label: &'static str,
    /// Where it leads, within the console: `/deals`. At most 100 characters.
    pub path: &'static str,
    /// Shown to whoever holds this.
    pub permission: Permission,
}

/// A view that the console draws by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleView {
    /// Where it stands, within the console: `/deals`, or a slot in a page of the core's: `customer.panel`.
    pub place: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// The operation that lists what it shows: `dealsListDeals`.
    pub list: Option<&'static str>,
    /// The operation that gives one.
    pub get: Option<&'static str>,
    /// The operation that makes one.
    pub create: Option<&'static str>,
    /// The operation that changes one.
    pub update: Option<&'static str>,
    /// The fields that it shows, in order, by their names on the wire; all, when there are none.
    pub fields: &'static [&'static str],
    /// Shown to whoever holds this.
    pub permission: Permission,
}

impl ConsoleManifest {
    /// As much as the actor's permissions allow.
    pub(crate) fn for_actor(self, access: &Access, actor: &Actor) -> Self {
        let is_held = |permission| access.check(actor, permission).is_ok();
        let Self { navigation, views } = self;
        let entries = navigation.into_iter();
        let views = views.into_iter();
        Self {
            navigation: entries.filter(|entry| is_held(entry.permission)).collect(),
            views: views.filter(|view| is_held(view.permission)).collect(),
        }
    }
}
