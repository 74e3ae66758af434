//! What a list of deals can be narrowed and sorted by.

use chrono::{DateTime, NaiveDate, Utc};
use crm_domain::activity::{Fields, fields};
use crm_domain::export::Filter;
use crm_domain::ids::{CustomerId, UserId};
use crm_domain::list::{Direction, ListQuery, Sort, SortField, Sortable};
use crm_domain::money::Money;
use crm_domain::page::SortKey;
use crm_domain::text::SearchTerm;
use serde_json::json;
use uuid::Uuid;

use super::Deal;
use crate::pipeline::{PipelineId, StageId, StageKind};

/// Which deals a list holds; what is `None` or empty does not narrow it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash)]
pub struct DealFilter {
    /// In this pipeline.
    pub pipeline: Option<PipelineId>,
    /// In this stage.
    pub stage: Option<StageId>,
    /// In stages of any of these kinds.
    pub kinds: Vec<StageKind>,
    /// Worked on by this user.
    pub owner: Option<UserId>,
    /// Of this customer.
    pub customer: Option<CustomerId>,
    /// With this in the name.
    pub search: Option<SearchTerm>,
    /// Expected to be won on this day or later.
    pub expected_from: Option<NaiveDate>,
    /// Expected to be won on this day or before.
    pub expected_to: Option<NaiveDate>,
    /// Closed at this instant or later.
    pub closed_from: Option<DateTime<Utc>>,
    /// Closed before this instant.
    pub closed_to: Option<DateTime<Utc>>,
    /// In their stage for longer than deals should be, or not.
    pub is_stale: Option<bool>,
    /// Put away, instead of at hand.
    pub is_archived: bool,
}

/// A filter at an instant: only then is it known what is stale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DealFilterAt {
    /// The filter.
    pub filter: DealFilter,
    /// The instant.
    pub now: DateTime<Utc>,
}

impl Filter for DealFilterAt {
    fn fields(&self) -> Fields {
        let DealFilter {
            pipeline,
            stage,
            kinds,
            owner,
            customer,
            search,
            expected_from,
            expected_to,
            closed_from,
            closed_to,
            is_stale,
            is_archived,
        } = &self.filter;
        let kinds: Vec<_> = kinds.iter().map(|kind| kind.as_str()).collect();
        fields([
            ("pipelineId", json!(pipeline)),
            ("stageId", json!(stage)),
            ("kind", json!((!kinds.is_empty()).then_some(kinds))),
            ("owner", json!(owner)),
            ("customerId", json!(customer)),
            ("search", json!(search)),
            ("expectedCloseFrom", json!(expected_from)),
            ("expectedCloseTo", json!(expected_to)),
            ("closedFrom", json!(closed_from)),
            ("closedTo", json!(closed_to)),
            ("isStale", json!(is_stale)),
            ("isArchived", json!(is_archived)),
        ])
    }
}

/// What a list of deals is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DealSortField {
    /// When the deal was made.
    CreatedAt,
    /// When it was last changed.
    UpdatedAt,
    /// Its name, without regard to case and marks.
    Name,
    /// When it may be won; without that, at the end.
    ExpectedClose,
    /// Its currency, and then its amount; without them, at the end.
    Amount,
    /// Where its card lies; of the deals of one stage only.
    Rank,
}

/// How a list of deals is sorted.
pub type DealSort = Sort<DealSortField>;

/// Which deals, in which order, and which part of them.
pub type DealQuery = ListQuery<DealFilter, DealSortField>;

impl SortField for DealSortField {
    const NAME: &'static str = "DealsDealSort";
    const ALL: &'static [Self] = &[
        Self::CreatedAt,
        Self::UpdatedAt,
        Self::Name,
        Self::ExpectedClose,
        Self::Amount,
        Self::Rank,
    ];
    /// The newest first.
    const DEFAULT: DealSort = Sort {
        field: Self::CreatedAt,
        direction: Direction::Descending,
    };

    fn as_str(self) -> &'static str {
        match self {
            Self::CreatedAt => "createdAt",
            Self::UpdatedAt => "updatedAt",
            Self::Name => "name",
            Self::ExpectedClose => "expectedCloseDate",
            Self::Amount => "amount",
            Self::Rank => "rank",
        }
    }
}

/// Sorts after all digits and capitals: the key of what has no value.
const LAST: &str = "~";

impl Deal {
    /// When it may be won, as it is sorted.
    #[must_use]
    pub fn close_key(&self) -> String {
        let day = self.expected_close.map(|day| day.to_string());
        day.unwrap_or_else(|| LAST.to_owned())
    }

    /// Its amount, as it is sorted.
    #[must_use]
    pub fn amount_key(&self) -> String {
        self.amount.map_or_else(|| LAST.to_owned(), Money::key)
    }
}

impl Sortable<DealSortField> for Deal {
    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    fn sort_key(&self, field: DealSortField) -> SortKey {
        match field {
            DealSortField::CreatedAt => SortKey::Time(self.created_at),
            DealSortField::UpdatedAt => SortKey::Time(self.updated_at),
            DealSortField::Name => SortKey::Text(self.name.key()),
            DealSortField::ExpectedClose => SortKey::Text(self.close_key()),
            DealSortField::Amount => SortKey::Text(self.amount_key()),
            DealSortField::Rank => SortKey::Text(self.rank.to_string()),
        }
    }
}
