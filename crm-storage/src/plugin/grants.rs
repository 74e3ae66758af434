//! Which default grants of plugins were given to which roles. Each is given once: who takes it away again is not overruled.

use crm_domain::ids::RoleId;
use crm_domain::permission::{Extent, Permission};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::Error;
use crate::schema::plugin_grants_applied::{self as table};

/// A grant that a role has from a plugin unless somebody takes it away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DefaultGrant {
    /// Whose permission it is: the id of the plugin.
    pub plugin: &'static str,
    /// To do what.
    pub permission: Permission,
    /// Who is granted it.
    pub role: RoleId,
    /// How far.
    pub extent: Extent,
}

/// Notes these grants as given, and answers those that had not been. Of several who do it at once, one is answered.
///
/// # Errors
/// When the database fails.
pub async fn claim(
    conn: &mut AsyncPgConnection,
    grants: &[DefaultGrant],
) -> Result<Vec<DefaultGrant>, Error> {
    let rows: Vec<_> = grants
        .iter()
        .map(|grant| {
            (
                table::plugin.eq(grant.plugin),
                table::permission.eq(grant.permission.to_string()),
                table::role_id.eq(grant.role.uuid()),
            )
        })
        .collect();
    let claimed: Vec<(String, Uuid)> = diesel::insert_into(table::table)
        .values(rows)
        .on_conflict_do_nothing()
        .returning((table::permission, table::role_id))
        .get_results(conn)
        .await?;
    let is_claimed = |grant: &&DefaultGrant| {
        claimed.contains(&(grant.permission.to_string(), grant.role.uuid()))
    };
    Ok(grants.iter().filter(is_claimed).copied().collect())
}

/// Whether all of these are noted as given: then there is nothing to lock for.
///
/// # Errors
/// When the database fails.
pub async fn are_claimed(
    conn: &mut AsyncPgConnection,
    grants: &[DefaultGrant],
) -> Result<bool, Error> {
    let claimed: Vec<(String, Uuid)> = table::table
        .select((table::permission, table::role_id))
        .load(conn)
        .await?;
    let is_claimed =
        |grant: &DefaultGrant| claimed.contains(&(grant.permission.to_string(), grant.role.uuid()));
    Ok(grants.iter().all(is_claimed))
}
