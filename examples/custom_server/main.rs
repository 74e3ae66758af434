//! The program `crm` with a plugin of one's own in it: the server with its console, and all other commands.
//!
//! ```sh
//! cargo run --example custom_server -- serve --demo
//! cargo run --example custom_server -- plugins inspect visits
//! ```

use std::process::ExitCode;
use std::sync::Arc;

fn main() -> ExitCode {
    let mut plugins = crm::plugins::bundled();
    plugins.push(Arc::new(visits::VisitsPlugin));
    crm::cli::main(&plugins)
}
