//! `crm doctor`: looks at everything a server needs, and says what to do.

use std::fmt::Display;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;
use std::process::{Command, ExitCode};

use crate::app::SystemClock;
use crate::domain::clock::Clock as _;
use crate::storage::embedded;
use crate::storage::inspect::{self, Findings};
use crate::storage::migrate;
use crate::storage::pool::{self, ServerRefused};

use super::database::{Database, with_database};
use super::{Failure, failure, say};
use crate::config::Config;

pub(super) const EXAMPLES: &str =
    "Each line begins with ok, warning or problem. Exit code 1 when there is a problem.";

/// Too little to write a day's log of the database.
const LITTLE_MIB: u64 = 100;
const SCARCE_MIB: u64 = 1024;

fn ok(what: &str, text: impl Display) {
    say(format_args!("ok       {what:<12} {text}"));
}

fn warning(what: &str, text: impl Display) {
    say(format_args!("warning  {what:<12} {text}"));
}

/// The findings that count.
#[derive(Default)]
struct Report {
    problems: u32,
}

impl Report {
    fn problem(&mut self, what: &str, text: impl Display) {
        self.problems += 1;
        say(format_args!("problem  {what:<12} {text}"));
    }
}

pub(super) async fn run(config: Result<Config, Failure>) -> Result<ExitCode, Failure> {
    let mut report = Report::default();
    match config {
        Ok(config) => {
            ok("settings", "understood");
            look(&config, &mut report).await;
        }
        Err(failure) => report.problem("settings", failure),
    }
    Ok(match report.problems {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::from(failure::ANYTHING),
    })
}

async fn look(config: &Config, report: &mut Report) {
    folder(config, report);
    match config.check_secrets(SystemClock.now()) {
        Ok(text) => ok("secrets", text),
        Err(error) => report.problem("secrets", error),
    }
    if config.external_database().is_none() && !postgres(config, report) {
        return;
    }
    let looked = with_database(config, async |database| {
        look_inside(database, config, report).await
    });
    if let Err(failure) = looked.await {
        report.problem("database", failure);
    }
}

fn folder(config: &Config, report: &mut Report) {
    let path = &config.data_dir;
    let Ok(found) = std::fs::metadata(path) else {
        ok(
            "data folder",
            format_args!("{} is made by the first start", path.display()),
        );
        return;
    };
    // Run by root, the database is another user, who must get through.
    let forbidden = if found.uid() == 0 { 0o066 } else { 0o077 };
    let mode = found.permissions().mode();
    if mode & forbidden == 0 {
        ok("data folder", path.display());
    } else {
        let should = (mode & 0o777) & !forbidden;
        warning(
            "data folder",
            format_args!(
                "others may look into {}: chmod {should:o} it",
                path.display()
            ),
        );
    }
    match free_mib(path) {
        Some(free) if free < LITTLE_MIB => {
            report.problem("disk", format_args!("{free} MiB are free: make room"));
        }
        Some(free) if free < SCARCE_MIB => {
            warning("disk", format_args!("only {free} MiB are free"));
        }
        Some(free) => ok("disk", format_args!("{free} MiB are free")),
        None => warning("disk", "the free space is not known here"),
    }
}

fn free_mib(path: &Path) -> Option<u64> {
    let output = Command::new("df").arg("-Pk").arg(path).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let free: u64 = text
        .lines()
        .nth(1)?
        .split_whitespace()
        .nth(3)?
        .parse()
        .ok()?;
    Some(free / 1024)
}

/// Whether there is an embedded database to look into.
fn postgres(config: &Config, report: &mut Report) -> bool {
    let is_new = !config.data_dir.exists();
    let found = config
        .create_data_dir()
        .map_err(Failure::from)
        .and_then(|()| Ok(embedded::find_binaries(&config.embedded())?));
    if is_new {
        // Not ours to leave behind; it stays when something is in it.
        let _ = std::fs::remove_dir(&config.data_dir);
    }
    match found {
        Ok((folder, major)) => {
            ok(
                "postgres",
                format_args!("version {major} in {}", folder.display()),
            );
        }
        Err(failure) => {
            report.problem("postgres", failure);
            return false;
        }
    }
    let exists = config.data_dir.join("cluster").exists();
    if !exists {
        ok("database", "none yet; the first start makes it");
    }
    exists
}

async fn look_inside(
    database: &Database,
    config: &Config,
    report: &mut Report,
) -> Result<(), Failure> {
    let mut conn = pool::connect_once(database.options()).await?;
    match pool::check_server(&mut conn, false).await {
        Ok(version) => ok("database", format_args!("Postgres {version} answers")),
        Err(error @ ServerRefused::Unsafe { .. }) if config.allow_unsafe_database.is_on() => {
            warning("database", error);
        }
        Err(error) => return Err(error.into()),
    }
    let status = migrate::status(&mut conn, &config.plugins().migrations()).await?;
    let pending = status.pending.len();
    if pending == 0 {
        ok("schema", format_args!("{} applied", status.applied.len()));
    } else {
        warning(
            "schema",
            format_args!("{pending} pending: crm serve or crm migrate apply applies them"),
        );
    }
    if !status.dormant.is_empty() {
        let dormant = status.dormant.len();
        warning(
            "schema",
            format_args!("{dormant} of plugins that are not here"),
        );
    }
    let Findings {
        offers_pg_trgm,
        has_search_index,
        bytes,
    } = inspect::inspect(&mut conn).await?;
    ok("size", format_args!("{} MiB", bytes / (1 << 20)));
    search(offers_pg_trgm, has_search_index, pending > 0);
    if pending == 0 {
        plugins(database, config, report).await?;
    }
    Ok(())
}

async fn plugins(database: &Database, config: &Config, report: &mut Report) -> Result<(), Failure> {
    let count = config.plugins().manifests().count();
    if count == 0 {
        return Ok(());
    }
    ok("plugins", format_args!("{count}: crm plugins lists them"));
    let crm = database.crm_as_it_is(config)?;
    for (name, reason) in crm.ailing_plugins().await {
        report.problem(name, reason);
    }
    Ok(())
}

fn search(offers_pg_trgm: bool, has_index: bool, is_pending: bool) {
    match (offers_pg_trgm, has_index) {
        (_, true) => ok("search", "has its index"),
        (true, false) if is_pending => ok("search", "gets its index with the schema"),
        (true, false) => warning(
            "search",
            "reads every lead: run CREATE EXTENSION pg_trgm; \
             CREATE INDEX leads_search ON leads USING gin (search_text gin_trgm_ops)",
        ),
        (false, false) => warning(
            "search",
            "reads every lead, since the server lacks pg_trgm: install Postgres' contrib package",
        ),
    }
}
