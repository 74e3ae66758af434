//! Saved views. Who reads them names the kinds of records that they may read.

use chrono::{DateTime, Utc};
use crm_domain::ids::{UserId, ViewId};
use crm_domain::text::Name;
use crm_domain::user::UserRef;
use crm_domain::view::{View, ViewFilter, Viewed};
use diesel::dsl::{Eq, not};
use diesel::helper_types::{InnerJoinOn, IntoBoxed};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use crate::Error;
use crate::query::Cached;
use crate::schema::{saved_views, users};
use crate::users::UserRefRow;

/// The most views of one user.
pub const MAX_PER_USER: i64 = 200;

/// The most views that are shared, in the whole workspace.
pub const MAX_SHARED: i64 = 500;

/// Whose views somebody sees: their own, and those that are shared, of the kinds of records that they may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// Who; `None` for the program itself, which has none of its own.
    pub user: Option<UserId>,
    /// The kinds.
    pub resources: Vec<Viewed>,
}

/// A view together with whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedView {
    /// The view.
    pub view: View,
    /// The user of `view.owner`.
    pub owner: UserRef,
}

type WithOwner =
    InnerJoinOn<saved_views::table, users::table, Eq<saved_views::owner_id, users::id>>;

/// The views that the reader sees.
fn visible(reader: &Reader) -> IntoBoxed<'static, WithOwner, Pg> {
    let resources = reader.resources.iter();
    let resources: Vec<_> = resources.map(|viewed| viewed.resource().as_str()).collect();
    let user = reader.user.map_or(Uuid::nil(), UserId::uuid);
    saved_views::table
        .inner_join(users::table.on(saved_views::owner_id.eq(users::id)))
        .filter(saved_views::resource.eq_any(resources))
        .filter(saved_views::owner_id.eq(user).or(saved_views::is_shared))
        .into_boxed()
}

/// The views that the reader sees, in the order of their names.
///
/// # Errors
/// When the database fails, or a stored row makes no view.
pub async fn list(conn: &mut AsyncPgConnection, reader: &Reader) -> Result<Vec<ListedView>, Error> {
    let rows: Vec<(ViewRow, UserRefRow)> = visible(reader)
        .order((saved_views::name_key, saved_views::id))
        .limit(MAX_PER_USER + MAX_SHARED)
        .select((ViewRow::as_select(), UserRefRow::as_select()))
        .load(conn)
        .await?;
    rows.into_iter().map(listed).collect()
}

/// The view `id`, if the reader sees it.
///
/// # Errors
/// When the database fails, or the stored row makes no view.
pub async fn find(
    conn: &mut AsyncPgConnection,
    id: ViewId,
    reader: &Reader,
) -> Result<Option<ListedView>, Error> {
    let row: Option<(ViewRow, UserRefRow)> = visible(reader)
        .filter(saved_views::id.eq(id.uuid()))
        .select((ViewRow::as_select(), UserRefRow::as_select()))
        .first(conn)
        .await
        .optional()?;
    row.map(listed).transpose()
}

/// The view `id`, if the reader sees it, locked until the transaction ends.
///
/// # Errors
/// When the database fails, or the stored row makes no view.
pub async fn lock(
    conn: &mut AsyncPgConnection,
    id: ViewId,
    reader: &Reader,
) -> Result<Option<ListedView>, Error> {
    let locked: Option<Uuid> = saved_views::table
        .find(id.uuid())
        .select(saved_views::id)
        .for_update()
        .first(conn)
        .await
        .optional()?;
    match locked {
        // Only now: as the one who held the lock left it.
        Some(_) => find(conn, id, reader).await,
        None => Ok(None),
    }
}

/// How many views a user has.
///
/// # Errors
/// When the database fails.
pub async fn count(conn: &mut AsyncPgConnection, owner: UserId) -> Result<i64, Error> {
    let views = saved_views::table.filter(saved_views::owner_id.eq(owner.uuid()));
    Ok(views.count().get_result(conn).await?)
}

