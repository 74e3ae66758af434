//! Deals: what a customer may buy, and where it stands. A change consumes the old deal and returns the next one, or says why
//! not.

mod query;

pub use query::{DealFilter, DealFilterAt, DealQuery, DealSort, DealSortField};

use chrono::{DateTime, NaiveDate, Utc};
use crm_domain::activity::{Fields, fields};
use crm_domain::change::{Archived, Change};
use crm_domain::ids::{CustomerId, UserId};
use crm_domain::money::Money;
use crm_domain::permission::{Ownership, Record, Resource};
use crm_domain::text::{Description, Name, fold};
use crm_domain::violation::Violations;
use serde_json::{Value, json};

use crate::pipeline::{PipelineId, Probability, Stage, StageId, StageKind};
use crate::rank::Rank;

/// The kind of record.
pub const DEAL: Resource = Resource::of_plugin("deals.deal");

crm_domain::id!(
    /// Identifies a deal.
    DealId
);

/// A deal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deal {
    /// Identifies the deal.
    pub id: DealId,
    /// What it is called.
    pub name: Name,
    /// Who may buy.
    pub customer: CustomerId,
    /// The pipeline that it goes through.
    pub pipeline: PipelineId,
    /// Where it stands.
    pub stage: StageId,
    /// The kind of that stage.
    pub kind: StageKind,
    /// Since when it stands there.
    pub stage_since: DateTime<Utc>,
    /// Where its card lies in the stage.
    pub rank: Rank,
    /// For how much.
    pub amount: Option<Money>,
    /// How likely it is to be won, in the place of what the stage says; only while it is open.
    pub probability_override: Option<Probability>,
    /// The day of the workspace's calendar on which it may be won: no instant, and the same in every zone.
    pub expected_close: Option<NaiveDate>,
    /// Who works on it.
    pub owner: Option<UserId>,
    /// Why it is lost; only then.
    pub lost_reason: Option<Description>,
    /// When it was won or lost; only then.
    pub closed_at: Option<DateTime<Utc>>,
    /// Whether it is put away: read-only and hidden from lists.
    pub is_archived: bool,
    /// Counts writes, from 1.
    pub version: i32,
    /// Who made the record; `None` for the system.
    pub created_by: Option<UserId>,
    /// When the record was made.
    pub created_at: DateTime<Utc>,
    /// When the record was last changed.
    pub updated_at: DateTime<Utc>,
}

/// A new deal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDeal {
    /// Who may buy.
    pub customer: CustomerId,
    /// What it is made of.
    pub content: DealContent,
}

/// What a new deal is made of, whoever may buy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DealContent {
    /// What it is called.
    pub name: Name,
    /// Where it stands, an open stage; the first one of the oldest pipeline, unless it is given.
    pub stage: Option<StageId>,
    /// For how much.
    pub amount: Option<Money>,
    /// How likely it is to be won, in the place of what the stage says.
    pub probability_override: Option<Probability>,
    /// When it may be won.
    pub expected_close: Option<NaiveDate>,
    /// Who works on it.
    pub owner: Option<UserId>,
}

impl DealContent {
    /// A name and nothing else.
    #[must_use]
    pub const fn named(name: Name) -> Self {
        Self {
            name,
            stage: None,
            amount: None,
            probability_override: None,
            expected_close: None,
            owner: None,
        }
    }

    /// A new deal of this with a customer.
    #[must_use]
    pub const fn with(self, customer: CustomerId) -> NewDeal {
        NewDeal {
            customer,
            content: self,
        }
    }
}

/// Changes to a deal; what is not named stays. Where it stands is changed by moving it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DealEdit {
    /// What it is called.
    pub name: Option<Name>,
    /// Who may buy.
    pub customer: Option<CustomerId>,
    /// For how much.
    pub amount: Change<Money>,
    /// How likely it is to be won, in the place of what the stage says.
    pub probability_override: Change<Probability>,
    /// When it may be won.
    pub expected_close: Change<NaiveDate>,
    /// Who works on it.
    pub owner: Change<UserId>,
}

