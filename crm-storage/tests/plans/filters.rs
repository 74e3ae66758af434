//! The documented filters of the list of leads, each with values that many, some, few and no leads have.

use crm_domain::ids::UserId;
use crm_domain::lead::{LeadFilter, LeadStatus};
use uuid::Uuid;

/// The agent with about a seventh of the leads.
pub(crate) const BUSY: u128 = 1;
/// The agent with one lead in thirty.
pub(crate) const LAZY: u128 = 20;

pub(crate) fn agent(number: u128) -> UserId {
    UserId::from(Uuid::from_u128(
        0x0000_0000_0000_7000_8000_0000_0000_0000 + decimal(number),
    ))
}

/// The digits of a decimal number read as hexadecimal ones, as the ids are written.
fn decimal(number: u128) -> u128 {
    u128::from_str_radix(&number.to_string(), 16).unwrap()
}

fn search(term: &str) -> LeadFilter {
    LeadFilter {
        search: Some(term.parse().unwrap()),
        ..LeadFilter::default()
    }
}

fn tag(tag: &str) -> LeadFilter {
    LeadFilter {
        tag: Some(tag.parse().unwrap()),
        ..LeadFilter::default()
    }
}

fn source(source: &str) -> LeadFilter {
    LeadFilter {
        source: Some(source.parse().unwrap()),
        ..LeadFilter::default()
    }
}

fn statuses(statuses: &[LeadStatus]) -> LeadFilter {
    LeadFilter {
        statuses: statuses.to_vec(),
        ..LeadFilter::default()
    }
}

fn created(from: Option<&str>, to: Option<&str>) -> LeadFilter {
    let instant = |text: &str| text.parse().unwrap();
    LeadFilter {
        created_from: from.map(instant),
        created_to: to.map(instant),
        ..LeadFilter::default()
    }
}

#[expect(clippy::too_many_lines, reason = "a table")]
pub(crate) fn filters() -> Vec<(&'static str, LeadFilter)> {
    use LeadStatus::{Contacted, Converted, New, Qualified};
    let archived = LeadFilter {
        is_archived: true,
        ..LeadFilter::default()
    };
    let of = |agent| LeadFilter {
        assigned_agent: Some(agent),
        ..LeadFilter::default()
    };
    vec![
        ("everything", LeadFilter::default()),
        ("a status", statuses(&[New])),
        ("two statuses", statuses(&[New, Qualified])),
        (
            "three statuses",
            statuses(&[Contacted, Qualified, Converted]),
        ),
        ("a busy agent", of(agent(BUSY))),
        ("a lazy agent", of(agent(LAZY))),
        ("nobody's agent", of(agent(99))),
        ("a common source", source("Website")),
        ("a rare source", source("Radio")),
        ("no source", source("Nowhere")),
        ("a common tag", tag("Hot")),
        ("a rare tag", tag("Whale")),
        ("no tag", tag("Nothing")),
        (
            "the last weeks",
            created(Some("2025-12-01T00:00:00Z"), None),
        ),
        ("the first day", created(None, Some("2024-01-02T00:00:00Z"))),
        (
            "a month",
            created(Some("2024-11-01T00:00:00Z"), Some("2024-12-01T00:00:00Z")),
        ),
        ("the archive", archived.clone()),
        (
            "converted in a month",
            LeadFilter {
                converted_from: Some("2024-11-01T00:00:00Z".parse().unwrap()),
                converted_to: Some("2024-12-01T00:00:00Z".parse().unwrap()),
                ..LeadFilter::default()
            },
        ),
        (
            "nobody's",
            LeadFilter {
                has_agent: Some(false),
                ..LeadFilter::default()
            },
        ),
        (
            "without a source",
            LeadFilter {
                has_source: Some(false),
                ..LeadFilter::default()
            },
        ),
        (
            "other agents and sources in a month",
            LeadFilter {
                not_agents: (1..=10).map(agent).collect(),
                not_sources: vec!["Website".parse().unwrap()],
                ..created(Some("2024-11-01T00:00:00Z"), Some("2024-12-01T00:00:00Z"))
            },
        ),
        ("a common name", search("smith")),
        ("a name and a company", search("henderson acme")),
        ("three words", search("anna smith contoso")),
        ("one lead's address", search("4711@")),
        ("one lead's number", search("+49301004711")),
        ("a word that nobody has", search("qqqxyz")),
        ("a short word", search("al")),
        ("two short words", search("bo jo")),
        ("a short word and a long one", search("jo smith")),
        ("percent signs", search("%%%")),
        ("no letters", search("-- ++")),
        ("no letters in a long word", search("----")),
        (
            "a status and a source",
            LeadFilter {
                statuses: vec![New],
                ..source("Radio")
            },
        ),
        (
            "a status and a tag",
            LeadFilter {
                statuses: vec![New],
                ..tag("Hot")
            },
        ),
        (
            "a tag and a name",
            LeadFilter {
                tag: Some("Hot".parse().unwrap()),
                ..search("smith")
            },
        ),
        (
            "an agent and a status",
            LeadFilter {
                statuses: vec![New],
                ..of(agent(BUSY))
            },
        ),
        (
            "an agent and a name",
            LeadFilter {
                assigned_agent: Some(agent(BUSY)),
                ..search("smith")
            },
        ),
        (
            "the archive of an agent",
            LeadFilter {
                assigned_agent: Some(agent(BUSY)),
                ..archived.clone()
            },
        ),
        (
            "a name in the archive",
            LeadFilter {
                is_archived: true,
                ..search("smith")
            },
        ),
        (
            "a source in the archive",
            LeadFilter {
                is_archived: true,
                ..source("Website")
            },
        ),
    ]
}
