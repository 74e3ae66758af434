//! What a list of leads can be narrowed and sorted by.

use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use super::{Lead, LeadStatus};
use crate::activity::{Fields, fields};
use crate::custom_field::{CustomCondition, FieldKey};
use crate::export::{Filter, some};
use crate::ids::UserId;
use crate::list::{Direction, ListQuery, Sort, SortField, Sortable};
use crate::page::SortKey;
use crate::permission::Extent;
use crate::text::{SearchTerm, Source, Tag};

/// Which leads a list holds; what is `None` or empty does not narrow it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash)]
pub struct LeadFilter {
    /// In any of these statuses.
    pub statuses: Vec<LeadStatus>,
    /// With this in the name, company, address or number.
    pub search: Option<SearchTerm>,
    /// Worked on by this user.
    pub assigned_agent: Option<UserId>,
    /// Worked on by somebody, but by none of these users.
    pub not_agents: Vec<UserId>,
    /// Worked on by somebody, or by nobody.
    pub has_agent: Option<bool>,
    /// From this source.
    pub source: Option<Source>,
    /// From some source, but from none of these.
    pub not_sources: Vec<Source>,
    /// From some source, or from none that is known.
    pub has_source: Option<bool>,
    /// With this tag.
    pub tag: Option<Tag>,
    /// Made at this instant or later.
    pub created_from: Option<DateTime<Utc>>,
    /// Made before this instant.
    pub created_to: Option<DateTime<Utc>>,
    /// Converted at this instant or later.
    pub converted_from: Option<DateTime<Utc>>,
    /// Converted before this instant.
    pub converted_to: Option<DateTime<Utc>>,
    /// No farther than this, of what the reader may see.
    pub scope: Option<Extent>,
    /// With custom values such as these, each of which must hold.
    pub custom: Vec<CustomCondition>,
    /// Put away, instead of at hand.
    pub is_archived: bool,
}

/// What a list of leads is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LeadSortField {
    /// When the lead was made.
    CreatedAt,
    /// When it was last changed.
    UpdatedAt,
    /// Its name, without regard to case and marks.
    Name,
    /// A custom field; without a value, at the end.
    Custom(FieldKey),
}

/// How a list of leads is sorted.
pub type LeadSort = Sort<LeadSortField>;

/// Which leads, in which order, and which part of them.
pub type LeadQuery = ListQuery<LeadFilter, LeadSortField>;

impl Filter for LeadFilter {
    fn fields(&self) -> Fields {
        let Self {
            statuses,
            search,
            assigned_agent,
            not_agents,
            has_agent,
            source,
            not_sources,
            has_source,
            tag,
            created_from,
            created_to,
            converted_from,
            converted_to,
            scope,
            custom,
            is_archived,
        } = self;
        let statuses: Vec<_> = statuses.iter().map(|status| status.as_str()).collect();
        let mut fields = fields([
            ("status", some(&statuses)),
            ("search", json!(search)),
            ("assignedAgent", json!(assigned_agent)),
            ("notAgent", some(not_agents)),
            ("hasAgent", json!(has_agent)),
            ("source", json!(source)),
            ("notSource", some(not_sources)),
            ("hasSource", json!(has_source)),
            ("tag", json!(tag)),
            ("createdFrom", json!(created_from)),
            ("createdTo", json!(created_to)),
            ("convertedFrom", json!(converted_from)),
            ("convertedTo", json!(converted_to)),
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

impl SortField for LeadSortField {
    const NAME: &'static str = "LeadSort";
    const ALL: &'static [Self] = &[Self::CreatedAt, Self::UpdatedAt, Self::Name];
    /// The newest first.
    const DEFAULT: LeadSort = Sort {
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

impl Sortable<LeadSortField> for Lead {
    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    fn sort_key(&self, field: LeadSortField) -> SortKey {
        match field {
            LeadSortField::CreatedAt => SortKey::Time(self.created_at),
            LeadSortField::UpdatedAt => SortKey::Time(self.updated_at),
            LeadSortField::Name => SortKey::Text(self.name.key()),
            LeadSortField::Custom(key) => SortKey::Text(self.custom.sort_key(key)),
        }
    }
}
