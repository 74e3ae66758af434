//! How attempts ended, counted since the program started.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// How an attempt at a job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AttemptEnd {
    /// It is done.
    Done,
    /// It is given back: the server stops, or the job asks for it.
    Interrupted,
    /// It failed, and is tried again.
    Failed,
    /// It failed for good.
    Dead,
}

impl AttemptEnd {
    /// Its name in figures.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Interrupted => "interrupted",
            Self::Failed => "failed",
            Self::Dead => "dead",
        }
    }
}

/// The ends by the names of the jobs: of these there are as many as handlers.
#[derive(Default)]
pub(crate) struct Tally(Mutex<BTreeMap<(String, AttemptEnd), u64>>);

impl Tally {
    pub(super) fn count(&self, name: &str, end: AttemptEnd) {
        let mut ends = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *ends.entry((name.to_owned(), end)).or_default() += 1;
    }

    pub(super) fn so_far(&self) -> BTreeMap<(String, AttemptEnd), u64> {
        let ends = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ends.clone()
    }
}
