//! What built-in roles are granted by plugins at first.

use std::collections::BTreeMap;

use crm_domain::activity::{Actor, Changes};
use crm_domain::event::RoleEdited;
use crm_domain::ids::RoleId;
use crm_domain::permission::{Action, Resource};
use crm_storage::plugin::grants::{self, DefaultGrant};
use crm_storage::roles;
use diesel_async::{AsyncConnection, AsyncPgConnection};

use crate::crm::Crm;
use crate::error::{Error, Result};
use crate::write;

/// Who grants them, in the activity log.
const ACTOR: Actor = Actor::system("plugins");

impl Crm {
    /// Gives built-in roles what plugins grant them at first: each grant once, so that one that somebody took away is not given
    /// again. [`Crm::start_plugins`] does it by itself; any number of servers may do it at once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn apply_default_grants(&self) -> Result<()> {
        let wanted = self.plugins().default_grants();
        let mut conn = self.connection().await?;
        if wanted.is_empty() || grants::are_claimed(&mut conn, wanted).await? {
            return Ok(());
        }
        drop(conn);
        write!(self, |conn| conn
            .transaction(async |conn| self.give(conn, wanted).await))?;
        self.directory().changed();
        Ok(())
    }

    async fn give(&self, conn: &mut AsyncPgConnection, wanted: &[DefaultGrant]) -> Result<()> {
        self.access_locked(conn).await?;
        roles::lock_all(conn).await?;
        let mut by_role: BTreeMap<RoleId, Vec<DefaultGrant>> = BTreeMap::new();
        for grant in grants::claim(conn, wanted).await? {
            by_role.entry(grant.role).or_default().push(grant);
        }
        for (role, grants) in by_role {
            self.give_to(conn, role, &grants).await?;
        }
        Ok(())
    }

    async fn give_to(
        &self,
        conn: &mut AsyncPgConnection,
        id: RoleId,
        grants: &[DefaultGrant],
    ) -> Result<()> {
        let scope = self.access().await?.scope(&ACTOR, Action::Manage)?;
        let before = roles::lock(conn, self.catalogue(), id, &scope)
            .await?
            .ok_or(Error::NotFound(Resource::ROLE))?;
        let mut content = before.content();
        for grant in grants {
            // What somebody granted before stays as it is.
            content
                .grants
                .entry(grant.permission)
                .or_insert(grant.extent);
        }
        let now = self.now();
        let role = before.clone().edit(content, now);
        if role.version == before.version {
            return Ok(());
        }
        roles::update(conn, self.catalogue(), &role).await?;
        let event = RoleEdited {
            role_id: id,
            changes: Changes::between(before.fields(), role.fields()),
        };
        self.emit(conn, &ACTOR, now, &event).await
    }
}
