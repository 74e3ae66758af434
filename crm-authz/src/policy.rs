//! What each role grants: casbin's rules, expanded into a table.

mod rules;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use casbin::{CoreApi, DefaultModel, Enforcer, RbacApi};
use crm_domain::ids::RoleId;
use crm_domain::permission::{Catalogue, Extent, Permission};
use crm_domain::role::{Grants, Role};

use rules::{Rules, subject};

const MODEL: &str = include_str!("policy/model.conf");

/// The longest line of inheritance: casbin silently stops following at ten.
pub const MAX_DEPTH: usize = 5;

/// A role as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleFacts {
    /// Which role.
    pub id: RoleId,
    /// Its name.
    pub name: String,
    /// The roles whose grants it has besides its own.
    pub inherits: Vec<RoleId>,
    /// What it grants: the names of a permission and of an extent. A permission of a plugin that is not installed is
    /// kept in the database and ignored here.
    pub grants: Vec<(String, String)>,
    /// Whether its users may do nothing until they have a second factor.
    pub demands_second_factor: bool,
}

/// Why rules cannot be followed. What was followed before goes on.
#[derive(Debug, thiserror::Error)]
pub enum BrokenPolicy {
    /// A role that comes with the program is not in the database.
    #[error("the built-in role {0} is missing")]
    NoBuiltIn(Role),
    /// A role inherits from one that there is not.
    #[error("the role {role} inherits from a role that does not exist")]
    UnknownRole {
        /// The role's name.
        role: String,
    },
    /// A role inherits from itself by some way, or by too long a way.
    #[error("the role {role} inherits in a circle or over more than {MAX_DEPTH} steps")]
    TooDeep {
        /// The role's name.
        role: String,
    },
    /// No such extent.
    #[error("the role {role} grants {permission} to the unknown extent {extent}")]
    UnknownExtent {
        /// The role's name.
        role: String,
        /// The permission's name.
        permission: String,
        /// What it says.
        extent: String,
    },
    /// The built-in rules do not let an Admin do everything.
    #[error("the Admin is not granted {0}")]
    NarrowAdmin(Permission),
    /// Casbin refuses the rules.
    #[error("casbin refuses the rules: {0}")]
    Casbin(#[from] casbin::Error),
}

/// What each role grants. Immutable.
#[derive(Debug)]
pub struct Policy {
    catalogue: Arc<Catalogue>,
    roles: HashMap<RoleId, Compiled>,
    definitions: Vec<RoleFacts>,
    demanding: HashSet<RoleId>,
}

/// A role with its rules followed to their ends.
#[derive(Debug)]
struct Compiled {
    /// By itself or by inheritance.
    granted: Grants,
    /// By itself.
    own: Grants,
    parents: Vec<RoleId>,
}

impl Policy {
    /// Expands the rules of the built-in roles and of these, on the permissions that there are.
    ///
    /// # Errors
    /// [`BrokenPolicy`], when they cannot be followed as they stand.
    pub async fn compile(
        catalogue: Arc<Catalogue>,
        roles: Vec<RoleFacts>,
    ) -> Result<Self, BrokenPolicy> {
        for built_in in Role::ALL {
            if !roles.iter().any(|role| role.id == built_in.id()) {
                return Err(BrokenPolicy::NoBuiltIn(built_in));
            }
        }
        let adapter = Rules::new(&catalogue, &roles)?;
        let model = DefaultModel::from_str(MODEL).await?;
        let mut enforcer = Enforcer::new(model, adapter).await?;
        let ids: HashMap<String, RoleId> = roles
            .iter()
            .map(|role| (subject(&role.name), role.id))
            .collect();
        let mut compiled = HashMap::with_capacity(roles.len());
        for (subject, id) in &ids {
            compiled.insert(*id, compile_role(&mut enforcer, &catalogue, subject, &ids));
        }
        let mut policy = Self {
            catalogue,
            roles: compiled,
            definitions: roles,
            demanding: HashSet::new(),
        };
        policy.demanding = policy.demanding();
        policy.check_admin()?;
        Ok(policy)
    }

