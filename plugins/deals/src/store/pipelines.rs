//! Pipelines with their stages. Whoever may see one may see all, so that there is nothing to narrow by a scope.

use chrono::{DateTime, Utc};
use crm_domain::text::Name;
use crm_storage::Error;
use diesel::dsl::not;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::schema::{deals_pipelines, deals_stages};
use super::stages::StageRow;
use crate::pipeline::{Pipeline, PipelineId, Stage};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = deals_pipelines, check_for_backend(Pg))]
struct PipelineRow {
    id: Uuid,
    name: String,
    is_archived: bool,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<&Pipeline> for PipelineRow {
    fn from(pipeline: &Pipeline) -> Self {
        Self {
            id: pipeline.id.uuid(),
            name: pipeline.name.to_string(),
            is_archived: pipeline.is_archived,
            version: pipeline.version,
            created_at: pipeline.created_at,
            updated_at: pipeline.updated_at,
        }
    }
}

impl PipelineRow {
    fn with(self, stages: Vec<Stage>) -> Pipeline {
        Pipeline {
            id: PipelineId::from(self.id),
            name: Name::from_stored(self.name),
            stages,
            is_archived: self.is_archived,
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}

/// The pipelines at hand, the oldest first, with their stages in order; at most as many.
pub(crate) async fn list(conn: &mut AsyncPgConnection, limit: i64) -> Result<Vec<Pipeline>, Error> {
    let rows: Vec<PipelineRow> = deals_pipelines::table
        .filter(not(deals_pipelines::is_archived))
        .order(deals_pipelines::id)
        .limit(limit)
        .select(PipelineRow::as_select())
        .load(conn)
        .await?;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let stages = stages_of(conn, &ids).await?;
    let pipeline = |row: PipelineRow| {
        let own = stages
            .iter()
            .filter(|stage| stage.pipeline.uuid() == row.id);
        let own = own.cloned().collect();
        row.with(own)
    };
    Ok(rows.into_iter().map(pipeline).collect())
}

/// How many pipelines are at hand.
pub(crate) async fn count(conn: &mut AsyncPgConnection) -> Result<i64, Error> {
    let at_hand = deals_pipelines::table.filter(not(deals_pipelines::is_archived));
    Ok(at_hand.count().get_result(conn).await?)
}

/// The pipeline, unless it was taken away.
pub(crate) async fn find(
    conn: &mut AsyncPgConnection,
    id: PipelineId,
) -> Result<Option<Pipeline>, Error> {
    let row: Option<PipelineRow> = deals_pipelines::table
        .find(id.uuid())
        .filter(not(deals_pipelines::is_archived))
        .select(PipelineRow::as_select())
        .first(conn)
        .await
        .optional()?;
    let Some(row) = row else { return Ok(None) };
    let stages = stages_of(conn, &[row.id]).await?;
    Ok(Some(row.with(stages)))
}

/// The pipeline, unless it was taken away, locked with its stages until the transaction ends: no deal enters one meanwhile.
pub(crate) async fn lock(
    conn: &mut AsyncPgConnection,
    id: PipelineId,
) -> Result<Option<Pipeline>, Error> {
    let row: Option<PipelineRow> = deals_pipelines::table
        .find(id.uuid())
        .filter(not(deals_pipelines::is_archived))
        .select(PipelineRow::as_select())
        .for_no_key_update()
        .first(conn)
        .await
        .optional()?;
    let Some(row) = row else { return Ok(None) };
    // In the order of their ids, as everybody who locks several.
    let _: Vec<Uuid> = deals_stages::table
        .filter(deals_stages::pipeline_id.eq(row.id))
        .order(deals_stages::id)
        .select(deals_stages::id)
        .for_no_key_update()
        .load(conn)
        .await?;
    let stages = stages_of(conn, &[row.id]).await?;
    Ok(Some(row.with(stages)))
}

async fn stages_of(conn: &mut AsyncPgConnection, pipelines: &[Uuid]) -> Result<Vec<Stage>, Error> {
    let rows: Vec<StageRow> = deals_stages::table
        .filter(deals_stages::pipeline_id.eq_any(pipelines))
        .filter(not(deals_stages::is_archived))
        .order((deals_stages::pipeline_id, deals_stages::position))
        .select(StageRow::as_select())
        .load(conn)
        .await?;
    rows.into_iter().map(Stage::try_from).collect()
}

/// Stores a new pipeline.
pub(crate) async fn insert(conn: &mut AsyncPgConnection, pipeline: &Pipeline) -> Result<(), Error> {
    diesel::insert_into(deals_pipelines::table)
        .values(PipelineRow::from(pipeline))
        .execute(conn)
        .await?;
    store_stages(conn, pipeline).await
}

/// Stores the next version of a pipeline. Stages that it does not have any more are taken away. False when the stored one is not
/// the version before it.
pub(crate) async fn update(
    conn: &mut AsyncPgConnection,
    pipeline: &Pipeline,
) -> Result<bool, Error> {
    let previous = deals_pipelines::table
        .find(pipeline.id.uuid())
        .filter(deals_pipelines::version.eq(pipeline.version - 1));
    let updated = diesel::update(previous).set(PipelineRow::from(pipeline));
    if updated.execute(conn).await? != 1 {
        return Ok(false);
    }
    let own = deals_stages::table.filter(deals_stages::pipeline_id.eq(pipeline.id.uuid()));
    diesel::update(own)
        .set(deals_stages::is_archived.eq(true))
        .execute(conn)
        .await?;
    store_stages(conn, pipeline).await?;
    Ok(true)
}

async fn store_stages(conn: &mut AsyncPgConnection, pipeline: &Pipeline) -> Result<(), Error> {
    diesel::insert_into(deals_stages::table)
        .values(StageRow::of(pipeline))
        .on_conflict(deals_stages::id)
        .do_update()
        .set((
            deals_stages::name.eq(excluded(deals_stages::name)),
            deals_stages::probability.eq(excluded(deals_stages::probability)),
            deals_stages::stale_after_days.eq(excluded(deals_stages::stale_after_days)),
            deals_stages::position.eq(excluded(deals_stages::position)),
            deals_stages::is_archived.eq(excluded(deals_stages::is_archived)),
        ))
        .execute(conn)
        .await?;
    Ok(())
}
