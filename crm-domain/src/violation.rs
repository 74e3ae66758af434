//! What is wrong with an input, field by field, so that a form can show all of it at once.

use std::fmt;

/// One thing that is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The field, as the path of names a caller used: `emailId`, `tags/3`.
    pub field: String,
    /// A stable machine key: `too-long`.
    pub code: &'static str,
    /// What a person reads, without the field's name: `must not be empty`.
    pub message: String,
}

/// All that is wrong with one input; never empty when it is an error.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Violations(Vec<Violation>);

impl Violations {
    /// Nothing wrong yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One violation, where only one can be.
    #[must_use]
    pub fn one(field: &str, code: &'static str, message: impl Into<String>) -> Self {
        let mut violations = Self::new();
        violations.add(field, code, message);
        violations
    }

    /// Notes that `field` is wrong.
    pub fn add(&mut self, field: &str, code: &'static str, message: impl Into<String>) {
        self.0.push(Violation {
            field: field.to_owned(),
            code,
            message: message.into(),
        });
    }

    /// The value of a parsed field; a refusal is noted and gives `None`.
    pub fn check<T>(
        &mut self,
        field: &str,
        parsed: Result<T, crate::text::TextError>,
    ) -> Option<T> {
        parsed
            .map_err(|error| self.add(field, error.code(), error.to_string()))
            .ok()
    }

    /// The same for an input that stands below this path of another one.
    #[must_use]
    pub fn below(mut self, path: &str) -> Self {
        for violation in &mut self.0 {
            violation.field = format!("{path}/{}", violation.field);
        }
        self
    }

    /// Notes all that is wrong elsewhere.
    pub fn append(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// `Ok` when nothing was noted.
    ///
    /// # Errors
    /// Itself, when anything was noted.
    pub fn into_result(self) -> Result<(), Self> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }

    /// Each violation in the order it was noted.
    pub fn iter(&self) -> impl Iterator<Item = &Violation> {
        self.0.iter()
    }

    /// How many violations were noted.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, violation) in self.0.iter().enumerate() {
            let separator = if i == 0 { "" } else { "; " };
            write!(f, "{separator}{}: {}", violation.field, violation.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for Violations {}
