//! Customers: what a lead becomes. A change consumes the old customer and returns the next one, or says why not.

mod merge;
mod query;

pub use query::{CustomerFilter, CustomerQuery, CustomerSort, CustomerSortField};

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::activity::{Fields, fields};
use crate::change::{Archived, Change};
use crate::custom_field::{CustomEdit, CustomValues};
use crate::duplicate::MatchKeys;
use crate::ids::{CustomerId, LeadId, NoteId, UserId};
use crate::lead::Lead;
use crate::search::Searchable;
use crate::tag::TagRename;
use crate::text::{Company, Email, Name, Note, Phone, Tags};

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
    /// The values of custom fields.
    pub custom: CustomValues,
    /// The lead that became this customer.
    pub origin_lead: Option<LeadId>,
    /// The customer that took this one in; this one is a tombstone then, and put away.
    pub merged_into: Option<CustomerId>,
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

/// What a new customer is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCustomer {
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
    /// The values of custom fields; checked by whoever stores the record.
    pub custom: CustomValues,
}

impl NewCustomer {
    /// A customer of this name and nothing else.
    #[must_use]
    pub fn named(name: Name) -> Self {
        Self {
            name,
            company: None,
            email: None,
            phone: None,
            tags: Tags::default(),
            owner: None,
            custom: CustomValues::default(),
        }
    }
}

/// Changes to a customer; what is not named stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CustomerEdit {
    /// The customer's name.
    pub name: Option<Name>,
    /// The company they speak for.
    pub company: Change<Company>,
    /// How to reach them.
    pub email: Change<Email>,
    /// How to call them.
    pub phone: Change<Phone>,
    /// Labels, all of them.
    pub tags: Option<Tags>,
    /// Who looks after them.
    pub owner: Change<UserId>,
    /// Changes to the values of custom fields; checked by whoever stores the record.
    pub custom: CustomEdit,
}

/// What somebody wrote down about a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerNote {
    /// Identifies the note.
    pub id: NoteId,
    /// About whom it is.
    pub customer: CustomerId,
    /// What was written.
    pub text: Note,
    /// Who wrote it; `None` for the system.
    pub created_by: Option<UserId>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
}

impl Customer {
    /// A new customer, who was no lead before.
    #[must_use]
    pub fn create(
        id: CustomerId,
        new: NewCustomer,
        created_by: Option<UserId>,
        now: DateTime<Utc>,
    ) -> Self {
        let NewCustomer {
            name,
            company,
            email,
            phone,
            tags,
            owner,
            custom,
        } = new;
        Self {
            id,
            name,
            company,
            email,
            phone,
            tags,
            owner,
            custom,
            origin_lead: None,
            merged_into: None,
            is_archived: false,
            version: 1,
            created_by,
            created_at: now,
            updated_at: now,
        }
    }

    /// The customer with `edit` applied; the same version when nothing differs.
    ///
    /// # Errors
    /// [`Archived`] for a customer who is put away.
    pub fn edit(self, edit: CustomerEdit, now: DateTime<Utc>) -> Result<Self, Archived> {
        self.refuse_archived()?;
        let CustomerEdit {
            name,
            company,
            email,
            phone,
            tags,
            owner,
            custom,
        } = edit;
        let before = self.clone();
        let after = Self {
            name: name.unwrap_or(self.name),
            company: company.apply(self.company),
            email: email.apply(self.email),
            phone: phone.apply(self.phone),
            tags: tags.unwrap_or(self.tags),
            owner: owner.apply(self.owner),
            custom: custom.apply(self.custom),
            ..self
        };
        Ok(if after == before {
            before
        } else {
            after.written(now)
        })
    }

    /// The customer with what they lacked and this lead has, `custom` of its custom values; the same version when that is
    /// nothing. Where there is no
    /// room for all tags, the customer keeps their own.
    ///
    /// # Errors
    /// [`Archived`] for a customer who is put away.
    pub fn fill(
        self,
        lead: &Lead,
        custom: &CustomValues,
        owner: Option<UserId>,
        now: DateTime<Utc>,
    ) -> Result<Self, Archived> {
        let edit = CustomerEdit {
            name: None,
            company: Change::filling(self.company.as_ref(), lead.company.as_ref()),
            email: Change::filling(self.email.as_ref(), lead.email.as_ref()),
            phone: Change::filling(self.phone.as_ref(), lead.phone.as_ref()),
            tags: self.tags.united([&lead.tags]).ok(),
            owner: Change::filling(self.owner.as_ref(), owner.as_ref()),
            custom: CustomEdit::default().or_fill(&self.custom, [custom]),
        };
        self.edit(edit, now)
    }

    /// The customer with tags renamed, put away or not; the same version when nothing differs.
    #[must_use]
    pub fn rename_tags(self, rename: &TagRename, now: DateTime<Utc>) -> Self {
        let tags = rename.apply(&self.tags);
        if tags == self.tags {
            return self;
        }
        Self { tags, ..self }.written(now)
    }

    /// The customer, whose conversion is undone: put away, and no longer the one that the lead became.
    #[must_use]
    pub fn unmake(self, now: DateTime<Utc>) -> Self {
        Self {
            origin_lead: None,
            is_archived: true,
            ..self
        }
        .written(now)
    }

    /// The customer, put away; unchanged when they already were.
    #[must_use]
    pub fn archive(self, now: DateTime<Utc>) -> Self {
        self.put_away(true, now)
    }

    /// The customer, taken back; unchanged when they were not put away.
    #[must_use]
    pub fn restore(self, now: DateTime<Utc>) -> Self {
        self.put_away(false, now)
    }

    fn put_away(self, is_archived: bool, now: DateTime<Utc>) -> Self {
        if self.is_archived == is_archived {
            return self;
        }
        Self {
            is_archived,
            ..self
        }
        .written(now)
    }

    /// Refuses a customer who is put away.
    ///
    /// # Errors
    /// [`Archived`].
    pub const fn refuse_archived(&self) -> Result<(), Archived> {
        if self.is_archived {
            Err(Archived)
        } else {
            Ok(())
        }
    }

    fn written(self, now: DateTime<Utc>) -> Self {
        Self {
            version: self.version + 1,
            updated_at: now,
            ..self
        }
    }

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
            merged_into,
            custom,
            is_archived,
            version: _,
            created_by: _,
            created_at: _,
            updated_at: _,
        } = self;
        let mut fields = fields([
            ("name", json!(name)),
            ("company", json!(company)),
            ("emailId", json!(email)),
            ("phone", json!(phone)),
            ("tags", json!(tags)),
            ("owner", json!(owner)),
            ("originLeadId", json!(origin_lead)),
            ("mergedInto", json!(merged_into)),
            ("isArchived", json!(is_archived)),
        ]);
        fields.extend(custom.fields());
        fields
    }

    /// The keys by which they are compared with other records.
    #[must_use]
    pub fn match_keys(&self) -> MatchKeys {
        MatchKeys::of(
            &self.name,
            self.company.as_ref(),
            self.email.as_ref(),
            self.phone.as_ref(),
        )
    }

    /// What a search looks in: name, company, address and number, folded.
    #[must_use]
    pub fn search_text(&self) -> String {
        self.searched().joined()
    }
}

#[cfg(test)]
mod tests;
