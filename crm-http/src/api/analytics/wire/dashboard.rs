//! The dashboard.

use chrono::{DateTime, Utc};
use crm_app::analytics::{self as app, RecentActivity};
use crm_domain::analytics::{Breakdown, CustomerFigures, DayRange, LeadFigures, TaskFigures};
use crm_domain::customer::CustomerFilter;
use crm_domain::ids::UserId;
use crm_domain::lead::LeadFilter;
use crm_domain::permission::Resource;
use crm_domain::text::Source;
use crm_domain::user::UserRef;
use poem_openapi::{Enum, Object};
use serde::Serialize;
use uuid::Uuid;

use super::super::link::{Links, Listed};
use super::{Figure, Period, StatusFigure, status_figures};
use crate::api::users::UserReference;
use crate::time::Date;
use crate::wire::{NameText, SourceText, Text, TitleText};

/// The figures that are seen first.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
pub(in crate::api::analytics) struct Dashboard {
    /// The days that leads were made or converted on.
    period: Period,
    /// Leads; `null` for a caller who may read none.
    leads: Option<LeadsDashboard>,
    /// Tasks as they are now; `null` for a caller who may read none.
    tasks: Option<TasksDashboard>,
    /// Customers as they are now; `null` for a caller who may read none.
    customers: Option<CustomersDashboard>,
    /// What was done last to leads, customers and tasks that the figures take in: the newest ten of such entries among
    /// the 2,000 newest of the activity log.
    #[oai(validator(max_items = 10))]
    recent_activity: Vec<Entry>,
}

impl Dashboard {
    pub(in crate::api::analytics) fn new(
        links: &Links,
        range: &DayRange,
        dashboard: app::Dashboard,
    ) -> Self {
        let app::Dashboard {
            leads,
            tasks,
            customers,
            recent,
        } = dashboard;
        Self {
            period: range.into(),
            leads: leads.map(|leads| LeadsDashboard::new(links, &leads)),
            tasks: tasks.map(|tasks| TasksDashboard::new(links, &tasks)),
            customers: customers.map(|customers| CustomersDashboard::new(links, &customers)),
            recent_activity: recent.into_iter().map(Entry::from).collect(),
        }
    }
}

/// The leads that were made within the days, and those that were converted within them.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
struct LeadsDashboard {
    /// Those that were made within the days.
    made: Figure,
    /// Those that were converted within the days, whenever they were made.
    converted: Figure,
    /// Of those that were made within the days, the part that is Converted by now: the figure of that status divided by
    /// `made`. `null` when none was made.
    #[oai(validator(minimum(value = "0"), maximum(value = "1")))]
    conversion_rate: Option<f64>,
    /// Of those that were converted within the days: the median of the seconds from `createdAt` to `convertedAt`; between
    /// the two in the middle where their number is even. `null` when none was converted.
    #[oai(validator(minimum(value = "0"), maximum(value = "1e12")))]
    median_seconds_to_convert: Option<f64>,
    /// Those that were made within the days, by the status that they are in now.
    #[oai(validator(max_items = 6))]
    by_status: Vec<StatusFigure>,
    /// Each day.
    #[oai(validator(max_items = 366))]
    by_day: Vec<LeadsOfDay>,
    /// Those that were made within the days, by who works on them now.
    by_agent: ByUser,
    /// Those that were made within the days, by where they came from.
    by_source: BySource,
}

impl LeadsDashboard {
    fn new(links: &Links, figures: &LeadFigures) -> Self {
        let LeadFigures {
            made,
            converted,
            conversion_rate,
            median_seconds_to_convert,
            by_status,
            by_day,
            by_agent,
            by_source,
        } = figures;
        let days = by_day.iter().map(|(date, made, converted)| LeadsOfDay {
            date: (*date).into(),
            made: Figure::new(links, made),
            converted: Figure::new(links, converted),
        });
        Self {
            made: Figure::new(links, made),
            converted: Figure::new(links, converted),
            conversion_rate: *conversion_rate,
            median_seconds_to_convert: *median_seconds_to_convert,
            by_status: status_figures(links, by_status),
            by_day: days.collect(),
            by_agent: ByUser::new(links, by_agent),
            by_source: BySource::new(links, by_source),
        }
    }
}

/// What happened on one day.
#[derive(Debug, Serialize, Object)]
struct LeadsOfDay {
    /// The day.
    date: Date,
    /// The leads that were made on it.
    made: Figure,
    /// The leads that were converted on it.
    converted: Figure,
}

/// The records of one user.
#[derive(Debug, Serialize, Object)]
struct UserFigure {
    /// Who works on them, or looks after them.
    user: UserReference,
    /// The records.
    records: Figure,
}

/// Records by user.
#[derive(Debug, Serialize, Object)]
struct ByUser {
    /// The users with the most of them.
    #[oai(validator(max_items = 20))]
    top: Vec<UserFigure>,
    /// Those of other users.
    other: Figure,
    /// Those of nobody.
    none: Figure,
}

