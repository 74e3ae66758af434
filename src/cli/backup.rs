//! `crm backup` and `crm restore`: all that is in the database, out and in.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;

use super::database::{Database, with_database};
use super::progress::Progress;
use super::{Failure, file, say};
use crate::app::audit::VerifyPlan;
use crate::config::Config;
use crate::storage::backup::{self, Archive, Manifest};

pub(super) const BACKUP_EXAMPLES: &str = "Examples:\n  crm backup crm.zip\n  \
    crm backup - | age -r KEY > crm.zip.age     encrypted\n\n\
    It is the database as of the instant at which it began; servers go on. The keys of CRM_DATA_DIR\n\
    are not in it: keep a copy of secrets.toml elsewhere.";

pub(super) const RESTORE_EXAMPLES: &str = "Examples:\n  crm restore crm.zip --check         is it whole?\n  \
    CRM_DATA_DIR=new crm restore crm.zip\n\n\
    The database must be empty. Everything is stored or nothing, and read again before it is kept.\n\
    A backup of an earlier version is brought to the schema of this one.";

#[derive(Args)]
pub(super) struct Backup {
    /// Into this file, which is replaced once all is written; `-` is the standard output
    file: PathBuf,
}

#[derive(Args)]
pub(super) struct Restore {
    /// What `crm backup` has written
    file: PathBuf,
    /// Only see whether it is whole; needs no database
    #[arg(long)]
    check: bool,
}

pub(super) async fn backup(config: &Config, arguments: &Backup) -> Result<(), Failure> {
    with_database(config, async |database| {
        database.check(config).await?;
        let options = database.options();
        if arguments.file == Path::new("-") {
            backup::write(options, std::io::stdout().lock()).await?;
            return Ok(());
        }
        let manifest = file::replace(&arguments.file, async |file| {
            let mut to = BufWriter::new(file);
            let manifest = backup::write(options, &mut to).await?;
            to.flush()?;
            Ok(manifest)
        })
        .await?;
        say(format_args!(
            "wrote {}: {}",
            arguments.file.display(),
            summary(&manifest)
        ));
        Ok(())
    })
    .await
}

pub(super) async fn restore(config: &Config, arguments: &Restore) -> Result<(), Failure> {
    let path = &arguments.file;
    let file = File::open(path)
        .map_err(|error| Failure::other(format!("{} cannot be read: {error}", path.display())))?;
    let mut archive = Archive::open(BufReader::new(file))?;
    if arguments.check {
        archive.check()?;
        let summary = summary(archive.manifest());
        say(format_args!("{} is whole: {summary}", path.display()));
        return Ok(());
    }
    with_database(config, async |database| {
        database.check(config).await?;
        let mut progress = Progress::new("rows", archive.manifest().rows());
        let migrations = config.plugins().migrations();
        let restored = backup::restore(database.options(), &migrations, &mut archive, |done| {
            progress.set(done);
        })
        .await;
        progress.finish();
        let migrated = restored?.migrated;
        say(format_args!("restored {}", summary(archive.manifest())));
        if migrated > 0 {
            say(format_args!("applied {migrated} migrations that are newer"));
        }
        verify(config, database).await
    })
    .await
}

/// What the activity log says must be what was done: that is the last to be restored, and the first to be asked.
async fn verify(config: &Config, database: &Database) -> Result<(), Failure> {
    let crm = database.crm(config).await?;
    let summary = crm.audit().verify(&VerifyPlan::default(), |_| {}).await?;
    if summary.findings > 0 {
        let message = "everything is as in the backup, but its activity log is not as the program wrote it: run crm audit verify";
        return Err(Failure::other(message));
    }
    say(format_args!(
        "the activity log is as it was written: {} seals, {} activities that wait for theirs",
        summary.seals, summary.waiting
    ));
    Ok(())
}

fn summary(manifest: &Manifest) -> String {
    format!(
        "{} rows of {} tables, as of {}, by crm {}",
        manifest.rows(),
        manifest.tables.len(),
        manifest.taken_at.format("%Y-%m-%d %H:%M:%S UTC"),
        manifest.app_version
    )
}
