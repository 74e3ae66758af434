//! Why a command failed, in one line, and the exit code that tells the kind.

use std::error::Error;
use std::fmt;

use opentelemetry_otlp::ExporterBuildError;

use crate::app::demo::DemoError;
use crate::app::plugin::PluginError;
use crate::config::ConfigError;
use crate::http::ApiError;
use crate::storage::backup::BackupError;
use crate::storage::embedded::EmbeddedError;
use crate::storage::migrate::MigrateError;
use crate::storage::pool::ServerRefused;

/// Everything that has no code of its own.
pub(super) const ANYTHING: u8 = 1;
/// Wrong use, as clap has it.
const WRONG_USE: u8 = 2;
/// `EX_CONFIG` of sysexits.h: a person has to change something first.
const REFUSED: u8 = 78;

/// A failed command.
#[derive(Debug)]
pub(crate) struct Failure {
    code: u8,
    message: String,
}

impl Failure {
    /// Settings or schema are refused.
    pub(super) fn refused(message: impl Into<String>) -> Self {
        Self {
            code: REFUSED,
            message: message.into(),
        }
    }

    /// The command is asked for what there is not, as the database and the plugins say.
    pub(super) fn wrong_use(message: impl Into<String>) -> Self {
        Self {
            code: WRONG_USE,
            message: message.into(),
        }
    }

    /// Anything else.
    pub(super) fn other(message: impl Into<String>) -> Self {
        Self {
            code: ANYTHING,
            message: message.into(),
        }
    }

    fn new(is_refused: bool, error: &dyn Error) -> Self {
        let message = chain(error);
        if is_refused {
            Self::refused(message)
        } else {
            Self::other(message)
        }
    }

    pub(super) fn code(&self) -> u8 {
        self.code
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// The error and its causes in one line; a cause that is told already is left out.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let message = cause.to_string();
        if !text.contains(&message) {
            text = format!("{text}: {message}");
        }
        source = cause.source();
    }
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    lines.join("; ")
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::new(true, &error)
    }
}

impl From<PluginError> for Failure {
    fn from(error: PluginError) -> Self {
        Self::new(true, &error)
    }
}

impl From<EmbeddedError> for Failure {
    fn from(error: EmbeddedError) -> Self {
        let is_refused = matches!(
            error,
            EmbeddedError::NoBinaries
                | EmbeddedError::BadBinaries { .. }
                | EmbeddedError::VersionMissing { .. }
                | EmbeddedError::Untraversable { .. }
                | EmbeddedError::Refused { .. }
        );
        Self::new(is_refused, &error)
    }
}

impl From<MigrateError> for Failure {
    fn from(error: MigrateError) -> Self {
        let is_refused = matches!(
            error,
            MigrateError::SchemaNewer { .. }
                | MigrateError::Drift { .. }
                | MigrateError::Unordered { .. }
        );
        Self::new(is_refused, &error)
    }
}

impl From<BackupError> for Failure {
    fn from(error: BackupError) -> Self {
        match error {
            BackupError::Migrate(error) => error.into(),
            _ => Self::new(false, &error),
        }
    }
}

impl From<ServerRefused> for Failure {
    fn from(error: ServerRefused) -> Self {
        Self::new(!matches!(error, ServerRefused::Failed(_)), &error)
    }
}

macro_rules! anything_else {
    ($($error:ty),*) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::new(false, &error)
            }
        }
    )*};
}

anything_else!(
    crate::app::Error,
    crate::app::NoBcryptHash,
    crate::storage::Error,
    ApiError,
    DemoError,
    ExporterBuildError,
    serde_json::Error,
    std::io::Error,
    tokio::task::JoinError
);
