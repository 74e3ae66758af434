//! The board on the wire.

use crm_domain::ids::UserId;
use crm_domain::page::Limit;
use crm_http::plugin::{Problem, QueryParameters, invalid};
use poem_openapi::Object;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::pipeline::DealsStage;
use super::{DealsDeal, DealsSum};
use crate::deals::{BoardColumn, BoardQuery};
use crate::pipeline::PipelineId;

/// The parameters of the board.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
pub(in crate::api) struct DealsBoardQuery {
    /// Of this pipeline.
    pipeline_id: Uuid,
    /// With the deals of this user only.
    owner: Option<Uuid>,
    /// With so many cards of each stage: 10, unless it is given.
    #[oai(validator(minimum(value = "1"), maximum(value = "50")))]
    cards: Option<u16>,
}

impl QueryParameters for DealsBoardQuery {}

/// The most cards of one stage.
const MAX_CARDS: u16 = 50;

impl TryFrom<DealsBoardQuery> for BoardQuery {
    type Error = Problem;

    fn try_from(query: DealsBoardQuery) -> Result<Self, Problem> {
        let DealsBoardQuery {
            pipeline_id,
            owner,
            cards,
        } = query;
        let cards = match cards {
            None => Limit::default(),
            Some(cards) => Limit::new(cards)
                .filter(|cards| cards.rows() <= MAX_CARDS)
                .ok_or_else(|| {
                    invalid(
                        "cards",
                        "out-of-range",
                        &format!("must be 1 to {MAX_CARDS}"),
                    )
                })?,
        };
        Ok(Self {
            pipeline: PipelineId::from(pipeline_id),
            owner: owner.map(UserId::from),
            cards,
        })
    }
}

/// The board of a pipeline.
#[derive(Debug, Serialize, Object)]
pub(in crate::api) struct DealsBoard {
    /// Its stages, in their order.
    #[oai(validator(max_items = 30))]
    columns: Vec<DealsBoardColumn>,
}

/// A stage on the board.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
struct DealsBoardColumn {
    /// The stage.
    stage: DealsStage,
    /// How many deals are in it.
    #[oai(validator(minimum(value = "0"), maximum(value = "1000")))]
    total_deals: i64,
    /// Whether there are more than that: counting and adding up stop at 1,000.
    total_is_capped: bool,
    /// What these deals add up to, by currency.
    #[oai(validator(max_items = 200))]
    sums: Vec<DealsSum>,
    /// The first of them, from the top.
    #[oai(validator(max_items = 50))]
    deals: Vec<DealsDeal>,
}

impl From<Vec<BoardColumn>> for DealsBoard {
    fn from(columns: Vec<BoardColumn>) -> Self {
        Self {
            columns: columns.into_iter().map(DealsBoardColumn::from).collect(),
        }
    }
}

impl From<BoardColumn> for DealsBoardColumn {
    fn from(column: BoardColumn) -> Self {
        let BoardColumn {
            stage,
            total,
            sums,
            cards,
        } = column;
        Self {
            stage: stage.into(),
            total_deals: total.rows,
            total_is_capped: total.is_capped,
            sums: sums.into_iter().map(DealsSum::from).collect(),
            deals: cards.into_iter().map(DealsDeal::from).collect(),
        }
    }
}
