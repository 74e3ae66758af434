//! Where a card lies among the others of its stage: a text between those of its neighbours, so that a card is moved by
//! writing one row.

use std::cmp::Ordering;
use std::fmt;

/// A fraction between 0 and 1 in hexadecimal digits, without zeros at the end. Byte by byte it sorts as the fractions do, which
/// is how the database compares it (collation "C").
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rank(String);

/// How many digits are counted with at the ends.
const HEAD: usize = 8;

/// How far from the first or the last card the next one is put: 8 million cards fit on either side before digits are added, and
/// cards between two neighbours have room.
const STEP: u32 = 0x100;

/// The base of the digits.
const BASE: u32 = 16;

impl Rank {
    /// The longest rank that is stored. One that would be longer makes its stage be ranked anew.
    pub const MAX_CHARS: usize = 64;

    /// A rank that was made before it was stored.
    #[must_use]
    pub const fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is longer than any that is stored.
    #[must_use]
    pub fn is_too_long(&self) -> bool {
        self.0.len() > Self::MAX_CHARS
    }

    /// A rank below the one that is `above` and above the one that is `below`: smaller is higher on the board. `None` for
    /// neighbours that are not in this order.
    #[must_use]
    pub fn between(above: Option<&Self>, below: Option<&Self>) -> Option<Self> {
        match (above, below) {
            (None, None) => Some(Self::of_head(1 << 31)),
            (None, Some(below)) => below.higher(),
            (Some(above), None) => above.lower(),
            (Some(above), Some(below)) => match above.cmp(below) {
                Ordering::Less => middle(&above.digits(), Some(&below.digits())),
                Ordering::Equal | Ordering::Greater => None,
            },
        }
    }

    /// A rank above all others, of which this is the highest.
    fn higher(&self) -> Option<Self> {
        match self.head().checked_sub(STEP) {
            None | Some(0) => middle(&[], Some(&self.digits())),
            Some(head) => Some(Self::of_head(head)),
        }
    }

    /// A rank below all others, of which this is the lowest.
    fn lower(&self) -> Option<Self> {
        match self.head().checked_add(STEP) {
            None => middle(&self.digits(), None),
            Some(head) => Some(Self::of_head(head)),
        }
    }

    fn digits(&self) -> Vec<u32> {
        let digit = |c: char| c.to_digit(BASE).unwrap_or_default();
        self.0.chars().map(digit).collect()
    }

    /// The first digits as a number.
    fn head(&self) -> u32 {
        let digits = self.digits().into_iter().chain(std::iter::repeat(0));
        digits.take(HEAD).fold(0, |head, digit| head * BASE + digit)
    }

    /// The rank whose first digits are this number, which is not 0, and that has no more.
    fn of_head(head: u32) -> Self {
        let digits = format!("{head:0HEAD$x}");
        Self(digits.trim_end_matches('0').to_owned())
    }
}

/// A fraction between two others, as short as can be; the second is 1 when there is none.
fn middle(low: &[u32], high: Option<&[u32]>) -> Option<Rank> {
    let mut high = high;
    let mut digits = String::new();
    let longest = low.len().max(high.map_or(0, <[u32]>::len));
    for place in 0..=longest {
        let from = low.get(place).copied().unwrap_or(0);
        let to = high.map_or(BASE, |high| high.get(place).copied().unwrap_or(0));
        if to > from + 1 {
            digits.push(char::from_digit(from.midpoint(to), BASE)?);
            return Some(Rank(digits));
        }
        if to > from {
            // Neighbours in this place: whatever follows the lower one is below the upper one.
            high = None;
        }
        digits.push(char::from_digit(from, BASE)?);
    }
    None
}

impl fmt::Display for Rank {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Puts a card at this place among the others, and ranks them anew when its rank is too long, as the database does.
    fn insert(ranks: &mut Vec<Rank>, place: usize) {
        let between = |ranks: &[Rank]| {
            let above = place.checked_sub(1).and_then(|place| ranks.get(place));
            Rank::between(above, ranks.get(place)).unwrap()
        };
        let mut rank = between(ranks);
        if rank.is_too_long() {
            let count = u64::try_from(ranks.len()).unwrap();
            *ranks = (1..=count)
                .map(|n| Rank::of_head(u32::try_from((n << 32) / (count + 1)).unwrap()))
                .collect();
            rank = between(ranks);
        }
        ranks.insert(place, rank);
    }

    fn check(ranks: &[Rank]) {
        assert!(ranks.is_sorted_by(|one, next| one < next));
        for rank in ranks {
            assert!(
                !rank.is_too_long() && !rank.as_str().ends_with('0') && !rank.as_str().is_empty()
            );
        }
    }

    #[test]
    fn thousands_on_top_and_at_the_bottom_have_short_ranks() {
        let (mut top, mut bottom) = (Vec::new(), Vec::new());
        for count in 0..10_000 {
            insert(&mut top, 0);
            insert(&mut bottom, count);
        }
        check(&top);
        check(&bottom);
        assert!(
            top.iter()
                .chain(&bottom)
                .all(|rank| rank.as_str().len() <= HEAD)
        );
    }

    #[test]
    fn where_the_ends_are_reached_digits_are_added() {
        let (mut top, mut bottom) = (Rank::of_head(1), Rank::of_head(u32::MAX));
        for _ in 0..100 {
            let (higher, lower) = (top.higher().unwrap(), bottom.lower().unwrap());
            assert!(higher < top && lower > bottom);
            (top, bottom) = (higher, lower);
        }
    }

    #[test]
    fn thousands_at_one_place_are_ranked_anew_now_and_then() {
        let mut ranks = Vec::new();
        for count in 0..5_000 {
            insert(&mut ranks, count / 2);
        }
        check(&ranks);
        let mut ranks = vec![Rank::of_head(1 << 30), Rank::of_head(1 << 31)];
        for _ in 0..5_000 {
            insert(&mut ranks, 1);
        }
        check(&ranks);
    }

    #[test]
    fn neighbours_in_the_wrong_order_have_nothing_between_them() {
        let (a, b) = (Rank::of_head(1), Rank::of_head(2));
        assert_eq!(Rank::between(Some(&b), Some(&a)), None);
        assert_eq!(Rank::between(Some(&a), Some(&a)), None);
    }

    proptest! {
        #[test]
        fn cards_stay_in_the_order_they_are_put_in(places in proptest::collection::vec(any::<prop::sample::Index>(), 1..1_500)) {
            let mut ranks = Vec::new();
            for place in places {
                let place = place.index(ranks.len() + 1);
                insert(&mut ranks, place);
            }
            check(&ranks);
        }

        #[test]
        fn between_two_ranks_there_is_always_one(a in 1u32.., b in 1u32..) {
            prop_assume!(a < b);
            let (a, b) = (Rank::of_head(a), Rank::of_head(b));
            let middle = Rank::between(Some(&a), Some(&b)).unwrap();
            prop_assert!(a < middle && middle < b);
        }
    }
}
