//! Customers: find, lock, list, count, insert, update. Every query carries the caller's scope.

mod matching;
mod notes;
mod row;
mod search;

pub use notes::{
    ListedNote, delete_note, insert_note, list_notes, lock_note, move_notes, return_notes,
};

use crm_authz::Scope;
use crm_domain::custom_field::{FieldKey, FieldResource};
use crm_domain::customer::{Customer, CustomerFilter, CustomerSort};
use crm_domain::ids::{CustomerId, UserId};
use crm_domain::list::SortField as _;
use crm_domain::page::{Slice, Total};
use crm_domain::text::{Name, SearchTerm};
use crm_domain::user::UserRef;
use diesel::dsl::not;
use diesel::prelude::*;
use diesel::sql_types::Integer;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::Error;
use crate::cursor;
use crate::custom_fields::{self, Hidden};
use crate::query::{self, Part};
use crate::record::{imported, in_order, matched, merged, named, stored, unique_by_email, walked};
use crate::schema::customers;
use crate::users::UserRefRow;

use matching::{
    at_hand, is_plain, matching, order, sliced, visible, visible_of, with_assignee, words,
};
use row::{CustomerKeys, CustomerRow};
pub use search::{newest, newest_with_words, search};

stored!(customers: Customer (CustomerId) as CustomerRow and CustomerKeys, read by |row| Ok(Customer::from(row)));
walked!(customers: Customer (CustomerId) by CustomerFilter);
named!(customers: Customer);
unique_by_email!(customers: Customer (CustomerId));
matched!(customers(CustomerId));
imported!(customers: Customer as CustomerRow and CustomerKeys, read by |row| Ok(Customer::from(row)));
in_order!(customers: Customer as CustomerRow by CustomerFilter and CustomerSort);
merged!(customers: Customer);

/// A customer together with who looks after them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedCustomer {
    /// The customer.
    pub customer: Customer,
    /// The user of `customer.owner`.
    pub owner: Option<UserRef>,
    /// How many notes there are.
    pub note_count: i64,
    /// The keys of the custom fields that are put away, whose values are not shown.
    pub hidden: Vec<FieldKey>,
}

/// The customer `id`, where the scope reaches it.
///
/// # Errors
/// When the database fails.
pub async fn find(
    conn: &mut AsyncPgConnection,
    id: CustomerId,
    scope: &Scope<Customer>,
) -> Result<Option<ListedCustomer>, Error> {
    let row: Option<Row> = with_assignee(visible(scope).filter(customers::id.eq(id.uuid())))
        .select((
            CustomerRow::as_select(),
            Option::<UserRefRow>::as_select(),
            HIDDEN,
        ))
        .first(conn)
        .await
        .optional()?;
    Ok(listed(conn, row.into_iter().collect()).await?.pop())
}

/// The customer that a customer was merged into, and that one into another, and so on; itself, when it was not.
///
/// # Errors
/// When the database fails.
pub async fn merged_to(conn: &mut AsyncPgConnection, id: CustomerId) -> Result<CustomerId, Error> {
    let mut last = id;
    // It ends: only tombstones point on, and what takes in another is none.
    while let Some(next) = customers::table
        .find(last.uuid())
        .select(customers::merged_into)
        .first::<Option<Uuid>>(conn)
        .await
        .optional()?
        .flatten()
    {
        last = next.into();
    }
    Ok(last)
}

/// One slice of the customers that match, in order.
///
/// # Errors
/// When the database fails.
pub async fn list(
    conn: &mut AsyncPgConnection,
    filter: &CustomerFilter,
    sort: CustomerSort,
    slice: &Slice,
    scope: &Scope<Customer>,
) -> Result<Part<ListedCustomer>, Error> {
    let Part {
        records: rows,
        goes_on,
        total,
    } = page(conn, filter, sort, slice, scope).await?;
    Ok(Part {
        records: listed(conn, rows).await?,
        goes_on,
        total,
    })
}

/// The next of the customers that [`open`] began to read; none at the end.
///
/// # Errors
/// When the database fails.
pub async fn fetch(conn: &mut AsyncPgConnection, rows: u16) -> Result<Vec<ListedCustomer>, Error> {
    let rows = cursor::fetch::<Selection, _>(conn, rows).await?;
    listed(conn, rows).await
}

/// How many customers match: exactly, or up to a cap.
///
/// # Errors
/// When the database fails.
pub async fn count(
    conn: &mut AsyncPgConnection,
    filter: &CustomerFilter,
    exact: bool,
    scope: &Scope<Customer>,
) -> Result<Total, Error> {
    let query = matching(filter, scope).select(1.into_sql::<Integer>());
    let cap = query::total_cap(exact, words(filter).is_some());
    query::total(conn, query, cap, is_plain(filter)).await
}

/// Some customers at hand that this user looks after, within the scope, in the order of their ids.
///
/// # Errors
/// When the database fails.
pub async fn list_assigned(
    conn: &mut AsyncPgConnection,
    owner: UserId,
    limit: i64,
    scope: &Scope<Customer>,
) -> Result<Vec<CustomerId>, Error> {
    let ids: Vec<Uuid> = visible_of(Some(owner), scope)
        .filter(not(customers::is_archived))
        .order(customers::id)
        .limit(limit)
        .select(customers::id)
        .load(conn)
        .await?;
    Ok(ids.into_iter().map(CustomerId::from).collect())
}

/// The customer with what lists show besides.
///
/// # Errors
/// When the database fails.
pub async fn shown(
    conn: &mut AsyncPgConnection,
    customer: Customer,
) -> Result<ListedCustomer, Error> {
    let (owner, resource) = (customer.owner, FieldResource::Customer);
    let beside = custom_fields::beside(conn, owner, resource, &customer.custom);
    let (owner, hidden) = beside.await?;
    let id = customer.id.uuid();
    let note_count = notes::counts(conn, &[id]).await?.remove(&id);
    Ok(ListedCustomer {
        customer,
        owner,
        hidden,
        note_count: note_count.unwrap_or_default(),
    })
}

const HIDDEN: Hidden = Hidden("customer");

/// The rows with the number of their notes, which is asked for all of them at once.
async fn listed(
    conn: &mut AsyncPgConnection,
    rows: Vec<Row>,
) -> Result<Vec<ListedCustomer>, Error> {
    let ids: Vec<Uuid> = rows.iter().map(|(row, ..)| row.id).collect();
    let note_counts = notes::counts(conn, &ids).await?;
    let listed = |(row, owner, hidden): Row| ListedCustomer {
        hidden: custom_fields::field_keys(&hidden),
        note_count: note_counts.get(&row.id).copied().unwrap_or_default(),
        customer: row.into(),
        owner: owner.map(UserRef::from),
    };
    Ok(rows.into_iter().map(listed).collect())
}
