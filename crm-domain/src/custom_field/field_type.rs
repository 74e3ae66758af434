//! What type the values of a field are, and what is demanded of them.

use super::check::{checked_money, checked_number, checked_text, date, instant};
use super::options::Options;
use super::rules::{self, FieldRules, MAX_TEXT};
use super::value::{FieldValue, LinkKind, SEPARATOR, ValueError};
use crate::decimal::{Decimal, DecimalError};
use crate::money::Currency;
use crate::permission::names;
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
        rules::refuse_foreign(kind, &rules, &mut violations);
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
            FieldKind::Text => Some(rules::text(max_length, &mut violations)),
            FieldKind::Number => Some(rules::number(decimals, min, max, &mut violations)),
            FieldKind::Money => Some(rules::money(
                currencies.unwrap_or_default(),
                &mut violations,
            )),
            FieldKind::Date => Some(Self::Date),
            FieldKind::DateTime => Some(Self::DateTime),
            FieldKind::Bool => Some(Self::Bool),
            FieldKind::Select => rules::select(options, &mut violations).map(Self::Select),
            FieldKind::MultiSelect => {
                rules::select(options, &mut violations).map(Self::MultiSelect)
            }
            FieldKind::Link => Some(rules::link(targets.unwrap_or_default(), &mut violations)),
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
        let value =
            match self {
                Self::Text { .. } | Self::Date | Self::DateTime | Self::Select(_) => {
                    FieldValue::Text(text.to_owned())
                }
                Self::Number { .. } => {
                    let number = text.parse();
                    FieldValue::Number(number.map_err(|error: DecimalError| {
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
    pub(super) const fn demand(&self) -> &'static str {
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
