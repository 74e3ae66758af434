//! What can go wrong between us and the database.
//!
//! Answers one question for the layers above: is it worth trying again, is it
//! the caller's doing, or is it ours? It knows nothing of HTTP.

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error as DieselError};
use tokio_postgres::error::SqlState;
use uuid::Uuid;

/// A cause whose type is of no interest to the caller.
pub type Source = Box<dyn std::error::Error + Send + Sync>;

/// A failed call to the database.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No connection could be made, or the one in use was lost.
    #[error("the database cannot be reached")]
    Unavailable(#[source] Source),

    /// Every pooled connection stayed in use for the whole acquire timeout.
    #[error("every database connection is in use")]
    Busy,

    /// A row refers to one that does not exist, or is referred to and was to be deleted.
    #[error("the constraint {constraint} is violated")]
    ReferenceViolation {
        /// Name of the constraint, as in the migration.
        constraint: String,
        /// What the database said.
        source: DieselError,
    },

    /// A unique index refused the row.
    #[error("the unique constraint {constraint} is violated")]
    UniqueViolation {
        /// Name of the constraint or index, as in the migration.
        constraint: String,
        /// What Postgres said.
        source: DieselError,
    },

    /// Two transactions were in each other's way: 40001 or 40P01. Run the whole
    /// transaction again.
    #[error("the transaction lost against another one")]
    Conflict(#[source] DieselError),

    /// Another transaction held what this one needs for too long: 55P03. Nothing was written.
    #[error("another transaction is in the way")]
    Locked(#[source] DieselError),

    /// A statement timeout, or a cancelled statement: 57014.
    #[error("the statement took too long")]
    Timeout(#[source] DieselError),

    /// The disk of the database has no room for it: 53100. Nothing was written.
    #[error("the disk of the database is full")]
    DiskFull(#[source] DieselError),

    /// A stored row that the domain refuses.
    #[error("row {id} of table {table} is corrupt: {reason}")]
    Corrupt {
        /// Table of the row.
        table: &'static str,
        /// Primary key of the row.
        id: Uuid,
        /// What is wrong with it.
        reason: String,
    },

    /// Everything else; `NotFound` of a query that must find a row included.
    #[error("the query failed")]
    Query(#[source] DieselError),
}

impl Error {
    /// The error of the driver as the queries of diesel would give it.
    pub(crate) fn from_driver(error: tokio_postgres::Error) -> Self {
        let Some(found) = error.as_db_error() else {
            return Self::Unavailable(error.into());
        };
        let message = Box::new(chain(found));
        if *found.code() == SqlState::UNIQUE_VIOLATION {
            return Self::UniqueViolation {
                constraint: found.constraint().unwrap_or_default().to_owned(),
                source: DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, message),
            };
        }
        DieselError::DatabaseError(DatabaseErrorKind::Unknown, message).into()
    }

    /// Whether the same transaction, run again from its start, may succeed.
    ///
    /// A lost connection is not counted: nobody knows whether its commit came
    /// through.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Conflict(_))
    }
}

impl From<DieselError> for Error {
    fn from(error: DieselError) -> Self {
        match error {
            // The rollback failed only because the commit had failed before it.
            DieselError::RollbackErrorOnCommit { commit_error, .. } => Self::from(*commit_error),
            DieselError::DatabaseError(kind, ref info) => match classify(kind, info.as_ref()) {
                Class::Unique(constraint) => Self::UniqueViolation {
                    constraint,
                    source: error,
                },
                Class::Reference(constraint) => Self::ReferenceViolation {
                    constraint,
                    source: error,
                },
                Class::Conflict => Self::Conflict(error),
                Class::Locked => Self::Locked(error),
                Class::Timeout => Self::Timeout(error),
                Class::Lost => Self::Unavailable(error.into()),
                Class::DiskFull => Self::DiskFull(error),
                Class::Other => Self::Query(error),
            },
            other => Self::Query(other),
        }
    }
}

enum Class {
    Unique(String),
    Reference(String),
    Conflict,
    Locked,
    Timeout,
    Lost,
    DiskFull,
    Other,
}

fn classify(kind: DatabaseErrorKind, info: &dyn DatabaseErrorInformation) -> Class {
    match kind {
        DatabaseErrorKind::UniqueViolation => {
            Class::Unique(info.constraint_name().unwrap_or_default().to_owned())
        }
        DatabaseErrorKind::ForeignKeyViolation => {
            Class::Reference(info.constraint_name().unwrap_or_default().to_owned())
        }
        DatabaseErrorKind::SerializationFailure => Class::Conflict,
        // A primary that became a standby: other connections may lead to the new primary.
        DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::ReadOnlyTransaction => Class::Lost,
        DatabaseErrorKind::UnableToSendCommand => classify_client_side(info.message()),
        DatabaseErrorKind::Unknown => classify_unknown(info.message()),
        _ => Class::Other,
    }
}

/// Diesel keeps no SQLSTATE for these, so the message has to do. Connections of
/// our pool ask for untranslated messages where they may, and `check_server`
/// warns where they may not.
fn classify_unknown(message: &str) -> Class {
    const LOCKED: [&str; 2] = [
        "canceling statement due to lock timeout",
        "could not obtain lock on",
    ];
    const TIMEOUT: [&str; 1] = ["canceling statement due to"];
    // 57P01 to 57P03 and 25P03: the server ended the session, or is not ready.
    const LOST: [&str; 2] = ["terminating connection", "the database system is"];
    // As the operating system words it, whatever could not be written.
    const DISK_FULL: &str = ": No space left on device";

    let starts = |with: &[&str]| with.iter().any(|start| message.starts_with(start));
    if message == "deadlock detected" {
        Class::Conflict
    } else if starts(&LOCKED) {
        Class::Locked
    } else if starts(&TIMEOUT) {
        Class::Timeout
    } else if starts(&LOST) {
        Class::Lost
    } else if message.ends_with(DISK_FULL) {
        Class::DiskFull
    } else {
        Class::Other
    }
}

/// An error without SQLSTATE never reached the server: the connection is gone,
/// unless the driver refused a value on its own.
fn classify_client_side(message: &str) -> Class {
    const REFUSED: [&str; 4] = [
        "error serializing",
        "error deserializing",
        "expected ",
        "invalid column",
    ];
    if REFUSED.iter().any(|start| message.starts_with(start)) {
        Class::Other
    } else {
        Class::Lost
    }
}

/// The message of an error with those of its causes, which `Display` of the
/// driver's errors leaves out.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let message = cause.to_string();
        if !text.ends_with(&message) {
            text.push_str(": ");
            text.push_str(&message);
        }
        source = cause.source();
    }
    text
}
