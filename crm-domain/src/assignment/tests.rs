use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::{Strategy as _, *};
use serde_json::json;
use uuid::Uuid;

// Named, since proptest has a `Strategy` too.
use super::{Assignees, Conditions, LeadTraits, Member, Strategy, UserId};
use crate::lead::LeadStatus;
use crate::text::Tags;

fn user(number: u8) -> UserId {
    Uuid::from_u128(number.into()).into()
}

/// Some users, each active or not, with some open leads.
fn members() -> impl proptest::strategy::Strategy<Value = Vec<Member>> {
    proptest::collection::btree_map(0u8..20, (any::<bool>(), 0u32..9), 0..12)
        .prop_map(|members| {
            let member = |(number, (is_active, open_leads))| Member {
                user: user(number),
                is_active,
                open_leads,
            };
            members.into_iter().map(member).collect::<Vec<_>>()
        })
        .prop_shuffle()
}

fn active(members: &[Member]) -> BTreeSet<UserId> {
    let active = members.iter().filter(|member| member.is_active);
    active.map(|member| member.user).collect()
}

/// Picks so often, each time after the one before, and counts who got how many.
fn pick_often(
    strategy: Strategy,
    members: &mut [Member],
    mut last: Option<UserId>,
    times: usize,
) -> BTreeMap<UserId, usize> {
    let mut got = BTreeMap::new();
    for _ in 0..times {
        let Some(pick) = strategy.pick(members, last) else {
            continue;
        };
        *got.entry(pick.user).or_default() += 1;
        last = Some(pick.user);
        for member in &mut *members {
            member.open_leads += u32::from(member.user == pick.user);
        }
    }
    got
}

proptest! {
    #[test]
    fn whoever_is_disabled_gets_nothing_and_nobody_only_when_all_are(
        mut members in members(),
        last in proptest::option::of((0u8..25).prop_map(user)),
        times in 1usize..40,
    ) {
        let active = active(&members);
        for strategy in Strategy::ALL {
            prop_assert_eq!(strategy.pick(&members, last).is_none(), active.is_empty());
            let got = pick_often(strategy, &mut members.clone(), last, times);
            prop_assert!(got.keys().all(|user| active.contains(user)), "{got:?}");
        }
        let got = pick_often(Strategy::Fixed, &mut members, last, times);
        prop_assert!(got.len() <= 1);
    }

    /// Whoever had the last turn, and even when they are in the list no more.
    #[test]
    fn while_nothing_changes_turns_differ_by_at_most_one(
        mut members in members(),
        last in proptest::option::of((0u8..25).prop_map(user)),
        times in 1usize..100,
    ) {
        let active = active(&members);
        let got = pick_often(Strategy::RoundRobin, &mut members, last, times);
        let got = active.iter().map(|user| got.get(user).copied().unwrap_or_default());
        let (least, most) = (got.clone().min().unwrap_or_default(), got.max().unwrap_or_default());
        prop_assert!(most - least <= 1, "{least} to {most}");
    }

    /// A disabled user keeps the place that comes after them: nobody is passed over for it.
    #[test]
    fn turns_go_on_where_they_were_when_somebody_is_disabled(mut members in members(), disabled in 0usize..12) {
        let strategy = Strategy::RoundRobin;
        let Some(last) = members.get(disabled).map(|member| member.user) else { return Ok(()) };
        let before = strategy.pick(&members, Some(last)).map(|pick| pick.user);
        members[disabled].is_active = false;
        let after = strategy.pick(&members, Some(last)).map(|pick| pick.user);
        prop_assert!(before == after || before == Some(last), "{before:?} {after:?}");
    }

    #[test]
    fn fewest_open_leads_come_first_and_end_up_equal(mut members in members(), last in proptest::option::of((0u8..25).prop_map(user))) {
        let strategy = Strategy::LeastOpen;
        if let Some(pick) = strategy.pick(&members, last) {
            let open = |member: &&Member| member.is_active;
            let least = members.iter().filter(open).map(|member| member.open_leads).min();
            let picked = members.iter().find(|member| member.user == pick.user);
            prop_assert_eq!(picked.map(|member| member.open_leads), least);
        }
        // So many that everybody has as many as the busiest had, whose eight are the most.
        pick_often(strategy, &mut members, last, 12 * 9);
        let open = members.iter().filter(|member| member.is_active).map(|member| member.open_leads);
        let (least, most) = (open.clone().min().unwrap_or_default(), open.max().unwrap_or_default());
        prop_assert!(most - least <= 1, "{least} to {most}");
    }

    #[test]
    fn a_rule_names_each_user_once(numbers in proptest::collection::vec(0u8..30, 0..20)) {
        let users: Vec<_> = numbers.iter().copied().map(user).collect();
        let is_good = !users.is_empty() && users.iter().collect::<BTreeSet<_>>().len() == users.len();
        prop_assert_eq!(Assignees::users(users).is_ok(), is_good);
    }
}

fn lead() -> LeadTraits {
    LeadTraits {
        source: Some("Trade Fair".parse().unwrap()),
        tags: Tags::new(["VIP".parse().unwrap(), "Köln".parse().unwrap()]).unwrap(),
        status: LeadStatus::New,
        email: Some("ada@Bücher.example".parse().unwrap()),
        company: Some("ACME Söhne, Inc.".parse().unwrap()),
    }
}

fn conditions(json: serde_json::Value) -> Conditions {
    serde_json::from_value(json).unwrap()
}

#[test]
fn conditions_hold_when_each_of_them_does() {
    for (given, holds) in [
        (json!({}), true),
        (json!({ "sources": [], "tags": [] }), true),
        (json!({ "sources": ["Website", "trade fair"] }), true),
        (json!({ "sources": ["Trade"] }), false),
        (json!({ "tags": ["koln", "other"] }), true),
        (json!({ "tags": ["other"] }), false),
        (json!({ "statuses": ["New", "Qualified"] }), true),
        (json!({ "statuses": ["Qualified"] }), false),
        (json!({ "emailDomains": ["BÜCHER.example"] }), true),
        (json!({ "emailDomains": ["xn--bcher-kva.example"] }), true),
        (
            json!({ "emailDomains": ["example.org", "mail.bücher.example"] }),
            false,
        ),
        (json!({ "companyContains": "sohne" }), true),
        (json!({ "companyContains": "Globex" }), false),
        (
            json!({ "sources": ["Trade fair"], "tags": ["vip"], "companyContains": "acme" }),
            true,
        ),
        (
            json!({ "sources": ["Trade fair"], "tags": ["other"] }),
            false,
        ),
    ] {
        assert_eq!(conditions(given.clone()).hold(&lead()), holds, "{given}");
    }
}

#[test]
fn what_a_lead_lacks_meets_no_condition_on_it() {
    let bare = LeadTraits {
        source: None,
        tags: Tags::default(),
        status: LeadStatus::New,
        email: None,
        company: None,
    };
    assert!(Conditions::default().hold(&bare));
    for given in [
        json!({ "sources": ["Website"] }),
        json!({ "tags": ["VIP"] }),
        json!({ "emailDomains": ["example.org"] }),
        json!({ "companyContains": "a" }),
    ] {
        assert!(!conditions(given.clone()).hold(&bare), "{given}");
    }
}

#[test]
fn conditions_are_read_back_as_they_were_stored() {
    let given = conditions(json!({ "statuses": ["New"], "emailDomains": ["bücher.example"] }));
    assert_eq!(conditions(json!(given)), given);
}
