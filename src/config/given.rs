//! The places that settings come from: the environment, and a file below it.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::path::Path;
use std::str::FromStr;

use crate::app::plugin::{Setting, Settings};

use super::plugins::{self, SECTION, of_variable, value};
use super::{ConfigError, SETTINGS};

/// Names that begin like ours and belong to the test kit.
const TEST_KIT: &str = "CRM_TEST_";

const ENVIRONMENT: &str = "the environment";

/// What was given, and where.
pub(super) struct Given {
    /// The settings of the program, by name.
    pub(super) own: BTreeMap<String, (String, String)>,
    pub(super) plugins: Settings,
}

impl Given {
    pub(super) fn parse<T>(&self, name: &str) -> Result<Option<T>, ConfigError>
    where
        T: FromStr<Err: Display>,
    {
        let Some((text, place)) = self.own.get(name) else {
            return Ok(None);
        };
        parsed(name, place, text).map(Some)
    }

    /// Why a setting is refused.
    pub(super) fn refused(&self, name: &str, reason: &str) -> ConfigError {
        let place = self
            .own
            .get(name)
            .map_or("the defaults", |(_, place)| place);
        ConfigError::Refused {
            name: name.to_owned(),
            place: place.to_owned(),
            reason: reason.to_owned(),
        }
    }

    /// Those of the file under those of the environment.
    pub(super) fn read(file: Option<&Path>) -> Result<Self, ConfigError> {
        let (mut own, mut plugins) = (BTreeMap::new(), Settings::default());
        if let Some(path) = file {
            let place = format!("the file {}", path.display());
            for (name, text) in read_file(path, &place, &mut plugins)? {
                own.insert(name, (text, place.clone()));
            }
        }
        for (name, text) in read_environment(&mut plugins)? {
            own.insert(name, (text, ENVIRONMENT.to_owned()));
        }
        Ok(Self { own, plugins })
    }
}

/// The value that a text stands for.
pub(super) fn parsed<T>(name: &str, place: &str, text: &str) -> Result<T, ConfigError>
where
    T: FromStr<Err: Display>,
{
    text.parse().map_err(|error: T::Err| ConfigError::Refused {
        name: name.to_owned(),
        place: place.to_owned(),
        reason: format!("is refused: {error}"),
    })
}

fn is_setting(name: &str) -> bool {
    SETTINGS.iter().any(|setting| setting.name == name)
}

/// Empty variables count as unset: that is how many tools unset one.
fn read_environment(plugins: &mut Settings) -> Result<Vec<(String, String)>, ConfigError> {
    let mut found = Vec::new();
    for (name, text) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        let place = ENVIRONMENT.to_owned();
        let of_plugin = of_variable(&name);
        if !is_setting(&name) && of_plugin.is_none() {
            if name.starts_with("CRM_") && !is_foreign(&name) {
                return Err(ConfigError::Unknown { name, place });
            }
            continue;
        }
        let Ok(text) = text.into_string() else {
            let reason = "is refused: not UTF-8".to_owned();
            return Err(ConfigError::Refused {
                name,
                place,
                reason,
            });
        };
        match of_plugin {
            _ if text.is_empty() => {}
            Some((plugin, key)) => {
                let value = value(&text);
                plugins.set(&plugin, &key, Setting { value, place });
            }
            None => found.push((name, text)),
        }
    }
    Ok(found)
}

/// Names that begin like ours and come from elsewhere: the test kit's, and those that Kubernetes sets in every pod
/// beside a service named `crm`.
fn is_foreign(name: &str) -> bool {
    const KUBERNETES: [&str; 2] = ["CRM_SERVICE_", "CRM_PORT_"];
    name == "CRM_PORT"
        || name.starts_with(TEST_KIT)
        || KUBERNETES.iter().any(|start| name.starts_with(start))
}

fn read_file(
    path: &Path,
    place: &str,
    of_plugins: &mut Settings,
) -> Result<Vec<(String, String)>, ConfigError> {
    let failed = |reason: String| ConfigError::File {
        path: path.to_owned(),
        reason,
    };
    let text = std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    let table: toml::Table = text
        .parse()
        // Its `Display` shows the line at fault, which may hold a secret.
        .map_err(|error: toml::de::Error| failed(error.message().to_owned()))?;
    let mut found = Vec::new();
    for (name, value) in table {
        let place = place.to_owned();
        let value = match value {
            toml::Value::Table(sections) if name == SECTION => {
                let read = plugins::read(of_plugins, sections, &place);
                read.map_err(|name| ConfigError::Unknown { name, place })?;
                continue;
            }
            value => value,
        };
        if !is_setting(&name) {
            return Err(ConfigError::Unknown { name, place });
        }
        let text = match value {
            toml::Value::String(text) => text,
            toml::Value::Integer(number) => number.to_string(),
            toml::Value::Boolean(true) => "on".to_owned(),
            toml::Value::Boolean(false) => "off".to_owned(),
            _ => {
                let reason =
                    "is refused: neither a text nor a whole number nor true or false".to_owned();
                return Err(ConfigError::Refused {
                    name,
                    place,
                    reason,
                });
            }
        };
        found.push((name, text));
    }
    Ok(found)
}
