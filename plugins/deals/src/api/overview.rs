//! Deals seen together: the board, what may come in, what is open.

use crm_http::permissions;
use crm_http::plugin::{Problem, Query, Reply, Require};
use poem_openapi::OpenApi;

use super::Tag;
use super::wire::{DealsBoard, DealsBoardQuery, DealsFigures, DealsForecast, DealsForecastQuery};
use crate::deal::DEAL;
use crate::deals::Deals;

permissions! {
    /// See deals.
    DealRead = "deals.deal:read" (DEAL, Read);
}

/// The operations on all deals that one may see.
pub(crate) struct OverviewApi;

#[OpenApi(tag = "Tag::Deals")]
impl OverviewApi {
    /// Show the board of a pipeline
    ///
    /// Its stages, each with its first cards from the top and with what is in it. More cards gives the list of deals with
    /// `stageId` and `sort=rank`.
    #[oai(path = "/deals/board", method = "get", operation_id = "dealsGetBoard")]
    async fn board(
        &self,
        auth: Require<DealRead>,
        query: Query<DealsBoardQuery>,
    ) -> Result<Reply<DealsBoard>, Problem> {
        let query = query.0.try_into()?;
        let board = Deals(auth.crm()).board(auth.actor(), query).await?;
        Ok(Reply::new(board.into()))
    }

    /// Show what may come in
    ///
    /// Month by month of the workspace's calendar, for each currency: what may be won (amounts by their probabilities, rounded half
    /// up deal by deal), what was won, and what was lost, which counts as nothing. Open deals that should have been closed before today
    /// are told apart. Deals without an amount are left out.
    #[oai(
        path = "/deals/forecast",
        method = "get",
        operation_id = "dealsGetForecast"
    )]
    async fn forecast(
        &self,
        auth: Require<DealRead>,
        query: Query<DealsForecastQuery>,
    ) -> Result<Reply<DealsForecast>, Problem> {
        let range = query.0.range()?;
        let forecast = Deals(auth.crm()).forecast(auth.actor(), range).await?;
        Ok(Reply::new(forecast.into()))
    }

    /// Show what is open
    ///
    /// All open deals as they are now, together and by stage.
    #[oai(
        path = "/deals/figures",
        method = "get",
        operation_id = "dealsGetFigures"
    )]
    async fn figures(&self, auth: Require<DealRead>) -> Result<Reply<DealsFigures>, Problem> {
        let open = Deals(auth.crm()).open_deals(auth.actor()).await?;
        Ok(Reply::new(open.into()))
    }
}
