//! Teams. They have no owner, so whoever may read one may read all; who that is, is asked before.

use chrono::{DateTime, Utc};
use crm_authz::Scope;
use crm_domain::ids::TeamId;
use crm_domain::team::Team;
use crm_domain::text::{TeamName, fold};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::Error;
use crate::query::Cached;
use crate::schema::teams;

/// The most teams there may be: each replica keeps them all at hand.
pub const MAX: i64 = 1_000;

/// The teams, in the order of their names.
///
/// # Errors
/// When the database fails.
pub async fn list(conn: &mut AsyncPgConnection, _: &Scope<Team>) -> Result<Vec<Team>, Error> {
    let rows: Vec<TeamRow> = teams::table
        .order((teams::name_key, teams::id))
        .limit(MAX)
        .select(TeamRow::as_select())
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(Team::from).collect())
}

/// The team `id`.
///
/// # Errors
/// When the database fails.
pub async fn find(
    conn: &mut AsyncPgConnection,
    id: TeamId,
    _: &Scope<Team>,
) -> Result<Option<Team>, Error> {
    let query = teams::table.find(id.uuid()).select(TeamRow::as_select());
    let row: Option<TeamRow> = query.first(conn).await.optional()?;
    Ok(row.map(Team::from))
}

/// The team `id`, locked until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn lock(
    conn: &mut AsyncPgConnection,
    id: TeamId,
    _: &Scope<Team>,
) -> Result<Option<Team>, Error> {
    let query = teams::table.find(id.uuid()).select(TeamRow::as_select());
    let row: Option<TeamRow> = query.for_update().first(conn).await.optional()?;
    Ok(row.map(Team::from))
}

/// How many teams there are.
///
/// # Errors
/// When the database fails.
pub async fn count(conn: &mut AsyncPgConnection) -> Result<i64, Error> {
    Ok(teams::table.count().get_result(conn).await?)
}

/// Stores a new team.
///
/// # Errors
/// [`Error::UniqueViolation`] on `teams_name_unique` when there is one of this name.
pub async fn insert(conn: &mut AsyncPgConnection, team: &Team) -> Result<(), Error> {
    diesel::insert_into(teams::table)
        .values((TeamRow::from(team), teams::name_key.eq(key(&team.name))))
        .execute(conn)
        .await?;
    Ok(())
}

/// Stores the next version of a team. False when the stored one is not the version before it.
///
/// # Errors
/// As [`insert`].
pub async fn update(conn: &mut AsyncPgConnection, team: &Team) -> Result<bool, Error> {
    let previous = teams::table
        .find(team.id.uuid())
        .filter(teams::version.eq(team.version - 1));
    let next = (TeamRow::from(team), teams::name_key.eq(key(&team.name)));
    let updated = Cached(diesel::update(previous).set(next))
        .execute(conn)
        .await?;
    Ok(updated == 1)
}

/// Deletes a team.
///
/// # Errors
/// [`Error::ReferenceViolation`] on `users_team_exists` while users are in it.
pub async fn delete(conn: &mut AsyncPgConnection, id: TeamId) -> Result<(), Error> {
    diesel::delete(teams::table.find(id.uuid()))
        .execute(conn)
        .await?;
    Ok(())
}

fn key(name: &TeamName) -> String {
    fold(name.as_str())
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = teams, check_for_backend(Pg))]
struct TeamRow {
    id: Uuid,
    name: String,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<&Team> for TeamRow {
    fn from(team: &Team) -> Self {
        let Team {
            id,
            name,
            version,
            created_at,
            updated_at,
        } = team;
        Self {
            id: id.uuid(),
            name: name.to_string(),
            version: *version,
            created_at: *created_at,
            updated_at: *updated_at,
        }
    }
}

impl From<TeamRow> for Team {
    fn from(row: TeamRow) -> Self {
        let TeamRow {
            id,
            name,
            version,
            created_at,
            updated_at,
        } = row;
        Self {
            id: TeamId::from(id),
            name: TeamName::from_stored(name),
            version,
            created_at,
            updated_at,
        }
    }
}
