//! What is done with teams. Who is in a team is said with each user.

use crm_authz::Scope;
use crm_domain::activity::{Actor, Changes};
use crm_domain::event::{TeamCreated, TeamDeleted, TeamEdited};
use crm_domain::ids::TeamId;
use crm_domain::permission::{Action, Resource};
use crm_domain::team::Team;
use crm_domain::text::TeamName;
use crm_storage::teams as storage;
use diesel_async::{AsyncConnection, AsyncPgConnection};

use crate::crm::Crm;
use crate::error::{Current, Error, Result};
use crate::write;

/// What is done with teams. See [`Crm::teams`].
#[derive(Clone, Copy)]
pub struct Teams<'a>(pub(crate) &'a Crm);

impl Teams<'_> {
    /// The teams, in the order of their names.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub async fn list(&self, actor: &Actor) -> Result<Vec<Team>> {
        let scope = self.0.access().await?.scope(actor, Action::Read)?;
        let mut conn = self.0.connection().await?;
        Ok(storage::list(&mut conn, &scope).await?)
    }

    /// The team `id`.
    ///
    /// # Errors
    /// [`Error::Forbidden`] or [`Error::NotFound`].
    pub async fn get(&self, actor: &Actor, id: TeamId) -> Result<Team> {
        let scope = self.0.access().await?.scope(actor, Action::Read)?;
        let mut conn = self.0.connection().await?;
        storage::find(&mut conn, id, &scope)
            .await?
            .ok_or(Error::NotFound(Resource::TEAM))
    }

    /// Makes a team.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NameTaken`] or [`Error::TooMany`].
    pub async fn create(&self, actor: &Actor, name: TeamName) -> Result<Team> {
        let team = write!(self.0, |conn| conn.transaction(async |conn| {
            let access = self.0.access_locked(conn).await?;
            access.scope::<Team>(actor, Action::Manage)?;
            if storage::count(conn).await? >= storage::MAX {
                return Err(Error::TooMany {
                    resource: Resource::TEAM,
                    max: storage::MAX,
                });
            }
            let now = self.0.now();
            let team = Team::new(TeamId::new(now, self.0.random()?), name.clone(), now);
            storage::insert(conn, &team).await.map_err(refused)?;
            let event = TeamCreated {
                team_id: team.id,
                changes: Changes::created(team.fields()),
            };
            self.0.emit(conn, actor, now, &event).await?;
            Ok(team)
        }))?;
        self.0.directory().changed();
        Ok(team)
    }

    /// Gives a team another name. With `version`, only if that is still its version.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Stale`] or [`Error::NameTaken`].
    pub async fn rename(
        &self,
        actor: &Actor,
        id: TeamId,
        name: TeamName,
        version: Option<i32>,
    ) -> Result<Team> {
        let team = write!(self.0, |conn| conn.transaction(async |conn| {
            let scope = self
                .0
                .access_locked(conn)
                .await?
                .scope(actor, Action::Manage)?;
            let before = hold(conn, id, &scope, version).await?;
            let now = self.0.now();
            let team = before.clone().rename(name.clone(), now);
            if team.version == before.version {
                return Ok(team);
            }
            storage::update(conn, &team).await.map_err(refused)?;
            let event = TeamEdited {
                team_id: id,
                changes: Changes::between(before.fields(), team.fields()),
            };
            self.0.emit(conn, actor, now, &event).await?;
            Ok(team)
        }))?;
        self.0.directory().changed();
        Ok(team)
    }

    /// Deletes a team that nobody is in, and that no assignment rule gives leads to. With `version`, only if that is still its version.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Stale`] or [`Error::InUse`].
    pub async fn delete(&self, actor: &Actor, id: TeamId, version: Option<i32>) -> Result<()> {
        write!(self.0, |conn| conn.transaction(async |conn| {
            let scope = self
                .0
                .access_locked(conn)
                .await?
                .scope(actor, Action::Manage)?;
            let team = hold(conn, id, &scope, version).await?;
            storage::delete(conn, id).await.map_err(refused)?;
            let event = TeamDeleted {
                team_id: id,
                changes: Changes::deleted(team.fields()),
            };
            self.0.emit(conn, actor, self.0.now(), &event).await
        }))?;
        self.0.directory().changed();
        Ok(())
    }
}

/// Locks a team. With `version`, only if that is still its version.
async fn hold(
    conn: &mut AsyncPgConnection,
    id: TeamId,
    scope: &Scope<Team>,
    version: Option<i32>,
) -> Result<Team> {
    let team = storage::lock(conn, id, scope)
        .await?
        .ok_or(Error::NotFound(Resource::TEAM))?;
    Current::require(version, team.version, || Current::Team(team.clone()))?;
    Ok(team)
}

fn refused(error: crm_storage::Error) -> Error {
    match error {
        crm_storage::Error::UniqueViolation { .. } => Error::NameTaken(Resource::TEAM),
        crm_storage::Error::ReferenceViolation { constraint, .. }
            if constraint == "assignment_rules_team_exists" =>
        {
            Error::InUse {
                resource: Resource::TEAM,
                by: "an assignment rule gives leads to it",
            }
        }
        crm_storage::Error::ReferenceViolation { .. } => Error::InUse {
            resource: Resource::TEAM,
            by: "users are in it",
        },
        other => other.into(),
    }
}
