//! What the program tells about itself: log lines on standard error, panics among them.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

use crate::config::LogFormat;

/// Starts logging what `filter` lets through; `None` as the format looks at where the lines go.
/// Later calls do nothing.
pub(crate) fn start(filter: &str, format: Option<LogFormat>) {
    let is_terminal = std::io::stderr().is_terminal();
    let format = format.unwrap_or(if is_terminal {
        LogFormat::Pretty
    } else {
        LogFormat::Json
    });
    let lines = fmt()
        .with_env_filter(EnvFilter::new(filter))
        .with_writer(std::io::stderr);
    // Fails only when logging was started before.
    let _ = match format {
        LogFormat::Pretty => lines.with_ansi(is_terminal).try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(
            place = place.unwrap_or_default(),
            reason = panic.payload_as_str().unwrap_or_default(),
            "panic: this is a mistake in the program"
        );
    }));
}
