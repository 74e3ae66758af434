//! The program `crm`: see `crm help`.

use std::process::ExitCode;

fn main() -> ExitCode {
    crm::cli::main(&crm::plugins::bundled())
}
