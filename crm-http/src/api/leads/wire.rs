//! What the operations on leads take and give.

mod bulk;
mod history;
mod input;
mod query;

pub(super) use bulk::{BulkLeads, CreateLeads};
pub(super) use history::LeadHistory;
pub(super) use input::{AssignLead, ConvertLead, CreateLead, EditLead, MergeLeads};
pub(super) use query::ExportLeads;
use query::FilterLeads;
pub(in crate::api) use query::ListLeads;

use chrono::{DateTime, Utc};
use crm_app::Merged;
use crm_app::leads::ListedLead;
use crm_domain::custom_field::CustomValues;
use crm_domain::ids::{CustomerId, LeadId, UserId};
use crm_domain::lead;
use poem_openapi::Object;
use serde::Serialize;
use uuid::Uuid;

use crate::api::customers::Customer;
use crate::api::users::UserReference;
use crate::export::Row;
use crate::list::list_answer;
use crate::wire::custom::CustomObject;
use crate::wire::{
    CompanyText, EmailText, NameText, NoteText, PhoneText, SourceText, TagText, Text, wire_enum,
};

wire_enum! {
    /// Where a lead stands.
    LeadStatus = lead::LeadStatus {
        /// Nobody has spoken with them.
        New,
        /// Somebody has.
        Contacted,
        /// Interested, but not now.
        Nurturing,
        /// Worth an offer.
        Qualified,
        /// Not worth one, for a reason.
        Unqualified,
        /// Became a customer.
        Converted,
    }
}

wire_enum! {
    /// Why a lead is not worth an offer.
    UnqualifiedReason = lead::UnqualifiedReason {
        /// They cannot pay.
        NoBudget,
        /// They do not need it.
        NoNeed,
        /// They do not answer.
        NoResponse,
        /// They chose somebody else.
        Competitor,
        /// The same as another lead.
        Duplicate,
        /// Nobody real.
        Spam,
        /// Something else, told in the note.
        Other,
    }
}

/// A lead.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
pub struct Lead {
    /// Identifies the lead.
    id: Uuid,
    /// Who it is.
    name: NameText,
    /// How to reach them.
    email_id: Option<EmailText>,
    /// How to call them.
    phone: Option<PhoneText>,
    /// The company they speak for.
    company: Option<CompanyText>,
    /// Where the lead stands.
    status: LeadStatus,
    /// Where the lead came from.
    source: Option<SourceText>,
    /// Who works on it.
    assigned_agent: Option<UserReference>,
    /// Labels.
    #[oai(validator(max_items = 20))]
    tags: Vec<TagText>,
    /// Why it is Unqualified.
    unqualified_reason: Option<UnqualifiedReason>,
    /// Why it is Unqualified, in words.
    unqualified_note: Option<NoteText>,
    /// How often it came back from Unqualified.
    #[oai(validator(minimum(value = "0"), maximum(value = "2147483647")))]
    recycle_count: i32,
    /// The customer it became.
    converted_customer_id: Option<Uuid>,
    /// When it was given to somebody, having been nobody's.
    assigned_at: Option<DateTime<Utc>>,
    /// When it became a customer.
    converted_at: Option<DateTime<Utc>>,
    /// The lead that took this one in; then this one is what is left of it, and read-only.
    merged_into: Option<Uuid>,
    /// The values of custom fields, by their keys.
    custom: CustomObject,
    /// Whether it is put away.
    is_archived: bool,
    /// Counts writes, from 1.
    #[oai(validator(minimum(value = "1"), maximum(value = "2147483647")))]
    version: i32,
    /// Who made the record; `null` for the program itself.
    created_by: Option<Uuid>,
    /// When the record was made.
    created_at: DateTime<Utc>,
    /// When the record was last changed.
    updated_at: DateTime<Utc>,
}

impl From<ListedLead> for Lead {
    fn from(listed: ListedLead) -> Self {
        let ListedLead {
            lead,
            agent,
            hidden,
        } = listed;
        let lead::Lead {
            id,
            name,
            email,
            phone,
            company,
            state,
            status_since: _,
            source,
            assigned_agent: _,
            assigned_at,
            tags,
            custom,
            recycle_count,
            merged_into,
            is_archived,
            version,
            created_by,
            created_at,
            updated_at,
        } = &lead;
        Self {
            id: LeadId::uuid(*id),
            name: name.into(),
            email_id: email.as_ref().map(Text::from),
            phone: phone.as_ref().map(Text::from),
            company: company.as_ref().map(Text::from),
            status: state.status().into(),
            source: source.as_ref().map(Text::from),
            assigned_agent: agent.as_ref().map(UserReference::from),
            tags: tags.iter().map(Text::from).collect(),
            unqualified_reason: state.unqualified_reason().map(UnqualifiedReason::from),
            unqualified_note: state.unqualified_note().map(Text::from),
            recycle_count: *recycle_count,
            converted_customer_id: state.customer().map(CustomerId::uuid),
            assigned_at: *assigned_at,
            converted_at: state.converted_at(),
            merged_into: merged_into.map(LeadId::uuid),
            custom: CustomObject::new(custom, &hidden),
            is_archived: *is_archived,
            version: *version,
            created_by: created_by.map(UserId::uuid),
            created_at: *created_at,
            updated_at: *updated_at,
        }
    }
}

impl Row for Lead {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "name",
        "emailId",
        "phone",
        "company",
        "status",
        "source",
        "assignedAgent.id",
        "assignedAgent.name",
        "assignedAgent.emailId",
        "tags",
        "unqualifiedReason",
        "unqualifiedNote",
        "recycleCount",
        "convertedCustomerId",
        "assignedAt",
        "convertedAt",
        "isArchived",
        "mergedInto",
        "version",
        "createdBy",
        "createdAt",
        "updatedAt",
    ];

    fn custom(&self) -> &CustomValues {
        self.custom.values()
    }
}

list_answer! {
    /// A part of a list of leads.
    pub(super) LeadList from ListedLead {
        /// The leads.
        leads: Lead,
        /// How many leads match; `null` after a cursor.
        total_leads,
    }
}

/// What converting gave.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename = "LeadConversion", rename_all = "camelCase")]
pub(super) struct Conversion {
    /// What was done.
    #[oai(validator(max_length = 200))]
    message: String,
    /// The customer.
    customer: Customer,
    /// The lead, now Converted.
    lead: Lead,
    /// Whether it had been converted before; then nothing was written.
    already_converted: bool,
}

impl Conversion {
    pub(super) fn new(conversion: crm_app::leads::Conversion, dry_run: bool) -> Self {
        let crm_app::leads::Conversion {
            lead,
            customer,
            already_converted,
        } = conversion;
        let message = match (already_converted, dry_run) {
            (true, _) => "The lead was converted before.",
            (false, true) => "The lead can be converted.",
            (false, false) => "Lead converted.",
        };
        Self {
            message: message.to_owned(),
            customer: customer.into(),
            lead: lead.into(),
            already_converted,
        }
    }
}

/// What merging, or undoing a merge, gave.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename = "LeadMerge", rename_all = "camelCase")]
pub(super) struct Merge {
    /// What was done.
    #[oai(validator(max_length = 200))]
    message: String,
    /// The lead that took in the others.
    lead: Lead,
    /// The others.
    #[oai(validator(max_items = 19))]
    sources: Vec<Uuid>,
}

impl Merge {
    pub(super) fn new(message: &str, merged: Merged<ListedLead>) -> Self {
        Self {
            message: message.to_owned(),
            lead: merged.record.into(),
            sources: merged.sources,
        }
    }
}
