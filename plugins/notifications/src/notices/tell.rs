//! From an event to the users whom it is of interest to.

use std::collections::BTreeMap;

use crm_app::jobs::AnyEvent;
use crm_app::{Crm, Error, Result};
use crm_domain::activity::Actor;
use crm_domain::event::FeedEvent;
use crm_domain::ids::UserId;
use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::live::Live;
use super::storage::{self, NewNotice};
use crate::mail::{Mail, Mailer};
use crate::notice::{Kind, Recipient, recipients};
use crate::preference::Ways;
use crate::preferences;
use crate::reader::readable;

/// Who looks up what is to be told.
const SYSTEM: Actor = Actor::system("notifications");

/// Whether an event may be of interest to any user.
pub(crate) fn is_of_interest(event: &AnyEvent) -> bool {
    !recipients(&event.name, &event.payload).is_empty()
}

/// Tells the users whom an event is of interest to, each once: nobody of their own act, or of what they may not read.
pub(crate) async fn tell(crm: &Crm, event: &AnyEvent) -> Result<()> {
    let recipients = recipients(&event.name, &event.payload);
    if recipients.is_empty() {
        return Ok(());
    }
    let users = users(crm, event, recipients).await?;
    if users.is_empty() {
        return Ok(());
    }
    let mut conn = crm.connection().await?;
    let told = conn.transaction(async |conn| insert(crm, conn, event, &users).await);
    let told = told.await?;
    drop(conn);
    if let Some(live) = crm.provided::<Live>() {
        live.look(crm, &told).await?;
    }
    Ok(())
}

/// The users, in an order that all keep who lock their inboxes.
async fn users(
    crm: &Crm,
    event: &AnyEvent,
    recipients: Vec<(Recipient, Kind)>,
) -> Result<BTreeMap<UserId, Kind>> {
    let mut users = BTreeMap::new();
    for (recipient, kind) in recipients {
        let Some(user) = user(crm, event, recipient).await? else {
            continue;
        };
        let Some(event) = readable(crm, user, event.id).await? else {
            continue;
        };
        if recipient == Recipient::Actor || !is_own_act(&event, user) {
            users.entry(user).or_insert(kind);
        }
    }
    Ok(users)
}

async fn user(crm: &Crm, event: &AnyEvent, recipient: Recipient) -> Result<Option<UserId>> {
    match recipient {
        Recipient::User(user) => Ok(Some(user)),
        Recipient::Actor => {
            let found = crm.events().find(&SYSTEM, &[event.id]).await?;
            Ok(found.first().and_then(|event| event.by.user()))
        }
        Recipient::Owner => {
            let Ok(resource) = crm.catalogue().resource(&event.resource) else {
                return Ok(None);
            };
            match crm.ownership(&SYSTEM, resource, event.record_id).await {
                Ok(ownership) => Ok(ownership.owner()),
                Err(Error::NotFound(_) | Error::Forbidden(_)) => Ok(None),
                Err(error) => Err(error),
            }
        }
    }
}

fn is_own_act(event: &FeedEvent, user: UserId) -> bool {
    event.by.user() == Some(user)
}

/// Gives those who were not told of the event before.
async fn insert(
    crm: &Crm,
    conn: &mut AsyncPgConnection,
    event: &AnyEvent,
    users: &BTreeMap<UserId, Kind>,
) -> Result<Vec<UserId>> {
    let now = crm.now();
    let mut told = Vec::with_capacity(users.len());
    let ids: Vec<_> = users.keys().copied().collect();
    let preferences = preferences::find_all(conn, &ids).await?;
    for (user, kind) in users {
        let own = preferences.get(user);
        let ways = own.map_or(Ways::default_of(*kind), |own| own.of(*kind));
        let is_mailed = ways.by_mail && crm.provided::<Mailer>().is_some();
        if !ways.in_app && !is_mailed {
            continue;
        }
        let new = NewNotice {
            user: *user,
            kind: *kind,
            event: event.id,
            is_shown: ways.in_app,
            now,
        };
        let Some(number) = storage::insert(conn, new).await? else {
            continue;
        };
        told.push(*user);
        if is_mailed {
            let mail = Mail::new(*user, number);
            crm.jobs().enqueue_in(conn, &mail).await?;
        }
    }
    Ok(told)
}
