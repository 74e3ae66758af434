//! Pipelines: the stages that deals go through. A change consumes the old pipeline and returns the next one, or says why not.

mod stage;

pub use stage::{Probability, Stage, StageContent, StageKind};

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use crm_domain::activity::{Fields, fields};
use crm_domain::permission::{Ownership, Record, Resource};
use crm_domain::text::Name;
use crm_domain::violation::Violations;
use serde_json::{Value, json};

/// The kind of record.
pub const PIPELINE: Resource = Resource::of_plugin("deals.pipeline");

crm_domain::id!(
    /// Identifies a pipeline.
    PipelineId
);
crm_domain::id!(
    /// Identifies a stage of a pipeline.
    StageId
);

/// The stages that deals go through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pipeline {
    /// Identifies it.
    pub id: PipelineId,
    /// What it is called.
    pub name: Name,
    /// Its stages, in their order: at least one of each kind.
    pub stages: Vec<Stage>,
    /// Whether it is taken away.
    pub is_archived: bool,
    /// Counts writes, from 1.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// Changes to a pipeline; what is not named stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PipelineEdit {
    /// What it is called.
    pub name: Option<Name>,
    /// All its stages, in their order. One that it has and that is not among them is taken away.
    pub stages: Option<Vec<StageContent>>,
}

impl Pipeline {
    /// The most stages of one pipeline.
    pub const MAX_STAGES: usize = 30;

    /// A new pipeline. `ids` are for its stages, as many as there are.
    ///
    /// # Errors
    /// [`Violations`] that name each stage that is wrong.
    pub fn create(
        id: PipelineId,
        name: Name,
        stages: Vec<StageContent>,
        ids: &[StageId],
        now: DateTime<Utc>,
    ) -> Result<Self, Violations> {
        let empty = Self {
            id,
            name,
            stages: Vec::new(),
            is_archived: false,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        let stages = empty.next_stages(stages, ids)?;
        Ok(Self { stages, ..empty })
    }

    /// The pipeline with `edit` applied; the same version when nothing differs. `ids` are for new stages, as many as the edit
    /// has stages.
    ///
    /// # Errors
    /// [`Violations`] that name each stage that is wrong.
    pub fn edit(
        self,
        edit: PipelineEdit,
        ids: &[StageId],
        now: DateTime<Utc>,
    ) -> Result<Self, Violations> {
        let PipelineEdit { name, stages } = edit;
        let stages = match stages {
            Some(stages) => self.next_stages(stages, ids)?,
            None => self.stages.clone(),
        };
        let next = Self {
            name: name.unwrap_or_else(|| self.name.clone()),
            stages,
            ..self.clone()
        };
        Ok(if next == self {
            self
        } else {
            next.written(now)
        })
    }

    /// The pipeline, taken away.
    #[must_use]
    pub fn archive(self, now: DateTime<Utc>) -> Self {
        Self {
            is_archived: true,
            ..self
        }
        .written(now)
    }

    fn written(self, now: DateTime<Utc>) -> Self {
        Self {
            version: self.version + 1,
            updated_at: now,
            ..self
        }
    }

    fn next_stages(
        &self,
        contents: Vec<StageContent>,
        ids: &[StageId],
    ) -> Result<Vec<Stage>, Violations> {
        let mut violations = Violations::new();
        if contents.len() > Self::MAX_STAGES {
            let message = format!("must have at most {} entries", Self::MAX_STAGES);
            return Err(Violations::one("stages", "too-many", message));
        }
        let (mut seen, mut names) = (BTreeSet::new(), BTreeSet::new());
        let mut stages = Vec::with_capacity(contents.len());
        for ((place, content), new_id) in contents.into_iter().enumerate().zip(ids) {
            let mut wrong = Violations::new();
            if content.id.is_some_and(|id| !seen.insert(id)) {
                wrong.add("id", "repeated", "is named twice");
            }
            if !names.insert(content.name.key()) {
                wrong.add("name", "repeated", "is the name of another stage");
            }
            stages.extend(self.next_stage(content, *new_id, &mut wrong));
            violations.append(wrong.below(&format!("stages/{place}")));
        }
        for kind in StageKind::ALL {
            if !stages.iter().any(|stage: &Stage| stage.kind == kind) {
                let message = format!("must have a stage of the kind {kind}");
                violations.add("stages", "required", message);
            }
        }
        violations.into_result()?;
        Ok(stages)
    }

    fn next_stage(
        &self,
        content: StageContent,
        new_id: StageId,
        violations: &mut Violations,
    ) -> Option<Stage> {
        let known = content.id.map(|id| self.stage(id));
        if known == Some(None) {
            violations.add("id", "not-found", "is not a stage of this pipeline");
        }
        let known = known.flatten();
        if known.is_some_and(|known| known.kind != content.kind) {
            let message = "stays as it is; make another stage, and move the deals there";
            violations.add("kind", "not-allowed", message);
        }
        let id = known.map_or(new_id, |known| known.id);
        Stage::new(id, self.id, content, violations)
    }

    /// Its stage of this id.
    #[must_use]
    pub fn stage(&self, id: StageId) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.id == id)
    }

    /// Its first stage of this kind.
    #[must_use]
    pub fn first_stage(&self, kind: StageKind) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.kind == kind)
    }

    /// The fields that the activity log records.
    #[must_use]
    pub fn fields(&self) -> Fields {
        let Self {
            id: _,
            name,
            stages,
            is_archived,
            version: _,
            created_at: _,
            updated_at: _,
        } = self;
        let stages: Vec<Value> = stages.iter().map(Stage::to_json).collect();
        fields([
            ("name", json!(name)),
            ("stages", json!(stages)),
            ("isArchived", json!(is_archived)),
        ])
    }
}

impl Record for Pipeline {
    const RESOURCE: Resource = PIPELINE;

    fn ownership(&self) -> Ownership {
        Ownership::NOBODY
    }
}

#[cfg(test)]
mod tests;
