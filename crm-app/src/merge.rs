//! Merging: several records of a kind become one, and are taken apart again from what the merge wrote down.

mod mergeable;

pub(crate) use mergeable::{Mergeable, mergeable};

use crm_authz::{Forbidden, Scope};
use crm_domain::activity::{Actor, Changes, RecordRef, fields};
use crm_domain::change::Change;
use crm_domain::duplicate::{MergeError, MergeSource};
use crm_domain::event::TaskEdited;
use crm_domain::ids::{MergeId, TaskId};
use crm_domain::permission::{Action, Permission};
use crm_domain::task::Related;
use crm_domain::violation::Violations;
use crm_storage::merges::{self, Merge};
use crm_storage::tasks;
use diesel_async::AsyncPgConnection;
use serde_json::json;
use uuid::Uuid;

use crate::crm::Crm;
use crate::error::{Error, Result};
use crate::record::{Held, new_assignee};

/// The most records that one merge takes in.
pub const MAX_SOURCES: usize = 19;

/// The most tasks that one merge takes along from one record: each is a row of the activity log.
const MAX_TASKS: usize = 1000;

/// What is merged into a record, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeOptions<Id, Edit> {
    /// The records that are taken in, 1 to [`MAX_SOURCES`] of them. The first that has what the target lacks gives it.
    pub sources: Vec<Id>,
    /// What is to be otherwise in the target.
    pub overrides: Edit,
    /// Answer the same and write nothing.
    pub dry_run: bool,
}

/// What a merge, or undoing one, gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged<R> {
    /// The record that took in the others, as it is now.
    pub record: R,
    /// The others, in the order of their ids.
    pub sources: Vec<Uuid>,
}

impl Crm {
    /// Merges the sources into the target, within the transaction of `conn`.
    pub(crate) async fn merge<R: Mergeable>(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        target: R::Id,
        version: Option<i32>,
        options: MergeOptions<R::Id, R::Edit>,
    ) -> Result<Merged<R>> {
        let sources = &options.sources;
        let mut overrides = options.overrides;
        self.check_may_merge::<R>(conn, actor, target).await?;
        check_sources(&target, sources)?;
        let given = R::given(&overrides);
        self.check_may_assign::<R>(actor, &given).await?;
        let mut others = self
            .hold_all::<R>(conn, actor, target, sources, version)
            .await?;
        let place = others.iter().position(|held| held.record.id() == target);
        let place = place.ok_or_else(|| Error::internal("the target was not held"))?;
        let held = others.remove(place);
        if let Change::Set(user) = given {
            new_assignee(conn, R::ASSIGNEE, user).await?;
        }
        let custom = self.custom_edit(
            conn,
            actor,
            R::FIELDS,
            R::custom_edit(&mut overrides),
            held.record.custom(),
        );
        *R::custom_edit(&mut overrides) = custom.await.map_err(told_by_overrides)?;
        let records = in_order(sources, &others);
        let merged = held.record.clone().merge(&records, overrides, held.now);
        let merged = merged.map_err(told::<R>)?;
        let mut taken = Vec::with_capacity(others.len());
        for other in &others {
            taken.push(self.take_in(conn, other, target).await?);
        }
        let ids: Vec<_> = others.iter().map(|held| held.record.id()).collect();
        let event = |changes| R::merged(target, ids.clone(), changes);
        self.store(conn, &held, &merged, event).await?;
        let merge = Merge {
            id: MergeId::new(held.now, self.random()?),
            target: record_ref::<R>(target),
            changes: Changes::between(held.record.fields(), merged.fields()),
            sources: taken,
        };
        merges::insert(conn, &merge, actor.user_id(), held.now).await?;
        Ok(Merged {
            record: merged,
            sources: ids.into_iter().map(Into::into).collect(),
        })
    }

    /// Undoes the newest merge into a record, within the transaction of `conn`.
    pub(crate) async fn unmerge<R: Mergeable>(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        target: R::Id,
        version: Option<i32>,
    ) -> Result<Merged<R>> {
        let held = self
            .hold::<R>(conn, actor, target, Action::Merge, version)
            .await?;
        held.record.refuse_archived().map_err(told::<R>)?;
        let merge = merges::newest(conn, record_ref::<R>(target))
            .await?
            .ok_or(Error::NotMerged(R::RESOURCE))?;
        for source in &merge.sources {
            self.take_out::<R>(conn, actor, source, target).await?;
        }
        let record = held.record.clone().unmerge(&merge.changes, held.now);
        let record = record.map_err(told::<R>)?;
        let sources: Vec<Uuid> = merge.sources.iter().map(|source| source.id).collect();
        let ids = sources.iter().copied().map(R::Id::from).collect();
        let event = |changes| R::unmerged(target, ids, changes);
        self.store(conn, &held, &record, event).await?;
        merges::mark_undone(conn, merge.id, held.now).await?;
        Ok(Merged { record, sources })
    }

    /// Refuses a target that the actor may not read, or not merge into, before anything is told of the sources.
    async fn check_may_merge<R: Mergeable>(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        target: R::Id,
    ) -> Result<()> {
        let access = self.access().await?;
        let readable: Scope<R> = access.scope(actor, Action::Read)?;
        let mergeable: Scope<R> = access.scope(actor, Action::Merge)?;
        let id = [target.into()];
        if R::names(conn, &id, &readable).await?.is_empty() {
            return Err(Error::NotFound(R::RESOURCE));
        }
        if R::names(conn, &id, &mergeable).await?.is_empty() {
            let permission = Permission::new(R::RESOURCE, Action::Merge);
            return Err(Forbidden::NotGranted { permission }.into());
        }
        Ok(())
    }

