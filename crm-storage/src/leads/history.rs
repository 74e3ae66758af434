//! The status history of leads. Whoever asks has found the lead within their scope.

use crm_domain::ids::{LeadId, UserId};
use crm_domain::lead::StatusChange;
use crm_domain::page::{Position, Slice, SortKey};
use crm_domain::user::UserRef;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::Error;
use crate::query;
use crate::schema::{lead_status_changes as table, users};
use crate::users::UserRefRow;

/// A step in the lifecycle of a lead, with who took it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedStatusChange {
    /// Counts the steps of all leads in the order in which they were taken.
    pub number: i64,
    /// The step.
    pub change: StatusChange,
    /// Who took it; `None` for the program itself.
    pub by: Option<UserRef>,
}

impl ListedStatusChange {
    /// Its place among the others, the oldest first. The number alone tells it.
    #[must_use]
    pub fn position(&self) -> Position {
        Position {
            key: SortKey::Time(self.change.at),
            id: Uuid::from_u128(self.number.unsigned_abs().into()),
        }
    }
}

/// One slice of the steps of a lead, the oldest first, and whether there are more behind it.
///
/// # Errors
/// When the database fails, or a stored row makes no step.
pub async fn list_status_changes(
    conn: &mut AsyncPgConnection,
    lead: LeadId,
    slice: &Slice,
) -> Result<(Vec<ListedStatusChange>, bool), Error> {
    let mut changes = table::table
        .left_join(users::table.on(table::changed_by.eq(users::id.nullable())))
        .filter(table::lead_id.eq(lead.uuid()))
        .order(table::id)
        .select((
            table::id,
            table::from_status,
            table::to_status,
            table::changed_at,
            table::seconds,
            Option::<UserRefRow>::as_select(),
        ))
        .into_boxed::<Pg>();
    if let Slice::After(position, _) = slice {
        // A cursor of ours holds no other number.
        let last = i64::try_from(position.id.as_u128()).unwrap_or(i64::MAX);
        changes = changes.filter(table::id.gt(last));
    }
    let (rows, goes_on) = query::slice(conn, changes, slice, true).await?;
    let rows: Vec<Row> = rows;
    let changes = rows.into_iter().map(|row| listed(lead, row));
    Ok((changes.collect::<Result<_, _>>()?, goes_on))
}

type Row = (
    i64,
    String,
    String,
    chrono::DateTime<chrono::Utc>,
    i64,
    Option<UserRefRow>,
);

fn listed(
    lead: LeadId,
    (number, from, to, at, seconds, by): Row,
) -> Result<ListedStatusChange, Error> {
    let status = |name: String| {
        name.parse().map_err(|_| Error::Corrupt {
            table: "lead_status_changes",
            id: lead.uuid(),
            reason: "unknown status".to_owned(),
        })
    };
    Ok(ListedStatusChange {
        number,
        change: StatusChange {
            from: status(from)?,
            to: status(to)?,
            at,
            seconds,
        },
        by: by.map(UserRef::from),
    })
}

/// Adds a step to the status history of a lead.
///
/// # Errors
/// When the database refuses it.
pub async fn insert_status_change(
    conn: &mut AsyncPgConnection,
    lead: LeadId,
    change: StatusChange,
    by: Option<UserId>,
) -> Result<(), Error> {
    diesel::insert_into(table::table)
        .values((
            table::lead_id.eq(lead.uuid()),
            table::from_status.eq(change.from.as_str()),
            table::to_status.eq(change.to.as_str()),
            table::changed_at.eq(change.at),
            table::changed_by.eq(by.map(UserId::uuid)),
            table::seconds.eq(change.seconds),
        ))
        .execute(conn)
        .await?;
    Ok(())
}
