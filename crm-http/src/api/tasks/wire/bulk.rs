//! The bodies of what is done to many tasks, and of many that are made.

use crm_domain::ids::TaskId;
use crm_domain::task::{TaskEdit, TaskFilter};

use super::{CreateTask, EditTask, FilterTasks};
use crate::batch::batch_body;
use crate::bulk::bulk_body;

bulk_body! {
    /// What is done to many tasks.
    pub(in crate::api::tasks) BulkTasks of TaskId by FilterTasks as TaskFilter and EditTask as TaskEdit,
    given by assigned_to
}

batch_body! {
    /// Many new tasks.
    pub(in crate::api::tasks) CreateTasks of CreateTask
}
