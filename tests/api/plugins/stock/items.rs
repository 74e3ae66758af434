//! What is done with items, and how they are stored.

use chrono::{DateTime, Utc};
use crm_app::plugin::{Held, Kept, Listed};
use crm_app::{Crm, Current, Error, Result, StorageError};
use crm_authz::Scope;
use crm_domain::activity::{Actor, Changes, Fields};
use crm_domain::ids::UserId;
use crm_domain::list::{Listing, Sort};
use crm_domain::page::{Slice, Total};
use crm_domain::permission::Action;
use crm_domain::text::Name;
use crm_storage::Error as DatabaseError;
use crm_storage::plugin::{self, Order, Owned, Part, within};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::Shelves;
use super::item::{ITEM, Item, ItemEdited, ItemFilter, ItemId, ItemMade, ItemSortField};

diesel::table! {
    stock_items (id) {
        id -> Uuid,
        name -> Text,
        owner_id -> Nullable<Uuid>,
        version -> Integer,
        created_at -> Timestamptz,
    }
}

impl Owned for Item {
    const TABLE: &'static str = "stock_items";
    const OWNER: &'static str = "stock_items.owner_id";
    const IS_UNASSIGNED: &'static str = "stock_items.owner_id is null";
    const NAME: Option<&'static str> = Some("stock_items.name");
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = stock_items, check_for_backend(Pg), treat_none_as_null = true)]
struct ItemRow {
    id: Uuid,
    name: String,
    owner_id: Option<Uuid>,
    version: i32,
    created_at: DateTime<Utc>,
}

impl From<&Item> for ItemRow {
    fn from(item: &Item) -> Self {
        Self {
            id: item.id.uuid(),
            name: item.name.to_string(),
            owner_id: item.owner.map(UserId::uuid),
            version: item.version,
            created_at: item.created_at,
        }
    }
}

impl From<ItemRow> for Item {
    fn from(row: ItemRow) -> Self {
        Self {
            id: row.id.into(),
            name: Name::from_stored(row.name),
            owner: row.owner_id.map(UserId::from),
            version: row.version,
            created_at: row.created_at,
        }
    }
}

fn matching(filter: &ItemFilter, scope: &Scope<Item>) -> stock_items::BoxedQuery<'static, Pg> {
    let rows = stock_items::table.filter(within(scope)).into_boxed();
    match filter.owner {
        Some(owner) => rows.filter(stock_items::owner_id.eq(owner.uuid())),
        None => rows,
    }
}

impl Kept for Item {
    type Id = ItemId;

    fn id(&self) -> ItemId {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }

    fn fields(&self) -> Fields {
        self.fields()
    }

    async fn lock(
        conn: &mut AsyncPgConnection,
        id: ItemId,
        scope: &Scope<Self>,
    ) -> Result<Option<Self>, StorageError> {
        let row: Option<ItemRow> = stock_items::table
            .filter(stock_items::id.eq(id.uuid()))
            .filter(within(scope))
            .select(ItemRow::as_select())
            .for_update()
            .first(conn)
            .await
            .optional()?;
        Ok(row.map(Self::from))
    }

    async fn update(
        &self,
        conn: &mut AsyncPgConnection,
        scope: &Scope<Self>,
    ) -> Result<bool, StorageError> {
        let previous = stock_items::table
            .filter(stock_items::id.eq(self.id.uuid()))
            .filter(stock_items::version.eq(self.version - 1))
            .filter(within(scope));
        let updated = diesel::update(previous).set(ItemRow::from(self));
        Ok(plugin::Cached(updated).execute(conn).await? == 1)
    }

    async fn current(self, _: &mut AsyncPgConnection) -> Result<Current, StorageError> {
        let shown = serde_json::to_value(super::api::StockItem::from(self));
        Ok(Current::Shown(shown.unwrap_or_default()))
    }
}

impl Listed for Item {
    type Record = Self;
    type Filter = ItemFilter;
    type Field = ItemSortField;
    const NAME: &'static str = "stock";

    fn record(&self) -> &Self {
        self
    }

