//! Through which stages deals went. Whoever asks has found the deal within their scope.

use chrono::{DateTime, Utc};
use crm_domain::ids::UserId;
use crm_domain::page::{Position, Slice, SortKey};
use crm_domain::user::UserRef;
use crm_storage::Error;
use crm_storage::plugin;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::row::{UserRefRow, corrupt};
use super::schema::{deals_stage_changes as table, users};
use super::stages;
use crate::deal::{DealId, StageChange};
use crate::pipeline::{Stage, StageId};

/// A step from one stage to another, with who took it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedStageChange {
    /// Counts the steps of all deals in the order in which they were taken.
    pub number: i64,
    /// The step.
    pub change: StageChange,
    /// Where the deal stood.
    pub from: Stage,
    /// Where it went.
    pub to: Stage,
    /// Who took it; `None` for the program itself.
    pub by: Option<UserRef>,
}

impl ListedStageChange {
    /// Its place among the others, the oldest first. The number alone tells it.
    #[must_use]
    pub fn position(&self) -> Position {
        Position {
            key: SortKey::Time(self.change.at),
            id: Uuid::from_u128(self.number.unsigned_abs().into()),
        }
    }
}

type Row = (i64, Uuid, Uuid, DateTime<Utc>, i64, Option<UserRefRow>);

/// One slice of the steps of a deal, the oldest first, and whether there are more behind it.
pub(crate) async fn list(
    conn: &mut AsyncPgConnection,
    deal: DealId,
    slice: &Slice,
) -> Result<(Vec<ListedStageChange>, bool), Error> {
    let mut changes = table::table
        .left_join(users::table.on(table::changed_by.eq(users::id.nullable())))
        .filter(table::deal_id.eq(deal.uuid()))
        .order(table::id)
        .select((
            table::id,
            table::from_stage,
            table::to_stage,
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
    let (rows, goes_on): (Vec<Row>, bool) = plugin::slice(conn, changes, slice, true).await?;
    let mut ids: Vec<_> = rows.iter().flat_map(|row| [row.1, row.2]).collect();
    ids.sort_unstable();
    ids.dedup();
    let stages = stages::find_all(conn, &ids).await?;
    let stage = |id: StageId| {
        let stage = stages.get(&id).cloned();
        stage.ok_or_else(|| corrupt(deal.uuid(), "was in no stage"))
    };
    let listed = |(number, from, to, at, seconds, by): Row| {
        let change = StageChange {
            from: from.into(),
            to: to.into(),
            at,
            seconds,
        };
        Ok(ListedStageChange {
            number,
            change,
            from: stage(change.from)?,
            to: stage(change.to)?,
            by: by.map(UserRef::from),
        })
    };
    let changes: Result<_, Error> = rows.into_iter().map(listed).collect();
    Ok((changes?, goes_on))
}

/// How many steps one statement stores.
const AT_ONCE: usize = 1000;

/// Adds steps, each of a deal.
pub(crate) async fn insert(
    conn: &mut AsyncPgConnection,
    changes: &[(DealId, StageChange)],
    by: Option<UserId>,
) -> Result<(), Error> {
    for changes in changes.chunks(AT_ONCE) {
        let row = |(deal, change): &(DealId, StageChange)| {
            (
                table::deal_id.eq(deal.uuid()),
                table::from_stage.eq(change.from.uuid()),
                table::to_stage.eq(change.to.uuid()),
                table::changed_at.eq(change.at),
                table::changed_by.eq(by.map(UserId::uuid)),
                table::seconds.eq(change.seconds),
            )
        };
        let rows: Vec<_> = changes.iter().map(row).collect();
        diesel::insert_into(table::table)
            .values(rows)
            .execute(conn)
            .await?;
    }
    Ok(())
}
