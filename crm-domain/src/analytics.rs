//! Figures: how many records there are of which kind. Each says which list it counts.

mod days;
mod leads;

pub use days::{Day, DayRange, NoRange};
pub use leads::{AgentFigures, Funnel, LeadCounts, LeadFigures, Stage, statuses};

use crate::customer::CustomerFilter;
use crate::ids::UserId;
use crate::permission::Extent;
use crate::task::{DueFilter, TaskFilter, TaskStatus};
use crate::user::UserRef;

/// The most groups that are told apart; what is in the others is one figure.
pub const TOP: usize = 20;

/// How many records a list holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure<Filter> {
    /// How many.
    pub count: i64,
    /// Which list.
    pub filter: Filter,
}

/// How many records are in one group, and in all groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group<Key> {
    /// Which group; `None` for the records that are in none.
    pub key: Option<Key>,
    /// How many records there are in it.
    pub count: i64,
    /// How many of them are in the status Converted, where they are leads.
    pub converted: i64,
}

/// All records by group: the largest groups, the others together, and what is in none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breakdown<Key, Filter> {
    /// The largest groups first.
    pub top: Vec<(Key, Figure<Filter>)>,
    /// What is in the other groups.
    pub other: Figure<Filter>,
    /// What is in no group.
    pub none: Figure<Filter>,
}

/// Some groups, the largest first, and how many records there are in all groups and in none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Groups<Key> {
    /// The largest groups.
    pub top: Vec<Group<Key>>,
    /// The records that are in no group.
    pub none: Group<Key>,
    /// All records.
    pub all: Group<Key>,
}

impl<Key> Groups<Key> {
    /// What is in the other groups.
    #[must_use]
    pub fn other(&self) -> Group<Key> {
        let sum = |of: fn(&Group<Key>) -> i64| self.top.iter().map(of).sum::<i64>();
        Group {
            key: None,
            count: self.all.count - self.none.count - sum(|group| group.count),
            converted: self.all.converted - self.none.converted - sum(|group| group.converted),
        }
    }

    fn breakdown<Filter>(
        self,
        of: impl Fn(&Key) -> Filter,
        other: impl FnOnce(&[Group<Key>]) -> Filter,
        none: Filter,
    ) -> Breakdown<Key, Filter> {
        let other = Figure {
            count: self.other().count,
            filter: other(&self.top),
        };
        let none = Figure {
            count: self.none.count,
            filter: none,
        };
        let figure = |Group { key, count, .. }: Group<Key>| {
            let key = key?;
            let filter = of(&key);
            Some((key, Figure { count, filter }))
        };
        Breakdown {
            top: self.top.into_iter().filter_map(figure).collect(),
            other,
            none,
        }
    }
}

/// How much of a whole a part is, from 0 to 1; `None` of nothing.
#[must_use]
#[expect(
    clippy::cast_precision_loss,
    reason = "nobody counts to two to the power of 53"
)]
pub fn rate(part: i64, whole: i64) -> Option<f64> {
    (whole != 0).then(|| part as f64 / whole as f64)
}

/// The tasks at hand that are still to be done. What is due on which day is as in the lists of tasks: by the calendar of
/// the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskFigures {
    /// All of them.
    pub open: Figure<TaskFilter>,
    /// Those that should have been done.
    pub overdue: Figure<TaskFilter>,
    /// Those that are due on the day that it is.
    pub due_today: Figure<TaskFilter>,
}

impl TaskFigures {
    /// What is asked of the lists: open, overdue, due today.
    #[must_use]
    pub fn filters(scope: Option<Extent>) -> [TaskFilter; 3] {
        let open = TaskFilter {
            statuses: vec![TaskStatus::Open, TaskStatus::InProgress],
            scope,
            ..TaskFilter::default()
        };
        let due = |due| TaskFilter {
            due: Some(due),
            ..open.clone()
        };
        let (overdue, today) = (due(DueFilter::Overdue), due(DueFilter::Today));
        [open, overdue, today]
    }
}

/// The customers at hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerFigures {
    /// All of them.
    pub total: Figure<CustomerFilter>,
    /// By who looks after them.
    pub by_owner: Breakdown<UserRef, CustomerFilter>,
}

impl CustomerFigures {
    /// The figures of these groups.
    #[must_use]
    pub fn new(scope: Option<Extent>, groups: Groups<UserRef>) -> Self {
        let all = CustomerFilter {
            scope,
            ..CustomerFilter::default()
        };
        let total = Figure {
            count: groups.all.count,
            filter: all.clone(),
        };
        let by_owner = groups.breakdown(
            |owner| CustomerFilter {
                owner: Some(owner.id),
                ..all.clone()
            },
            |top| CustomerFilter {
                not_owners: users(top),
                has_owner: Some(true),
                ..all.clone()
            },
            CustomerFilter {
                has_owner: Some(false),
                ..all.clone()
            },
        );
        Self { total, by_owner }
    }
}

fn users(groups: &[Group<UserRef>]) -> Vec<UserId> {
    let keys = groups.iter().filter_map(|group| group.key.as_ref());
    keys.map(|user| user.id).collect()
}
