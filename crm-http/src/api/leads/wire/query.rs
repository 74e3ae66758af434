//! The parameters of the list of leads.

use chrono::{DateTime, Utc};
use crm_app::leads::{LeadQuery, PageRequest};
use crm_domain::ids::UserId;
use crm_domain::lead::{LeadFilter, LeadSort};
use poem_openapi::{Enum, Object};
use serde::Deserialize;
use uuid::Uuid;

use super::LeadStatus;
use crate::page;
use crate::problem::Problem;
use crate::query::{QueryParameters, invalid, parse};
use crate::wire::{SourceText, TagText, Text};

/// The parameters of the list of leads.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
pub(in crate::api::leads) struct ListLeads {
    /// In this status; repeat it for several.
    #[serde(default)]
    #[oai(validator(max_items = 6))]
    status: Vec<LeadStatus>,
    /// With each of these words in the name, company, address or number. A word of three letters or more is found
    /// anywhere; a term of shorter words only is the beginning of the name.
    search: Option<Text<100>>,
    /// Worked on by this user.
    assigned_agent: Option<Uuid>,
    /// From this source.
    source: Option<SourceText>,
    /// With this tag.
    tag: Option<TagText>,
    /// Put away, instead of at hand.
    is_archived: Option<bool>,
    /// Made at this instant or later.
    created_from: Option<DateTime<Utc>>,
    /// Made before this instant.
    created_to: Option<DateTime<Utc>>,
    /// In this order; `-` reverses it. The newest first, unless it is given.
    sort: Option<Sort>,
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
    count: Option<Count>,
}

/// How many statuses there are, and so how many a list is narrowed to.
const STATUSES: usize = crm_domain::lead::LeadStatus::ALL.len();

impl QueryParameters for ListLeads {
    const REPEATABLE: &'static [&'static str] = &["status"];
}

/// How leads are sorted.
#[derive(Debug, Clone, Copy, Deserialize, Enum)]
#[oai(rename = "LeadSort")]
enum Sort {
    /// The oldest first.
    #[serde(rename = "createdAt")]
    #[oai(rename = "createdAt")]
    Oldest,
    /// The newest first.
    #[serde(rename = "-createdAt")]
    #[oai(rename = "-createdAt")]
    Newest,
    /// What was changed longest ago first.
    #[serde(rename = "updatedAt")]
    #[oai(rename = "updatedAt")]
    ChangedLongestAgo,
    /// What was changed last first.
    #[serde(rename = "-updatedAt")]
    #[oai(rename = "-updatedAt")]
    ChangedLast,
    /// By name.
    #[serde(rename = "name")]
    #[oai(rename = "name")]
    Name,
    /// By name, from the end of the alphabet.
    #[serde(rename = "-name")]
    #[oai(rename = "-name")]
    NameReversed,
}

impl From<Sort> for LeadSort {
    fn from(sort: Sort) -> Self {
        use crm_domain::lead::LeadSortField::{CreatedAt, Name, UpdatedAt};
        use crm_domain::page::Direction::{Ascending, Descending};
        let (field, direction) = match sort {
            Sort::Oldest => (CreatedAt, Ascending),
            Sort::Newest => (CreatedAt, Descending),
            Sort::ChangedLongestAgo => (UpdatedAt, Ascending),
            Sort::ChangedLast => (UpdatedAt, Descending),
            Sort::Name => (Name, Ascending),
            Sort::NameReversed => (Name, Descending),
        };
        Self { field, direction }
    }
}

/// How a total is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Enum)]
enum Count {
    /// To the end.
    #[serde(rename = "exact")]
    #[oai(rename = "exact")]
    Exact,
}

impl TryFrom<ListLeads> for LeadQuery {
    type Error = Problem;

    fn try_from(query: ListLeads) -> Result<Self, Problem> {
        let ListLeads {
            status,
            search,
            assigned_agent,
            source,
            tag,
            is_archived,
            created_from,
            created_to,
            sort,
            page,
            limit,
            cursor,
            count,
        } = query;
        if status.len() > STATUSES {
            let message = format!("must have at most {STATUSES} entries");
            return Err(invalid("status", "too-many", &message));
        }
        let filter = LeadFilter {
            statuses: status.into_iter().map(Into::into).collect(),
            search: search.map(|text| parse("search", text)).transpose()?,
            assigned_agent: assigned_agent.map(UserId::from),
            source: source.map(|text| parse("source", text)).transpose()?,
            tag: tag.map(|text| parse("tag", text)).transpose()?,
            created_from: created_from
                .map(|at| within_years("createdFrom", at))
                .transpose()?,
            created_to: created_to
                .map(|at| within_years("createdTo", at))
                .transpose()?,
            is_archived: is_archived.unwrap_or_default(),
        };
        let page = page_request(page, limit, cursor, count == Some(Count::Exact))?;
        Ok(Self {
            filter,
            sort: sort.map(Into::into).unwrap_or_default(),
            page,
        })
    }
}

/// Postgres and clients agree on these years.
fn within_years(name: &str, at: DateTime<Utc>) -> Result<DateTime<Utc>, Problem> {
    use chrono::{Datelike, Timelike};
    // A leap second has more than a second's nanoseconds, and is none to Postgres.
    let is_within = (1970..=9999).contains(&at.year()) && at.nanosecond() < 1_000_000_000;
    if is_within {
        Ok(at)
    } else {
        Err(invalid(
            name,
            "out-of-range",
            "must be in the years 1970 to 9999, and no leap second",
        ))
    }
}

fn page_request(
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
