//! A run-time list of APIs becomes one route tree and one API document; clashes are errors at the start.

mod bundle;
mod document;
mod error;
mod guard;
mod normalize;

pub use bundle::Contribution;
pub(crate) use bundle::{Bundle, CORE, bundle};
pub use error::ApiError;

use std::sync::Arc;

/// The methods that each path has, for the header `Allow`.
#[derive(Debug, Clone, Default)]
pub struct AllowedMethods(Arc<Vec<(String, Vec<String>)>>);

impl AllowedMethods {
    pub(crate) fn new(paths: Vec<(String, Vec<String>)>) -> Self {
        Self(Arc::new(paths))
    }

    /// The methods of the path, separated by commas; a GET is a HEAD too. What is no operation is for reading only.
    #[must_use]
    pub fn of(&self, path: &str) -> String {
        let found = self.0.iter().find(|(template, _)| matches(template, path));
        found.map_or_else(|| "GET, HEAD".to_owned(), |(_, methods)| methods.join(", "))
    }
}

fn matches(template: &str, path: &str) -> bool {
    let (mut template, mut path) = (template.split('/'), path.trim_end_matches('/').split('/'));
    loop {
        match (template.next(), path.next()) {
            (None, None) => return true,
            (Some(name), Some(_)) if name.starts_with('{') => {}
            (Some(expected), Some(found)) if expected == found => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests;
