//! A customer as a row, and back.

use chrono::{DateTime, Utc};
use crm_domain::customer::Customer;
use crm_domain::ids::{CustomerId, LeadId, UserId};
use crm_domain::text::{Company, Email, Name, Phone, Tags};
use diesel::pg::Pg;
use diesel::prelude::*;
use serde_json::Value;
use uuid::Uuid;

use crate::custom_fields::CustomColumn;
use crate::schema::customers;

/// The columns that make a customer, for reading, inserting and updating.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = customers, check_for_backend(Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct CustomerRow {
    pub(super) id: Uuid,
    name: String,
    company: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    tags: Vec<String>,
    assigned_to: Option<Uuid>,
    origin_lead: Option<Uuid>,
    merged_into: Option<Uuid>,
    custom: CustomColumn,
    is_archived: bool,
    version: i32,
    created_by: Option<Uuid>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// The columns that are computed from a customer for sorting and finding, and never read back.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = customers, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct CustomerKeys {
    name_key: String,
    email_key: Option<String>,
    phone_key: Option<String>,
    company_key: Option<String>,
    tag_keys: Vec<String>,
    search_text: String,
    custom_keys: Value,
}

impl From<&Customer> for CustomerKeys {
    fn from(customer: &Customer) -> Self {
        Self {
            name_key: customer.name.key(),
            email_key: customer.email.as_ref().map(Email::key),
            phone_key: customer.phone.as_ref().map(Phone::key),
            company_key: customer.company.as_ref().map(Company::key),
            tag_keys: customer.tags.keys(),
            search_text: customer.search_text(),
            custom_keys: customer.custom.keys(),
        }
    }
}

impl From<&Customer> for CustomerRow {
    fn from(customer: &Customer) -> Self {
        let Customer {
            id,
            name,
            company,
            email,
            phone,
            tags,
            owner,
            origin_lead,
            merged_into,
            custom,
            is_archived,
            version,
            created_by,
            created_at,
            updated_at,
        } = customer;
        Self {
            id: id.uuid(),
            name: name.to_string(),
            company: company.as_ref().map(ToString::to_string),
            email: email.as_ref().map(ToString::to_string),
            phone: phone.as_ref().map(ToString::to_string),
            tags: tags.iter().map(ToString::to_string).collect(),
            assigned_to: owner.map(UserId::uuid),
            origin_lead: origin_lead.map(LeadId::uuid),
            merged_into: merged_into.map(CustomerId::uuid),
            custom: CustomColumn(custom.clone()),
            is_archived: *is_archived,
            version: *version,
            created_by: created_by.map(UserId::uuid),
            created_at: *created_at,
            updated_at: *updated_at,
        }
    }
}

impl From<CustomerRow> for Customer {
    fn from(row: CustomerRow) -> Self {
        let CustomerRow {
            id,
            name,
            company,
            email,
            phone,
            tags,
            assigned_to,
            origin_lead,
            merged_into,
            custom,
            is_archived,
            version,
            created_by,
            created_at,
            updated_at,
        } = row;
        Self {
            id: CustomerId::from(id),
            name: Name::from_stored(name),
            company: company.map(Company::from_stored),
            email: email.map(Email::from_stored),
            phone: phone.map(Phone::from_stored),
            tags: Tags::from_stored(tags),
            owner: assigned_to.map(UserId::from),
            origin_lead: origin_lead.map(LeadId::from),
            merged_into: merged_into.map(CustomerId::from),
            custom: custom.0,
            is_archived,
            version,
            created_by: created_by.map(UserId::from),
            created_at,
            updated_at,
        }
    }
}
