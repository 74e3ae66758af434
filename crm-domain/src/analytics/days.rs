//! Days of a zone's calendar, from one to another.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};

use crate::due::{Calendar, Tz, start_of_day};

/// Some days one after another, each with the instants in which it begins and ends in a zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayRange {
    first: NaiveDate,
    last: NaiveDate,
    zone: Tz,
}

/// A day and its instants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// The day.
    pub date: NaiveDate,
    /// Its first instant.
    pub from: DateTime<Utc>,
    /// Its end, which is an instant of the next day.
    pub until: DateTime<Utc>,
}

/// Why days are no range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoRange {
    /// The last day is before the first one.
    #[error("must not be before from")]
    Reversed,
    /// They are too many.
    #[error("must be at most {} days after from", DayRange::MAX_DAYS - 1)]
    TooLong,
    /// Lists cannot be asked for them.
    #[error("must be in the years {} to {}", DayRange::YEARS.start(), DayRange::YEARS.end())]
    OutOfRange,
}

impl DayRange {
    /// The most days.
    pub const MAX_DAYS: i64 = 366;

    /// How many days there are unless it is said.
    pub const DEFAULT_DAYS: i64 = 30;

    /// The years whose days begin and end, in every zone, at instants that lists can be asked for.
    const YEARS: std::ops::RangeInclusive<i32> = 1971..=9998;

    /// The days from the first to the last one, both included.
    ///
    /// # Errors
    /// [`NoRange`].
    pub fn new(first: NaiveDate, last: NaiveDate, zone: Tz) -> Result<Self, NoRange> {
        if !Self::YEARS.contains(&first.year()) || !Self::YEARS.contains(&last.year()) {
            return Err(NoRange::OutOfRange);
        }
        match (last - first).num_days() {
            ..0 => Err(NoRange::Reversed),
            Self::MAX_DAYS.. => Err(NoRange::TooLong),
            _ => Ok(Self { first, last, zone }),
        }
    }

    /// The days that are meant where one end is not said, or none: as many as are usual, and up to the day that it is.
    ///
    /// # Errors
    /// [`NoRange`].
    pub fn asked(
        first: Option<NaiveDate>,
        last: Option<NaiveDate>,
        calendar: Calendar,
    ) -> Result<Self, NoRange> {
        let last = last.unwrap_or_else(|| calendar.today());
        let back = TimeDelta::days(Self::DEFAULT_DAYS - 1);
        let first = first.or_else(|| last.checked_sub_signed(back));
        Self::new(first.ok_or(NoRange::OutOfRange)?, last, calendar.zone)
    }

    /// The first day.
    #[must_use]
    pub const fn first(&self) -> NaiveDate {
        self.first
    }

    /// The last day.
    #[must_use]
    pub const fn last(&self) -> NaiveDate {
        self.last
    }

    /// The zone in which they begin and end.
    #[must_use]
    pub const fn zone(&self) -> Tz {
        self.zone
    }

    /// The first instant.
    #[must_use]
    pub fn from(&self) -> DateTime<Utc> {
        start_of_day(self.first, self.zone)
    }

    /// The end of the instants, which is not one of them.
    #[must_use]
    pub fn until(&self) -> DateTime<Utc> {
        start_of_day(next(self.last), self.zone)
    }

    /// Each day.
    pub fn days(&self) -> impl Iterator<Item = Day> {
        let dates = self.first.iter_days().take_while(|date| *date <= self.last);
        dates.map(|date| Day {
            date,
            from: start_of_day(date, self.zone),
            until: start_of_day(next(date), self.zone),
        })
    }
}

fn next(date: NaiveDate) -> NaiveDate {
    date.succ_opt().unwrap_or(date)
}

#[cfg(test)]
mod tests;
