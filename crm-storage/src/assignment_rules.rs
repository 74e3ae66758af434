//! Assignment rules. They have no owner: see [`crate::teams`].

mod row;
mod turns;

pub use turns::{MAX_MEMBERS, Turn, find_turns, lock_turn, members, note_turn, open_leads};

use crm_authz::Scope;
use crm_domain::assignment::AssignmentRule;
use crm_domain::ids::AssignmentRuleId;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::Error;
use crate::query::Cached;
use crate::schema::assignment_rules as table;

use row::RuleRow;

/// The advisory lock under which rules are made, moved and deleted, since each moves others.
const LIST_LOCK: i64 = 0x6372_6d5f_7275_6c65;

/// The rules, in their order.
///
/// # Errors
/// When the database fails, or a stored row makes no rule.
pub async fn list(
    conn: &mut AsyncPgConnection,
    _: &Scope<AssignmentRule>,
) -> Result<Vec<AssignmentRule>, Error> {
    let rows: Vec<RuleRow> = table::table
        .order((table::position, table::id))
        .select(RuleRow::as_select())
        .load(conn)
        .await?;
    rows.into_iter().map(AssignmentRule::try_from).collect()
}

/// The rule `id`.
///
/// # Errors
/// When the database fails, or the stored row makes no rule.
pub async fn find(
    conn: &mut AsyncPgConnection,
    id: AssignmentRuleId,
    _: &Scope<AssignmentRule>,
) -> Result<Option<AssignmentRule>, Error> {
    let query = table::table.find(id.uuid()).select(RuleRow::as_select());
    let row: Option<RuleRow> = query.first(conn).await.optional()?;
    row.map(AssignmentRule::try_from).transpose()
}

/// The rule `id`, locked until the transaction ends.
///
/// # Errors
/// As [`find`].
pub async fn lock(
    conn: &mut AsyncPgConnection,
    id: AssignmentRuleId,
    _: &Scope<AssignmentRule>,
) -> Result<Option<AssignmentRule>, Error> {
    let query = table::table.find(id.uuid()).select(RuleRow::as_select());
    let row: Option<RuleRow> = query.for_no_key_update().first(conn).await.optional()?;
    row.map(AssignmentRule::try_from).transpose()
}

/// How many rules there are. Holds until the transaction ends: whoever else asks waits.
///
/// # Errors
/// When the database fails.
pub async fn lock_list(conn: &mut AsyncPgConnection) -> Result<i64, Error> {
    diesel::sql_query("select pg_advisory_xact_lock($1)")
        .bind::<diesel::sql_types::BigInt, _>(LIST_LOCK)
        .execute(conn)
        .await?;
    Ok(table::table.count().get_result(conn).await?)
}

/// Moves the rules that stand at the places `from` to `to` by so many places. Under [`lock_list`] only.
///
/// # Errors
/// When the database refuses it.
pub async fn shift(conn: &mut AsyncPgConnection, from: i32, to: i32, by: i32) -> Result<(), Error> {
    let moved = table::table.filter(table::position.between(from, to));
    Cached(diesel::update(moved).set(table::position.eq(table::position + by)))
        .execute(conn)
        .await?;
    Ok(())
}

/// Stores a new rule.
///
/// # Errors
/// [`Error::ReferenceViolation`] on `assignment_rules_team_exists` when there is no such team.
pub async fn insert(conn: &mut AsyncPgConnection, rule: &AssignmentRule) -> Result<(), Error> {
    diesel::insert_into(table::table)
        .values(RuleRow::from(rule))
        .execute(conn)
        .await?;
    Ok(())
}

/// Stores the next version of a rule, and leaves whose turn it is. False when the stored one is not the version before it.
///
/// # Errors
/// As [`insert`].
pub async fn update(conn: &mut AsyncPgConnection, rule: &AssignmentRule) -> Result<bool, Error> {
    let previous = table::table
        .find(rule.id.uuid())
        .filter(table::version.eq(rule.version - 1));
    let updated = Cached(diesel::update(previous).set(RuleRow::from(rule)));
    Ok(updated.execute(conn).await? == 1)
}

/// Deletes a rule.
///
/// # Errors
/// When the database fails.
pub async fn delete(conn: &mut AsyncPgConnection, id: AssignmentRuleId) -> Result<(), Error> {
    diesel::delete(table::table.find(id.uuid()))
        .execute(conn)
        .await?;
    Ok(())
}
