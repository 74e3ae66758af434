//! `crm openapi`: the API document.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::{Failure, say};
use crate::http::plugin::HttpPlugin;

#[derive(Args)]
#[command(after_help = "Example:\n  crm openapi --out openapi.json")]
pub(super) struct Arguments {
    /// Write it to a file instead
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) fn run(plugins: &[Arc<dyn HttpPlugin>], arguments: &Arguments) -> Result<(), Failure> {
    let document = serde_json::to_string_pretty(&crate::http::document(plugins)?)?;
    match &arguments.out {
        Some(path) => std::fs::write(path, document + "\n")
            .map_err(|error| Failure::other(format!("cannot write {}: {error}", path.display())))?,
        None => say(document),
    }
    Ok(())
}
