//! `crm import`: records from a file.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::{Args, ValueEnum};
use tokio::fs::File;
use tokio::io::AsyncReadExt as _;

use super::database::with_database;
use super::progress::Progress;
use super::user::ACTOR;
use super::{Failure, say};
use crate::app::Crm;
use crate::app::imports::{ImportEdit, TableOptions, Upload};
use crate::config::Config;
use crate::domain::activity::Actor;
use crate::domain::import::{
    DuplicatePolicy, Import, ImportKind, ImportMode, ImportState, ImportTarget, MatchBy,
};
use crate::domain::text::Email;

pub(super) const EXAMPLES: &str = "Examples:\n  \
    crm import leads leads.csv --as ada@example.org\n  \
    crm import customers list.csv --as ada@example.org --map 'Full name=name' --map Mail=emailId --mode both\n  \
    crm import leads leads.csv --as ada@example.org --dry-run\n\n\
    Columns are known by their names, as crm export writes them. Rows that are wrong are named and left out.";

/// How many wrong rows are named.
const NAMED: i32 = 100;

#[derive(Args)]
pub(super) struct Arguments {
    /// What rows are made into
    records: Records,
    /// CSV in UTF-8
    file: PathBuf,
    /// The address of the user whose import it is, and by whose rights
    #[arg(long = "as", value_name = "EMAIL")]
    user: Email,
    /// What a column holds, as 'Full name=name'; may be given several times
    #[arg(long, value_name = "COLUMN=FIELD")]
    map: Vec<Mapping>,
    /// Whether rows make records or change them: create, update or both
    #[arg(long, default_value_t = ImportMode::Create)]
    mode: ImportMode,
    /// By what rows match records: emailId, phone or id
    #[arg(long, value_name = "FIELD", default_value_t = MatchBy::Email)]
    match_by: MatchBy,
    /// What becomes of rows whose e-mail address a record has: skip, fail or create
    #[arg(long, value_name = "POLICY", default_value_t = DuplicatePolicy::Skip)]
    duplicates: DuplicatePolicy,
    /// Check all rows, and write nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Records {
    Leads,
    Customers,
}

#[derive(Clone)]
struct Mapping {
    column: String,
    field: ImportTarget,
}

impl FromStr for Mapping {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (column, field) = text
            .rsplit_once('=')
            .ok_or("is not of the form COLUMN=FIELD")?;
        Ok(Self {
            column: column.to_owned(),
            field: field.parse().map_err(|error| format!("{field} {error}"))?,
        })
    }
}

pub(super) async fn run(config: &Config, arguments: &Arguments) -> Result<(), Failure> {
    with_database(config, async |database| {
        let crm = database.crm(config).await?;
        let user = crm.users().find_by_email(&ACTOR, &arguments.user).await?;
        let actor = Actor::user(user.id);
        let import = upload(&crm, &actor, arguments).await?;
        let edit = ImportEdit {
            mapping: (!arguments.map.is_empty()).then(|| mapping(&arguments.map)),
            mode: Some(arguments.mode),
            match_by: Some(arguments.match_by),
            on_duplicate: Some(arguments.duplicates),
        };
        let imports = crm.imports();
        imports.configure(&actor, import.id, edit).await?;
        let import = if arguments.dry_run {
            imports.check(&actor, import.id).await?
        } else {
            imports.run(&actor, import.id).await?
        };
        let import = finish(&crm, &actor, import).await?;
        tell(&crm, &actor, &import, arguments).await
    })
    .await
}

fn mapping(map: &[Mapping]) -> Vec<(String, Option<ImportTarget>)> {
    let column = |mapping: &Mapping| (mapping.column.clone(), Some(mapping.field));
    map.iter().map(column).collect()
}

async fn upload(crm: &Crm, actor: &Actor, arguments: &Arguments) -> Result<Import, Failure> {
    let kind = match arguments.records {
        Records::Leads => ImportKind::Lead,
        Records::Customers => ImportKind::Customer,
    };
    let mut file = open(&arguments.file).await?;
    let options = TableOptions::default();
    let mut upload = crm.imports().begin(actor, kind, options).await?;
    match read(&mut file, &mut upload).await {
        Ok(()) => Ok(upload.finish().await?),
        Err(failure) => {
            upload.abandon().await;
            Err(failure)
        }
    }
}

async fn open(path: &Path) -> Result<File, Failure> {
    let opened = File::open(path).await;
    opened.map_err(|error| Failure::other(format!("{} cannot be read: {error}", path.display())))
}

async fn read(file: &mut File, upload: &mut Upload) -> Result<(), Failure> {
    let mut piece = vec![0; 64 * 1024];
    loop {
        let read = file.read(&mut piece).await?;
        match piece.get(..read) {
            Some([]) | None => return Ok(()),
            Some(bytes) => upload.push(bytes).await?,
        }
    }
}

/// Goes on to the end. A server that is there helps, or does it all.
async fn finish(crm: &Crm, actor: &Actor, import: Import) -> Result<Import, Failure> {
    let rows = u64::try_from(import.rows).unwrap_or_default();
    let mut progress = Progress::new("rows", rows);
    loop {
        let goes_on = crm.imports().advance(import.id).await?;
        let now = crm.imports().get(actor, import.id).await?;
        progress.set(u64::try_from(now.position).unwrap_or_default());
        if !now.state.is_active() {
            progress.finish();
            return Ok(now);
        }
        if !goes_on {
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
    }
}

async fn tell(
    crm: &Crm,
    actor: &Actor,
    import: &Import,
    arguments: &Arguments,
) -> Result<(), Failure> {
    for row in crm.imports().wrong_rows(actor, import.id, 0, NAMED).await? {
        say(format_args!(
            "line {}: {}: {}",
            row.line, row.outcome, row.reason
        ));
    }
    let counts = import.counts;
    say(format_args!(
        "{} created, {} updated, {} unchanged, {} skipped, {} failed{}",
        counts.created,
        counts.updated,
        counts.unchanged,
        counts.skipped,
        counts.failed,
        if arguments.dry_run {
            " (a dry run)"
        } else {
            ""
        }
    ));
    match (&import.state, &import.failure) {
        (ImportState::Failed, Some(failure)) => Err(Failure::other(failure.clone())),
        _ => Ok(()),
    }
}
