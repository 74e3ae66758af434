//! What is done with roles. Nobody grants what they do not hold, and nobody changes a role that counts for themselves.

use std::sync::Arc;

use crm_authz::{Access, BrokenPolicy, Policy, Scope};
use crm_domain::activity::{Actor, Changes};
use crm_domain::event::{RoleCreated, RoleDeleted, RoleEdited};
use crm_domain::ids::RoleId;
use crm_domain::permission::{Action, Catalogue, Permission, Resource};
use crm_domain::role::{RoleContent, RoleDefinition};
use crm_domain::violation::Violations;
use crm_storage::{access, roles as storage};
use diesel_async::{AsyncConnection, AsyncPgConnection};

use crate::crm::Crm;
use crate::error::{Current, Error, Result};
use crate::write;

/// What is done with roles. See [`Crm::roles`].
#[derive(Clone, Copy)]
pub struct Roles<'a>(pub(crate) &'a Crm);

impl Roles<'_> {
    /// The roles, the built-in ones first.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub async fn list(&self, actor: &Actor) -> Result<Vec<RoleDefinition>> {
        let scope = self.0.access().await?.scope(actor, Action::Read)?;
        let mut conn = self.0.connection().await?;
        Ok(storage::list(&mut conn, self.0.catalogue(), &scope).await?)
    }

    /// The role `id`.
    ///
    /// # Errors
    /// [`Error::Forbidden`] or [`Error::NotFound`].
    pub async fn get(&self, actor: &Actor, id: RoleId) -> Result<RoleDefinition> {
        let scope = self.0.access().await?.scope(actor, Action::Read)?;
        let mut conn = self.0.connection().await?;
        storage::find(&mut conn, self.0.catalogue(), id, &scope)
            .await?
            .ok_or(Error::NotFound(Resource::ROLE))
    }

    /// Makes a role.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotHeld`], [`Error::NameTaken`], [`Error::TooMany`], or [`Error::Invalid`] when it
    /// inherits from a role that does not exist.
    pub async fn create(&self, actor: &Actor, content: RoleContent) -> Result<RoleDefinition> {
        let role = write!(self.0, |conn| conn.transaction(async |conn| {
            let access = self.0.access_locked(conn).await?;
            access.scope::<RoleDefinition>(actor, Action::Manage)?;
            check_held(&access, actor, &content)?;
            if storage::lock_all(conn).await? >= storage::MAX {
                return Err(Error::TooMany {
                    resource: Resource::ROLE,
                    max: storage::MAX,
                });
            }
            let now = self.0.now();
            let id = RoleId::new(now, self.0.random()?);
            let role = RoleDefinition::new(id, content.clone(), now);
            storage::insert(conn, &role).await.map_err(refused)?;
            check_rules(conn, self.0.catalogue()).await?;
            let event = RoleCreated {
                role_id: id,
                changes: Changes::created(role.fields()),
            };
            self.0.emit(conn, actor, now, &event).await?;
            Ok(role)
        }))?;
        self.0.directory().changed();
        Ok(role)
    }

    /// Gives a role other content.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::BuiltInRole`], [`Error::OwnRights`], [`Error::NotHeld`],
    /// [`Error::Stale`], [`Error::NameTaken`], or [`Error::Invalid`] when it would inherit in a circle or from no role.
    pub async fn edit(&self, actor: &Actor, id: RoleId, edit: RoleEdit) -> Result<RoleDefinition> {
        let role = write!(self.0, |conn| conn.transaction(async |conn| {
            let access = self.0.access_locked(conn).await?;
            self.edit_in(conn, &access, actor, id, edit.clone()).await
        }))?;
        self.0.directory().changed();
        Ok(role)
    }

    async fn edit_in(
        &self,
        conn: &mut AsyncPgConnection,
        access: &Arc<Access>,
        actor: &Actor,
        id: RoleId,
        edit: RoleEdit,
    ) -> Result<RoleDefinition> {
        let before = self.hold(conn, access, actor, id).await?;
        check_may_edit(access, actor, &before, &edit)?;
        let current = || Current::Role(before.clone(), Arc::clone(access));
        Current::require(edit.if_version, before.version, current)?;
        let now = self.0.now();
        let role = before.clone().edit(edit.apply(before.content()), now);
        if role.version == before.version {
            return Ok(role);
        }
        check_held(access, actor, &role.content())?;
        storage::update(conn, self.0.catalogue(), &role)
            .await
            .map_err(refused)?;
        check_rules(conn, self.0.catalogue()).await?;
        let event = RoleEdited {
            role_id: id,
            changes: Changes::between(before.fields(), role.fields()),
        };
        self.0.emit(conn, actor, now, &event).await?;
        Ok(role)
    }

    /// Deletes a role that nobody has and no role inherits from. With `version`, only if that is still its version.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::BuiltInRole`], [`Error::NotHeld`], [`Error::Stale`] or
    /// [`Error::InUse`].
    pub async fn delete(&self, actor: &Actor, id: RoleId, version: Option<i32>) -> Result<()> {
        write!(self.0, |conn| conn.transaction(async |conn| {
            let access = self.0.access_locked(conn).await?;
            let role = self.hold(conn, &access, actor, id).await?;
            check_is_others(&access, actor, &role)?;
            let current = || Current::Role(role.clone(), Arc::clone(&access));
            Current::require(version, role.version, current)?;
            storage::delete(conn, id).await.map_err(in_use)?;
            let event = RoleDeleted {
                role_id: id,
                changes: Changes::deleted(role.fields()),
            };
            self.0.emit(conn, actor, self.0.now(), &event).await
        }))?;
        self.0.directory().changed();
        Ok(())
    }

    /// Locks a role that grants no more than the actor holds.
    async fn hold(
        &self,
        conn: &mut AsyncPgConnection,
        access: &Access,
        actor: &Actor,
        id: RoleId,
    ) -> Result<RoleDefinition> {
        let scope: Scope<RoleDefinition> = access.scope(actor, Action::Manage)?;
        storage::lock_all(conn).await?;
        let role = storage::lock(conn, self.0.catalogue(), id, &scope)
            .await?
            .ok_or(Error::NotFound(Resource::ROLE))?;
        check_held(access, actor, &role.content())?;
        // What a built-in role grants stands in no row.
        match access.not_held(actor, &access.grants_of(&[id])) {
            Some(permission) => Err(Error::NotHeld { permission }),
            None => Ok(role),
        }
    }
}

