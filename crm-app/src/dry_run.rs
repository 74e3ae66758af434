//! Dry runs: all of a use case is done in its transaction, hooks included, and undone.

use crate::error::{Error, Result};

/// How a transaction ends without a commit.
pub(crate) enum Undone<T> {
    /// Something failed.
    Failed(Error),
    /// It was only a trial.
    DryRun(Box<T>),
}

impl<T, E: Into<Error>> From<E> for Undone<T> {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// What a transaction that did its work ends with, so that a trial is undone.
pub(crate) fn keep_unless_dry<T>(done: T, dry_run: bool) -> Result<T, Undone<T>> {
    if dry_run {
        Err(Undone::DryRun(Box::new(done)))
    } else {
        Ok(done)
    }
}

/// What the use case gives, whether it was kept or undone.
pub(crate) fn settle<T>(done: Result<T, Undone<T>>) -> Result<T> {
    match done {
        Ok(done) => Ok(done),
        Err(Undone::DryRun(done)) => Ok(*done),
        Err(Undone::Failed(error)) => Err(error),
    }
}
