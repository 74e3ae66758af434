//! The parameters of the list of leads.

use chrono::{DateTime, Utc};
use crm_domain::ids::UserId;
use crm_domain::lead::{LeadFilter, LeadQuery, LeadSortField};
use uuid::Uuid;

use super::LeadStatus;
use crate::api::permissions::Scope;
use crate::list::{MOST_EXCEPTIONS, at_most, instant, list_parameters};
use crate::problem::Problem;
use crate::query::{QueryParameters, parse};
use crate::wire::custom::CustomParameters;
use crate::wire::{SourceText, TagText, Text};

list_parameters! {
    /// The parameters of the list of leads.
    pub(in crate::api) ListLeads and ExportLeads by LeadSortField, narrowed by FilterLeads {
        /// In this status; repeat it for several.
        #[serde(default)]
        #[oai(default, validator(max_items = 6))]
        status: Vec<LeadStatus>,
        /// With each of these words in the name, company, address or number. A word of three letters or more is found
        /// anywhere; a term of shorter words only is the beginning of the name.
        search: Option<Text<100>>,
        /// Worked on by this user.
        assigned_agent: Option<Uuid>,
        /// Worked on by somebody, but not by this user; repeat it for several.
        #[serde(default)]
        #[oai(default, validator(max_items = 20))]
        not_agent: Vec<Uuid>,
        /// Worked on by somebody, or by nobody.
        has_agent: Option<bool>,
        /// From this source.
        source: Option<SourceText>,
        /// From some source, but not from this one; repeat it for several.
        #[serde(default)]
        #[oai(default, validator(max_items = 20))]
        not_source: Vec<SourceText>,
        /// From some source, or from none that is known.
        has_source: Option<bool>,
        /// With this tag.
        tag: Option<TagText>,
        /// Put away, instead of at hand.
        is_archived: Option<bool>,
        /// Made at this instant or later.
        created_from: Option<DateTime<Utc>>,
        /// Made before this instant.
        created_to: Option<DateTime<Utc>>,
        /// Converted at this instant or later.
        converted_from: Option<DateTime<Utc>>,
        /// Converted before this instant.
        converted_to: Option<DateTime<Utc>>,
        /// No farther than this, of what you may see: `own` for yours alone.
        scope: Option<Scope>,
    }
}

/// How many statuses there are, and so how many a list is narrowed to.
const STATUSES: usize = crm_domain::lead::LeadStatus::ALL.len();

impl QueryParameters for ListLeads {
    const REPEATABLE: &'static [&'static str] = &["status", "notAgent", "notSource"];
    const HAS_CUSTOM: bool = true;

    fn custom(&mut self) -> Option<&mut CustomParameters> {
        Some(&mut self.custom)
    }
}

impl TryFrom<ListLeads> for LeadQuery {
    type Error = Problem;

    fn try_from(query: ListLeads) -> Result<Self, Problem> {
        let (filter, sort, page) = query.parts()?;
        let filter = filter.try_into()?;
        Ok(Self { filter, sort, page })
    }
}

impl TryFrom<FilterLeads> for LeadFilter {
    type Error = Problem;

    fn try_from(filter: FilterLeads) -> Result<Self, Problem> {
        let FilterLeads {
            status,
            search,
            assigned_agent,
            not_agent,
            has_agent,
            source,
            not_source,
            has_source,
            tag,
            is_archived,
            created_from,
            created_to,
            converted_from,
            converted_to,
            scope,
            custom,
        } = filter;
        at_most("status", status.len(), STATUSES)?;
        at_most("notAgent", not_agent.len(), MOST_EXCEPTIONS)?;
        at_most("notSource", not_source.len(), MOST_EXCEPTIONS)?;
        let not_sources = not_source.into_iter().map(|text| parse("notSource", text));
        Ok(Self {
            statuses: status.into_iter().map(Into::into).collect(),
            search: search.map(|text| parse("search", text)).transpose()?,
            assigned_agent: assigned_agent.map(UserId::from),
            not_agents: not_agent.into_iter().map(UserId::from).collect(),
            has_agent,
            source: source.map(|text| parse("source", text)).transpose()?,
            not_sources: not_sources.collect::<Result<_, _>>()?,
            has_source,
            tag: tag.map(|text| parse("tag", text)).transpose()?,
            created_from: instant("createdFrom", created_from)?,
            created_to: instant("createdTo", created_to)?,
            converted_from: instant("convertedFrom", converted_from)?,
            converted_to: instant("convertedTo", converted_to)?,
            scope: scope.map(Into::into),
            custom: custom.conditions()?,
            is_archived: is_archived.unwrap_or_default(),
        })
    }
}
