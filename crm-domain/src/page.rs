//! Pages of lists: numbered pages for people, cursors for programs, totals that never make a list slow.

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// The most rows that numbered pages reach; deeper reading takes a cursor.
pub const MAX_PAGED_ROWS: u32 = 10_000;

/// A list's total is counted up to this number unless an exact count is asked for: few enough that counting costs no more
/// than reading the page.
pub const TOTAL_CAP: i64 = 1_000;

/// The same for a list that is searched for words. No index holds words and what else is asked for, so that each record that
/// is counted costs a look at the table.
pub const WORDS_TOTAL_CAP: i64 = 100;

/// How many rows a page holds: 1 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit(u16);

impl Limit {
    /// The largest page.
    pub const MAX: u16 = 100;

    /// `rows` where it is allowed.
    #[must_use]
    pub const fn new(rows: u16) -> Option<Self> {
        if rows >= 1 && rows <= Self::MAX {
            Some(Self(rows))
        } else {
            None
        }
    }

    /// The largest page.
    #[must_use]
    pub const fn most() -> Self {
        Self(Self::MAX)
    }

    /// The number of rows.
    #[must_use]
    pub const fn rows(self) -> u16 {
        self.0
    }
}

impl Default for Limit {
    /// Ten rows, as the original specification has it.
    fn default() -> Self {
        Self(10)
    }
}

/// A numbered page, counted from 1, within the first [`MAX_PAGED_ROWS`] rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    number: u32,
    limit: Limit,
}

impl Page {
    /// Page `number` of `limit` rows, unless it is zero or lies too deep.
    #[must_use]
    pub fn new(number: u32, limit: Limit) -> Option<Self> {
        let first_row = u64::from(number.checked_sub(1)?) * u64::from(limit.rows());
        (first_row <= u64::from(MAX_PAGED_ROWS)).then_some(Self { number, limit })
    }

    /// The first page.
    #[must_use]
    pub const fn first(limit: Limit) -> Self {
        Self { number: 1, limit }
    }

    /// Its number, from 1.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.number
    }

    /// Rows to skip before it.
    #[must_use]
    pub fn offset(self) -> u32 {
        (self.number - 1) * u32::from(self.limit.rows())
    }

    /// Rows on it.
    #[must_use]
    pub const fn limit(self) -> Limit {
        self.limit
    }
}

/// How many rows match a list's filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Total {
    /// The number, or the one at which counting stopped.
    pub rows: i64,
    /// Whether there are more than `rows`.
    pub is_capped: bool,
}

impl Total {
    /// How many pages of `limit` rows hold them.
    #[must_use]
    pub fn pages(self, limit: Limit) -> i64 {
        let limit = i64::from(limit.rows());
        (self.rows + limit - 1) / limit
    }
}

/// The value that a list is sorted by, of the row where a page ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SortKey {
    /// An instant.
    Time(DateTime<Utc>),
    /// A folded text.
    Text(String),
    /// A rank.
    Number(i16),
}

/// Where a page ended: the next one begins after it. The id breaks ties.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// The sort key of the last row.
    pub key: SortKey,
    /// The id of the last row.
    pub id: Uuid,
}

/// Which part of a list to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Slice {
    /// A numbered page, which comes with a total.
    Page(Page),
    /// The rows after a position, as cheap at the end of a list as at its start.
    After(Position, Limit),
}

impl Slice {
    /// The most rows it holds.
    #[must_use]
    pub const fn limit(&self) -> Limit {
        match self {
            Self::Page(page) => page.limit(),
            Self::After(_, limit) => *limit,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn pages_and_limits_have_bounds() {
        assert_eq!(Limit::new(0), None);
        assert_eq!(Limit::new(101), None);
        let ten = Limit::default();
        assert_eq!(Page::new(0, ten), None);
        assert_eq!(Page::new(1, ten).map(Page::offset), Some(0));
        assert_eq!(Page::new(1001, ten).map(Page::offset), Some(10_000));
        assert_eq!(Page::new(1002, ten), None);
        assert_eq!(Page::new(u32::MAX, Limit(100)), None);
    }

    proptest! {
        #[test]
        fn the_pages_hold_all_rows_and_none_is_empty(rows in 0i64..1_000_000, limit in 1u16..=100) {
            let limit = Limit::new(limit).unwrap();
            let pages = Total { rows, is_capped: false }.pages(limit);
            prop_assert!(pages * i64::from(limit.rows()) >= rows);
            prop_assert!(rows == 0 && pages == 0 || (pages - 1) * i64::from(limit.rows()) < rows);
        }
    }
}
