//! The stages of pipelines.

use std::collections::BTreeMap;

use crm_domain::text::Name;
use crm_storage::Error;
use diesel::dsl::not;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::schema::{deals_pipelines, deals_stages};
use crate::pipeline::{Pipeline, PipelineId, Probability, Stage, StageId, StageKind};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = deals_stages, check_for_backend(Pg))]
pub(super) struct StageRow {
    id: Uuid,
    pipeline_id: Uuid,
    name: String,
    kind: String,
    probability: i16,
    stale_after_days: Option<i16>,
    position: i16,
    is_archived: bool,
}

impl StageRow {
    /// The rows of the stages of a pipeline, in their order.
    pub(super) fn of(pipeline: &Pipeline) -> Vec<Self> {
        let row = |(position, stage): (i16, &Stage)| Self {
            id: stage.id.uuid(),
            pipeline_id: pipeline.id.uuid(),
            name: stage.name.to_string(),
            kind: stage.kind.to_string(),
            probability: stage.probability.percent().into(),
            stale_after_days: stage.stale_after_days.map(u16::cast_signed),
            position,
            is_archived: pipeline.is_archived,
        };
        (1..).zip(&pipeline.stages).map(row).collect()
    }
}

impl TryFrom<StageRow> for Stage {
    type Error = Error;

    fn try_from(row: StageRow) -> Result<Self, Error> {
        let corrupt = |reason: &str| Error::Corrupt {
            table: "deals_stages",
            id: row.id,
            reason: reason.to_owned(),
        };
        Ok(Self {
            id: StageId::from(row.id),
            pipeline: PipelineId::from(row.pipeline_id),
            kind: row.kind.parse().map_err(|_| corrupt("of no kind"))?,
            probability: probability(row.probability).ok_or_else(|| corrupt("no per cent"))?,
            name: Name::from_stored(row.name),
            stale_after_days: row.stale_after_days.map(i16::cast_unsigned),
        })
    }
}

/// A stored probability.
pub(super) fn probability(percent: i16) -> Option<Probability> {
    Probability::new(u8::try_from(percent).ok()?)
}

/// These stages, those that were taken away too.
pub(crate) async fn find_all(
    conn: &mut AsyncPgConnection,
    ids: &[Uuid],
) -> Result<BTreeMap<StageId, Stage>, Error> {
    let rows: Vec<StageRow> = deals_stages::table
        .filter(deals_stages::id.eq_any(ids))
        .select(StageRow::as_select())
        .load(conn)
        .await?;
    let stages = rows.into_iter().map(|row| {
        let stage = Stage::try_from(row)?;
        Ok((stage.id, stage))
    });
    stages.collect()
}

/// The stage, unless it was taken away. Until the transaction ends nobody else gives ranks in it, takes it away or changes it.
pub(crate) async fn lock(
    conn: &mut AsyncPgConnection,
    id: StageId,
) -> Result<Option<Stage>, Error> {
    let row: Option<StageRow> = deals_stages::table
        .find(id.uuid())
        .filter(not(deals_stages::is_archived))
        .select(StageRow::as_select())
        .for_no_key_update()
        .first(conn)
        .await
        .optional()?;
    row.map(Stage::try_from).transpose()
}

/// The first open stage of the oldest pipeline at hand: where deals begin.
pub(crate) async fn first_of_all(conn: &mut AsyncPgConnection) -> Result<Option<StageId>, Error> {
    let id: Option<Uuid> = deals_stages::table
        .inner_join(deals_pipelines::table.on(deals_pipelines::id.eq(deals_stages::pipeline_id)))
        .filter(not(deals_pipelines::is_archived))
        .filter(not(deals_stages::is_archived))
        .filter(deals_stages::kind.eq(StageKind::Open.as_str()))
        .order((deals_pipelines::id, deals_stages::position))
        .select(deals_stages::id)
        .first(conn)
        .await
        .optional()?;
    Ok(id.map(StageId::from))
}
