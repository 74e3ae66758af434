//! What tasks are about: whoever may read that sees its name, and may relate tasks to it.

use std::collections::HashMap;
use std::slice;

use crm_authz::Scope;
use crm_domain::activity::Actor;
use crm_domain::customer::Customer;
use crm_domain::lead::Lead;
use crm_domain::permission::Action;
use crm_domain::task::{Related, RelatedKind};
use crm_domain::text::Name;
use crm_domain::violation::Violations;
use crm_storage::{customers, leads};
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use super::{ListedTask, Tasks};
use crate::error::Result;

/// The field that names what a task is about.
const RELATED: &str = "relatedTo";

impl Tasks<'_> {
    /// Refuses a record that there is not, or that the actor may not read: which of both is not told.
    pub(super) async fn check_related(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        related: Related,
    ) -> Result<()> {
        if self.names(conn, actor, &[related]).await?.is_empty() {
            let message = "is not a record that you can see";
            return Err(Violations::one(RELATED, "not-found", message).into());
        }
        Ok(())
    }

    pub(super) async fn with_name(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        mut task: ListedTask,
    ) -> Result<ListedTask> {
        self.add_names(conn, actor, slice::from_mut(&mut task))
            .await?;
        Ok(task)
    }

    /// Adds the names of what the tasks are about, where the actor may read that: one query for each kind of record.
    pub(super) async fn add_names(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        tasks: &mut [ListedTask],
    ) -> Result<()> {
        let related: Vec<_> = tasks
            .iter()
            .filter_map(|listed| listed.task.related_to)
            .collect();
        let names = self.names(conn, actor, &related).await?;
        for listed in tasks {
            let related = listed.task.related_to;
            listed.related_name = related.and_then(|related| names.get(&related).cloned());
        }
        Ok(())
    }

    /// The names of those of these records that the actor may read.
    async fn names(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        related: &[Related],
    ) -> Result<HashMap<Related, Name>> {
        let mut names = HashMap::new();
        for kind in RelatedKind::ALL {
            let of_kind = related.iter().filter(|related| related.kind() == kind);
            let ids: Vec<_> = of_kind.map(|related| related.uuid()).collect();
            if !ids.is_empty() {
                let found = self.names_of(conn, actor, kind, &ids).await?;
                names.extend(found.into_iter().map(|(id, name)| (kind.record(id), name)));
            }
        }
        Ok(names)
    }

    async fn names_of(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        kind: RelatedKind,
        ids: &[Uuid],
    ) -> Result<Vec<(Uuid, Name)>> {
        let access = self.0.access().await?;
        // Who may read no record of a kind sees none of their names.
        Ok(match kind {
            RelatedKind::Lead => {
                let Ok(scope): Result<Scope<Lead>, _> = access.scope(actor, Action::Read) else {
                    return Ok(Vec::new());
                };
                leads::names(conn, ids, &scope).await?
            }
            RelatedKind::Customer => {
                let Ok(scope): Result<Scope<Customer>, _> = access.scope(actor, Action::Read)
                else {
                    return Ok(Vec::new());
                };
                customers::names(conn, ids, &scope).await?
            }
        })
    }
}
