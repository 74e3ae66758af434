//! `crm export`: records as a file.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use futures_util::stream::BoxStream;
use futures_util::{StreamExt as _, TryStreamExt as _};
use tokio::fs::{File, OpenOptions, rename};
use tokio::io::{AsyncWrite, AsyncWriteExt as _};

use super::database::with_database;
use super::user::ACTOR;
use super::{Failure, say};
use crate::app::Crm;
use crate::config::Config;
use crate::domain::customer::CustomerFilter;
use crate::domain::lead::LeadFilter;
use crate::domain::list::Sort;
use crate::domain::task::TaskFilter;
use crate::http::api::{customers::Customer, leads::Lead, tasks::Task};
use crate::http::export::{Format, file};

pub(super) const EXAMPLES: &str = "Examples:\n  \
    crm export leads --out leads.csv\n  \
    crm export customers --format ndjson | jq .emailId\n\n\
    In CSV a cell that a spreadsheet would take for a formula has an apostrophe before it.";

#[derive(Args)]
pub(super) struct Arguments {
    /// Which records
    records: Records,
    /// In which form
    #[arg(long, value_enum, default_value_t = FileFormat::Csv)]
    format: FileFormat,
    /// Into this file, which is replaced once all is written; without it, to the standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Those that are put away, instead of those at hand
    #[arg(long)]
    archived: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Records {
    Leads,
    Customers,
    Tasks,
}

#[derive(Clone, Copy, ValueEnum)]
enum FileFormat {
    /// Comma-separated values with a header, for spreadsheets
    Csv,
    /// A JSON object a line, for programs
    Ndjson,
}

pub(super) async fn run(config: &Config, arguments: &Arguments) -> Result<(), Failure> {
    with_database(config, async |database| {
        let crm = database.crm(config).await?;
        let mut bytes = bytes(&crm, arguments).await?;
        match &arguments.out {
            Some(path) => {
                write_file(&mut bytes, path).await?;
                say(format_args!("wrote {}", path.display()));
                Ok(())
            }
            None => write(&mut bytes, &mut tokio::io::stdout()).await,
        }
    })
    .await
}

type Bytes = BoxStream<'static, std::io::Result<bytes::Bytes>>;

async fn bytes(crm: &Crm, arguments: &Arguments) -> Result<Bytes, Failure> {
    let is_archived = arguments.archived;
    let format = match arguments.format {
        FileFormat::Csv => Format::Csv,
        FileFormat::Ndjson => Format::Ndjson,
    };
    Ok(match arguments.records {
        Records::Leads => {
            let filter = LeadFilter {
                is_archived,
                ..LeadFilter::default()
            };
            let export = crm.leads().export(&ACTOR, filter, Sort::default()).await?;
            file::<_, Lead>(export, format).boxed()
        }
        Records::Customers => {
            let filter = CustomerFilter {
                is_archived,
                ..CustomerFilter::default()
            };
            let customers = crm.customers();
            let export = customers.export(&ACTOR, filter, Sort::default()).await?;
            file::<_, Customer>(export, format).boxed()
        }
        Records::Tasks => {
            let filter = TaskFilter {
                is_archived,
                ..TaskFilter::default()
            };
            let export = crm.tasks().export(&ACTOR, filter, Sort::default()).await?;
            file::<_, Task>(export, format).boxed()
        }
    })
}

/// Writes beside the file and puts it in its place only when it is whole.
async fn write_file(bytes: &mut Bytes, path: &Path) -> Result<(), Failure> {
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(".part");
    let unfinished = PathBuf::from(unfinished);
    let failed = |error: std::io::Error| {
        Failure::other(format!("{} cannot be written: {error}", path.display()))
    };
    let mut file = create_private(&unfinished).await.map_err(failed)?;
    write(bytes, &mut file).await?;
    file.sync_all().await.map_err(failed)?;
    rename(&unfinished, path).await.map_err(failed)
}

/// A file for its owner only: it holds what people trusted us with.
async fn create_private(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    options.mode(0o600);
    options.open(path).await
}

async fn write(bytes: &mut Bytes, to: &mut (impl AsyncWrite + Unpin)) -> Result<(), Failure> {
    while let Some(portion) = bytes.try_next().await? {
        to.write_all(&portion).await?;
    }
    Ok(to.flush().await?)
}
