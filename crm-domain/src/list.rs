//! The terms that all lists have: a filter, an order, a part of the whole.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use crate::custom_field::FieldKey;
use crate::page::{Limit, Page, Position, SortKey, Total};
use crate::text::TextError;

/// Which records of a kind, in which order, and which part of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListQuery<Filter, Field> {
    /// Which records.
    pub filter: Filter,
    /// In which order.
    pub sort: Sort<Field>,
    /// Which part of them.
    pub page: PageRequest,
}

impl<Filter: Default, Field: SortField> Default for ListQuery<Filter, Field> {
    /// The first page of all records at hand.
    fn default() -> Self {
        Self {
            filter: Filter::default(),
            sort: Sort::default(),
            page: PageRequest::default(),
        }
    }
}

/// Which part of a list is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageRequest {
    /// A page by its number, with a total.
    Numbered {
        /// Which page.
        page: Page,
        /// Whether the total is counted to the end however long that takes.
        exact_total: bool,
    },
    /// What follows a cursor of the same list.
    After {
        /// The cursor.
        cursor: String,
        /// How many rows.
        limit: Limit,
    },
}

impl PageRequest {
    /// The first page, with as many rows.
    #[must_use]
    pub const fn first(limit: Limit) -> Self {
        Self::Numbered {
            page: Page::first(limit),
            exact_total: false,
        }
    }

    /// The page, where it has a number.
    #[must_use]
    pub const fn numbered(&self) -> Option<Page> {
        match self {
            Self::Numbered { page, .. } => Some(*page),
            Self::After { .. } => None,
        }
    }
}

impl Default for PageRequest {
    /// The first page.
    fn default() -> Self {
        Self::first(Limit::default())
    }
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing<T> {
    /// The records.
    pub records: Vec<T>,
    /// Which page it is; `None` after a cursor.
    pub page: Option<Page>,
    /// How many there are in all; only with a numbered page.
    pub total: Option<Total>,
    /// Where to go on; `None` at the end.
    pub next_cursor: Option<String>,
}

/// Which way a list is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Smallest, earliest or first in the alphabet first.
    Ascending,
    /// The reverse.
    Descending,
}

/// What the lists of one kind of record can be sorted by.
pub trait SortField: fmt::Debug + Copy + Eq + Send + Sync + 'static {
    /// The name of the orders in the API document.
    const NAME: &'static str;
    /// All there are.
    const ALL: &'static [Self];
    /// The order of a list that asks for none.
    const DEFAULT: Sort<Self>;

    /// The name on the wire; of a custom field, what its key follows.
    fn as_str(self) -> &'static str;

    /// The custom field of this key, where records have such fields.
    #[must_use]
    fn of_custom(_key: FieldKey) -> Option<Self> {
        None
    }

    /// The key of a custom field.
    fn custom(self) -> Option<FieldKey> {
        None
    }
}

/// A record that is listed in order: it knows what it is sorted by.
pub trait Sortable<Field> {
    /// Which record it is; this breaks ties.
    fn id(&self) -> Uuid;

    /// What the record is sorted by under this field.
    fn sort_key(&self, field: Field) -> SortKey;
}

/// How a list is sorted: `name`, or `-createdAt` for the newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sort<Field> {
    /// By what.
    pub field: Field,
    /// Which way.
    pub direction: Direction,
}

impl<Field: SortField> Sort<Field> {
    /// Every way to sort but by custom fields.
    pub fn all() -> impl Iterator<Item = Self> {
        let both = |field: &Field| {
            [Direction::Ascending, Direction::Descending].map(|direction| Self {
                field: *field,
                direction,
            })
        };
        Field::ALL.iter().flat_map(both)
    }

    /// `custom.budget`, or `-custom.budget`.
    fn by_custom(text: &str) -> Option<Self> {
        let (direction, name) = match text.strip_prefix('-') {
            Some(name) => (Direction::Descending, name),
            None => (Direction::Ascending, text),
        };
        let key = name.strip_prefix("custom.")?.parse().ok()?;
        Field::of_custom(key).map(|field| Self { field, direction })
    }

    /// Where a page that ends with `record` ends.
    #[must_use]
    pub fn position(self, record: &impl Sortable<Field>) -> Position {
        Position {
            key: record.sort_key(self.field),
            id: record.id(),
        }
    }
}

impl<Field: SortField> Default for Sort<Field> {
    fn default() -> Self {
        Field::DEFAULT
    }
}

impl<Field: SortField> fmt::Display for Sort<Field> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.direction {
            Direction::Ascending => "",
            Direction::Descending => "-",
        };
        write!(f, "{sign}{}", self.field.as_str())?;
        match self.field.custom() {
            Some(key) => write!(f, ".{key}"),
            None => Ok(()),
        }
    }
}

impl<Field: SortField> FromStr for Sort<Field> {
    type Err = TextError;

    fn from_str(s: &str) -> Result<Self, TextError> {
        Self::all()
            .find(|sort| sort.to_string() == s)
            .or_else(|| Self::by_custom(s))
            .ok_or_else(|| TextError::NotOneOf {
                allowed: Self::all()
                    .map(|sort| sort.to_string())
                    .collect::<Vec<_>>()
                    .join(", "),
            })
    }
}
