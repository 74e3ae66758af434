//! A filter, a scope and a sort as one boxed query over leads.

use crm_authz::Scope;
use crm_domain::ids::UserId;
use crm_domain::lead::{Lead, LeadFilter, LeadSort, LeadSortField, LeadStatus};
use crm_domain::page::{Direction, Position};
use crm_domain::permission::Ownership;
use crm_domain::text::SearchTerm;
use diesel::dsl::not;
use diesel::helper_types::{IntoBoxed, LeftJoinOn};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use crate::query::{After, after_prefix, contains_pattern};
use crate::schema::{leads, users};
use crate::visibility::within;

/// A trigram index finds words of three letters or more.
const TRIGRAM: usize = 3;

type AgentOf = diesel::dsl::Eq<leads::assigned_to, diesel::dsl::Nullable<users::id>>;
pub(super) type Leads<'a> = IntoBoxed<'a, leads::table, Pg>;
type LeadsAndAgents<'a> = LeftJoinOn<Leads<'a>, users::table, AgentOf>;

/// The leads that the scope reaches.
pub(super) fn visible<'a>(scope: &Scope<Lead>) -> Leads<'a> {
    leads::table.filter(within(scope)).into_boxed()
}

/// The leads of this agent that the scope reaches: all of them, or none. Postgres, asked for both at once, cannot tell
/// which it is, and reads on for leads that are not there.
fn assigned<'a>(agent: UserId, scope: &Scope<Lead>) -> Leads<'a> {
    let is_reached = scope.reach().reaches(Ownership::of(agent));
    // An assigned lead belongs to its agent: the second condition follows from the first and names the index.
    leads::table
        .filter(leads::assigned_to.eq(agent.uuid()))
        .filter(leads::owner_id.eq(agent.uuid()))
        .filter(is_reached.into_sql::<Bool>())
        .into_boxed()
}

/// Each lead with its agent. Only for queries that select both: up to version 17 a join that Postgres drops still keeps
/// it from counting in an index alone.
pub(super) fn with_agents(query: Leads<'_>) -> LeadsAndAgents<'_> {
    query.left_join(users::table.on(leads::assigned_to.eq(users::id.nullable())))
}

/// Whether all leads, or those in one status, are meant: then one plan is good for all values.
///
/// The values of other filters are common or rare, and a plan for the one reads the whole index for the other.
pub(super) fn is_plain(filter: &LeadFilter) -> bool {
    let LeadFilter {
        statuses,
        search,
        assigned_agent,
        source,
        tag,
        created_from,
        created_to,
        is_archived: _,
    } = filter;
    statuses.len() <= 1
        && search.is_none()
        && assigned_agent.is_none()
        && source.is_none()
        && tag.is_none()
        && created_from.is_none()
        && created_to.is_none()
}

/// The leads that match the filter within the scope.
pub(super) fn matching<'a>(filter: &LeadFilter, scope: &Scope<Lead>) -> Leads<'a> {
    let LeadFilter {
        statuses,
        search,
        assigned_agent,
        source,
        tag,
        created_from,
        created_to,
        is_archived,
    } = filter;
    // Written out, not bound: the planner takes a partial index only for a condition it can see.
    let query = match assigned_agent {
        Some(agent) => assigned(*agent, scope),
        None => visible(scope),
    };
    let mut query = if *is_archived {
        query.filter(leads::is_archived)
    } else {
        query.filter(not(leads::is_archived))
    };
    query = in_statuses(query, statuses);
    if let Some(source) = source {
        query = query.filter(leads::source.eq(source.to_string()));
    }
    if let Some(tag) = tag {
        query = query.filter(leads::tag_keys.contains(vec![tag.key()]));
    }
    if let Some(from) = *created_from {
        query = query.filter(leads::created_at.ge(from));
    }
    if let Some(to) = *created_to {
        query = query.filter(leads::created_at.lt(to));
    }
    match search {
        Some(term) => searched(query, term),
        None => query,
    }
}

fn in_statuses<'a>(query: Leads<'a>, statuses: &[LeadStatus]) -> Leads<'a> {
    match statuses {
        [] => query,
        // One status is an equality, so that its index also gives the order.
        [status] => query.filter(leads::status.eq(status.as_str())),
        several => query
            .filter(leads::status.eq_any(several.iter().map(|s| s.as_str()).collect::<Vec<_>>())),
    }
}

/// Every word of the term is in the search text. A term of short words only is the beginning of the name instead.
fn searched<'a>(mut query: Leads<'a>, term: &SearchTerm) -> Leads<'a> {
    let key = term.key();
    if !key.split_whitespace().any(has_trigram) {
        return query
            .filter(leads::name_key.ge(key.clone()))
            .filter(leads::name_key.lt(after_prefix(&key)));
    }
    for word in key.split_whitespace() {
        query = query.filter(leads::search_text.like(contains_pattern(word)));
    }
    query
}

/// Whether the index on trigrams finds the word inside of texts. It knows letters and digits only, with two blanks before
/// and one after each run of them; at the ends of the word a run may go on, so there are none.
fn has_trigram(word: &str) -> bool {
    let mut runs = word.split(|c: char| !c.is_alphanumeric()).peekable();
    let mut before = 0;
    while let Some(run) = runs.next() {
        let after = usize::from(runs.peek().is_some());
        if !run.is_empty() && before + run.chars().count() + after >= TRIGRAM {
            return true;
        }
        before = 2;
    }
    false
}

/// In the order of `sort`; the id breaks ties, in the direction that the index has.
pub(super) fn sorted(query: Leads<'_>, sort: LeadSort) -> Leads<'_> {
    use Direction::{Ascending, Descending};
    use LeadSortField::{CreatedAt, Name, UpdatedAt};
    match (sort.field, sort.direction) {
        (CreatedAt, Ascending) => query.order((leads::created_at.asc(), leads::id.asc())),
        (CreatedAt, Descending) => query.order((leads::created_at.desc(), leads::id.desc())),
        (UpdatedAt, Ascending) => query.order((leads::updated_at.asc(), leads::id.asc())),
        (UpdatedAt, Descending) => query.order((leads::updated_at.desc(), leads::id.desc())),
        (Name, Ascending) => query.order((leads::name_key.asc(), leads::id.asc())),
        (Name, Descending) => query.order((leads::name_key.desc(), leads::id.desc())),
    }
}

/// The rows after `position` in the order of `sort`.
pub(super) fn after(sort: LeadSort, position: &Position) -> After {
    let columns = match sort.field {
        LeadSortField::CreatedAt => "leads.created_at, leads.id",
        LeadSortField::UpdatedAt => "leads.updated_at, leads.id",
        LeadSortField::Name => "leads.name_key, leads.id",
    };
    After {
        columns,
        direction: sort.direction,
        key: position.key.clone(),
        id: position.id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_letters_or_digits_with_the_blanks_around_them_are_a_trigram() {
        for word in [
            "smith", "abc", "+49", "a-b", "4711@", "(ab)", "100%", "ab-", "-a",
        ] {
            assert!(has_trigram(word), "{word}");
        }
        for word in ["", "ab", "%%%", "----", "a--", "1%", "___"] {
            assert!(!has_trigram(word), "{word}");
        }
    }
}
