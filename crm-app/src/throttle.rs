//! How fast passwords may be guessed. Pure: the whole rule is here, the counts are in the database.
//!
//! Each attempt is counted before its password is looked at, so that many at once are no way around. An account is never
//! shut: the wait grows, and a device that has signed in before waits in a line of its own.

use std::net::{IpAddr, Ipv6Addr};

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use crm_storage::throttle::Attempts;

/// The attempts on one account in a day.
const MAX_A_DAY: i32 = 100;

/// The wait after a wrong password.
const AFTER_FAILURE: TimeDelta = TimeDelta::seconds(1);

/// The tokens of an address: so many attempts at once.
const BURST: i32 = 10;

/// How long it takes until an address has one more token.
const REFILL: TimeDelta = TimeDelta::seconds(6);

/// The attempts on an account that nobody has tried.
pub(crate) fn none(now: DateTime<Utc>) -> Attempts {
    Attempts {
        day: now.date_naive(),
        count: 0,
        unlock_at: now,
    }
}

/// Counts one more attempt, or tells when the next one is allowed.
pub(crate) fn attempt(before: Attempts, now: DateTime<Utc>) -> Result<Attempts, DateTime<Utc>> {
    let today = if before.day < now.date_naive() {
        Attempts {
            unlock_at: before.unlock_at,
            ..none(now)
        }
    } else {
        before
    };
    if today.count >= MAX_A_DAY {
        return Err(midnight(now));
    }
    if now < today.unlock_at {
        return Err(today.unlock_at);
    }
    let count = today.count + 1;
    Ok(Attempts {
        count,
        unlock_at: now + wait(count),
        ..today
    })
}

/// The same after the password was wrong.
pub(crate) fn failed(attempts: Attempts, now: DateTime<Utc>) -> Attempts {
    Attempts {
        unlock_at: attempts.unlock_at.max(now + AFTER_FAILURE),
        ..attempts
    }
}

/// The wait that an attempt brings with it whatever comes of it. None before the third: two tabs may sign in at once.
const fn wait(count: i32) -> TimeDelta {
    TimeDelta::seconds(match count {
        ..3 => 0,
        3..9 => 3,
        9..25 => 5,
        _ => 10,
    })
}

fn midnight(now: DateTime<Utc>) -> DateTime<Utc> {
    (now.date_naive() + TimeDelta::days(1))
        .and_time(NaiveTime::MIN)
        .and_utc()
}

/// Takes a token out of the bucket of an address that is full at `full_at`, or tells when there is one.
///
/// The generic cell rate algorithm (ITU-T I.371): one instant is the whole state of a bucket.
pub(crate) fn take(
    full_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, DateTime<Utc>> {
    let next = full_at.max(now) + REFILL;
    let allowed_at = next - REFILL * BURST;
    if allowed_at <= now {
        Ok(next)
    } else {
        Err(allowed_at)
    }
}

/// Puts a token back.
pub(crate) fn put_back(full_at: DateTime<Utc>) -> DateTime<Utc> {
    full_at - REFILL
}

/// The bucket that an address draws from: its own, and for IPv6 that of its network, which one customer has whole.
pub(crate) fn bucket(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let network = u128::from(address) & !u128::from(u64::MAX);
            format!("{}/64", Ipv6Addr::from(network))
        }
    }
}

#[cfg(test)]
mod tests;
