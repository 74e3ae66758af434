//! What may come in, month by month: the terms and the arithmetic. The database does the same arithmetic, within the reader's
//! scope.

use chrono::{Datelike, Months, NaiveDate};
use crm_domain::money::{Currency, Money};

use crate::pipeline::{Probability, Stage};

/// The most months of one forecast.
pub const MAX_MONTHS: usize = 36;

/// What an open deal is counted as: its amount times its probability, rounded half up to whole minor units, deal by deal: so parts
/// add up to the whole.
#[must_use]
pub fn weighted(amount: Money, probability: Probability) -> i64 {
    // Neither is negative, and the product is less than 2^63.
    (amount.amount() * i64::from(probability.percent()) + 50) / 100
}

/// A month of the calendar, or as much of one as is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Month {
    /// Its first day.
    pub first: NaiveDate,
    /// Its last day.
    pub last: NaiveDate,
}

/// The months of a forecast, one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthRange(Vec<Month>);

/// A forecast of no months, or of too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrongMonths {
    /// The last day is before the first.
    Reversed,
    /// There are more than [`MAX_MONTHS`].
    TooMany,
}

impl MonthRange {
    /// The months from one day to another, both included.
    ///
    /// # Errors
    /// [`WrongMonths`].
    pub fn new(first: NaiveDate, last: NaiveDate) -> Result<Self, WrongMonths> {
        if last < first {
            return Err(WrongMonths::Reversed);
        }
        let mut months = Vec::new();
        let mut next = Some(first);
        while let Some(first) = next.filter(|first| *first <= last) {
            if months.len() == MAX_MONTHS {
                return Err(WrongMonths::TooMany);
            }
            next = first_of_next(first);
            let end = next.and_then(|next| next.pred_opt()).unwrap_or(last);
            months.push(Month {
                first,
                last: end.min(last),
            });
        }
        Ok(Self(months))
    }

    /// The month of this day and the eleven after it.
    #[must_use]
    pub fn year_from(today: NaiveDate) -> Self {
        let first = today.with_day(1).unwrap_or(today);
        let last = first.checked_add_months(Months::new(12));
        let last = last.and_then(|next| next.pred_opt()).unwrap_or(first);
        Self::new(first, last).unwrap_or_else(|_| Self(vec![Month { first, last: first }]))
    }

    /// The months, at least one.
    #[must_use]
    pub fn months(&self) -> &[Month] {
        &self.0
    }

    /// The first day of all.
    #[must_use]
    pub fn first(&self) -> Option<NaiveDate> {
        self.0.first().map(|month| month.first)
    }

    /// The last day of all.
    #[must_use]
    pub fn last(&self) -> Option<NaiveDate> {
        self.0.last().map(|month| month.last)
    }
}

fn first_of_next(day: NaiveDate) -> Option<NaiveDate> {
    day.with_day(1)?.checked_add_months(Months::new(1))
}

/// What some deals add up to, in one currency. Sums beyond what every JSON reader keeps are cut there: [`Money::MAX_AMOUNT`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sum {
    /// Of which currency.
    pub currency: Currency,
    /// How many deals.
    pub deals: i64,
    /// Their amounts.
    pub amount: i64,
    /// Their amounts by their probabilities: see [`weighted`].
    pub weighted: i64,
}

impl Sum {
    /// No deals.
    #[must_use]
    pub const fn none(currency: Currency) -> Self {
        Self {
            currency,
            deals: 0,
            amount: 0,
            weighted: 0,
        }
    }

    /// These deals and others of the same currency.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let added = |one: i64, other: i64| one.saturating_add(other).min(Money::MAX_AMOUNT);
        Self {
            currency: self.currency,
            deals: self.deals.saturating_add(other.deals),
            amount: added(self.amount, other.amount),
            weighted: added(self.weighted, other.weighted),
        }
    }
}

