//! The settings of plugins: a section each, `plugins.<id>`, read into a type of the plugin's own.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::PluginError;

/// The settings of all plugins, by their ids.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settings(BTreeMap<String, BTreeMap<String, Setting>>);

/// One setting, and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// Its value.
    pub value: Value,
    /// Where it stands: `the file crm.toml`.
    pub place: String,
}

impl Settings {
    /// Adds a setting. One of the same name gives way.
    pub fn set(&mut self, plugin: &str, key: &str, setting: Setting) {
        let section = self.0.entry(plugin.to_owned()).or_default();
        section.insert(key.to_owned(), setting);
    }

    /// Refuses settings of plugins that are not among these.
    pub(super) fn check(&self, known: &[&'static str]) -> Result<(), PluginError> {
        for (plugin, section) in &self.0 {
            if known.contains(&plugin.as_str()) {
                continue;
            }
            if let Some((key, setting)) = section.iter().next() {
                return Err(PluginError::UnknownPlugin {
                    plugin: plugin.clone(),
                    key: key.clone(),
                    place: setting.place.clone(),
                });
            }
        }
        Ok(())
    }

    /// The section of a plugin as a type of its own.
    pub(super) fn read<T: DeserializeOwned + Default>(
        &self,
        plugin: &str,
    ) -> Result<T, PluginError> {
        let Some(section) = self.0.get(plugin) else {
            return Ok(T::default());
        };
        let values = section
            .iter()
            .map(|(key, setting)| (key.clone(), setting.value.clone()));
        let values = Value::Object(values.collect::<Map<_, _>>());
        serde_path_to_error::deserialize(values).map_err(|error| {
            let reason = error.inner().to_string();
            let path = error.path().to_string();
            refused(plugin, section, &path, &reason)
        })
    }

    /// Why a setting of a plugin is refused.
    pub(super) fn refused(&self, plugin: &str, key: &str, reason: String) -> PluginError {
        let setting = self.0.get(plugin).and_then(|section| section.get(key));
        PluginError::Setting {
            plugin: plugin.to_owned(),
            key: key.to_owned(),
            place: setting
                .map_or("the defaults", |known| &known.place)
                .to_owned(),
            reason,
        }
    }

    /// Refuses any setting of a plugin that reads none.
    pub(super) fn refuse_any(&self, plugin: &str) -> Result<(), PluginError> {
        let section = self.0.get(plugin);
        match section.and_then(|section| section.iter().next()) {
            Some((key, _)) => {
                Err(self.refused(plugin, key, "the plugin has no settings".to_owned()))
            }
            None => Ok(()),
        }
    }
}

/// Serde names an unknown key in its message, and the place of a wrong value by its path.
fn refused(
    plugin: &str,
    section: &BTreeMap<String, Setting>,
    path: &str,
    reason: &str,
) -> PluginError {
    let unknown = reason
        .strip_prefix("unknown field `")
        .and_then(|rest| rest.split('`').next());
    let key = match path {
        "." | "?" | "" => unknown.unwrap_or("*"),
        path => path,
    };
    let top = key.split(['.', '[']).next().unwrap_or_default();
    let place = section
        .get(top)
        .map_or("the settings", |known| &known.place);
    PluginError::Setting {
        plugin: plugin.to_owned(),
        key: key.to_owned(),
        place: place.to_owned(),
        reason: without_value(reason),
    }
}

/// What serde says of a wrong value, without the value, which may be a secret.
fn without_value(reason: &str) -> String {
    match reason.split_once(", expected ") {
        Some((begin, expected)) if begin.starts_with("invalid ") => {
            format!("it is not {expected}")
        }
        _ => reason.to_owned(),
    }
}
