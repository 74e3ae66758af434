//! The types that fields on the wire are made of: strict when read, exactly described in the API document.
//!
//! Values are read by serde and described by poem-openapi. What poem-openapi would parse by itself takes a number
//! for a text and drops unknown fields, so its own parsing is never used.

pub(crate) mod custom;
mod list;

pub use custom::CustomParameters;
pub use list::List;
pub(crate) use list::TOO_MANY;

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use crm_domain::change::Change;
use crm_domain::text::{
    Company, Description, Email, Name, Note, Phone, RoleName, Source, Tag, Tags, TeamName,
    TextError, Title,
};
use crm_domain::violation::Violations;
use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// A JSON text of at most `MAX` characters; what it means is for the domain to parse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text<const MAX: usize>(String);

impl<const MAX: usize> Text<MAX> {
    /// The domain's value of this text, or a violation of `field`.
    pub fn parse<T: FromStr<Err = TextError>>(
        &self,
        field: &str,
        violations: &mut Violations,
    ) -> Option<T> {
        violations.check(field, self.0.parse())
    }

    /// The text itself, borrowed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text itself.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }
}

impl<const MAX: usize, T: fmt::Display> From<&T> for Text<MAX> {
    fn from(value: &T) -> Self {
        Self(value.to_string())
    }
}

impl<const MAX: usize> Type for Text<MAX> {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        "string".into()
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Inline(Box::new(MetaSchema {
            max_length: Some(MAX),
            ..MetaSchema::new("string")
        }))
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

/// The name of a person, a lead or a customer.
pub type NameText = Text<{ Name::MAX_CHARS }>;
/// The name of a company.
pub type CompanyText = Text<{ Company::MAX_CHARS }>;
/// An e-mail address.
pub type EmailText = Text<{ Email::MAX_CHARS }>;
/// A phone number.
pub type PhoneText = Text<{ Phone::MAX_CHARS }>;
/// The name of a role.
pub type RoleNameText = Text<{ RoleName::MAX_CHARS }>;
/// The name of a team.
pub type TeamNameText = Text<{ TeamName::MAX_CHARS }>;
/// What something is for.
pub type DescriptionText = Text<{ Description::MAX_CHARS }>;
/// Where a lead came from.
pub type SourceText = Text<{ Source::MAX_CHARS }>;
/// A remark of one or more lines.
pub type NoteText = Text<{ Note::MAX_CHARS }>;
/// What is to be done, in one line.
pub type TitleText = Text<{ Title::MAX_CHARS }>;
/// A label on a record.
pub type TagText = Text<{ Tag::MAX_CHARS }>;

/// A field of a PATCH: absent leaves, `null` clears, a value sets.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Patch<T> {
    /// The field is not in the document.
    #[default]
    Absent,
    /// The field is `null`.
    Null,
    /// The field has a value.
    Set(T),
}

impl<T> Patch<T> {
    /// The change that the domain knows, its value made by `parse`; a value that does not parse keeps.
    pub fn into_change<U>(self, parse: impl FnOnce(T) -> Option<U>) -> Change<U> {
        match self {
            Self::Absent => Change::Keep,
            Self::Null => Change::Clear,
            Self::Set(value) => parse(value).map_or(Change::Keep, Change::Set),
        }
    }
}

impl<T> Patch<T> {
    /// The value of a field that is never empty; `null` is a violation of `field`.
    pub fn required(self, field: &str, violations: &mut Violations) -> Option<T> {
        match self {
            Self::Absent => None,
            Self::Null => {
                violations.add(field, "required", "must not be cleared");
                None
            }
            Self::Set(value) => Some(value),
        }
    }
}

/// The labels of a record.
pub type TagList = List<TagText, { Tags::MAX }>;

/// The tags that these texts are, under the name `tags`.
pub(crate) fn parse_tags(texts: &[TagText], violations: &mut Violations) -> Tags {
    let tags = texts.iter().enumerate();
    let tags: Vec<Tag> = tags
        .filter_map(|(i, text)| text.parse(&format!("tags/{i}"), violations))
        .collect();
    violations
        .check("tags", Tags::new(tags))
        .unwrap_or_default()
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Only called for a field that is there; `#[serde(default)]` gives Absent for one that is not.
        Ok(Option::<T>::deserialize(deserializer)?.map_or(Self::Null, Self::Set))
    }
}

