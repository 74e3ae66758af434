//! `crm export`: records as a file.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use futures_util::stream::BoxStream;
use futures_util::{StreamExt as _, TryStreamExt as _};
use tokio::fs::File;
use tokio::io::{AsyncWrite, AsyncWriteExt as _};

use super::database::with_database;
use super::user::ACTOR;
use super::{Failure, file, say};
use crate::app::Crm;
use crate::config::Config;
use crate::domain::customer::CustomerFilter;
use crate::domain::lead::LeadFilter;
use crate::domain::list::Sort;
use crate::domain::task::TaskFilter;
use crate::http::api::{customers::Customer, leads::Lead, tasks::Task};
use crate::http::export::{self, Format};

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
                file::replace(path, async |file| {
                    let mut to = File::from_std(file.try_clone()?);
                    write(&mut bytes, &mut to).await
                })
                .await?;
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
            export::file::<_, Lead>(export, format).boxed()
        }
        Records::Customers => {
            let filter = CustomerFilter {
                is_archived,
                ..CustomerFilter::default()
            };
            let customers = crm.customers();
            let export = customers.export(&ACTOR, filter, Sort::default()).await?;
            export::file::<_, Customer>(export, format).boxed()
        }
        Records::Tasks => {
            let filter = TaskFilter {
                is_archived,
                ..TaskFilter::default()
            };
            let export = crm.tasks().export(&ACTOR, filter, Sort::default()).await?;
            export::file::<_, Task>(export, format).boxed()
        }
    })
}

async fn write(bytes: &mut Bytes, to: &mut (impl AsyncWrite + Unpin)) -> Result<(), Failure> {
    while let Some(portion) = bytes.try_next().await? {
        to.write_all(&portion).await?;
    }
    Ok(to.flush().await?)
}
