//! Searching records of several kinds at once: what a person types, which records it means, and how well.
//!
//! Terms are separated by blanks, and a record has all of them:
//!
//! | term | the record |
//! |---|---|
//! | `ada`, `"ada king"` | has the word, or the phrase, in a name, address, number, company or description |
//! | `-ada`, `-"ada king"` | has it nowhere |
//! | `type:lead` | is of this kind |
//! | `tag:vip`, `tag:"public sector"` | has this tag |
//! | `email:example.org` | has this in its address; three characters or more |
//! | `phone:4711` | has these digits in its number; three or more |
//!
//! What is no term of these forms stands for itself. So no term is ever left out, and each one narrows what is found.

mod judge;
mod likeness;
mod query;
mod searchable;

pub use judge::{Closeness, Match, may_be_misspelt};
pub use query::SearchQuery;
pub use searchable::Searchable;

/// The least likeness of two words of which one may be a misspelling of the other.
pub const LEAST_LIKENESS: f32 = 0.3;

/// A kind of record that is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SearchKind {
    /// Leads.
    Lead,
    /// Customers.
    Customer,
    /// Tasks.
    Task,
}

impl SearchKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Lead, Self::Customer, Self::Task];

    /// The name on the wire and after `type:`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lead => "lead",
            Self::Customer => "customer",
            Self::Task => "task",
        }
    }
}

/// The texts of a record that are searched.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SearchText {
    /// Each text, folded. A field may have several, such as a number as it was typed, and its key.
    pub fields: Vec<(Field, String)>,
    /// The keys of the tags.
    pub tags: Vec<String>,
}

impl SearchText {
    /// All texts, each on a line of its own, so that no term is found across two.
    #[must_use]
    pub fn joined(&self) -> String {
        let texts: Vec<_> = self.fields.iter().map(|(_, text)| text.as_str()).collect();
        texts.join("\n")
    }
}

/// Where something was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// In the name, or the title.
    Name,
    /// In the e-mail address.
    Email,
    /// In the phone number.
    Phone,
    /// In the name of the company.
    Company,
    /// In the description.
    Description,
    /// Among the tags.
    Tag,
}

#[cfg(test)]
mod tests;
