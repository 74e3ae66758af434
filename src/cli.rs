//! The command line: `crm help` is its reference.

mod audit;
mod backup;
mod database;
mod demo;
mod doctor;
mod events;
mod export;
mod failure;
mod file;
mod health;
mod import;
mod jobs;
mod keys;
mod migrate;
mod names;
mod new_plugin;
mod openapi;
mod password;
mod permissions;
mod plugins;
mod progress;
mod role;
mod serve;
mod signals;
mod team;
mod user;

use std::fmt::Display;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::app::plugin::Settings;
use crate::config::{self, Config};
use crate::http::plugin::{HttpPlugin, together};
use crate::telemetry::{self, Traces};
use failure::Failure;

/// A CRM in one program.
#[derive(Parser)]
#[command(
    name = "crm",
    version,
    propagate_version = true,
    after_help = "Exit codes: 0 done, 2 wrong use, 78 settings or schema refused, 1 anything else.\n\n\
                  Examples:\n  crm serve --demo          try it, with data\n  \
                  crm help serve            all settings\n  crm doctor                what is wrong here?"
)]
struct Cli {
    /// TOML file with settings; the environment wins over it
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server, with a database of its own unless one is given
    Serve(serve::Arguments),
    /// Look after the schema of the database
    #[command(subcommand, after_help = migrate::EXAMPLES)]
    Migrate(migrate::Action),
    /// Make, help and disable users
    #[command(subcommand, after_help = user::EXAMPLES)]
    User(user::Action),
    /// Make and change teams
    #[command(subcommand, after_help = team::EXAMPLES)]
    Team(team::Action),
    /// Make and change roles
    #[command(subcommand, after_help = role::EXAMPLES)]
    Role(role::Action),
    /// Show who may do what, as a table
    #[command(after_help = permissions::EXAMPLES)]
    Permissions(permissions::Arguments),
    /// List the plugins that the program holds
    #[command(after_help = plugins::EXAMPLES)]
    Plugins {
        #[command(subcommand)]
        action: Option<plugins::Action>,
    },
    /// Make the crate of a plugin, or remove what one has left in the database
    #[command(subcommand, after_help = plugins::CHANGE_EXAMPLES)]
    Plugin(plugins::Change),
    /// List the jobs of the queue, and have those run again that failed for good
    #[command(subcommand, after_help = jobs::EXAMPLES)]
    Jobs(jobs::Action),
    /// List the keys that sign tokens, and replace them
    #[command(subcommand, after_help = keys::EXAMPLES)]
    Keys(keys::Action),
    /// Prove that the activity log is as the program wrote it
    #[command(subcommand, after_help = audit::EXAMPLES)]
    Audit(audit::Action),
    /// Take records out as a file
    #[command(after_help = export::EXAMPLES)]
    Export(export::Arguments),
    /// Make records from a file, or change them
    #[command(after_help = import::EXAMPLES)]
    Import(import::Arguments),
    /// Write all that is in the database into one file, while the servers go on
    #[command(after_help = backup::BACKUP_EXAMPLES)]
    Backup(backup::Backup),
    /// Store a backup in an empty database
    #[command(after_help = backup::RESTORE_EXAMPLES)]
    Restore(backup::Restore),
    /// Print the API document; needs no database
    Openapi(openapi::Arguments),
    /// Print the catalogue of events as Markdown; needs no database
    Events,
    /// Check settings, database and folders, and say what to do
    #[command(after_help = doctor::EXAMPLES)]
    Doctor,
    /// Ask the running server whether it takes requests
    #[command(after_help = health::EXAMPLES)]
    Health,
    /// Load demo data, always the same for the same seed, number and day
    Demo(demo::Arguments),
}

