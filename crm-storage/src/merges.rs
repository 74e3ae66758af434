//! What merges did: enough to take apart what they made.

use chrono::{DateTime, Utc};
use crm_domain::activity::{Changes, RecordRef};
use crm_domain::duplicate::MergeSource;
use crm_domain::ids::{MergeId, UserId};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use crate::Error;
use crate::schema::merges;

/// One merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merge {
    /// Identifies it.
    pub id: MergeId,
    /// The record that took in the others.
    pub target: RecordRef,
    /// The fields of it that changed.
    pub changes: Changes,
    /// What it took in.
    pub sources: Vec<MergeSource>,
}

/// Stores what a merge did.
///
/// # Errors
/// When the database refuses it.
pub async fn insert(
    conn: &mut AsyncPgConnection,
    merge: &Merge,
    by: Option<UserId>,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let sources: Vec<_> = merge.sources.iter().map(MergeSource::to_json).collect();
    diesel::insert_into(merges::table)
        .values((
            merges::id.eq(merge.id.uuid()),
            merges::resource.eq(merge.target.resource.as_str()),
            merges::target_id.eq(merge.target.id),
            merges::changes.eq(merge.changes.to_json()),
            merges::sources.eq(Value::Array(sources)),
            merges::merged_by.eq(by.map(UserId::uuid)),
            merges::merged_at.eq(at),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// The newest merge into a record that was not undone. The record is locked, so that nobody else undoes it.
///
/// # Errors
/// When the database fails, or the stored row makes no merge.
pub async fn newest(
    conn: &mut AsyncPgConnection,
    target: RecordRef,
) -> Result<Option<Merge>, Error> {
    let row: Option<(Uuid, Value, Value)> = merges::table
        .filter(merges::resource.eq(target.resource.as_str()))
        .filter(merges::target_id.eq(target.id))
        .filter(merges::unmerged_at.is_null())
        .order(merges::id.desc())
        .select((merges::id, merges::changes, merges::sources))
        .first(conn)
        .await
        .optional()?;
    let read = |(id, changes, sources): (Uuid, Value, Value)| {
        let sources = serde_json::from_value(sources).map_err(|error| Error::Corrupt {
            table: "merges",
            id,
            reason: error.to_string(),
        })?;
        Ok(Merge {
            id: id.into(),
            target,
            changes: Changes::from_json(changes),
            sources,
        })
    };
    row.map(read).transpose()
}

/// Notes that a merge was undone.
///
/// # Errors
/// When the database refuses it.
pub async fn mark_undone(
    conn: &mut AsyncPgConnection,
    id: MergeId,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    diesel::update(merges::table.find(id.uuid()))
        .set(merges::unmerged_at.eq(at))
        .execute(conn)
        .await?;
    Ok(())
}
