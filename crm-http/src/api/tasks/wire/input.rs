//! Bodies of the operations on tasks, and the commands they stand for.

use chrono::{DateTime, Utc};
use crm_domain::change::Change;
use crm_domain::due::DueChange;
use crm_domain::ids::UserId;
use crm_domain::task::{NewTask, Related, RelatedKind, TaskEdit};
use crm_domain::violation::Violations;
use poem_openapi::Object;
use serde::Deserialize;
use uuid::Uuid;

use super::{RelatedType, TaskPriority, TaskStatus};
use crate::problem::Problem;
use crate::time::{self, Date};
use crate::wire::custom::CustomInput;
use crate::wire::{NoteText, Patch, TitleText};

/// A new task. It is due on a day or at an instant, not both.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
pub(in crate::api::tasks) struct CreateTask {
    /// What is to be done.
    title: TitleText,
    /// The same at length.
    description: Option<NoteText>,
    /// Where it stands: Open, unless it is given.
    status: Option<TaskStatus>,
    /// How much it matters: Medium, unless it is given.
    priority: Option<TaskPriority>,
    /// The day on which it is due, in the workspace's time zone.
    due_date: Option<Date>,
    /// The instant at which it is due, instead of a day.
    due_at: Option<DateTime<Utc>>,
    /// The user who does it.
    assigned_to: Option<Uuid>,
    /// What it is about.
    related_to: Option<RelateTo>,
    /// When somebody is to be reminded.
    remind_at: Option<DateTime<Utc>>,
    /// The values of custom fields, by their keys.
    custom: Option<CustomInput>,
}

/// The record that a task is to be about.
#[derive(Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
struct RelateTo {
    /// What kind it is.
    #[serde(rename = "type")]
    #[oai(rename = "type")]
    kind: RelatedType,
    /// Which one.
    id: Uuid,
}

impl From<RelateTo> for Related {
    fn from(RelateTo { kind, id }: RelateTo) -> Self {
        RelatedKind::from(kind).record(id)
    }
}

impl TryFrom<CreateTask> for NewTask {
    type Error = Problem;

    fn try_from(body: CreateTask) -> Result<Self, Problem> {
        let CreateTask {
            title,
            description,
            status,
            priority,
            due_date,
            due_at,
            assigned_to,
            related_to,
            remind_at,
            custom,
        } = body;
        let mut violations = Violations::new();
        let title = title.parse("title", &mut violations);
        let description = description.and_then(|text| text.parse("description", &mut violations));
        let due_date = due_date.map_or(Patch::Absent, Patch::Set);
        let due_at = due_at.map_or(Patch::Absent, Patch::Set);
        let due = match due_change(due_date, due_at, &mut violations) {
            DueChange::Set(due) => Some(due),
            _ => None,
        };
        let remind_at = remind_at.and_then(|at| time::instant("remindAt", at, &mut violations));
        let custom = custom.unwrap_or_default().into_edit(&mut violations);
        let violations = violations.into_result();
        let (Some(title), Ok(())) = (title, violations.clone()) else {
            return Err(violations.err().unwrap_or_default().into());
        };
        Ok(Self {
            title,
            description,
            status: status.map(Into::into).unwrap_or_default(),
            priority: priority.map(Into::into).unwrap_or_default(),
            due,
            assigned_to: assigned_to.map(UserId::from),
            related_to: related_to.map(Related::from),
            remind_at,
            custom: custom.into_values(),
        })
    }
}

/// Changes to a task. What is absent stays, `null` clears.
#[derive(Debug, Default, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[oai(rename = "UpdateTask", rename_all = "camelCase")]
pub(in crate::api::tasks) struct EditTask {
    /// What is to be done.
    title: Patch<TitleText>,
    /// The same at length.
    description: Patch<NoteText>,
    /// Where it stands.
    status: Patch<TaskStatus>,
    /// How much it matters.
    priority: Patch<TaskPriority>,
    /// The day on which it is due, in the workspace's time zone; it takes the place of an instant.
    due_date: Patch<Date>,
    /// The instant at which it is due; it takes the place of a day.
    due_at: Patch<DateTime<Utc>>,
    /// The user who does it.
    assigned_to: Patch<Uuid>,
    /// What it is about.
    related_to: Patch<RelateTo>,
    /// When somebody is to be reminded. Another instant than before is a reminder of its own.
    remind_at: Patch<DateTime<Utc>>,
    /// The values of custom fields, by their keys: an absent one stays, `null` clears.
    custom: Option<CustomInput>,
}

impl TryFrom<EditTask> for TaskEdit {
    type Error = Problem;

    fn try_from(body: EditTask) -> Result<Self, Problem> {
        let EditTask {
            title,
            description,
            status,
            priority,
            due_date,
            due_at,
            assigned_to,
            related_to,
            remind_at,
            custom,
        } = body;
        let mut violations = Violations::new();
        let title = title.required("title", &mut violations);
        let status = status.required("status", &mut violations);
        let priority = priority.required("priority", &mut violations);
        let edit = Self {
            title: title.and_then(|text| text.parse("title", &mut violations)),
            description: description.into_change(|text| text.parse("description", &mut violations)),
            status: status.map(Into::into),
            priority: priority.map(Into::into),
            due: due_change(due_date, due_at, &mut violations),
            assigned_to: assigned_to.into_change(|id| Some(UserId::from(id))),
            related_to: related_to.into_change(|related| Some(Related::from(related))),
            remind_at: remind_at.into_change(|at| time::instant("remindAt", at, &mut violations)),
            custom: custom.unwrap_or_default().into_edit(&mut violations),
        };
        violations.into_result()?;
        Ok(edit)
    }
}

fn due_change(
    date: Patch<Date>,
    at: Patch<DateTime<Utc>>,
    violations: &mut Violations,
) -> DueChange {
    let date = date.into_change(|date| time::day("dueDate", date, violations));
    let at: Change<_> = at.into_change(|at| time::instant("dueAt", at, violations));
    DueChange::new(&date, &at).unwrap_or_else(|error| {
        violations.add("dueAt", "not-allowed", error.to_string());
        DueChange::Keep
    })
}
