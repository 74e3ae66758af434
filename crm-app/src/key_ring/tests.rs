use super::*;

fn at(minute: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::minutes(minute)
}

/// A key that signs from one minute to another.
fn key(id: &str, byte: u8, from: Option<i64>, to: Option<i64>) -> RingKey {
    RingKey::new(id.to_owned(), vec![byte; 32], from.map(at), to.map(at)).unwrap()
}

fn states(ring: &KeyRing, now: DateTime<Utc>) -> Vec<(&str, KeyState)> {
    let keys = ring.keys().iter();
    keys.map(|key| (key.id(), ring.state(key, now))).collect()
}

fn verifying(ring: &KeyRing, now: DateTime<Utc>) -> Vec<&str> {
    ring.verifying(now).map(RingKey::id).collect()
}

#[test]
fn a_key_waits_signs_verifies_and_is_gone() {
    use KeyState::{Active, Gone, Next, VerifyOnly};
    let keys = vec![key("b", 2, Some(60), None), key("a", 1, None, Some(60))];
    let ring = KeyRing::access(keys, at(0)).unwrap();
    for (now, a, b) in [
        (at(0), Active, Next),
        (at(60) - TimeDelta::seconds(1), Active, Next),
        (at(60), VerifyOnly, Active),
        (at(75) + TimeDelta::seconds(9), VerifyOnly, Active),
        (at(75) + TimeDelta::seconds(10), Gone, Active),
    ] {
        assert_eq!(states(&ring, now), [("a", a), ("b", b)], "{now}");
        let active = ring.active(now).unwrap().id();
        assert_eq!(active, if a == Active { "a" } else { "b" });
        let expected: &[_] = if a == Gone { &["b"] } else { &["b", "a"] };
        assert_eq!(verifying(&ring, now), expected, "{now}");
        assert!(
            ring.find("a").is_some(),
            "what is stored under it stays readable"
        );
    }
}

#[test]
fn what_outlives_access_tokens_keeps_its_key_as_long_as_a_session_sleeps() {
    let keys = || vec![key("a", 1, None, Some(60)), key("b", 2, Some(60), None)];
    let ring = KeyRing::refresh(keys(), at(0)).unwrap();
    let gone_at = at(60) + IDLE;
    assert_eq!(
        verifying(&ring, gone_at - TimeDelta::seconds(1)),
        ["b", "a"]
    );
    assert_eq!(verifying(&ring, gone_at), ["b"]);
}

#[test]
fn of_several_keys_the_one_that_began_last_signs() {
    let keys = vec![
        key("c", 3, Some(20), Some(30)),
        key("a", 1, None, None),
        key("b", 2, Some(10), None),
        key("d", 4, Some(10), None),
    ];
    let ring = KeyRing::access(keys, at(0)).unwrap();
    let active = |minute| ring.active(at(minute)).unwrap().id();
    assert_eq!(
        [active(0), active(10), active(20), active(30)],
        ["a", "d", "c", "d"]
    );
}

#[test]
fn a_ring_that_would_run_out_is_refused() {
    let refusal = |keys, now| KeyRing::access(keys, now).unwrap_err();
    assert_eq!(refusal(vec![], at(0)), RingRefused::Empty);
    let late = || vec![key("a", 1, Some(1), None)];
    assert_eq!(refusal(late(), at(0)), RingRefused::NoneActive(at(0)));
    assert!(KeyRing::access(late(), at(1)).is_ok());
    let ends = vec![key("a", 1, None, Some(60))];
    assert_eq!(refusal(ends, at(0)), RingRefused::NoneActive(at(60)));
    let gap = vec![key("a", 1, None, Some(60)), key("b", 2, Some(61), None)];
    assert_eq!(refusal(gap, at(0)), RingRefused::NoneActive(at(60)));
    let over = vec![key("a", 1, None, Some(60)), key("b", 2, Some(30), None)];
    assert!(KeyRing::access(over, at(90)).is_ok());
}

#[test]
fn keys_are_told_apart_and_hard_to_guess() {
    let refusal = |keys| KeyRing::access(keys, at(0)).unwrap_err();
    let same_id = vec![key("a", 1, None, None), key("a", 2, None, None)];
    assert_eq!(refusal(same_id), RingRefused::DuplicateId("a".into()));
    let same_key = vec![key("a", 1, None, None), key("b", 1, None, None)];
    assert_eq!(
        refusal(same_key),
        RingRefused::SameKey("a".into(), "b".into())
    );
    let many: Vec<_> = (0..=MAX)
        .map(|n| key(&n.to_string(), u8::try_from(n).unwrap(), None, None))
        .collect();
    assert_eq!(refusal(many), RingRefused::TooMany);

    let new = |id: &str, bytes| RingKey::new(id.to_owned(), bytes, None, None).unwrap_err();
    for id in ["", "a b", "../x", "ä", &"a".repeat(MAX_ID + 1)] {
        assert_eq!(new(id, vec![1; 32]), RingRefused::BadId, "{id}");
    }
    let short = KeyRefused::TooShort;
    assert_eq!(
        new("a", vec![1; 31]),
        RingRefused::Key {
            id: "a".into(),
            reason: short
        }
    );
}

#[test]
fn two_rings_that_share_a_key_are_known() {
    let ring = |keys| KeyRing::access(keys, at(0)).unwrap();
    let one = ring(vec![key("a", 1, None, None), key("b", 2, None, None)]);
    let other = ring(vec![key("c", 2, None, None), key("d", 3, None, None)]);
    assert_eq!(one.shared_key(&other).map(RingKey::id), Some("b"));
    assert!(
        ring(vec![key("c", 3, None, None)])
            .shared_key(&one)
            .is_none()
    );
}
