//! The names of who acted and of what they did it to: one query for each kind of record, however many entries there are.

use std::collections::{BTreeSet, HashMap};

use crm_authz::Access;
use crm_domain::activity::{Actor, Entry, RecordRef};
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
        for kind in Resource::ALL {
            let ids = named(&entries, *kind);
            if !ids.is_empty() {
                let found = names_of(conn, &access, actor, *kind, &ids).await?;
                names.extend(found.into_iter().map(|(id, name)| ((*kind, id), name)));
            }
        }
        let shown = |mut entry: Entry| {
            let name = |kind, id| names.get(&(kind, id)).cloned();
            if !sees_address(&access, actor, &entry) {
                entry.address = None;
            }
            let RecordRef { resource, id } = entry.record;
            ShownEntry {
                user: entry
                    .by
                    .user()
                    .and_then(|user| name(Resource::User, user.uuid())),
                api_key: entry
                    .by
                    .api_key()
                    .and_then(|key| name(Resource::ApiKey, key.uuid())),
                record: name(resource, id),
                entry,
            }
        };
        Ok(entries.into_iter().map(shown).collect())
    }
}

/// The records of a kind that the entries name.
fn named(entries: &[Entry], kind: Resource) -> Vec<Uuid> {
    let of_entry = |entry: &Entry| {
        let record = Some(entry.record).filter(|record| record.resource == kind);
        let actor = match kind {
            Resource::User => entry.by.user().map(UserId::uuid),
            Resource::ApiKey => entry.by.api_key().map(ApiKeyId::uuid),
            _ => None,
        };
        [record.map(|record| record.id), actor]
    };
    let ids: BTreeSet<Uuid> = entries.iter().flat_map(of_entry).flatten().collect();
    ids.into_iter().collect()
}

/// The names of those of these records that the actor may read; users and keys are named to whoever sees what they did.
async fn names_of(
    conn: &mut AsyncPgConnection,
    access: &Access,
    actor: &Actor,
    kind: Resource,
    ids: &[Uuid],
) -> Result<Vec<(Uuid, String)>> {
    Ok(match kind {
        Resource::Lead => match access.scope(actor, Action::Read) {
            Ok(scope) => texts(leads::names(conn, ids, &scope).await?),
            Err(_) => Vec::new(),
        },
        Resource::Customer => match access.scope(actor, Action::Read) {
            Ok(scope) => texts(customers::names(conn, ids, &scope).await?),
            Err(_) => Vec::new(),
        },
        Resource::Task => match access.scope(actor, Action::Read) {
            Ok(scope) => tasks::titles(conn, ids, &scope).await?,
            Err(_) => Vec::new(),
        },
        Resource::User => users::names(conn, ids).await?,
        Resource::ApiKey => api_keys::names(conn, ids).await?,
        Resource::Team => {
            let teams = access.teams().iter();
            let named = teams.filter(|team| ids.contains(&team.id.uuid()));
            named
                .map(|team| (team.id.uuid(), team.name.clone()))
                .collect()
        }
        Resource::Role => {
            let role = |id: &Uuid| access.policy().role((*id).into());
            let named = |id| role(id).map(|role| (*id, role.name.clone()));
            ids.iter().filter_map(named).collect()
        }
        // The others have no names.
        _ => Vec::new(),
    })
}

fn texts(names: Vec<(Uuid, Name)>) -> Vec<(Uuid, String)> {
    let text = |(id, name): (Uuid, Name)| (id, name.to_string());
    names.into_iter().map(text).collect()
}