impl<T: Type> Type for Patch<T> {
    const IS_REQUIRED: bool = false;
    type RawValueType = T::RawValueType;
    type RawElementValueType = T::RawElementValueType;

    fn name() -> Cow<'static, str> {
        format!("nullable<{}>", T::name()).into()
    }

    fn schema_ref() -> MetaSchemaRef {
        T::schema_ref()
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn as_raw_value(&self) -> Option<&Self::RawValueType> {
        match self {
            Self::Set(value) => value.as_raw_value(),
            Self::Absent | Self::Null => None,
        }
    }

    fn raw_element_iter<'a>(
        &'a self,
    ) -> Box<dyn Iterator<Item = &'a Self::RawElementValueType> + 'a> {
        match self {
            Self::Set(value) => value.raw_element_iter(),
            Self::Absent | Self::Null => Box::new(std::iter::empty()),
        }
    }
}

/// poem-openapi demands its own conversions of a field's type. They are not on any path: see the module's words.
macro_rules! not_by_poem {
    ($([$($generics:tt)*] $type:ty),*) => {$(
        impl<$($generics)*> ParseFromJSON for $type {
            fn parse_from_json(_: Option<Value>) -> ParseResult<Self> {
                Err(ParseError::custom("bodies are read by serde"))
            }
        }

        impl<$($generics)*> ToJSON for $type {
            fn to_json(&self) -> Option<Value> {
                None
            }
        }
    )*};
}

not_by_poem!([const MAX: usize] Text<MAX>, [T: Type] Patch<T>);

/// The wire's side of an enumeration of the domain: the same variants, described and read strictly. A variant is named
/// as it is written, or by the text after it. Without a type of the domain it is one of the wire's own.
#[macro_export]
macro_rules! wire_enum {
    ($(#[$doc:meta])* $name:ident = $domain:ty { $($(#[$variant_doc:meta])* $variant:ident),* $(,)? }) => {
        $crate::wire_enum! {
            @named $(#[$doc])* $name = $domain { $($(#[$variant_doc])* $variant = stringify!($variant),)* }
        }
    };
    ($(#[$doc:meta])* $name:ident = $domain:ty { $($(#[$variant_doc:meta])* $variant:ident = $text:literal),* $(,)? }) => {
        $crate::wire_enum! {
            @named $(#[$doc])* $name = $domain {
                $($(#[$variant_doc])* #[oai(rename = $text)] #[serde(rename = $text)] $variant = $text,)*
            }
        }
    };
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal),* $(,)? }) => {
        $crate::wire_enum! {
            @read $(#[$doc])* $name {
                $($(#[$variant_doc])* #[oai(rename = $text)] #[serde(rename = $text)] $variant = $text,)*
            }
        }
    };
    (@read $(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:expr,)* }) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, poem_openapi::Enum, serde::Serialize)]
        $(#[$doc])*
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                // By its name only: serde's own way takes `{"New": null}` as well, and calls a number no JSON.
                let name = String::deserialize(deserializer)?;
                $(if name == $text {
                    return Ok(Self::$variant);
                })*
                Err(serde::de::Error::unknown_variant(&name, &[$($text),*]))
            }
        }
    };
    (@named $(#[$doc:meta])* $name:ident = $domain:ty { $($(#[$variant_doc:meta])* $variant:ident = $text:expr,)* }) => {
        $crate::wire_enum! {
            @read $(#[$doc])* $name { $($(#[$variant_doc])* $variant = $text,)* }
        }

        impl From<$domain> for $name {
            fn from(value: $domain) -> Self {
                match value { $(<$domain>::$variant => Self::$variant,)* }
            }
        }

        impl From<$name> for $domain {
            fn from(value: $name) -> Self {
                match value { $($name::$variant => Self::$variant,)* }
            }
        }
    };
}

pub(crate) use {not_by_poem, wire_enum};
