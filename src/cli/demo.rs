//! `crm demo`, and the demo data of `crm serve --demo`.

use std::path::PathBuf;
use std::time::Instant;

use chrono::TimeDelta;
use clap::Args;

use super::database::{Database, with_database};
use super::progress::Progress;
use super::{Failure, say};
use crate::app::Crm;
use crate::app::demo::{self, ADMIN_EMAIL, DemoError, Loaded, Plan};
use crate::config::{self, Config, Environment};

/// Enough to fill a list, little enough to load in a moment.
pub(super) const LEADS: u32 = 2_000;
const SEED: u64 = 1;
/// Keeps the password of the demo users, in the folder for data.
const SIGN_IN_FILE: &str = "demo-sign-in";

#[derive(Args)]
#[command(
    after_help = "Examples:\n  crm demo --leads 100000\n  crm demo --leads 500 --seed 7 --add\n\n\
                  The demo users share one password, which is printed. Refused when CRM_ENV is production."
)]
pub(super) struct Arguments {
    /// How many leads
    #[arg(long, value_name = "N", default_value_t = LEADS,
        value_parser = clap::value_parser!(u32).range(1..=i64::from(demo::MAX_LEADS)))]
    leads: u32,
    /// Another number gives other people
    #[arg(long, value_name = "S", default_value_t = SEED)]
    seed: u64,
    /// Load into a workspace that has leads
    #[arg(long)]
    add: bool,
}

pub(super) async fn run(config: &Config, arguments: &Arguments) -> Result<(), Failure> {
    refuse_in_production(config, "crm demo")?;
    with_database(config, async |database| {
        let crm = database.crm(config).await?;
        if !arguments.add && !demo::is_empty(&crm).await? {
            let message = "the workspace has leads already: --add loads more into it";
            return Err(Failure::other(message));
        }
        let plan = plan(&crm, config, arguments)?;
        let start = Instant::now();
        let loaded = load(&crm, database, &plan).await?;
        let Loaded {
            leads,
            customers,
            rows,
        } = loaded;
        let seconds = start.elapsed().as_secs_f64();
        say(format_args!(
            "loaded {leads} leads and {customers} customers, {rows} rows in all, in {seconds:.1} s"
        ));
        say(format_args!("sign in: {ADMIN_EMAIL}  {}", plan.password));
        Ok(())
    })
    .await
}

/// The password of demo users is in a file, and their Admin is one like any other.
pub(super) fn refuse_in_production(config: &Config, what: &str) -> Result<(), Failure> {
    match config.environment {
        Environment::Development => Ok(()),
        Environment::Production => Err(Failure::refused(format!(
            "{what} is refused when CRM_ENV is production"
        ))),
    }
}

/// Loads demo data unless there are leads, and answers the password of the demo
/// Admin where it is known.
pub(super) async fn load_if_empty(
    crm: &Crm,
    database: &Database,
    config: &Config,
) -> Result<Option<String>, Failure> {
    let arguments = Arguments {
        leads: LEADS,
        seed: SEED,
        add: false,
    };
    if demo::is_empty(crm).await? {
        let plan = plan(crm, config, &arguments)?;
        match load(crm, database, &plan).await {
            // Another server on the same database was faster.
            Ok(_) | Err(DemoError::NotEmpty) => {}
            Err(error) => return Err(error.into()),
        }
    }
    kept_password(config)
}

async fn load(crm: &Crm, database: &Database, plan: &Plan) -> Result<Loaded, DemoError> {
    let mut progress = Progress::new("demo leads", plan.leads.into());
    let loaded = demo::load(crm, database.options(), plan, |done| progress.set(done)).await;
    progress.finish();
    loaded
}

fn plan(crm: &Crm, config: &Config, arguments: &Arguments) -> Result<Plan, Failure> {
    let now = crm.now();
    let of_day = now.timestamp().rem_euclid(86_400);
    let nanoseconds = i64::from(now.timestamp_subsec_nanos());
    Ok(Plan {
        leads: arguments.leads,
        seed: arguments.seed,
        until: now - TimeDelta::seconds(of_day) - TimeDelta::nanoseconds(nanoseconds),
        password: keep_password(config)?,
        add: arguments.add,
    })
}

fn sign_in_file(config: &Config) -> PathBuf {
    config.data_dir.join(SIGN_IN_FILE)
}

fn kept_password(config: &Config) -> Result<Option<String>, Failure> {
    let path = sign_in_file(config);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(text.lines().nth(1).map(str::to_owned)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unusable(&path, &error)),
    }
}

/// Before the users are made, so that nobody is made whose password is lost.
fn keep_password(config: &Config) -> Result<String, Failure> {
    if let Some(password) = kept_password(config)? {
        return Ok(password);
    }
    config.create_data_dir()?;
    let path = sign_in_file(config);
    let text = format!("{ADMIN_EMAIL}\n{}\n", config::generate_password()?);
    config::create_private_file(&path, &text).map_err(|error| unusable(&path, &error))?;
    kept_password(config)?.ok_or_else(|| Failure::other(format!("{} vanished", path.display())))
}

fn unusable(path: &std::path::Path, error: &std::io::Error) -> Failure {
    Failure::other(format!("{} cannot be used: {error}", path.display()))
}
