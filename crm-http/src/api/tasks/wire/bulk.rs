//! The body of the bulk of tasks.

use crm_domain::ids::TaskId;
use crm_domain::task::{TaskEdit, TaskFilter};

use super::{EditTask, FilterTasks};
use crate::bulk::bulk_body;

bulk_body! {
    /// What is done to many tasks.
    pub(in crate::api::tasks) BulkTasks of TaskId by FilterTasks as TaskFilter and EditTask as TaskEdit,
    given by assigned_to
}
