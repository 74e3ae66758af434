//! Taking a table in as it arrives.

use chrono::TimeDelta;
use crm_domain::activity::Actor;
use crm_domain::custom_field::FieldSet;
use crm_domain::ids::ImportId;
use crm_domain::import::{Counts, Import, ImportKind, ImportOptions, ImportRow, ImportState};
use crm_domain::violation::Violations;
use crm_storage::{custom_fields, imports as storage};
use tokio::sync::OwnedSemaphorePermit;

use super::table::{Row, Table, TableError};
use super::{Imports, MAX_IMPORTS};
use crate::crm::Crm;
use crate::error::{Error, Result};

/// The most rows of a file.
const MAX_ROWS: i32 = 1_000_000;

/// Rows are stored together, up to so many of them and so many bytes.
const MAX_STORED: usize = 1_000;
const MAX_STORED_BYTES: usize = 512 * 1024;

/// An upload that did not end within this time is given up.
const ABANDONED: TimeDelta = TimeDelta::hours(1);

/// How a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TableOptions {
    /// What separates cells; without it, what the first line has most of.
    pub delimiter: Option<u8>,
    /// Whether the first line has no names of columns. They are numbered then.
    pub has_no_header: bool,
}

/// A file that is being taken in. One that is dropped before its end leaves nothing that would ever run.
pub struct Upload {
    crm: Crm,
    import: Import,
    options: TableOptions,
    table: Table,
    bytes: u64,
    read: Vec<Row>,
    rows: Vec<ImportRow>,
    row_bytes: usize,
    _share: OwnedSemaphorePermit,
}

impl Imports<'_> {
    /// Begins to take a file in.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::TooManyImports`], or [`Error::Overloaded`] when others upload.
    pub async fn begin(
        &self,
        actor: &Actor,
        kind: ImportKind,
        options: TableOptions,
    ) -> Result<Upload> {
        let owner = self.check_may_import(actor).await?;
        self.check_may_import_kind(actor, kind).await?;
        let uploads = self.0.workshop().uploads.clone();
        let share = uploads.try_acquire_owned().map_err(|_| Error::Overloaded)?;
        let now = self.0.now();
        let import = Import {
            id: ImportId::new(now, self.0.random()?),
            kind,
            state: ImportState::Uploading,
            columns: Vec::new(),
            options: ImportOptions::new(kind, &[], &FieldSet::default()),
            rows: 0,
            position: 0,
            counts: Counts::default(),
            failure: None,
            owner,
            api_key: actor.api_key(),
            created_at: now,
            updated_at: now,
        };
        let mut conn = self.0.connection().await?;
        storage::delete_abandoned(&mut conn, owner, now - ABANDONED).await?;
        if storage::count(&mut conn, owner).await? >= MAX_IMPORTS {
            return Err(Error::TooManyImports { max: MAX_IMPORTS });
        }
        storage::insert(&mut conn, &import).await?;
        Ok(Upload {
            crm: self.0.clone(),
            import,
            options,
            table: Table::new(options.delimiter),
            bytes: 0,
            read: Vec::new(),
            rows: Vec::new(),
            row_bytes: 0,
            _share: share,
        })
    }
}

impl Upload {
    /// Takes the next bytes in.
    ///
    /// # Errors
    /// [`Error::FileTooLarge`], or [`Error::Invalid`] with the line that cannot be read. Then the upload is over.
    pub async fn push(&mut self, bytes: &[u8]) -> Result<()> {
        let max = self.crm.workshop().max_bytes;
        self.bytes += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if self.bytes > max {
            return Err(Error::FileTooLarge { max });
        }
        // However large a piece arrives, its rows are taken in portions.
        for piece in bytes.chunks(64 * 1024) {
            self.table.feed(piece, &mut self.read).map_err(refused)?;
            self.take().await?;
        }
        Ok(())
    }

