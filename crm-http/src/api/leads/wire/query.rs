//! The parameters of the list of leads.

use chrono::{DateTime, Utc};
use crm_domain::ids::UserId;
use crm_domain::lead::{LeadFilter, LeadQuery, LeadSortField};
use uuid::Uuid;

use super::LeadStatus;
use crate::list::{instant, list_parameters};
use crate::problem::Problem;
use crate::query::{QueryParameters, invalid, parse};
use crate::wire::{SourceText, TagText, Text};

list_parameters! {
    /// The parameters of the list of leads.
    pub(in crate::api::leads) ListLeads and ExportLeads by LeadSortField {
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
    }
}

/// How many statuses there are, and so how many a list is narrowed to.
const STATUSES: usize = crm_domain::lead::LeadStatus::ALL.len();

impl QueryParameters for ListLeads {
    const REPEATABLE: &'static [&'static str] = &["status"];
}

impl TryFrom<ListLeads> for LeadQuery {
    type Error = Problem;

    fn try_from(mut query: ListLeads) -> Result<Self, Problem> {
        let (sort, page) = query.part()?;
        let ListLeads {
            status,
            search,
            assigned_agent,
            source,
            tag,
            is_archived,
            created_from,
            created_to,
            sort: _,
            page: _,
            limit: _,
            cursor: _,
            count: _,
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
            created_from: instant("createdFrom", created_from)?,
            created_to: instant("createdTo", created_to)?,
            is_archived: is_archived.unwrap_or_default(),
        };
        Ok(Self { filter, sort, page })
    }
}