/// How a role is changed. What is `None` stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RoleEdit {
    /// Another name.
    pub name: Option<crm_domain::text::RoleName>,
    /// Another description, or none.
    pub description: Option<Option<crm_domain::text::Description>>,
    /// The roles that it inherits from.
    pub inherits: Option<Vec<RoleId>>,
    /// What it grants.
    pub grants: Option<crm_domain::role::Grants>,
    /// Whether its users may do nothing until they have a second factor.
    pub demands_second_factor: Option<bool>,
    /// Only if this is still the role's version.
    pub if_version: Option<i32>,
}

impl RoleEdit {
    fn apply(self, content: RoleContent) -> RoleContent {
        RoleContent {
            name: self.name.unwrap_or(content.name),
            description: self.description.unwrap_or(content.description),
            inherits: self.inherits.unwrap_or(content.inherits),
            grants: self.grants.unwrap_or(content.grants),
            demands_second_factor: self
                .demands_second_factor
                .unwrap_or(content.demands_second_factor),
        }
    }

    /// Whether it changes nothing but what the role grants by permissions of plugins. What a built-in role grants by those of
    /// the core comes with the program.
    fn is_of_plugins_alone(&self, role: &RoleDefinition) -> bool {
        let Self {
            name: None,
            description: None,
            inherits: None,
            grants: Some(grants),
            demands_second_factor: None,
            if_version: _,
        } = self
        else {
            return false;
        };
        let is_of_core = |permission: &&Permission| Resource::CORE.contains(&permission.resource);
        !grants
            .keys()
            .chain(role.grants.keys())
            .any(|permission| is_of_core(&permission))
    }

    /// Whether it says nothing but whether a second factor is demanded.
    const fn is_demand_alone(&self) -> bool {
        matches!(
            self,
            Self {
                name: None,
                description: None,
                inherits: None,
                grants: None,
                demands_second_factor: Some(_),
                if_version: _,
            }
        )
    }
}

/// Refuses an edit of a role that is built in, other than of what it grants by plugins, or that counts for the actor. A second factor may be demanded by any role;
/// lifting the demand from oneself would be a change of what one may do.
fn check_may_edit(
    access: &Access,
    actor: &Actor,
    role: &RoleDefinition,
    edit: &RoleEdit,
) -> Result<()> {
    if role.is_built_in && edit.is_of_plugins_alone(role) {
        return check_is_not_ones_own(access, actor, role);
    }
    if !edit.is_demand_alone() {
        return check_is_others(access, actor, role);
    }
    let lifts = role.demands_second_factor && edit.demands_second_factor == Some(false);
    if lifts && access.has_role(actor, role.id) {
        return Err(Error::OwnRights);
    }
    Ok(())
}

fn check_is_others(access: &Access, actor: &Actor, role: &RoleDefinition) -> Result<()> {
    if role.is_built_in {
        return Err(Error::BuiltInRole(role.name.to_string()));
    }
    check_is_not_ones_own(access, actor, role)
}

fn check_is_not_ones_own(access: &Access, actor: &Actor, role: &RoleDefinition) -> Result<()> {
    if access.has_role(actor, role.id) {
        return Err(Error::OwnRights);
    }
    Ok(())
}

/// Refuses content that grants more than the actor holds, by itself or by what it inherits.
fn check_held(access: &Access, actor: &Actor, content: &RoleContent) -> Result<()> {
    let inherited = access.grants_of(&content.inherits);
    let lacking = access
        .not_held(actor, &content.grants)
        .or_else(|| access.not_held(actor, &inherited));
    match lacking {
        Some(permission) => Err(Error::NotHeld { permission }),
        None => Ok(()),
    }
}

/// Refuses, before they are committed, rules that could not be followed.
async fn check_rules(conn: &mut AsyncPgConnection, catalogue: &Arc<Catalogue>) -> Result<()> {
    let roles = access::role_facts(conn).await?;
    match Policy::compile(Arc::clone(catalogue), roles).await {
        Ok(_) => Ok(()),
        Err(broken @ (BrokenPolicy::TooDeep { .. } | BrokenPolicy::UnknownRole { .. })) => {
            Err(Violations::one("inherits", "not-allowed", broken.to_string()).into())
        }
        Err(broken) => Err(Error::internal(broken)),
    }
}

fn refused(error: crm_storage::Error) -> Error {
    match error {
        crm_storage::Error::UniqueViolation { .. } => Error::NameTaken(Resource::ROLE),
        crm_storage::Error::ReferenceViolation { .. } => {
            Violations::one("inherits", "not-found", "names a role that does not exist").into()
        }
        other => other.into(),
    }
}

fn in_use(error: crm_storage::Error) -> Error {
    match error {
        crm_storage::Error::ReferenceViolation { .. } => Error::InUse {
            resource: Resource::ROLE,
            by: "users have it, or roles inherit from it",
        },
        other => other.into(),
    }
}
