//! What a receiver is told: an event in the form that Standard Webhooks proposes, its data as `GET /api/events` has them.

use crm_domain::activity::By;
use crm_domain::event::FeedEvent;
use crm_domain::ids::RequestId;
use serde_json::{Value, json};

/// The message of an event.
pub(crate) fn of(event: &FeedEvent) -> Value {
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
    json!({
        "type": name,
        "timestamp": at,
        "data": {
            "id": id.uuid(),
            "version": version,
            "resource": record.resource,
            "resourceId": record.id,
            "actor": actor(by),
            "requestId": request.map(RequestId::uuid),
            "payload": payload,
        },
    })
}

fn actor(by: &By) -> Value {
    let (kind, id, owner, name) = match by {
        By::User(id) => ("user", Some(id.uuid()), None, None),
        By::ApiKey { id, owner } => ("apiKey", Some(id.uuid()), Some(owner.uuid()), None),
        By::System(name) => ("system", None, None, Some(name)),
    };
    json!({ "type": kind, "id": id, "owner": owner, "name": name })
}
