//! Customers: what a lead becomes.

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::activity::Fields;
use crate::ids::{CustomerId, LeadId, UserId};
use crate::text::{Company, Email, Name, Phone, Tags, fold};

/// A customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    /// Identifies the customer.
    pub id: CustomerId,
    /// The customer's name.
    pub name: Name,
    /// The company they speak for.
    pub company: Option<Company>,
    /// How to reach them.
    pub email: Option<Email>,
    /// How to call them.
    pub phone: Option<Phone>,
    /// Labels.
    pub tags: Tags,
    /// Who looks after them.
    pub owner: Option<UserId>,
    /// The lead that became this customer.
    pub origin_lead: Option<LeadId>,
    /// Whether the customer is put away.
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

impl Customer {
    /// The fields that the activity log records.
    #[must_use]
    pub fn fields(&self) -> Fields {
        let Self {
            id: _,
            name,
            company,
            email,
            phone,
            tags,
            owner,
            origin_lead,
            is_archived,
            version: _,
            created_by: _,
            created_at: _,
            updated_at: _,
        } = self;
        vec![
            ("name", json!(name)),
            ("company", json!(company)),
            ("emailId", json!(email)),
            ("phone", json!(phone)),
            ("tags", json!(tags)),
            ("owner", json!(owner)),
            ("originLeadId", json!(origin_lead)),
            ("isArchived", json!(is_archived)),
        ]
    }

    /// What a search looks in: name, company, address and number, folded.
    #[must_use]
    pub fn search_text(&self) -> String {
        search_text(
            &self.name,
            self.company.as_ref(),
            self.email.as_ref(),
            self.phone.as_ref(),
        )
    }
}

/// The search text of a person or company: name first, parts on lines of their own so that no term matches across two.
pub(crate) fn search_text(
    name: &Name,
    company: Option<&Company>,
    email: Option<&Email>,
    phone: Option<&Phone>,
) -> String {
    let parts = [
        Some(fold(name.as_str())),
        company.map(|company| fold(company.as_str())),
        email.map(|email| fold(email.as_str())),
        phone.map(|phone| fold(phone.as_str())),
        phone.map(Phone::key),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n")
}
