//! What the operations on customers take and give.

mod bulk;
mod input;

pub(super) use bulk::{BulkCustomers, CreateCustomers};
pub(in crate::api) use input::ListCustomers;
pub(super) use input::{
    AddNote, AssignCustomer, CreateCustomer, EditCustomer, ExportCustomers, MergeCustomers,
};

use input::FilterCustomers;

use chrono::{DateTime, Utc};
use crm_app::Merged;
use crm_app::customers::{ListedCustomer, ListedNote};
use crm_domain::custom_field::CustomValues;
use crm_domain::customer;
use crm_domain::ids::{CustomerId, LeadId, UserId};
use crm_domain::list::Listing;
use poem_openapi::Object;
use serde::Serialize;
use uuid::Uuid;

use crate::api::users::UserReference;
use crate::export::Row;
use crate::list::list_answer;
use crate::wire::custom::CustomObject;
use crate::wire::{CompanyText, EmailText, NameText, NoteText, PhoneText, TagText, Text};

/// A customer.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
pub struct Customer {
    /// Identifies the customer.
    id: Uuid,
    /// The customer's name.
    name: NameText,
    /// The company they speak for.
    company: Option<CompanyText>,
    /// How to reach them.
    email_id: Option<EmailText>,
    /// How to call them.
    phone: Option<PhoneText>,
    /// How many notes there are.
    #[oai(validator(minimum(value = "0"), maximum(value = "9007199254740991")))]
    note_count: i64,
    /// Labels.
    #[oai(validator(max_items = 20))]
    tags: Vec<TagText>,
    /// Who looks after them.
    owner: Option<UserReference>,
    /// The lead that became this customer.
    origin_lead_id: Option<Uuid>,
    /// The customer that took this one in; then this one is what is left of it, and read-only.
    merged_into: Option<Uuid>,
    /// The values of custom fields, by their keys.
    custom: CustomObject,
    /// Whether the customer is put away.
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

impl From<ListedCustomer> for Customer {
    fn from(listed: ListedCustomer) -> Self {
        let ListedCustomer {
            customer,
            owner,
            note_count,
            hidden,
        } = listed;
        let customer::Customer {
            id,
            name,
            company,
            email,
            phone,
            tags,
            owner: _,
            custom,
            origin_lead,
            merged_into,
            is_archived,
            version,
            created_by,
            created_at,
            updated_at,
        } = &customer;
        Self {
            id: CustomerId::uuid(*id),
            name: name.into(),
            company: company.as_ref().map(Text::from),
            email_id: email.as_ref().map(Text::from),
            phone: phone.as_ref().map(Text::from),
            note_count,
            tags: tags.iter().map(Text::from).collect(),
            owner: owner.as_ref().map(UserReference::from),
            origin_lead_id: origin_lead.map(LeadId::uuid),
            merged_into: merged_into.map(CustomerId::uuid),
            custom: CustomObject::new(custom, &hidden),
            is_archived: *is_archived,
            version: *version,
            created_by: created_by.map(UserId::uuid),
            created_at: *created_at,
            updated_at: *updated_at,
        }
    }
}

/// A customer with what was written about them, and their deals.
#[derive(Debug, Serialize, Object)]
pub(super) struct CustomerRecord {
    #[serde(flatten)]
    #[oai(flatten)]
    customer: Customer,
    /// The newest notes, the newest first.
    #[oai(validator(max_items = 100))]
    notes: Vec<CustomerNote>,
    /// The newest of their deals that the caller may see, the newest first; empty where deals are not kept.
    #[oai(validator(max_items = 100))]
    deals: Vec<Uuid>,
}

impl CustomerRecord {
    pub(super) fn new(
        customer: ListedCustomer,
        notes: Listing<ListedNote>,
        deals: Vec<Uuid>,
    ) -> Self {
        Self {
            customer: customer.into(),
            notes: notes.records.into_iter().map(CustomerNote::from).collect(),
            deals,
        }
    }
}

impl Row for Customer {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "name",
        "company",
        "emailId",
        "phone",
        "noteCount",
        "tags",
        "owner.id",
        "owner.name",
        "owner.emailId",
        "originLeadId",
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
    /// A part of a list of customers.
    pub(super) CustomerList from ListedCustomer {
        /// The customers.
        customers: Customer,
        /// How many customers match; `null` after a cursor.
        total_customers,
    }
}

/// What somebody wrote down about a customer.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
pub(super) struct CustomerNote {
    /// Identifies the note.
    id: Uuid,
    /// What was written.
    text: NoteText,
    /// Who wrote it; `null` for the program itself.
    created_by: Option<UserReference>,
    /// When it was written.
    created_at: DateTime<Utc>,
}

impl From<ListedNote> for CustomerNote {
    fn from(ListedNote { note, author }: ListedNote) -> Self {
        let customer::CustomerNote {
            id,
            customer: _,
            text,
            created_by: _,
            created_at,
        } = &note;
        Self {
            id: id.uuid(),
            text: text.into(),
            created_by: author.as_ref().map(UserReference::from),
            created_at: *created_at,
        }
    }
}

/// A part of the notes on a customer.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
pub(super) struct CustomerNoteList {
    /// The notes, the newest first.
    #[oai(validator(max_items = 100))]
    notes: Vec<CustomerNote>,
    /// Where to go on; `null` at the end.
    #[oai(validator(max_length = 2000))]
    next_cursor: Option<String>,
}

impl From<Listing<ListedNote>> for CustomerNoteList {
    fn from(list: Listing<ListedNote>) -> Self {
        Self {
            notes: list.records.into_iter().map(CustomerNote::from).collect(),
            next_cursor: list.next_cursor,
        }
    }
}

/// What merging, or undoing a merge, gave.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename = "CustomerMerge", rename_all = "camelCase")]
pub(super) struct Merge {
    /// What was done.
    #[oai(validator(max_length = 200))]
    message: String,
    /// The customer that took in the others.
    customer: Customer,
    /// The others.
    #[oai(validator(max_items = 19))]
    sources: Vec<Uuid>,
}

impl Merge {
    pub(super) fn new(message: &str, merged: Merged<ListedCustomer>) -> Self {
        Self {
            message: message.to_owned(),
            customer: merged.record.into(),
            sources: merged.sources,
        }
    }
}
