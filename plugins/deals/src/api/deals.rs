//! Deals: list, make, show, change, move, put away, take back.

use crm_http::api::Message;
use crm_http::permissions;
use crm_http::plugin::{
    Body, Created, IfMatch, Onward, Problem, Query, Reply, Require, Versioned, location,
};
use poem::Request;
use poem::http::header;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use uuid::Uuid;

use super::Tag;
use super::wire::{
    DealsConversion, DealsConvertLead, DealsCreateDeal, DealsDeal, DealsDealList, DealsHistory,
    DealsListDeals, DealsMoveDeal, DealsUpdateDeal,
};
use crate::deal::{DEAL, NewDeal};
use crate::deals::Deals;
use crate::store::ListedDeal;

permissions! {
    /// See deals.
    DealRead = "deals.deal:read" (DEAL, Read);
    /// Make deals.
    DealCreate = "deals.deal:create" (DEAL, Create);
    /// Change and move deals.
    DealUpdate = "deals.deal:update" (DEAL, Update);
    /// Put deals away.
    DealDelete = "deals.deal:delete" (DEAL, Delete);
}

/// The operations on deals.
pub(crate) struct DealsApi;

#[OpenApi(tag = "Tag::Deals")]
impl DealsApi {
    /// List deals
    ///
    /// Numbered pages come with a total; `cursor` goes on where a page ended, as deep as there are deals.
    #[oai(path = "/deals", method = "get", operation_id = "dealsListDeals")]
    async fn list(
        &self,
        auth: Require<DealRead>,
        query: Query<DealsListDeals>,
    ) -> Result<Reply<DealsDealList>, Problem> {
        let query = query.0.try_into()?;
        let page = Deals(auth.crm()).list(auth.actor(), &query).await?;
        Ok(Reply::new(page.into()))
    }

    /// Make a deal
    ///
    /// With a customer whom the caller can see, on top of an open stage: without `stageId`, the first one of the oldest pipeline.
    #[oai(path = "/deals", method = "post", operation_id = "dealsCreateDeal")]
    async fn create(
        &self,
        auth: Require<DealCreate>,
        req: &Request,
        body: Body<DealsCreateDeal>,
    ) -> Result<Created<DealsDeal>, Problem> {
        let new = NewDeal::try_from(body.0)?;
        let deal = Deals(auth.crm()).create(auth.actor(), new).await?;
        let (id, version) = (deal.deal.id, deal.deal.version);
        Ok(Created::new(deal.into())
            .etag(version)
            .header(header::LOCATION, location(req, id.uuid())))
    }

    /// Show a deal
    ///
    /// With its customer, its stage, and since when it is there.
    #[oai(path = "/deals/:id", method = "get", operation_id = "dealsGetDeal")]
    async fn get(
        &self,
        auth: Require<DealRead>,
        id: Path<Uuid>,
    ) -> Result<Versioned<DealsDeal>, Problem> {
        let deal = Deals(auth.crm()).get(auth.actor(), id.0.into()).await?;
        Ok(versioned(deal))
    }

    /// Change a deal
    ///
    /// A field that is absent stays; `null` clears it. Where the deal stands is changed by moving it. With `If-Match`, only the
    /// version with that `ETag` is changed.
    #[oai(
        path = "/deals/:id",
        method = "patch",
        operation_id = "dealsUpdateDeal"
    )]
    async fn edit(
        &self,
        auth: Require<DealUpdate>,
        id: Path<Uuid>,
        /// Only if the deal still has this `ETag`; `*` for any.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        body: Body<DealsUpdateDeal>,
    ) -> Result<Versioned<DealsDeal>, Problem> {
        let edit = body.0.try_into()?;
        let deals = Deals(auth.crm());
        let edited = deals.edit(auth.actor(), id.0.into(), edit, if_match.0);
        Ok(versioned(edited.await?))
    }

    /// Put a deal away
    ///
    /// The deal is kept: lists hide it, and it can be restored.
    #[oai(
        path = "/deals/:id",
        method = "delete",
        operation_id = "dealsArchiveDeal"
    )]
    async fn archive(
        &self,
        auth: Require<DealDelete>,
        id: Path<Uuid>,
        /// Only if the deal still has this `ETag`; `*` for any.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
    ) -> Result<Reply<Message>, Problem> {
        let deals = Deals(auth.crm());
        deals.archive(auth.actor(), id.0.into(), if_match.0).await?;
        Ok(Reply::new(Message::new("Deal archived.")))
    }

    /// Take a deal back from the archive
    ///
    /// It comes back to the stage in which it was.
    #[oai(
        path = "/deals/:id/restore",
        method = "post",
        operation_id = "dealsRestoreDeal"
    )]
    async fn restore(
        &self,
        auth: Require<DealUpdate>,
        id: Path<Uuid>,
        /// Only if the deal still has this `ETag`; `*` for any.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
    ) -> Result<Versioned<DealsDeal>, Problem> {
        let deals = Deals(auth.crm());
        let restored = deals.restore(auth.actor(), id.0.into(), if_match.0);
        Ok(versioned(restored.await?))
    }

    /// Move a deal
    ///
    /// To a stage of any pipeline: just above the deal in `beforeId`, just below that in `afterId`, or on top. Within its stage and
    /// without either, it stays in its place. Where deals are lost, a reason is needed, which stays until the deal is won or open.
    #[oai(
        path = "/deals/:id/move",
        method = "post",
        operation_id = "dealsMoveDeal"
    )]
    async fn move_to(
        &self,
        auth: Require<DealUpdate>,
        id: Path<Uuid>,
        /// Only if the deal still has this `ETag`; `*` for any.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        body: Body<DealsMoveDeal>,
    ) -> Result<Versioned<DealsDeal>, Problem> {
        let to = body.0.try_into()?;
        let deals = Deals(auth.crm());
        let moved = deals.move_to(auth.actor(), id.0.into(), to, if_match.0);
        Ok(versioned(moved.await?))
    }

    /// Convert a lead into a customer, and make a deal with them
    ///
    /// Both or none. The lead is converted as by its own operation; one that was converted before is refused, since its customer
    /// is there to make a deal with.
    #[oai(
        path = "/deals/convert/:id",
        method = "post",
        operation_id = "dealsConvertLead"
    )]
    async fn convert(
        &self,
        auth: Require<DealCreate>,
        id: Path<Uuid>,
        /// Only if the lead still has this `ETag`; `*` for any.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        body: Body<DealsConvertLead>,
    ) -> Result<Reply<DealsConversion>, Problem> {
        let (options, content) = body.0.into_command()?;
        let deals = Deals(auth.crm());
        let converted = deals.convert(auth.actor(), id.0.into(), (options, content), if_match.0);
        Ok(Reply::new(converted.await?.into()))
    }

    /// Show through which stages a deal went
    ///
    /// The oldest first, with the time spent in each, and where the deal stands now.
    #[oai(
        path = "/deals/:id/history",
        method = "get",
        operation_id = "dealsGetHistory"
    )]
    async fn history(
        &self,
        auth: Require<DealRead>,
        id: Path<Uuid>,
        query: Query<Onward>,
    ) -> Result<Reply<DealsHistory>, Problem> {
        let deals = Deals(auth.crm());
        let page = query.0.try_into()?;
        let history = deals.history(auth.actor(), id.0.into(), &page).await?;
        Ok(Reply::new(history.into()))
    }
}

fn versioned(deal: ListedDeal) -> Versioned<DealsDeal> {
    let version = deal.deal.version;
    Versioned::new(deal.into()).etag(version)
}
