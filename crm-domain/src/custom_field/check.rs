//! Whether a value is one of a type, and the one form in which it is kept.

use chrono::{DateTime, Datelike, NaiveDate, SecondsFormat, Timelike, Utc};

use super::field_type::FieldType;
use super::value::{FieldValue, ValueError};
use crate::decimal::Decimal;
use crate::money::{Currency, Money};
use crate::text::{CustomText, TextError};

pub(super) fn checked_text(text: &str, max: usize) -> Result<Option<FieldValue>, ValueError> {
    let parsed: Result<CustomText, TextError> = text.parse();
    let text = match parsed {
        Ok(text) => text.to_string(),
        Err(TextError::Empty) => return Ok(None),
        Err(error) => return Err(ValueError::new(error.code(), error.to_string())),
    };
    if text.chars().count() > max {
        let error = TextError::TooLong { max };
        return Err(ValueError::new(error.code(), error.to_string()));
    }
    Ok(Some(FieldValue::Text(text)))
}

pub(super) fn checked_number(
    number: Decimal,
    decimals: u8,
    min: Option<Decimal>,
    max: Option<Decimal>,
) -> Result<Decimal, ValueError> {
    if number.scale() > decimals {
        let message = format!("must have at most {decimals} decimals");
        return Err(ValueError::new("too-precise", message));
    }
    if let Some(min) = min.filter(|min| number < *min) {
        return Err(ValueError::new(
            "out-of-range",
            format!("must be {min} or more"),
        ));
    }
    if let Some(max) = max.filter(|max| number > *max) {
        return Err(ValueError::new(
            "out-of-range",
            format!("must be {max} or less"),
        ));
    }
    Ok(number)
}

pub(super) fn checked_money(money: Money, currencies: &[Currency]) -> Result<Money, ValueError> {
    if currencies.is_empty() || currencies.contains(&money.currency()) {
        return Ok(money);
    }
    let codes: Vec<_> = currencies.iter().map(|currency| currency.code()).collect();
    let message = format!("must be in one of {}", codes.join(", "));
    Err(ValueError::new("not-one-of", message))
}

const fn is_year(year: i32) -> bool {
    // Four digits, so that texts sort as days and instants do. Birthdays lie before 1970.
    year >= 1000 && year <= 9999
}

/// The day in its one form.
pub(super) fn date(text: &str) -> Result<String, ValueError> {
    let day: Option<NaiveDate> = text.parse().ok();
    // chrono takes `2026-1-31` too.
    let day = day.filter(|day| is_year(day.year()) && day.to_string() == text);
    day.map(|day| day.to_string())
        .ok_or_else(|| ValueError::wrong_type(FieldType::Date.demand()))
}

/// The instant in its one form: UTC, three decimals, as JavaScript writes it. What is finer is cut off.
pub(super) fn instant(text: &str) -> Result<String, ValueError> {
    let at = DateTime::parse_from_rfc3339(text).ok();
    let at = at.map(|at| at.with_timezone(&Utc));
    // A leap second has more than a second's nanoseconds, and is none to others.
    let at = at.filter(|at| is_year(at.year()) && at.nanosecond() < 1_000_000_000);
    at.map(|at| at.to_rfc3339_opts(SecondsFormat::Millis, true))
        .ok_or_else(|| ValueError::wrong_type(FieldType::DateTime.demand()))
}