/// A step from one stage to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StageChange {
    /// Where the deal stood.
    pub from: StageId,
    /// Where it went.
    pub to: StageId,
    /// When.
    pub at: DateTime<Utc>,
    /// For how many whole seconds it had stood in `from`.
    pub seconds: i64,
}

/// Why a deal is not changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DealError {
    /// It is put away.
    Archived,
    /// Something about the change is wrong.
    Invalid(Violations),
}

impl From<Archived> for DealError {
    fn from(_: Archived) -> Self {
        Self::Archived
    }
}

impl From<Violations> for DealError {
    fn from(violations: Violations) -> Self {
        Self::Invalid(violations)
    }
}

impl Deal {
    /// A new deal in a stage, which must be an open one.
    ///
    /// # Errors
    /// [`Violations`] that name the field `stageId`.
    pub fn create(
        id: DealId,
        new: NewDeal,
        (stage, rank): (&Stage, Rank),
        created_by: Option<UserId>,
        now: DateTime<Utc>,
    ) -> Result<Self, Violations> {
        let NewDeal { customer, content } = new;
        let DealContent {
            name,
            stage: _,
            amount,
            probability_override,
            expected_close,
            owner,
        } = content;
        if stage.kind != StageKind::Open {
            let message = "must be an open stage; a deal is moved to where it is won or lost";
            return Err(Violations::one("stageId", "not-allowed", message));
        }
        Ok(Self {
            id,
            name,
            customer,
            pipeline: stage.pipeline,
            stage: stage.id,
            kind: stage.kind,
            stage_since: now,
            rank,
            amount,
            probability_override,
            expected_close,
            owner,
            lost_reason: None,
            closed_at: None,
            is_archived: false,
            version: 1,
            created_by,
            created_at: now,
            updated_at: now,
        })
    }

    /// The deal with `edit` applied; the same version when nothing differs.
    ///
    /// # Errors
    /// [`DealError`] for a deal that is put away, or a probability where the deal is closed.
    pub fn edit(self, edit: DealEdit, now: DateTime<Utc>) -> Result<Self, DealError> {
        self.refuse_archived()?;
        let DealEdit {
            name,
            customer,
            amount,
            probability_override,
            expected_close,
            owner,
        } = edit;
        if self.kind != StageKind::Open && matches!(probability_override, Change::Set(_)) {
            let message = "goes with open deals only";
            return Err(Violations::one("probabilityOverride", "not-allowed", message).into());
        }
        let before = self.clone();
        let after = Self {
            name: name.unwrap_or(self.name),
            customer: customer.unwrap_or(self.customer),
            amount: amount.apply(self.amount),
            probability_override: probability_override.apply(self.probability_override),
            expected_close: expected_close.apply(self.expected_close),
            owner: owner.apply(self.owner),
            ..self
        };
        Ok(after.unless_same(before, now))
    }

    /// The deal in a stage, at a place among its cards; the same version when that is where it is.
    ///
    /// Where it is won or lost, it is closed by now, unless it was already; where it is lost, for a reason, which stays that of before
    /// unless another one is given. Where it is open, it is as if it had never been closed.
    ///
    /// # Errors
    /// [`DealError`] for a deal that is put away, one that is lost without a reason, or one that has a reason and is not lost.
    pub fn move_to(
        self,
        stage: &Stage,
        rank: Rank,
        reason: Option<Description>,
        now: DateTime<Utc>,
    ) -> Result<Self, DealError> {
        self.refuse_archived()?;
        let lost_reason = self.reason_in(stage.kind, reason)?;
        let is_kind_the_same = self.kind == stage.kind;
        let is_open = stage.kind == StageKind::Open;
        let before = self.clone();
        let after = Self {
            pipeline: stage.pipeline,
            stage: stage.id,
            kind: stage.kind,
            stage_since: if self.stage == stage.id {
                self.stage_since
            } else {
                now
            },
            rank,
            probability_override: self.probability_override.filter(|_| is_open),
            lost_reason,
            closed_at: match self.closed_at.filter(|_| is_kind_the_same) {
                _ if is_open => None,
                Some(at) => Some(at),
                None => Some(now),
            },
            ..self
        };
        Ok(after.unless_same(before, now))
    }