    /// Locks the target and the sources, in the order of their ids, so that no two merges wait for each other.
    async fn hold_all<'a, R: Mergeable>(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &'a Actor,
        target: R::Id,
        sources: &[R::Id],
        version: Option<i32>,
    ) -> Result<Vec<Held<'a, R>>> {
        let mut ids = sources.to_vec();
        ids.push(target);
        ids.sort_unstable();
        let mut all = Vec::with_capacity(ids.len());
        for id in ids {
            let version = version.filter(|_| id == target);
            let held = self.hold::<R>(conn, actor, id, Action::Merge, version);
            let place = sources.iter().position(|source| *source == id);
            let held = held.await.map_err(|error| told_by_source(error, place))?;
            let checked = match place {
                Some(_) => held.record.check_can_be_merged(),
                None => held.record.refuse_archived(),
            };
            checked.map_err(told::<R>)?;
            all.push(held);
        }
        Ok(all)
    }

    /// Makes a record a tombstone, and gives the target what belonged to it.
    async fn take_in<R: Mergeable>(
        &self,
        conn: &mut AsyncPgConnection,
        held: &Held<'_, R>,
        target: R::Id,
    ) -> Result<MergeSource> {
        let id = held.record.id();
        let (from, to) = (R::related(id), R::related(target));
        let moved = self.relate_anew(conn, held.actor, from, to, None);
        let tasks = moved.await?;
        let notes = R::move_notes(conn, id, target).await?;
        let tombstone = held.record.clone().merge_into(target, held.now);
        let event = |changes| R::archived(id, changes);
        self.store(conn, held, &tombstone, event).await?;
        Ok(MergeSource {
            id: id.into(),
            notes,
            tasks,
        })
    }

    /// Makes a record of a tombstone again, and gives it back what the target still has of it.
    async fn take_out<R: Mergeable>(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        source: &MergeSource,
        target: R::Id,
    ) -> Result<()> {
        let id = R::Id::from(source.id);
        let held = self
            .hold_any::<R>(conn, actor, id, Action::Merge, None)
            .await?;
        let record = held.record.clone().take_out(held.now);
        let event = |changes| R::restored(id, changes);
        self.store(conn, &held, &record, event).await?;
        let (from, to) = (R::related(target), R::related(id));
        let only = Some(source.tasks.as_slice());
        self.relate_anew(conn, actor, from, to, only).await?;
        Ok(R::return_notes(conn, &source.notes, target, id).await?)
    }

    /// Makes the tasks about one record tasks about another; of these only, where they are named. Gives which they were.
    async fn relate_anew(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        from: Related,
        to: Related,
        only: Option<&[Uuid]>,
    ) -> Result<Vec<Uuid>> {
        let now = self.now();
        let limit = i64::try_from(MAX_TASKS + 1).map_err(Error::internal)?;
        let moved = tasks::relate_anew(conn, from, to, only, limit, now).await?;
        if moved.len() > MAX_TASKS {
            let message =
                format!("{from} has more than {MAX_TASKS} tasks, which is too much at once");
            return Err(Violations::one("sources", "too-many-tasks", message).into());
        }
        let before = fields([("relatedTo", json!(from.to_string()))]);
        let after = fields([("relatedTo", json!(to.to_string()))]);
        let changes = Changes::between(before, after);
        for task_id in &moved {
            let event = TaskEdited {
                task_id: *task_id,
                changes: changes.clone(),
            };
            self.emit(conn, actor, now, &event).await?;
        }
        Ok(moved.into_iter().map(TaskId::uuid).collect())
    }
}

/// A record cannot take in itself, nor another one twice.
fn check_sources<Id: PartialEq>(target: &Id, sources: &[Id]) -> Result<(), Violations> {
    let mut violations = Violations::new();
    let count = sources.len();
    if !(1..=MAX_SOURCES).contains(&count) {
        let message = format!("must be 1 to {MAX_SOURCES} records");
        violations.add("sources", "wrong-count", message);
    }
    for (place, source) in sources.iter().enumerate().take(MAX_SOURCES) {
        let field = format!("sources/{place}");
        if source == target {
            violations.add(
                &field,
                "not-allowed",
                "is the record that takes in the others",
            );
        }
        if sources.iter().take(place).any(|earlier| earlier == source) {
            violations.add(&field, "repeated", "is named twice");
        }
    }
    violations.into_result()
}

/// The sources in the order in which the caller named them: the first that holds a value wins.
fn in_order<R: Mergeable>(sources: &[R::Id], held: &[Held<'_, R>]) -> Vec<R> {
    let find = |id: &R::Id| held.iter().find(|held| held.record.id() == *id);
    let found = sources.iter().filter_map(find);
    found.map(|held| held.record.clone()).collect()
}

/// A source that is not there is a wrong field, since the target is.
fn told_by_source(error: Error, place: Option<usize>) -> Error {
    match (error, place) {
        (Error::NotFound(resource), Some(place)) => {
            let message = format!("is not a {resource} that you can see");
            Violations::one(&format!("sources/{place}"), "not-found", message).into()
        }
        (error, _) => error,
    }
}

/// What is wrong with an override stands below them.
fn told_by_overrides(error: Error) -> Error {
    match error {
        Error::Invalid(violations) => violations.below("overrides").into(),
        error => error,
    }
}

fn told<R: Mergeable>(error: MergeError) -> Error {
    match error {
        MergeError::Archived(_) => Error::Archived(R::RESOURCE),
        MergeError::Lead(error) => error.into(),
        MergeError::Tags(error) => {
            Violations::one("overrides/tags", error.code(), error.to_string()).into()
        }
    }
}

fn record_ref<R: Mergeable>(id: R::Id) -> RecordRef {
    RecordRef {
        resource: R::RESOURCE,
        id: id.into(),
    }
}
