//! In which order plugins come: after what they need, and otherwise as they are listed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crm_domain::permission::Resource;
use crm_storage::migrate::core_tables;
use semver::{Version, VersionReq};

use super::{Manifest, Plugin, PluginError};
use crate::jobs::Registry;

/// The name under which plugins require this crate.
const CORE: &str = "core";

/// The plugins, each after those that it needs.
///
/// # Errors
/// [`PluginError`] for a manifest that is wrong, an id that is there twice, and a need that is not met.
pub(super) fn ordered(plugins: Vec<Arc<dyn Plugin>>) -> Result<Vec<Arc<dyn Plugin>>, PluginError> {
    let mut versions = BTreeMap::from([(CORE, env!("CARGO_PKG_VERSION"))]);
    for plugin in &plugins {
        let manifest = plugin.manifest();
        check(manifest)?;
        if let Some(first) = versions.insert(manifest.id, manifest.version) {
            return Err(PluginError::Duplicate {
                plugin: manifest.id,
                first,
                second: manifest.version,
            });
        }
    }
    for plugin in &plugins {
        check_needs(plugin.manifest(), &versions)?;
    }
    let (mut rest, mut ordered) = (plugins, Vec::new());
    let mut done = BTreeSet::from([CORE]);
    while !rest.is_empty() {
        let is_next = |plugin: &Arc<dyn Plugin>| {
            let requires = plugin.manifest().requires;
            requires.iter().all(|(id, _)| done.contains(id))
        };
        let Some(index) = rest.iter().position(is_next) else {
            return Err(PluginError::Circle(circle(&rest, &done)));
        };
        let next = rest.remove(index);
        done.insert(next.manifest().id);
        ordered.push(next);
    }
    Ok(ordered)
}

fn check(manifest: Manifest) -> Result<(), PluginError> {
    let Manifest { id, version, .. } = manifest;
    let refused = |reason: String| PluginError::Manifest { plugin: id, reason };
    check_id(id).map_err(|reason| refused(reason.to_owned()))?;
    Version::parse(version)
        .map(drop)
        .map_err(|error| refused(format!("its version {version} is none: {error}")))
}

/// Says why no plugin may have this id.
pub(super) fn check_id(id: &str) -> Result<(), &'static str> {
    let is_well_formed = (2..=20).contains(&id.len())
        && id.starts_with(|c: char| c.is_ascii_lowercase())
        && id
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    if !is_well_formed {
        return Err("its id must be 2 to 20 small letters and digits, a letter first");
    }
    if is_the_cores(id) {
        return Err("its id begins names of the core");
    }
    Ok(())
}

/// Whether things of the core have names that a plugin of this id would have for its own.
fn is_the_cores(id: &str) -> bool {
    let core = Registry::of_the_core();
    let handlers = core
        .names()
        .into_iter()
        .filter_map(|name| name.split('.').next());
    let tables = core_tables().filter_map(|table| table.split('_').next());
    let resources = Resource::CORE.iter().map(|resource| resource.as_str());
    id == CORE
        || handlers
            .chain(tables)
            .chain(resources)
            .any(|name| name == id)
}

fn check_needs(
    manifest: Manifest,
    versions: &BTreeMap<&'static str, &'static str>,
) -> Result<(), PluginError> {
    let plugin = manifest.id;
    for (requires, range) in manifest.requires {
        let wanted = VersionReq::parse(range).map_err(|error| PluginError::Manifest {
            plugin,
            reason: format!("the range {range} of `{requires}` is none: {error}"),
        })?;
        let found = *versions.get(requires).ok_or(PluginError::Missing {
            plugin,
            requires,
            range,
        })?;
        let is_met = Version::parse(found).is_ok_and(|found| wanted.matches(&found));
        if !is_met {
            return Err(PluginError::Version {
                plugin,
                requires,
                range,
                found,
            });
        }
    }
    Ok(())
}

/// One circle among plugins of which each needs another: the first one stands at its end again.
fn circle(rest: &[Arc<dyn Plugin>], done: &BTreeSet<&'static str>) -> Vec<&'static str> {
    let needs: BTreeMap<_, _> = rest
        .iter()
        .filter_map(|plugin| {
            let Manifest { id, requires, .. } = plugin.manifest();
            let mut waits_for = requires.iter().map(|(needed, _)| *needed);
            Some((id, waits_for.find(|needed| !done.contains(needed))?))
        })
        .collect();
    let mut way: Vec<&'static str> = Vec::new();
    let mut next = needs.keys().next().copied();
    while let Some(id) = next {
        if let Some(begin) = way.iter().position(|passed| *passed == id) {
            way.push(id);
            return way.split_off(begin);
        }
        way.push(id);
        next = needs.get(id).copied();
    }
    way
}
