//! Tasks: list, make, show, change, put away, take back.

mod wire;

pub(in crate::api) use wire::ListTasks;
pub use wire::Task;

use crm_domain::permission::Resource;
use crm_domain::task::{NewTask, TaskQuery};
use poem::Request;
use poem::http::header;
use poem_openapi::param::Path;
use poem_openapi::{OpenApi, Tags};
use uuid::Uuid;

use crate::api::Message;
use crate::api::activities::ActivityList;
use crate::auth::Require;
use crate::batch::{self, BatchResult};
use crate::body::Body;
use crate::bulk::BulkResult;
use crate::export::Download;
use crate::if_match::IfMatch;
use crate::list::Onward;
use crate::permissions;
use crate::problem::Problem;
use crate::query::Query;
use crate::reply::{Created, Reply, Versioned, location};

use wire::{BulkTasks, CreateTask, CreateTasks, EditTask, ExportTasks, TaskList};

permissions! {
    /// See tasks.
    TaskRead = "task:read" (Resource::TASK, Read);
    /// Make tasks.
    TaskCreate = "task:create" (Resource::TASK, Create);
    /// Change tasks.
    TaskUpdate = "task:update" (Resource::TASK, Update);
    /// Put tasks away.
    TaskDelete = "task:delete" (Resource::TASK, Delete);
    /// Take tasks out as a file.
    TaskExport = "task:export" (Resource::TASK, Export);
}

#[derive(Tags)]
enum Tag {
    /// What is to be done.
    Tasks,
}

/// The operations below `/api/tasks`.
pub struct TasksApi;

#[OpenApi(tag = "Tag::Tasks")]
impl TasksApi {
    /// List tasks
    ///
    /// What is due first comes first, and what is not due at all comes last. Days begin and end as in the workspace's
    /// time zone. Numbered pages come with a total; `cursor` goes on where a page ended, as deep as there are tasks.
    #[oai(path = "/tasks", method = "get", operation_id = "listTasks")]
    async fn list(
        &self,
        auth: Require<TaskRead>,
        query: Query<ListTasks>,
    ) -> Result<Reply<TaskList>, Problem> {
        let query = TaskQuery::try_from(query.0)?;
        let page = auth.crm().tasks().list(auth.actor(), &query).await?;
        Ok(Reply::new(page.into()))
    }

    /// Take tasks out as a file
    ///
    /// All that match and that the caller may both see and export, as they are at one instant. In CSV a cell that a
    /// spreadsheet would take for a formula has an apostrophe before it, and the items of a list are separated by
    /// semicolons. A file whose transfer breaks off is not whole.
    #[oai(path = "/tasks/export", method = "get", operation_id = "exportTasks")]
    async fn export(
        &self,
        auth: Require<TaskExport>,
        query: Query<ExportTasks>,
    ) -> Result<Download, Problem> {
        let (list, format) = query.0.split();
        let TaskQuery { filter, sort, .. } = list.try_into()?;
        let tasks = auth.crm().tasks();
        let export = tasks.export(auth.actor(), filter, sort).await?;
        let name = format!("tasks-{}", auth.crm().now().date_naive());
        Ok(Download::new::<_, Task>(export, format, name))
    }

    /// Make a task
    ///
    /// What it is about must be a record that the caller can see.
    #[oai(path = "/tasks", method = "post", operation_id = "createTask")]
    async fn create(
        &self,
        auth: Require<TaskCreate>,
        req: &Request,
        body: Body<CreateTask>,
    ) -> Result<Created<Task>, Problem> {
        let new = NewTask::try_from(body.0)?;
        let task = auth.crm().tasks().create(auth.actor(), new).await?;
        let (id, version) = (task.task.id, task.task.version);
        Ok(Created::new(task.into())
            .etag(version)
            .header(header::LOCATION, location(req, id.uuid())))
    }

    /// Make many tasks
    ///
    /// Each is made or refused by itself, as if it had been sent alone; with `allOrNone` all are made or none.
    #[oai(path = "/tasks/batch", method = "post", operation_id = "createTasks")]
    async fn create_many(
        &self,
        auth: Require<TaskCreate>,
        body: Body<CreateTasks>,
    ) -> Result<Reply<BatchResult>, Problem> {
        let (new, on_refusal, places) = batch::parse(body.0.items, body.0.all_or_none)?;
        let tasks = auth.crm().tasks();
        let made = tasks.create_many(auth.actor(), new, on_refusal).await?;
        let ids = made.into_iter().map(|made| Ok(made?.task.id.uuid()));
        Ok(Reply::new(places.answer(ids, on_refusal)?))
    }

