//! Figures of leads.

use chrono::{DateTime, NaiveDate, Utc};

use super::{Breakdown, DayRange, Figure, Group, Groups, rate, users};
use crate::lead::{LeadFilter, LeadStatus};
use crate::permission::Extent;
use crate::text::Source;
use crate::user::UserRef;

/// The leads at hand that were made within some days, and those that were converted within them.
#[derive(Debug, Clone, PartialEq)]
pub struct LeadFigures {
    /// Those that were made.
    pub made: Figure<LeadFilter>,
    /// Those that were converted, whenever they were made.
    pub converted: Figure<LeadFilter>,
    /// Of those that were made: the part that is Converted by now.
    pub conversion_rate: Option<f64>,
    /// Of those that were converted: half were converted within so many seconds of being made.
    pub median_seconds_to_convert: Option<f64>,
    /// Those that were made, by the status that they are in now.
    pub by_status: Vec<(LeadStatus, Figure<LeadFilter>)>,
    /// For each day those that were made, and those that were converted.
    pub by_day: Vec<(NaiveDate, Figure<LeadFilter>, Figure<LeadFilter>)>,
    /// Those that were made, by who works on them now.
    pub by_agent: Breakdown<UserRef, LeadFilter>,
    /// Those that were made, by where they came from.
    pub by_source: Breakdown<Source, LeadFilter>,
}

/// What was counted of leads, for [`LeadFigures`].
#[derive(Debug, Clone, PartialEq)]
pub struct LeadCounts {
    /// Those that were made, by status.
    pub by_status: Groups<LeadStatus>,
    /// How many were made on each day.
    pub made_by_day: Vec<i64>,
    /// How many were converted on each day.
    pub converted_by_day: Vec<i64>,
    /// The median.
    pub median_seconds_to_convert: Option<f64>,
    /// Those that were made, by agent.
    pub by_agent: Groups<UserRef>,
    /// Those that were made, by source.
    pub by_source: Groups<Source>,
}

/// Leads made within some days, no farther than an extent: what the lists of figures have in common.
#[derive(Debug, Clone, Copy)]
struct Made<'a> {
    range: &'a DayRange,
    scope: Option<Extent>,
}

impl Made<'_> {
    fn filter(self) -> LeadFilter {
        made(self.range.from(), self.range.until(), self.scope)
    }

    fn of(self, statuses: &[LeadStatus]) -> LeadFilter {
        LeadFilter {
            statuses: statuses.to_vec(),
            ..self.filter()
        }
    }

    fn agent(self, agent: &UserRef) -> LeadFilter {
        LeadFilter {
            assigned_agent: Some(agent.id),
            ..self.filter()
        }
    }

    fn other_agents(self, top: &[Group<UserRef>]) -> LeadFilter {
        LeadFilter {
            not_agents: users(top),
            has_agent: Some(true),
            ..self.filter()
        }
    }

    fn nobody(self) -> LeadFilter {
        LeadFilter {
            has_agent: Some(false),
            ..self.filter()
        }
    }
}

fn made(from: DateTime<Utc>, until: DateTime<Utc>, scope: Option<Extent>) -> LeadFilter {
    LeadFilter {
        created_from: Some(from),
        created_to: Some(until),
        scope,
        ..LeadFilter::default()
    }
}

fn converted(from: DateTime<Utc>, until: DateTime<Utc>, scope: Option<Extent>) -> LeadFilter {
    LeadFilter {
        converted_from: Some(from),
        converted_to: Some(until),
        scope,
        ..LeadFilter::default()
    }
}

impl LeadFigures {
    /// The figures of what was counted.
    #[must_use]
    pub fn new(range: &DayRange, scope: Option<Extent>, counts: LeadCounts) -> Self {
        let LeadCounts {
            by_status,
            made_by_day,
            converted_by_day,
            median_seconds_to_convert,
            by_agent,
            by_source,
        } = counts;
        let of = Made { range, scope };
        let days = range.days().zip(made_by_day).zip(&converted_by_day);
        let by_day = days.map(|((day, new), gained)| {
            let new = Figure {
                count: new,
                filter: made(day.from, day.until, scope),
            };
            let gained = Figure {
                count: *gained,
                filter: converted(day.from, day.until, scope),
            };
            (day.date, new, gained)
        });
        Self {
            made: Figure {
                count: by_status.all.count,
                filter: of.filter(),
            },
            converted: Figure {
                count: converted_by_day.iter().sum(),
                filter: converted(range.from(), range.until(), scope),
            },
            conversion_rate: rate(by_status.all.converted, by_status.all.count),
            median_seconds_to_convert,
            by_day: by_day.collect(),
            by_status: statuses(range, scope, &by_status),
            by_agent: by_agent.breakdown(
                |agent| of.agent(agent),
                |top| of.other_agents(top),
                of.nobody(),
            ),
            by_source: by_source.breakdown(
                |source| LeadFilter {
                    source: Some(source.clone()),
                    ..of.filter()
                },
                |top| LeadFilter {
                    not_sources: top.iter().filter_map(|group| group.key.clone()).collect(),
                    has_source: Some(true),
                    ..of.filter()
                },
                LeadFilter {
                    has_source: Some(false),
                    ..of.filter()
                },
            ),
        }
    }
}

