//! Saved views: a list as somebody wants to see it again. It holds no records: each reader sees those in their own reach.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;

use crate::activity::{Fields, fields};
use crate::change::Change;
use crate::ids::{UserId, ViewId};
use crate::permission::Resource;
use crate::text::Name;

/// A kind of record whose lists can be saved as views.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Viewed {
    /// Leads.
    Lead,
    /// Customers.
    Customer,
    /// Tasks.
    Task,
}

impl Viewed {
    /// All there are.
    pub const ALL: [Self; 3] = [Self::Lead, Self::Customer, Self::Task];

    /// The kind, as permissions name it.
    #[must_use]
    pub const fn resource(self) -> Resource {
        match self {
            Self::Lead => Resource::LEAD,
            Self::Customer => Resource::CUSTOMER,
            Self::Task => Resource::TASK,
        }
    }
}

/// The value of a parameter of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Parameter {
    /// Yes or no.
    Flag(bool),
    /// A text, a day, an id.
    One(String),
    /// Those of a parameter that may be repeated.
    Several(Vec<String>),
}

/// What a list is narrowed by: its parameters by their names. What they mean is known where lists are asked for, and
/// checked there before a view is stored.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(transparent)]
pub struct ViewFilter(pub BTreeMap<String, Parameter>);

impl<'de> Deserialize<'de> for ViewFilter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Parameters)
    }
}

/// Reads parameters, each once: serde's own map would keep the last of several.
struct Parameters;

impl<'de> Visitor<'de> for Parameters {
    type Value = ViewFilter;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the parameters of a list")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ViewFilter, A::Error> {
        let mut parameters = BTreeMap::new();
        while let Some((name, value)) = map.next_entry::<String, Parameter>()? {
            if parameters.insert(name.clone(), value).is_some() {
                return Err(A::Error::custom(format_args!("duplicate field `{name}`")));
            }
        }
        Ok(ViewFilter(parameters))
    }
}

/// A list as somebody wants to see it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// Identifies the view.
    pub id: ViewId,
    /// Whose view it is.
    pub owner: UserId,
    /// What is listed.
    pub resource: Viewed,
    /// Its name, unique among the owner's views of this kind without regard to case.
    pub name: Name,
    /// What the list is narrowed by.
    pub filter: ViewFilter,
    /// Its order; the list's own, when `None`.
    pub sort: Option<String>,
    /// The fields that are shown, in this order; those that a client sees fit, when empty.
    pub columns: Vec<String>,
    /// Whether everybody who may read such records sees the view; otherwise only its owner does.
    pub is_shared: bool,
    /// Counts writes, from 1.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// What a new view is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewView {
    /// What is listed.
    pub resource: Viewed,
    /// Its name.
    pub name: Name,
    /// What the list is narrowed by.
    pub filter: ViewFilter,
    /// Its order.
    pub sort: Option<String>,
    /// The fields that are shown.
    pub columns: Vec<String>,
    /// Whether others see it.
    pub is_shared: bool,
}

/// Changes to a view. What it lists stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ViewEdit {
    /// Its name.
    pub name: Option<Name>,
    /// What the list is narrowed by, all of it.
    pub filter: Option<ViewFilter>,
    /// Its order.
    pub sort: Change<String>,
    /// The fields that are shown, all of them.
    pub columns: Option<Vec<String>>,
    /// Whether others see it.
    pub is_shared: Option<bool>,
}

impl View {
    /// The most fields that are shown.
    pub const MAX_COLUMNS: usize = 50;

    /// A new view.
    #[must_use]
    pub fn create(id: ViewId, new: NewView, owner: UserId, now: DateTime<Utc>) -> Self {
        let NewView {
            resource,
            name,
            filter,
            sort,
            columns,
            is_shared,
        } = new;
        Self {
            id,
            owner,
            resource,
            name,
            filter,
            sort,
            columns,
            is_shared,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    /// The view with `edit` applied; the same version when nothing differs.
    #[must_use]
    pub fn edit(self, edit: ViewEdit, now: DateTime<Utc>) -> Self {
        let ViewEdit {
            name,
            filter,
            sort,
            columns,
            is_shared,
        } = edit;
        let before = self.clone();
        let after = Self {
            name: name.unwrap_or(self.name),
            filter: filter.unwrap_or(self.filter),
            sort: sort.apply(self.sort),
            columns: columns.unwrap_or(self.columns),
            is_shared: is_shared.unwrap_or(self.is_shared),
            ..self
        };
        if after == before {
            return before;
        }
        Self {
            version: after.version + 1,
            updated_at: now,
            ..after
        }
    }

    /// The fields that the activity log records.
    #[must_use]
    pub fn fields(&self) -> Fields {
        let Self {
            id: _,
            owner,
            resource,
            name,
            filter,
            sort,
            columns,
            is_shared,
            version: _,
            created_at: _,
            updated_at: _,
        } = self;
        fields([
            ("owner", json!(owner)),
            ("resource", json!(resource.resource().as_str())),
            ("name", json!(name)),
            ("filter", json!(filter)),
            ("sort", json!(sort)),
            ("columns", json!(columns)),
            ("isShared", json!(is_shared)),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_read_as_it_is_written_and_each_parameter_once() {
        let text = r#"{"isArchived":true,"search":"ada","status":["New","Qualified"]}"#;
        let filter: ViewFilter = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&filter).unwrap(), text);
        for refused in [
            r#"{"search":"a","search":"b"}"#,
            r#"{"search":1}"#,
            r#"{"search":null}"#,
            r#"{"status":[1]}"#,
            r#"{"status":{"$ne":"New"}}"#,
            r#"["search"]"#,
            "null",
        ] {
            assert!(
                serde_json::from_str::<ViewFilter>(refused).is_err(),
                "{refused}"
            );
        }
    }
}
