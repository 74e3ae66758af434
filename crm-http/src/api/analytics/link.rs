//! The lists that figures count, as their addresses.

use std::borrow::Cow;

use crm_domain::activity::Fields;
use crm_domain::analytics::Figure;
use crm_domain::customer::CustomerFilter;
use crm_domain::export::Filter;
use crm_domain::lead::LeadFilter;
use crm_domain::task::TaskFilter;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use poem::Request;
use serde_json::Value;

/// All but what RFC 3986 never reserves, and the colons of instants.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b':');

/// Makes the addresses of lists, below whatever a host has mounted the API.
pub(super) struct Links {
    /// What comes before the name of the list: `/api`.
    base: String,
}

impl Links {
    /// The links in the answer to this request.
    pub(super) fn of(req: &Request) -> Self {
        let path = req.original_uri().path();
        let base = path.rsplit_once("/analytics/").map_or("", |(base, _)| base);
        Self {
            base: base.trim_end_matches('/').to_owned(),
        }
    }

    /// The list that a figure counts.
    pub(super) fn list<F: Listed>(&self, figure: &Figure<F>) -> String {
        let path = format!("{}/{}", self.base, F::COLLECTION);
        let usual = F::default().fields();
        let narrowing = figure.filter.fields().into_iter();
        let narrowing = narrowing.filter(|condition| !usual.contains(condition));
        let query: Vec<String> = narrowing.flat_map(parameters).collect();
        if query.is_empty() {
            return path;
        }
        format!("{path}?{}", query.join("&"))
    }
}

/// What a list is narrowed by.
pub(super) trait Listed: Default {
    /// The last part of the list's path.
    const COLLECTION: &'static str;

    /// The conditions by the names of their parameters.
    fn fields(&self) -> Fields;
}

impl Listed for LeadFilter {
    const COLLECTION: &'static str = "leads";

    fn fields(&self) -> Fields {
        Filter::fields(self)
    }
}

impl Listed for CustomerFilter {
    const COLLECTION: &'static str = "customers";

    fn fields(&self) -> Fields {
        Filter::fields(self)
    }
}

impl Listed for TaskFilter {
    const COLLECTION: &'static str = "tasks";

    fn fields(&self) -> Fields {
        Self::fields(self)
    }
}

/// A condition as parameters, encoded: one for each value of several.
fn parameters((name, value): (Cow<'static, str>, Value)) -> Vec<String> {
    let values = match value {
        Value::Array(values) => values,
        value => vec![value],
    };
    let parameter = |value: &Value| {
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        format!("{name}={}", utf8_percent_encode(&text, ENCODED))
    };
    values.iter().map(parameter).collect()
}
