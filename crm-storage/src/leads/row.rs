//! A lead as a row, and back.

use chrono::{DateTime, Utc};
use crm_domain::ids::{CustomerId, LeadId, UserId};
use crm_domain::lead::{Lead, LeadState, LeadStatus, UnqualifiedReason};
use crm_domain::text::{Company, Email, Name, Note, Phone, Source, Tags};
use diesel::pg::Pg;
use diesel::prelude::*;
use serde_json::Value;
use uuid::Uuid;

use crate::Error;
use crate::custom_fields::CustomColumn;
use crate::schema::leads;

/// The columns that make a lead, for reading, inserting and updating.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = leads, check_for_backend(Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct LeadRow {
    id: Uuid,
    name: String,
    email: Option<String>,
    phone: Option<String>,
    company: Option<String>,
    status: String,
    status_since: DateTime<Utc>,
    unqualified_reason: Option<String>,
    unqualified_note: Option<String>,
    converted_customer_id: Option<Uuid>,
    converted_at: Option<DateTime<Utc>>,
    source: Option<String>,
    assigned_to: Option<Uuid>,
    assigned_at: Option<DateTime<Utc>>,
    tags: Vec<String>,
    recycle_count: i32,
    merged_into: Option<Uuid>,
    custom: CustomColumn,
    is_archived: bool,
    version: i32,
    created_by: Option<Uuid>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// The columns that are computed from a lead for sorting and finding, and never read back.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = leads, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct LeadKeys {
    name_key: String,
    email_key: Option<String>,
    phone_key: Option<String>,
    company_key: Option<String>,
    tag_keys: Vec<String>,
    search_text: String,
    custom_keys: Value,
}

impl From<&Lead> for LeadKeys {
    fn from(lead: &Lead) -> Self {
        Self {
            name_key: lead.name.key(),
            email_key: lead.email.as_ref().map(Email::key),
            phone_key: lead.phone.as_ref().map(Phone::key),
            company_key: lead.company.as_ref().map(Company::key),
            tag_keys: lead.tags.keys(),
            search_text: lead.search_text(),
            custom_keys: lead.custom.keys(),
        }
    }
}

impl From<&Lead> for LeadRow {
    fn from(lead: &Lead) -> Self {
        let Lead {
            id,
            name,
            email,
            phone,
            company,
            state,
            status_since,
            source,
            assigned_agent,
            assigned_at,
            tags,
            recycle_count,
            merged_into,
            custom,
            is_archived,
            version,
            created_by,
            created_at,
            updated_at,
        } = lead;
        Self {
            id: id.uuid(),
            name: name.to_string(),
            email: email.as_ref().map(ToString::to_string),
            phone: phone.as_ref().map(ToString::to_string),
            company: company.as_ref().map(ToString::to_string),
            status: state.status().to_string(),
            status_since: *status_since,
            unqualified_reason: state
                .unqualified_reason()
                .map(|reason| reason.as_str().to_owned()),
            unqualified_note: state.unqualified_note().map(ToString::to_string),
            converted_customer_id: state.customer().map(CustomerId::uuid),
            converted_at: state.converted_at(),
            source: source.as_ref().map(ToString::to_string),
            assigned_to: assigned_agent.map(UserId::uuid),
            assigned_at: *assigned_at,
            tags: tags.iter().map(ToString::to_string).collect(),
            recycle_count: *recycle_count,
            merged_into: merged_into.map(LeadId::uuid),
            custom: CustomColumn(custom.clone()),
            is_archived: *is_archived,
            version: *version,
            created_by: created_by.map(UserId::uuid),
            created_at: *created_at,
            updated_at: *updated_at,
        }
    }
}

impl TryFrom<LeadRow> for Lead {
    type Error = Error;

    fn try_from(row: LeadRow) -> Result<Self, Error> {
        let state = state(&row)?;
        let LeadRow {
            id,
            name,
            email,
            phone,
            company,
            status: _,
            status_since,
            unqualified_reason: _,
            unqualified_note: _,
            converted_customer_id: _,
            converted_at: _,
            source,
            assigned_to,
            assigned_at,
            tags,
            recycle_count,
            merged_into,
            custom,
            is_archived,
            version,
            created_by,
            created_at,
            updated_at,
        } = row;
        Ok(Self {
            id: LeadId::from(id),
            name: Name::from_stored(name),
            email: email.map(Email::from_stored),
            phone: phone.map(Phone::from_stored),
            company: company.map(Company::from_stored),
            state,
            status_since,
            source: source.map(Source::from_stored),
            assigned_agent: assigned_to.map(UserId::from),
            assigned_at,
            tags: Tags::from_stored(tags),
            recycle_count,
            merged_into: merged_into.map(LeadId::from),
            custom: custom.0,
            is_archived,
            version,
            created_by: created_by.map(UserId::from),
            created_at,
            updated_at,
        })
    }
}

fn state(row: &LeadRow) -> Result<LeadState, Error> {
    let corrupt = |reason: &str| Error::Corrupt {
        table: "leads",
        id: row.id,
        reason: reason.to_owned(),
    };
    let status: LeadStatus = row.status.parse().map_err(|_| corrupt("unknown status"))?;
    Ok(match status {
        LeadStatus::New => LeadState::New,
        LeadStatus::Contacted => LeadState::Contacted,
        LeadStatus::Nurturing => LeadState::Nurturing,
        LeadStatus::Qualified => LeadState::Qualified,
        LeadStatus::Unqualified => {
            let reason = row
                .unqualified_reason
                .as_deref()
                .ok_or_else(|| corrupt("Unqualified without a reason"))?;
            let reason: UnqualifiedReason =
                reason.parse().map_err(|_| corrupt("unknown reason"))?;
            LeadState::Unqualified {
                reason,
                note: row.unqualified_note.clone().map(Note::from_stored),
            }
        }
        LeadStatus::Converted => {
            let customer = row
                .converted_customer_id
                .ok_or_else(|| corrupt("Converted without a customer"))?;
            let at = row
                .converted_at
                .ok_or_else(|| corrupt("Converted without a time"))?;
            LeadState::Converted {
                customer: CustomerId::from(customer),
                at,
            }
        }
    })
}
