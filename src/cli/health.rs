//! `crm health`: for a container, in which there is nothing else that could ask.

use std::time::Duration;

use super::{Failure, say};
use crate::config::Config;

pub(super) const EXAMPLES: &str = "Examples:\n  crm health && echo 'sends its requests here'\n\n\
    Exit code 0 when the server at HOST and PORT of these settings takes requests, 1 when it does not.";

/// Longer than the server takes to say that its database does not answer.
const PATIENCE: Duration = Duration::from_secs(3);

pub(super) fn run(config: &Config) -> Result<(), Failure> {
    let url = format!("{}/health/ready", Config::url(config.address()));
    let request = ureq::get(&url).config();
    let request = request.timeout_global(Some(PATIENCE)).proxy(None).build();
    request
        .call()
        .map_err(|error| Failure::other(format!("{url} says no: {error}")))?;
    say("ready");
    Ok(())
}
