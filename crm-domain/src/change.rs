//! A change to one field of a record, and what forbids all changes.

/// A change to a field that may be empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Change<T> {
    /// Leave it as it is.
    #[default]
    Keep,
    /// Empty it.
    Clear,
    /// Fill it.
    Set(T),
}

impl<T> Change<T> {
    /// What the field is set to; nothing when it is left or emptied.
    #[must_use]
    pub fn set(self) -> Option<T> {
        match self {
            Self::Set(new) => Some(new),
            Self::Keep | Self::Clear => None,
        }
    }

    /// What the field holds after the change.
    #[must_use]
    pub fn apply(self, old: Option<T>) -> Option<T> {
        match self {
            Self::Keep => old,
            Self::Clear => None,
            Self::Set(new) => Some(new),
        }
    }
}

impl<T: Clone> Change<T> {
    /// This change; where it is none, what fills an empty field with what the first of `sources` holds that holds any.
    pub(crate) fn or_fill<R>(
        self,
        held: Option<&T>,
        sources: &[R],
        field: impl Fn(&R) -> Option<&T>,
    ) -> Self {
        match self {
            Self::Keep => Self::filling(held, sources.iter().find_map(field)),
            _ => self,
        }
    }

    /// Fills a field that holds nothing with what `other` holds.
    pub(crate) fn filling(held: Option<&T>, other: Option<&T>) -> Self {
        match (held, other) {
            (None, Some(other)) => Self::Set(other.clone()),
            _ => Self::Keep,
        }
    }
}

impl<T: PartialEq> Change<T> {
    /// The same change, or [`Change::Keep`] when the field holds already what it would hold then.
    #[must_use]
    pub fn unless_done(self, old: Option<&T>) -> Self {
        match &self {
            Self::Clear if old.is_none() => Self::Keep,
            Self::Set(new) if old == Some(new) => Self::Keep,
            _ => self,
        }
    }
}

/// The record is put away, and read-only until it is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is archived; restore it first")]
pub struct Archived;
