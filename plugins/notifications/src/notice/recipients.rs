//! Whom an event is of interest to.

use crm_domain::activity::Changes;
use crm_domain::ids::UserId;
use serde_json::Value;
use uuid::Uuid;

use super::Kind;

/// The most users that one note tells.
const MOST_MENTIONED: usize = 20;

/// Somebody whom an event is of interest to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Recipient {
    /// This user.
    User(UserId),
    /// Whose the record is.
    Owner,
    /// Who brought it about, which came to its end without them.
    Actor,
}

/// Whom an event is of interest to, and why. Events of plugins are known by their names: they need not be there.
pub(crate) fn recipients(event: &str, payload: &Value) -> Vec<(Recipient, Kind)> {
    let changes = || Changes::from_json(payload["changes"].clone());
    match event {
        "lead.created" | "lead.edited" => assigned(&changes(), "assignedAgent"),
        // Who has the lead that it was made of is told that it was converted.
        "customer.created" if is_set(&changes(), "originLeadId") => Vec::new(),
        "customer.created" | "customer.edited" => assigned(&changes(), "owner"),
        "task.created" | "task.edited" => assigned(&changes(), "assignedTo"),
        "customer.note-added" => mentioned(&changes()),
        "task.reminder-due" => one(user(&payload["userId"]), Kind::TaskDue),
        "lead.converted" => vec![(Recipient::Owner, Kind::LeadConverted)],
        "deals.deal-created" | "deals.deal-edited" => assigned(&changes(), "owner"),
        "deals.deal-won" => vec![(Recipient::Owner, Kind::DealWon)],
        "deals.deal-lost" => vec![(Recipient::Owner, Kind::DealLost)],
        "lead.imported" | "customer.imported" => vec![(Recipient::Actor, Kind::ImportFinished)],
        "notifications.webhook-disabled" => one(user(&payload["owner"]), Kind::WebhookDisabled),
        _ => Vec::new(),
    }
}

fn one(user: Option<UserId>, kind: Kind) -> Vec<(Recipient, Kind)> {
    let recipient = user.map(|user| (Recipient::User(user), kind));
    recipient.into_iter().collect()
}

fn is_set(changes: &Changes, field: &str) -> bool {
    changes.get(field).is_some_and(|(_, to)| !to.is_null())
}

/// The user that a field has come to name.
fn assigned(changes: &Changes, field: &str) -> Vec<(Recipient, Kind)> {
    let given = changes.get(field).and_then(|(_, to)| user(to));
    one(given, Kind::Assigned)
}

/// The users whom a note names, each once: by `@[id]`, which stays right whatever they are called.
fn mentioned(changes: &Changes) -> Vec<(Recipient, Kind)> {
    let text = changes.get("note").and_then(|(_, to)| to.as_str());
    let mut found: Vec<(Recipient, Kind)> = Vec::new();
    for (_, rest) in text.into_iter().flat_map(|text| {
        text.match_indices("@[")
            .map(|(at, _)| text.split_at(at + 2))
    }) {
        let id = rest
            .split_once(']')
            .and_then(|(id, _)| id.parse::<Uuid>().ok());
        let mentioned = id.map(|id| (Recipient::User(id.into()), Kind::Mentioned));
        found.extend(mentioned.filter(|mentioned| !found.contains(mentioned)));
        if found.len() == MOST_MENTIONED {
            break;
        }
    }
    found
}

fn user(value: &Value) -> Option<UserId> {
    let id = value.as_str()?.parse::<Uuid>().ok()?;
    Some(id.into())
}

#[cfg(test)]
mod tests {
    use crm_domain::activity::fields;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn id(number: u128) -> UserId {
        Uuid::from_u128(number).into()
    }

    fn note(text: &str) -> Value {
        let changes = Changes::created(fields([("note", json!(text))]));
        json!({ "changes": changes.to_json() })
    }

    fn of_note(text: &str) -> Vec<UserId> {
        let found = recipients("customer.note-added", &note(text));
        let user = |(recipient, kind): (Recipient, Kind)| match (recipient, kind) {
            (Recipient::User(user), Kind::Mentioned) => user,
            other => panic!("{other:?}"),
        };
        found.into_iter().map(user).collect()
    }

    #[test]
    fn a_note_mentions_users_by_their_ids_each_once() {
        let (one, two) = (id(1).uuid(), id(2).uuid());
        assert_eq!(
            of_note(&format!("@[{one}] and @[{two}], @[{one}]!")),
            [id(1), id(2)]
        );
        for nobody in [
            "",
            "@ada",
            "@[ada]",
            "@[",
            "@[]",
            "a@[b]c",
            &format!("[{one}]"),
            &format!("@[{one}"),
        ] {
            assert_eq!(of_note(nobody), [], "{nobody}");
        }
        assert_eq!(of_note(&format!("@[@[{one}]")), [id(1)]);
        let crowd: Vec<_> = (0..100).map(|n| format!("@[{}]", id(n).uuid())).collect();
        assert_eq!(of_note(&crowd.concat()).len(), MOST_MENTIONED);
    }

    #[test]
    fn whom_a_record_is_given_to_is_told_and_whom_it_is_taken_from_is_not() {
        let changes = |from: Value, to: Value| {
            let changes = Changes::between(fields([("owner", from)]), fields([("owner", to)]));
            json!({ "changes": changes.to_json() })
        };
        let told = |payload| recipients("customer.edited", &payload);
        let one = vec![(Recipient::User(id(1)), Kind::Assigned)];
        assert_eq!(told(changes(Value::Null, json!(id(1)))), one);
        assert_eq!(told(changes(json!(id(2)), json!(id(1)))), one);
        assert_eq!(told(changes(json!(id(1)), Value::Null)), []);
        assert_eq!(told(json!({ "changes": {} })), []);
        assert_eq!(told(json!({})), []);
    }

    proptest! {
        #[test]
        fn any_note_and_any_event_are_read(text: String, event: String) {
            of_note(&text);
            recipients(&event, &note(&text));
        }
    }
}
