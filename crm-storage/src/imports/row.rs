//! An import as a row, and back.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use crm_domain::ids::{ApiKeyId, ImportId, UserId};
use crm_domain::import::{Counts, Import, ImportOptions, ImportTarget};
use crm_domain::text::TextError;
use diesel::pg::Pg;
use diesel::prelude::*;
use uuid::Uuid;

use crate::Error;
use crate::schema::imports;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = imports, check_for_backend(Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct ImportDbRow {
    id: Uuid,
    kind: String,
    state: String,
    column_names: Vec<String>,
    mapping: Vec<String>,
    mode: String,
    match_by: String,
    on_duplicate: String,
    rows: i32,
    position: i32,
    created: i32,
    updated: i32,
    unchanged: i32,
    skipped: i32,
    failed: i32,
    reverted: i32,
    kept: i32,
    failure: Option<String>,
    owner_id: Uuid,
    api_key_id: Option<Uuid>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<&Import> for ImportDbRow {
    fn from(import: &Import) -> Self {
        let Import {
            id,
            kind,
            state,
            columns,
            options,
            rows,
            position,
            counts,
            failure,
            owner,
            api_key,
            created_at,
            updated_at,
        } = import;
        let ImportOptions {
            mapping,
            mode,
            match_by,
            on_duplicate,
        } = options;
        let field = |field: &Option<ImportTarget>| {
            field.map_or_else(String::new, |field| field.to_string())
        };
        Self {
            id: id.uuid(),
            kind: kind.to_string(),
            state: state.to_string(),
            column_names: columns.clone(),
            mapping: mapping.iter().map(field).collect(),
            mode: mode.to_string(),
            match_by: match_by.to_string(),
            on_duplicate: on_duplicate.to_string(),
            rows: *rows,
            position: *position,
            created: counts.created,
            updated: counts.updated,
            unchanged: counts.unchanged,
            skipped: counts.skipped,
            failed: counts.failed,
            reverted: counts.reverted,
            kept: counts.kept,
            failure: failure.clone(),
            owner_id: owner.uuid(),
            api_key_id: api_key.map(ApiKeyId::uuid),
            created_at: *created_at,
            updated_at: *updated_at,
        }
    }
}

impl TryFrom<ImportDbRow> for Import {
    type Error = Error;

    fn try_from(row: ImportDbRow) -> Result<Self, Error> {
        let id = row.id;
        let field = |name: &String| match name.as_str() {
            "" => Ok(None),
            name => known(id, name).map(Some),
        };
        Ok(Self {
            id: ImportId::from(id),
            kind: known(id, &row.kind)?,
            state: known(id, &row.state)?,
            options: ImportOptions {
                mapping: row.mapping.iter().map(field).collect::<Result<_, _>>()?,
                mode: known(id, &row.mode)?,
                match_by: known(id, &row.match_by)?,
                on_duplicate: known(id, &row.on_duplicate)?,
            },
            columns: row.column_names,
            rows: row.rows,
            position: row.position,
            counts: Counts {
                created: row.created,
                updated: row.updated,
                unchanged: row.unchanged,
                skipped: row.skipped,
                failed: row.failed,
                reverted: row.reverted,
                kept: row.kept,
            },
            failure: row.failure,
            owner: UserId::from(row.owner_id),
            api_key: row.api_key_id.map(ApiKeyId::from),
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

/// The value that is stored under this name.
pub(super) fn known<T: FromStr<Err = TextError>>(id: Uuid, name: &str) -> Result<T, Error> {
    name.parse().map_err(|_| Error::Corrupt {
        table: "imports",
        id,
        reason: format!("unknown {name}"),
    })
}