impl ByUser {
    fn new<Filter: Listed>(links: &Links, breakdown: &Breakdown<UserRef, Filter>) -> Self {
        let Breakdown { top, other, none } = breakdown;
        let figure = |(user, figure): &(UserRef, _)| UserFigure {
            user: user.into(),
            records: Figure::new(links, figure),
        };
        Self {
            top: top.iter().map(figure).collect(),
            other: Figure::new(links, other),
            none: Figure::new(links, none),
        }
    }
}

/// The leads of one source.
#[derive(Debug, Serialize, Object)]
struct SourceFigure {
    /// Where they came from.
    source: SourceText,
    /// The leads.
    leads: Figure,
}

/// Leads by source.
#[derive(Debug, Serialize, Object)]
struct BySource {
    /// The sources with the most of them.
    #[oai(validator(max_items = 20))]
    top: Vec<SourceFigure>,
    /// Those from other sources.
    other: Figure,
    /// Those whose source is not known.
    none: Figure,
}

impl BySource {
    fn new(links: &Links, breakdown: &Breakdown<Source, LeadFilter>) -> Self {
        let Breakdown { top, other, none } = breakdown;
        let figure = |(source, figure): &(Source, _)| SourceFigure {
            source: source.into(),
            leads: Figure::new(links, figure),
        };
        Self {
            top: top.iter().map(figure).collect(),
            other: Figure::new(links, other),
            none: Figure::new(links, none),
        }
    }
}

/// The tasks that are still to be done. Days are those of the workspace's calendar, as in the list of tasks.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
struct TasksDashboard {
    /// All of them: `Open` or `InProgress`.
    open: Figure,
    /// Those that should have been done.
    overdue: Figure,
    /// Those that are due on the day that it is; an instant of it that has passed is overdue, too.
    due_today: Figure,
}

impl TasksDashboard {
    fn new(links: &Links, figures: &TaskFigures) -> Self {
        let TaskFigures {
            open,
            overdue,
            due_today,
        } = figures;
        Self {
            open: Figure::new(links, open),
            overdue: Figure::new(links, overdue),
            due_today: Figure::new(links, due_today),
        }
    }
}

/// The customers.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
struct CustomersDashboard {
    /// All of them.
    total: Figure,
    /// By who looks after them.
    by_owner: ByUser,
}

impl CustomersDashboard {
    fn new(links: &Links, figures: &CustomerFigures) -> Self {
        let CustomerFigures { total, by_owner } = figures;
        Self {
            total: Figure::new(links, total),
            by_owner: ByUser::new::<CustomerFilter>(links, by_owner),
        }
    }
}

/// A kind of record that entries are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Enum)]
#[oai(rename = "RecentActivityType")]
enum EntryType {
    /// A lead.
    Lead,
    /// A customer.
    Customer,
    /// A task.
    Task,
}

/// An entry of the activity log, without what was changed.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename = "RecentActivity", rename_all = "camelCase")]
struct Entry {
    /// Identifies the entry.
    id: Uuid,
    /// When.
    at: DateTime<Utc>,
    /// What was done: `lead.converted`.
    action: Text<100>,
    /// By whom.
    actor: EntryActor,
    /// To which record.
    record: EntryRecord,
}

/// Who did something.
#[derive(Debug, Serialize, Object)]
#[oai(rename = "RecentActivityActor")]
struct EntryActor {
    /// Which user; `null` for the program itself.
    id: Option<Uuid>,
    /// The user's name, or that of the part of the program.
    name: NameText,
}

/// A record that something was done to.
#[derive(Debug, Serialize, Object)]
#[oai(rename = "RecentActivityRecord")]
struct EntryRecord {
    /// Its kind.
    #[serde(rename = "type")]
    #[oai(rename = "type")]
    kind: EntryType,
    /// Identifies the record.
    id: Uuid,
    /// Its name, or the title of a task.
    name: TitleText,
}

impl From<RecentActivity> for Entry {
    fn from(activity: RecentActivity) -> Self {
        let RecentActivity {
            id,
            at,
            actor,
            actor_name,
            action,
            resource,
            record,
            record_name,
        } = activity;
        let (id_of_actor, name) = match actor {
            Some((id, name)) => (Some(UserId::uuid(id)), name),
            None => (None, actor_name.unwrap_or_default()),
        };
        Self {
            id: id.uuid(),
            at,
            action: (&action).into(),
            actor: EntryActor {
                id: id_of_actor,
                name: (&name).into(),
            },
            record: EntryRecord {
                kind: match resource {
                    Resource::CUSTOMER => EntryType::Customer,
                    Resource::TASK => EntryType::Task,
                    _ => EntryType::Lead,
                },
                id: record,
                name: (&record_name).into(),
            },
        }
    }
}
