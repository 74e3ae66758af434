//! What those do with users who keep others' access in order.
//!
//! Nobody gives, or takes charge of, more than they hold themselves: whoever could renew the password of an Admin would
//! be one. And nobody changes what they themselves may do.

use std::sync::Arc;

use crm_authz::{Access, Forbidden, Scope};
use crm_domain::activity::Actor;
use crm_domain::ids::{RoleId, TeamId, UserId};
use crm_domain::permission::{Action, Permission, Resource};
use crm_domain::role::Role;
use crm_domain::team::Team;
use crm_domain::text::{Email, Name};
use crm_domain::user::{User, UserContent};
use crm_storage::users as storage;
use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::Users;
use crate::error::{Current, Error, Result};
use crate::write;

/// How a user is changed. What is `None` stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UserEdit {
    /// Another name.
    pub name: Option<Name>,
    /// Another sign-in name.
    pub email: Option<Email>,
    /// Other roles.
    pub roles: Option<Vec<RoleId>>,
    /// Other teams.
    pub teams: Option<Vec<TeamId>>,
    /// Only if this is still the user's version.
    pub if_version: Option<i32>,
}

impl UserEdit {
    fn apply(self, content: UserContent) -> UserContent {
        UserContent {
            name: self.name.unwrap_or(content.name),
            email: self.email.unwrap_or(content.email),
            roles: self.roles.unwrap_or(content.roles),
            teams: self.teams.unwrap_or(content.teams),
        }
    }
}

