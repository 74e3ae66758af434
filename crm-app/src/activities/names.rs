//! The names of who acted and of what they did it to: one query for each kind of record, however many entries there are.

use std::collections::{BTreeSet, HashMap};

use crm_authz::Access;
use crm_domain::activity::{Actor, Entry};
use crm_domain::ids::{ApiKeyId, UserId};
use crm_domain::permission::{Action, Resource};
use crm_domain::text::Name;
use crm_storage::{api_keys, customers, leads, tasks, users};
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use super::sees_address;
use crate::crm::Crm;
use crate::error::Result;

/// An entry of the activity log with the names in it, as they are today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownEntry {
    /// The entry. Its address is only there for those who may see it.
    pub entry: Entry,
    /// The name of the user who acted, or whose key it was.
    pub user: Option<String>,
    /// The name of the key.
    pub api_key: Option<String>,
    /// The name of the record, where it has one and the reader may read it.
    pub record: Option<String>,
}

type Names = HashMap<(Resource, Uuid), String>;

impl Crm {
    /// These entries as the actor is shown them.
    pub(crate) async fn show_entries(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        entries: Vec<Entry>,
    ) -> Result<Vec<ShownEntry>> {
        let access = self.access().await?;
        let mut names = Names::new();
        for kind in self.catalogue().resources() {
            let ids = named(&entries, *kind);
            if !ids.is_empty() {
                let found = self.names_of(conn, &access, actor, (*kind, &ids)).await?;
                names.extend(found.into_iter().map(|(id, name)| ((*kind, id), name)));
            }
        }
        let shown = |mut entry: Entry| {
            let name = |kind, id| names.get(&(kind, id)).cloned();
            let kind = self.catalogue().resource(&entry.record.resource);
            if !sees_address(&access, actor, &entry) {
                entry.address = None;
            }
            ShownEntry {
                user: entry
                    .by
                    .user()
                    .and_then(|user| name(Resource::USER, user.uuid())),
                api_key: entry
                    .by
                    .api_key()
                    .and_then(|key| name(Resource::API_KEY, key.uuid())),
                record: kind.ok().and_then(|kind| name(kind, entry.record.id)),
                entry,
            }
        };
        Ok(entries.into_iter().map(shown).collect())
    }
}

/// The records of a kind that the entries name.
fn named(entries: &[Entry], kind: Resource) -> Vec<Uuid> {
    let of_entry = |entry: &Entry| {
        let record = Some(&entry.record).filter(|record| record.resource == kind.as_str());
        let actor = match kind {
            Resource::USER => entry.by.user().map(UserId::uuid),
            Resource::API_KEY => entry.by.api_key().map(ApiKeyId::uuid),
            _ => None,
        };
        [record.map(|record| record.id), actor]
    };
    let ids: BTreeSet<Uuid> = entries.iter().flat_map(of_entry).flatten().collect();
    ids.into_iter().collect()
}

impl Crm {
    /// The names of those of these records of one kind that the actor may read.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn names(
        &self,
        actor: &Actor,
        kind: Resource,
        ids: &[Uuid],
    ) -> Result<Vec<(Uuid, String)>> {
        let access = self.access().await?;
        let mut conn = self.connection().await?;
        self.names_of(&mut conn, &access, actor, (kind, ids)).await
    }

    /// The names of those of these records that the actor may read; users and keys are named to whoever sees what they did.
    async fn names_of(
        &self,
        conn: &mut AsyncPgConnection,
        access: &Access,
        actor: &Actor,
        (kind, ids): (Resource, &[Uuid]),
    ) -> Result<Vec<(Uuid, String)>> {
        Ok(match kind {
            Resource::LEAD => match access.scope(actor, Action::Read) {
                Ok(scope) => texts(leads::names(conn, ids, &scope).await?),
                Err(_) => Vec::new(),
            },
            Resource::CUSTOMER => match access.scope(actor, Action::Read) {
                Ok(scope) => texts(customers::names(conn, ids, &scope).await?),
                Err(_) => Vec::new(),
            },
            Resource::TASK => match access.scope(actor, Action::Read) {
                Ok(scope) => tasks::titles(conn, ids, &scope).await?,
                Err(_) => Vec::new(),
            },
            Resource::USER => users::names(conn, ids).await?,
            Resource::API_KEY => api_keys::names(conn, ids).await?,
            Resource::TEAM => {
                let teams = access.teams().iter();
                let named = teams.filter(|team| ids.contains(&team.id.uuid()));
                named
                    .map(|team| (team.id.uuid(), team.name.clone()))
                    .collect()
            }
            Resource::ROLE => {
                let role = |id: &Uuid| access.policy().role((*id).into());
                let named = |id| role(id).map(|role| (*id, role.name.clone()));
                ids.iter().filter_map(named).collect()
            }
            // The core's others have no names.
            kind => match self.plugins().record_kind(kind) {
                Some(kind) => kind.names(conn, access, actor, ids).await?,
                None => Vec::new(),
            },
        })
    }
}

fn texts(names: Vec<(Uuid, Name)>) -> Vec<(Uuid, String)> {
    let text = |(id, name): (Uuid, Name)| (id, name.to_string());
    names.into_iter().map(text).collect()
}
