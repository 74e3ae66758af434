//! The operations below `/api/stock`.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use crm_domain::ids::UserId;
use crm_domain::list::ListQuery;
use crm_domain::text::Name;
use crm_domain::violation::Violations;
use crm_http::plugin::{
    Body, Created, IfMatch, Problem, Query, QueryParameters, Reply, Require, Versioned, location,
};
use crm_http::wire::NameText;
use crm_http::{list_answer, list_parameters, permissions};
use poem::Request;
use poem::http::header;
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Mood;
use super::item::{ITEM, Item, ItemFilter, ItemSortField};
use super::items::Items;

permissions! {
    /// See the stock.
    ItemRead = "stock.item:read" (ITEM, Read);
    /// Put items into the stock.
    ItemCreate = "stock.item:create" (ITEM, Create);
    /// Change items.
    ItemUpdate = "stock.item:update" (ITEM, Update);
}

/// Something on a shelf.
#[derive(Debug, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
pub(super) struct StockItem {
    /// Identifies it.
    id: Uuid,
    /// What it is.
    name: NameText,
    /// Counts its writes.
    #[oai(validator(minimum(value = "1")))]
    version: i32,
    /// When it was put there.
    created_at: DateTime<Utc>,
}

impl From<Item> for StockItem {
    fn from(item: Item) -> Self {
        Self {
            id: item.id.uuid(),
            name: (&item.name).into(),
            version: item.version,
            created_at: item.created_at,
        }
    }
}

/// What an item is called.
#[derive(Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
struct StockItemContent {
    /// What it is.
    name: NameText,
}

impl StockItemContent {
    fn name(&self) -> Result<Name, Problem> {
        let mut violations = Violations::new();
        let name = self.name.parse("name", &mut violations);
        name.ok_or_else(|| violations.into())
    }
}

list_parameters! {
    /// The parameters of the list of items.
    StockListItems by ItemSortField, narrowed by FilterItems {
        /// Of this user.
        owner: Option<Uuid>,
    }
}

impl QueryParameters for StockListItems {}

list_answer! {
    /// A part of the stock.
    StockItemList from Item {
        /// The items.
        items: StockItem,
        /// How many there are.
        total,
    }
}

pub(super) struct StockApi(pub(super) Arc<Mutex<Mood>>);

#[OpenApi]
impl StockApi {
    /// List the stock
    #[oai(path = "/stock", method = "get", operation_id = "stockListItems")]
    async fn list(
        &self,
        auth: Require<ItemRead>,
        query: Query<StockListItems>,
    ) -> Result<Reply<StockItemList>, Problem> {
        let mood = *self.0.lock().unwrap();
        assert_ne!(mood, Mood::Panics, "the shelf breaks");
        let (FilterItems { owner }, sort, page) = query.0.parts()?;
        let query = ListQuery {
            filter: ItemFilter {
                owner: owner.map(UserId::from),
            },
            sort,
            page,
        };
        let items = Items(auth.crm()).list(auth.actor(), &query).await?;
        Ok(Reply::new(items.into()))
    }

    /// Put an item into the stock
    #[oai(path = "/stock", method = "post", operation_id = "stockCreateItem")]
    async fn create(
        &self,
        auth: Require<ItemCreate>,
        req: &Request,
        body: Body<StockItemContent>,
    ) -> Result<Created<StockItem>, Problem> {
        let name = body.0.name()?;
        let item = Items(auth.crm()).create(auth.actor(), name).await?;
        let (id, version) = (item.id.uuid(), item.version);
        Ok(Created::new(item.into())
            .etag(version)
            .header(header::LOCATION, location(req, id)))
    }

    /// Show an item
    #[oai(path = "/stock/:id", method = "get", operation_id = "stockGetItem")]
    async fn get(
        &self,
        auth: Require<ItemRead>,
        id: Path<Uuid>,
    ) -> Result<Versioned<StockItem>, Problem> {
        let item = Items(auth.crm()).get(auth.actor(), id.0.into()).await?;
        let version = item.version;
        Ok(Versioned::new(item.into()).etag(version))
    }

    /// Give an item another name
    #[oai(
        path = "/stock/:id",
        method = "patch",
        operation_id = "stockUpdateItem"
    )]
    async fn update(
        &self,
        auth: Require<ItemUpdate>,
        id: Path<Uuid>,
        #[oai(name = "If-Match")] if_match: IfMatch,
        body: Body<StockItemContent>,
    ) -> Result<Versioned<StockItem>, Problem> {
        let name = body.0.name()?;
        let items = Items(auth.crm());
        let renamed = items.rename(auth.actor(), id.0.into(), name, if_match.0);
        let item = renamed.await?;
        let version = item.version;
        Ok(Versioned::new(item.into()).etag(version))
    }
}
