//! The activity log: rows are only ever added, and read by those who may see what they tell.

mod feed;
mod timeline;
mod visible;

use chrono::{DateTime, Utc};
use crm_domain::activity::{Actor, Changes, RecordRef, Request};
use crm_domain::ids::{ActivityId, ApiKeyId, UserId};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use crate::Error;
use crate::schema::activities as table;

pub use feed::list;
pub use timeline::list_about;
pub use visible::{KindSight, Sight};

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

/// A row as it stands in the database, whoever wrote it.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = table, check_for_backend(Pg), treat_none_as_default_value = false)]
pub struct StoredActivity {
    /// Identifies the row.
    pub id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// Which user, by themselves or by a key.
    pub actor_id: Option<Uuid>,
    /// Which part of the program, when no user.
    pub actor_name: Option<String>,
    /// By which key.
    pub api_key_id: Option<Uuid>,
    /// What.
    pub action: String,
    /// To what kind of record.
    pub resource: String,
    /// To which one.
    pub resource_id: Uuid,
    /// The fields that changed.
    pub changes: Value,
    /// In which request.
    pub request_id: Option<Uuid>,
    /// From which network address.
    pub address: Option<String>,
}

impl From<&Activity<'_>> for StoredActivity {
    fn from(activity: &Activity<'_>) -> Self {
        let Activity {
            id,
            at,
            actor,
            action,
            record,
            changes,
        } = activity;
        Self {
            id: id.uuid(),
            at: *at,
            actor_id: actor.user_id().map(UserId::uuid),
            actor_name: actor.system_name().map(str::to_owned),
            api_key_id: actor.api_key().map(ApiKeyId::uuid),
            action: (*action).to_owned(),
            resource: record.resource.to_string(),
            resource_id: record.id,
            changes: changes.to_json(),
            request_id: actor.request.map(|request| request.id.uuid()),
            address: actor.request.and_then(address),
        }
    }
}

/// Adds rows.
///
/// # Errors
/// When the database refuses one.
pub async fn insert_all(
    conn: &mut AsyncPgConnection,
    activities: &[Activity<'_>],
) -> Result<(), Error> {
    let rows: Vec<_> = activities.iter().map(StoredActivity::from).collect();
    diesel::insert_into(table::table)
        .values(rows)
        .execute(conn)
        .await?;
    Ok(())
}

/// Whether anything but this has been done with a record.
///
/// # Errors
/// When the database fails.
pub async fn is_any_besides(
    conn: &mut AsyncPgConnection,
    record: RecordRef,
    action: &str,
) -> Result<bool, Error> {
    let others = table::table
        .filter(table::resource.eq(record.resource.as_str()))
        .filter(table::resource_id.eq(record.id))
        .filter(table::action.ne(action));
    Ok(diesel::select(diesel::dsl::exists(others))
        .get_result(conn)
        .await?)
}

/// The address of a request, as it is stored.
pub(crate) fn address(request: Request) -> Option<String> {
    request.address.map(|address| address.to_string())
}
