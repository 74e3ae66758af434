//! What a list of customers can be narrowed and sorted by.

use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use super::Customer;
use crate::activity::{Fields, fields};
use crate::custom_field::{CustomCondition, FieldKey};
use crate::export::{Filter, some};
use crate::ids::UserId;
use crate::list::{Direction, ListQuery, Sort, SortField, Sortable};
use crate::page::SortKey;
use crate::permission::Extent;
use crate::text::{SearchTerm, Tag};

/// Which customers a list holds; what is `None` does not narrow it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash)]
pub struct CustomerFilter {
    /// With this in the name, company, address or number.
    pub search: Option<SearchTerm>,
    /// Looked after by this user.
    pub owner: Option<UserId>,
    /// Looked after by somebody, but by none of these users.
    pub not_owners: Vec<UserId>,
    /// Looked after by somebody, or by nobody.
    pub has_owner: Option<bool>,
    /// With this tag.
    pub tag: Option<Tag>,
    /// Made at this instant or later.
    pub created_from: Option<DateTime<Utc>>,
    /// Made before this instant.
    pub created_to: Option<DateTime<Utc>>,
    /// No farther than this, of what the reader may see.
    pub scope: Option<Extent>,
    /// With custom values such as these, each of which must hold.
    pub custom: Vec<CustomCondition>,
    /// Put away, instead of at hand.
    pub is_archived: bool,
}

/// What a list of customers is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CustomerSortField {
    /// When the customer was made.
    CreatedAt,
    /// When they were last changed.
    UpdatedAt,
    /// Their name, without regard to case and marks.
    Name,
    /// A custom field; without a value, at the end.
    Custom(FieldKey),
}

/// How a list of customers is sorted.
pub type CustomerSort = Sort<CustomerSortField>;

/// Which customers, in which order, and which part of them.
pub type CustomerQuery = ListQuery<CustomerFilter, CustomerSortField>;

impl Filter for CustomerFilter {
    fn fields(&self) -> Fields {
        let Self {
            search,
            owner,
            not_owners,
            has_owner,
            tag,
            created_from,
            created_to,
            scope,
            custom,
            is_archived,
        } = self;
        let mut fields = fields([
            ("search", json!(search)),
            ("owner", json!(owner)),
            ("notOwner", some(not_owners)),
            ("hasOwner", json!(has_owner)),
            ("tag", json!(tag)),
            ("createdFrom", json!(created_from)),
            ("createdTo", json!(created_to)),
            ("scope", json!(scope.map(Extent::as_str))),
            ("isArchived", json!(is_archived)),
        ]);
        fields.extend(custom.iter().map(CustomCondition::field));
        fields
    }

    fn extent(&self) -> Option<Extent> {
        self.scope
    }

    fn custom(&self) -> &[CustomCondition] {
        &self.custom
    }

    fn set_custom(&mut self, conditions: Vec<CustomCondition>) {
        self.custom = conditions;
    }
}

impl SortField for CustomerSortField {
    const NAME: &'static str = "CustomerSort";
    const ALL: &'static [Self] = &[Self::CreatedAt, Self::UpdatedAt, Self::Name];
    /// The newest first.
    const DEFAULT: CustomerSort = Sort {
        field: Self::CreatedAt,
        direction: Direction::Descending,
    };

    fn as_str(self) -> &'static str {
        match self {
            Self::CreatedAt => "createdAt",
            Self::UpdatedAt => "updatedAt",
            Self::Name => "name",
            Self::Custom(_) => "custom",
        }
    }

    fn of_custom(key: FieldKey) -> Option<Self> {
        Some(Self::Custom(key))
    }

    fn custom(self) -> Option<FieldKey> {
        match self {
            Self::Custom(key) => Some(key),
            _ => None,
        }
    }
}

impl Sortable<CustomerSortField> for Customer {
    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    fn sort_key(&self, field: CustomerSortField) -> SortKey {
        match field {
            CustomerSortField::CreatedAt => SortKey::Time(self.created_at),
            CustomerSortField::UpdatedAt => SortKey::Time(self.updated_at),
            CustomerSortField::Name => SortKey::Text(self.name.key()),
            CustomerSortField::Custom(key) => SortKey::Text(self.custom.sort_key(key)),
        }
    }
}
