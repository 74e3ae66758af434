//! What program this is, and what the console shows of its plugins.

use std::sync::Arc;

use crm_app::plugin::Manifest;
use poem::web::Data;
use poem_openapi::{Object, OpenApi, Tags};
use serde::Serialize;

use crate::auth::Identified;
use crate::plugin::{self, ConsoleManifest, HttpPlugin};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::Text;

/// What the console shows of each plugin, before anybody's permissions are looked at.
#[derive(Clone)]
pub(crate) struct Consoles(Arc<Vec<(&'static str, ConsoleManifest)>>);

impl Consoles {
    pub(crate) fn of(plugins: &[Arc<dyn HttpPlugin>]) -> Self {
        let console = |plugin: &Arc<dyn HttpPlugin>| (plugin.manifest().id, plugin.console());
        Self(Arc::new(plugins.iter().map(console).collect()))
    }
}

/// What program this is, and what the console shows of its plugins to the caller.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
struct Meta {
    /// The version of the program.
    version: Text<50>,
    /// The plugins, those first that others require.
    #[oai(validator(max_items = 1000))]
    plugins: Vec<PluginInfo>,
    /// Their places in the navigation, as far as the caller's permissions allow.
    #[oai(validator(max_items = 1000))]
    navigation: Vec<NavigationEntry>,
    /// Their views, as far as the caller's permissions allow.
    #[oai(validator(max_items = 1000))]
    views: Vec<ConsoleView>,
}

/// A plugin.
#[derive(Debug, Serialize, Object)]
struct PluginInfo {
    /// Identifies it.
    id: Text<20>,
    /// Its version.
    version: Text<100>,
    /// What it is for.
    about: Text<500>,
}

/// A place in the console's navigation.
#[derive(Debug, Serialize, Object)]
struct NavigationEntry {
    /// The plugin.
    plugin: Text<20>,
    /// What it is called.
    label: Text<50>,
    /// Where it leads, within the console.
    path: Text<100>,
}

/// A view that the console draws from the API document.
#[derive(Debug, Serialize, Object)]
struct ConsoleView {
    /// The plugin.
    plugin: Text<20>,
    /// Where it stands, within the console.
    place: Text<100>,
    /// What it is called.
    title: Text<50>,
    /// The id of the operation that lists what it shows.
    list: Option<Text<100>>,
    /// The id of the operation that gives one.
    get: Option<Text<100>>,
    /// The id of the operation that makes one.
    create: Option<Text<100>>,
    /// The id of the operation that changes one.
    update: Option<Text<100>>,
    /// The names of the fields that it shows, in order; all, when there are none.
    #[oai(validator(max_items = 100))]
    fields: Vec<Text<100>>,
}

impl From<Manifest> for PluginInfo {
    fn from(manifest: Manifest) -> Self {
        let Manifest {
            id,
            version,
            requires: _,
            about,
        } = manifest;
        Self {
            id: (&id).into(),
            version: (&version).into(),
            about: (&about).into(),
        }
    }
}

impl NavigationEntry {
    fn new(plugin: &str, entry: &plugin::NavigationEntry) -> Self {
        let plugin::NavigationEntry {
            label,
            path,
            permission: _,
        } = entry;
        Self {
            plugin: (&plugin).into(),
            label: label.into(),
            path: path.into(),
        }
    }
}

impl ConsoleView {
    fn new(plugin: &str, view: &plugin::ConsoleView) -> Self {
        let plugin::ConsoleView {
            place,
            title,
            list,
            get,
            create,
            update,
            fields,
            permission: _,
        } = view;
        let id = |operation: Option<&str>| operation.map(|id| Text::from(&id));
        Self {
            plugin: (&plugin).into(),
            place: place.into(),
            title: title.into(),
            list: id(*list),
            get: id(*get),
            create: id(*create),
            update: id(*update),
            fields: fields.iter().map(Text::from).collect(),
        }
    }
}

#[derive(Tags)]
enum Tag {
    /// What program this is.
    Meta,
}

/// The operation `/api/meta`.
pub struct MetaApi;

#[OpenApi(tag = "Tag::Meta")]
impl MetaApi {
    /// Show what program this is
    ///
    /// Its version, its plugins, and what the console shows of them to the caller.
    #[oai(path = "/meta", method = "get", operation_id = "getMeta")]
    async fn meta(
        &self,
        auth: Identified,
        consoles: Data<&Consoles>,
    ) -> Result<Reply<Meta>, Problem> {
        let access = auth.crm().access().await?;
        let (mut navigation, mut views) = (Vec::new(), Vec::new());
        for (plugin, console) in consoles.0.0.iter() {
            let shown = console.clone().for_actor(&access, auth.actor());
            let entries = shown.navigation.iter();
            navigation.extend(entries.map(|entry| NavigationEntry::new(plugin, entry)));
            views.extend(
                shown
                    .views
                    .iter()
                    .map(|view| ConsoleView::new(plugin, view)),
            );
        }
        let plugins = auth.crm().plugins().manifests();
        Ok(Reply::new(Meta {
            version: (&env!("CARGO_PKG_VERSION")).into(),
            plugins: plugins.map(PluginInfo::from).collect(),
            navigation,
            views,
        }))
    }
}
