//! Which permissions there are: those of the core, and those of the plugins that a program holds.

use std::collections::BTreeMap;

use super::{Action, Permission, Resource};
use crate::text::TextError;

/// Which permissions there are in one CRM. A value and not a constant: which plugins there are, each program decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalogue {
    listed: Vec<Described>,
    by_name: BTreeMap<String, Permission>,
    resources: Vec<Resource>,
}

/// A permission that there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Described {
    /// The permission.
    pub permission: Permission,
    /// What it allows, for a person.
    pub about: &'static str,
}

/// There is no such permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a permission")]
pub struct UnknownPermission;

impl Catalogue {
    /// The permissions of the core.
    #[must_use]
    pub fn core() -> Self {
        let mut catalogue = Self {
            listed: Vec::new(),
            by_name: BTreeMap::new(),
            resources: Resource::CORE.to_vec(),
        };
        for permission in of_the_core() {
            catalogue.add(Described {
                permission,
                about: describe(permission),
            });
        }
        catalogue
    }

    /// Adds a permission of a plugin. False, and nothing is done, when it is there already.
    pub fn add(&mut self, described: Described) -> bool {
        let Described { permission, .. } = described;
        if self.contains(permission) {
            return false;
        }
        self.add_resource(permission.resource);
        self.by_name.insert(permission.to_string(), permission);
        self.listed.push(described);
        true
    }

    /// Adds a kind of record of a plugin, unless it is there already.
    pub fn add_resource(&mut self, resource: Resource) {
        if !self.resources.contains(&resource) {
            self.resources.push(resource);
        }
    }

    /// Every permission, those on one kind of record together.
    pub fn permissions(&self) -> impl Iterator<Item = Permission> {
        self.listed.iter().map(|described| described.permission)
    }

    /// Every permission with what it allows.
    #[must_use]
    pub fn described(&self) -> &[Described] {
        &self.listed
    }

    /// The kinds of records, the core's first.
    #[must_use]
    pub fn resources(&self) -> &[Resource] {
        &self.resources
    }

    /// Whether there is this permission.
    #[must_use]
    pub fn contains(&self, permission: Permission) -> bool {
        self.by_name.get(&permission.to_string()) == Some(&permission)
    }

    /// The permission of this name: `lead:read`.
    ///
    /// # Errors
    /// [`UnknownPermission`], also for one of a plugin that the program does not hold.
    pub fn permission(&self, name: &str) -> Result<Permission, UnknownPermission> {
        self.by_name.get(name).copied().ok_or(UnknownPermission)
    }

    /// The kind of record of this name: `lead`.
    ///
    /// # Errors
    /// [`TextError::NotOneOf`], which names those that there are.
    pub fn resource(&self, name: &str) -> Result<Resource, TextError> {
        let found = self.resources.iter().find(|known| known.as_str() == name);
        found.copied().ok_or_else(|| {
            let known: Vec<_> = self.resources.iter().map(|known| known.as_str()).collect();
            TextError::not_one_of(&known)
        })
    }

    /// What a permission allows, for a person; nothing, where there is no such permission.
    #[must_use]
    pub fn describe(&self, permission: Permission) -> &'static str {
        let found = self
            .listed
            .iter()
            .find(|known| known.permission == permission);
        found.map_or("", |described| described.about)
    }
}