    /// The deal in another stage of the same kind, since its own is taken away: put away or not, it goes along.
    #[must_use]
    pub fn taken_to(self, stage: &Stage, rank: Rank, now: DateTime<Utc>) -> Self {
        Self {
            pipeline: stage.pipeline,
            stage: stage.id,
            stage_since: now,
            rank,
            version: self.version + 1,
            updated_at: now,
            ..self
        }
    }

    /// Why the deal is lost, in a stage of this kind.
    fn reason_in(
        &self,
        kind: StageKind,
        given: Option<Description>,
    ) -> Result<Option<Description>, Violations> {
        match (kind, given) {
            (StageKind::Lost, given) => match given.or_else(|| self.lost_reason.clone()) {
                None => {
                    let message = "must be given where a deal is lost";
                    Err(Violations::one("lostReason", "required", message))
                }
                reason => Ok(reason),
            },
            (_, Some(_)) => {
                let message = "goes only with a stage where deals are lost";
                Err(Violations::one("lostReason", "not-allowed", message))
            }
            (_, None) => Ok(None),
        }
    }

    /// The deal, put away; unchanged when it already was.
    #[must_use]
    pub fn archive(self, now: DateTime<Utc>) -> Self {
        self.put_away(true, now)
    }

    /// The deal, taken back; unchanged when it was not put away.
    #[must_use]
    pub fn restore(self, now: DateTime<Utc>) -> Self {
        self.put_away(false, now)
    }

    fn put_away(self, is_archived: bool, now: DateTime<Utc>) -> Self {
        let next = Self {
            is_archived,
            ..self.clone()
        };
        next.unless_same(self, now)
    }

    const fn refuse_archived(&self) -> Result<(), Archived> {
        if self.is_archived {
            Err(Archived)
        } else {
            Ok(())
        }
    }

    /// The next version, unless it is as the one before.
    fn unless_same(self, before: Self, now: DateTime<Utc>) -> Self {
        if self == before {
            return before;
        }
        Self {
            version: self.version + 1,
            updated_at: now,
            ..self
        }
    }

    /// How likely it is to be won, given its stage.
    #[must_use]
    pub fn probability(&self, stage: &Stage) -> Probability {
        self.probability_override.unwrap_or(stage.probability)
    }

    /// The step that led here, if it is another stage than before.
    #[must_use]
    pub fn stage_change_since(&self, before: &Self) -> Option<StageChange> {
        (self.stage != before.stage).then(|| StageChange {
            from: before.stage,
            to: self.stage,
            at: self.stage_since,
            seconds: (self.stage_since - before.stage_since).num_seconds().max(0),
        })
    }

    /// The fields that the activity log records. Where its card lies is none of them.
    #[must_use]
    pub fn fields(&self) -> Fields {
        let Self {
            id: _,
            name,
            customer,
            pipeline,
            stage,
            kind,
            stage_since: _,
            rank: _,
            amount,
            probability_override,
            expected_close,
            owner,
            lost_reason,
            closed_at,
            is_archived,
            version: _,
            created_by: _,
            created_at: _,
            updated_at: _,
        } = self;
        fields([
            ("name", json!(name)),
            ("customerId", json!(customer)),
            ("pipelineId", json!(pipeline)),
            ("stageId", json!(stage)),
            ("kind", json!(kind.as_str())),
            ("amount", json!(amount.map(money))),
            (
                "probabilityOverride",
                json!(probability_override.map(Probability::percent)),
            ),
            ("expectedCloseDate", json!(expected_close)),
            ("owner", json!(owner)),
            ("lostReason", json!(lost_reason)),
            ("closedAt", json!(closed_at)),
            ("isArchived", json!(is_archived)),
        ])
    }

    /// What a search looks in: the name, folded.
    #[must_use]
    pub fn search_text(&self) -> String {
        fold(self.name.as_str())
    }
}

impl Record for Deal {
    const RESOURCE: Resource = DEAL;

    fn ownership(&self) -> Ownership {
        Ownership {
            assigned_to: self.owner,
            created_by: self.created_by,
        }
    }
}

fn money(money: Money) -> Value {
    json!({ "amount": money.amount(), "currency": money.currency().code() })
}

#[cfg(test)]
mod tests;
