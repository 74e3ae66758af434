//! Several customers become one, and are taken apart again.

use chrono::{DateTime, Utc};

use super::{Customer, CustomerEdit};
use crate::activity::Changes;
use crate::change::Archived;
use crate::duplicate::MergeError;
use crate::ids::CustomerId;
use crate::undo::undo;

impl Customer {
    /// The customer with what `sources` have and they lack, the first that has it; with all tags; and with `overrides`.
    /// Always a next version.
    ///
    /// # Errors
    /// [`MergeError`] for a customer who is put away, or for more tags than a record holds.
    pub fn merge(
        self,
        sources: &[Self],
        overrides: CustomerEdit,
        now: DateTime<Utc>,
    ) -> Result<Self, MergeError> {
        let CustomerEdit {
            name,
            company,
            email,
            phone,
            tags,
            owner,
        } = overrides;
        let tags = match tags {
            Some(tags) => tags,
            None => self
                .tags
                .united(sources.iter().map(|source| &source.tags))?,
        };
        let edit = CustomerEdit {
            name,
            company: company.or_fill(self.company.as_ref(), sources, |s| s.company.as_ref()),
            email: email.or_fill(self.email.as_ref(), sources, |s| s.email.as_ref()),
            phone: phone.or_fill(self.phone.as_ref(), sources, |s| s.phone.as_ref()),
            tags: Some(tags),
            owner: owner.or_fill(self.owner.as_ref(), sources, |s| s.owner.as_ref()),
        };
        let before = self.version;
        Ok(self.edit(edit, now)?.written_after(before, now))
    }

    /// Refuses a customer who cannot be merged into another one.
    ///
    /// # Errors
    /// [`Archived`].
    pub const fn check_can_be_merged(&self) -> Result<(), Archived> {
        self.refuse_archived()
    }

    /// The customer as a tombstone: merged into another one.
    #[must_use]
    pub fn merge_into(self, target: CustomerId, now: DateTime<Utc>) -> Self {
        Self {
            is_archived: true,
            merged_into: Some(target),
            ..self
        }
        .written(now)
    }

    /// The customer as they were before they were merged into another one.
    #[must_use]
    pub fn take_out(self, now: DateTime<Utc>) -> Self {
        Self {
            is_archived: false,
            merged_into: None,
            ..self
        }
        .written(now)
    }

    /// The customer without what a merge changed, as far as nobody changed it since. Always a next version.
    ///
    /// # Errors
    /// [`Archived`] for a customer who is put away.
    pub fn unmerge(self, changes: &Changes, now: DateTime<Utc>) -> Result<Self, Archived> {
        let edit = CustomerEdit {
            name: undo(changes, "name", Some(&self.name)).set(),
            company: undo(changes, "company", self.company.as_ref()),
            email: undo(changes, "emailId", self.email.as_ref()),
            phone: undo(changes, "phone", self.phone.as_ref()),
            tags: undo(changes, "tags", Some(&self.tags)).set(),
            owner: undo(changes, "owner", self.owner.as_ref()),
        };
        let before = self.version;
        Ok(self.edit(edit, now)?.written_after(before, now))
    }

    /// Itself, when it is a later version than this; else its next one.
    fn written_after(self, version: i32, now: DateTime<Utc>) -> Self {
        if self.version > version {
            self
        } else {
            self.written(now)
        }
    }
}
