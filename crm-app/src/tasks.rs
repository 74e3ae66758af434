//! What is done with tasks. Each write exists twice: on a connection of the CRM's own, and, ending in `_in`, within the
//! transaction of a connection that the caller holds.

mod related;
pub(crate) mod reminders;

use crm_domain::activity::{Actor, Changes};
use crm_domain::change::Change;
use crm_domain::custom_field::FieldResource;
use crm_domain::due::Calendar;
use crm_domain::event::{Event, TaskArchived, TaskCreated, TaskEdited, TaskRestored};
use crm_domain::ids::TaskId;
use crm_domain::list::{ListQuery, Listing};
use crm_domain::permission::{Action, Resource};
use crm_domain::task::{
    NewTask, Task, TaskEdit, TaskFilter, TaskFilterAt, TaskQuery, TaskSort, TaskSortField,
};
use crm_storage::tasks as storage;
use diesel_async::{AsyncConnection, AsyncPgConnection};

pub use crm_storage::tasks::ListedTask;

use crate::batch::{Batch, InBatch, OnRefusal};
use crate::bulk::{Bulk, BulkAction, Selection, in_bulk};
use crate::crm::Crm;
use crate::error::{Current, Error, Result};
use crate::export::{Export, portioned};
use crate::record::{Held, new_assignee};
use crate::write;
use crate::{kept, listed};

kept!(Task (TaskId) in storage, shown as Task(storage::shown));
listed!(ListedTask { task: Task } as "tasks" by TaskFilterAt and TaskSortField in storage);
portioned!(ListedTask in storage, completed by Tasks::add_names);
in_bulk!(Task as task by TaskEdit and TaskFilterAt in Tasks and storage);

/// The field that names who does a task.
const ASSIGNEE: &str = "assignedTo";

impl InBatch for Task {
    type New = NewTask;
    type Listed = ListedTask;

    async fn lock_all(_: &mut AsyncPgConnection, _: &[NewTask]) -> Result<(), crm_storage::Error> {
        Ok(())
    }

    async fn make(
        crm: &Crm,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        new: NewTask,
    ) -> Result<ListedTask> {
        Tasks(crm).create_in(conn, actor, new).await
    }
}

/// What is done with tasks. See [`Crm::tasks`].
#[derive(Clone, Copy)]
pub struct Tasks<'a>(pub(crate) &'a Crm);

