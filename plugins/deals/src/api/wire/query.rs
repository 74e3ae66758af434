//! The parameters of the list of deals.

use chrono::{DateTime, Utc};
use crm_domain::ids::{CustomerId, UserId};
use crm_http::list_parameters;
use crm_http::plugin::{Date, Problem, QueryParameters, at_most, day, instant, invalid, parse};
use crm_http::wire::Text;
use uuid::Uuid;

use super::DealsStageKind;
use crate::deal::{DealFilter, DealQuery, DealSortField};
use crate::pipeline::{PipelineId, StageId, StageKind};

list_parameters! {
    /// The parameters of the list of deals.
    pub(in crate::api) DealsListDeals by DealSortField, narrowed by DealsFilterDeals {
        /// In this pipeline.
        pipeline_id: Option<Uuid>,
        /// In this stage.
        stage_id: Option<Uuid>,
        /// In a stage of this kind; repeat it for several.
        #[serde(default)]
        #[oai(default, validator(max_items = 3))]
        kind: Vec<DealsStageKind>,
        /// Worked on by this user.
        owner: Option<Uuid>,
        /// Of this customer.
        customer_id: Option<Uuid>,
        /// With each of these words in the name. A word of three letters or more is found anywhere; a term of shorter words only is
        /// the beginning of the name.
        search: Option<Text<100>>,
        /// Expected to be won on this day of the workspace's calendar or later.
        expected_close_from: Option<Date>,
        /// Expected to be won on this day of the workspace's calendar or before.
        expected_close_to: Option<Date>,
        /// Won or lost at this instant or later.
        closed_from: Option<DateTime<Utc>>,
        /// Won or lost before this instant.
        closed_to: Option<DateTime<Utc>>,
        /// In their stage for longer than deals should be, or not.
        is_stale: Option<bool>,
        /// Put away, instead of at hand.
        is_archived: Option<bool>,
    }
}

impl QueryParameters for DealsListDeals {
    const REPEATABLE: &'static [&'static str] = &["kind"];
}

impl TryFrom<DealsListDeals> for DealQuery {
    type Error = Problem;

    fn try_from(query: DealsListDeals) -> Result<Self, Problem> {
        let (filter, sort, page) = query.parts()?;
        let filter = DealFilter::try_from(filter)?;
        if sort.field == DealSortField::Rank && filter.stage.is_none() {
            let message = "sorts the deals of one stage: give stageId besides";
            return Err(invalid("sort", "not-allowed", message));
        }
        Ok(Self { filter, sort, page })
    }
}

impl TryFrom<DealsFilterDeals> for DealFilter {
    type Error = Problem;

    fn try_from(filter: DealsFilterDeals) -> Result<Self, Problem> {
        let DealsFilterDeals {
            pipeline_id,
            stage_id,
            kind,
            owner,
            customer_id,
            search,
            expected_close_from,
            expected_close_to,
            closed_from,
            closed_to,
            is_stale,
            is_archived,
        } = filter;
        at_most("kind", kind.len(), StageKind::ALL.len())?;
        Ok(Self {
            pipeline: pipeline_id.map(PipelineId::from),
            stage: stage_id.map(StageId::from),
            kinds: kind.into_iter().map(Into::into).collect(),
            owner: owner.map(UserId::from),
            customer: customer_id.map(CustomerId::from),
            search: search.map(|text| parse("search", text)).transpose()?,
            expected_from: day("expectedCloseFrom", expected_close_from)?,
            expected_to: day("expectedCloseTo", expected_close_to)?,
            closed_from: instant("closedFrom", closed_from)?,
            closed_to: instant("closedTo", closed_to)?,
            is_stale,
            is_archived: is_archived.unwrap_or_default(),
        })
    }
}
