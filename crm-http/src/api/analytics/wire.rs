//! What the operations on figures take and give.

mod dashboard;
mod query;

pub(super) use dashboard::Dashboard;
pub(super) use query::Days;

use crm_app::analytics::{ByAgent, ByStatus};
use crm_domain::analytics::{self, AgentFigures, DayRange, Stage};
use crm_domain::lead::LeadFilter;
use crm_domain::user::UserRef;
use poem_openapi::Object;
use serde::Serialize;

use super::link::{Links, Listed};
use crate::api::leads::LeadStatus;
use crate::api::users::UserReference;
use crate::time::Date;
use crate::wire::Text;

/// The address of a list. Twenty names of sources that are left out, encoded, are the most there is in it.
type LinkText = Text<40_000>;

/// How many records a list holds.
#[derive(Debug, Serialize, Object)]
pub(super) struct Figure {
    /// How many.
    #[oai(validator(minimum(value = "0"), maximum(value = "9007199254740991")))]
    count: i64,
    /// The list, whose exact total it is. `sort`, `page`, `limit` and `count=exact` may be added.
    list: LinkText,
}

impl Figure {
    fn new<Filter: Listed>(links: &Links, figure: &analytics::Figure<Filter>) -> Self {
        Self {
            count: figure.count,
            list: (&links.list(figure)).into(),
        }
    }
}

/// The days that are counted, and where they begin and end.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
pub(super) struct Period {
    /// The first day.
    from: Date,
    /// The last day.
    to: Date,
    /// The zone in which days begin and end.
    time_zone: Text<100>,
}

impl From<&DayRange> for Period {
    fn from(range: &DayRange) -> Self {
        Self {
            from: range.first().into(),
            to: range.last().into(),
            time_zone: (&range.zone().name()).into(),
        }
    }
}

/// The leads of one status.
#[derive(Debug, Serialize, Object)]
pub(super) struct StatusFigure {
    /// The status.
    status: LeadStatus,
    /// Its leads.
    leads: Figure,
}

fn status_figures(
    links: &Links,
    statuses: &[(crm_domain::lead::LeadStatus, analytics::Figure<LeadFilter>)],
) -> Vec<StatusFigure> {
    let figure = |(status, figure): &(_, _)| StatusFigure {
        status: LeadStatus::from(*status),
        leads: Figure::new(links, figure),
    };
    statuses.iter().map(figure).collect()
}

/// The leads that were made within some days, by the status that they are in now.
#[derive(Debug, Serialize, Object)]
pub(super) struct LeadsByStatus {
    /// The days.
    period: Period,
    /// Each status.
    #[oai(validator(max_items = 6))]
    statuses: Vec<StatusFigure>,
}

impl LeadsByStatus {
    pub(super) fn new(links: &Links, range: &DayRange, by_status: &ByStatus) -> Self {
        Self {
            period: range.into(),
            statuses: status_figures(links, &by_status.statuses),
        }
    }
}

/// A step on the way from a new lead to a customer.
#[derive(Debug, Serialize, Object)]
pub(super) struct FunnelStage {
    /// The status in which a lead has come there.
    status: LeadStatus,
    /// The leads in this status or a later one; in the first stage all of them.
    leads: Figure,
    /// Which part of all leads they are, from 0 to 1; `null` where there are none.
    #[oai(validator(minimum(value = "0"), maximum(value = "1")))]
    rate: Option<f64>,
}

/// How far the leads that were made within some days have come by now.
#[derive(Debug, Serialize, Object)]
pub(super) struct Funnel {
    /// The days.
    period: Period,
    /// The steps.
    #[oai(validator(max_items = 4))]
    stages: Vec<FunnelStage>,
    /// Those that were given up.
    unqualified: Figure,
}

impl Funnel {
    pub(super) fn new(links: &Links, range: &DayRange, funnel: &analytics::Funnel) -> Self {
        let stage = |stage: &Stage| FunnelStage {
            status: stage.status.into(),
            leads: Figure::new(links, &stage.leads),
            rate: stage.rate,
        };
        Self {
            period: range.into(),
            stages: funnel.stages.iter().map(stage).collect(),
            unqualified: Figure::new(links, &funnel.unqualified),
        }
    }
}

/// The leads that were made within some days and that one agent, several, or nobody works on now.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
pub(super) struct LeadsOfAgent {
    /// Who works on them; `null` for several agents, or nobody.
    agent: Option<UserReference>,
    /// All of them.
    leads: Figure,
    /// Those of them that are Converted by now.
    converted: Figure,
    /// `converted` divided by `leads`; `null` where there are none.
    #[oai(validator(minimum(value = "0"), maximum(value = "1")))]
    conversion_rate: Option<f64>,
}

impl LeadsOfAgent {
    fn new(links: &Links, agent: Option<&UserRef>, figures: &AgentFigures) -> Self {
        Self {
            agent: agent.map(UserReference::from),
            leads: Figure::new(links, &figures.made),
            converted: Figure::new(links, &figures.converted),
            conversion_rate: figures.conversion_rate,
        }
    }
}

/// The leads that were made within some days, by who works on them now.
#[derive(Debug, Serialize, Object)]
pub(super) struct Agents {
    /// The days.
    period: Period,
    /// The agents with the most leads.
    #[oai(validator(max_items = 20))]
    agents: Vec<LeadsOfAgent>,
    /// The other agents together.
    other: LeadsOfAgent,
    /// What nobody works on.
    unassigned: LeadsOfAgent,
}

impl Agents {
    pub(super) fn new(links: &Links, range: &DayRange, by_agent: &ByAgent) -> Self {
        let agents = by_agent.agents.iter();
        let agents = agents.map(|(agent, figures)| LeadsOfAgent::new(links, Some(agent), figures));
        Self {
            period: range.into(),
            agents: agents.collect(),
            other: LeadsOfAgent::new(links, None, &by_agent.other),
            unassigned: LeadsOfAgent::new(links, None, &by_agent.nobody),
        }
    }
}
