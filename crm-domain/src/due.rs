//! When something is due: on a day of the workspace's calendar, or at an instant.
//!
//! A day is no instant and reads the same in every zone. Only where it begins and ends depends on the workspace's zone.

use chrono::{DateTime, LocalResult, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::GapInfo;

pub use chrono_tz::Tz;

use crate::change::Change;

/// When something is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Due {
    /// At any time of this day.
    On(NaiveDate),
    /// At this instant.
    At(DateTime<Utc>),
}

impl Due {
    /// The day, where it is one.
    #[must_use]
    pub const fn date(self) -> Option<NaiveDate> {
        match self {
            Self::On(date) => Some(date),
            Self::At(_) => None,
        }
    }

    /// The instant, where it is one.
    #[must_use]
    pub const fn instant(self) -> Option<DateTime<Utc>> {
        match self {
            Self::On(_) => None,
            Self::At(at) => Some(at),
        }
    }

    /// The last microsecond at which it is not overdue.
    #[must_use]
    pub fn deadline(self, zone: Tz) -> DateTime<Utc> {
        match self {
            Self::On(date) => start_of_day(next(date), zone) - TimeDelta::microseconds(1),
            Self::At(at) => at,
        }
    }
}

/// A change of when something is due. A day takes the place of an instant, and the reverse: nothing is due twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DueChange {
    /// Leave it as it is.
    #[default]
    Keep,
    /// It is due at no time.
    Clear,
    /// If it is due on a day, it is due at no time.
    ClearDate,
    /// If it is due at an instant, it is due at no time.
    ClearInstant,
    /// It is due then.
    Set(Due),
}

/// Something would be due on a day and at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must not be given together with dueDate")]
pub struct DueTwice;

impl DueChange {
    /// What changes to the day and to the instant come to.
    ///
    /// # Errors
    /// [`DueTwice`] when both are set.
    pub const fn new(
        date: &Change<NaiveDate>,
        instant: &Change<DateTime<Utc>>,
    ) -> Result<Self, DueTwice> {
        match (date, instant) {
            (Change::Set(_), Change::Set(_)) => Err(DueTwice),
            (Change::Set(date), _) => Ok(Self::Set(Due::On(*date))),
            (_, Change::Set(at)) => Ok(Self::Set(Due::At(*at))),
            (Change::Clear, Change::Clear) => Ok(Self::Clear),
            (Change::Clear, Change::Keep) => Ok(Self::ClearDate),
            (Change::Keep, Change::Clear) => Ok(Self::ClearInstant),
            (Change::Keep, Change::Keep) => Ok(Self::Keep),
        }
    }

    /// When it is due after the change.
    pub(crate) fn apply(self, old: Option<Due>) -> Option<Due> {
        match self {
            Self::Keep => old,
            Self::Clear => None,
            Self::ClearDate => old.filter(|due| due.date().is_none()),
            Self::ClearInstant => old.filter(|due| due.instant().is_none()),
            Self::Set(due) => Some(due),
        }
    }
}

/// An instant on the calendar of a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Calendar {
    /// The instant.
    pub now: DateTime<Utc>,
    /// The zone of the workspace.
    pub zone: Tz,
}

impl Calendar {
    /// The day that has begun, and not yet ended for good.
    #[must_use]
    pub fn today(self) -> NaiveDate {
        let date = self.now.with_timezone(&self.zone).date_naive();
        if self.now < start_of_day(date, self.zone) {
            date.pred_opt().unwrap_or(date)
        } else {
            date
        }
    }
}

/// The first instant of a day after which no clock in the zone shows the day before any more.
///
/// Where clocks jump over midnight, that is when they jump. Where they are set back over midnight, it is the second one.
#[must_use]
pub fn start_of_day(date: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let midnight = date.and_time(NaiveTime::MIN);
    let start = match zone.from_local_datetime(&midnight) {
        LocalResult::Single(start) => Some(start),
        LocalResult::Ambiguous(first, second) => {
            let before = second - TimeDelta::microseconds(1);
            let is_set_back_over_midnight = before.date_naive() < date;
            Some(if is_set_back_over_midnight {
                second
            } else {
                first
            })
        }
        LocalResult::None => GapInfo::new(&midnight, &zone).and_then(|gap| gap.end),
    };
    start.map_or_else(|| midnight.and_utc(), |start| start.to_utc())
}

/// Which days and which instants are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueRange {
    /// The first day.
    pub first: NaiveDate,
    /// The last day.
    pub last: NaiveDate,
    /// The first instant.
    pub from: DateTime<Utc>,
    /// The end of the instants, which is not one of them.
    pub until: DateTime<Utc>,
}

impl DueRange {
    /// All of them.
    #[must_use]
    pub fn all() -> Self {
        let (from, until) = (DateTime::UNIX_EPOCH, never());
        Self {
            first: from.date_naive(),
            last: until.date_naive(),
            from,
            until,
        }
    }

    /// From this day on.
    #[must_use]
    pub fn since(first: NaiveDate, zone: Tz) -> Self {
        Self {
            first,
            from: start_of_day(first, zone),
            ..Self::all()
        }
    }

    /// Until the end of this day.
    #[must_use]
    pub fn through(last: NaiveDate, zone: Tz) -> Self {
        Self {
            last,
            until: start_of_day(next(last), zone),
            ..Self::all()
        }
    }

    /// What has passed: days that have ended, and instants before this one.
    #[must_use]
    pub fn past(calendar: Calendar) -> Self {
        let today = calendar.today();
        Self {
            last: today.pred_opt().unwrap_or(today),
            until: calendar.now,
            ..Self::all()
        }
    }

    /// What is in both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            first: self.first.max(other.first),
            last: self.last.min(other.last),
            from: self.from.max(other.from),
            until: self.until.min(other.until),
        }
    }

    /// Whether this is in it.
    #[must_use]
    pub fn contains(self, due: Due) -> bool {
        match due {
            Due::On(date) => (self.first..=self.last).contains(&date),
            Due::At(at) => (self.from..self.until).contains(&at),
        }
    }
}

/// Later than anything is due.
#[must_use]
pub fn never() -> DateTime<Utc> {
    // In the year 12921; a date of four digits is before it in every zone.
    DateTime::UNIX_EPOCH + TimeDelta::days(4_000_000)
}

fn next(date: NaiveDate) -> NaiveDate {
    date.succ_opt().unwrap_or(date)
}

#[cfg(test)]
mod tests;
