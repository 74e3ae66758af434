//! The activity log on the wire.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use crm_app::activities::ShownEntry;
use crm_domain::activity::{About, By, Changes, Entry, EntryFilter, RecordRef};
use crm_domain::ids::{RequestId, UserId};
use crm_domain::list::{Listing, PageRequest};
use crm_domain::permission::Catalogue;
use poem_openapi::{Enum, Object};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::list::{instant, page_request};
use crate::problem::Problem;
use crate::query::{QueryParameters, invalid, parse};
use crate::wire::{NameText, Text};

/// The name of an event.
pub(in crate::api) type EventText = Text<100>;

/// The parameters of the activity log.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
pub(in crate::api) struct ListActivities {
    /// What this user did, themselves or by an API key.
    actor: Option<Uuid>,
    /// What was done to this kind of record: `lead`.
    resource: Option<Text<50>>,
    /// What was done to this record; together with `resource`.
    resource_id: Option<Uuid>,
    /// This event: `lead.converted`.
    action: Option<EventText>,
    /// At this instant or later.
    from: Option<DateTime<Utc>>,
    /// Before this instant.
    to: Option<DateTime<Utc>>,
    /// Goes on where a part of the same list ended.
    #[oai(validator(max_length = 2000))]
    cursor: Option<String>,
    /// How many entries: 10, unless it is given.
    #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
    limit: Option<u16>,
}

impl QueryParameters for ListActivities {}

impl ListActivities {
    /// Which entries, and which part of them.
    pub(super) fn parse(
        self,
        catalogue: &Catalogue,
    ) -> Result<(EntryFilter, PageRequest), Problem> {
        let Self {
            actor,
            resource,
            resource_id,
            action,
            from,
            to,
            cursor,
            limit,
        } = self;
        let filter = EntryFilter {
            actor: actor.map(UserId::from),
            about: about(catalogue, resource.as_ref(), resource_id)?,
            action: action.map(|text| parse("action", text)).transpose()?,
            from: instant("from", from)?,
            to: instant("to", to)?,
        };
        Ok((filter, page_request(None, limit, cursor, false)?))
    }
}

fn about(
    catalogue: &Catalogue,
    resource: Option<&Text<50>>,
    id: Option<Uuid>,
) -> Result<Option<About>, Problem> {
    let known = |text: &Text<50>| {
        let known = catalogue.resource(text.as_str());
        known.map_err(|error| invalid("resource", error.code(), &error.to_string()))
    };
    let resource = resource.map(known).transpose()?;
    match (resource, id) {
        (Some(resource), Some(id)) => Ok(Some(About::Record(RecordRef { resource, id }))),
        (Some(resource), None) => Ok(Some(About::Kind(resource))),
        (None, None) => Ok(None),
        (None, Some(_)) => Err(invalid(
            "resourceId",
            "not-allowed",
            "must be given together with resource",
        )),
    }
}

/// A part of the activity log.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
pub(in crate::api) struct ActivityList {
    /// What was done, the newest first.
    #[oai(validator(max_items = 100))]
    activities: Vec<Activity>,
    /// Where to go on; `null` at the end.
    #[oai(validator(max_length = 2000))]
    next_cursor: Option<String>,
}

impl From<Listing<ShownEntry>> for ActivityList {
    fn from(list: Listing<ShownEntry>) -> Self {
        Self {
            activities: list.records.into_iter().map(Activity::from).collect(),
            next_cursor: list.next_cursor,
        }
    }
}

/// Something that somebody did.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
pub(in crate::api) struct Activity {
    /// Identifies the entry.
    id: Uuid,
    /// When.
    at: DateTime<Utc>,
    /// Who.
    actor: ActivityActor,
    /// What: the name of the event.
    action: EventText,
    /// To what kind of record.
    resource: Text<50>,
    /// To which record.
    resource_id: Uuid,
    /// The record's name today; `null` when it has none, is no more, or may not be read.
    resource_name: Option<NameText>,
    /// The fields that changed, by their names.
    changes: BTreeMap<String, FieldChange>,
    /// In which request.
    request_id: Option<Uuid>,
    /// From which network address; only for whoever did it, and for those who manage users.
    address: Option<Text<45>>,
}

/// Who did something.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
struct ActivityActor {
    /// What kind of actor.
    #[serde(rename = "type")]
    #[oai(rename = "type")]
    kind: ActorType,
    /// Which user or which key; `null` for the program itself.
    id: Option<Uuid>,
    /// The name of the user, of the key, or of the part of the program.
    name: NameText,
    /// For whom a key acted; else `null`.
    owner: Option<KeyOwner>,
}

/// What kind of actor.
#[derive(Debug, Clone, Copy, Serialize, Enum)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
pub(in crate::api) enum ActorType {
    /// A user.
    User,
    /// A program with a key of a user's.
    ApiKey,
    /// The program itself.
    System,
}

/// For whom a key acted.
#[derive(Debug, Serialize, Object)]
struct KeyOwner {
    /// Which user.
    id: Uuid,
    /// Their name.
    name: NameText,
}

/// A field's value before and after.
#[derive(Debug, Serialize, Object)]
struct FieldChange {
    /// Before; `null` when it was empty.
    from: Value,
    /// After; `null` when it is empty.
    to: Value,
}

impl From<ShownEntry> for Activity {
    fn from(shown: ShownEntry) -> Self {
        let ShownEntry {
            entry,
            user,
            api_key,
            record: record_name,
        } = shown;
        let Entry {
            id,
            at,
            by,
            action,
            record,
            changes,
            request,
            address,
        } = entry;
        Self {
            id: id.uuid(),
            at,
            actor: ActivityActor::new(by, user, api_key),
            action: (&action).into(),
            resource: (&record.resource).into(),
            resource_id: record.id,
            resource_name: record_name.as_ref().map(Text::from),
            changes: field_changes(&changes),
            request_id: request.map(RequestId::uuid),
            address: address.as_ref().map(Text::from),
        }
    }
}

impl ActivityActor {
    fn new(by: By, user: Option<String>, api_key: Option<String>) -> Self {
        let text = |name: Option<String>| Text::from(&name.unwrap_or_default());
        match by {
            By::User(id) => Self {
                kind: ActorType::User,
                id: Some(id.uuid()),
                name: text(user),
                owner: None,
            },
            By::ApiKey { id, owner } => Self {
                kind: ActorType::ApiKey,
                id: Some(id.uuid()),
                name: text(api_key),
                owner: Some(KeyOwner {
                    id: owner.uuid(),
                    name: text(user),
                }),
            },
            By::System(name) => Self {
                kind: ActorType::System,
                id: None,
                name: Text::from(&name),
                owner: None,
            },
        }
    }
}

fn field_changes(changes: &Changes) -> BTreeMap<String, FieldChange> {
    let change = |(field, from, to): (&str, &Value, &Value)| {
        let (from, to) = (from.clone(), to.clone());
        (field.to_owned(), FieldChange { from, to })
    };
    changes.iter().map(change).collect()
}