/// A month in one currency. What is lost counts as nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonthSums {
    /// Deals that may be won then.
    pub open: Sum,
    /// Deals that were won then.
    pub won: Sum,
    /// Deals that were lost then.
    pub lost: Sum,
}

impl MonthSums {
    /// No deals.
    #[must_use]
    pub const fn none(currency: Currency) -> Self {
        let none = Sum::none(currency);
        Self {
            open: none,
            won: none,
            lost: none,
        }
    }

    /// What the month may bring: what is open, weighted, and what was won.
    #[must_use]
    pub fn expected(&self) -> i64 {
        let expected = self.open.weighted.saturating_add(self.won.amount);
        expected.min(Money::MAX_AMOUNT)
    }
}

/// What may come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forecast {
    /// Month by month, the sums of each currency in which there are deals.
    pub months: Vec<(Month, Vec<MonthSums>)>,
    /// Open deals that should have been closed before today, in none of the months.
    pub overdue: Vec<Sum>,
}

/// All open deals as they are now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenDeals {
    /// All together.
    pub total: Vec<Sum>,
    /// By their stages, in the order of the pipelines.
    pub stages: Vec<StageSums>,
}

/// The deals of one stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageSums {
    /// The stage.
    pub stage: Stage,
    /// How many deals, those without an amount too.
    pub deals: i64,
    /// What they add up to.
    pub sums: Vec<Sum>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn months_are_cut_to_what_is_asked_for() {
        let range = MonthRange::new(day("2026-01-15"), day("2026-03-03")).unwrap();
        let months: Vec<_> = range
            .months()
            .iter()
            .map(|month| format!("{} {}", month.first, month.last))
            .collect();
        assert_eq!(
            months,
            [
                "2026-01-15 2026-01-31",
                "2026-02-01 2026-02-28",
                "2026-03-01 2026-03-03"
            ]
        );
        assert_eq!(
            MonthRange::new(day("2026-01-02"), day("2026-01-01")),
            Err(WrongMonths::Reversed)
        );
        assert_eq!(
            MonthRange::new(day("2026-01-31"), day("2029-01-01")),
            Err(WrongMonths::TooMany)
        );
        assert_eq!(
            MonthRange::new(day("2026-01-31"), day("2028-12-31"))
                .unwrap()
                .months()
                .len(),
            MAX_MONTHS
        );
        let year = MonthRange::year_from(day("2024-02-29"));
        assert_eq!(
            (year.first(), year.last()),
            (Some(day("2024-02-01")), Some(day("2025-01-31")))
        );
    }

    #[test]
    fn half_a_unit_is_rounded_up() {
        let euros = |amount| Money::new(amount, "EUR".parse().unwrap()).unwrap();
        let percent = |percent| Probability::new(percent).unwrap();
        for (amount, probability, expected) in [
            (1, 50, 1),
            (1, 49, 0),
            (3, 50, 2),
            (199, 1, 2),
            (149, 1, 1),
            (100, 33, 33),
        ] {
            assert_eq!(
                weighted(euros(amount), percent(probability)),
                expected,
                "{amount} {probability}"
            );
        }
        assert_eq!(
            weighted(euros(Money::MAX_AMOUNT), Probability::CERTAIN),
            Money::MAX_AMOUNT
        );
    }

    proptest! {
        #[test]
        fn each_day_is_in_one_month(first in 0i64..20_000, days in 0i64..1_000) {
            let day = |n: i64| NaiveDate::from_ymd_opt(1990, 1, 1).unwrap() + chrono::TimeDelta::days(n);
            let range = MonthRange::new(day(first), day(first + days)).unwrap();
            let mut next = day(first);
            for month in range.months() {
                prop_assert_eq!(month.first, next);
                prop_assert!(month.first <= month.last && month.first.month() == month.last.month());
                next = month.last.succ_opt().unwrap();
            }
            prop_assert_eq!(next, day(first + days + 1));
        }
    }
}
