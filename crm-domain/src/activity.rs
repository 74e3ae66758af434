//! Who did something, and what it changed: the terms of the activity log.

mod entry;

pub use entry::{About, By, Entry, EntryFilter, LoggedRecord};

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::IpAddr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::ids::{ApiKeyId, ClaimId, RequestId, UserId};
use crate::permission::Resource;

/// Who acts, and in which request. Every use case takes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Who acts.
    pub who: Who,
    /// The request it happens in; `None` outside of HTTP.
    pub request: Option<Request>,
}

/// The request that something happens in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    /// Which one.
    pub id: RequestId,
    /// The network address that it comes from, where that is known.
    pub address: Option<IpAddr>,
    /// By which claim of an idempotency key it may write, where it came with one: it writes nothing once that is lost.
    pub claim: Option<ClaimId>,
}

/// A person, a program of theirs, or the system itself.
///
/// It says who acts and not what they may do: that is looked up anew for each use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// A user of the workspace.
    User(UserId),
    /// A program that holds a key of a user's, and may do what both the key and the user may.
    ApiKey {
        /// Which key.
        id: ApiKeyId,
        /// Whose key it is.
        owner: UserId,
    },
    /// The program itself: the command line, a job. Named, so that the log says which.
    System(&'static str),
}

impl Actor {
    /// A user, outside of any request.
    #[must_use]
    pub const fn user(id: UserId) -> Self {
        Self {
            who: Who::User(id),
            request: None,
        }
    }

    /// The program itself: `name` says which part of it.
    #[must_use]
    pub const fn system(name: &'static str) -> Self {
        Self {
            who: Who::System(name),
            request: None,
        }
    }

    /// The user who acts, by themselves or by a key; `None` for the system.
    #[must_use]
    pub const fn user_id(&self) -> Option<UserId> {
        match self.who {
            Who::User(id) | Who::ApiKey { owner: id, .. } => Some(id),
            Who::System(_) => None,
        }
    }

    /// The key that acts; `None` for anybody else.
    #[must_use]
    pub const fn api_key(&self) -> Option<ApiKeyId> {
        match self.who {
            Who::ApiKey { id, .. } => Some(id),
            Who::User(_) | Who::System(_) => None,
        }
    }

    /// The part of the program that acts; `None` for a user.
    #[must_use]
    pub const fn system_name(&self) -> Option<&'static str> {
        match self.who {
            Who::System(name) => Some(name),
            Who::User(_) | Who::ApiKey { .. } => None,
        }
    }
}

/// One record of any kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordRef {
    /// What kind it is.
    pub resource: Resource,
    /// Which one.
    pub id: Uuid,
}

/// The fields that a write changed, each with its value before and after: `{"status": {"from": "New", "to": "Contacted"}}`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Changes(Map<String, Value>);

/// By hand: a derived schema would not say what each member is.
impl JsonSchema for Changes {
    fn schema_name() -> Cow<'static, str> {
        "Changes".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "properties": { "from": true, "to": true },
                "required": ["from", "to"],
            },
        })
    }
}

/// A record's fields by their names on the wire: `name`, `custom.budget`.
pub type Fields = Vec<(Cow<'static, str>, Value)>;

/// The fields of a record whose names are known to the program.
#[must_use]
pub fn fields<const N: usize>(fields: [(&'static str, Value); N]) -> Fields {
    let named = fields.map(|(name, value)| (Cow::Borrowed(name), value));
    named.into()
}

impl Changes {
    /// What differs between two states of one record. A field that a state does not have is `null` in it.
    #[must_use]
    pub fn between(before: Fields, after: Fields) -> Self {
        let mut pairs: BTreeMap<Cow<'static, str>, (Value, Value)> = BTreeMap::new();
        for (name, from) in before {
            pairs.entry(name).or_default().0 = from;
        }
        for (name, to) in after {
            pairs.entry(name).or_default().1 = to;
        }
        let differing = pairs.into_iter().filter(|(_, (from, to))| from != to);
        Self(
            differing
                .map(|(name, (from, to))| (name.into_owned(), json!({ "from": from, "to": to })))
                .collect(),
        )
    }

    /// The filled fields of a record that did not exist before.
    #[must_use]
    pub fn created(after: Fields) -> Self {
        let filled = after.into_iter().filter(|(_, to)| !to.is_null());
        Self(
            filled
                .map(|(name, to)| (name.into_owned(), json!({ "from": null, "to": to })))
                .collect(),
        )
    }

    /// The filled fields of a record that is no more.
    #[must_use]
    pub fn deleted(before: Fields) -> Self {
        let filled = before.into_iter().filter(|(_, from)| !from.is_null());
        Self(
            filled
                .map(|(name, from)| (name.into_owned(), json!({ "from": from, "to": null })))
                .collect(),
        )
    }

    /// What was read from where [`Changes::to_json`] went; nothing of what is no change.
    #[must_use]
    pub fn from_json(changes: Value) -> Self {
        match changes {
            Value::Object(changes) => Self(changes),
            _ => Self::default(),
        }
    }

    /// The value of a field before and after, if it changed.
    #[must_use]
    pub fn get(&self, field: &str) -> Option<(&Value, &Value)> {
        let change = self.0.get(field)?;
        Some((change.get("from")?, change.get("to")?))
    }

    /// Each field with its value before and after.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value, &Value)> {
        self.0
            .iter()
            .map(|(field, change)| (field.as_str(), side(change, "from"), side(change, "to")))
    }

    /// Whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As a JSON value.
    #[must_use]
    pub fn to_json(&self) -> Value {
        Value::Object(self.0.clone())
    }
}

fn side<'a>(change: &'a Value, name: &str) -> &'a Value {
    change.get(name).unwrap_or(&Value::Null)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_differing_fields_are_changes() {
        let before = fields([("name", json!("Ada")), ("phone", Value::Null)]);
        let after = fields([("name", json!("Ada")), ("phone", json!("123"))]);
        assert_eq!(
            Changes::between(before.clone(), after).to_json(),
            json!({"phone": {"from": null, "to": "123"}})
        );
        assert!(Changes::between(before.clone(), before.clone()).is_empty());
        let created = Changes::created(before.clone());
        let changes: Vec<_> = created.iter().collect();
        assert_eq!(changes, [("name", &Value::Null, &json!("Ada"))]);
        assert_eq!(
            Changes::created(before).to_json(),
            json!({"name": {"from": null, "to": "Ada"}})
        );
    }

    #[test]
    fn a_field_that_one_state_does_not_have_is_null_in_it() {
        let one = || fields([("name", json!("Ada")), ("custom.a", json!(1))]);
        let other = || fields([("custom.b", json!(2)), ("name", json!("Ada"))]);
        assert_eq!(
            Changes::between(one(), other()).to_json(),
            json!({"custom.a": {"from": 1, "to": null}, "custom.b": {"from": null, "to": 2}})
        );
    }
}