/// How many views are shared besides `except`. Whoever asks makes others wait who ask the same, until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn count_shared(conn: &mut AsyncPgConnection, except: ViewId) -> Result<i64, Error> {
    diesel::sql_query("select pg_advisory_xact_lock(hashtextextended('shared views', 0))")
        .execute(conn)
        .await?;
    let views = saved_views::table
        .filter(saved_views::is_shared)
        .filter(not(saved_views::id.eq(except.uuid())));
    Ok(views.count().get_result(conn).await?)
}

/// Stores a new view.
///
/// # Errors
/// [`Error::UniqueViolation`] on `saved_views_name_unique` when the owner has one of this name and kind.
pub async fn insert(conn: &mut AsyncPgConnection, view: &View) -> Result<(), Error> {
    diesel::insert_into(saved_views::table)
        .values((
            ViewRow::try_from(view)?,
            saved_views::name_key.eq(view.name.key()),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Stores the next version of a view. False when the stored one is not the version before it.
///
/// # Errors
/// As [`insert`].
pub async fn update(conn: &mut AsyncPgConnection, view: &View) -> Result<bool, Error> {
    let previous = saved_views::table
        .find(view.id.uuid())
        .filter(saved_views::version.eq(view.version - 1));
    let next = (
        ViewRow::try_from(view)?,
        saved_views::name_key.eq(view.name.key()),
    );
    let updated = Cached(diesel::update(previous).set(next));
    Ok(updated.execute(conn).await? == 1)
}

/// Deletes a view.
///
/// # Errors
/// When the database fails.
pub async fn delete(conn: &mut AsyncPgConnection, id: ViewId) -> Result<(), Error> {
    diesel::delete(saved_views::table.find(id.uuid()))
        .execute(conn)
        .await?;
    Ok(())
}

fn listed((row, owner): (ViewRow, UserRefRow)) -> Result<ListedView, Error> {
    Ok(ListedView {
        view: row.try_into()?,
        owner: owner.into(),
    })
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = saved_views, check_for_backend(Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
struct ViewRow {
    id: Uuid,
    owner_id: Uuid,
    resource: String,
    name: String,
    filter: Value,
    sort: Option<String>,
    #[diesel(column_name = shown_columns)]
    columns: Vec<String>,
    is_shared: bool,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl TryFrom<&View> for ViewRow {
    type Error = Error;

    fn try_from(view: &View) -> Result<Self, Error> {
        let View {
            id,
            owner,
            resource,
            name,
            filter,
            sort,
            columns,
            is_shared,
            version,
            created_at,
            updated_at,
        } = view;
        let filter =
            serde_json::to_value(filter).map_err(|error| corrupt(id.uuid(), &error.to_string()))?;
        Ok(Self {
            id: id.uuid(),
            owner_id: owner.uuid(),
            resource: resource.resource().as_str().to_owned(),
            name: name.to_string(),
            filter,
            sort: sort.clone(),
            columns: columns.clone(),
            is_shared: *is_shared,
            version: *version,
            created_at: *created_at,
            updated_at: *updated_at,
        })
    }
}

impl TryFrom<ViewRow> for View {
    type Error = Error;

    fn try_from(row: ViewRow) -> Result<Self, Error> {
        let ViewRow {
            id,
            owner_id,
            resource,
            name,
            filter,
            sort,
            columns,
            is_shared,
            version,
            created_at,
            updated_at,
        } = row;
        let viewed = Viewed::ALL
            .into_iter()
            .find(|viewed| viewed.resource().as_str() == resource)
            .ok_or_else(|| corrupt(id, "unknown resource"))?;
        let filter: ViewFilter =
            serde_json::from_value(filter).map_err(|error| corrupt(id, &error.to_string()))?;
        Ok(Self {
            id: ViewId::from(id),
            owner: UserId::from(owner_id),
            resource: viewed,
            name: Name::from_stored(name),
            filter,
            sort,
            columns,
            is_shared,
            version,
            created_at,
            updated_at,
        })
    }
}

fn corrupt(id: Uuid, reason: &str) -> Error {
    Error::Corrupt {
        table: "saved_views",
        id,
        reason: reason.to_owned(),
    }
}
