use chrono::{DateTime, TimeDelta, Utc};
use crm_domain::ids::{SessionId, UserId};
use uuid::Uuid;

use super::*;

fn noon() -> DateTime<Utc> {
    "2026-01-02T12:00:00Z".parse().unwrap()
}

/// A session whose newest token is number 5, made at noon.
fn session(seen_counter: i32) -> Session {
    Session {
        id: SessionId::from(Uuid::from_u128(1)),
        user: UserId::from(Uuid::from_u128(2)),
        salt: vec![0; 32],
        counter: 5,
        seen_counter,
        created_at: noon(),
        rotated_at: noon(),
        idle_expires_at: noon() + IDLE,
        expires_at: noon() + ABSOLUTE,
        revoked_at: None,
        address: None,
        user_agent: None,
    }
}

#[test]
fn the_newest_token_is_exchanged_at_any_time() {
    for after in [0, 31, 86_400] {
        assert_eq!(
            rotation(&session(5), 5, noon() + TimeDelta::seconds(after)),
            Rotation::Advance
        );
    }
}

#[test]
fn the_one_before_gets_the_same_successor_within_the_grace() {
    assert_eq!(
        rotation(&session(5), 4, noon() + TimeDelta::seconds(30)),
        Rotation::Repeat
    );
    assert_eq!(
        rotation(&session(5), 4, noon() + TimeDelta::seconds(31)),
        Rotation::Reused
    );
}

#[test]
fn a_lost_answer_can_be_fetched_again_until_the_new_access_token_is_used() {
    assert_eq!(
        rotation(&session(4), 4, noon() + TimeDelta::days(6)),
        Rotation::Repeat
    );
    assert_eq!(
        rotation(&session(5), 4, noon() + TimeDelta::days(6)),
        Rotation::Reused
    );
}

#[test]
fn older_tokens_are_copies_however_soon_they_come() {
    for counter in 0..4 {
        assert_eq!(rotation(&session(-1), counter, noon()), Rotation::Reused);
    }
}

#[test]
fn a_token_that_the_database_does_not_know_yet_is_no_proof_of_theft() {
    assert_eq!(rotation(&session(5), 6, noon()), Rotation::Unknown);
}
