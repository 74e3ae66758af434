//! Pipelines: list, make, show, change, delete.

use crm_http::api::Message;
use crm_http::permissions;
use crm_http::plugin::{
    Body, Created, IfMatch, Problem, Query, Reply, Require, Versioned, location,
};
use poem::Request;
use poem::http::header;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use uuid::Uuid;

use super::Tag;
use super::wire::{
    DealsCreatePipeline, DealsDeletePipeline, DealsPipeline, DealsPipelineList, DealsUpdatePipeline,
};
use crate::pipeline::{PIPELINE, Pipeline};
use crate::pipelines::Pipelines;

permissions! {
    /// See pipelines and their stages.
    PipelineRead = "deals.pipeline:read" (PIPELINE, Read);
    /// Make, change and delete pipelines.
    PipelineManage = "deals.pipeline:manage" (PIPELINE, Manage);
}

/// The operations on pipelines.
pub(crate) struct PipelinesApi;

#[OpenApi(tag = "Tag::Deals")]
impl PipelinesApi {
    /// List pipelines
    ///
    /// All of them with their stages, the oldest first: in that one deals begin, unless another is named.
    #[oai(
        path = "/deals/pipelines",
        method = "get",
        operation_id = "dealsListPipelines"
    )]
    async fn list(&self, auth: Require<PipelineRead>) -> Result<Reply<DealsPipelineList>, Problem> {
        let pipelines = Pipelines(auth.crm()).list(auth.actor()).await?;
        Ok(Reply::new(pipelines.into()))
    }

    /// Make a pipeline
    ///
    /// With its stages in their order, at least one of each kind.
    #[oai(
        path = "/deals/pipelines",
        method = "post",
        operation_id = "dealsCreatePipeline"
    )]
    async fn create(
        &self,
        auth: Require<PipelineManage>,
        req: &Request,
        body: Body<DealsCreatePipeline>,
    ) -> Result<Created<DealsPipeline>, Problem> {
        let (name, stages) = body.0.into_command()?;
        let pipelines = Pipelines(auth.crm());
        let pipeline = pipelines.create(auth.actor(), name, stages).await?;
        let (id, version) = (pipeline.id, pipeline.version);
        Ok(Created::new(pipeline.into())
            .etag(version)
            .header(header::LOCATION, location(req, id.uuid())))
    }

    /// Show a pipeline
    ///
    /// With its stages in their order.
    #[oai(
        path = "/deals/pipelines/:id",
        method = "get",
        operation_id = "dealsGetPipeline"
    )]
    async fn get(
        &self,
        auth: Require<PipelineRead>,
        id: Path<Uuid>,
    ) -> Result<Versioned<DealsPipeline>, Problem> {
        let pipelines = Pipelines(auth.crm());
        let pipeline = pipelines.get(auth.actor(), id.0.into()).await?;
        Ok(versioned(pipeline))
    }

    /// Change a pipeline
    ///
    /// `stages` are all its stages in their order: one with the `id` of a stage that is there stays, one without is new, and one that is
    /// left out is taken away. When that one holds deals, `moveTo` names the stage of the same kind to which they go; otherwise it is
    /// refused with the number of deals. Histories keep the stages that were taken away.
    #[oai(
        path = "/deals/pipelines/:id",
        method = "patch",
        operation_id = "dealsUpdatePipeline"
    )]
    async fn edit(
        &self,
        auth: Require<PipelineManage>,
        id: Path<Uuid>,
        /// Only if the pipeline still has this `ETag`; `*` for any.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        body: Body<DealsUpdatePipeline>,
    ) -> Result<Versioned<DealsPipeline>, Problem> {
        let edit = body.0.into_command()?;
        let pipelines = Pipelines(auth.crm());
        let edited = pipelines.edit(auth.actor(), id.0.into(), edit, if_match.0);
        Ok(versioned(edited.await?))
    }

    /// Delete a pipeline
    ///
    /// When it holds deals, `moveTo` names the pipeline to which they go, each to the first stage of its kind there; otherwise it is
    /// refused with the number of deals. The last pipeline stays.
    #[oai(
        path = "/deals/pipelines/:id",
        method = "delete",
        operation_id = "dealsDeletePipeline"
    )]
    async fn delete(
        &self,
        auth: Require<PipelineManage>,
        id: Path<Uuid>,
        query: Query<DealsDeletePipeline>,
        /// Only if the pipeline still has this `ETag`; `*` for any.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
    ) -> Result<Reply<Message>, Problem> {
        let pipelines = Pipelines(auth.crm());
        let move_to = query.0.move_to.map(Into::into);
        pipelines
            .delete(auth.actor(), id.0.into(), move_to, if_match.0)
            .await?;
        Ok(Reply::new(Message::new("Pipeline deleted.")))
    }
}

fn versioned(pipeline: Pipeline) -> Versioned<DealsPipeline> {
    let version = pipeline.version;
    Versioned::new(pipeline.into()).etag(version)
}
