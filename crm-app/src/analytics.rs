//! Figures of the records that somebody may read. All figures of one answer are of one instant.

use std::time::Duration;

use crm_authz::{Access, Forbidden, Scope};
use crm_domain::activity::Actor;
use crm_domain::analytics::{
    AgentFigures, CustomerFigures, DayRange, Figure, Funnel, LeadCounts, LeadFigures, TOP,
    TaskFigures, statuses,
};
use crm_domain::due::Calendar;
use crm_domain::lead::{Lead, LeadFilter, LeadStatus};
use crm_domain::permission::{Action, Extent, Permission, Record, Resource};
use crm_domain::task::{Task, TaskFilter, TaskFilterAt};
use crm_domain::user::UserRef;
use crm_storage::analytics::{self as storage, LeadEvent};
use crm_storage::tasks;
use diesel_async::AsyncPgConnection;

pub use crm_storage::analytics::RecentActivity;

use crate::crm::Crm;
use crate::error::Result;
use crate::jobs::{JobContext, JobError};

/// Who may see figures.
const READ: Permission = Permission::new(Resource::ANALYTICS, Action::Read);

/// The name of the schedule by which changes are folded into the counts of leads.
pub(crate) const FOLD: &str = "analytics.fold";

/// How often. Until then changes are read one by one.
pub(crate) const FOLD_EVERY: Duration = Duration::from_secs(10);

/// How many changes are folded in one transaction.
const BATCH: i64 = 1_000;

/// Figures. See [`Crm::analytics`].
#[derive(Clone, Copy)]
pub struct Analytics<'a>(pub(crate) &'a Crm);

/// The figures that are seen first.
#[derive(Debug, Clone, PartialEq)]
pub struct Dashboard {
    /// Of leads; `None` when the actor may read none.
    pub leads: Option<LeadFigures>,
    /// Of tasks; `None` when the actor may read none.
    pub tasks: Option<TaskFigures>,
    /// Of customers; `None` when the actor may read none.
    pub customers: Option<CustomerFigures>,
    /// What was done last to records that the actor may read, the newest first.
    pub recent: Vec<RecentActivity>,
}

/// The leads that were made on some days, by agent.
#[derive(Debug, Clone, PartialEq)]
pub struct ByAgent {
    /// The agents, the busiest first.
    pub agents: Vec<(UserRef, AgentFigures)>,
    /// The other agents together.
    pub other: AgentFigures,
    /// What nobody works on.
    pub nobody: AgentFigures,
}

/// The leads that were made on some days, by status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByStatus {
    /// Each status.
    pub statuses: Vec<(LeadStatus, Figure<LeadFilter>)>,
}

/// The records that are counted, and what their lists are asked so that they reach no farther.
struct Counted<R> {
    scope: Scope<R>,
    extent: Option<Extent>,
}

/// The records that the actor may both read and see figures of.
fn counted<R: Record>(access: &Access, actor: &Actor) -> Result<Counted<R>, Forbidden> {
    let extent = access.check(actor, READ)?;
    let readable = access.check(actor, Permission::new(R::RESOURCE, Action::Read))?;
    Ok(Counted {
        scope: access.scope_up_to(actor, Action::Read, extent)?,
        extent: (extent < readable).then_some(extent),
    })
}

/// The same, where there are any.
fn counted_if_any<R: Record>(access: &Access, actor: &Actor) -> Option<Counted<R>> {
    counted(access, actor).ok()
}

pub(crate) async fn fold(context: JobContext) -> Result<(), JobError> {
    context.crm.analytics().fold().await?;
    Ok(())
}

