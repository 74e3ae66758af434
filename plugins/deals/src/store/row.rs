//! A deal as a row, and back.

use chrono::{DateTime, NaiveDate, Utc};
use crm_domain::ids::{CustomerId, UserId};
use crm_domain::money::Money;
use crm_domain::text::{Description, Email, Name};
use crm_domain::user::UserRef;
use crm_storage::Error;
use diesel::pg::Pg;
use diesel::prelude::*;
use uuid::Uuid;

use super::schema::{deals_deals, users};
use super::stages::probability;
use crate::deal::{Deal, DealId};
use crate::pipeline::{PipelineId, StageId};
use crate::rank::Rank;

/// The columns that make a deal, for reading, inserting and updating.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = deals_deals, check_for_backend(Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct DealRow {
    id: Uuid,
    name: String,
    customer_id: Uuid,
    pipeline_id: Uuid,
    stage_id: Uuid,
    kind: String,
    amount: Option<i64>,
    currency: Option<String>,
    probability_override: Option<i16>,
    expected_close_date: Option<NaiveDate>,
    assigned_to: Option<Uuid>,
    lost_reason: Option<String>,
    closed_at: Option<DateTime<Utc>>,
    stage_since: DateTime<Utc>,
    rank: String,
    is_archived: bool,
    version: i32,
    created_by: Option<Uuid>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// The columns that are computed from a deal for sorting and finding, and never read back.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = deals_deals)]
pub(super) struct DealKeys {
    name_key: String,
    search_text: String,
    amount_key: String,
    close_key: String,
}

/// A user as the deals show them who are assigned to them.
#[derive(Queryable, Selectable)]
#[diesel(table_name = users, check_for_backend(Pg))]
pub(super) struct UserRefRow {
    id: Uuid,
    name: String,
    email: String,
}

impl From<UserRefRow> for UserRef {
    fn from(row: UserRefRow) -> Self {
        Self {
            id: UserId::from(row.id),
            name: Name::from_stored(row.name),
            email: Email::from_stored(row.email),
        }
    }
}

impl From<&Deal> for DealKeys {
    fn from(deal: &Deal) -> Self {
        Self {
            name_key: deal.name.key(),
            search_text: deal.search_text(),
            amount_key: deal.amount_key(),
            close_key: deal.close_key(),
        }
    }
}

impl From<&Deal> for DealRow {
    fn from(deal: &Deal) -> Self {
        let Deal {
            id,
            name,
            customer,
            pipeline,
            stage,
            kind,
            stage_since,
            rank,
            amount,
            probability_override,
            expected_close,
            owner,
            lost_reason,
            closed_at,
            is_archived,
            version,
            created_by,
            created_at,
            updated_at,
        } = deal;
        Self {
            id: id.uuid(),
            name: name.to_string(),
            customer_id: customer.uuid(),
            pipeline_id: pipeline.uuid(),
            stage_id: stage.uuid(),
            kind: kind.to_string(),
            amount: amount.map(Money::amount),
            currency: amount.map(|amount| amount.currency().to_string()),
            probability_override: probability_override.map(|own| own.percent().into()),
            expected_close_date: *expected_close,
            assigned_to: owner.map(UserId::uuid),
            lost_reason: lost_reason.as_ref().map(ToString::to_string),
            closed_at: *closed_at,
            stage_since: *stage_since,
            rank: rank.to_string(),
            is_archived: *is_archived,
            version: *version,
            created_by: created_by.map(UserId::uuid),
            created_at: *created_at,
            updated_at: *updated_at,
        }
    }
}

impl TryFrom<DealRow> for Deal {
    type Error = Error;

    fn try_from(row: DealRow) -> Result<Self, Error> {
        let DealRow {
            id,
            name,
            customer_id,
            pipeline_id,
            stage_id,
            kind,
            amount,
            currency,
            probability_override,
            expected_close_date,
            assigned_to,
            lost_reason,
            closed_at,
            stage_since,
            rank,
            is_archived,
            version,
            created_by,
            created_at,
            updated_at,
        } = row;
        let amount = amount.zip(currency).map(|(amount, currency)| {
            let currency = currency.parse().ok()?;
            Money::new(amount, currency).ok()
        });
        let amount = match amount {
            Some(None) => return Err(corrupt(id, "for no amount of money")),
            amount => amount.flatten(),
        };
        Ok(Self {
            id: DealId::from(id),
            name: Name::from_stored(name),
            customer: CustomerId::from(customer_id),
            pipeline: PipelineId::from(pipeline_id),
            stage: StageId::from(stage_id),
            kind: kind.parse().map_err(|_| corrupt(id, "of no kind"))?,
            stage_since,
            rank: Rank::from_stored(rank),
            amount,
            probability_override: probability_override.and_then(probability),
            expected_close: expected_close_date,
            owner: assigned_to.map(UserId::from),
            lost_reason: lost_reason.map(Description::from_stored),
            closed_at,
            is_archived,
            version,
            created_by: created_by.map(UserId::from),
            created_at,
            updated_at,
        })
    }
}

pub(super) fn corrupt(id: Uuid, reason: &str) -> Error {
    Error::Corrupt {
        table: "deals_deals",
        id,
        reason: reason.to_owned(),
    }
}
