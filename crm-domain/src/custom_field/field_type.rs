//! What type the values of a field are, and what is demanded of them.

use chrono::{DateTime, Datelike, NaiveDate, SecondsFormat, Timelike, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::options::{FieldOption, Options};
use super::value::{FieldValue, LinkKind, SEPARATOR, ValueError};
use crate::decimal::Decimal;
use crate::money::{Currency, Money};
use crate::permission::names;
use crate::text::{CustomText, TextError};
use crate::violation::Violations;

names! {
    /// The types that there are.
    FieldKind {
        /// A text of one or more lines.
        Text = "text",
        /// An exact number.
        Number = "number",
        /// An amount in minor units, and its currency.
        Money = "money",
        /// A day of the calendar.
        Date = "date",
        /// An instant.
        DateTime = "datetime",
        /// Yes or no.
        Bool = "bool",
        /// One of several options.
        Select = "select",
        /// Any of several options.
        MultiSelect = "multiSelect",
        /// Another record.
        Link = "link",
    }
}

/// A type with what is demanded of its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldType {
    /// A text of at most so many characters.
    Text {
        /// The most characters.
        max_length: u16,
    },
    /// A number within bounds, both included.
    Number {
        /// The most decimals.
        decimals: u8,
        /// The smallest.
        min: Option<Decimal>,
        /// The largest.
        max: Option<Decimal>,
    },
    /// An amount in one of these currencies, or in any when there are none.
    Money {
        /// The currencies.
        currencies: Vec<Currency>,
    },
    /// A day in the years 1000 to 9999, `2026-01-31`.
    Date,
    /// An instant in the same years, to the millisecond.
    DateTime,
    /// Yes or no.
    Bool,
    /// One of these options.
    Select(Options),
    /// Any of these options.
    MultiSelect(Options),
    /// A record of one of these kinds.
    Link {
        /// The kinds; at least one.
        targets: Vec<LinkKind>,
    },
}

/// What is demanded of values, as it is asked for and stored: of each type only what is its own.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct FieldRules {
    /// Of texts: the most characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u16>,
    /// Of numbers: the most decimals.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decimals: Option<u8>,
    /// Of numbers: the smallest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<Decimal>,
    /// Of numbers: the largest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<Decimal>,
    /// Of money: the currencies; none for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currencies: Option<Vec<Currency>>,
    /// Of selects: the options.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub options: Option<Vec<FieldOption>>,
    /// Of links: the kinds of records.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub targets: Option<Vec<LinkKind>>,
}

/// The most characters that a text may have, and has unless the field says less.
pub const MAX_TEXT: u16 = 2000;
/// The most currencies that a field names.
pub const MAX_CURRENCIES: usize = 50;

/// Which options a value may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offered {
    /// Those that are offered.
    Only,
    /// Those put away too: records still hold them, and lists are narrowed by them.
    AndArchived,
}

impl FieldType {
    /// The type of this kind under these rules.
    ///
    /// # Errors
    /// Each rule that is not one of this type, or contradicts itself.
    pub fn new(kind: FieldKind, rules: FieldRules) -> Result<Self, Violations> {
        let mut violations = Violations::new();
        refuse_foreign(kind, &rules, &mut violations);
        let FieldRules {
            max_length,
            decimals,
            min,
            max,
            currencies,
            options,
            targets,
        } = rules;
        let built = match kind {
            FieldKind::Text => Some(text(max_length, &mut violations)),
            FieldKind::Number => Some(number(decimals, min, max, &mut violations)),
            FieldKind::Money => Some(money(currencies.unwrap_or_default(), &mut violations)),
            FieldKind::Date => Some(Self::Date),
            FieldKind::DateTime => Some(Self::DateTime),
            FieldKind::Bool => Some(Self::Bool),
            FieldKind::Select => select(options, &mut violations).map(Self::Select),
            FieldKind::MultiSelect => select(options, &mut violations).map(Self::MultiSelect),
            FieldKind::Link => Some(link(targets.unwrap_or_default(), &mut violations)),
        };
        violations.clone().into_result()?;
        built.ok_or(violations)
    }

    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> FieldKind {
        match self {
            Self::Text { .. } => FieldKind::Text,
            Self::Number { .. } => FieldKind::Number,
            Self::Money { .. } => FieldKind::Money,
            Self::Date => FieldKind::Date,
            Self::DateTime => FieldKind::DateTime,
            Self::Bool => FieldKind::Bool,
            Self::Select(_) => FieldKind::Select,
            Self::MultiSelect(_) => FieldKind::MultiSelect,
            Self::Link { .. } => FieldKind::Link,
        }
    }

    /// What it demands.
    #[must_use]
    pub fn rules(&self) -> FieldRules {
        let none = FieldRules::default();
        match self.clone() {
            Self::Text { max_length } => FieldRules {
                max_length: Some(max_length),
                ..none
            },
            Self::Number { decimals, min, max } => FieldRules {
                decimals: Some(decimals),
                min,
                max,
                ..none
            },
            Self::Money { currencies } => FieldRules {
                currencies: Some(currencies),
                ..none
            },
            Self::Date | Self::DateTime | Self::Bool => none,
            Self::Select(options) | Self::MultiSelect(options) => FieldRules {
                options: Some(options.into_list()),
                ..none
            },
            Self::Link { targets } => FieldRules {
                targets: Some(targets),
                ..none
            },
        }
    }

