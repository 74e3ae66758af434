//! Out of the database.

use std::io::{BufWriter, Write};
use std::pin::pin;

use futures_util::TryStreamExt as _;
use tokio_postgres::Client;
use zip::write::{SimpleFileOptions, StreamWriter, ZipWriter};

use super::archive::{MANIFEST, entry};
use super::{BackupError, Content, FORMAT, Manifest, Measure, Table, TableContent, begin, catalog};
use crate::pool::PoolOptions;

/// Before it is compressed: rows are short, and each call costs.
const PORTION: usize = 64 * 1024;

type Zip<W> = ZipWriter<StreamWriter<W>>;

/// Writes all that the CRM has in its database, as of one instant, whatever is written meanwhile; nobody waits for it.
///
/// # Errors
/// [`BackupError::NoCrm`], or when the database or the file fails. What was written by then is no backup.
pub async fn write(options: &PoolOptions, to: impl Write) -> Result<Manifest, BackupError> {
    let client = begin(options, "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY").await?;
    let migrations = catalog::migrations(&client).await?;
    if migrations.is_empty() {
        return Err(BackupError::NoCrm);
    }
    let taken_at = client.query_one("SELECT now()", &[]).await?.try_get(0)?;
    // What compresses is large, and would be a part of the future.
    let mut zip = Box::new(ZipWriter::new_stream(to));
    let mut tables = Vec::new();
    for table in catalog::tables(&client, &migrations).await? {
        zip.start_file(entry(&table.name), compressed())
            .map_err(std::io::Error::from)?;
        let content = copy(&client, &table, &mut zip).await?;
        tables.push(TableContent { table, content });
    }
    // They belong to no snapshot: read after the rows, they are past them.
    let names: Vec<String> = tables
        .iter()
        .map(|content| content.table.name.clone())
        .collect();
    let manifest = Manifest {
        format: FORMAT,
        app_version: env!("CARGO_PKG_VERSION").to_owned(),
        taken_at,
        migrations,
        sequences: catalog::sequences(&client, &names).await?,
        tables,
    };
    finish(*zip, &manifest)?;
    Ok(manifest)
}

fn compressed() -> SimpleFileOptions {
    // The fastest: the others are hardly smaller and take several times as long. Nobody knows before how large it becomes.
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    options.compression_level(Some(1)).large_file(true)
}

async fn copy<W: Write>(
    client: &Client,
    table: &Table,
    zip: &mut Zip<W>,
) -> Result<Content, BackupError> {
    let mut measure = Measure::default();
    let mut to = BufWriter::with_capacity(PORTION, zip);
    let mut rows = pin!(client.copy_out(&table.copy_out()).await?);
    while let Some(row) = rows.try_next().await? {
        measure.add(&row);
        to.write_all(&row)?;
    }
    to.flush()?;
    Ok(measure.content())
}

fn finish<W: Write>(mut zip: Zip<W>, manifest: &Manifest) -> Result<(), std::io::Error> {
    zip.start_file(MANIFEST, compressed())?;
    serde_json::to_writer_pretty(&mut zip, manifest)?;
    zip.finish()?.into_inner().flush()
}
