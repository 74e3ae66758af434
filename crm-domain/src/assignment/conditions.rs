//! For which leads a rule counts.

use serde::{Deserialize, Serialize};

use crate::lead::{Lead, LeadStatus};
use crate::text::{Company, Email, EmailDomain, Source, Tag, Tags, fold};

/// What must hold for a lead. An empty one holds for every lead; of a list one value must fit.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Conditions {
    /// It came from one of these, without regard to case.
    pub sources: Vec<Source>,
    /// It has one of these tags, without regard to case.
    pub tags: Vec<Tag>,
    /// It stands in one of these.
    pub statuses: Vec<LeadStatus>,
    /// Its e-mail address is of one of these domains. Those below them are others.
    pub email_domains: Vec<EmailDomain>,
    /// Its company has this in its name, without regard to case.
    pub company_contains: Option<Company>,
}

/// What rules look at in a lead, made or still to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadTraits {
    /// Where it came from.
    pub source: Option<Source>,
    /// Its labels.
    pub tags: Tags,
    /// Where it stands.
    pub status: LeadStatus,
    /// How to reach them.
    pub email: Option<Email>,
    /// The company they speak for.
    pub company: Option<Company>,
}

impl From<&Lead> for LeadTraits {
    fn from(lead: &Lead) -> Self {
        Self {
            source: lead.source.clone(),
            tags: lead.tags.clone(),
            status: lead.state.status(),
            email: lead.email.clone(),
            company: lead.company.clone(),
        }
    }
}

impl Conditions {
    /// The most values in one of its lists.
    pub const MAX_VALUES: usize = 50;

    /// Whether all of it holds for such a lead.
    #[must_use]
    pub fn hold(&self, lead: &LeadTraits) -> bool {
        let Self {
            sources,
            tags,
            statuses,
            email_domains,
            company_contains,
        } = self;
        one_of(sources, |source| {
            let given = lead.source.as_ref();
            given.is_some_and(|given| fold(given.as_str()) == fold(source.as_str()))
        }) && one_of(tags, |tag| {
            let key = tag.key();
            lead.tags.iter().any(|given| given.key() == key)
        }) && one_of(statuses, |status| *status == lead.status)
            && one_of(email_domains, |domain| {
                let given = lead.email.as_ref().map(Email::domain);
                given.as_ref() == Some(domain)
            })
            && one_of(company_contains.as_slice(), |part| {
                let given = lead.company.as_ref();
                given.is_some_and(|given| fold(given.as_str()).contains(&fold(part.as_str())))
            })
    }
}

/// Whether one of these fits, or there are none to fit.
fn one_of<T>(values: &[T], fits: impl FnMut(&T) -> bool) -> bool {
    values.is_empty() || values.iter().any(fits)
}