impl Analytics<'_> {
    /// The figures that are seen first: of leads within these days, and of tasks and customers as they are now.
    ///
    /// # Errors
    /// [`Error::Forbidden`](crate::Error::Forbidden).
    pub async fn dashboard(&self, actor: &Actor, range: &DayRange) -> Result<Dashboard> {
        let access = self.0.access().await?;
        access.check(actor, READ)?;
        let leads = counted_if_any::<Lead>(&access, actor);
        let customers = counted_if_any(&access, actor);
        let tasks = counted_if_any(&access, actor);
        let mut conn = self.0.connection().await?;
        let mut at_one_instant = conn.build_transaction().read_only().repeatable_read();
        let dashboard = at_one_instant.run(async |conn| {
            Ok(Dashboard {
                leads: match &leads {
                    Some(counted) => Some(lead_figures(conn, range, counted).await?),
                    None => None,
                },
                tasks: match &tasks {
                    Some(counted) => Some(self.task_figures(conn, counted).await?),
                    None => None,
                },
                customers: match &customers {
                    Some(Counted { scope, extent }) => {
                        let groups = storage::by_owner(conn, scope).await?;
                        Some(CustomerFigures::new(*extent, groups))
                    }
                    None => None,
                },
                recent: {
                    let scopes = storage::Scopes {
                        leads: leads.as_ref().map(|counted| counted.scope.clone()),
                        customers: customers.as_ref().map(|counted| counted.scope.clone()),
                        tasks: tasks.as_ref().map(|counted| counted.scope.clone()),
                    };
                    storage::recent(conn, &scopes).await?
                },
            })
        });
        dashboard.await
    }

    /// The leads that were made on these days, by the status that they are in now.
    ///
    /// # Errors
    /// [`Error::Forbidden`](crate::Error::Forbidden).
    pub async fn leads_by_status(&self, actor: &Actor, range: &DayRange) -> Result<ByStatus> {
        let Counted { scope, extent } = counted(&*self.0.access().await?, actor)?;
        let mut conn = self.0.connection().await?;
        let groups = storage::by_status(&mut conn, range, &scope).await?;
        Ok(ByStatus {
            statuses: statuses(range, extent, &groups),
        })
    }

    /// How far the leads that were made on these days have come by now.
    ///
    /// # Errors
    /// [`Error::Forbidden`](crate::Error::Forbidden).
    pub async fn funnel(&self, actor: &Actor, range: &DayRange) -> Result<Funnel> {
        let Counted { scope, extent } = counted(&*self.0.access().await?, actor)?;
        let mut conn = self.0.connection().await?;
        let groups = storage::by_status(&mut conn, range, &scope).await?;
        Ok(Funnel::new(range, extent, &groups))
    }

    /// The leads that were made on these days, by who works on them now.
    ///
    /// # Errors
    /// [`Error::Forbidden`](crate::Error::Forbidden).
    pub async fn agents(&self, actor: &Actor, range: &DayRange) -> Result<ByAgent> {
        let Counted { scope, extent } = counted(&*self.0.access().await?, actor)?;
        let mut conn = self.0.connection().await?;
        let groups = storage::by_agent(&mut conn, range, TOP, &scope).await?;
        let (agents, other, nobody) = AgentFigures::new(range, extent, groups);
        Ok(ByAgent {
            agents,
            other,
            nobody,
        })
    }

    /// Folds what changed into the counts of leads, and tells how many changes there were. Figures are right without it,
    /// and slower the longer it was not done.
    ///
    /// # Errors
    /// When the database fails; what was folded before that stays.
    pub async fn fold(&self) -> Result<u64> {
        let mut conn = self.0.connection().await?;
        let mut folded = 0;
        loop {
            let batch = storage::fold(&mut conn, BATCH).await?;
            folded += batch.unsigned_abs();
            if batch < BATCH {
                return Ok(folded);
            }
        }
    }

    async fn task_figures(
        &self,
        conn: &mut AsyncPgConnection,
        counted: &Counted<Task>,
    ) -> Result<TaskFigures> {
        let calendar = Calendar {
            now: self.0.now(),
            zone: self.0.time_zone(),
        };
        let at_now = |filter| TaskFilterAt { filter, calendar };
        let [open, overdue, due_today] = TaskFigures::filters(counted.extent).map(at_now);
        Ok(TaskFigures {
            open: task_figure(conn, open, &counted.scope).await?,
            overdue: task_figure(conn, overdue, &counted.scope).await?,
            due_today: task_figure(conn, due_today, &counted.scope).await?,
        })
    }
}

async fn task_figure(
    conn: &mut AsyncPgConnection,
    at: TaskFilterAt,
    scope: &Scope<Task>,
) -> Result<Figure<TaskFilter>> {
    let total = tasks::count(conn, &at, true, scope).await?;
    Ok(Figure {
        count: total.rows,
        filter: at.filter,
    })
}

async fn lead_figures(
    conn: &mut AsyncPgConnection,
    range: &DayRange,
    Counted { scope, extent }: &Counted<Lead>,
) -> Result<LeadFigures> {
    let counts = LeadCounts {
        by_status: storage::by_status(conn, range, scope).await?,
        made_by_day: storage::each_day(conn, LeadEvent::Made, range, scope).await?,
        converted_by_day: storage::each_day(conn, LeadEvent::Converted, range, scope).await?,
        median_seconds_to_convert: storage::median_seconds_to_convert(conn, range, scope).await?,
        by_agent: storage::by_agent(conn, range, TOP, scope).await?,
        by_source: storage::by_source(conn, range, TOP, scope).await?,
    };
    Ok(LeadFigures::new(range, *extent, counts))
}