    /// Do something to many tasks
    ///
    /// Each is done or refused by itself, as the operation on it alone would, and has an activity of its own. Needs the
    /// permission for it besides, for each.
    #[oai(path = "/tasks/bulk", method = "post", operation_id = "bulkTasks")]
    async fn bulk(
        &self,
        auth: Require<TaskRead>,
        body: Body<BulkTasks>,
    ) -> Result<Reply<BulkResult>, Problem> {
        let (selection, action) = body.0.into_command()?;
        let tasks = auth.crm().tasks();
        let bulk = tasks.bulk(auth.actor(), selection, action).await?;
        Ok(Reply::new(bulk.into()))
    }

    /// Show a task
    ///
    /// With what it is about.
    #[oai(path = "/tasks/:id", method = "get", operation_id = "getTask")]
    async fn get(
        &self,
        auth: Require<TaskRead>,
        id: Path<Uuid>,
    ) -> Result<Versioned<Task>, Problem> {
        let task = auth.crm().tasks().get(auth.actor(), id.0.into()).await?;
        Ok(versioned(task))
    }

    /// Show what was done to a task
    ///
    /// The newest first: who changed which fields of the task.
    #[oai(
        path = "/tasks/:id/timeline",
        method = "get",
        operation_id = "getTaskTimeline"
    )]
    async fn timeline(
        &self,
        auth: Require<TaskRead>,
        id: Path<Uuid>,
        query: Query<Onward>,
    ) -> Result<Reply<ActivityList>, Problem> {
        let timeline = auth
            .crm()
            .tasks()
            .timeline(auth.actor(), id.0.into(), &query.0.try_into()?)
            .await?;
        Ok(Reply::new(timeline.into()))
    }

    /// Change a task
    ///
    /// A field that is absent stays; `null` clears it. `dueDate` takes the place of `dueAt`, and the reverse. With
    /// `If-Match`, only the version with that `ETag` is changed.
    #[oai(path = "/tasks/:id", method = "patch", operation_id = "updateTask")]
    async fn edit(
        &self,
        auth: Require<TaskUpdate>,
        id: Path<Uuid>,
        /// Only if the task still has this `ETag`; `*` for any.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        body: Body<EditTask>,
    ) -> Result<Versioned<Task>, Problem> {
        let edit = body.0.try_into()?;
        let task = auth
            .crm()
            .tasks()
            .edit(auth.actor(), id.0.into(), edit, if_match.0)
            .await?;
        Ok(versioned(task))
    }

    /// Put a task away
    ///
    /// The task is kept: lists hide it, and it can be restored.
    #[oai(path = "/tasks/:id", method = "delete", operation_id = "archiveTask")]
    async fn archive(
        &self,
        auth: Require<TaskDelete>,
        id: Path<Uuid>,
        /// Only if the task still has this `ETag`; `*` for any.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
    ) -> Result<Reply<Message>, Problem> {
        auth.crm()
            .tasks()
            .archive(auth.actor(), id.0.into(), if_match.0)
            .await?;
        Ok(Reply::new(Message::new("Task archived.")))
    }

    /// Take a task back from the archive
    ///
    /// Its status is as it was.
    #[oai(
        path = "/tasks/:id/restore",
        method = "post",
        operation_id = "restoreTask"
    )]
    async fn restore(
        &self,
        auth: Require<TaskUpdate>,
        id: Path<Uuid>,
        /// Only if the task still has this `ETag`; `*` for any.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
    ) -> Result<Versioned<Task>, Problem> {
        let task = auth
            .crm()
            .tasks()
            .restore(auth.actor(), id.0.into(), if_match.0)
            .await?;
        Ok(versioned(task))
    }
}

fn versioned(task: crm_app::tasks::ListedTask) -> Versioned<Task> {
    let version = task.task.version;
    Versioned::new(task.into()).etag(version)
}
