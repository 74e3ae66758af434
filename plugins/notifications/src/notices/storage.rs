//! Notices as they are stored.

use chrono::{DateTime, Utc};
use crm_app::StorageError;
use crm_domain::ids::{EventId, UserId};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::inbox::NoticeFilter;
use crate::notice::{Kind, Notice};

diesel::table! {
    notifications_inboxes (user_id) {
        user_id -> Uuid,
        last_number -> BigInt,
    }
}

diesel::table! {
    notifications_notices (user_id, number) {
        user_id -> Uuid,
        number -> BigInt,
        kind -> Text,
        event_id -> Uuid,
        is_shown -> Bool,
        created_at -> Timestamptz,
        read_at -> Nullable<Timestamptz>,
    }
}

use notifications_inboxes as inboxes;
use notifications_notices as table;

#[derive(Queryable, Selectable)]
#[diesel(table_name = notifications_notices, check_for_backend(Pg))]
struct Row {
    number: i64,
    kind: String,
    event_id: Uuid,
    created_at: DateTime<Utc>,
    read_at: Option<DateTime<Utc>>,
}

/// Kinds of a later version of the program are left out.
fn notice(row: &Row) -> Option<Notice> {
    Some(Notice {
        number: row.number,
        kind: Kind::from_stored(&row.kind)?,
        event: row.event_id.into(),
        created_at: row.created_at,
        read_at: row.read_at,
    })
}

/// A notice that is to be made.
#[derive(Debug, Clone, Copy)]
pub(super) struct NewNotice {
    pub(super) user: UserId,
    pub(super) kind: Kind,
    pub(super) event: EventId,
    pub(super) is_shown: bool,
    pub(super) now: DateTime<Utc>,
}

/// Adds a notice under the user's next number, which it gives; `None` when they were told of the event before.
pub(super) async fn insert(
    conn: &mut AsyncPgConnection,
    new: NewNotice,
) -> Result<Option<i64>, StorageError> {
    let NewNotice {
        user,
        kind,
        event,
        is_shown,
        now,
    } = new;
    diesel::insert_into(inboxes::table)
        .values((inboxes::user_id.eq(user.uuid()), inboxes::last_number.eq(0)))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    let inbox = inboxes::table.find(user.uuid());
    // Locked until the transaction ends: who makes the next number waits for this one to appear.
    let last: i64 = inbox
        .select(inboxes::last_number)
        .for_update()
        .first(conn)
        .await?;
    let inserted = diesel::insert_into(table::table)
        .values((
            table::user_id.eq(user.uuid()),
            table::number.eq(last + 1),
            table::kind.eq(kind.as_str()),
            table::event_id.eq(event.uuid()),
            table::is_shown.eq(is_shown),
            table::created_at.eq(now),
        ))
        .on_conflict((table::user_id, table::event_id))
        .do_nothing()
        .execute(conn)
        .await?;
    if inserted == 0 {
        return Ok(None);
    }
    diesel::update(inbox)
        .set(inboxes::last_number.eq(last + 1))
        .execute(conn)
        .await?;
    Ok(Some(last + 1))
}

/// The last number of each of these users; those who were never told anything are left out.
pub(super) async fn last_numbers(
    conn: &mut AsyncPgConnection,
    users: &[Uuid],
) -> Result<Vec<(Uuid, i64)>, StorageError> {
    Ok(inboxes::table
        .filter(inboxes::user_id.eq_any(users))
        .select((inboxes::user_id, inboxes::last_number))
        .load(conn)
        .await?)
}

fn shown(user: UserId) -> table::BoxedQuery<'static, Pg> {
    table::table
        .filter(table::user_id.eq(user.uuid()))
        .filter(table::is_shown)
        .into_boxed()
}

/// Some of a user's notices, the newest first: those before a number, if it is given.
pub(super) async fn list(
    conn: &mut AsyncPgConnection,
    user: UserId,
    filter: NoticeFilter,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Notice>, StorageError> {
    let mut rows = shown(user);
    if filter.only_unread {
        rows = rows.filter(table::read_at.is_null());
    }
    if let Some(before) = before {
        rows = rows.filter(table::number.lt(before));
    }
    let rows = rows.order(table::number.desc()).limit(limit);
    let rows: Vec<Row> = rows.select(Row::as_select()).load(conn).await?;
    Ok(rows.iter().filter_map(notice).collect())
}

/// One notice, in the list or not.
pub(super) async fn find(
    conn: &mut AsyncPgConnection,
    user: UserId,
    number: i64,
) -> Result<Option<Notice>, StorageError> {
    let row: Option<Row> = table::table
        .find((user.uuid(), number))
        .select(Row::as_select())
        .first(conn)
        .await
        .optional()?;
    Ok(row.as_ref().and_then(notice))
}

/// Some of a user's notices after a number, the oldest first.
pub(super) async fn list_after(
    conn: &mut AsyncPgConnection,
    user: UserId,
    after: i64,
    limit: i64,
) -> Result<Vec<Notice>, StorageError> {
    let rows = shown(user)
        .filter(table::number.gt(after))
        .order(table::number)
        .limit(limit);
    let rows: Vec<Row> = rows.select(Row::as_select()).load(conn).await?;
    Ok(rows.iter().filter_map(notice).collect())
}

/// Notes that a user has read a notice; `None` when there is none.
pub(super) async fn read(
    conn: &mut AsyncPgConnection,
    user: UserId,
    number: i64,
    now: DateTime<Utc>,
) -> Result<Option<()>, StorageError> {
    let notice = table::table
        .find((user.uuid(), number))
        .filter(table::is_shown);
    let first = diesel::dsl::sql::<diesel::sql_types::Nullable<diesel::sql_types::Timestamptz>>(
        "coalesce(read_at, ",
    )
    .bind::<diesel::sql_types::Timestamptz, _>(now)
    .sql(")");
    let read = diesel::update(notice).set(table::read_at.eq(first));
    Ok((read.execute(conn).await? == 1).then_some(()))
}

/// Notes that a user has read all up to a number.
pub(super) async fn read_up_to(
    conn: &mut AsyncPgConnection,
    user: UserId,
    number: i64,
    now: DateTime<Utc>,
) -> Result<usize, StorageError> {
    let unread = table::table
        .filter(table::user_id.eq(user.uuid()))
        .filter(table::is_shown)
        .filter(table::read_at.is_null())
        .filter(table::number.le(number));
    let read = diesel::update(unread).set(table::read_at.eq(now));
    Ok(read.execute(conn).await?)
}

/// Removes some notices that are old; gives how many.
pub(super) async fn delete_before(
    conn: &mut AsyncPgConnection,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<usize, StorageError> {
    let delete = "delete from notifications_notices where (user_id, number) in \
                  (select user_id, number from notifications_notices where created_at < $1 order by created_at limit $2)";
    Ok(diesel::sql_query(delete)
        .bind::<diesel::sql_types::Timestamptz, _>(before)
        .bind::<diesel::sql_types::BigInt, _>(limit)
        .execute(conn)
        .await?)
}
