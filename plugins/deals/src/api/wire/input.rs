//! Bodies of the operations on deals, and the commands they stand for.

use crm_domain::ids::{CustomerId, UserId};
use crm_domain::violation::Violations;
use crm_http::plugin::{Date, Problem, field_day};
use crm_http::wire::{DescriptionText, NameText, Patch};
use poem_openapi::Object;
use serde::Deserialize;
use uuid::Uuid;

use super::DealsMoney;
use crate::deal::{DealContent, DealEdit, DealId, NewDeal};
use crate::deals::{DealMove, Place};
use crate::pipeline::{Probability, StageId};

/// A new deal.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
pub(in crate::api) struct DealsCreateDeal {
    /// What it is called.
    name: NameText,
    /// Who may buy.
    customer_id: Uuid,
    /// Where it stands: an open stage; the first one of the oldest pipeline, unless it is given.
    stage_id: Option<Uuid>,
    /// For how much.
    amount: Option<DealsMoney>,
    /// How likely it is to be won, in per cent, in the place of what its stage says.
    #[oai(validator(minimum(value = "0"), maximum(value = "100")))]
    probability_override: Option<u8>,
    /// The day of the workspace's calendar on which it may be won.
    expected_close_date: Option<Date>,
    /// The user who works on it.
    owner: Option<Uuid>,
}

impl TryFrom<DealsCreateDeal> for NewDeal {
    type Error = Problem;

    fn try_from(body: DealsCreateDeal) -> Result<Self, Problem> {
        let DealsCreateDeal {
            name,
            customer_id,
            stage_id,
            amount,
            probability_override,
            expected_close_date,
            owner,
        } = body;
        let content = DealsDealContent {
            name,
            stage_id,
            amount,
            probability_override,
            expected_close_date,
            owner,
        };
        let content = DealContent::try_from(content)?;
        Ok(content.with(CustomerId::from(customer_id)))
    }
}

/// A new deal with the customer that a lead becomes.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
pub(super) struct DealsDealContent {
    /// What it is called.
    name: NameText,
    /// Where it stands: an open stage; the first one of the oldest pipeline, unless it is given.
    stage_id: Option<Uuid>,
    /// For how much.
    amount: Option<DealsMoney>,
    /// How likely it is to be won, in per cent, in the place of what its stage says.
    #[oai(validator(minimum(value = "0"), maximum(value = "100")))]
    probability_override: Option<u8>,
    /// The day of the workspace's calendar on which it may be won.
    expected_close_date: Option<Date>,
    /// The user who works on it.
    owner: Option<Uuid>,
}

impl TryFrom<DealsDealContent> for DealContent {
    type Error = Violations;

    fn try_from(body: DealsDealContent) -> Result<Self, Violations> {
        let DealsDealContent {
            name,
            stage_id,
            amount,
            probability_override,
            expected_close_date,
            owner,
        } = body;
        let mut violations = Violations::new();
        let name = name.parse("name", &mut violations);
        let amount = amount.and_then(|amount| amount.parse("amount", &mut violations));
        let expected = expected_close_date;
        let expected = expected.and_then(|day| field_day(EXPECTED, day, &mut violations));
        let own = probability_override;
        let own = own.and_then(|percent| probability(percent, &mut violations));
        let violations = violations.into_result();
        let (Some(name), Ok(())) = (name, violations.clone()) else {
            return Err(violations.err().unwrap_or_default());
        };
        Ok(Self {
            name,
            stage: stage_id.map(StageId::from),
            amount,
            probability_override: own,
            expected_close: expected,
            owner: owner.map(UserId::from),
        })
    }
}

const EXPECTED: &str = "expectedCloseDate";

fn probability(percent: u8, violations: &mut Violations) -> Option<Probability> {
    let probability = Probability::new(percent);
    if probability.is_none() {
        violations.add("probabilityOverride", "out-of-range", "must be 0 to 100");
    }
    probability
}

/// Changes to a deal. What is absent stays, `null` clears.
#[derive(Debug, Default, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[oai(rename_all = "camelCase")]
pub(in crate::api) struct DealsUpdateDeal {
    /// What it is called.
    name: Patch<NameText>,
    /// Who may buy.
    customer_id: Patch<Uuid>,
    /// For how much.
    amount: Patch<DealsMoney>,
    /// How likely it is to be won, in per cent, in the place of what its stage says. It stays until it is cleared or the deal closes.
    #[oai(validator(minimum(value = "0"), maximum(value = "100")))]
    probability_override: Patch<u8>,
    /// The day of the workspace's calendar on which it may be won.
    expected_close_date: Patch<Date>,
    /// The user who works on it.
    owner: Patch<Uuid>,
}

impl TryFrom<DealsUpdateDeal> for DealEdit {
    type Error = Problem;

    fn try_from(body: DealsUpdateDeal) -> Result<Self, Problem> {
        let DealsUpdateDeal {
            name,
            customer_id,
            amount,
            probability_override,
            expected_close_date,
            owner,
        } = body;
        let mut violations = Violations::new();
        let name = name.required("name", &mut violations);
        let customer = customer_id.required("customerId", &mut violations);
        let edit = Self {
            name: name.and_then(|name| name.parse("name", &mut violations)),
            customer: customer.map(CustomerId::from),
            amount: amount.into_change(|amount| amount.parse("amount", &mut violations)),
            probability_override: probability_override
                .into_change(|own| probability(own, &mut violations)),
            expected_close: expected_close_date
                .into_change(|day| field_day(EXPECTED, day, &mut violations)),
            owner: owner.into_change(|id| Some(UserId::from(id))),
        };
        violations.into_result()?;
        Ok(edit)
    }
}

/// Where a deal goes.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
pub(in crate::api) struct DealsMoveDeal {
    /// To which stage.
    stage_id: Uuid,
    /// Just above this deal.
    before_id: Option<Uuid>,
    /// Just below this deal; not together with `beforeId`.
    after_id: Option<Uuid>,
    /// Why it is lost, where it is.
    lost_reason: Option<DescriptionText>,
}

impl TryFrom<DealsMoveDeal> for DealMove {
    type Error = Problem;

    fn try_from(body: DealsMoveDeal) -> Result<Self, Problem> {
        let DealsMoveDeal {
            stage_id,
            before_id,
            after_id,
            lost_reason,
        } = body;
        let mut violations = Violations::new();
        if before_id.is_some() && after_id.is_some() {
            let message = "must not be given together with beforeId";
            violations.add("afterId", "not-allowed", message);
        }
        let before = before_id.map(|id| Place::Before(DealId::from(id)));
        let after = after_id.map(|id| Place::After(DealId::from(id)));
        let reason = lost_reason.and_then(|text| text.parse("lostReason", &mut violations));
        violations.into_result()?;
        Ok(Self {
            stage: StageId::from(stage_id),
            place: before.or(after),
            lost_reason: reason,
        })
    }
}
