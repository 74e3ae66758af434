//! The rows of imports, many of them in each statement.

use crm_domain::activity::Changes;
use crm_domain::ids::ImportId;
use crm_domain::import::{ImportRow, Outcome};
use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{Integer, Jsonb, Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::{Value, json};
use uuid::Uuid;

use super::row::known;
use crate::Error;
use crate::schema::import_rows as table;

/// What became of a row.
#[derive(Debug, Clone)]
pub struct StoredOutcome {
    /// Which row.
    pub number: i32,
    /// What became of it.
    pub outcome: Outcome,
    /// Why, where it did nothing.
    pub reason: Option<String>,
    /// The key of its e-mail address, where it made a record.
    pub email_key: Option<String>,
    /// The record that it made or changed.
    pub record: Option<Uuid>,
    /// The version of the record after it.
    pub version: Option<i32>,
    /// The fields that it changed.
    pub changes: Option<Changes>,
}

/// A row that did something.
#[derive(Debug, Clone)]
pub struct DoneRow {
    /// Which row.
    pub number: i32,
    /// Whether it made a record, or changed one.
    pub is_created: bool,
    /// The record.
    pub record: Uuid,
    /// The version of the record after it.
    pub version: i32,
    /// The fields that it changed.
    pub changes: Changes,
}

/// A row that did nothing, and should have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongRow {
    /// Counts the rows, from 1.
    pub number: i32,
    /// The line of the file in which it begins.
    pub line: i32,
    /// Its cells.
    pub cells: Vec<String>,
    /// What became of it.
    pub outcome: Outcome,
    /// Why.
    pub reason: String,
}

/// Adds rows.
///
/// # Errors
/// When the database refuses one.
pub async fn add_rows(
    conn: &mut AsyncPgConnection,
    import: ImportId,
    rows: &[ImportRow],
) -> Result<(), Error> {
    let row = |row: &ImportRow| json!({ "number": row.number, "line": row.line, "cells": row.cells, "problem": row.problem });
    let rows: Value = rows.iter().map(row).collect();
    diesel::sql_query(
        "INSERT INTO import_rows (import_id, number, line, cells, problem) \
         SELECT $1, number, line, cells, problem \
         FROM jsonb_to_recordset($2) AS added (number int, line int, cells jsonb, problem text)",
    )
    .bind::<SqlUuid, _>(import.uuid())
    .bind::<Jsonb, _>(rows)
    .execute(conn)
    .await?;
    Ok(())
}

/// The rows after this one.
///
/// # Errors
/// When the database fails.
pub async fn next_rows(
    conn: &mut AsyncPgConnection,
    import: ImportId,
    after: i32,
    limit: i64,
) -> Result<Vec<ImportRow>, Error> {
    let rows: Vec<(i32, i32, Value, Option<String>)> = table::table
        .filter(table::import_id.eq(import.uuid()))
        .filter(table::number.gt(after))
        .order(table::number)
        .limit(limit)
        .select((table::number, table::line, table::cells, table::problem))
        .load(conn)
        .await?;
    let row = |(number, line, cells, problem)| ImportRow {
        number,
        line,
        cells: texts(cells),
        problem,
    };
    Ok(rows.into_iter().map(row).collect())
}

fn texts(cells: Value) -> Vec<String> {
    serde_json::from_value(cells).unwrap_or_default()
}

/// Stores what became of rows.
///
/// # Errors
/// When the database fails.
pub async fn store_outcomes(
    conn: &mut AsyncPgConnection,
    import: ImportId,
    outcomes: &[StoredOutcome],
) -> Result<(), Error> {
    let outcome = |stored: &StoredOutcome| {
        let StoredOutcome {
            number,
            outcome,
            reason,
            email_key,
            record,
            version,
            changes,
        } = stored;
        json!({
            "number": number, "outcome": outcome.as_str(), "reason": reason, "email_key": email_key,
            "record_id": record, "version": version, "changes": changes,
        })
    };
    let outcomes: Value = outcomes.iter().map(outcome).collect();
    diesel::sql_query(
        "UPDATE import_rows SET outcome = done.outcome, reason = done.reason, email_key = done.email_key, \
         record_id = done.record_id, version = done.version, changes = done.changes \
         FROM jsonb_to_recordset($2) AS done (number int, outcome text, reason text, email_key text, \
         record_id uuid, version int, changes jsonb) \
         WHERE import_rows.import_id = $1 AND import_rows.number = done.number",
    )
    .bind::<SqlUuid, _>(import.uuid())
    .bind::<Jsonb, _>(outcomes)
    .execute(conn)
    .await?;
    Ok(())
}

