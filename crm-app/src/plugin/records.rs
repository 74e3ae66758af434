//! The kinds of records that plugins bring, for what the core says of records of any kind: who sees what was done to them, how
//! they are named, whose they are.

use crm_authz::{Access, Reach};
use crm_domain::activity::Actor;
use crm_domain::permission::{Action, Ownership, Record, Resource};
use crm_storage::activities::KindSight;
use crm_storage::plugin::records::Table;
use crm_storage::plugin::{Owned, Within, within};
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use crate::error::Result;

/// A kind of record that a plugin brings.
#[derive(Debug, Clone, Copy)]
pub struct RecordKind {
    pub(super) resource: Resource,
    readable: fn(&Access, &Actor) -> Option<Rows>,
}

/// The rows that somebody may read.
struct Rows {
    /// Where they are; `None` when records of the kind are nobody's, and whoever may read one may read all.
    owned: Option<(Table, Within)>,
}

impl RecordKind {
    /// Of records that are somebody's.
    pub(super) const fn owned<R: Owned>() -> Self {
        Self {
            resource: R::RESOURCE,
            readable: |access, actor| {
                let scope = access.scope::<R>(actor, Action::Read).ok()?;
                Some(Rows {
                    owned: Some((Table::of::<R>(), within(&scope))),
                })
            },
        }
    }

    /// Of records that are nobody's.
    pub(super) const fn unowned<R: Record>() -> Self {
        Self {
            resource: R::RESOURCE,
            readable: |access, actor| {
                let scope = access.scope::<R>(actor, Action::Read).ok()?;
                (*scope.reach() == Reach::All).then_some(Rows { owned: None })
            },
        }
    }

    /// Which entries about such records the actor sees in the activity log; `None` for none.
    pub(crate) fn sight(&self, access: &Access, actor: &Actor) -> Option<KindSight> {
        let rows = (self.readable)(access, actor)?;
        Some(KindSight {
            kind: self.resource,
            rows: rows.owned.map(|(table, within)| (table.name, within)),
        })
    }

    /// The names of those of these records that the actor may read.
    pub(crate) async fn names(
        &self,
        conn: &mut AsyncPgConnection,
        access: &Access,
        actor: &Actor,
        ids: &[Uuid],
    ) -> Result<Vec<(Uuid, String)>> {
        match (self.readable)(access, actor).and_then(|rows| rows.owned) {
            Some((table, within)) => Ok(table.names(conn, ids, within).await?),
            None => Ok(Vec::new()),
        }
    }

    /// Whose the record is, if the actor may read it.
    pub(crate) async fn ownership(
        &self,
        conn: &mut AsyncPgConnection,
        access: &Access,
        actor: &Actor,
        id: Uuid,
    ) -> Result<Option<Ownership>> {
        match (self.readable)(access, actor).and_then(|rows| rows.owned) {
            Some((table, within)) => Ok(table.ownership(conn, id, within).await?),
            None => Ok(None),
        }
    }
}
