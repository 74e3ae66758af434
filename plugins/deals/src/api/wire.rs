//! What the operations take and give.

mod board;
mod convert;
mod figures;
mod history;
mod input;
mod money;
mod pipeline;
mod query;

pub(super) use board::{DealsBoard, DealsBoardQuery};
pub(super) use convert::{DealsConversion, DealsConvertLead};
pub(super) use figures::{DealsFigures, DealsForecast, DealsForecastQuery, DealsSum};
pub(super) use history::DealsHistory;
pub(super) use input::{DealsCreateDeal, DealsMoveDeal, DealsUpdateDeal};
pub(super) use money::DealsMoney;
pub(crate) use pipeline::DealsPipeline;
pub(super) use pipeline::{
    DealsCreatePipeline, DealsDeletePipeline, DealsPipelineList, DealsStageKind,
    DealsUpdatePipeline,
};
pub(super) use query::DealsListDeals;

use chrono::{DateTime, Utc};
use crm_domain::ids::UserId;
use crm_http::api::users::UserReference;
use crm_http::list_answer;
use crm_http::plugin::Date;
use crm_http::wire::{DescriptionText, NameText, Text};
use poem_openapi::Object;
use serde::Serialize;
use uuid::Uuid;

use crate::deal::Deal;
use crate::pipeline::{Probability, Stage};
use crate::store::ListedDeal;

/// A deal.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
pub(crate) struct DealsDeal {
    /// Identifies the deal.
    id: Uuid,
    /// What it is called.
    name: NameText,
    /// Who may buy.
    customer: DealsCustomer,
    /// The pipeline that it goes through.
    pipeline_id: Uuid,
    /// Where it stands.
    stage: DealsStageReference,
    /// Since when it stands there.
    stage_since: DateTime<Utc>,
    /// When it becomes stale there, or became so; `null` where deals do not.
    stale_at: Option<DateTime<Utc>>,
    /// For how much.
    amount: Option<DealsMoney>,
    /// How likely it is to be won, in per cent: its own probability, else that of its stage.
    #[oai(validator(minimum(value = "0"), maximum(value = "100")))]
    probability: u8,
    /// Its own probability.
    #[oai(validator(minimum(value = "0"), maximum(value = "100")))]
    probability_override: Option<u8>,
    /// The day of the workspace's calendar on which it may be won.
    expected_close_date: Option<Date>,
    /// Who works on it.
    owner: Option<UserReference>,
    /// Why it is lost.
    lost_reason: Option<DescriptionText>,
    /// When it was won or lost.
    closed_at: Option<DateTime<Utc>>,
    /// Whether it is put away.
    is_archived: bool,
    /// Counts writes, from 1.
    #[oai(validator(minimum(value = "1"), maximum(value = "2147483647")))]
    version: i32,
    /// Who made the record; `null` for the program itself.
    created_by: Option<Uuid>,
    /// When the record was made.
    created_at: DateTime<Utc>,
    /// When the record was last changed.
    updated_at: DateTime<Utc>,
}

/// A customer, as deals show them.
#[derive(Debug, Serialize, Object)]
struct DealsCustomer {
    /// Which one.
    id: Uuid,
    /// Their name; `null` for who may not see it.
    name: Option<NameText>,
}

/// A stage, as deals show it.
#[derive(Debug, Serialize, Object)]
pub(super) struct DealsStageReference {
    /// Which one.
    id: Uuid,
    /// What it is called.
    name: NameText,
    /// What it means for a deal to be in it.
    kind: DealsStageKind,
}

impl From<&Stage> for DealsStageReference {
    fn from(stage: &Stage) -> Self {
        Self {
            id: stage.id.uuid(),
            name: (&stage.name).into(),
            kind: stage.kind.into(),
        }
    }
}

impl From<ListedDeal> for DealsDeal {
    fn from(listed: ListedDeal) -> Self {
        let ListedDeal {
            deal,
            stage,
            owner,
            customer_name,
        } = listed;
        let probability = deal.probability(&stage).percent();
        let Deal {
            id,
            name,
            customer,
            pipeline,
            stage: _,
            kind: _,
            stage_since,
            rank: _,
            amount,
            probability_override,
            expected_close,
            owner: _,
            lost_reason,
            closed_at,
            is_archived,
            version,
            created_by,
            created_at,
            updated_at,
        } = deal;
        Self {
            id: id.uuid(),
            name: (&name).into(),
            customer: DealsCustomer {
                id: customer.uuid(),
                name: customer_name.as_ref().map(Text::from),
            },
            pipeline_id: pipeline.uuid(),
            stage: (&stage).into(),
            stage_since,
            stale_at: stage.stale_at(stage_since),
            amount: amount.map(DealsMoney::from),
            probability,
            probability_override: probability_override.map(Probability::percent),
            expected_close_date: expected_close.map(Date::from),
            owner: owner.as_ref().map(UserReference::from),
            lost_reason: lost_reason.as_ref().map(Text::from),
            closed_at,
            is_archived,
            version,
            created_by: created_by.map(UserId::uuid),
            created_at,
            updated_at,
        }
    }
}

list_answer! {
    /// A part of a list of deals.
    pub(super) DealsDealList from ListedDeal {
        /// The deals.
        deals: DealsDeal,
        /// How many deals match; `null` after a cursor.
        total_deals,
    }
}
