//! The lifecycle as a table, and what holds for every lead and every edit.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::change::Archived;
use crate::ids::CustomerId;
use crate::page::SortKey;
use LeadStatus::{Contacted, Converted, New, Nurturing, Qualified, Unqualified};

fn noon() -> DateTime<Utc> {
    "2026-01-02T12:00:00Z".parse().unwrap()
}

fn later(seconds: i64) -> DateTime<Utc> {
    noon() + TimeDelta::seconds(seconds)
}

fn new_lead() -> NewLead {
    NewLead {
        name: "Ada Lovelace".parse().unwrap(),
        email: Some("ada@example.org".parse().unwrap()),
        phone: None,
        company: Some("Engines".parse().unwrap()),
        status: None,
        source: None,
        assigned_agent: None,
        tags: Tags::new(["VIP".parse().unwrap()]).unwrap(),
        custom: CustomValues::default(),
    }
}

fn created(new: NewLead) -> Result<Lead, LeadError> {
    Lead::create(LeadId::from(Uuid::from_u128(1)), new, Some(user(9)), noon())
}

fn user(n: u128) -> UserId {
    UserId::from(Uuid::from_u128(n))
}

fn customer() -> CustomerId {
    CustomerId::from(Uuid::from_u128(7))
}

/// A lead that stands in `status`, built through the public steps only.
fn lead_in(status: LeadStatus) -> Lead {
    let lead = created(new_lead()).unwrap();
    match status {
        New => lead,
        Converted => lead.convert(customer(), None, None, noon()).unwrap().0,
        other => lead.edit(to(other), noon()).unwrap(),
    }
}

fn to(status: LeadStatus) -> LeadEdit {
    let reason = (status == Unqualified).then_some(UnqualifiedReason::NoNeed);
    LeadEdit {
        status: Some(NextStatus::new(status, reason, None).unwrap()),
        ..LeadEdit::default()
    }
}

#[test]
fn the_lifecycle_has_exactly_these_steps() {
    let allowed = [
        (New, vec![New, Contacted, Nurturing, Qualified, Unqualified]),
        (
            Contacted,
            vec![Contacted, Nurturing, Qualified, Unqualified],
        ),
        (
            Nurturing,
            vec![Contacted, Nurturing, Qualified, Unqualified],
        ),
        (
            Qualified,
            vec![Contacted, Nurturing, Qualified, Unqualified],
        ),
        (Unqualified, vec![Contacted, Unqualified]),
        (Converted, vec![]),
    ];
    assert_eq!(allowed.len(), LeadStatus::ALL.len());
    for (from, targets) in allowed {
        for target in [New, Contacted, Nurturing, Qualified, Unqualified] {
            let result = lead_in(from).edit(to(target), later(5));
            if targets.contains(&target) {
                assert_eq!(result.unwrap().state.status(), target, "{from} to {target}");
            } else {
                let allowed: Vec<_> = targets.iter().copied().filter(|t| *t != from).collect();
                let refused = LeadError::TransitionNotAllowed {
                    from,
                    to: target,
                    allowed,
                };
                assert_eq!(result, Err(refused), "{from} to {target}");
            }
        }
    }
}

#[test]
fn only_open_leads_convert() {
    for from in LeadStatus::ALL {
        let result = lead_in(from).convert(customer(), Some(user(2)), None, later(5));
        assert_eq!(
            result.is_ok(),
            matches!(from, New | Contacted | Nurturing | Qualified),
            "{from}"
        );
    }
}

#[test]
fn converting_copies_the_lead_and_ends_its_life() {
    let (lead, customer) = lead_in(Qualified)
        .convert(customer(), Some(user(2)), Some(user(3)), later(60))
        .unwrap();
    assert_eq!(
        lead.state,
        LeadState::Converted {
            customer: customer.id,
            at: later(60)
        }
    );
    assert_eq!(
        (customer.name, customer.email, customer.company),
        (lead.name, lead.email, lead.company)
    );
    assert_eq!(
        (customer.tags, customer.owner, customer.origin_lead),
        (lead.tags, Some(user(2)), Some(lead.id))
    );
}

#[test]
fn converted_is_not_a_status_to_set() {
    assert_eq!(
        NextStatus::new(Converted, None, None),
        Err(LeadError::UseConvert)
    );
    assert_eq!(
        created(NewLead {
            status: Some(Converted),
            ..new_lead()
        }),
        Err(LeadError::UseConvert)
    );
}