    /// Whether lists are sorted by it: not by what is several values, or only an id.
    #[must_use]
    pub const fn is_sortable(&self) -> bool {
        !matches!(self, Self::MultiSelect(_) | Self::Link { .. })
    }

    /// Whether lists are narrowed to a range of it.
    #[must_use]
    pub const fn has_ranges(&self) -> bool {
        matches!(
            self,
            Self::Number { .. } | Self::Money { .. } | Self::Date | Self::DateTime
        )
    }

    /// The value in the one form that it is stored in; `None` when it is empty.
    ///
    /// # Errors
    /// [`ValueError`] for a value of another type, or one that the rules refuse.
    pub fn check(
        &self,
        value: FieldValue,
        offered: Offered,
    ) -> Result<Option<FieldValue>, ValueError> {
        let checked = match (self, value) {
            (Self::Text { max_length }, FieldValue::Text(text)) => {
                return checked_text(&text, (*max_length).into());
            }
            (Self::Number { decimals, min, max }, FieldValue::Number(number)) => {
                FieldValue::Number(checked_number(number, *decimals, *min, *max)?)
            }
            (Self::Money { currencies }, FieldValue::Money(money)) => {
                FieldValue::Money(checked_money(money, currencies)?)
            }
            (Self::Date, FieldValue::Text(text)) => FieldValue::Text(date(&text)?),
            (Self::DateTime, FieldValue::Text(text)) => FieldValue::Text(instant(&text)?),
            (Self::Bool, value @ FieldValue::Bool(_)) => value,
            (Self::Select(options), FieldValue::Text(text)) => {
                FieldValue::Text(options.value(&text, offered)?)
            }
            (Self::MultiSelect(options), FieldValue::Texts(texts)) => {
                let values = options.values(&texts, offered)?;
                return Ok((!values.is_empty()).then_some(FieldValue::Texts(values)));
            }
            (Self::Link { targets }, FieldValue::Link(link)) => {
                if !targets.contains(&link.kind) {
                    let names: Vec<_> = targets.iter().map(|kind| kind.as_str()).collect();
                    let message = format!("must be a link to one of {}", names.join(", "));
                    return Err(ValueError::new("not-one-of", message));
                }
                FieldValue::Link(link)
            }
            _ => return Err(ValueError::wrong_type(self.demand())),
        };
        Ok(Some(checked))
    }

    /// The value that a text stands for, as [`FieldValue`] writes it; `None` for an empty text. Imports and queries are read
    /// by it.
    ///
    /// # Errors
    /// As [`FieldType::check`].
    pub fn parse_text(
        &self,
        text: &str,
        offered: Offered,
    ) -> Result<Option<FieldValue>, ValueError> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        let wrong = || ValueError::wrong_type(self.demand());
        let value = match self {
            Self::Text { .. } | Self::Date | Self::DateTime | Self::Select(_) => {
                FieldValue::Text(text.to_owned())
            }
            Self::Number { .. } => {
                let number = text.parse();
                FieldValue::Number(number.map_err(|error: crate::decimal::DecimalError| {
                    ValueError::wrong_type(&error.to_string())
                })?)
            }
            Self::Money { .. } => FieldValue::Money(text.parse().map_err(|_| wrong())?),
            Self::Bool => FieldValue::Bool(text.parse().map_err(|_| wrong())?),
            Self::MultiSelect(_) => {
                let parts = text.split(SEPARATOR).map(str::trim);
                let parts = parts.filter(|part| !part.is_empty());
                FieldValue::Texts(parts.map(str::to_owned).collect())
            }
            Self::Link { .. } => FieldValue::Link(text.parse()?),
        };
        self.check(value, offered)
    }

    /// The same type without bounds on its values: what is asked for need not be allowed any more.
    pub(super) fn unbound(&self) -> Self {
        match self {
            Self::Text { .. } => Self::Text {
                max_length: MAX_TEXT,
            },
            Self::Number { .. } => Self::Number {
                decimals: Decimal::MAX_SCALE,
                min: None,
                max: None,
            },
            Self::Money { .. } => Self::Money { currencies: vec![] },
            Self::Link { .. } => Self::Link {
                targets: LinkKind::ALL.to_vec(),
            },
            Self::Date | Self::DateTime | Self::Bool | Self::Select(_) | Self::MultiSelect(_) => {
                self.clone()
            }
        }
    }

    /// What a value must be, for whoever gave something else.
    const fn demand(&self) -> &'static str {
        match self {
            Self::Text { .. } => "must be a text",
            Self::Number { .. } => "must be a number",
            Self::Money { .. } => {
                "must be money: an amount of minor units and a currency, or 12.50 EUR as a text"
            }
            Self::Date => "must be a day like 2026-01-31",
            Self::DateTime => "must be an instant like 2026-01-31T12:00:00Z",
            Self::Bool => "must be true or false",
            Self::Select(_) => "must be one option, as a text",
            Self::MultiSelect(_) => "must be a list of options",
            Self::Link { .. } => "must be a link: a kind of record and an id",
        }
    }
}

