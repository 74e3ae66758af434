use chrono::TimeDelta;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
}

fn stage(number: u128, kind: StageKind) -> Stage {
    let probability = match kind {
        StageKind::Open => Probability::new(40).unwrap(),
        StageKind::Won => Probability::CERTAIN,
        StageKind::Lost => Probability::NONE,
    };
    Stage {
        id: Uuid::from_u128(number).into(),
        pipeline: Uuid::from_u128(1).into(),
        name: format!("Stage {number}").parse().unwrap(),
        kind,
        probability,
        stale_after_days: None,
    }
}

fn stages() -> [Stage; 6] {
    use StageKind::{Lost, Open, Won};
    let kinds = [
        (10, Open),
        (11, Open),
        (20, Won),
        (21, Won),
        (30, Lost),
        (31, Lost),
    ];
    kinds.map(|(number, kind)| stage(number, kind))
}

fn rank() -> Rank {
    Rank::between(None, None).unwrap()
}

fn deal() -> Deal {
    let customer = Uuid::from_u128(2).into();
    let new = DealContent::named("Lamps".parse().unwrap()).with(customer);
    let id = Uuid::from_u128(3).into();
    Deal::create(id, new, (&stages()[0], rank()), None, at(0)).unwrap()
}

fn to(deal: Deal, stage: &Stage, seconds: i64) -> Deal {
    let reason = (stage.kind == StageKind::Lost).then(|| "Too dear".parse().unwrap());
    deal.move_to(stage, rank(), reason, at(seconds)).unwrap()
}

fn codes(error: DealError) -> Vec<(String, &'static str)> {
    match error {
        DealError::Invalid(violations) => violations
            .iter()
            .map(|one| (one.field.clone(), one.code))
            .collect(),
        DealError::Archived => vec![],
    }
}

#[test]
fn a_deal_begins_where_it_is_open() {
    for stage in &stages()[2..] {
        let new = DealContent::named("Lamps".parse().unwrap()).with(Uuid::from_u128(2).into());
        assert!(
            Deal::create(Uuid::from_u128(3).into(), new, (stage, rank()), None, at(0)).is_err()
        );
    }
}

#[test]
fn won_is_closed_now_and_stays_so_in_another_won_stage() {
    let [open, _, won, also_won, lost, _] = stages();
    let first = to(deal(), &won, 5);
    assert_eq!(
        (first.closed_at, first.probability(&won).percent()),
        (Some(at(5)), 100)
    );
    let second = to(first, &also_won, 9);
    assert_eq!((second.closed_at, second.stage_since), (Some(at(5)), at(9)));
    let third = to(second, &lost, 12);
    assert_eq!(
        (third.closed_at, third.probability(&lost).percent()),
        (Some(at(12)), 0)
    );
    let open_again = to(third, &open, 20);
    assert_eq!((open_again.closed_at, open_again.lost_reason), (None, None));
}

#[test]
fn lost_needs_a_reason_and_nothing_else_has_one() {
    let [open, _, won, _, lost, also_lost] = stages();
    let none = deal().move_to(&lost, rank(), None, at(1)).unwrap_err();
    assert_eq!(codes(none), [("lostReason".to_owned(), "required")]);
    for stage in [&open, &won] {
        let given = deal().move_to(stage, rank(), Some("No".parse().unwrap()), at(1));
        assert_eq!(
            codes(given.unwrap_err()),
            [("lostReason".to_owned(), "not-allowed")]
        );
    }
    // From lost to lost the reason is known.
    let moved = to(deal(), &lost, 1)
        .move_to(&also_lost, rank(), None, at(2))
        .unwrap();
    assert_eq!(moved.lost_reason, Some("Too dear".parse().unwrap()));
}

#[test]
fn an_override_survives_edits_and_open_stages_until_it_is_cleared_or_the_deal_closes() {
    let [open, other, won, ..] = stages();
    let edit = |change| DealEdit {
        probability_override: change,
        ..DealEdit::default()
    };
    let set = deal()
        .edit(edit(Change::Set(Probability::new(90).unwrap())), at(1))
        .unwrap();
    let renamed = DealEdit {
        name: Some("Desks".parse().unwrap()),
        ..DealEdit::default()
    };
    let kept = to(set.clone().edit(renamed, at(2)).unwrap(), &other, 3);
    assert_eq!(kept.probability(&other).percent(), 90);
    let cleared = kept.clone().edit(edit(Change::Clear), at(4)).unwrap();
    assert_eq!(cleared.probability(&other).percent(), 40);
    let back = to(to(kept, &won, 5), &open, 6);
    assert_eq!(back.probability_override, None);
    let closed = to(set, &won, 7);
    let refused = closed
        .edit(edit(Change::Set(Probability::NONE)), at(8))
        .unwrap_err();
    assert_eq!(
        codes(refused),
        [("probabilityOverride".to_owned(), "not-allowed")]
    );
}

#[test]
fn what_is_put_away_is_neither_edited_nor_moved() {
    let away = deal().archive(at(1));
    let edit = DealEdit {
        name: Some("Desks".parse().unwrap()),
        ..DealEdit::default()
    };
    assert_eq!(away.clone().edit(edit, at(2)), Err(DealError::Archived));
    assert_eq!(
        away.clone().move_to(&stages()[1], rank(), None, at(2)),
        Err(DealError::Archived)
    );
    assert_eq!(away.clone().archive(at(3)), away);
    assert_eq!(away.restore(at(3)).version, 3);
}

#[test]
fn what_changes_nothing_makes_no_version() {
    assert_eq!(deal().edit(DealEdit::default(), at(1)), Ok(deal()));
    assert_eq!(
        deal().move_to(&stages()[0], rank(), None, at(1)),
        Ok(deal())
    );
}

proptest! {
    /// Whatever way a deal goes, it is closed exactly where it is won or lost, since it first got there, and its history has no gaps.
    #[test]
    fn a_walk_through_the_stages_keeps_the_rules(
        walk in proptest::collection::vec((0usize..6, 1i64..1000, proptest::option::of(0u8..=100)), 0..60),
    ) {
        let stages = stages();
        let (mut deal, mut now) = (deal(), 0);
        let (mut entered, mut spent) = (None, 0);
        for (place, seconds, percent) in walk {
            now += seconds;
            let before = deal.clone();
            let stage = &stages[place];
            deal = to(deal, stage, now);
            if deal.kind != before.kind {
                entered = Some(at(now));
            }
            let is_open = deal.kind == StageKind::Open;
            prop_assert_eq!(deal.closed_at, entered.filter(|_| !is_open));
            prop_assert_eq!(deal.lost_reason.is_some(), deal.kind == StageKind::Lost);
            prop_assert!(is_open || deal.probability_override.is_none());
            let change = deal.stage_change_since(&before);
            prop_assert_eq!(change.is_some(), before.stage != stage.id);
            spent += change.map_or(0, |change| change.seconds);
            let probability = deal.probability(stage).percent();
            match deal.kind {
                StageKind::Won => prop_assert_eq!(probability, 100),
                StageKind::Lost => prop_assert_eq!(probability, 0),
                StageKind::Open => prop_assert_eq!(probability, deal.probability_override.map_or(40, Probability::percent)),
            }
            if let (true, Some(percent)) = (is_open, percent) {
                let set = Change::Set(Probability::new(percent).unwrap());
                let edit = DealEdit { probability_override: set, ..DealEdit::default() };
                deal = deal.edit(edit, at(now)).unwrap();
            }
        }
        prop_assert_eq!(spent, (deal.stage_since - deal.created_at).num_seconds());
    }
}