impl Users<'_> {
    /// Changes a user. Roles and teams take the permission to manage users besides, and teams that to manage teams.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::NotHeld`], [`Error::Stale`], [`Error::OwnRights`],
    /// [`Error::LastAdmin`], [`Error::Duplicate`] when the address is taken, [`Error::Invalid`] for a role or team that does not exist.
    pub async fn edit(&self, actor: &Actor, id: UserId, edit: UserEdit) -> Result<User> {
        let user = write!(self.0, |conn| conn.transaction(async |conn| {
            let access = self.0.access_locked(conn).await?;
            self.edit_in(conn, &access, actor, id, edit.clone()).await
        }))?;
        self.0.directory().changed();
        Ok(user)
    }

    async fn edit_in(
        &self,
        conn: &mut AsyncPgConnection,
        access: &Arc<Access>,
        actor: &Actor,
        id: UserId,
        edit: UserEdit,
    ) -> Result<User> {
        let changes_rights = edit.roles.is_some() || edit.teams.is_some();
        // Asked before the row is locked: whoever demotes Admins waits for one lock, and only then for rows.
        let has_other_admins = match edit.roles {
            Some(_) => storage::lock_whether_other_admins(conn, id).await?,
            None => true,
        };
        let before = self.hold(conn, access, actor, id, Action::Update).await?;
        if changes_rights {
            check_reaches(access, actor, &before, Action::Manage)?;
        }
        if edit.teams.is_some() {
            // Who is in a team says whose records its members reach.
            access.scope::<Team>(actor, Action::Manage)?;
        }
        let current = || Current::User(before.clone(), Arc::clone(access));
        Current::require(edit.if_version, before.version, current)?;
        let now = self.0.now();
        let user = before.clone().edit(edit.apply(before.content()), now);
        let has_other_rights = (&user.roles, &user.teams) != (&before.roles, &before.teams);
        if has_other_rights && actor.user_id() == Some(id) {
            return Err(Error::OwnRights);
        }
        check_held(access, actor, &user.content())?;
        if before.is_active && before.is(Role::Admin) && !user.is(Role::Admin) && !has_other_admins
        {
            return Err(Error::LastAdmin);
        }
        self.store(conn, actor, &before, &user, now).await?;
        Ok(user)
    }

    /// Lets a user sign in again, with the roles and teams that they had. Does nothing to one who may.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], or [`Error::NotHeld`].
    pub async fn enable(&self, actor: &Actor, id: UserId) -> Result<User> {
        let user = write!(self.0, |conn| conn.transaction(async |conn| {
            let access = self.0.access_locked(conn).await?;
            let before = self.hold(conn, &access, actor, id, Action::Manage).await?;
            let now = self.0.now();
            let user = before.clone().set_active(true, now);
            self.store(conn, actor, &before, &user, now).await?;
            Ok::<_, Error>(user)
        }))?;
        self.0.directory().changed();
        Ok(user)
    }

    /// Ends a user's sessions, lets them sign in no more, and their keys work no more. Does nothing to one who is
    /// disabled already. Their records stay theirs: see [`Users::reassign`].
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::NotHeld`], [`Error::OwnRights`], or [`Error::LastAdmin`].
    pub async fn disable(&self, actor: &Actor, id: UserId) -> Result<User> {
        let user = write!(self.0, |conn| conn.transaction(async |conn| {
            let access = self.0.access_locked(conn).await?;
            self.disable_in(conn, &access, actor, id).await
        }))?;
        self.0.directory().changed();
        Ok(user)
    }

    async fn disable_in(
        &self,
        conn: &mut AsyncPgConnection,
        access: &Access,
        actor: &Actor,
        id: UserId,
    ) -> Result<User> {
        let has_other_admins = storage::lock_whether_other_admins(conn, id).await?;
        let before = self.hold(conn, access, actor, id, Action::Manage).await?;
        if !before.is_active {
            return Ok(before);
        }
        if before.is(Role::Admin) && !has_other_admins {
            return Err(Error::LastAdmin);
        }
        if actor.user_id() == Some(id) {
            return Err(Error::OwnRights);
        }
        let now = self.0.now();
        let user = before.clone().set_active(false, now);
        self.store(conn, actor, &before, &user, now).await?;
        self.0
            .auth()
            .end_all(conn, actor, id, None, "user-disabled")
            .await?;
        Ok(user)
    }

    /// Ends all sessions of a user.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], or [`Error::NotHeld`].
    pub async fn end_sessions(&self, actor: &Actor, id: UserId) -> Result<()> {
        write!(self.0, |conn| conn.transaction(async |conn| {
            let access = self.0.access_locked(conn).await?;
            self.hold(conn, &access, actor, id, Action::Manage).await?;
            self.0
                .auth()
                .end_all(conn, actor, id, None, "ended-by-admin")
                .await
        }))?;
        self.0.directory().changed();
        Ok(())
    }

    /// Locks a user for an action that the actor may do to them: not found when they may not even be read.
    ///
    /// `access` is locked: what it says of the actor stays so until the transaction ends.
    pub(crate) async fn hold(
        &self,
        conn: &mut AsyncPgConnection,
        access: &Access,
        actor: &Actor,
        id: UserId,
        action: Action,
    ) -> Result<User> {
        // Nobody acts on those whom they may not see.
        let readable: Scope<User> = access.scope(actor, Action::Read)?;
        access.scope::<User>(actor, action)?;
        let user = storage::lock(conn, id)
            .await?
            .filter(|user| readable.reaches(user))
            .ok_or(Error::NotFound(Resource::USER))?;
        check_reaches(access, actor, &user, action)?;
        // One's own account is nothing to gain.
        if actor.user_id() == Some(id) {
            return Ok(user);
        }
        match access.gained_by_taking(actor, id) {
            Some(permission) => Err(Error::NotHeld { permission }),
            None => Ok(user),
        }
    }
}

fn check_reaches(access: &Access, actor: &Actor, user: &User, action: Action) -> Result<()> {
    let scope: Scope<User> = access.scope(actor, action)?;
    if scope.reaches(user) {
        return Ok(());
    }
    let permission = Permission::new(Resource::USER, action);
    Err(Forbidden::NotGranted { permission }.into())
}

/// Refuses roles that together grant a member of these teams more than the actor holds.
pub(super) fn check_held(access: &Access, actor: &Actor, content: &UserContent) -> Result<()> {
    match access.not_held_in(actor, &content.roles, &content.teams) {
        Some(permission) => Err(Error::NotHeld { permission }),
        None => Ok(()),
    }
}
