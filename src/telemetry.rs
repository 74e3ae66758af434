//! What the program tells about itself: log lines on standard error, panics among them, and where it is wanted errors to Sentry and
//! traces by OpenTelemetry.

mod traces;

use std::io::IsTerminal as _;

use sentry::integrations::tracing::ErrorLayer;
use sentry::{ClientInitGuard, ClientOptions};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, fmt};

pub(crate) use traces::Traces;

use crate::config::{Dsn, Environment, LogFormat};

/// Has errors told to Sentry from now on, where there is one. They are what is logged as an error, with its fields and nothing of
/// requests. When the guard is dropped, those that wait are sent.
pub(crate) fn report(dsn: Option<&Dsn>, environment: Environment) -> Option<ClientInitGuard> {
    let dsn = dsn?;
    let mut options = ClientOptions::new()
        .release(concat!("crm@", env!("CARGO_PKG_VERSION")))
        .environment(environment.name());
    options.dsn = Some(dsn.sentry().clone());
    Some(sentry::init(options))
}

/// Starts logging what `filter` lets through, and tracing; `None` as the format looks at where the lines go.
/// Later calls do nothing.
pub(crate) fn start(filter: &str, format: Option<LogFormat>, traces: Option<&Traces>) {
    let is_terminal = std::io::stderr().is_terminal();
    let format = format.unwrap_or(if is_terminal {
        LogFormat::Pretty
    } else {
        LogFormat::Json
    });
    let lines = fmt::layer().with_writer(std::io::stderr);
    let lines = match format {
        LogFormat::Pretty => lines.with_ansi(is_terminal).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    // Does nothing unless `report` was called.
    let reports = ErrorLayer::new().with_filter(LevelFilter::ERROR);
    // Fails only when logging was started before.
    let _ = tracing_subscriber::registry()
        .with(lines.with_filter(EnvFilter::new(filter)))
        .with(reports)
        .with(traces.map(Traces::layer))
        .try_init();
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(
            place = place.unwrap_or_default(),
            reason = panic.payload_as_str().unwrap_or_default(),
            "panic: this is a mistake in the program"
        );
    }));
}