#[test]
fn unqualified_needs_a_reason_and_other_needs_a_note() {
    let field = |result: Result<NextStatus, LeadError>| match result {
        Err(LeadError::Invalid(violations)) => violations
            .iter()
            .map(|v| v.field.clone())
            .collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    let note = || Some("Moved away".parse::<crate::text::Note>().unwrap());
    assert_eq!(
        field(NextStatus::new(Unqualified, None, None)),
        ["unqualifiedReason"]
    );
    assert_eq!(
        field(NextStatus::new(
            Unqualified,
            Some(UnqualifiedReason::Other),
            None
        )),
        ["unqualifiedNote"]
    );
    assert!(NextStatus::new(Unqualified, Some(UnqualifiedReason::Other), note()).is_ok());
    let stray = NextStatus::new(Contacted, Some(UnqualifiedReason::Spam), note());
    assert_eq!(field(stray), ["unqualifiedReason", "unqualifiedNote"]);
}

#[test]
fn coming_back_from_unqualified_counts_and_clears_the_reason() {
    let lead = lead_in(Unqualified).edit(to(Contacted), later(5)).unwrap();
    assert_eq!((lead.recycle_count, lead.state), (1, LeadState::Contacted));
}

#[test]
fn a_new_lead_starts_in_any_open_state_but_unqualified() {
    for status in [New, Contacted, Nurturing, Qualified] {
        let lead = created(NewLead {
            status: Some(status),
            ..new_lead()
        })
        .unwrap();
        assert_eq!(lead.state.status(), status);
    }
    let refused = created(NewLead {
        status: Some(Unqualified),
        ..new_lead()
    });
    assert!(matches!(refused, Err(LeadError::Invalid(_))));
}

#[test]
fn a_lead_never_loses_its_last_contact() {
    let unreachable = created(NewLead {
        email: None,
        ..new_lead()
    });
    assert!(matches!(unreachable, Err(LeadError::Invalid(_))));
    let cleared = lead_in(New).edit(
        LeadEdit {
            email: Change::Clear,
            ..LeadEdit::default()
        },
        later(1),
    );
    assert!(matches!(cleared, Err(LeadError::Invalid(_))));
    let phone = Change::Set("+49 30 123".parse().unwrap());
    let moved = lead_in(New).edit(
        LeadEdit {
            email: Change::Clear,
            phone,
            ..LeadEdit::default()
        },
        later(1),
    );
    assert_eq!(moved.unwrap().email, None);
}

#[test]
fn assigning_an_unassigned_lead_notes_when_and_keeps_the_status() {
    let assign = |agent| LeadEdit {
        assigned_agent: agent,
        ..LeadEdit::default()
    };
    let lead = lead_in(Contacted)
        .edit(assign(Change::Set(user(2))), later(10))
        .unwrap();
    assert_eq!(
        (lead.assigned_at, lead.state.status()),
        (Some(later(10)), Contacted)
    );
    let lead = lead.edit(assign(Change::Set(user(3))), later(20)).unwrap();
    assert_eq!(lead.assigned_at, Some(later(10)));
    let lead = lead.edit(assign(Change::Clear), later(30)).unwrap();
    assert_eq!((lead.assigned_agent, lead.assigned_at), (None, None));
}

#[test]
fn an_archived_lead_is_read_only_until_it_is_restored() {
    let archived = lead_in(New).archive(later(1));
    assert_eq!(
        archived.clone().edit(to(Contacted), later(2)),
        Err(LeadError::Archived(Archived))
    );
    assert_eq!(
        archived.clone().convert(customer(), None, None, later(2)),
        Err(LeadError::Archived(Archived))
    );
    assert_eq!(archived.clone().archive(later(3)), archived);
    let restored = archived.restore(later(4));
    assert_eq!((restored.is_archived, restored.version), (false, 3));
    assert_eq!(restored.clone().restore(later(5)), restored);
}

#[test]
fn an_edit_that_changes_nothing_is_no_write() {
    let lead = lead_in(Contacted);
    assert_eq!(
        lead.clone().edit(LeadEdit::default(), later(9)),
        Ok(lead.clone())
    );
    assert_eq!(lead.clone().edit(to(Contacted), later(9)), Ok(lead));
}

#[test]
fn a_step_tells_how_long_the_lead_stood_before() {
    let before = lead_in(New);
    let after = before.clone().edit(to(Contacted), later(90)).unwrap();
    let step = StatusChange {
        from: New,
        to: Contacted,
        at: later(90),
        seconds: 90,
    };
    assert_eq!(after.status_change_since(&before), Some(step));
    assert_eq!(after.status_change_since(&after), None);
}

#[test]
fn every_sort_prints_and_parses() {
    for sort in LeadSort::all() {
        assert_eq!(sort.to_string().parse::<LeadSort>(), Ok(sort));
    }
    for bad in [
        "",
        "id",
        "createdat",
        "--name",
        "name;drop table leads",
        "passwordHash",
    ] {
        assert!(bad.parse::<LeadSort>().is_err(), "{bad}");
    }
    let by_name = "name".parse::<LeadSort>().unwrap().position(&lead_in(New));
    assert_eq!(by_name.key, SortKey::Text("ada lovelace".into()));
}

fn any_next() -> impl Strategy<Value = NextStatus> {
    let reason = prop::sample::select(&UnqualifiedReason::ALL[..6]);
    prop_oneof![
        Just(NextStatus::New),
        Just(NextStatus::Contacted),
        Just(NextStatus::Nurturing),
        Just(NextStatus::Qualified),
        reason.prop_map(|reason| NextStatus::Unqualified { reason, note: None }),
    ]
}

#[derive(Debug, Clone)]
enum Step {
    To(NextStatus),
    Assign(Option<u128>),
    ClearEmail,
    Archive,
    Restore,
    Convert,
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => any_next().prop_map(Step::To),
        2 => prop::option::of(1u128..4).prop_map(Step::Assign),
        1 => Just(Step::ClearEmail),
        1 => Just(Step::Archive),
        1 => Just(Step::Restore),
        1 => Just(Step::Convert),
    ]
}

