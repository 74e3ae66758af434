//! Several customers become one, and are taken apart again.

use chrono::{DateTime, Utc};

use super::{Customer, CustomerEdit};
use crate::activity::Changes;
use crate::change::Archived;
use crate::custom_field::CustomEdit;
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
            custom,
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
            custom: custom.or_fill(&self.custom, sources.iter().map(|source| &source.custom)),
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
            custom: CustomEdit::undo(changes, &self.custom),
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::custom_field::FieldValue;
    use crate::customer::NewCustomer;
    use crate::text::Tags;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(second, 0).unwrap()
    }

    fn customers() -> impl Strategy<Value = Customer> {
        let texts = || prop::option::of("[a-c]{1,3}");
        let custom = prop::collection::btree_map("[a-c]", "[a-c]{1,3}", 0..3);
        let tags = prop::collection::vec("[a-f]", 0..6);
        (texts(), texts(), tags, custom).prop_map(|(company, local, tags, custom)| {
            let custom = custom
                .into_iter()
                .map(|(key, text)| (key.parse().unwrap(), FieldValue::Text(text)));
            let new = NewCustomer {
                custom: custom.collect(),
                company: company.map(|text| text.parse().unwrap()),
                email: local.map(|text| format!("{text}@example.org").parse().unwrap()),
                tags: Tags::new(tags.iter().map(|tag| tag.parse().unwrap())).unwrap(),
                ..NewCustomer::named("Ada".parse().unwrap())
            };
            Customer::create(CustomerId::new(at(0), [0; 10]), new, None, at(0))
        })
    }

    proptest! {
        #[test]
        fn a_merge_fills_what_is_empty_keeps_what_is_filled_and_unites_tags(
            target in customers(),
            sources in prop::collection::vec(customers(), 1..5),
        ) {
            let edit = CustomerEdit::default();
            let merged = target.clone().merge(&sources, edit, at(1)).unwrap();
            let first = sources.iter().find_map(|source| source.email.clone());
            prop_assert_eq!(&merged.email, &target.email.clone().or(first));
            let first = sources.iter().find_map(|source| source.company.clone());
            prop_assert_eq!(&merged.company, &target.company.clone().or(first));
            for key in ["a", "b", "c"].map(|key| key.parse().unwrap()) {
                let mut in_order = [&target].into_iter().chain(&sources);
                let first = in_order.find_map(|record| record.custom.get(key));
                prop_assert_eq!(merged.custom.get(key), first);
            }
            for record in sources.iter().chain([&target]) {
                let keys = merged.tags.keys();
                prop_assert!(record.tags.keys().iter().all(|key| keys.contains(key)));
            }
            prop_assert_eq!(merged.version, target.version + 1);
        }

        #[test]
        fn a_merge_that_is_undone_at_once_leaves_what_was_there(
            target in customers(),
            sources in prop::collection::vec(customers(), 1..5),
        ) {
            let edit = CustomerEdit::default();
            let merged = target.clone().merge(&sources, edit, at(1)).unwrap();
            let changes = Changes::between(target.fields(), merged.fields());
            let undone = merged.unmerge(&changes, at(2)).unwrap();
            prop_assert_eq!(undone.fields(), target.fields());
        }
    }
}
