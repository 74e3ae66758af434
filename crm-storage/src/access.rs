//! What a replica keeps at hand of who may do what, and how it learns that it changed.

use crm_authz::{Facts, KeyFacts, RoleFacts, TeamFacts, UserFacts};
use crm_domain::ids::{RoleId, SessionId, TeamId, UserId};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::Error;
use crate::schema::{
    access_version, api_keys, role_grants, role_parents, roles, second_factors, teams, users,
};

/// What has changed since somebody last asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// Counts the changes of roles, teams, users and keys.
    pub version: i64,
    /// Sessions that ended; some of them may have been told before.
    pub ended: Vec<SessionId>,
    /// From where to ask the next time.
    pub seen_to: Seen,
}

/// The oldest transaction that was still running when somebody asked: what it and later ones did is not yet seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen(i64);

/// What has changed since `seen`; without it, only from where to ask the next time.
///
/// # Errors
/// When the database fails.
pub async fn changes(conn: &mut AsyncPgConnection, seen: Option<Seen>) -> Result<Changes, Error> {
    let row: ChangesRow = diesel::sql_query(
        "select version, pg_snapshot_xmin(pg_current_snapshot())::text::bigint as seen_to, \
         array(select id from sessions where revoked_xid >= $1) as ended \
         from access_version",
    )
    .bind::<Nullable<BigInt>, _>(seen.map(|seen| seen.0))
    .get_result(conn)
    .await?;
    Ok(Changes {
        version: row.version,
        ended: row.ended.into_iter().map(SessionId::from).collect(),
        seen_to: Seen(row.seen_to),
    })
}

#[derive(QueryableByName)]
struct ChangesRow {
    #[diesel(sql_type = BigInt)]
    version: i64,
    #[diesel(sql_type = BigInt)]
    seen_to: i64,
    #[diesel(sql_type = Array<SqlUuid>)]
    ended: Vec<Uuid>,
}

/// Counts the changes of who may do what, and holds up further ones until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn lock_version(conn: &mut AsyncPgConnection) -> Result<i64, Error> {
    let version = access_version::table.select(access_version::version);
    Ok(version.for_update().first(conn).await?)
}

/// Everything that says who may do what, as of one instant. Complete on purpose: who is left out may do nothing.
///
/// # Errors
/// When the database fails.
pub async fn facts(conn: &mut AsyncPgConnection) -> Result<Facts, Error> {
    conn.build_transaction()
        .read_only()
        .repeatable_read()
        .run(async |conn| {
            Ok(Facts {
                version: access_version::table
                    .select(access_version::version)
                    .first(conn)
                    .await?,
                roles: role_facts(conn).await?,
                teams: team_facts(conn).await?,
                users: user_facts(conn).await?,
                keys: key_facts(conn).await?,
            })
        })
        .await
}

/// The roles, as the transaction of `conn` sees them.
///
/// # Errors
/// When the database fails.
pub async fn role_facts(conn: &mut AsyncPgConnection) -> Result<Vec<RoleFacts>, Error> {
    let rows: Vec<(Uuid, String, bool)> = roles::table
        .order(roles::id)
        .select((roles::id, roles::name, roles::demands_second_factor))
        .load(conn)
        .await?;
    let parents: Vec<(Uuid, Uuid)> = role_parents::table
        .order((role_parents::role_id, role_parents::parent_id))
        .load(conn)
        .await?;
    let grants: Vec<(Uuid, String, String)> = role_grants::table
        .order((role_grants::role_id, role_grants::permission))
        .load(conn)
        .await?;
    let facts = |(id, name, demands_second_factor)| RoleFacts {
        id: RoleId::from(id),
        name,
        inherits: parents
            .iter()
            .filter(|(role, _)| *role == id)
            .map(|(_, parent)| RoleId::from(*parent))
            .collect(),
        grants: grants
            .iter()
            .filter(|(role, ..)| *role == id)
            .map(|(_, permission, extent)| (permission.clone(), extent.clone()))
            .collect(),
        demands_second_factor,
    };
    Ok(rows.into_iter().map(facts).collect())
}

async fn team_facts(conn: &mut AsyncPgConnection) -> Result<Vec<TeamFacts>, Error> {
    let rows: Vec<(Uuid, String)> = teams::table
        .order(teams::id)
        .select((teams::id, teams::name))
        .load(conn)
        .await?;
    let facts = |(id, name)| TeamFacts {
        id: TeamId::from(id),
        name,
    };
    Ok(rows.into_iter().map(facts).collect())
}

async fn user_facts(conn: &mut AsyncPgConnection) -> Result<Vec<UserFacts>, Error> {
    let confirmed = second_factors::table
        .filter(second_factors::user_id.eq(users::id))
        .filter(second_factors::confirmed_at.is_not_null());
    let rows: Vec<UserFactsRow> = users::table
        .select((
            users::id,
            users::is_active,
            users::is_service,
            diesel::dsl::exists(confirmed),
            users::role_ids,
            users::team_ids,
        ))
        .load(conn)
        .await?;
    let facts =
        |(id, is_active, is_service, has_second_factor, roles, teams): UserFactsRow| UserFacts {
            id: UserId::from(id),
            is_active,
            is_service,
            has_second_factor,
            roles: roles.into_iter().map(RoleId::from).collect(),
            teams: teams.into_iter().map(TeamId::from).collect(),
        };
    Ok(rows.into_iter().map(facts).collect())
}

type UserFactsRow = (Uuid, bool, bool, bool, Vec<Uuid>, Vec<Uuid>);

async fn key_facts(conn: &mut AsyncPgConnection) -> Result<Vec<KeyFacts>, Error> {
    let rows: Vec<(Uuid, Uuid, Vec<u8>, Vec<String>, _)> = api_keys::table
        .filter(api_keys::revoked_at.is_null())
        .select((
            api_keys::id,
            api_keys::user_id,
            api_keys::hash,
            api_keys::scopes,
            api_keys::expires_at,
        ))
        .load(conn)
        .await?;
    let facts = |(id, owner, hash, scopes, expires_at): (Uuid, Uuid, _, _, _)| KeyFacts {
        id: id.into(),
        owner: owner.into(),
        hash,
        scopes,
        expires_at,
    };
    Ok(rows.into_iter().map(facts).collect())
}
