//! Pipelines and their stages on the wire.

use chrono::{DateTime, Utc};
use crm_domain::text::Name;
use crm_domain::violation::Violations;
use crm_http::plugin::{Problem, QueryParameters};
use crm_http::wire::{List, NameText, Patch};
use crm_http::wire_enum;
use poem_openapi::Object;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::pipeline::{
    Pipeline, PipelineEdit, Probability, Stage, StageContent, StageId, StageKind,
};

wire_enum! {
    /// What it means for a deal to be in a stage.
    DealsStageKind = StageKind {
        /// It may be won.
        Open = "open",
        /// The customer buys.
        Won = "won",
        /// The customer does not.
        Lost = "lost",
    }
}

/// The stages that deals go through.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
pub(crate) struct DealsPipeline {
    /// Identifies it.
    id: Uuid,
    /// What it is called.
    name: NameText,
    /// Its stages, in their order.
    #[oai(validator(max_items = 30))]
    stages: Vec<DealsStage>,
    /// Counts writes, from 1.
    #[oai(validator(minimum(value = "1"), maximum(value = "2147483647")))]
    version: i32,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it was last changed.
    updated_at: DateTime<Utc>,
}

/// One stage of a pipeline.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
pub(in crate::api) struct DealsStage {
    /// Identifies it.
    id: Uuid,
    /// What it is called.
    name: NameText,
    /// What it means for a deal to be in it.
    kind: DealsStageKind,
    /// How likely a deal in it is to be won, in per cent.
    #[oai(validator(minimum(value = "0"), maximum(value = "100")))]
    probability: u8,
    /// After how many days a deal in it is stale.
    #[oai(validator(minimum(value = "1"), maximum(value = "3650")))]
    stale_after_days: Option<u16>,
}

impl From<Stage> for DealsStage {
    fn from(stage: Stage) -> Self {
        let Stage {
            id,
            pipeline: _,
            name,
            kind,
            probability,
            stale_after_days,
        } = stage;
        Self {
            id: id.uuid(),
            name: (&name).into(),
            kind: kind.into(),
            probability: probability.percent(),
            stale_after_days,
        }
    }
}

impl From<Pipeline> for DealsPipeline {
    fn from(pipeline: Pipeline) -> Self {
        let Pipeline {
            id,
            name,
            stages,
            is_archived: _,
            version,
            created_at,
            updated_at,
        } = pipeline;
        Self {
            id: id.uuid(),
            name: (&name).into(),
            stages: stages.into_iter().map(DealsStage::from).collect(),
            version,
            created_at,
            updated_at,
        }
    }
}

/// All pipelines.
#[derive(Debug, Serialize, Object)]
pub(in crate::api) struct DealsPipelineList {
    /// The pipelines, the oldest first.
    #[oai(validator(max_items = 50))]
    pipelines: Vec<DealsPipeline>,
}

impl From<Vec<Pipeline>> for DealsPipelineList {
    fn from(pipelines: Vec<Pipeline>) -> Self {
        Self {
            pipelines: pipelines.into_iter().map(DealsPipeline::from).collect(),
        }
    }
}

/// A stage as a pipeline is to have it.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
struct DealsStageContent {
    /// The stage that it is, where it is there already.
    id: Option<Uuid>,
    /// What it is called.
    name: NameText,
    /// What it means for a deal to be in it. That of a stage that is there stays.
    kind: DealsStageKind,
    /// How likely a deal in it is to be won, in per cent: needed for open stages, 100 for those where deals are won, 0 for those where they
    /// are lost.
    #[oai(validator(minimum(value = "0"), maximum(value = "100")))]
    probability: Option<u8>,
    /// After how many days a deal in it is stale; for open stages.
    #[oai(validator(minimum(value = "1"), maximum(value = "3650")))]
    stale_after_days: Option<u16>,
}

impl DealsStageContent {
    fn parse(self, violations: &mut Violations) -> Option<StageContent> {
        let Self {
            id,
            name,
            kind,
            probability,
            stale_after_days,
        } = self;
        let name = name.parse("name", violations);
        let percent = probability.map(Probability::new);
        if percent == Some(None) {
            violations.add("probability", "out-of-range", "must be 0 to 100");
        }
        Some(StageContent {
            id: id.map(StageId::from),
            name: name?,
            kind: kind.into(),
            probability: percent.flatten(),
            stale_after_days,
        })
    }
}

type Stages = List<DealsStageContent, { Pipeline::MAX_STAGES }>;

fn parse_stages(stages: Stages, violations: &mut Violations) -> Vec<StageContent> {
    let mut parsed = Vec::new();
    for (place, stage) in stages.into_iter().enumerate() {
        let mut wrong = Violations::new();
        parsed.extend(stage.parse(&mut wrong));
        violations.append(wrong.below(&format!("stages/{place}")));
    }
    parsed
}

/// A new pipeline.
#[derive(Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct DealsCreatePipeline {
    /// What it is called.
    name: NameText,
    /// Its stages, in their order.
    stages: Stages,
}

impl DealsCreatePipeline {
    pub(in crate::api) fn into_command(self) -> Result<(Name, Vec<StageContent>), Problem> {
        let mut violations = Violations::new();
        let name = self.name.parse("name", &mut violations);
        let stages = parse_stages(self.stages, &mut violations);
        let violations = violations.into_result();
        match (name, violations) {
            (Some(name), Ok(())) => Ok((name, stages)),
            (_, violations) => Err(violations.err().unwrap_or_default().into()),
        }
    }
}

/// Changes to a pipeline. What is absent stays.
#[derive(Debug, Default, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[oai(rename_all = "camelCase")]
pub(in crate::api) struct DealsUpdatePipeline {
    /// What it is called.
    name: Patch<NameText>,
    /// All its stages, in their order.
    stages: Patch<Stages>,
    /// The stage of this pipeline to which the deals go of stages that are left out.
    move_to: Option<Uuid>,
}

impl DealsUpdatePipeline {
    pub(in crate::api) fn into_command(self) -> Result<(PipelineEdit, Option<StageId>), Problem> {
        let mut violations = Violations::new();
        let name = self.name.required("name", &mut violations);
        let stages = self.stages.required("stages", &mut violations);
        let edit = PipelineEdit {
            name: name.and_then(|name| name.parse("name", &mut violations)),
            stages: stages.map(|stages| parse_stages(stages, &mut violations)),
        };
        violations.into_result()?;
        Ok((edit, self.move_to.map(StageId::from)))
    }
}

/// The parameters of deleting a pipeline.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
pub(in crate::api) struct DealsDeletePipeline {
    /// The pipeline to which its deals go.
    pub(in crate::api) move_to: Option<Uuid>,
}

impl QueryParameters for DealsDeletePipeline {}
