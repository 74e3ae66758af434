//! The days that figures are asked for.

use crm_app::Crm;
use crm_domain::analytics::{DayRange, NoRange};
use crm_domain::due::{Calendar, Tz};
use poem_openapi::Object;
use serde::Deserialize;

use crate::problem::Problem;
use crate::query::{QueryParameters, invalid};
use crate::time::Date;
use crate::wire::Text;

/// The days that are counted, at most 366.
#[derive(Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(rename = "AnalyticsDays")]
pub(in crate::api::analytics) struct Days {
    /// The first day: the 29th before the last one, unless it is given.
    from: Option<Date>,
    /// The last day: the day that it is, unless it is given.
    to: Option<Date>,
    /// The zone in which days begin and end, as `Europe/Berlin`: that of the workspace, unless it is given.
    tz: Option<Text<100>>,
}

impl QueryParameters for Days {}

impl Days {
    /// The days that are meant.
    pub(in crate::api::analytics) fn range(self, crm: &Crm) -> Result<DayRange, Problem> {
        let zone = match self.tz {
            Some(name) => zone(name.as_str())?,
            None => crm.time_zone(),
        };
        let calendar = Calendar {
            now: crm.now(),
            zone,
        };
        let range = DayRange::asked(self.from.map(Date::day), self.to.map(Date::day), calendar);
        range.map_err(|error| {
            let code = match error {
                NoRange::Reversed => "reversed",
                NoRange::TooLong => "too-long",
                NoRange::OutOfRange => crate::time::OUT_OF_RANGE,
            };
            let name = if self.to.is_some() { "to" } else { "from" };
            invalid(name, code, &error.to_string())
        })
    }
}

fn zone(name: &str) -> Result<Tz, Problem> {
    let unknown = || {
        let message = "is not the name of a time zone, as Europe/Berlin";
        invalid("tz", "not-found", message)
    };
    name.parse().map_err(|_| unknown())
}