fn of_the_core() -> impl Iterator<Item = Permission> {
    use Action::{
        Assign, Convert, Create, Delete, Export, Import, Manage, Merge, Read, Share, Update,
    };
    let of = |resource, actions: &'static [Action]| {
        actions
            .iter()
            .map(move |action| Permission::new(resource, *action))
    };
    of(
        Resource::LEAD,
        &[
            Read, Create, Update, Delete, Convert, Assign, Export, Import, Merge, Manage,
        ],
    )
    .chain(of(
        Resource::CUSTOMER,
        &[Read, Create, Update, Delete, Assign, Export, Import, Merge],
    ))
    .chain(of(
        Resource::TASK,
        &[Read, Create, Update, Delete, Assign, Export],
    ))
    .chain(of(Resource::ANALYTICS, &[Read]))
    .chain(of(Resource::USER, &[Read, Create, Update, Manage]))
    .chain(of(Resource::TEAM, &[Read, Manage]))
    .chain(of(Resource::ROLE, &[Read, Manage]))
    .chain(of(Resource::ASSIGNMENT_RULE, &[Read, Manage]))
    .chain(of(Resource::API_KEY, &[Manage]))
    .chain(of(Resource::JOB, &[Read, Manage]))
    .chain(of(Resource::ACTIVITY, &[Read]))
    .chain(of(Resource::CUSTOM_FIELD, &[Manage]))
    .chain(of(Resource::TAG, &[Manage]))
    .chain(of(Resource::VIEW, &[Share, Manage]))
}

fn describe(permission: Permission) -> &'static str {
    use Action::{
        Assign, Convert, Create, Delete, Export, Import, Manage, Merge, Read, Share, Update,
    };
    match (permission.resource, permission.action) {
        (Resource::LEAD, Manage) => "undo conversions",
        (Resource::USER, Manage) => {
            "give users roles and teams, disable and enable them, end their sessions, renew their passwords, remove their second factors"
        }
        (Resource::TEAM, Manage) => "make, rename and delete teams, and say who is in them",
        (Resource::ROLE, Manage) => "make, change and delete roles",
        (Resource::JOB, Manage) => "run jobs again that failed for good",
        (Resource::ASSIGNMENT_RULE, Manage) => {
            "make, change, order and delete the rules by which leads are handed out"
        }
        (Resource::API_KEY, Manage) => "make and revoke API keys of others and of service users",
        (Resource::ACTIVITY, Read) => {
            "see who did what to the records that one sees, in the activity log"
        }
        (Resource::ANALYTICS, Read) => "see figures of the records they may see",
        (Resource::CUSTOM_FIELD, Manage) => {
            "say which custom fields leads, customers and tasks have"
        }
        (Resource::TAG, Manage) => "rename and merge tags, on records that one may change",
        (_, Read) => "see them, count them, find them",
        (_, Create) => "make new ones",
        (_, Update) => "change them, restore archived ones",
        (_, Delete) => "archive them",
        (_, Convert) => "turn them into customers",
        (_, Assign) => "give them to others",
        (Resource::VIEW, Manage) => "change and delete shared views of others",
        (_, Merge) => "make one of several, and take them apart again",
        (_, Import) => "make and change them from a file, as far as the other permissions allow",
        (_, Export) => "take out as a file those that they see",
        (_, Share) => "show them to others, and change what others see",
        (_, Manage) => "keep them in order",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEAL: Resource = Resource::of_plugin("deals.deal");

    #[test]
    fn every_permission_is_found_by_its_name() {
        let catalogue = Catalogue::core();
        for permission in catalogue.permissions() {
            assert_eq!(
                catalogue.permission(&permission.to_string()),
                Ok(permission)
            );
            assert_ne!(catalogue.describe(permission), "", "{permission}");
        }
    }

    #[test]
    fn what_is_no_permission_is_not_found() {
        for name in [
            "",
            ":",
            "lead",
            "lead:",
            ":read",
            "lead:fly",
            "role:convert",
            "Lead:read",
            "lead:read ",
            "deals.deal:read",
        ] {
            let found = Catalogue::core().permission(name);
            assert_eq!(found, Err(UnknownPermission), "{name}");
        }
    }

    #[test]
    fn a_plugins_permission_is_one_where_the_plugin_is() {
        let permission = Permission::new(DEAL, Action::Read);
        let described = Described {
            permission,
            about: "see deals",
        };
        let mut catalogue = Catalogue::core();
        assert!(catalogue.add(described) && !catalogue.add(described));
        assert_eq!(catalogue.permission("deals.deal:read"), Ok(permission));
        assert_eq!(catalogue.resource("deals.deal"), Ok(DEAL));
        assert_eq!(catalogue.describe(permission), "see deals");
        assert!(Catalogue::core().resource("deals.deal").is_err());
    }
}
