//! The lists that figures count, as their addresses.

use chrono::{DateTime, SecondsFormat, Utc};
use crm_domain::analytics::Figure;
use crm_domain::custom_field::CustomCondition;
use crm_domain::customer::CustomerFilter;
use crm_domain::lead::LeadFilter;
use crm_domain::task::TaskFilter;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use poem::Request;

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
    pub(super) fn list<Filter: Listed>(&self, figure: &Figure<Filter>) -> String {
        let mut query = Parameters::default();
        figure.filter.write(&mut query);
        let path = format!("{}/{}", self.base, Filter::COLLECTION);
        if query.0.is_empty() {
            return path;
        }
        format!("{path}?{}", query.0)
    }
}

/// What a list is narrowed by, as the parameters that are read back as the same.
pub(super) trait Listed {
    /// The last part of the list's path.
    const COLLECTION: &'static str;

    /// Adds the parameters.
    fn write(&self, query: &mut Parameters);
}

/// Parameters of a query, encoded.
#[derive(Default)]
pub(super) struct Parameters(String);

impl Parameters {
    fn add(&mut self, name: &str, value: &str) {
        if !self.0.is_empty() {
            self.0.push('&');
        }
        self.0.push_str(name);
        self.0.push('=');
        self.0.extend(utf8_percent_encode(value, ENCODED));
    }

    fn text(&mut self, name: &str, value: Option<impl ToString>) {
        if let Some(value) = value {
            self.add(name, &value.to_string());
        }
    }

    fn texts(&mut self, name: &str, values: impl IntoIterator<Item = impl ToString>) {
        for value in values {
            self.add(name, &value.to_string());
        }
    }

    fn time(&mut self, name: &str, at: Option<DateTime<Utc>>) {
        self.text(
            name,
            at.map(|at| at.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
        );
    }

    fn custom(&mut self, conditions: &[CustomCondition]) {
        for condition in conditions {
            self.texts(&condition.name(), condition.test.values());
        }
    }

    fn flag(&mut self, name: &str, is_set: bool) {
        if is_set {
            self.add(name, "true");
        }
    }
}

impl Listed for LeadFilter {
    const COLLECTION: &'static str = "leads";

    fn write(&self, query: &mut Parameters) {
        let Self {
            statuses,
            search,
            assigned_agent,
            not_agents,
            has_agent,
            source,
            not_sources,
            has_source,
            tag,
            created_from,
            created_to,
            converted_from,
            converted_to,
            scope,
            custom,
            is_archived,
        } = self;
        query.texts("status", statuses);
        query.text("search", search.as_ref());
        query.text("assignedAgent", *assigned_agent);
        query.texts("notAgent", not_agents);
        query.text("hasAgent", *has_agent);
        query.text("source", source.as_ref());
        query.texts("notSource", not_sources);
        query.text("hasSource", *has_source);
        query.text("tag", tag.as_ref());
        query.time("createdFrom", *created_from);
        query.time("createdTo", *created_to);
        query.time("convertedFrom", *converted_from);
        query.time("convertedTo", *converted_to);
        query.text("scope", *scope);
        query.custom(custom);
        query.flag("isArchived", *is_archived);
    }
}

impl Listed for CustomerFilter {
    const COLLECTION: &'static str = "customers";

    fn write(&self, query: &mut Parameters) {
        let Self {
            search,
            owner,
            not_owners,
            has_owner,
            tag,
            created_from,
            created_to,
            scope,
            custom,
            is_archived,
        } = self;
        query.text("search", search.as_ref());
        query.text("owner", *owner);
        query.texts("notOwner", not_owners);
        query.text("hasOwner", *has_owner);
        query.text("tag", tag.as_ref());
        query.time("createdFrom", *created_from);
        query.time("createdTo", *created_to);
        query.text("scope", *scope);
        query.custom(custom);
        query.flag("isArchived", *is_archived);
    }
}

impl Listed for TaskFilter {
    const COLLECTION: &'static str = "tasks";

    fn write(&self, query: &mut Parameters) {
        let Self {
            statuses,
            priority,
            assigned_to,
            related_to,
            due,
            due_from,
            due_to,
            search,
            scope,
            custom,
            is_archived,
        } = self;
        query.texts("status", statuses);
        query.text("priority", *priority);
        query.text("assignedTo", *assigned_to);
        query.text("relatedTo", *related_to);
        query.text("due", *due);
        query.text("from", *due_from);
        query.text("to", *due_to);
        query.text("search", search.as_ref());
        query.text("scope", *scope);
        query.custom(custom);
        query.flag("isArchived", *is_archived);
    }
}
