//! When a delivery is tried again that failed: ten tries within 76 hours, as Standard Webhooks proposes.

use chrono::TimeDelta;

/// How long is waited after each try but the last.
const WAITS: [TimeDelta; 9] = [
    TimeDelta::seconds(5),
    TimeDelta::minutes(5),
    TimeDelta::minutes(30),
    TimeDelta::hours(2),
    TimeDelta::hours(5),
    TimeDelta::hours(10),
    TimeDelta::hours(14),
    TimeDelta::hours(20),
    TimeDelta::hours(24),
];

/// How long is waited after so many tries that failed, from 1: up to a tenth longer by chance, so that what failed together does
/// not come back together. `None` after the last.
pub(crate) fn wait(tries: i32, chance: u8) -> Option<TimeDelta> {
    let index = usize::try_from(tries.checked_sub(1)?).ok()?;
    let wait = *WAITS.get(index)?;
    Some(wait + wait * i32::from(chance) / (10 * i32::from(u8::MAX)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn there_are_ten_tries_within_three_days() {
        let waits: Vec<_> = (1..).map_while(|tries| wait(tries, 0)).collect();
        assert_eq!(waits.len() + 1, 10);
        let whole = waits.iter().sum::<TimeDelta>();
        assert_eq!(whole, TimeDelta::seconds(75 * 3600 + 35 * 60 + 5));
    }

    proptest! {
        #[test]
        fn chance_adds_no_more_than_a_tenth(tries in -1..12, chance: u8) {
            let (Some(least), Some(wait)) = (wait(tries, 0), wait(tries, chance)) else {
                prop_assert!(!(1..=9).contains(&tries));
                return Ok(());
            };
            prop_assert!(wait >= least && wait <= least + least / 10);
        }
    }
}
