//! The feed of events on the wire.

use chrono::{DateTime, Utc};
use crm_app::events::{Feed, FeedQuery};
use crm_domain::activity::By;
use crm_domain::event::FeedEvent;
use crm_domain::ids::RequestId;
use poem_openapi::Object;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::api::activities::{ActorType, EventText};
use crate::list::at_most;
use crate::page;
use crate::problem::Problem;
use crate::query::{QueryParameters, parse};
use crate::wire::{NameText, Text};

/// The most names of events that one asks for.
const MOST_TYPES: usize = 20;

/// The parameters of the feed.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
pub(super) struct ListEvents {
    /// Behind a part of the feed: its `next`. It serves whoever it was given to, with any `types`.
    #[oai(validator(max_length = 2000))]
    after: Option<String>,
    /// Only these events: `lead.converted`; repeat it for several.
    #[serde(default)]
    #[oai(default, validator(max_items = 20))]
    types: Vec<EventText>,
    /// How many events at most: 10, unless it is given.
    #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
    limit: Option<u16>,
}

impl QueryParameters for ListEvents {
    const REPEATABLE: &'static [&'static str] = &["types"];
}

impl TryFrom<ListEvents> for FeedQuery {
    type Error = Problem;

    fn try_from(query: ListEvents) -> Result<Self, Problem> {
        let ListEvents {
            after,
            types,
            limit,
        } = query;
        at_most("types", types.len(), MOST_TYPES)?;
        let names = types.into_iter().map(|text| parse("types", text));
        Ok(Self {
            names: names.collect::<Result<_, _>>()?,
            after,
            limit: page::limit(limit)?,
        })
    }
}

/// A part of the feed.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
pub(super) struct EventFeed {
    /// What happened, in order; perhaps nothing, though more is to come.
    #[oai(validator(max_items = 100))]
    events: Vec<Event>,
    /// Where to go on, also when there is nothing more for now.
    #[oai(validator(max_length = 2000))]
    next: String,
    /// Whether this was all for now.
    is_complete: bool,
}

impl From<Feed> for EventFeed {
    fn from(feed: Feed) -> Self {
        let Feed {
            events,
            next,
            is_complete,
        } = feed;
        Self {
            events: events.into_iter().map(Event::from).collect(),
            next,
            is_complete,
        }
    }
}

/// Something that happened to a record.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
pub(super) struct Event {
    /// Identifies the event, the same each time it is read, as its entry in the activity log.
    id: Uuid,
    /// When.
    at: DateTime<Utc>,
    /// What: a name of `x-events`.
    #[serde(rename = "type")]
    #[oai(rename = "type")]
    name: EventText,
    /// The version of the payload.
    #[oai(validator(minimum(value = "1"), maximum(value = "32767")))]
    version: i16,
    /// To what kind of record.
    resource: Text<50>,
    /// To which record.
    resource_id: Uuid,
    /// Who brought it about.
    actor: EventActor,
    /// In which request.
    request_id: Option<Uuid>,
    /// What it tells, as `x-events` says of this type and version.
    payload: Value,
}

/// Who brought an event about.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
struct EventActor {
    /// What kind of actor.
    #[serde(rename = "type")]
    #[oai(rename = "type")]
    kind: ActorType,
    /// Which user or which key; `null` for the program itself.
    id: Option<Uuid>,
    /// The user for whom a key acted; else `null`.
    owner: Option<Uuid>,
    /// Which part of the program; `null` for users and keys.
    name: Option<NameText>,
}

impl From<FeedEvent> for Event {
    fn from(event: FeedEvent) -> Self {
        let FeedEvent {
            id,
            place: _,
            at,
            name,
            version,
            record,
            by,
            request,
            payload,
        } = event;
        Self {
            id: id.uuid(),
            at,
            name: (&name).into(),
            version,
            resource: (&record.resource).into(),
            resource_id: record.id,
            actor: by.into(),
            request_id: request.map(RequestId::uuid),
            payload,
        }
    }
}

impl From<By> for EventActor {
    fn from(by: By) -> Self {
        let (kind, id, owner, name) = match by {
            By::User(id) => (ActorType::User, Some(id.uuid()), None, None),
            By::ApiKey { id, owner } => {
                let (id, owner) = (id.uuid(), owner.uuid());
                (ActorType::ApiKey, Some(id), Some(owner), None)
            }
            By::System(name) => (ActorType::System, None, None, Some(Text::from(&name))),
        };
        Self {
            kind,
            id,
            owner,
            name,
        }
    }
}