    /// The roles that demand a second factor, by themselves or by inheritance.
    fn demanding(&self) -> HashSet<RoleId> {
        let demands = |id: &RoleId| {
            let role = self.role(*id);
            role.is_some_and(|role| role.demands_second_factor)
        };
        let ids = self.definitions.iter().map(|role| role.id);
        ids.filter(|id| self.lineage(*id).iter().any(demands))
            .collect()
    }

    /// Whoever may do everything must be there: without them nobody could mend anything.
    fn check_admin(&self) -> Result<(), BrokenPolicy> {
        let mut permissions = self.catalogue.permissions();
        let missing = permissions
            .find(|permission| self.extent(Role::Admin.id(), *permission) != Some(Extent::All));
        match missing {
            Some(permission) => Err(BrokenPolicy::NarrowAdmin(permission)),
            None => Ok(()),
        }
    }

    /// How far a role's permission reaches; `None` when it is not granted, or there is no such role.
    #[must_use]
    pub fn extent(&self, role: RoleId, permission: Permission) -> Option<Extent> {
        self.roles.get(&role)?.granted.get(&permission).copied()
    }

    /// Which permissions there are.
    #[must_use]
    pub const fn catalogue(&self) -> &Arc<Catalogue> {
        &self.catalogue
    }

    /// Everything that a role grants, by itself or by inheritance.
    #[must_use]
    pub fn grants(&self, role: RoleId) -> Grants {
        let role = self.roles.get(&role);
        role.map(|role| role.granted.clone()).unwrap_or_default()
    }

    /// Whether a role demands a second factor, by itself or by inheritance.
    #[must_use]
    pub fn demands_second_factor(&self, role: RoleId) -> bool {
        self.demanding.contains(&role)
    }

    /// The roles that it was made of.
    #[must_use]
    pub fn roles(&self) -> &[RoleFacts] {
        &self.definitions
    }

    /// The role of this id.
    #[must_use]
    pub fn role(&self, id: RoleId) -> Option<&RoleFacts> {
        self.definitions.iter().find(|role| role.id == id)
    }

    /// How far the role's own rules extend a permission, without what it inherits.
    #[must_use]
    pub fn own_extent(&self, role: RoleId, permission: Permission) -> Option<Extent> {
        self.roles.get(&role)?.own.get(&permission).copied()
    }

    /// The roles that it inherits from, without theirs.
    #[must_use]
    pub fn parents(&self, role: RoleId) -> &[RoleId] {
        let role = self.roles.get(&role);
        role.map(|role| role.parents.as_slice()).unwrap_or_default()
    }

    /// The role of this name.
    #[must_use]
    pub fn role_named(&self, name: &str) -> Option<&RoleFacts> {
        self.definitions.iter().find(|role| role.name == name)
    }

    /// The role and all that it inherits from, nearest first.
    #[must_use]
    pub fn lineage(&self, role: RoleId) -> Vec<RoleId> {
        let mut lineage = vec![role];
        let mut next = 0;
        while let Some(of) = lineage.get(next).copied() {
            next += 1;
            for parent in self.parents(of) {
                if !lineage.contains(parent) {
                    lineage.push(*parent);
                }
            }
        }
        lineage
    }
}

fn compile_role(
    enforcer: &mut Enforcer,
    catalogue: &Catalogue,
    subject: &str,
    ids: &HashMap<String, RoleId>,
) -> Compiled {
    let parents = enforcer.get_roles_for_user(subject, None);
    Compiled {
        granted: table(
            catalogue,
            enforcer.get_implicit_permissions_for_user(subject, None),
        ),
        own: table(catalogue, enforcer.get_permissions_for_user(subject, None)),
        parents: parents
            .iter()
            .filter_map(|parent| ids.get(parent).copied())
            .collect(),
    }
}

/// The widest extent of each permission wins.
fn table(catalogue: &Catalogue, rules: Vec<Vec<String>>) -> Grants {
    let mut granted = Grants::new();
    for rule in rules {
        if let [_, resource, action_and_extent] = rule.as_slice()
            && let Some((action, extent)) = action_and_extent.split_once(':')
            && let Ok(permission) = catalogue.permission(&format!("{resource}:{action}"))
            && let Ok(extent) = extent.parse::<Extent>()
        {
            let widest = granted.entry(permission).or_insert(extent);
            *widest = extent.max(*widest);
        }
    }
    granted
}

#[cfg(test)]
mod tests;
