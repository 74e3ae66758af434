//! The activity log as it is read. What an entry tells is seen by whoever may see both: what its actor does, and the record.

mod names;
mod timeline;

use crm_authz::Access;
use crm_domain::activity::{Actor, Entry, EntryFilter, Who};
use crm_domain::ids::UserId;
use crm_domain::list::{Listing, PageRequest};
use crm_domain::permission::{Action, Extent, Permission, Record, Resource};
use crm_storage::activities::{self as storage, Sight};

pub use names::ShownEntry;

use crate::crm::Crm;
use crate::error::Result;

/// The activity log as it is read. See [`Crm::activities`].
#[derive(Clone, Copy)]
pub struct Activities<'a>(pub(crate) &'a Crm);

impl Activities<'_> {
    /// The entries that match and that the actor may see, the newest first.
    ///
    /// # Errors
    /// [`Error::Forbidden`](crate::Error::Forbidden), or [`Error::InvalidCursor`](crate::Error::InvalidCursor) for a
    /// cursor of another filter or another user.
    pub async fn list(
        &self,
        actor: &Actor,
        filter: &EntryFilter,
        page: &PageRequest,
    ) -> Result<Listing<ShownEntry>> {
        let sight = self.0.sight(&*self.0.access().await?, actor)?;
        let binding = format!("activities {:?} {filter:?}", actor.who);
        let slice = self.0.slice(page, &binding)?;
        let mut conn = self.0.connection().await?;
        let (entries, goes_on) = storage::list(&mut conn, filter, &slice, &sight).await?;
        let shown = self.0.show_entries(&mut conn, actor, entries).await?;
        let position = |shown: &ShownEntry| shown.entry.position();
        self.0.onward((shown, goes_on), position, &binding)
    }
}

impl Crm {
    /// What the actor may see of the log.
    pub(crate) fn sight(&self, access: &Access, actor: &Actor) -> Result<Sight> {
        let records = self.plugins().records().iter();
        let plugins = records.filter_map(|kind| kind.sight(access, actor));
        let sees_all = sees_everything(access, actor);
        Ok(Sight {
            acts: access.scope(actor, Action::Read)?,
            leads: access.scope(actor, Action::Read).ok(),
            customers: access.scope(actor, Action::Read).ok(),
            tasks: access.scope(actor, Action::Read).ok(),
            users: access.scope(actor, Action::Read).ok(),
            sign_ins: access.scope(actor, Action::Manage).ok(),
            keys: access.scope(actor, Action::Manage).ok(),
            teams: access.scope(actor, Action::Read).ok(),
            roles: access.scope(actor, Action::Read).ok(),
            jobs: access.scope(actor, Action::Read).ok(),
            rules: access.scope(actor, Action::Read).ok(),
            custom_fields: access.scope(actor, Action::Manage).ok(),
            views: access.scope(actor, Action::Manage).ok(),
            reader: person(actor),
            plugins: plugins.collect(),
            known: sees_all.then(|| self.catalogue().resources().to_vec()),
        })
    }
}

/// Whether the actor is a person who reads and manages everything: who sees what was done to records of plugins that are gone.
fn sees_everything(access: &Access, actor: &Actor) -> bool {
    let reaches_all = |resource, action| {
        let extent = access.extent(actor, Permission::new(resource, action));
        extent == Some(Extent::All)
    };
    person(actor).is_some()
        && reaches_all(Resource::ACTIVITY, Action::Read)
        && reaches_all(Resource::USER, Action::Manage)
        && reaches_all(Resource::ROLE, Action::Manage)
}

/// The person who acts; none for a program with a key, which sees no more than its key lets it.
const fn person(actor: &Actor) -> Option<UserId> {
    match actor.who {
        Who::User(id) => Some(id),
        Who::ApiKey { .. } | Who::System(_) => None,
    }
}

/// Whether the actor sees from which network address something was done: people their own, and those who manage users
/// that of the users.
fn sees_address(access: &Access, actor: &Actor, entry: &Entry) -> bool {
    let manage = Permission::new(Resource::USER, Action::Manage);
    let manages = access.reach(actor, manage);
    let is_own = person(actor).is_some_and(|person| entry.by.user() == Some(person));
    is_own || manages.is_some_and(|reach| reach.reaches(entry.ownership()))
}