    async fn list(
        conn: &mut AsyncPgConnection,
        filter: &ItemFilter,
        sort: Sort<ItemSortField>,
        slice: &Slice,
        scope: &Scope<Self>,
    ) -> Result<Part<Self>, DatabaseError> {
        let order = Order::new("stock_items.created_at", "stock_items.id", sort.direction);
        let rows = match slice {
            Slice::Page(_) => matching(filter, scope),
            Slice::After(position, _) => matching(filter, scope).filter(order.after(position)),
        };
        let rows = rows.order(order).select(ItemRow::as_select());
        let (rows, goes_on) = plugin::slice::<_, ItemRow>(conn, rows, slice, true).await?;
        let records: Vec<_> = rows.into_iter().map(Self::from).collect();
        Ok((records, goes_on).into())
    }

    async fn count(
        conn: &mut AsyncPgConnection,
        filter: &ItemFilter,
        exact: bool,
        scope: &Scope<Self>,
    ) -> Result<Total, DatabaseError> {
        let rows = matching(filter, scope).select(stock_items::id);
        plugin::total(conn, rows, plugin::total_cap(exact, false), true).await
    }
}

/// What is done with items.
pub(super) struct Items<'a>(pub(super) &'a Crm);

impl Items<'_> {
    pub(super) async fn list(
        &self,
        actor: &Actor,
        query: &crm_app::plugin::QueryOf<Item>,
    ) -> Result<Listing<Item>> {
        self.0.list(actor, query).await
    }

    /// Puts an item on a shelf.
    pub(super) async fn create(&self, actor: &Actor, name: Name) -> Result<Item> {
        crm_app::write!(self.0, |conn| self.create_in(conn, actor, name.clone()))
    }

    async fn create_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        name: Name,
    ) -> Result<Item> {
        let access = self.0.access().await?;
        access.scope::<Item>(actor, Action::Create)?;
        let most = self.0.provided::<Shelves>().map(|shelves| shelves.most);
        conn.transaction(async |conn| {
            let count: i64 = stock_items::table.count().get_result(conn).await?;
            if let Some(most) = most.filter(|most| *most > 0)
                && count >= i64::from(most)
            {
                return Err(Error::Refused {
                    code: "stock.full",
                    message: format!("there is room for {most} items"),
                });
            }
            let now = self.0.now();
            let item = Item {
                id: ItemId::new(now, self.0.random()?),
                name,
                owner: actor.user_id(),
                version: 1,
                created_at: now,
            };
            diesel::insert_into(stock_items::table)
                .values(ItemRow::from(&item))
                .execute(conn)
                .await?;
            let event = ItemMade {
                item_id: item.id,
                name: item.name.to_string(),
                changes: Changes::created(item.fields()),
            };
            self.0.emit(conn, actor, now, &event).await?;
            Ok(item)
        })
        .await
    }

    /// Gives an item another name.
    pub(super) async fn rename(
        &self,
        actor: &Actor,
        id: ItemId,
        name: Name,
        version: Option<i32>,
    ) -> Result<Item> {
        crm_app::write!(self.0, |conn| self.rename_in(
            conn,
            actor,
            id,
            name.clone(),
            version
        ))
    }

    async fn rename_in(
        &self,
        conn: &mut AsyncPgConnection,
        actor: &Actor,
        id: ItemId,
        name: Name,
        version: Option<i32>,
    ) -> Result<Item> {
        conn.transaction(async |conn| {
            let held: Held<'_, Item> = self
                .0
                .hold(conn, actor, id, Action::Update, version)
                .await?;
            let item = held.record.clone().rename(name);
            let edited = |changes| ItemEdited {
                item_id: id,
                changes,
            };
            self.0.store(conn, &held, &item, edited).await?;
            Ok(item)
        })
        .await
    }

    pub(super) async fn get(&self, actor: &Actor, id: ItemId) -> Result<Item> {
        let scope = self.0.access().await?.scope::<Item>(actor, Action::Read)?;
        let mut conn = self.0.connection().await?;
        let row: Option<ItemRow> = stock_items::table
            .filter(stock_items::id.eq(id.uuid()))
            .filter(within(&scope))
            .select(ItemRow::as_select())
            .first(&mut conn)
            .await
            .optional()?;
        row.map(Item::from).ok_or(Error::NotFound(ITEM))
    }
}
