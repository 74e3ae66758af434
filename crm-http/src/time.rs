//! Days and instants on the wire, within the years on which Postgres and clients agree.

use std::borrow::Cow;

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use crm_domain::clock::to_micros;
use crm_domain::violation::Violations;
use poem_openapi::registry::{MetaSchema, MetaSchemaRef};
use poem_openapi::types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::wire::not_by_poem;

/// The code of what lies outside of those years.
pub(crate) const OUT_OF_RANGE: &str = "out-of-range";
/// What is said of such an instant.
pub(crate) const INSTANT_OUT_OF_RANGE: &str =
    "must be in the years 1970 to 9999, and no leap second";
/// What is said of such a day.
pub(crate) const DAY_OUT_OF_RANGE: &str = "must be in the years 1970 to 9999";

/// Whether an instant lies within those years.
pub(crate) fn is_within(at: DateTime<Utc>) -> bool {
    // A leap second has more than a second's nanoseconds, and is none to Postgres.
    is_year_within(at.year()) && at.nanosecond() < 1_000_000_000
}

/// Whether a day lies within those years.
pub(crate) fn is_day_within(day: NaiveDate) -> bool {
    is_year_within(day.year())
}

fn is_year_within(year: i32) -> bool {
    (1970..=9999).contains(&year)
}

/// The instant as it is stored, or a violation of `field`.
pub(crate) fn instant(
    field: &str,
    at: DateTime<Utc>,
    violations: &mut Violations,
) -> Option<DateTime<Utc>> {
    if !is_within(at) {
        violations.add(field, OUT_OF_RANGE, INSTANT_OUT_OF_RANGE);
        return None;
    }
    Some(to_micros(at))
}

/// The day, or a violation of `field`.
pub fn day(field: &str, date: Date, violations: &mut Violations) -> Option<NaiveDate> {
    if !is_day_within(date.0) {
        violations.add(field, OUT_OF_RANGE, DAY_OUT_OF_RANGE);
        return None;
    }
    Some(date.0)
}

/// A day of the calendar, `2026-01-31`: no instant, and the same in every zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Date(NaiveDate);

impl Date {
    /// The day of the calendar.
    #[must_use]
    pub const fn day(self) -> NaiveDate {
        self.0
    }
}

impl From<NaiveDate> for Date {
    fn from(day: NaiveDate) -> Self {
        Self(day)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        // chrono takes `2026-1-31` too.
        let day = text.parse().ok();
        let day = day.filter(|day: &NaiveDate| day.to_string() == text);
        day.map(Self)
            .ok_or_else(|| serde::de::Error::custom("is not a date like 2026-01-31"))
    }
}

impl Type for Date {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        "string(date)".into()
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Inline(Box::new(MetaSchema::new_with_format("string", "date")))
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

not_by_poem!([] Date);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_in_one_form_only() {
        let read = |text: &str| serde_json::from_value::<Date>(Value::String(text.to_owned()));
        assert_eq!(
            serde_json::to_value(read("2028-02-29").unwrap()).unwrap(),
            "2028-02-29"
        );
        for wrong in [
            "",
            "2026-1-31",
            "2026-02-29",
            "2026-01-31T00:00:00Z",
            " 2026-01-31",
            "+2026-01-31",
            "20260131",
            "31.01.2026",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
