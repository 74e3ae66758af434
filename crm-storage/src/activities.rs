//! The activity log: rows are only ever added.

use chrono::{DateTime, Utc};
use crm_domain::activity::{Actor, Changes, RecordRef};
use crm_domain::ids::{ActivityId, ApiKeyId, RequestId, UserId};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::Error;
use crate::schema::activities as table;

/// One thing that somebody did.
#[derive(Debug, Clone)]
pub struct Activity<'a> {
    /// Identifies the row.
    pub id: ActivityId,
    /// When.
    pub at: DateTime<Utc>,
    /// Who, and in which request.
    pub actor: &'a Actor,
    /// What: the name of the event.
    pub action: &'a str,
    /// To which record.
    pub record: RecordRef,
    /// The fields that changed.
    pub changes: &'a Changes,
}

/// Adds a row.
///
/// # Errors
/// When the database refuses it.
pub async fn insert(conn: &mut AsyncPgConnection, activity: &Activity<'_>) -> Result<(), Error> {
    diesel::insert_into(table::table)
        .values((
            table::id.eq(activity.id.uuid()),
            table::at.eq(activity.at),
            table::actor_id.eq(activity.actor.user_id().map(UserId::uuid)),
            table::actor_name.eq(activity.actor.system_name()),
            table::api_key_id.eq(activity.actor.api_key().map(ApiKeyId::uuid)),
            table::action.eq(activity.action),
            table::resource.eq(activity.record.resource.as_str()),
            table::resource_id.eq(activity.record.id),
            table::changes.eq(activity.changes.to_json()),
            table::request_id.eq(activity.actor.request.map(RequestId::uuid)),
        ))
        .execute(conn)
        .await?;
    Ok(())
}
