//! The file of a backup, as it is read.

use std::io::{Read, Seek};

use zip::ZipArchive;
use zip::result::ZipError;

use super::{BackupError, Content, FORMAT, Manifest, Measure, Table, TableContent};
use crate::query::quoted;

/// The entry of the manifest.
pub(super) const MANIFEST: &str = "backup.json";

/// Read at once.
const PORTION: usize = 64 * 1024;

/// The entry of a table.
pub(super) fn entry(table: &str) -> String {
    format!("tables/{table}.txt")
}

impl Table {
    /// The statement that gives its rows.
    pub(super) fn copy_out(&self) -> String {
        format!("COPY {} TO STDOUT", self.target())
    }

    /// The statement that takes its rows, in the transaction that has emptied it.
    pub(super) fn copy_in(&self) -> String {
        // Seen by all at once: nothing need look at the rows again to freeze them.
        format!("COPY {} FROM STDIN WITH (FREEZE)", self.target())
    }

    fn target(&self) -> String {
        let columns: Vec<String> = self.columns.iter().map(|column| quoted(column)).collect();
        format!("{} ({})", quoted(&self.name), columns.join(", "))
    }
}

/// A backup that was opened.
pub struct Archive<R> {
    zip: ZipArchive<R>,
    manifest: Manifest,
}

impl<R: Read + Seek> Archive<R> {
    /// Reads what the backup says of itself.
    ///
    /// # Errors
    /// [`BackupError::NoBackup`], [`BackupError::NewerFormat`], or when the file cannot be read.
    pub fn open(from: R) -> Result<Self, BackupError> {
        let mut zip = ZipArchive::new(from).map_err(no_backup)?;
        let entry = zip.by_name(MANIFEST).map_err(no_backup)?;
        let value: serde_json::Value =
            serde_json::from_reader(entry).map_err(|error| BackupError::NoBackup(error.into()))?;
        newer_format(&value)?;
        let manifest =
            serde_json::from_value(value).map_err(|error| BackupError::NoBackup(error.into()))?;
        Ok(Self { zip, manifest })
    }

    /// What the backup says of itself.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Reads all of it, to see whether it is whole.
    ///
    /// # Errors
    /// [`BackupError::Damaged`], or when the file cannot be read.
    pub fn check(&mut self) -> Result<(), BackupError> {
        let (manifest, mut tables) = self.parts();
        for table in &manifest.tables {
            let mut rows = tables.rows(table)?;
            while rows.next()?.is_some() {}
        }
        Ok(())
    }

    /// What is in it, and where to read it.
    pub(super) fn parts(&mut self) -> (&Manifest, Tables<'_, R>) {
        (&self.manifest, Tables(&mut self.zip))
    }
}

/// The entries of the tables.
pub(super) struct Tables<'a, R>(&'a mut ZipArchive<R>);

impl<R: Read + Seek> Tables<'_, R> {
    pub(super) fn rows<'a>(&'a mut self, of: &'a TableContent) -> Result<Rows<'a>, BackupError> {
        let table = &of.table.name;
        let from = self.0.by_name(&entry(table)).map_err(no_backup)?;
        Ok(Rows {
            from: Box::new(from),
            measure: Measure::default(),
            expected: &of.content,
            table,
        })
    }
}

/// The rows of a table, by portions.
pub(super) struct Rows<'a> {
    from: Box<dyn Read + 'a>,
    measure: Measure,
    expected: &'a Content,
    table: &'a str,
}

impl Rows<'_> {
    /// The next portion. At the end, `None` when all were those that were written.
    pub(super) fn next(&mut self) -> Result<Option<Vec<u8>>, BackupError> {
        let mut portion = Vec::with_capacity(PORTION);
        let limit = PORTION as u64;
        if let Err(error) = self.from.by_ref().take(limit).read_to_end(&mut portion) {
            // That is how the checksum of the archive, or a stream that cannot be unpacked, is told.
            return Err(match error.kind() {
                std::io::ErrorKind::InvalidData
                | std::io::ErrorKind::InvalidInput
                | std::io::ErrorKind::UnexpectedEof
                | std::io::ErrorKind::Other => self.damaged(),
                _ => error.into(),
            });
        }
        self.measure.add(&portion);
        if !portion.is_empty() {
            return Ok(Some(portion));
        }
        if std::mem::take(&mut self.measure).content() != *self.expected {
            return Err(self.damaged());
        }
        Ok(None)
    }

    fn damaged(&self) -> BackupError {
        BackupError::Damaged {
            table: self.table.to_owned(),
        }
    }
}

fn newer_format(manifest: &serde_json::Value) -> Result<(), BackupError> {
    let found = manifest["format"].as_u64().unwrap_or_default();
    if found <= FORMAT.into() {
        return Ok(());
    }
    Err(BackupError::NewerFormat {
        found,
        app_version: manifest["appVersion"]
            .as_str()
            .unwrap_or("unknown")
            .to_owned(),
    })
}

fn no_backup(error: ZipError) -> BackupError {
    match error {
        ZipError::Io(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => error.into(),
        error => BackupError::NoBackup(error.into()),
    }
}