/// Runs the program with these plugins: all that a server with plugins of one's own has to say. Those that come with the
/// CRM are [`plugins::bundled`](crate::plugins::bundled).
///
/// ```no_run
/// fn main() -> std::process::ExitCode {
///     crm::cli::main(&crm::plugins::bundled())
/// }
/// ```
pub fn main(plugins: &[Arc<dyn HttpPlugin>]) -> ExitCode {
    let command = Cli::command().mut_subcommand("serve", |serve| {
        serve.after_help(format!("{}\n\n{}", serve::EXAMPLES, config::help()))
    });
    let cli = command
        .try_get_matches()
        .and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match cli {
        Ok(cli) => cli,
        Err(error) => {
            // Nobody is left to tell when this fails.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(failure::ANYTHING));
        }
    };
    match run(cli, plugins) {
        Ok(code) => code,
        Err(failure) => {
            let _ = writeln!(std::io::stderr(), "crm: {failure}");
            ExitCode::from(failure.code())
        }
    }
}

fn run(cli: Cli, plugins: &[Arc<dyn HttpPlugin>]) -> Result<ExitCode, Failure> {
    // For what needs no settings.
    let unset = || together(plugins, &Settings::default());
    let load = || Ok(Config::load(cli.config.as_deref(), plugins)?);
    let done = |()| ExitCode::SUCCESS;
    match cli.command {
        Command::Keys(action) => keys::run(&quiet(load()?), &action).map(done),
        Command::Health => health::run(&quiet(load()?)).map(done),
        Command::Openapi(arguments) => openapi::run(plugins, &arguments).map(done),
        Command::Events => {
            events::run(&unset()?);
            Ok(ExitCode::SUCCESS)
        }
        Command::Doctor => run_async(doctor::run(load())),
        Command::Serve(arguments) => {
            let config = load()?;
            let _reports = telemetry::report(config.sentry_dsn.as_ref(), config.environment);
            let traces = config.traces_to.as_ref().map(Traces::to).transpose()?;
            telemetry::start(config.log.text(), config.log_format, traces.as_ref());
            run_async(serve::run(&config, &arguments)).map(done)
        }
        Command::Migrate(action) => run_async(migrate::run(&quiet(load()?), action)).map(done),
        Command::User(action) => run_async(user::run(&quiet(load()?), action)).map(done),
        Command::Team(action) => run_async(team::run(&quiet(load()?), action)).map(done),
        Command::Role(action) => run_async(role::run(&quiet(load()?), action)).map(done),
        Command::Jobs(action) => run_async(jobs::run(&quiet(load()?), action)).map(done),
        Command::Audit(action) => run_async(audit::run(&quiet(load()?), action)),
        Command::Export(arguments) => run_async(export::run(&quiet(load()?), &arguments)).map(done),
        Command::Import(arguments) => run_async(import::run(&quiet(load()?), &arguments)).map(done),
        Command::Backup(arguments) => {
            run_async(backup::backup(&quiet(load()?), &arguments)).map(done)
        }
        Command::Restore(arguments) => {
            run_async(backup::restore(&quiet(load()?), &arguments)).map(done)
        }
        Command::Permissions(arguments) if arguments.is_built_in() => {
            run_async(permissions::built_in(&unset()?)).map(done)
        }
        Command::Permissions(arguments) => {
            run_async(permissions::run(&quiet(load()?), arguments)).map(done)
        }
        Command::Plugins { action } => plugins::run(&unset()?, action).map(done),
        Command::Plugin(plugins::Change::New(new)) => new_plugin::run(new).map(done),
        Command::Plugin(plugins::Change::Purge { name, yes }) => {
            run_async(plugins::purge(&quiet(load()?), &name, yes)).map(done)
        }
        Command::Demo(arguments) => run_async(demo::run(&quiet(load()?), &arguments)).map(done),
    }
}

/// Commands say by themselves what they do: logged is only what goes wrong besides.
fn quiet(config: Config) -> Config {
    telemetry::start("warn", config.log_format, None);
    config
}

fn run_async<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(work)
}

/// Prints a line. A reader that has gone away is no reason to stop.
fn say(line: impl Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
