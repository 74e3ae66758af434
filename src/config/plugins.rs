//! The settings of plugins: a section of the file each, `[plugins.deals]`, or variables as `CRM_PLUGINS__DEALS__CURRENCY`.

use std::sync::Arc;

use crate::app::plugin::{PluginError, Plugins, Setting, Settings};
use crate::http::plugin::{HttpPlugin, together};

/// How the names of variables begin that are settings of plugins.
const BEGIN: &str = "CRM_PLUGINS__";

/// The section of the file that has a section for each plugin.
pub(super) const SECTION: &str = "plugins";

/// The plugins that the program holds, with their settings.
pub(super) struct Held {
    pub(super) all: Plugins,
    pub(super) http: Vec<Arc<dyn HttpPlugin>>,
}

impl Held {
    pub(super) fn new(
        http: &[Arc<dyn HttpPlugin>],
        settings: &Settings,
    ) -> Result<Self, PluginError> {
        Ok(Self {
            all: together(http, settings)?,
            http: http.to_vec(),
        })
    }
}

/// The plugin and the key that a variable is for.
pub(super) fn of_variable(name: &str) -> Option<(String, String)> {
    let (plugin, key) = name.strip_prefix(BEGIN)?.split_once("__")?;
    Some((plugin.to_lowercase(), key.to_lowercase()))
}

/// A variable's text as it would be read in the file, and otherwise as a text: `5` is a number, and `EUR` a text.
pub(super) fn value(text: &str) -> serde_json::Value {
    let read = format!("value = {text}").parse::<toml::Table>();
    let read = read.ok().and_then(|mut table| table.remove("value"));
    let read = read.and_then(|value| serde_json::to_value(value).ok());
    read.unwrap_or_else(|| text.into())
}

/// The settings of a section of the file; the key that is no section, where there is one.
pub(super) fn read(
    settings: &mut Settings,
    sections: toml::Table,
    place: &str,
) -> Result<(), String> {
    for (plugin, section) in sections {
        let toml::Value::Table(section) = section else {
            return Err(plugin);
        };
        for (key, value) in section {
            let value = serde_json::to_value(value).unwrap_or_default();
            let place = place.to_owned();
            settings.set(&plugin, &key, Setting { value, place });
        }
    }
    Ok(())
}
