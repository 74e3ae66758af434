//! The rules as casbin reads them: the built-in ones from `base.csv`, the others from the rows of the database.

use std::collections::HashMap;

use async_trait::async_trait;
use casbin::{Adapter, Filter, Model, Result as CasbinResult};
use crm_domain::ids::RoleId;
use crm_domain::permission::{Catalogue, Extent, Permission};
use crm_domain::role::Role;

use super::{BrokenPolicy, MAX_DEPTH, RoleFacts};

const BASE: &str = include_str!("base.csv");

/// Roles have a namespace of their own, so that nothing else can be taken for one.
pub(super) fn subject(role: &str) -> String {
    format!("role:{role}")
}

/// All rules, checked; casbin's adapter to them. They are read only: rows are edited by SQL, under our own checks.
pub(super) struct Rules {
    grants: Vec<Vec<String>>,
    inheritance: Vec<Vec<String>>,
}

impl Rules {
    pub(super) fn new(catalogue: &Catalogue, roles: &[RoleFacts]) -> Result<Self, BrokenPolicy> {
        let mut all = Self::base();
        all.grant_everything(catalogue);
        let by_id: HashMap<RoleId, &RoleFacts> = roles.iter().map(|role| (role.id, role)).collect();
        for role in roles {
            check_depth(role, &by_id)?;
            for parent in &role.inherits {
                let parent = by_id.get(parent).ok_or_else(|| BrokenPolicy::UnknownRole {
                    role: role.name.clone(),
                })?;
                all.inheritance
                    .push(vec![subject(&role.name), subject(&parent.name)]);
            }
            for (permission, extent) in &role.grants {
                all.grant(catalogue, role, permission, extent)?;
            }
        }
        Ok(all)
    }

    /// `base.csv` has neither quotes nor commas within a field.
    fn base() -> Self {
        let lines = BASE.lines().filter(|line| !line.starts_with('#'));
        let fields = |line: &str| {
            line.split(',')
                .map(|field| field.trim().to_owned())
                .collect()
        };
        let mut rules = Self {
            grants: Vec::new(),
            inheritance: Vec::new(),
        };
        for line in lines {
            match line.split_once(',') {
                Some(("p", rest)) => rules.grants.push(fields(rest)),
                Some(("g", rest)) => rules.inheritance.push(fields(rest)),
                _ => {}
            }
        }
        rules
    }

    /// Admins may do everything, of plugins too.
    fn grant_everything(&mut self, catalogue: &Catalogue) {
        for permission in catalogue.permissions() {
            self.add(Role::Admin.as_str(), permission, Extent::All);
        }
    }

    fn grant(
        &mut self,
        catalogue: &Catalogue,
        role: &RoleFacts,
        name: &str,
        extent: &str,
    ) -> Result<(), BrokenPolicy> {
        let Ok(permission) = catalogue.permission(name) else {
            return Ok(());
        };
        let extent: Extent = extent.parse().map_err(|_| BrokenPolicy::UnknownExtent {
            role: role.name.clone(),
            permission: name.to_owned(),
            extent: extent.to_owned(),
        })?;
        self.add(&role.name, permission, extent);
        Ok(())
    }

    fn add(&mut self, role: &str, permission: Permission, extent: Extent) {
        let Permission { resource, action } = permission;
        self.grants.push(vec![
            subject(role),
            resource.to_string(),
            format!("{action}:{extent}"),
        ]);
    }
}

/// Refuses a role whose ancestors do not end within [`MAX_DEPTH`] steps, which no circle does.
fn check_depth(role: &RoleFacts, by_id: &HashMap<RoleId, &RoleFacts>) -> Result<(), BrokenPolicy> {
    let mut generation = vec![role.id];
    for _ in 0..=MAX_DEPTH {
        generation = generation
            .iter()
            .filter_map(|id| by_id.get(id))
            .flat_map(|role| role.inherits.iter().copied())
            .collect();
        generation.sort_unstable();
        generation.dedup();
        if generation.is_empty() {
            return Ok(());
        }
    }
    Err(BrokenPolicy::TooDeep {
        role: role.name.clone(),
    })
}

#[async_trait]
impl Adapter for Rules {
    async fn load_policy(&mut self, model: &mut dyn Model) -> CasbinResult<()> {
        model.add_policies("p", "p", self.grants.clone());
        model.add_policies("g", "g", self.inheritance.clone());
        Ok(())
    }

    async fn load_filtered_policy<'a>(
        &mut self,
        _: &mut dyn Model,
        _: Filter<'a>,
    ) -> CasbinResult<()> {
        Err(read_only())
    }

    async fn save_policy(&mut self, _: &mut dyn Model) -> CasbinResult<()> {
        Err(read_only())
    }

    async fn clear_policy(&mut self) -> CasbinResult<()> {
        Err(read_only())
    }

    fn is_filtered(&self) -> bool {
        false
    }

    async fn add_policy(&mut self, _: &str, _: &str, _: Vec<String>) -> CasbinResult<bool> {
        Err(read_only())
    }

    async fn add_policies(&mut self, _: &str, _: &str, _: Vec<Vec<String>>) -> CasbinResult<bool> {
        Err(read_only())
    }

    async fn remove_policy(&mut self, _: &str, _: &str, _: Vec<String>) -> CasbinResult<bool> {
        Err(read_only())
    }

    async fn remove_policies(
        &mut self,
        _: &str,
        _: &str,
        _: Vec<Vec<String>>,
    ) -> CasbinResult<bool> {
        Err(read_only())
    }

    async fn remove_filtered_policy(
        &mut self,
        _: &str,
        _: &str,
        _: usize,
        _: Vec<String>,
    ) -> CasbinResult<bool> {
        Err(read_only())
    }
}

fn read_only() -> casbin::Error {
    casbin::error::AdapterError("the rules are read only".into()).into()
}
