//! What happens to deals and pipelines, as typed events.

use chrono::{DateTime, Utc};
use crm_domain::activity::Changes;
use crm_domain::event::Event;
use crm_domain::ids::CustomerId;
use crm_domain::permission::Resource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::deal::{DEAL, Deal, DealId};
use crate::pipeline::{PIPELINE, PipelineId, StageId, StageKind};

macro_rules! events {
    ($($(#[$doc:meta])* $event:ident = $name:literal on $resource:ident($id:ident: $Id:ty) {
        $($(#[$field_doc:meta])* $field:ident: $type:ty,)*
    })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "camelCase")]
        pub struct $event {
            /// The record it happened to.
            pub $id: $Id,
            $($(#[$field_doc])* pub $field: $type,)*
            /// The fields that changed.
            pub changes: Changes,
        }

        impl Event for $event {
            const NAME: &'static str = $name;
            const RESOURCE: Resource = $resource;

            fn record_id(&self) -> Uuid {
                self.$id.uuid()
            }

            fn changes(&self) -> Changes {
                self.changes.clone()
            }
        }
    )*};
}

events! {
    /// A deal was made.
    DealCreated = "deals.deal-created" on DEAL(deal_id: DealId) {
        /// Who may buy.
        customer_id: CustomerId,
    }

    /// Fields of a deal were changed.
    DealEdited = "deals.deal-edited" on DEAL(deal_id: DealId) {}

    /// A deal was moved to another stage, or to another place within its stage.
    DealMoved = "deals.deal-moved" on DEAL(deal_id: DealId) {
        /// Where it stood.
        from_stage: StageId,
        /// Where it stands.
        to_stage: StageId,
    }

    /// A deal was won.
    DealWon = "deals.deal-won" on DEAL(deal_id: DealId) {
        /// Who buys.
        customer_id: CustomerId,
        /// When.
        closed_at: Option<DateTime<Utc>>,
    }

    /// A deal was lost.
    DealLost = "deals.deal-lost" on DEAL(deal_id: DealId) {
        /// Who does not buy.
        customer_id: CustomerId,
        /// When.
        closed_at: Option<DateTime<Utc>>,
    }

    /// A deal was put away.
    DealArchived = "deals.deal-archived" on DEAL(deal_id: DealId) {}

    /// A deal was taken back from the archive.
    DealRestored = "deals.deal-restored" on DEAL(deal_id: DealId) {}

    /// A pipeline was made.
    PipelineCreated = "deals.pipeline-created" on PIPELINE(pipeline_id: PipelineId) {}

    /// A pipeline has another name, or other stages.
    PipelineEdited = "deals.pipeline-edited" on PIPELINE(pipeline_id: PipelineId) {}

    /// A pipeline was taken away.
    PipelineDeleted = "deals.pipeline-deleted" on PIPELINE(pipeline_id: PipelineId) {}
}

/// What moving a deal is: it is won, it is lost, or it is somewhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Move {
    Won,
    Lost,
    Elsewhere,
}

impl Move {
    pub(crate) fn of(before: &Deal, after: &Deal) -> Self {
        match after.kind {
            kind if kind == before.kind => Self::Elsewhere,
            StageKind::Won => Self::Won,
            StageKind::Lost => Self::Lost,
            StageKind::Open => Self::Elsewhere,
        }
    }
}
