//! The values of custom fields, by the shape that they have in JSON.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::decimal::Decimal;
use crate::money::{Currency, Money};
use crate::permission::names;
use crate::text::{TextError, fold};

/// The value of a custom field. A date, an instant and an option are texts, each in one form only: which of them it is says
/// the definition of the field.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum FieldValue {
    /// Yes or no.
    Bool(bool),
    /// A number.
    Number(Decimal),
    /// A text, a date, an instant or an option.
    Text(String),
    /// Several options.
    Texts(Vec<String>),
    /// An amount of money.
    Money(Money),
    /// Another record.
    Link(Link),
}

/// Why a value was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ValueError {
    /// A stable machine key: `out-of-range`.
    pub code: &'static str,
    /// What a person reads, without the field's name.
    pub message: String,
}

impl ValueError {
    pub(super) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    pub(super) fn wrong_type(message: &str) -> Self {
        Self::new("wrong-type", message)
    }
}

/// Follows all keys of values: what a record without a value is sorted by. No key holds it, though some end in it.
pub const NO_VALUE_KEY: char = char::MAX;

/// So many characters of a folded text are compared and sorted by.
pub const KEY_CHARS: usize = 200;

/// A text as it is compared: folded, and cut where an index would not take it. One that was cut equals none that was not.
fn text_key(text: &str) -> String {
    let folded = fold(text);
    let mut characters = folded.chars().filter(|c| *c != NO_VALUE_KEY);
    let mut key: String = characters.by_ref().take(KEY_CHARS).collect();
    if characters.next().is_some() {
        key.push(NO_VALUE_KEY);
    }
    key
}

impl FieldValue {
    /// A value of this shape, whatever field it is for.
    ///
    /// # Errors
    /// [`ValueError`] for JSON that no field takes; `null` too, which is no value.
    pub fn from_json(json: &Value) -> Result<Self, ValueError> {
        let no_shape = || ValueError::wrong_type("is not of a type that a field has");
        match json {
            Value::Bool(value) => Ok(Self::Bool(*value)),
            Value::Number(number) => Decimal::from_json(number)
                .map(Self::Number)
                .map_err(|error| ValueError::new("too-precise", error.to_string())),
            Value::String(text) => Ok(Self::Text(text.clone())),
            Value::Array(list) => {
                let texts = list.iter().map(|item| item.as_str().map(str::to_owned));
                let texts: Option<Vec<_>> = texts.collect();
                texts.map(Self::Texts).ok_or_else(no_shape)
            }
            Value::Object(members) if members.contains_key("currency") => {
                money(members).map(Self::Money)
            }
            Value::Object(members) => link(members).map(Self::Link),
            Value::Null => Err(no_shape()),
        }
    }

    /// The value in JSON.
    #[must_use]
    pub fn to_json(&self) -> Value {
        match self {
            Self::Bool(value) => json!(value),
            Self::Number(number) => number.to_json(),
            Self::Text(text) => json!(text),
            Self::Texts(texts) => json!(texts),
            Self::Money(money) => {
                json!({ "amount": money.amount(), "currency": money.currency().code() })
            }
            Self::Link(link) => json!({ "type": link.kind.as_str(), "id": link.id }),
        }
    }

    /// The texts by which lists compare the value and, where it is one, sort it: byte by byte.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        match self {
            Self::Texts(texts) => texts.iter().map(|text| text_key(text)).collect(),
            Self::Bool(value) => vec![value.to_string()],
            Self::Number(number) => vec![number.key()],
            Self::Text(text) => vec![text_key(text)],
            Self::Money(money) => vec![money.key()],
            Self::Link(link) => vec![link.to_string()],
        }
    }

    /// What the database keeps to compare and sort by.
    pub(super) fn key_json(&self) -> Value {
        match self {
            Self::Texts(_) => json!(self.keys()),
            _ => self.keys().pop().map_or(Value::Null, Value::String),
        }
    }
}

fn money(members: &Map<String, Value>) -> Result<Money, ValueError> {
    let wrong = || {
        ValueError::wrong_type(
            "must have a whole amount of minor units and a currency, as its only members",
        )
    };
    if members.len() != 2 {
        return Err(wrong());
    }
    let amount = members
        .get("amount")
        .and_then(Value::as_i64)
        .ok_or_else(wrong)?;
    let currency = members
        .get("currency")
        .and_then(Value::as_str)
        .ok_or_else(wrong)?;
    let currency: Currency = currency
        .parse()
        .map_err(|error: TextError| ValueError::new(error.code(), error.to_string()))?;
    Money::new(amount, currency).map_err(|error| ValueError::new("out-of-range", error.to_string()))
}

fn link(members: &Map<String, Value>) -> Result<Link, ValueError> {
    let wrong = || ValueError::wrong_type("must have a type and an id, as its only members");
    if members.len() != 2 {
        return Err(wrong());
    }
    let kind = members
        .get("type")
        .and_then(Value::as_str)
        .ok_or_else(wrong)?;
    let id = members
        .get("id")
        .and_then(Value::as_str)
        .ok_or_else(wrong)?;
    let kind = kind.parse();
    let kind = kind
        .map_err(|error: TextError| ValueError::new(error.code(), format!("its type {error}")))?;
    let id = Uuid::try_parse(id).map_err(|_| ValueError::wrong_type("its id must be a UUID"))?;
    Ok(Link { kind, id })
}

/// The value as a text, as exports write it and imports read it: `12.5`, `12.50 EUR`, `true`, `gold;silver`,
/// `lead:019b7fbc-…`.
impl fmt::Display for FieldValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => value.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => f.write_str(text),
            Self::Texts(texts) => f.write_str(&texts.join(&SEPARATOR.to_string())),
            Self::Money(money) => money.fmt(f),
            Self::Link(link) => link.fmt(f),
        }
    }
}

/// Stands between several options in a text, and in none of them.
pub const SEPARATOR: char = ';';

impl Serialize for FieldValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
    }
}

names! {
    /// What kind of record a link leads to.
    LinkKind {
        /// A lead.
        Lead = "lead",
        /// A customer.
        Customer = "customer",
        /// A task.
        Task = "task",
        /// A user of the workspace.
        User = "user",
    }
}

/// Another record, which whoever sets the link may read. As a text: `lead:019b7fbc-…`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Link {
    /// What kind of record it is.
    pub kind: LinkKind,
    /// Which one.
    pub id: Uuid,
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind, self.id)
    }
}

impl FromStr for Link {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let wrong = || ValueError::wrong_type("must be a kind of record, a colon and an id");
        let (kind, id) = text.split_once(':').ok_or_else(wrong)?;
        Ok(Self {
            kind: kind.parse().map_err(|_| wrong())?,
            id: Uuid::try_parse(id).map_err(|_| wrong())?,
        })
    }
}
