//! Tags of the whole workspace: where they are used, and giving them other names.

use std::collections::BTreeSet;

use crate::permission::Resource;
use crate::text::{Tag, Tags};

/// A kind of record that has tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tagged {
    /// Leads.
    Lead,
    /// Customers.
    Customer,
}

impl Tagged {
    /// The kind, as permissions name it.
    #[must_use]
    pub const fn resource(self) -> Resource {
        match self {
            Self::Lead => Resource::LEAD,
            Self::Customer => Resource::CUSTOMER,
        }
    }
}

/// A tag that is in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagUse {
    /// The tag, as most of the records that were counted spell it.
    pub tag: Tag,
    /// On how many records, up to [`TagUse::CAP`].
    pub records: i64,
    /// Whether there are more than that.
    pub is_capped: bool,
}

impl TagUse {
    /// Records of one tag are counted so far.
    pub const CAP: i64 = 1_000;
}

/// Tags that begin in some way.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TagUses {
    /// The most used first.
    pub tags: Vec<TagUse>,
    /// Whether all tags in reach that begin so were looked at.
    pub is_complete: bool,
}

/// One tag takes the place of others. To rename a tag is the same with one other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagRename {
    from: BTreeSet<String>,
    to: Tag,
}

impl TagRename {
    /// The most tags that give way at once.
    pub const MAX: usize = 20;

    /// `to` in the place of each of `from`, however they are spelled.
    #[must_use]
    pub fn new<'a>(from: impl IntoIterator<Item = &'a Tag>, to: Tag) -> Self {
        Self {
            from: from.into_iter().map(Tag::key).collect(),
            to,
        }
    }

    /// The keys of the tags that give way.
    pub fn from_keys(&self) -> impl Iterator<Item = &str> {
        self.from.iter().map(String::as_str)
    }

    /// The tag that takes their place.
    #[must_use]
    pub const fn to(&self) -> &Tag {
        &self.to
    }

    /// The tags of a record thereafter, in their order; a tag that was there before keeps its spelling.
    #[must_use]
    pub fn apply(&self, tags: &Tags) -> Tags {
        let renamed = tags.iter().map(|tag| {
            if self.from.contains(&tag.key()) {
                self.to.clone()
            } else {
                tag.clone()
            }
        });
        // Never refused: there are no more than before.
        Tags::new(renamed).unwrap_or_else(|_| tags.clone())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tag(text: &str) -> Tag {
        text.parse().unwrap()
    }

    fn tags(texts: &[&str]) -> Tags {
        Tags::new(texts.iter().map(|text| tag(text))).unwrap()
    }

    fn rename(from: &[&str], to: &str) -> TagRename {
        let from: Vec<_> = from.iter().map(|text| tag(text)).collect();
        TagRename::new(&from, tag(to))
    }

    #[test]
    fn the_new_tag_stands_where_the_first_old_one_stood() {
        let rename = rename(&["hot", "WARM"], "Promising");
        let before = tags(&["VIP", "Warm", "Berlin", "Hot"]);
        let after = tags(&["VIP", "Promising", "Berlin"]);
        assert_eq!(rename.apply(&before), after);
    }

    #[test]
    fn a_tag_that_is_there_already_keeps_its_place_and_spelling_when_it_comes_first() {
        let rename = rename(&["key account"], "VIP");
        assert_eq!(rename.apply(&tags(&["vip", "Key Account"])), tags(&["vip"]));
        assert_eq!(rename.apply(&tags(&["Key Account", "vip"])), tags(&["VIP"]));
    }

    #[test]
    fn another_spelling_of_the_same_tag_is_a_name_too() {
        assert_eq!(
            rename(&["vip"], "VIP").apply(&tags(&["Vip", "x"])),
            tags(&["VIP", "x"])
        );
    }

    /// Few letters, so that tags meet.
    fn some_tag() -> impl Strategy<Value = Tag> {
        "[a-dA-D]{1,2}".prop_map(|text| tag(&text))
    }

    fn some_tags() -> impl Strategy<Value = Tags> {
        let all = proptest::collection::vec(some_tag(), 0..Tags::MAX);
        all.prop_map(|all| Tags::new(all).unwrap())
    }

    proptest! {
        #[test]
        fn a_rename_leaves_no_old_tag_and_loses_no_other_and_is_done_once(
            before in some_tags(),
            from in proptest::collection::vec(some_tag(), 1..5),
            to in some_tag(),
        ) {
            let rename = TagRename::new(&from, to.clone());
            let after = rename.apply(&before);
            prop_assert_eq!(&rename.apply(&after), &after);
            let gone: BTreeSet<_> = rename.from_keys().map(str::to_owned).collect();
            for kept in after.iter() {
                prop_assert!(*kept == to || !gone.contains(&kept.key()));
            }
            let keys = |tags: &Tags| tags.keys().into_iter().collect::<BTreeSet<_>>();
            let mut expected: BTreeSet<_> = keys(&before).difference(&gone).cloned().collect();
            if keys(&before).intersection(&gone).next().is_some() {
                expected.insert(to.key());
            }
            prop_assert_eq!(keys(&after), expected);
            prop_assert_eq!(after.keys().len(), keys(&after).len());
        }
    }
}
