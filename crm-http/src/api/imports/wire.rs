//! What the operations on imports take and give.

mod target;

use chrono::{DateTime, Utc};
use crm_app::imports::{ImportEdit, TableOptions, WrongRow};
use crm_domain::import::{self, Counts};
use poem_openapi::Object;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::query::QueryParameters;
use crate::wire::{List, Text, wire_enum};
use target::ImportTarget;

wire_enum! {
    /// What rows are made into.
    ImportKind = import::ImportKind {
        /// Leads.
        Lead = "lead",
        /// Customers.
        Customer = "customer",
    }
}

wire_enum! {
    /// How far an import has come.
    ImportState = import::ImportState {
        /// Its rows are being read.
        Uploading = "uploading",
        /// It waits to be configured, checked and run.
        Ready = "ready",
        /// It is being checked.
        Checking = "checking",
        /// It was checked.
        Checked = "checked",
        /// Rows are being made into records.
        Running = "running",
        /// All rows were.
        Finished = "finished",
        /// It is being taken back.
        Reverting = "reverting",
        /// It was, as far as nobody had changed the records.
        Reverted = "reverted",
        /// It was given up.
        Failed = "failed",
    }
}

wire_enum! {
    /// Whether rows make records or change them.
    ImportMode = import::ImportMode {
        /// Each makes one.
        Create = "create",
        /// Each changes the one that it matches.
        Update = "update",
        /// Each changes the one that it matches, or else makes one.
        Both = "both",
    }
}

wire_enum! {
    /// By what a row matches a record.
    ImportMatch = import::MatchBy {
        /// By its e-mail address.
        Email = "emailId",
        /// By its phone number.
        Phone = "phone",
        /// By its id.
        Id = "id",
    }
}

wire_enum! {
    /// What becomes of a row that would make a record whose e-mail address another one at hand has.
    ImportDuplicates = import::DuplicatePolicy {
        /// It is left out.
        Skip = "skip",
        /// It is an error.
        Fail = "fail",
        /// It makes one all the same.
        Create = "create",
    }
}

wire_enum! {
    /// What became of a row that did nothing.
    ImportOutcome = import::Outcome {
        /// It made a record.
        Created = "created",
        /// It changed one.
        Updated = "updated",
        /// The record is so already.
        Unchanged = "unchanged",
        /// It was left out.
        Skipped = "skipped",
        /// It is wrong.
        Failed = "failed",
        /// It was taken back.
        Reverted = "reverted",
        /// It could not be taken back.
        Kept = "kept",
    }
}

/// What separates cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, poem_openapi::Enum)]
#[serde(rename_all = "lowercase")]
#[oai(rename_all = "lowercase")]
enum Delimiter {
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// A tab.
    Tab,
    /// `|`
    Pipe,
}

/// How a table is read.
#[derive(Debug, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
pub(super) struct StartImport {
    /// What rows are made into: leads, unless it is given.
    resource: Option<ImportKind>,
    /// What separates cells; unless it is given, what the first line has most of.
    delimiter: Option<Delimiter>,
    /// Whether the first line names the columns: yes, unless it is given. Otherwise they are numbered from 1.
    has_header: Option<bool>,
}

impl QueryParameters for StartImport {}

impl From<StartImport> for (import::ImportKind, TableOptions) {
    fn from(query: StartImport) -> Self {
        let StartImport {
            resource,
            delimiter,
            has_header,
        } = query;
        let kind = resource.map_or(import::ImportKind::Lead, Into::into);
        let delimiter = delimiter.map(|delimiter| match delimiter {
            Delimiter::Comma => b',',
            Delimiter::Semicolon => b';',
            Delimiter::Tab => b'\t',
            Delimiter::Pipe => b'|',
        });
        let options = TableOptions {
            delimiter,
            has_no_header: has_header == Some(false),
        };
        (kind, options)
    }
}

/// The most columns of a table.
const COLUMNS: usize = import::MAX_COLUMNS;

/// The longest name of a column that is named in a request.
type ColumnText = Text<65_536>;

/// What a column holds.
#[derive(Debug, Serialize, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[oai(rename_all = "camelCase")]
struct ImportColumn {
    /// Its name, as the file has it.
    column: ColumnText,
    /// What it holds; `null` for one that is left out.
    field: Option<ImportTarget>,
}

/// Other options for an import. What is absent stays.
#[derive(Debug, Default, Deserialize, Object)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[oai(rename_all = "camelCase")]
pub(super) struct ConfigureImport {
    /// What these columns hold; others keep what they hold.
    mapping: Option<List<ImportColumn, COLUMNS>>,
    /// Whether rows make records or change them.
    mode: Option<ImportMode>,
    /// By what they match a record.
    match_by: Option<ImportMatch>,
    /// What becomes of one that would make a duplicate.
    on_duplicate: Option<ImportDuplicates>,
}

