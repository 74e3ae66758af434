//! What is done with pipelines. Each write exists twice, as those of deals.

mod taken;

pub use taken::MAX_TAKEN;

use crm_app::plugin::{Held, Kept};
use crm_app::{Crm, Current, Error, Result, StorageError, write};
use crm_authz::Scope;
use crm_domain::activity::{Actor, Changes, Fields};
use crm_domain::permission::Action;
use crm_domain::text::Name;
use diesel_async::{AsyncConnection, AsyncPgConnection};
use serde_json::Value;

use crate::event::{PipelineCreated, PipelineDeleted, PipelineEdited};
use crate::pipeline::{PIPELINE, Pipeline, PipelineEdit, PipelineId, StageContent, StageId};
use crate::store::pipelines as store;

/// The most pipelines that there may be.
pub const MAX_PIPELINES: i64 = 50;

/// What is done with pipelines.
#[derive(Clone, Copy)]
pub struct Pipelines<'a>(pub &'a Crm);

impl Kept for Pipeline {
    type Id = PipelineId;

    fn id(&self) -> PipelineId {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }

    fn fields(&self) -> Fields {
        self.fields()
    }

    /// Pipelines are nobody's: whether the scope reaches one is asked of the record.
    async fn lock(
        conn: &mut AsyncPgConnection,
        id: PipelineId,
        scope: &Scope<Self>,
    ) -> Result<Option<Self>, StorageError> {
        let found = store::lock(conn, id).await?;
        Ok(found.filter(|found| scope.reaches(found)))
    }

    async fn update(
        &self,
        conn: &mut AsyncPgConnection,
        _: &Scope<Self>,
    ) -> Result<bool, StorageError> {
        store::update(conn, self).await
    }

    async fn current(self, _: &mut AsyncPgConnection) -> Result<Current, StorageError> {
        Ok(Current::Shown(json(self)))
    }
}