fn take(lead: Lead, step: Step, now: DateTime<Utc>) -> Result<Lead, LeadError> {
    match step {
        Step::To(next) => lead.edit(
            LeadEdit {
                status: Some(next),
                ..LeadEdit::default()
            },
            now,
        ),
        Step::Assign(agent) => {
            let assigned_agent = agent.map_or(Change::Clear, |n| Change::Set(user(n)));
            lead.edit(
                LeadEdit {
                    assigned_agent,
                    ..LeadEdit::default()
                },
                now,
            )
        }
        Step::ClearEmail => lead.edit(
            LeadEdit {
                email: Change::Clear,
                ..LeadEdit::default()
            },
            now,
        ),
        Step::Archive => Ok(lead.archive(now)),
        Step::Restore => Ok(lead.restore(now)),
        Step::Convert => lead
            .convert(customer(), None, None, now)
            .map(|(lead, _)| lead),
    }
}

proptest! {
    #[test]
    fn whatever_is_tried_a_lead_stays_whole(steps in prop::collection::vec(any_step(), 1..40)) {
        let mut lead = created(new_lead()).unwrap();
        for (i, step) in steps.into_iter().enumerate() {
            let before = lead.clone();
            let Ok(after) = take(lead, step, later(i64::try_from(i).unwrap())) else {
                lead = before;
                continue;
            };
            prop_assert!(after.email.is_some() || after.phone.is_some());
            prop_assert_eq!(after.assigned_agent.is_some(), after.assigned_at.is_some());
            prop_assert!(after.recycle_count >= before.recycle_count);
            let written = after != before;
            prop_assert_eq!(after.version, before.version + i32::from(written));
            prop_assert_eq!(written, !after.changes_since(&before).is_empty());
            if before.state.status() == Converted {
                prop_assert_eq!(&after.state, &before.state);
            }
            if let Some(step) = after.status_change_since(&before) {
                let by_edit = step.from.next().contains(&step.to);
                prop_assert!(by_edit || step.to == Converted && step.from.can_convert());
            }
            lead = after;
        }
    }

    #[test]
    fn no_input_makes_parsing_a_status_reason_or_sort_panic(s: String) {
        if let Ok(status) = s.parse::<LeadStatus>() { prop_assert_eq!(status.as_str(), s.as_str()); }
        if let Ok(reason) = s.parse::<UnqualifiedReason>() { prop_assert_eq!(reason.as_str(), s.as_str()); }
        if let Ok(sort) = s.parse::<LeadSort>() { prop_assert_eq!(sort.to_string(), s); }
    }
}