impl From<ConfigureImport> for ImportEdit {
    fn from(body: ConfigureImport) -> Self {
        let ConfigureImport {
            mapping,
            mode,
            match_by,
            on_duplicate,
        } = body;
        let column = |column: &ImportColumn| {
            let ImportColumn { column, field } = column;
            (column.as_str().to_owned(), field.map(|field| field.0))
        };
        Self {
            mapping: mapping.map(|columns| columns.iter().map(column).collect()),
            mode: mode.map(Into::into),
            match_by: match_by.map(Into::into),
            on_duplicate: on_duplicate.map(Into::into),
        }
    }
}

/// How many rows had which outcome.
#[derive(Debug, Serialize, Object)]
struct ImportCounts {
    /// Made a record.
    #[oai(validator(minimum(value = "0"), maximum(value = "2147483647")))]
    created: i32,
    /// Changed one.
    #[oai(validator(minimum(value = "0"), maximum(value = "2147483647")))]
    updated: i32,
    /// Match a record that is so already.
    #[oai(validator(minimum(value = "0"), maximum(value = "2147483647")))]
    unchanged: i32,
    /// Were left out.
    #[oai(validator(minimum(value = "0"), maximum(value = "2147483647")))]
    skipped: i32,
    /// Are wrong.
    #[oai(validator(minimum(value = "0"), maximum(value = "2147483647")))]
    failed: i32,
    /// Were taken back.
    #[oai(validator(minimum(value = "0"), maximum(value = "2147483647")))]
    reverted: i32,
    /// Could not be taken back.
    #[oai(validator(minimum(value = "0"), maximum(value = "2147483647")))]
    kept: i32,
}

impl From<Counts> for ImportCounts {
    fn from(counts: Counts) -> Self {
        let Counts {
            created,
            updated,
            unchanged,
            skipped,
            failed,
            reverted,
            kept,
        } = counts;
        Self {
            created,
            updated,
            unchanged,
            skipped,
            failed,
            reverted,
            kept,
        }
    }
}

/// A row that did nothing, and should have.
#[derive(Debug, Serialize, Object)]
struct ImportError {
    /// The line of the file in which it begins, from 1.
    #[oai(validator(minimum(value = "1"), maximum(value = "2147483647")))]
    line: i32,
    /// What became of it.
    outcome: ImportOutcome,
    /// Why.
    #[oai(validator(max_length = 65536))]
    reason: String,
}

/// An import.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
pub(super) struct Import {
    /// Identifies the import.
    id: Uuid,
    /// What rows are made into.
    resource: ImportKind,
    /// How far it has come.
    state: ImportState,
    /// The columns, and what they hold.
    #[oai(validator(max_items = 200))]
    mapping: Vec<ImportColumn>,
    /// Whether rows make records or change them.
    mode: ImportMode,
    /// By what they match a record.
    match_by: ImportMatch,
    /// What becomes of one that would make a duplicate.
    on_duplicate: ImportDuplicates,
    /// How many rows there are.
    #[oai(validator(minimum(value = "0"), maximum(value = "2147483647")))]
    rows: i32,
    /// How many of them are done in this state.
    #[oai(validator(minimum(value = "0"), maximum(value = "2147483647")))]
    done: i32,
    /// What became of these.
    counts: ImportCounts,
    /// The first of the rows that are wrong; only when one import is shown.
    #[oai(validator(max_items = 100))]
    errors: Vec<ImportError>,
    /// Why it was given up.
    #[oai(validator(max_length = 1000))]
    failure: Option<String>,
    /// When it was uploaded.
    created_at: DateTime<Utc>,
    /// When it last came further.
    updated_at: DateTime<Utc>,
}

impl Import {
    pub(super) fn new(import: import::Import, wrong: Vec<WrongRow>) -> Self {
        let import::Import {
            id,
            kind,
            state,
            columns,
            options,
            rows,
            position,
            counts,
            failure,
            owner: _,
            api_key: _,
            created_at,
            updated_at,
        } = import;
        let import::ImportOptions {
            mapping,
            mode,
            match_by,
            on_duplicate,
        } = options;
        let columns = columns.iter().zip(mapping);
        let error = |row: WrongRow| ImportError {
            line: row.line,
            outcome: row.outcome.into(),
            reason: row.reason,
        };
        Self {
            id: id.uuid(),
            resource: kind.into(),
            state: state.into(),
            mapping: columns
                .map(|(column, field)| ImportColumn {
                    column: column.into(),
                    field: field.map(ImportTarget),
                })
                .collect(),
            mode: mode.into(),
            match_by: match_by.into(),
            on_duplicate: on_duplicate.into(),
            rows,
            done: position,
            counts: counts.into(),
            errors: wrong.into_iter().map(error).collect(),
            failure,
            created_at,
            updated_at,
        }
    }
}

/// One's imports.
#[derive(Debug, Serialize, Object)]
pub(super) struct ImportList {
    /// The newest first.
    #[oai(validator(max_items = 100))]
    imports: Vec<Import>,
}

impl From<Vec<import::Import>> for ImportList {
    fn from(imports: Vec<import::Import>) -> Self {
        let shown = |import| Import::new(import, Vec::new());
        Self {
            imports: imports.into_iter().map(shown).collect(),
        }
    }
}
