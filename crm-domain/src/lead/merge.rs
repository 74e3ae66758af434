//! Several leads become one, and are taken apart again.

use chrono::{DateTime, Utc};

use super::{Lead, LeadEdit, LeadError};
use crate::activity::Changes;
use crate::change::Change;
use crate::custom_field::CustomEdit;
use crate::duplicate::MergeError;
use crate::ids::LeadId;
use crate::undo::undo;

impl Lead {
    /// The lead with what `sources` have and it lacks, the first that has it; with all tags; and with `overrides`. Always a
    /// next version. Where it stands in the lifecycle is its own.
    ///
    /// # Errors
    /// [`MergeError`] for a lead that is put away, for more tags than a record holds, or for overrides that
    /// [`Lead::edit`] refuses.
    pub fn merge(
        self,
        sources: &[Self],
        overrides: LeadEdit,
        now: DateTime<Utc>,
    ) -> Result<Self, MergeError> {
        let tags = match overrides.tags {
            Some(tags) => tags,
            None => self
                .tags
                .united(sources.iter().map(|source| &source.tags))?,
        };
        let edit = LeadEdit {
            email: overrides
                .email
                .or_fill(self.email.as_ref(), sources, |s| s.email.as_ref()),
            phone: overrides
                .phone
                .or_fill(self.phone.as_ref(), sources, |s| s.phone.as_ref()),
            company: overrides
                .company
                .or_fill(self.company.as_ref(), sources, |s| s.company.as_ref()),
            source: overrides
                .source
                .or_fill(self.source.as_ref(), sources, |s| s.source.as_ref()),
            assigned_agent: overrides.assigned_agent.or_fill(
                self.assigned_agent.as_ref(),
                sources,
                |s| s.assigned_agent.as_ref(),
            ),
            custom: overrides
                .custom
                .or_fill(&self.custom, sources.iter().map(|source| &source.custom)),
            tags: Some(tags),
            ..overrides
        };
        let before = self.version;
        Ok(self.edit(edit, now)?.written_after(before, now))
    }

    /// Refuses a lead that cannot be merged into another one.
    ///
    /// # Errors
    /// [`LeadError::Archived`]; [`LeadError::Converted`], since its customer would lose the lead they came from.
    pub fn check_can_be_merged(&self) -> Result<(), LeadError> {
        self.refuse_archived()?;
        match self.state.customer() {
            Some(_) => Err(LeadError::Converted),
            None => Ok(()),
        }
    }

    /// The lead as a tombstone: merged into another one.
    #[must_use]
    pub fn merge_into(self, target: LeadId, now: DateTime<Utc>) -> Self {
        Self {
            is_archived: true,
            merged_into: Some(target),
            ..self
        }
        .written(now)
    }

    /// The lead as it was before it was merged into another one.
    #[must_use]
    pub fn take_out(self, now: DateTime<Utc>) -> Self {
        Self {
            is_archived: false,
            merged_into: None,
            ..self
        }
        .written(now)
    }

    /// The lead without what a merge changed, as far as nobody changed it since. Always a next version. A step in the
    /// lifecycle stays, and so does an address or number without which it could not be reached.
    ///
    /// # Errors
    /// [`LeadError::Archived`].
    pub fn unmerge(self, changes: &Changes, now: DateTime<Utc>) -> Result<Self, LeadError> {
        let mut edit = LeadEdit {
            name: undo(changes, "name", Some(&self.name)).set(),
            email: undo(changes, "emailId", self.email.as_ref()),
            phone: undo(changes, "phone", self.phone.as_ref()),
            company: undo(changes, "company", self.company.as_ref()),
            source: undo(changes, "source", self.source.as_ref()),
            assigned_agent: undo(changes, "assignedAgent", self.assigned_agent.as_ref()),
            tags: undo(changes, "tags", Some(&self.tags)).set(),
            custom: CustomEdit::undo(changes, &self.custom),
            ..LeadEdit::default()
        };
        let email = edit.email.clone().apply(self.email.clone());
        let phone = edit.phone.clone().apply(self.phone.clone());
        if email.is_none() && phone.is_none() {
            edit.email = Change::Keep;
            edit.phone = Change::Keep;
        }
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