/// The leads that were made within some days, by the status that they are in now.
#[must_use]
pub fn statuses(
    range: &DayRange,
    scope: Option<Extent>,
    groups: &Groups<LeadStatus>,
) -> Vec<(LeadStatus, Figure<LeadFilter>)> {
    let of = Made { range, scope };
    let figure = |status: &LeadStatus| {
        let filter = of.of(&[*status]);
        let count = in_status(groups, *status);
        (*status, Figure { count, filter })
    };
    LeadStatus::ALL.iter().map(figure).collect()
}

fn in_status(groups: &Groups<LeadStatus>, status: LeadStatus) -> i64 {
    let group = groups.top.iter().find(|group| group.key == Some(status));
    group.map_or(0, |group| group.count)
}

/// How far the leads that were made within some days have come by now.
#[derive(Debug, Clone, PartialEq)]
pub struct Funnel {
    /// The steps, each with the leads that have come there or farther.
    pub stages: Vec<Stage>,
    /// Those that were given up: they count in no stage but the first.
    pub unqualified: Figure<LeadFilter>,
}

/// A step on the way from a new lead to a customer.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// The status in which a lead has come there.
    pub status: LeadStatus,
    /// The leads in this status or a later one.
    pub leads: Figure<LeadFilter>,
    /// Which part of all leads they are.
    pub rate: Option<f64>,
}

impl Funnel {
    /// The funnel of these leads.
    #[must_use]
    pub fn new(range: &DayRange, scope: Option<Extent>, groups: &Groups<LeadStatus>) -> Self {
        use LeadStatus::{Contacted, Converted, New, Nurturing, Qualified, Unqualified};
        let of = Made { range, scope };
        let count = |statuses: &[LeadStatus]| {
            let counts = statuses.iter().map(|status| in_status(groups, *status));
            counts.sum::<i64>()
        };
        let figure = |statuses: &[LeadStatus]| Figure {
            count: count(statuses),
            filter: of.of(statuses),
        };
        let stage = |status, statuses: &[LeadStatus]| Stage {
            status,
            leads: figure(statuses),
            rate: rate(count(statuses), groups.all.count),
        };
        Self {
            stages: vec![
                stage(New, &LeadStatus::ALL),
                stage(Contacted, &[Contacted, Nurturing, Qualified, Converted]),
                stage(Qualified, &[Qualified, Converted]),
                stage(Converted, &[Converted]),
            ],
            unqualified: figure(&[Unqualified]),
        }
    }
}

/// The leads that were made within some days and that one agent, several, or nobody works on now.
#[derive(Debug, Clone, PartialEq)]
pub struct AgentFigures {
    /// All of them.
    pub made: Figure<LeadFilter>,
    /// Those of them that are Converted by now.
    pub converted: Figure<LeadFilter>,
    /// Which part that is.
    pub conversion_rate: Option<f64>,
}

impl AgentFigures {
    /// The figures of each agent of these groups, of the other agents, and of nobody.
    #[must_use]
    pub fn new(
        range: &DayRange,
        scope: Option<Extent>,
        groups: Groups<UserRef>,
    ) -> (Vec<(UserRef, Self)>, Self, Self) {
        let of = Made { range, scope };
        let other = Self::of(&groups.other(), of.other_agents(&groups.top));
        let nobody = Self::of(&groups.none, of.nobody());
        let agents = groups.top.into_iter().filter_map(|group| {
            let agent = group.key.clone()?;
            let figures = Self::of(&group, of.agent(&agent));
            Some((agent, figures))
        });
        (agents.collect(), other, nobody)
    }

    fn of(group: &Group<UserRef>, filter: LeadFilter) -> Self {
        Self {
            converted: Figure {
                count: group.converted,
                filter: LeadFilter {
                    statuses: vec![LeadStatus::Converted],
                    ..filter.clone()
                },
            },
            conversion_rate: rate(group.converted, group.count),
            made: Figure {
                count: group.count,
                filter,
            },
        }
    }
}
