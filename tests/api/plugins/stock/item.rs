//! An item: what it is, whose, and in which order items are listed.

use chrono::{DateTime, Utc};
use crm_domain::activity::{Changes, Fields, fields};
use crm_domain::event::Event;
use crm_domain::export::Filter;
use crm_domain::ids::UserId;
use crm_domain::list::{Direction, Sort, SortField, Sortable};
use crm_domain::page::SortKey;
use crm_domain::permission::{Ownership, Record, Resource};
use crm_domain::text::Name;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

pub(in crate::plugins) const ITEM: Resource = Resource::of_plugin("stock.item");

crm_domain::id!(
    /// Identifies an item.
    ItemId
);

/// Something on a shelf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::plugins) struct Item {
    pub(super) id: ItemId,
    pub(super) name: Name,
    pub(super) owner: Option<UserId>,
    pub(super) version: i32,
    pub(super) created_at: DateTime<Utc>,
}

impl Item {
    pub(super) fn rename(self, name: Name) -> Self {
        Self {
            version: self.version + i32::from(self.name != name),
            name,
            ..self
        }
    }

    pub(super) fn fields(&self) -> Fields {
        fields([("name", json!(self.name)), ("owner", json!(self.owner))])
    }
}

impl Record for Item {
    const RESOURCE: Resource = ITEM;

    fn ownership(&self) -> Ownership {
        Ownership {
            assigned_to: self.owner,
            created_by: None,
        }
    }
}

/// An item was put on a shelf.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(in crate::plugins) struct ItemMade {
    pub(super) item_id: ItemId,
    pub(super) name: String,
    pub(super) changes: Changes,
}

impl Event for ItemMade {
    const NAME: &'static str = "stock.made";
    const RESOURCE: Resource = ITEM;

    fn record_id(&self) -> Uuid {
        self.item_id.uuid()
    }

    fn changes(&self) -> Changes {
        self.changes.clone()
    }
}

/// An item has another name.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(super) struct ItemEdited {
    pub(super) item_id: ItemId,
    pub(super) changes: Changes,
}

impl Event for ItemEdited {
    const NAME: &'static str = "stock.edited";
    const RESOURCE: Resource = ITEM;

    fn record_id(&self) -> Uuid {
        self.item_id.uuid()
    }

    fn changes(&self) -> Changes {
        self.changes.clone()
    }
}

/// Which items.
#[derive(Debug, Clone, Default)]
pub(in crate::plugins) struct ItemFilter {
    pub(super) owner: Option<UserId>,
}

impl Filter for ItemFilter {
    fn fields(&self) -> Fields {
        fields([("owner", json!(self.owner))])
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::plugins) enum ItemSortField {
    CreatedAt,
}

impl SortField for ItemSortField {
    const NAME: &'static str = "StockItemSort";
    const ALL: &'static [Self] = &[Self::CreatedAt];
    const DEFAULT: Sort<Self> = Sort {
        field: Self::CreatedAt,
        direction: Direction::Descending,
    };

    fn as_str(self) -> &'static str {
        "createdAt"
    }
}

impl Sortable<ItemSortField> for Item {
    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    fn sort_key(&self, _: ItemSortField) -> SortKey {
        SortKey::Time(self.created_at)
    }
}
