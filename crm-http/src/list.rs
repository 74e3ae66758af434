//! What all lists take and give: an order, a part of the whole, and where to go on.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, Utc};
use crm_domain::list::{PageRequest, Sort, SortField};
use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type};
use poem_openapi::{Enum, Object};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::page;
use crate::problem::Problem;
use crate::query::invalid;
use crate::time::{self, Date};

/// How a list is sorted: the names that the document lists, and no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SortText<Field>(
    /// The order.
    pub Sort<Field>,
);

impl<'de, Field: SortField> Deserialize<'de> for SortText<Field> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        name.parse().map(Self).map_err(|_| {
            // In serde's own words, which the query's refusals are made of.
            let all: Vec<_> = Sort::<Field>::all()
                .map(|sort| format!("`{sort}`"))
                .collect();
            let all = all.join(", ");
            serde::de::Error::custom(format!("unknown variant `{name}`, expected one of {all}"))
        })
    }
}

impl<Field: SortField> Type for SortText<Field> {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        Field::NAME.into()
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Reference(Field::NAME.to_owned())
    }

    fn register(registry: &mut Registry) {
        registry.create_schema::<Self, _>(Field::NAME.to_owned(), |_| MetaSchema {
            description: Some("An order; `-` reverses it."),
            default: Some(Value::String(Sort::<Field>::default().to_string())),
            ..orders::<Field>()
        });
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

/// Those that are named, and, where records have custom fields, those by these.
fn orders<Field: SortField>() -> MetaSchema {
    let named = MetaSchema {
        enum_items: Sort::<Field>::all()
            .map(|sort| Value::String(sort.to_string()))
            .collect(),
        ..MetaSchema::new("string")
    };
    let is_custom = "custom.a".parse::<Sort<Field>>().is_ok();
    if !is_custom {
        return named;
    }
    let by_custom = MetaSchema {
        pattern: Some(r"^-?custom\.[a-z][a-zA-Z0-9]{0,39}$".to_owned()),
        max_length: Some(48),
        ..MetaSchema::new("string")
    };
    let any_of = [named, by_custom].map(|schema| MetaSchemaRef::Inline(Box::new(schema)));
    MetaSchema {
        any_of: any_of.into(),
        ..MetaSchema::ANY
    }
}

impl<Field: SortField> ParseFromJSON for SortText<Field> {
    fn parse_from_json(_: Option<Value>) -> ParseResult<Self> {
        Err(ParseError::custom("queries are read by serde"))
    }
}

impl<Field: SortField> ToJSON for SortText<Field> {
    fn to_json(&self) -> Option<Value> {
        None
    }
}

/// How a total is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Enum)]
pub enum Count {
    /// To the end.
    #[serde(rename = "exact")]
    #[oai(rename = "exact")]
    Exact,
}

/// Makes the parameters of a list: its own, and those that all lists have. With an export also those: the same, less what names
/// a part.
///
/// A plugin's list says `ListDeals by DealSortField, narrowed by FilterDeals { .. }`. Of both types that this makes, `parts` of the
/// first gives the second, the order and the part that is wanted; `QueryParameters` is for the plugin to implement.
#[macro_export]
macro_rules! list_parameters {
    (
        @list $(#[$doc:meta])* $vis:vis $name:ident by $Field:ty, narrowed by $Filter:ident {
            $($(#[$field_doc:meta])* $field:ident: $type:ty,)*
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, serde::Deserialize, poem_openapi::Object)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        #[oai(rename_all = "camelCase")]
        $vis struct $name {
            $($(#[$field_doc])* $field: $type,)*
            /// In this order; `-` reverses it.
            sort: Option<$crate::plugin::SortText<$Field>>,
            /// Which page, from 1. Pages reach 10,000 rows deep; beyond, follow `nextCursor`.
            #[oai(validator(minimum(value = "1"), maximum(value = "10001")))]
            page: Option<u32>,
            /// How many rows: 10, unless it is given.
            #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
            limit: Option<u16>,
            /// Goes on where a page of the same list ended; not together with `page`.
            #[oai(validator(max_length = 2000))]
            cursor: Option<String>,
            /// `exact` counts all rows, however long that takes.
            count: Option<$crate::plugin::Count>,
        }

        impl $name {
            /// What the list is narrowed by, the order and the part that are wanted.
            $vis fn parts(
                self,
            ) -> Result<
                ($Filter, crm_domain::list::Sort<$Field>, crm_domain::list::PageRequest),
                $crate::plugin::Problem,
            > {
                let Self { $($field,)* sort, page, limit, cursor, count } = self;
                let sort = sort.map(|sort| sort.0).unwrap_or_default();
                let is_exact = count == Some($crate::plugin::Count::Exact);
                let page = $crate::plugin::page_request(page, limit, cursor, is_exact)?;
                Ok(($Filter { $($field,)* }, sort, page))
            }
        }
    };
    (
        $(#[$doc:meta])*
        $vis:vis $name:ident by $Field:ty, narrowed by $Filter:ident {
            $($(#[$field_doc:meta])* $field:ident: $type:ty,)*
        }
    ) => {
        /// What the list of these records can be narrowed by.
        #[derive(Debug)]
        $vis struct $Filter {
            $($vis $field: $type,)*
        }

        $crate::list_parameters! {
            @list $(#[$doc])* $vis $name by $Field, narrowed by $Filter {
                $($(#[$field_doc])* $field: $type,)*
            }
        }
    };
    (
        $(#[$doc:meta])*
        $vis:vis $name:ident and $export:ident by $Field:ty, narrowed by $Filter:ident {
            $($(#[$field_doc:meta])* $field:ident: $type:ty,)*
        }
    ) => {
        /// What the list of these records can be narrowed by.
        #[derive(Debug, serde::Deserialize, poem_openapi::Object)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        #[oai(rename_all = "camelCase")]
        $vis struct $Filter {
            $($(#[$field_doc])* $field: $type,)*
            #[serde(default)]
            #[oai(default)]
            custom: $crate::wire::CustomParameters,
        }

        $crate::list_parameters! {
            @list $(#[$doc])* $vis $name by $Field, narrowed by $Filter {
                $($(#[$field_doc])* $field: $type,)*
                #[serde(skip)]
                custom: $crate::wire::CustomParameters,
            }
        }

        /// The parameters of the export.
        #[derive(Debug, serde::Deserialize, poem_openapi::Object)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        #[oai(rename_all = "camelCase")]
        $vis struct $export {
            $($(#[$field_doc])* $field: $type,)*
            #[serde(skip)]
            custom: $crate::wire::CustomParameters,
            /// In this order; `-` reverses it.
            sort: Option<$crate::plugin::SortText<$Field>>,
            /// In this form: `csv`, unless it is given.
            format: Option<$crate::export::Format>,
        }

        impl $crate::plugin::QueryParameters for $export {
            const REPEATABLE: &'static [&'static str] =
                <$name as $crate::plugin::QueryParameters>::REPEATABLE;
            const HAS_CUSTOM: bool = true;

            fn custom(&mut self) -> Option<&mut $crate::wire::CustomParameters> {
                Some(&mut self.custom)
            }
        }

        impl $export {
            /// The list that is exported, and in which form.
            $vis fn split(self) -> ($name, $crate::export::Format) {
                let list = $name {
                    $($field: self.$field,)*
                    custom: self.custom,
                    sort: self.sort,
                    page: None,
                    limit: None,
                    cursor: None,
                    count: None,
                };
                (list, self.format.unwrap_or_default())
            }
        }
    };
}

/// Makes the answer of a list.
#[macro_export]
macro_rules! list_answer {
    (
        $(#[$doc:meta])*
        $vis:vis $name:ident from $Listed:ty {
            $(#[$records_doc:meta])* $records:ident: $Record:ty,
            $(#[$total_doc:meta])* $total:ident,
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, serde::Serialize, poem_openapi::Object)]
        #[serde(rename_all = "camelCase")]
        #[oai(rename_all = "camelCase")]
        $vis struct $name {
            $(#[$records_doc])*
            #[oai(validator(max_items = 100))]
            $records: Vec<$Record>,
            $(#[$total_doc])*
            #[oai(validator(minimum(value = "0"), maximum(value = "9007199254740991")))]
            $total: Option<i64>,
            /// Whether there are more than that: counting stops at 1,000, or at 100 where words are searched for, unless
            /// `count=exact`.
            total_is_capped: bool,
            /// The number of this page; `null` after a cursor.
            #[oai(validator(minimum(value = "1"), maximum(value = "10001")))]
            page: Option<u32>,
            /// How many pages there are; `null` after a cursor.
            #[oai(validator(minimum(value = "0"), maximum(value = "9007199254740991")))]
            total_pages: Option<i64>,
            /// Where to go on; `null` at the end.
            #[oai(validator(max_length = 2000))]
            next_cursor: Option<String>,
        }

        impl From<crm_domain::list::Listing<$Listed>> for $name {
            fn from(list: crm_domain::list::Listing<$Listed>) -> Self {
                Self {
                    $records: list.records.into_iter().map(<$Record>::from).collect(),
                    $total: list.total.map(|total| total.rows),
                    total_is_capped: list.total.is_some_and(|total| total.is_capped),
                    page: list.page.map(crm_domain::page::Page::number),
                    total_pages: list
                        .page
                        .zip(list.total)
                        .map(|(page, total)| total.pages(page.limit())),
                    next_cursor: list.next_cursor,
                }
            }
        }
    };
}

pub(crate) use {list_answer, list_parameters};

/// The part of a list that is wanted.
///
/// # Errors
/// A [`Problem`] that names the parameter.
pub fn page_request(
    page: Option<u32>,
    limit: Option<u16>,
    cursor: Option<String>,
    exact_total: bool,
) -> Result<PageRequest, Problem> {
    let limit = page::limit(limit)?;
    match (page, cursor) {
        (Some(_), Some(_)) => Err(invalid(
            "cursor",
            "not-allowed",
            "must not be given together with page",
        )),
        (None, Some(cursor)) => Ok(PageRequest::After { cursor, limit }),
        (number, None) => {
            let page = page::page(number, limit)?;
            Ok(PageRequest::Numbered { page, exact_total })
        }
    }
}

/// The most users or sources that a list leaves out.
pub(crate) const MOST_EXCEPTIONS: usize = 20;

/// Refuses a parameter that is given more often than the document says.
///
/// # Errors
/// A [`Problem`] that names the parameter.
pub fn at_most(name: &str, given: usize, most: usize) -> Result<(), Problem> {
    if given > most {
        let message = format!("must have at most {most} entries");
        return Err(invalid(name, "too-many", &message));
    }
    Ok(())
}

/// The parameters of a list that only goes on and on.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
pub struct Onward {
    /// Goes on where a part of the same list ended.
    #[oai(validator(max_length = 2000))]
    cursor: Option<String>,
    /// How many rows: 10, unless it is given.
    #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
    limit: Option<u16>,
}

impl crate::query::QueryParameters for Onward {}

impl TryFrom<Onward> for PageRequest {
    type Error = Problem;

    fn try_from(Onward { cursor, limit }: Onward) -> Result<Self, Problem> {
        page_request(None, limit, cursor, false)
    }
}

/// An instant that a list is narrowed by.
///
/// # Errors
/// A [`Problem`] that names the parameter.
pub fn instant(name: &str, at: Option<DateTime<Utc>>) -> Result<Option<DateTime<Utc>>, Problem> {
    match at {
        Some(at) if !time::is_within(at) => Err(invalid(
            name,
            time::OUT_OF_RANGE,
            time::INSTANT_OUT_OF_RANGE,
        )),
        at => Ok(at),
    }
}

/// A day that a list is narrowed by.
///
/// # Errors
/// A [`Problem`] that names the parameter.
pub fn day(name: &str, day: Option<Date>) -> Result<Option<NaiveDate>, Problem> {
    match day.map(Date::day) {
        Some(day) if !time::is_day_within(day) => {
            Err(invalid(name, time::OUT_OF_RANGE, time::DAY_OUT_OF_RANGE))
        }
        day => Ok(day),
    }
}