/// Those of these e-mail keys with which a row up to this one made a record, or would have.
///
/// # Errors
/// When the database fails.
pub async fn created_emails(
    conn: &mut AsyncPgConnection,
    import: ImportId,
    until: i32,
    keys: &[String],
) -> Result<Vec<String>, Error> {
    let found: Vec<Option<String>> = table::table
        .filter(table::import_id.eq(import.uuid()))
        .filter(table::outcome.eq(Outcome::Created.as_str()))
        .filter(table::email_key.eq_any(keys))
        .filter(table::number.le(until))
        .select(table::email_key)
        .load(conn)
        .await?;
    Ok(found.into_iter().flatten().collect())
}

/// The last rows before this one that made or changed a record, the last first.
///
/// # Errors
/// When the database fails, or a stored row is none of ours.
pub async fn done_rows(
    conn: &mut AsyncPgConnection,
    import: ImportId,
    before: i32,
    limit: i64,
) -> Result<Vec<DoneRow>, Error> {
    type Row = (
        i32,
        Option<String>,
        Option<Uuid>,
        Option<i32>,
        Option<Value>,
    );
    let done = [Outcome::Created, Outcome::Updated].map(Outcome::as_str);
    let rows: Vec<Row> = table::table
        .filter(table::import_id.eq(import.uuid()))
        .filter(table::number.lt(before))
        .filter(table::outcome.eq_any(done))
        .filter(table::record_id.is_not_null())
        .order(table::number.desc())
        .limit(limit)
        .select((
            table::number,
            table::outcome,
            table::record_id,
            table::version,
            table::changes,
        ))
        .load(conn)
        .await?;
    let row = |(number, outcome, record, version, changes): Row| {
        Some(DoneRow {
            number,
            is_created: outcome? == Outcome::Created.as_str(),
            record: record?,
            version: version?,
            changes: Changes::from_json(changes.unwrap_or_default()),
        })
    };
    Ok(rows.into_iter().filter_map(row).collect())
}

/// Says that records have another version now than these rows left, since later rows of the same import were taken back.
///
/// # Errors
/// When the database fails.
pub async fn set_versions(
    conn: &mut AsyncPgConnection,
    import: ImportId,
    records: &[(Uuid, i32, i32)],
) -> Result<(), Error> {
    let record = |(id, from, to): &(Uuid, i32, i32)| json!({ "id": id, "from": from, "to": to });
    let records: Value = records.iter().map(record).collect();
    diesel::sql_query(
        "UPDATE import_rows SET version = changed.\"to\" \
         FROM jsonb_to_recordset($2) AS changed (id uuid, \"from\" int, \"to\" int) \
         WHERE import_rows.import_id = $1 AND import_rows.record_id = changed.id \
         AND import_rows.version = changed.\"from\" AND import_rows.outcome IN ('created', 'updated')",
    )
    .bind::<SqlUuid, _>(import.uuid())
    .bind::<Jsonb, _>(records)
    .execute(conn)
    .await?;
    Ok(())
}

#[derive(QueryableByName)]
struct WrongDbRow {
    #[diesel(sql_type = Integer)]
    number: i32,
    #[diesel(sql_type = Integer)]
    line: i32,
    #[diesel(sql_type = Jsonb)]
    cells: Value,
    #[diesel(sql_type = Text)]
    outcome: String,
    #[diesel(sql_type = Nullable<Text>)]
    reason: Option<String>,
}

/// Rows after this one, up to that one, that did nothing and should have.
///
/// # Errors
/// When the database fails.
pub async fn wrong_rows(
    conn: &mut AsyncPgConnection,
    import: ImportId,
    (after, until): (i32, i32),
    limit: i32,
) -> Result<Vec<WrongRow>, Error> {
    // The outcomes are written out, for the partial index.
    let rows: Vec<WrongDbRow> = diesel::sql_query(
        "SELECT number, line, cells, outcome, reason FROM import_rows \
         WHERE import_id = $1 AND number > $2 AND number <= $3 \
         AND outcome IN ('skipped', 'failed', 'kept') ORDER BY number LIMIT $4",
    )
    .bind::<SqlUuid, _>(import.uuid())
    .bind::<Integer, _>(after)
    .bind::<Integer, _>(until)
    .bind::<Integer, _>(limit)
    .load(conn)
    .await?;
    let row = |row: WrongDbRow| {
        Ok(WrongRow {
            number: row.number,
            line: row.line,
            cells: texts(row.cells),
            outcome: known(import.uuid(), &row.outcome)?,
            reason: row.reason.unwrap_or_default(),
        })
    };
    rows.into_iter().map(row).collect()
}
