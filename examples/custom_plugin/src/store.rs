//! How visits are stored. Every query that somebody asks carries the caller's scope.

use chrono::{DateTime, Utc};
use crm_authz::Scope;
use crm_domain::ids::{CustomerId, UserId};
use crm_domain::list::Sort;
use crm_domain::page::{Slice, Total};
use crm_domain::text::Name;
use crm_storage::Error;
use crm_storage::plugin::{self, Cached, Order, Owned, within};
use diesel::dsl::exists;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::visit::{Visit, VisitFilter, VisitId, VisitSortField};

diesel::table! {
    visits_visits (id) {
        id -> Uuid,
        name -> Text,
        customer_id -> Uuid,
        owner_id -> Nullable<Uuid>,
        done_at -> Nullable<Timestamptz>,
        version -> Integer,
        created_at -> Timestamptz,
    }
}

/// Tells where a row says whose it is.
impl Owned for Visit {
    const TABLE: &'static str = "visits_visits";
    const OWNER: &'static str = "visits_visits.owner_id";
    const IS_UNASSIGNED: &'static str = "visits_visits.owner_id is null";
    const NAME: Option<&'static str> = Some("visits_visits.name");
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = visits_visits, check_for_backend(Pg), treat_none_as_null = true)]
struct VisitRow {
    id: Uuid,
    name: String,
    customer_id: Uuid,
    owner_id: Option<Uuid>,
    done_at: Option<DateTime<Utc>>,
    version: i32,
    created_at: DateTime<Utc>,
}

impl From<&Visit> for VisitRow {
    fn from(visit: &Visit) -> Self {
        Self {
            id: visit.id.uuid(),
            name: visit.name.to_string(),
            customer_id: visit.customer.uuid(),
            owner_id: visit.owner.map(UserId::uuid),
            done_at: visit.done_at,
            version: visit.version,
            created_at: visit.created_at,
        }
    }
}

impl From<VisitRow> for Visit {
    fn from(row: VisitRow) -> Self {
        Self {
            id: row.id.into(),
            name: Name::from_stored(row.name),
            customer: row.customer_id.into(),
            owner: row.owner_id.map(UserId::from),
            done_at: row.done_at,
            version: row.version,
            created_at: row.created_at,
        }
    }
}

/// The visit, where the scope reaches it.
pub(crate) async fn find(
    conn: &mut AsyncPgConnection,
    id: VisitId,
    scope: &Scope<Visit>,
) -> Result<Option<Visit>, Error> {
    let row: Option<VisitRow> = visits_visits::table
        .filter(visits_visits::id.eq(id.uuid()))
        .filter(within(scope))
        .select(VisitRow::as_select())
        .first(conn)
        .await
        .optional()?;
    Ok(row.map(Visit::from))
}

/// The same, locked until the transaction ends.
pub(crate) async fn lock(
    conn: &mut AsyncPgConnection,
    id: VisitId,
    scope: &Scope<Visit>,
) -> Result<Option<Visit>, Error> {
    let row: Option<VisitRow> = visits_visits::table
        .filter(visits_visits::id.eq(id.uuid()))
        .filter(within(scope))
        .select(VisitRow::as_select())
        .for_update()
        .first(conn)
        .await
        .optional()?;
    Ok(row.map(Visit::from))
}

pub(crate) async fn insert(conn: &mut AsyncPgConnection, visit: &Visit) -> Result<(), Error> {
    diesel::insert_into(visits_visits::table)
        .values(VisitRow::from(visit))
        .execute(conn)
        .await?;
    Ok(())
}

/// Stores the next version. False when the stored one is not the version before it, or out of the scope.
pub(crate) async fn update(
    conn: &mut AsyncPgConnection,
    visit: &Visit,
    scope: &Scope<Visit>,
) -> Result<bool, Error> {
    let previous = visits_visits::table
        .filter(visits_visits::id.eq(visit.id.uuid()))
        .filter(visits_visits::version.eq(visit.version - 1))
        .filter(within(scope));
    let updated = Cached(diesel::update(previous).set(VisitRow::from(visit)));
    Ok(updated.execute(conn).await? == 1)
}

/// Whether the customer has an open visit, whoever plans it.
pub(crate) async fn has_open(
    conn: &mut AsyncPgConnection,
    customer: CustomerId,
) -> QueryResult<bool> {
    let open = of_customer(customer).filter(visits_visits::done_at.is_null());
    diesel::select(exists(open)).get_result(conn).await
}

/// Whether the customer has any visit.
pub(crate) async fn has_any(
    conn: &mut AsyncPgConnection,
    customer: CustomerId,
) -> Result<bool, Error> {
    let any = diesel::select(exists(of_customer(customer)));
    Ok(any.get_result(conn).await?)
}

/// One slice of those that match, in order, and whether there are more behind it.
pub(crate) async fn list(
    conn: &mut AsyncPgConnection,
    filter: &VisitFilter,
    sort: Sort<VisitSortField>,
    slice: &Slice,
    scope: &Scope<Visit>,
) -> Result<(Vec<Visit>, bool), Error> {
    let order = Order::new(
        "visits_visits.created_at",
        "visits_visits.id",
        sort.direction,
    );
    let rows = match slice {
        Slice::Page(_) => matching(filter, scope),
        Slice::After(position, _) => matching(filter, scope).filter(order.after(position)),
    };
    let rows = rows.order(order).select(VisitRow::as_select());
    let (rows, goes_on) = plugin::slice::<_, VisitRow>(conn, rows, slice, false).await?;
    Ok((rows.into_iter().map(Visit::from).collect(), goes_on))
}

/// How many match: exactly, or up to a cap.
pub(crate) async fn count(
    conn: &mut AsyncPgConnection,
    filter: &VisitFilter,
    exact: bool,
    scope: &Scope<Visit>,
) -> Result<Total, Error> {
    let rows = matching(filter, scope).select(visits_visits::id);
    plugin::total(conn, rows, plugin::total_cap(exact, false), false).await
}

type Rows = visits_visits::BoxedQuery<'static, Pg>;

fn of_customer(customer: CustomerId) -> Rows {
    visits_visits::table
        .filter(visits_visits::customer_id.eq(customer.uuid()))
        .into_boxed()
}

fn matching(filter: &VisitFilter, scope: &Scope<Visit>) -> Rows {
    let rows = match filter.customer {
        Some(customer) => of_customer(customer),
        None => visits_visits::table.into_boxed(),
    };
    rows.filter(within(scope))
}
