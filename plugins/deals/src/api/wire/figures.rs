//! Sums of deals on the wire.

use crm_domain::money::Currency;
use crm_http::plugin::{Date, Problem, QueryParameters, day, invalid};
use crm_http::wire::Text;
use poem_openapi::Object;
use serde::{Deserialize, Serialize};

use super::DealsStageReference;
use crate::forecast::{
    Forecast, MAX_MONTHS, Month, MonthRange, MonthSums, OpenDeals, StageSums, Sum, WrongMonths,
};

/// What some deals add up to, in one currency. Sums end at 9007199254740991.
#[derive(Debug, Serialize, Object)]
pub(in crate::api) struct DealsSum {
    /// Which currency, by its code in ISO 4217.
    currency: Text<{ Currency::CHARS }>,
    /// How many deals.
    #[oai(validator(minimum(value = "0"), maximum(value = "9007199254740991")))]
    deals: i64,
    /// Their amounts, in minor units.
    #[oai(validator(minimum(value = "0"), maximum(value = "9007199254740991")))]
    amount: i64,
    /// Their amounts by their probabilities, each rounded half up, in minor units.
    #[oai(validator(minimum(value = "0"), maximum(value = "9007199254740991")))]
    weighted: i64,
}

impl From<Sum> for DealsSum {
    fn from(sum: Sum) -> Self {
        let Sum {
            currency,
            deals,
            amount,
            weighted,
        } = sum;
        Self {
            currency: (&currency).into(),
            deals,
            amount,
            weighted,
        }
    }
}

fn sums(sums: Vec<Sum>) -> Vec<DealsSum> {
    sums.into_iter().map(DealsSum::from).collect()
}

/// The parameters of the forecast.
#[derive(Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct DealsForecastQuery {
    /// From this day of the workspace's calendar on: the first one of this month, unless days are given.
    from: Option<Date>,
    /// Until the end of this day, at most 36 months; given together with `from`.
    to: Option<Date>,
}

impl QueryParameters for DealsForecastQuery {}

impl DealsForecastQuery {
    pub(in crate::api) fn range(self) -> Result<Option<MonthRange>, Problem> {
        match (day("from", self.from)?, day("to", self.to)?) {
            (None, None) => Ok(None),
            (Some(first), Some(last)) => MonthRange::new(first, last).map(Some).map_err(wrong),
            (None, Some(_)) => Err(invalid(
                "from",
                "required",
                "must be given together with to",
            )),
            (Some(_), None) => Err(invalid(
                "to",
                "required",
                "must be given together with from",
            )),
        }
    }
}

fn wrong(error: WrongMonths) -> Problem {
    match error {
        WrongMonths::Reversed => invalid("to", "out-of-range", "must not be before from"),
        WrongMonths::TooMany => {
            let message = format!("must be at most {MAX_MONTHS} months after from");
            invalid("to", "out-of-range", &message)
        }
    }
}

/// What may come in.
#[derive(Debug, Serialize, Object)]
pub(in crate::api) struct DealsForecast {
    /// Month by month.
    #[oai(validator(max_items = 36))]
    months: Vec<DealsMonth>,
    /// Open deals that should have been closed before today, in none of the months.
    #[oai(validator(max_items = 200))]
    overdue: Vec<DealsSum>,
}

/// A month of a forecast.
#[derive(Debug, Serialize, Object)]
struct DealsMonth {
    /// Which one: `2026-01`.
    #[oai(validator(max_length = 10))]
    month: String,
    /// Its first day that counts.
    from: Date,
    /// Its last day that counts.
    to: Date,
    /// For each currency in which there are deals.
    #[oai(validator(max_items = 200))]
    currencies: Vec<DealsMonthSums>,
}

/// A month in one currency, in minor units.
#[derive(Debug, Serialize, Object)]
struct DealsMonthSums {
    /// Which currency, by its code in ISO 4217.
    currency: Text<{ Currency::CHARS }>,
    /// What the month may bring: what is open, weighted, and what was won.
    #[oai(validator(minimum(value = "0"), maximum(value = "9007199254740991")))]
    expected: i64,
    /// Deals that may be won then.
    open: DealsSum,
    /// Deals that were won then.
    won: DealsSum,
    /// Deals that were lost then.
    lost: DealsSum,
}

impl From<Forecast> for DealsForecast {
    fn from(forecast: Forecast) -> Self {
        let Forecast { months, overdue } = forecast;
        Self {
            months: months.into_iter().map(DealsMonth::from).collect(),
            overdue: sums(overdue),
        }
    }
}

impl From<(Month, Vec<MonthSums>)> for DealsMonth {
    fn from((month, currencies): (Month, Vec<MonthSums>)) -> Self {
        let Month { first, last } = month;
        Self {
            month: first.format("%Y-%m").to_string(),
            from: first.into(),
            to: last.into(),
            currencies: currencies.into_iter().map(DealsMonthSums::from).collect(),
        }
    }
}

impl From<MonthSums> for DealsMonthSums {
    fn from(sums: MonthSums) -> Self {
        let MonthSums { open, won, lost } = sums;
        Self {
            currency: (&open.currency).into(),
            expected: sums.expected(),
            open: open.into(),
            won: won.into(),
            lost: lost.into(),
        }
    }
}

/// What is open.
#[derive(Debug, Serialize, Object)]
pub(in crate::api) struct DealsFigures {
    /// All open deals that have amounts, by currency.
    #[oai(validator(max_items = 200))]
    open: Vec<DealsSum>,
    /// The same by stage, in the order of the pipelines.
    #[oai(validator(max_items = 1500))]
    stages: Vec<DealsStageFigures>,
}

/// The deals of one open stage.
#[derive(Debug, Serialize, Object)]
struct DealsStageFigures {
    /// The stage.
    stage: DealsStageReference,
    /// How many deals are in it, those without an amount too: the exact total of the list.
    #[oai(validator(minimum(value = "0"), maximum(value = "9007199254740991")))]
    deals: i64,
    /// The list of them.
    #[oai(validator(max_length = 200))]
    list: String,
    /// What they add up to, by currency.
    #[oai(validator(max_items = 200))]
    sums: Vec<DealsSum>,
}

impl From<OpenDeals> for DealsFigures {
    fn from(open: OpenDeals) -> Self {
        let OpenDeals { total, stages } = open;
        Self {
            open: sums(total),
            stages: stages.into_iter().map(DealsStageFigures::from).collect(),
        }
    }
}

impl From<StageSums> for DealsStageFigures {
    fn from(figures: StageSums) -> Self {
        let StageSums {
            stage,
            deals,
            sums: of_stage,
        } = figures;
        Self {
            stage: (&stage).into(),
            deals,
            list: format!("/api/deals?stageId={}", stage.id),
            sums: sums(of_stage),
        }
    }
}
