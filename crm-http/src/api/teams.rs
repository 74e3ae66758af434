//! Teams: list, show, make, rename, delete. Who is in a team is said with each user.

use chrono::{DateTime, Utc};
use crm_domain::permission::Resource;
use crm_domain::team;
use crm_domain::text::TeamName;
use crm_domain::violation::Violations;
use poem::Request;
use poem::http::header;
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi, Tags};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::api::Message;
use crate::auth::Require;
use crate::body::Body;
use crate::if_match::IfMatch;
use crate::permissions;
use crate::problem::Problem;
use crate::reply::{Created, Reply, Versioned, location};
use crate::wire::TeamNameText;

permissions! {
    /// See teams.
    TeamRead = "team:read" (Resource::TEAM, Read);
    /// Make, rename and delete teams.
    TeamManage = "team:manage" (Resource::TEAM, Manage);
}

/// A team.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
pub struct Team {
    /// Identifies the team.
    id: Uuid,
    /// Its name, unique without regard to case.
    name: TeamNameText,
    /// Counts writes, from 1.
    #[oai(validator(minimum(value = "1"), maximum(value = "2147483647")))]
    version: i32,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it was last changed.
    updated_at: DateTime<Utc>,
}

impl From<team::Team> for Team {
    fn from(team: team::Team) -> Self {
        let team::Team {
            id,
            name,
            version,
            created_at,
            updated_at,
        } = team;
        Self {
            id: id.uuid(),
            name: (&name).into(),
            version,
            created_at,
            updated_at,
        }
    }
}

/// Teams.
#[derive(Debug, Serialize, Object)]
struct TeamList {
    /// The teams, in the order of their names.
    #[oai(validator(max_items = 1000))]
    teams: Vec<Team>,
}

/// What is said of a team.
#[derive(Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
struct TeamContent {
    /// Its name.
    name: TeamNameText,
}

impl TeamContent {
    fn name(&self) -> Result<TeamName, Problem> {
        let mut violations = Violations::new();
        let name = self.name.parse("name", &mut violations);
        name.ok_or_else(|| violations.into())
    }
}

#[derive(Tags)]
enum Tag {
    /// Users who look after records together.
    Teams,
}

/// The operations below `/api/teams`.
pub struct TeamsApi;

#[OpenApi(tag = "Tag::Teams")]
impl TeamsApi {
    /// List teams
    ///
    /// All of them, by name.
    #[oai(path = "/teams", method = "get", operation_id = "listTeams")]
    async fn list(&self, auth: Require<TeamRead>) -> Result<Reply<TeamList>, Problem> {
        let teams = auth.crm().teams().list(auth.actor()).await?;
        let teams = teams.into_iter().map(Team::from).collect();
        Ok(Reply::new(TeamList { teams }))
    }

    /// Make a team
    ///
    /// A team is who shares a queue and whom a Manager sees; its members are users that name it.
    #[oai(path = "/teams", method = "post", operation_id = "createTeam")]
    async fn create(
        &self,
        auth: Require<TeamManage>,
        req: &Request,
        body: Body<TeamContent>,
    ) -> Result<Created<Team>, Problem> {
        let name = body.0.name()?;
        let team = auth.crm().teams().create(auth.actor(), name).await?;
        let (id, version) = (team.id, team.version);
        Ok(Created::new(team.into())
            .etag(version)
            .header(header::LOCATION, location(req, id.uuid())))
    }

    /// Show a team
    ///
    /// Its members are found by `GET /api/users?team=`.
    #[oai(path = "/teams/:id", method = "get", operation_id = "getTeam")]
    async fn get(
        &self,
        auth: Require<TeamRead>,
        id: Path<Uuid>,
    ) -> Result<Versioned<Team>, Problem> {
        let team = auth.crm().teams().get(auth.actor(), id.0.into()).await?;
        Ok(versioned(team))
    }

    /// Rename a team
    ///
    /// Members stay.
    #[oai(path = "/teams/:id", method = "patch", operation_id = "updateTeam")]
    async fn rename(
        &self,
        auth: Require<TeamManage>,
        id: Path<Uuid>,
        /// Only if the team still has this `ETag`; `*` for any.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        body: Body<TeamContent>,
    ) -> Result<Versioned<Team>, Problem> {
        let name = body.0.name()?;
        let team = auth
            .crm()
            .teams()
            .rename(auth.actor(), id.0.into(), name, if_match.0)
            .await?;
        Ok(versioned(team))
    }

    /// Delete a team
    ///
    /// One that nobody is in; otherwise the answer is `in-use`.
    #[oai(path = "/teams/:id", method = "delete", operation_id = "deleteTeam")]
    async fn delete(
        &self,
        auth: Require<TeamManage>,
        id: Path<Uuid>,
        /// Only if the team still has this `ETag`; `*` for any.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
    ) -> Result<Reply<Message>, Problem> {
        auth.crm()
            .teams()
            .delete(auth.actor(), id.0.into(), if_match.0)
            .await?;
        Ok(Reply::new(Message::new("Team deleted.")))
    }
}

fn versioned(team: team::Team) -> Versioned<Team> {
    let version = team.version;
    Versioned::new(team.into()).etag(version)
}