impl Pipelines<'_> {
    /// All pipelines at hand, the oldest first.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub async fn list(&self, actor: &Actor) -> Result<Vec<Pipeline>> {
        let scope: Scope<Pipeline> = self.0.access().await?.scope(actor, Action::Read)?;
        let mut conn = self.0.connection().await?;
        let mut pipelines = store::list(&mut conn, MAX_PIPELINES).await?;
        pipelines.retain(|pipeline| scope.reaches(pipeline));
        Ok(pipelines)
    }

    /// The pipeline `id`.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none that the actor may read.
    pub async fn get(&self, actor: &Actor, id: PipelineId) -> Result<Pipeline> {
        let scope: Scope<Pipeline> = self.0.access().await?.scope(actor, Action::Read)?;
        let mut conn = self.0.connection().await?;
        let found = store::find(&mut conn, id).await?;
        found
            .filter(|found| scope.reaches(found))
            .ok_or(Error::NotFound(PIPELINE))
    }

    /// Makes a pipeline.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::TooMany`], or [`Error::Invalid`] with each stage that is wrong.
    pub async fn create(
        &self,
        actor: &Actor,
        name: Name,
        stages: Vec<StageContent>,
    ) -> Result<Pipeline> {
        write!(self.0, |conn| self.create_in(
            conn,
            actor,
            name.clone(),
            stages.clone()
        ))
    }

    /// [`Pipelines::create`] within the caller's transaction.
    ///
    /// # Errors
    /// As [`Pipelines::create`].
    pub async fn create_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        name: Name,
        stages: Vec<StageContent>,
    ) -> Result<Pipeline> {
        let access = self.0.access().await?;
        access.scope::<Pipeline>(actor, Action::Manage)?;
        conn.transaction(async |conn| {
            if store::count(conn).await? >= MAX_PIPELINES {
                return Err(Error::TooMany {
                    resource: PIPELINE,
                    max: MAX_PIPELINES,
                });
            }
            let now = self.0.now();
            let id = PipelineId::new(now, self.0.random()?);
            let ids = self.stage_ids(stages.len())?;
            let pipeline = Pipeline::create(id, name, stages, &ids, now)?;
            store::insert(conn, &pipeline).await?;
            let event = PipelineCreated {
                pipeline_id: id,
                changes: Changes::created(pipeline.fields()),
            };
            self.0.emit(conn, actor, now, &event).await?;
            Ok(pipeline)
        })
        .await
    }

    /// Changes a pipeline. The deals of stages that it does not have any more go to the stage `move_to` of it, which is of the same
    /// kind.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Stale`], [`Error::Invalid`], or [`Error::Refused`] when a stage that is
    /// taken away holds deals, and it is not said where they go, or there are more than [`MAX_TAKEN`].
    pub async fn edit(
        &self,
        actor: &Actor,
        id: PipelineId,
        (edit, move_to): (PipelineEdit, Option<StageId>),
        version: Option<i32>,
    ) -> Result<Pipeline> {
        write!(self.0, |conn| self.edit_in(
            conn,
            actor,
            id,
            (edit.clone(), move_to),
            version
        ))
    }

    /// [`Pipelines::edit`] within the caller's transaction.
    ///
    /// # Errors
    /// As [`Pipelines::edit`].
    pub async fn edit_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: PipelineId,
        (edit, move_to): (PipelineEdit, Option<StageId>),
        version: Option<i32>,
    ) -> Result<Pipeline> {
        conn.transaction(async |conn| {
            let held: Held<'_, Pipeline> = self
                .0
                .hold(conn, actor, id, Action::Manage, version)
                .await?;
            let ids = self.stage_ids(edit.stages.as_ref().map_or(0, Vec::len))?;
            let pipeline = held.record.clone().edit(edit, &ids, held.now)?;
            let edited = |changes| PipelineEdited {
                pipeline_id: id,
                changes,
            };
            self.0.store(conn, &held, &pipeline, edited).await?;
            self.take_deals_within(conn, &held, &pipeline, move_to)
                .await?;
            Ok(pipeline)
        })
        .await
    }

    /// Takes a pipeline away. Its deals go to the pipeline `move_to`, each to the first stage of its kind there.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Stale`], [`Error::Invalid`], or [`Error::Refused`] when it is the last one,
    /// or holds deals, and it is not said where they go, or there are more than [`MAX_TAKEN`].
    pub async fn delete(
        &self,
        actor: &Actor,
        id: PipelineId,
        move_to: Option<PipelineId>,
        version: Option<i32>,
    ) -> Result<()> {
        write!(self.0, |conn| self
            .delete_in(conn, actor, id, move_to, version))
    }

    /// [`Pipelines::delete`] within the caller's transaction.
    ///
    /// # Errors
    /// As [`Pipelines::delete`].
    pub async fn delete_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: PipelineId,
        move_to: Option<PipelineId>,
        version: Option<i32>,
    ) -> Result<()> {
        conn.transaction(async |conn| {
            let target = self.lock_with(conn, id, move_to).await?;
            let held: Held<'_, Pipeline> = self
                .0
                .hold(conn, actor, id, Action::Manage, version)
                .await?;
            if store::count(conn).await? <= 1 {
                return Err(Error::Refused {
                    code: "deals.last-pipeline",
                    message: "the last pipeline stays: make another one first".to_owned(),
                });
            }
            self.take_all_deals(conn, &held, target).await?;
            let pipeline = held.record.clone().archive(held.now);
            let deleted = |changes| PipelineDeleted {
                pipeline_id: id,
                changes,
            };
            self.0.store(conn, &held, &pipeline, deleted).await?;
            Ok(())
        })
        .await
    }

    fn stage_ids(&self, count: usize) -> Result<Vec<StageId>> {
        let now = self.0.now();
        let ids = (0..count).map(|_| Ok(StageId::new(now, self.0.random()?)));
        ids.collect()
    }
}

/// The pipeline as the operations show it.
#[cfg(feature = "http")]
fn json(pipeline: Pipeline) -> Value {
    serde_json::to_value(crate::api::DealsPipeline::from(pipeline)).unwrap_or_default()
}

/// The pipeline as the activity log shows it: there is no other form without the operations.
#[cfg(not(feature = "http"))]
fn json(pipeline: Pipeline) -> Value {
    let fields = pipeline.fields().into_iter();
    fields
        .map(|(name, value)| (name.into_owned(), value))
        .collect()
}
