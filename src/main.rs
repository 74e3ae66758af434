//! The program `crm`: see `crm help`.

mod cli;
mod config;
mod plugins;
mod telemetry;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