fn refuse_foreign(kind: FieldKind, rules: &FieldRules, violations: &mut Violations) {
    let is_select = matches!(kind, FieldKind::Select | FieldKind::MultiSelect);
    let given = [
        (
            "maxLength",
            rules.max_length.is_some(),
            kind == FieldKind::Text,
        ),
        (
            "decimals",
            rules.decimals.is_some(),
            kind == FieldKind::Number,
        ),
        ("min", rules.min.is_some(), kind == FieldKind::Number),
        ("max", rules.max.is_some(), kind == FieldKind::Number),
        (
            "currencies",
            rules.currencies.is_some(),
            kind == FieldKind::Money,
        ),
        ("options", rules.options.is_some(), is_select),
        ("targets", rules.targets.is_some(), kind == FieldKind::Link),
    ];
    for (name, is_given, is_own) in given {
        if is_given && !is_own {
            let message = format!("does not go with a field of type {kind}");
            violations.add(name, "not-allowed", message);
        }
    }
}

fn text(max_length: Option<u16>, violations: &mut Violations) -> FieldType {
    let max_length = max_length.unwrap_or(MAX_TEXT);
    if !(1..=MAX_TEXT).contains(&max_length) {
        let message = format!("must be from 1 to {MAX_TEXT}");
        violations.add("maxLength", "out-of-range", message);
    }
    FieldType::Text { max_length }
}

fn number(
    decimals: Option<u8>,
    min: Option<Decimal>,
    max: Option<Decimal>,
    violations: &mut Violations,
) -> FieldType {
    let decimals = decimals.unwrap_or_default();
    if decimals > Decimal::MAX_SCALE {
        let message = format!("must be from 0 to {}", Decimal::MAX_SCALE);
        violations.add("decimals", "out-of-range", message);
    }
    if min.zip(max).is_some_and(|(min, max)| min > max) {
        violations.add("max", "out-of-range", "must not be less than min");
    }
    FieldType::Number { decimals, min, max }
}

fn money(mut currencies: Vec<Currency>, violations: &mut Violations) -> FieldType {
    currencies.sort_unstable();
    currencies.dedup();
    if currencies.len() > MAX_CURRENCIES {
        let message = format!("must have at most {MAX_CURRENCIES} entries");
        violations.add("currencies", "too-many", message);
    }
    FieldType::Money { currencies }
}

fn select(options: Option<Vec<FieldOption>>, violations: &mut Violations) -> Option<Options> {
    Options::new(options.unwrap_or_default())
        .map_err(|found| violations.append(found))
        .ok()
}

fn link(mut targets: Vec<LinkKind>, violations: &mut Violations) -> FieldType {
    targets.sort_unstable();
    targets.dedup();
    if targets.is_empty() {
        violations.add(
            "targets",
            "required",
            "must name at least one kind of record",
        );
    }
    FieldType::Link { targets }
}

fn checked_text(text: &str, max: usize) -> Result<Option<FieldValue>, ValueError> {
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

fn checked_number(
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

fn checked_money(money: Money, currencies: &[Currency]) -> Result<Money, ValueError> {
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
fn date(text: &str) -> Result<String, ValueError> {
    let day: Option<NaiveDate> = text.parse().ok();
    // chrono takes `2026-1-31` too.
    let day = day.filter(|day| is_year(day.year()) && day.to_string() == text);
    day.map(|day| day.to_string())
        .ok_or_else(|| ValueError::wrong_type(FieldType::Date.demand()))
}

/// The instant in its one form: UTC, three decimals, as JavaScript writes it. What is finer is cut off.
fn instant(text: &str) -> Result<String, ValueError> {
    let at = DateTime::parse_from_rfc3339(text).ok();
    let at = at.map(|at| at.with_timezone(&Utc));
    // A leap second has more than a second's nanoseconds, and is none to others.
    let at = at.filter(|at| is_year(at.year()) && at.nanosecond() < 1_000_000_000);
    at.map(|at| at.to_rfc3339_opts(SecondsFormat::Millis, true))
        .ok_or_else(|| ValueError::wrong_type(FieldType::DateTime.demand()))
}

/// Reads and writes what rules are made of as the wire has it.
macro_rules! serde_by {
    ($($type:ident: $read:expr, $write:expr;)*) => {$(
        impl Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let write: fn(&$type) -> Value = $write;
                write(self).serialize(serializer)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let read: fn(&Value) -> Option<$type> = $read;
                let value = Value::deserialize(deserializer)?;
                read(&value).ok_or_else(|| serde::de::Error::custom(concat!("is no ", stringify!($type))))
            }
        }
    )*};
}

serde_by! {
    Decimal: |value| value.as_number().and_then(|number| Decimal::from_json(number).ok()), |number| number.to_json();
    Currency: |value| value.as_str()?.parse().ok(), |currency| Value::from(currency.code());
    LinkKind: |value| value.as_str()?.parse().ok(), |kind| Value::from(kind.as_str());
}
