//! The board of a pipeline: its stages with their first cards.

use crm_app::{Error, Result};
use crm_authz::Scope;
use crm_domain::activity::Actor;
use crm_domain::ids::UserId;
use crm_domain::page::{Limit, Total};
use crm_domain::permission::Action;

use super::Deals;
use crate::deal::Deal;
use crate::forecast::Sum;
use crate::pipeline::{PIPELINE, PipelineId, Stage};
use crate::store::board::{self, CAP, OnBoard};
use crate::store::{self, ListedDeal};

/// Which board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BoardQuery {
    /// Of this pipeline.
    pub pipeline: PipelineId,
    /// With the deals of this user only.
    pub owner: Option<UserId>,
    /// With so many cards of each stage.
    pub cards: Limit,
}

/// A stage on the board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardColumn {
    /// The stage.
    pub stage: Stage,
    /// How many deals are in it, up to a cap.
    pub total: Total,
    /// What these add up to.
    pub sums: Vec<Sum>,
    /// The first of them.
    pub cards: Vec<ListedDeal>,
}

impl Deals<'_> {
    /// The stages of a pipeline, each with its first cards. However many deals there are, so much is read.
    ///
    /// # Errors
    /// [`Error::Forbidden`], or [`Error::NotFound`] for a pipeline that is not there.
    pub async fn board(&self, actor: &Actor, query: BoardQuery) -> Result<Vec<BoardColumn>> {
        let scope: Scope<Deal> = self.0.access().await?.scope(actor, Action::Read)?;
        let mut conn = self.0.connection().await?;
        let pipeline = store::pipelines::find(&mut conn, query.pipeline)
            .await?
            .ok_or(Error::NotFound(PIPELINE))?;
        let on_board = OnBoard {
            pipeline: pipeline.id,
            owner: query.owner,
            scope: &scope,
        };
        let totals = board::totals(&mut conn, &on_board).await?;
        let ids = board::cards(&mut conn, &on_board, query.cards.rows()).await?;
        let mut cards = store::find_all(&mut conn, &ids, &scope).await?;
        self.add_customers(&mut conn, actor, &mut cards).await?;
        cards.sort_by(|one, next| one.deal.rank.cmp(&next.deal.rank));
        let column = |stage: Stage| {
            let own = totals.iter().filter(|total| total.stage == stage.id);
            let in_stage = cards.iter().filter(|card| card.deal.stage == stage.id);
            BoardColumn {
                total: Total {
                    rows: own.clone().map(|total| total.deals).sum::<i64>().min(CAP),
                    is_capped: own.clone().any(|total| total.goes_on),
                },
                sums: own.filter_map(|total| total.sum).collect(),
                cards: in_stage.cloned().collect(),
                stage,
            }
        };
        Ok(pipeline.stages.into_iter().map(column).collect())
    }
}