impl Tasks<'_> {
    /// The task `id`.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none that the actor may read.
    pub async fn get(&self, actor: &Actor, id: TaskId) -> Result<ListedTask> {
        let scope = self.0.access().await?.scope(actor, Action::Read)?;
        let mut conn = self.0.connection().await?;
        let task = storage::find(&mut conn, id, &scope)
            .await?
            .ok_or(Error::NotFound(Resource::TASK))?;
        self.with_name(&mut conn, actor, task).await
    }

    /// The tasks that match a query.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::InvalidCursor`] for a cursor of another list or another user, or, for custom fields,
    /// [`Error::InvalidQuery`] or [`Error::FieldNotIndexed`].
    pub async fn list(&self, actor: &Actor, query: &TaskQuery) -> Result<Listing<ListedTask>> {
        let at_now = ListQuery {
            filter: TaskFilterAt {
                filter: query.filter.clone(),
                calendar: self.calendar(self.0.now()),
            },
            sort: query.sort,
            page: query.page.clone(),
        };
        let mut list: Listing<ListedTask> = self.0.list_as(actor, &query.filter, &at_now).await?;
        if list
            .records
            .iter()
            .any(|listed| listed.task.related_to.is_some())
        {
            let mut conn = self.0.connection().await?;
            self.add_names(&mut conn, actor, &mut list.records).await?;
        }
        Ok(list)
    }

    /// Begins to take out the tasks that match, in order: those that the actor may both read and export.
    ///
    /// # Errors
    /// [`Error::Forbidden`], or that the server is busy with other exports.
    pub async fn export(
        &self,
        actor: &Actor,
        filter: TaskFilter,
        sort: TaskSort,
    ) -> Result<Export<ListedTask>> {
        let calendar = self.calendar(self.0.now());
        let filter = TaskFilterAt { filter, calendar };
        self.0.export(actor, filter, sort).await
    }

    /// Makes a task.
    ///
    /// # Errors
    /// [`Error::Forbidden`], or [`Error::Invalid`] with each field that is wrong.
    pub async fn create(&self, actor: &Actor, new: NewTask) -> Result<ListedTask> {
        write!(self.0, |conn| self.create_in(conn, actor, new.clone()))
    }

    /// [`Tasks::create`] within the caller's transaction.
    ///
    /// # Errors
    /// As [`Tasks::create`].
    pub async fn create_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        new: NewTask,
    ) -> Result<ListedTask> {
        self.0
            .access()
            .await?
            .scope::<Task>(actor, Action::Create)?;
        let given = new.assigned_to.map_or(Change::Keep, Change::Set);
        self.0.check_may_assign::<Task>(actor, &given).await?;
        conn.transaction(async |conn| {
            let now = self.0.now();
            let id = TaskId::new(now, self.0.random()?);
            let resource = FieldResource::Task;
            let custom = self
                .0
                .new_custom(conn, actor, resource, &new.custom)
                .await?;
            let new = NewTask { custom, ..new };
            let task = Task::create(id, new, actor.user_id(), self.calendar(now));
            if let Some(related) = task.related_to {
                self.check_related(conn, actor, related).await?;
            }
            if let Some(assignee) = task.assigned_to {
                new_assignee(conn, ASSIGNEE, assignee).await?;
            }
            storage::insert(conn, &task).await?;
            let event = TaskCreated {
                task_id: id,
                changes: Changes::created(task.fields()),
            };
            self.0.emit(conn, actor, now, &event).await?;
            self.shown(conn, actor, task).await
        })
        .await
    }

    /// Changes a task. With `version`, only if that is still its version.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Stale`], [`Error::Archived`] or [`Error::Invalid`].
    pub async fn edit(
        &self,
        actor: &Actor,
        id: TaskId,
        edit: TaskEdit,
        version: Option<i32>,
    ) -> Result<ListedTask> {
        write!(self.0, |conn| self.edit_in(
            conn,
            actor,
            id,
            edit.clone(),
            version
        ))
    }

    /// [`Tasks::edit`] within the caller's transaction.
    ///
    /// # Errors
    /// As [`Tasks::edit`].
    pub async fn edit_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: TaskId,
        edit: TaskEdit,
        version: Option<i32>,
    ) -> Result<ListedTask> {
        conn.transaction(async |conn| {
            let held = self.hold(conn, actor, id, Action::Update, version).await?;
            let before = held.record.clone();
            let given = edit.assigned_to.clone();
            let given = given.unless_done(before.assigned_to.as_ref());
            let related = edit.related_to.clone();
            let related = related.unless_done(before.related_to.as_ref());
            self.0.check_may_assign::<Task>(actor, &given).await?;
            let resource = FieldResource::Task;
            let custom = self
                .0
                .custom_edit(conn, actor, resource, &edit.custom, &before.custom)
                .await?;
            let task = before
                .edit(TaskEdit { custom, ..edit }, self.calendar(held.now))
                .map_err(|_| Error::Archived(Resource::TASK))?;
            if let Change::Set(related) = related {
                self.check_related(conn, actor, related).await?;
            }
            if let Change::Set(assignee) = given {
                new_assignee(conn, ASSIGNEE, assignee).await?;
            }
            self.store(conn, &held, task, |changes| TaskEdited {
                task_id: id,
                changes,
            })
            .await
        })
        .await
    }

    /// Puts a task away. Does nothing to one that is put away already.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`] or [`Error::Stale`].
    pub async fn archive(
        &self,
        actor: &Actor,
        id: TaskId,
        version: Option<i32>,
    ) -> Result<ListedTask> {
        write!(self.0, |conn| self.archive_in(conn, actor, id, version))
    }

    /// [`Tasks::archive`] within the caller's transaction.
    ///
    /// # Errors
    /// As [`Tasks::archive`].
    pub async fn archive_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: TaskId,
        version: Option<i32>,
    ) -> Result<ListedTask> {
        conn.transaction(async |conn| {
            let held = self.hold(conn, actor, id, Action::Delete, version).await?;
            let task = held.record.clone().archive(held.now);
            self.store(conn, &held, task, |changes| TaskArchived {
                task_id: id,
                changes,
            })
            .await
        })
        .await
    }

    /// Takes a task back from the archive. Does nothing to one that is at hand.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`] or [`Error::Stale`].
    pub async fn restore(
        &self,
        actor: &Actor,
        id: TaskId,
        version: Option<i32>,
    ) -> Result<ListedTask> {
        write!(self.0, |conn| self.restore_in(conn, actor, id, version))
    }

    /// [`Tasks::restore`] within the caller's transaction.
    ///
    /// # Errors
    /// As [`Tasks::restore`].
    pub async fn restore_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: TaskId,
        version: Option<i32>,
    ) -> Result<ListedTask> {
        conn.transaction(async |conn| {
            let held = self.hold(conn, actor, id, Action::Update, version).await?;
            let task = held.record.clone().restore(held.now);
            self.store(conn, &held, task, |changes| TaskRestored {
                task_id: id,
                changes,
            })
            .await
        })
        .await
    }

    /// Makes many tasks, each as [`Tasks::create`] makes one.
    ///
    /// # Errors
    /// When the database fails. What is refused is told with its task.
    pub async fn create_many(
        &self,
        actor: &Actor,
        new: Vec<NewTask>,
        on_refusal: OnRefusal,
    ) -> Result<Batch<ListedTask>> {
        self.0.batch::<Task>(actor, new, on_refusal).await
    }

    /// Does something to many tasks, as [`Tasks::edit`], [`Tasks::archive`] or [`Tasks::restore`] does it to one.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for who may read none, or when the database fails before anything is done. What is refused for one is told
    /// with it.
    pub async fn bulk(
        &self,
        actor: &Actor,
        selection: Selection<TaskId, TaskFilter>,
        action: BulkAction<TaskEdit>,
    ) -> Result<Bulk<TaskId>> {
        let selection = match selection {
            Selection::Ids(ids) => Selection::Ids(ids),
            Selection::Matching { filter, after } => {
                let calendar = self.calendar(self.0.now());
                let filter = TaskFilterAt { filter, calendar };
                Selection::Matching { filter, after }
            }
        };
        self.0.bulk::<Task>(actor, selection, action).await
    }

    /// Locks a task for an action; one that is stale is shown as it is elsewhere.
    async fn hold<'a>(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &'a Actor,
        id: TaskId,
        action: Action,
        version: Option<i32>,
    ) -> Result<Held<'a, Task>> {
        let held = self.0.hold(conn, actor, id, action, version).await;
        let Err(Error::Stale(current)) = held else {
            return held;
        };
        let current = match *current {
            Current::Task(task) => Current::Task(self.with_name(conn, actor, task).await?),
            other => other,
        };
        Err(Error::Stale(Box::new(current)))
    }

    /// Stores the next version of a held task, and shows it.
    async fn store<E: Event>(
        &self,
        conn: &mut AsyncPgConnection,
        held: &Held<'_, Task>,
        task: Task,
        event: impl FnOnce(Changes) -> E,
    ) -> Result<ListedTask> {
        self.0.store(conn, held, &task, event).await?;
        self.shown(conn, held.actor, task).await
    }

    async fn shown(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        task: Task,
    ) -> Result<ListedTask> {
        let task = storage::shown(conn, task).await?;
        self.with_name(conn, actor, task).await
    }

    fn calendar(&self, now: chrono::DateTime<chrono::Utc>) -> Calendar {
        Calendar {
            now,
            zone: self.0.time_zone(),
        }
    }
}