    /// The file is over: gives the import, ready to be configured and run.
    ///
    /// # Errors
    /// As [`Upload::push`], and for a file without any row. Then nothing is left of it.
    pub async fn finish(mut self) -> Result<Import> {
        match self.complete().await {
            Ok(()) => Ok(self.import),
            Err(error) => {
                self.abandon().await;
                Err(error)
            }
        }
    }

    async fn complete(&mut self) -> Result<()> {
        self.table.finish(&mut self.read).map_err(refused)?;
        self.take().await?;
        self.store().await?;
        if self.import.rows == 0 {
            return Err(malformed("the file has no rows"));
        }
        self.import.state = ImportState::Ready;
        self.import.updated_at = self.crm.now();
        let mut conn = self.crm.connection().await?;
        Ok(storage::update(&mut conn, &self.import).await?)
    }

    /// Gives the upload up, and leaves nothing behind.
    pub async fn abandon(self) {
        let gone = async {
            let mut conn = self.crm.connection().await?;
            storage::delete(&mut conn, self.import.id, self.import.owner).await?;
            Ok::<_, Error>(())
        };
        if let Err(error) = gone.await {
            tracing::warn!(%error, "what was uploaded in vain stays until the next upload");
        }
    }

    async fn take(&mut self) -> Result<()> {
        for row in std::mem::take(&mut self.read) {
            if self.import.columns.is_empty() {
                self.name_columns(&row).await?;
                if !self.options.has_no_header {
                    continue;
                }
            }
            self.add(row)?;
            if self.rows.len() >= MAX_STORED || self.row_bytes >= MAX_STORED_BYTES {
                self.store().await?;
            }
        }
        Ok(())
    }

    async fn name_columns(&mut self, row: &Row) -> Result<()> {
        let columns: Vec<String> = if self.options.has_no_header {
            (1..=row.cells.len()).map(|n| n.to_string()).collect()
        } else {
            row.cells
                .iter()
                .map(|name| name.trim().to_owned())
                .collect()
        };
        for (i, name) in columns.iter().enumerate() {
            if name.contains('\0') {
                return Err(malformed("the name of a column has a NUL in it"));
            }
            if columns.iter().take(i).any(|earlier| earlier == name) {
                let name: String = name.chars().take(100).collect();
                return Err(malformed(&format!("two columns are named {name:?}")));
            }
        }
        let kind = self.import.kind;
        let mut conn = self.crm.connection().await?;
        let fields = custom_fields::set(&mut conn, kind.field_resource()).await?;
        self.import.options = ImportOptions::new(kind, &columns, &fields);
        self.import.columns = columns;
        Ok(())
    }

    fn add(&mut self, row: Row) -> Result<()> {
        let Row { line, mut cells } = row;
        if self.import.rows >= MAX_ROWS {
            return Err(malformed(&format!(
                "the file has more than {MAX_ROWS} rows"
            )));
        }
        let (found, wanted) = (cells.len(), self.import.columns.len());
        let mut problem = (found != wanted)
            .then(|| format!("has {found} cells, where there are {wanted} columns"));
        for cell in &mut cells {
            // The database takes none.
            if cell.contains('\0') {
                *cell = cell.replace('\0', "\u{fffd}");
                problem = Some("has a NUL in it".to_owned());
            }
        }
        self.import.rows += 1;
        self.row_bytes += cells.iter().map(String::len).sum::<usize>();
        self.rows.push(ImportRow {
            number: self.import.rows,
            line: line.try_into().unwrap_or(i32::MAX),
            cells,
            problem,
        });
        Ok(())
    }

    async fn store(&mut self) -> Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let mut conn = self.crm.connection().await?;
        storage::add_rows(&mut conn, self.import.id, &self.rows).await?;
        self.rows.clear();
        self.row_bytes = 0;
        Ok(())
    }
}

fn refused(error: TableError) -> Error {
    malformed(&error.to_string())
}

fn malformed(message: &str) -> Error {
    Violations::one("file", "malformed", message).into()
}
