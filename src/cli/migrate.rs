//! `crm migrate`: the schema of the database.

use clap::Subcommand;

use super::database::{Database, with_database};
use super::{Failure, say};
use crate::config::Config;
use crate::storage::migrate::{self, LedgerRow, Progress};
use crate::storage::pool;

pub(super) const EXAMPLES: &str = "Examples:\n  crm migrate status\n  crm migrate apply         \
    before the first of several servers is raised to a new version\n\n\
    crm serve applies migrations by itself when it starts.";

#[derive(Clone, Copy, Subcommand)]
pub(super) enum Action {
    /// List what would be applied, and change nothing
    Plan,
    /// Apply what is pending
    Apply,
    /// List what is applied and what is pending
    Status,
}

pub(super) async fn run(config: &Config, action: Action) -> Result<(), Failure> {
    with_database(config, async |database| {
        database.check(config).await?;
        match action {
            Action::Plan => plan(config, database).await,
            Action::Apply => apply(config, database).await,
            Action::Status => status(config, database).await,
        }
    })
    .await
}

async fn plan(config: &Config, database: &Database) -> Result<(), Failure> {
    let mut conn = pool::connect_once(database.options()).await?;
    let pending = migrate::plan(&mut conn, &config.plugins().migrations()).await?;
    for migration in &pending {
        say(migration);
    }
    if pending.is_empty() {
        say("nothing to apply");
    }
    Ok(())
}

async fn apply(config: &Config, database: &Database) -> Result<(), Failure> {
    let mut applied = 0;
    database
        .migrate(config, |progress| match progress {
            Progress::Started {
                migration,
                number,
                total,
            } => say(format_args!("{number} of {total}: {migration}")),
            Progress::Finished { elapsed, .. } => {
                applied += 1;
                say(format_args!("  applied in {:.1} s", elapsed.as_secs_f64()));
            }
        })
        .await?;
    // What plugins grant at first belongs to the schema: servers of this version count on it.
    database.crm(config).await?.apply_default_grants().await?;
    say(match applied {
        0 => "nothing to apply",
        _ => "the schema is up to date",
    });
    Ok(())
}

async fn status(config: &Config, database: &Database) -> Result<(), Failure> {
    let mut conn = pool::connect_once(database.options()).await?;
    let status = migrate::status(&mut conn, &config.plugins().migrations()).await?;
    let line = |state: &str, row: &LedgerRow| {
        let LedgerRow {
            plugin,
            version,
            name,
            checksum: _,
            applied_at,
            app_version,
        } = row;
        let at = applied_at.format("%Y-%m-%d %H:%M:%S UTC");
        say(format_args!(
            "{state:<8} {plugin} {version}_{name}  {at} by {app_version}"
        ));
    };
    for row in &status.applied {
        line("applied", row);
    }
    for row in &status.dormant {
        line("dormant", row);
    }
    for migration in &status.pending {
        say(format_args!("{:<8} {migration}", "pending"));
    }
    Ok(())
}
