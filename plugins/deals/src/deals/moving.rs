//! Moving deals: to another stage, or among the cards of their own. It writes one row.

use crm_app::{Result, write};
use crm_authz::Scope;
use crm_domain::activity::Actor;
use crm_domain::permission::Action;
use crm_domain::text::Description;
use crm_domain::violation::Violations;
use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::checks::no_such_stage;
use super::{Deals, told};
use crate::deal::{Deal, DealId};
use crate::event::{DealLost, DealMoved, DealWon, Move};
use crate::pipeline::StageId;
use crate::rank::Rank;
use crate::store::{self, ListedDeal, ranks};

/// Where a deal goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DealMove {
    /// To which stage.
    pub stage: StageId,
    /// To which place there. Without one, on top; in the stage where it is already, it stays in its place.
    pub place: Option<Place>,
    /// Why it is lost, where it is.
    pub lost_reason: Option<Description>,
}

/// A place among the cards of a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Just above this deal.
    Before(DealId),
    /// Just below this deal.
    After(DealId),
}

impl Deals<'_> {
    /// Moves a deal. With `version`, only if that is still its version.
    ///
    /// # Errors
    /// [`Error::NotFound`](crm_app::Error::NotFound), [`Error::Forbidden`](crm_app::Error::Forbidden),
    /// [`Error::Stale`](crm_app::Error::Stale), [`Error::Archived`](crm_app::Error::Archived), or
    /// [`Error::Invalid`](crm_app::Error::Invalid) for a stage or a neighbour that is not there, or a reason that lacks.
    pub async fn move_to(
        &self,
        actor: &Actor,
        id: DealId,
        to: DealMove,
        version: Option<i32>,
    ) -> Result<ListedDeal> {
        write!(self.0, |conn| self.move_in(
            conn,
            actor,
            id,
            to.clone(),
            version
        ))
    }

    /// [`Deals::move_to`] within the caller's transaction.
    ///
    /// # Errors
    /// As [`Deals::move_to`].
    pub async fn move_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: DealId,
        to: DealMove,
        version: Option<i32>,
    ) -> Result<ListedDeal> {
        conn.transaction(async |conn| {
            // Before the deal is locked, and told only when there is such a deal. Of those who move deals into one stage, one
            // at a time gives a rank.
            let stage = store::stages::lock(conn, to.stage).await?;
            let held = self.hold(conn, actor, id, Action::Update, version).await?;
            let stage = stage.ok_or_else(no_such_stage)?;
            let before = held.record.clone();
            let rank = match to.place {
                None if stage.id == before.stage => before.rank.clone(),
                None => self.rank_on_top(conn, stage.id, id).await?,
                Some(place) => self.rank_at(conn, actor, (stage.id, id), place).await?,
            };
            let deal = before.move_to(&stage, rank, to.lost_reason, held.now);
            let deal = deal.map_err(told)?;
            let (from_stage, customer_id) = (held.record.stage, deal.customer);
            let (to_stage, closed_at) = (deal.stage, deal.closed_at);
            match Move::of(&held.record, &deal) {
                Move::Won => {
                    let event = |changes| DealWon {
                        deal_id: id,
                        customer_id,
                        closed_at,
                        changes,
                    };
                    self.store(conn, &held, deal, event).await
                }
                Move::Lost => {
                    let event = |changes| DealLost {
                        deal_id: id,
                        customer_id,
                        closed_at,
                        changes,
                    };
                    self.store(conn, &held, deal, event).await
                }
                Move::Elsewhere => {
                    let event = |changes| DealMoved {
                        deal_id: id,
                        from_stage,
                        to_stage,
                        changes,
                    };
                    self.store(conn, &held, deal, event).await
                }
            }
        })
        .await
    }

    /// A rank above all other cards of a stage, which is locked.
    pub(super) async fn rank_on_top(
        &self,
        conn: &mut AsyncPgConnection,
        stage: StageId,
        deal: DealId,
    ) -> Result<Rank> {
        let highest = ranks::highest(conn, stage, deal).await?;
        if let Some(rank) = short(None, highest.as_ref()) {
            return Ok(rank);
        }
        ranks::rank_anew(conn, stage).await?;
        let highest = ranks::highest(conn, stage, deal).await?;
        short(None, highest.as_ref()).ok_or_else(no_rank)
    }

    /// A rank for a deal next to another card of a stage, which is locked.
    async fn rank_at(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        (stage, deal): (StageId, DealId),
        place: Place,
    ) -> Result<Rank> {
        let scope = self.0.access().await?.scope(actor, Action::Read)?;
        let (above, below) = neighbours(conn, (stage, deal), place, &scope).await?;
        if let Some(rank) = short(above.as_ref(), below.as_ref()) {
            return Ok(rank);
        }
        ranks::rank_anew(conn, stage).await?;
        let (above, below) = neighbours(conn, (stage, deal), place, &scope).await?;
        short(above.as_ref(), below.as_ref()).ok_or_else(no_rank)
    }
}

/// The cards between which a place is.
async fn neighbours(
    conn: &mut AsyncPgConnection,
    (stage, deal): (StageId, DealId),
    place: Place,
    scope: &Scope<Deal>,
) -> Result<(Option<Rank>, Option<Rank>)> {
    let (Place::Before(other) | Place::After(other)) = place;
    let found = store::find(conn, other, scope).await?;
    let found = found.filter(|found| found.deal.stage == stage && other != deal);
    let Some(rank) = found.map(|found| found.deal.rank) else {
        let field = match place {
            Place::Before(_) => "beforeId",
            Place::After(_) => "afterId",
        };
        let message = "is not another deal in this stage that you can see";
        return Err(Violations::one(field, "not-found", message).into());
    };
    Ok(match place {
        Place::Before(_) => (ranks::above(conn, stage, &rank, deal).await?, Some(rank)),
        Place::After(_) => {
            let below = ranks::below(conn, stage, &rank, deal).await?;
            (Some(rank), below)
        }
    })
}

/// A rank between two, unless the stage has to be ranked anew for it.
fn short(above: Option<&Rank>, below: Option<&Rank>) -> Option<Rank> {
    Rank::between(above, below).filter(|rank| !rank.is_too_long())
}

/// Never: after a stage was ranked anew there is room everywhere.
fn no_rank() -> crm_app::Error {
    crm_app::Error::Internal("there is no room between two cards".into())
}
