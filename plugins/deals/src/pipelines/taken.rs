//! The deals of stages that are taken away go to other stages, each with its step, its activity and its event.

use crm_app::plugin::Held;
use crm_app::{Error, Result};
use crm_domain::activity::Changes;
use crm_domain::violation::Violations;
use diesel_async::AsyncPgConnection;

use super::Pipelines;
use crate::deal::Deal;
use crate::event::DealMoved;
use crate::pipeline::{Pipeline, PipelineId, Stage, StageId, StageKind};
use crate::rank::Rank;
use crate::store::{history, pipelines as store, ranks, taken};

/// The most deals that go along at once: each is a row of the activity log.
pub const MAX_TAKEN: usize = 1000;

/// The field and the parameter that say where deals go.
const MOVE_TO: &str = "moveTo";

impl Pipelines<'_> {
    /// Takes deals from the stages that the next version of a pipeline does not have to one that it has.
    pub(super) async fn take_deals_within(
        &self,
        conn: &mut AsyncPgConnection,
        held: &Held<'_, Pipeline>,
        next: &Pipeline,
        move_to: Option<StageId>,
    ) -> Result<()> {
        let target = match move_to {
            Some(id) => Some(next.stage(id).ok_or_else(|| {
                let message = "is not a stage that the pipeline has then";
                Violations::one(MOVE_TO, "not-found", message)
            })?),
            None => None,
        };
        let stages = held.record.stages.iter();
        let gone: Vec<_> = stages
            .filter(|stage| next.stage(stage.id).is_none())
            .collect();
        let deals = self.deals_of(conn, &gone, target.is_some()).await?;
        let Some(target) = target else { return Ok(()) };
        if deals.iter().any(|deal| deal.kind != target.kind) {
            let message = format!(
                "is no stage for all deals of the stages that are taken away: it is {}",
                target.kind
            );
            return Err(Violations::one(MOVE_TO, "not-allowed", message).into());
        }
        self.take(conn, held, target, deals).await
    }

    /// Locks the pipeline to which the deals of another one go, and that one: in the order of their ids, as everybody does.
    pub(super) async fn lock_with(
        &self,
        conn: &mut AsyncPgConnection,
        id: PipelineId,
        move_to: Option<PipelineId>,
    ) -> Result<Option<Pipeline>> {
        let Some(target) = move_to else {
            return Ok(None);
        };
        if id < target {
            store::lock(conn, id).await?;
        }
        let found = store::lock(conn, target).await?;
        let found = found.filter(|found| found.id != id);
        let missing = || Violations::one(MOVE_TO, "not-found", "is not another pipeline");
        Ok(Some(found.ok_or_else(missing)?))
    }

    /// Takes all deals of a pipeline to another one, each to the first stage of its kind.
    pub(super) async fn take_all_deals(
        &self,
        conn: &mut AsyncPgConnection,
        held: &Held<'_, Pipeline>,
        target: Option<Pipeline>,
    ) -> Result<()> {
        let stages: Vec<_> = held.record.stages.iter().collect();
        let deals = self.deals_of(conn, &stages, target.is_some()).await?;
        let Some(target) = target else { return Ok(()) };
        for kind in StageKind::ALL {
            let of_kind: Vec<_> = deals
                .iter()
                .filter(|deal| deal.kind == kind)
                .cloned()
                .collect();
            // Each pipeline has a stage of each kind.
            if let Some(stage) = target.first_stage(kind) {
                self.take(conn, held, stage, of_kind).await?;
            }
        }
        Ok(())
    }

    /// The deals in these stages. Refused when there are some and it is not said where they go, or when there are too many.
    async fn deals_of(
        &self,
        conn: &mut AsyncPgConnection,
        stages: &[&Stage],
        have_target: bool,
    ) -> Result<Vec<Deal>> {
        let ids: Vec<_> = stages.iter().map(|stage| stage.id).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        if !have_target {
            let count = taken::count(conn, &ids).await?;
            return match count {
                0 => Ok(Vec::new()),
                count => Err(Error::Refused {
                    code: "deals.in-use",
                    message: format!("{count} deals are there; say by {MOVE_TO} where they go"),
                }),
            };
        }
        let limit = i64::try_from(MAX_TAKEN + 1).unwrap_or(i64::MAX);
        let deals = taken::lock(conn, &ids, limit).await?;
        if deals.len() > MAX_TAKEN {
            return Err(Error::Refused {
                code: "deals.too-many-deals",
                message: format!(
                    "more than {MAX_TAKEN} deals are there, which is too much at once; move some of them before"
                ),
            });
        }
        Ok(deals)
    }

    /// Takes deals to a stage of their kind, which is locked, below the cards that are there.
    async fn take(
        &self,
        conn: &mut AsyncPgConnection,
        held: &Held<'_, Pipeline>,
        stage: &Stage,
        deals: Vec<Deal>,
    ) -> Result<()> {
        if deals.is_empty() {
            return Ok(());
        }
        let mut lowest = ranks::lowest(conn, stage.id).await?;
        let (mut next, mut steps, mut events) = (Vec::new(), Vec::new(), Vec::new());
        for before in deals {
            let rank = Rank::between(lowest.as_ref(), None);
            let rank = rank.ok_or_else(|| Error::Internal("there is no lower rank".into()))?;
            lowest = Some(rank.clone());
            let after = before.clone().taken_to(stage, rank, held.now);
            steps.extend(
                after
                    .stage_change_since(&before)
                    .map(|step| (after.id, step)),
            );
            events.push(DealMoved {
                deal_id: after.id,
                from_stage: before.stage,
                to_stage: after.stage,
                changes: Changes::between(before.fields(), after.fields()),
            });
            next.push(after);
        }
        taken::store(conn, stage, &next).await?;
        history::insert(conn, &steps, held.actor.user_id()).await?;
        self.0.emit_all(conn, held.actor, held.now, &events).await
    }
}
