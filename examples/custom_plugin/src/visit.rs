//! A visit: what it is, whose, and in which order visits are listed.

use chrono::{DateTime, Utc};
use crm_domain::activity::{Changes, Fields, fields};
use crm_domain::event::Event;
use crm_domain::export::Filter;
use crm_domain::ids::{CustomerId, UserId};
use crm_domain::list::{Direction, Sort, SortField, Sortable};
use crm_domain::page::SortKey;
use crm_domain::permission::{Ownership, Record, Resource};
use crm_domain::text::Name;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

/// The kind of record.
pub const VISIT: Resource = Resource::of_plugin("visits.visit");

crm_domain::id!(
    /// Identifies a visit.
    VisitId
);

/// A visit, for a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// Identifies it.
    pub id: VisitId,
    /// What it is about.
    pub name: Name,
    /// The customer whom it is for.
    pub customer: CustomerId,
    /// Whose it is.
    pub owner: Option<UserId>,
    /// When it was done, if it was.
    pub done_at: Option<DateTime<Utc>>,
    /// Counts its writes.
    pub version: i32,
    /// When it was planned.
    pub created_at: DateTime<Utc>,
}

impl Visit {
    /// The visit, done now. One that is done stays as it is.
    #[must_use]
    pub fn done(self, now: DateTime<Utc>) -> Self {
        if self.done_at.is_some() {
            return self;
        }
        Self {
            done_at: Some(now),
            version: self.version + 1,
            ..self
        }
    }

    /// Its fields, as the activity log records them.
    #[must_use]
    pub fn fields(&self) -> Fields {
        fields([
            ("name", json!(self.name)),
            ("customer", json!(self.customer)),
            ("owner", json!(self.owner)),
            ("doneAt", json!(self.done_at)),
        ])
    }
}

impl Record for Visit {
    const RESOURCE: Resource = VISIT;

    fn ownership(&self) -> Ownership {
        Ownership {
            assigned_to: self.owner,
            created_by: None,
        }
    }
}

/// A visit was planned.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct VisitPlanned {
    /// The visit.
    pub visit_id: VisitId,
    /// The customer whom it is for.
    pub customer_id: CustomerId,
    /// Its fields.
    pub changes: Changes,
}

impl Event for VisitPlanned {
    const NAME: &'static str = "visits.planned";
    const RESOURCE: Resource = VISIT;

    fn record_id(&self) -> Uuid {
        self.visit_id.uuid()
    }

    fn changes(&self) -> Changes {
        self.changes.clone()
    }
}

/// A visit was done.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct VisitDone {
    /// The visit.
    pub visit_id: VisitId,
    /// The fields that changed.
    pub changes: Changes,
}

impl Event for VisitDone {
    const NAME: &'static str = "visits.done";
    const RESOURCE: Resource = VISIT;

    fn record_id(&self) -> Uuid {
        self.visit_id.uuid()
    }

    fn changes(&self) -> Changes {
        self.changes.clone()
    }
}

/// Which visits; all, unless something is said.
#[derive(Debug, Clone, Default)]
pub struct VisitFilter {
    /// For this customer.
    pub customer: Option<CustomerId>,
}

impl Filter for VisitFilter {
    fn fields(&self) -> Fields {
        fields([("customer", json!(self.customer))])
    }
}

/// What visits are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VisitSortField {
    /// When they were planned.
    CreatedAt,
}

impl SortField for VisitSortField {
    const NAME: &'static str = "VisitsVisitSort";
    const ALL: &'static [Self] = &[Self::CreatedAt];
    const DEFAULT: Sort<Self> = Sort {
        field: Self::CreatedAt,
        direction: Direction::Descending,
    };

    fn as_str(self) -> &'static str {
        "createdAt"
    }
}

impl Sortable<VisitSortField> for Visit {
    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    fn sort_key(&self, _: VisitSortField) -> SortKey {
        SortKey::Time(self.created_at)
    }
}
