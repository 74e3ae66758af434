use proptest::prelude::*;

use super::*;

fn noon() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::hours(12)
}

/// Guesses as fast as is allowed from `from` on, for so long; how many were evaluated.
fn guesses(from: DateTime<Utc>, length: TimeDelta) -> i32 {
    let (mut state, mut now, mut evaluated) = (none(from), from, 0);
    while now < from + length {
        match attempt(state, now) {
            Ok(next) => {
                evaluated += 1;
                state = failed(next, now);
            }
            Err(until) => now = until,
        }
    }
    evaluated
}

#[test]
fn a_day_of_guessing_evaluates_a_hundred_passwords() {
    let midnight = DateTime::UNIX_EPOCH;
    assert_eq!(guesses(midnight, TimeDelta::days(1)), MAX_A_DAY);
    assert_eq!(guesses(midnight, TimeDelta::days(3)), 3 * MAX_A_DAY);
}

#[test]
fn the_wait_grows_with_the_count() {
    let mut state = none(noon());
    let mut now = noon();
    let mut waits = Vec::new();
    for _ in 0..26 {
        let Ok(next) = attempt(state, now) else {
            panic!("it waited for it");
        };
        state = failed(next, now);
        waits.push((state.unlock_at - now).num_seconds());
        now = state.unlock_at;
    }
    let expected: Vec<i64> = [vec![1; 2], vec![3; 6], vec![5; 16], vec![10; 2]].concat();
    assert_eq!(waits, expected);
}

#[test]
fn three_may_sign_in_at_once_and_a_fourth_waits() {
    let mut state = none(noon());
    for _ in 0..3 {
        let Ok(next) = attempt(state, noon()) else {
            panic!("three are allowed");
        };
        state = next;
    }
    assert_eq!(attempt(state, noon()), Err(noon() + TimeDelta::seconds(3)));
}

#[test]
fn an_ipv6_network_has_one_bucket_and_a_mapped_address_is_the_ipv4_one() {
    let of = |text: &str| text.parse().map(bucket);
    assert_eq!(of("192.0.2.1"), Ok("192.0.2.1".to_owned()));
    assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
    assert_eq!(
        of("2001:db8:1:2:3:4:5:6"),
        Ok("2001:db8:1:2::/64".to_owned())
    );
    assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::"));
}

proptest! {
    /// Whatever comes in whatever order, no more are evaluated than the day has, and a wait is always in the future.
    #[test]
    fn no_order_of_attempts_gets_around_the_limit(steps in proptest::collection::vec((0i64..20_000, any::<bool>()), 0..400)) {
        let mut now = DateTime::UNIX_EPOCH;
        let (mut state, mut evaluated) = (none(now), 0);
        for (millis, fails) in steps {
            now += TimeDelta::milliseconds(millis);
            if now.date_naive() > DateTime::UNIX_EPOCH.date_naive() {
                break;
            }
            match attempt(state, now) {
                Ok(next) => {
                    evaluated += 1;
                    state = if fails { failed(next, now) } else { next };
                }
                Err(until) => prop_assert!(until > now),
            }
        }
        prop_assert!(evaluated <= MAX_A_DAY);
    }

    /// In any stretch of time an address has at most its burst and what was refilled.
    #[test]
    fn an_address_has_its_burst_and_its_rate(gaps in proptest::collection::vec(0i64..10_000, 1..300)) {
        let start = noon();
        let (mut full_at, mut now, mut taken) = (start, start, 0_i64);
        for gap in gaps {
            now += TimeDelta::milliseconds(gap);
            match take(full_at, now) {
                Ok(next) => {
                    full_at = next;
                    taken += 1;
                }
                Err(until) => prop_assert!(until > now),
            }
            let refilled = (now - start).num_milliseconds() / REFILL.num_milliseconds();
            prop_assert!(taken <= i64::from(BURST) + refilled);
        }
    }

    #[test]
    fn a_token_that_was_put_back_can_be_taken_again(before in 0i64..60) {
        let full_at = noon() + TimeDelta::seconds(before) - REFILL;
        if let Ok(next) = take(full_at, noon()) {
            prop_assert!(put_back(next) <= full_at.max(noon()));
        }
    }
}
