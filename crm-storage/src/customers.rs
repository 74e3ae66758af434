//! Customers: find and insert. Every query carries the caller's scope.

use chrono::{DateTime, Utc};
use crm_authz::Scope;
use crm_domain::customer::Customer;
use crm_domain::ids::{CustomerId, LeadId, UserId};
use crm_domain::text::{Company, Email, Name, Phone, Tags};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::Error;
use crate::query::Cached;
use crate::schema::customers;
use crate::visibility::within;

/// The customer `id`, where the scope reaches it.
///
/// # Errors
/// When the database fails.
pub async fn find(
    conn: &mut AsyncPgConnection,
    id: CustomerId,
    scope: &Scope<Customer>,
) -> Result<Option<Customer>, Error> {
    let row: Option<CustomerRow> = customers::table
        .filter(customers::id.eq(id.uuid()))
        .filter(within(scope))
        .select(CustomerRow::as_select())
        .first(conn)
        .await
        .optional()?;
    Ok(row.map(Customer::from))
}

/// Some customers at hand that this user looks after, within the scope, locked until the transaction ends, in the order
/// of their ids.
///
/// # Errors
/// When the database fails.
pub async fn lock_assigned(
    conn: &mut AsyncPgConnection,
    owner: UserId,
    limit: i64,
    scope: &Scope<Customer>,
) -> Result<Vec<Customer>, Error> {
    let rows: Vec<CustomerRow> = customers::table
        .filter(customers::assigned_to.eq(owner.uuid()))
        .filter(customers::owner_id.eq(owner.uuid()))
        .filter(diesel::dsl::not(customers::is_archived))
        .filter(within(scope))
        .order(customers::id)
        .limit(limit)
        .select(CustomerRow::as_select())
        .for_update()
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(Customer::from).collect())
}

/// Stores who looks after a customer, in its next version. False when the stored one is not the version before it, or
/// out of the scope.
///
/// # Errors
/// When the database refuses it.
pub async fn update_owner(
    conn: &mut AsyncPgConnection,
    customer: &Customer,
    scope: &Scope<Customer>,
) -> Result<bool, Error> {
    let previous = customers::table
        .filter(customers::id.eq(customer.id.uuid()))
        .filter(customers::version.eq(customer.version - 1))
        .filter(within(scope));
    let next = (
        customers::assigned_to.eq(customer.owner.map(UserId::uuid)),
        customers::version.eq(customer.version),
        customers::updated_at.eq(customer.updated_at),
    );
    Ok(Cached(diesel::update(previous).set(next))
        .execute(conn)
        .await?
        == 1)
}

/// Stores a new customer.
///
/// # Errors
/// [`Error::UniqueViolation`] when its origin lead already became a customer.
pub async fn insert(conn: &mut AsyncPgConnection, customer: &Customer) -> Result<(), Error> {
    diesel::insert_into(customers::table)
        .values((CustomerRow::from(customer), CustomerKeys::from(customer)))
        .execute(conn)
        .await?;
    Ok(())
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = customers, check_for_backend(Pg), treat_none_as_default_value = false)]
struct CustomerRow {
    id: Uuid,
    name: String,
    company: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    tags: Vec<String>,
    assigned_to: Option<Uuid>,
    origin_lead: Option<Uuid>,
    is_archived: bool,
    version: i32,
    created_by: Option<Uuid>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// The columns that are computed from a customer for sorting and finding, and never read back.
#[derive(Insertable)]
#[diesel(table_name = customers, treat_none_as_default_value = false)]
struct CustomerKeys {
    name_key: String,
    email_key: Option<String>,
    phone_key: Option<String>,
    tag_keys: Vec<String>,
    search_text: String,
}

impl From<&Customer> for CustomerKeys {
    fn from(customer: &Customer) -> Self {
        Self {
            name_key: customer.name.key(),
            email_key: customer.email.as_ref().map(Email::key),
            phone_key: customer.phone.as_ref().map(Phone::key),
            tag_keys: customer.tags.keys(),
            search_text: customer.search_text(),
        }
    }
}

impl From<&Customer> for CustomerRow {
    fn from(customer: &Customer) -> Self {
        let Customer {
            id,
            name,
            company,
            email,
            phone,
            tags,
            owner,
            origin_lead,
            is_archived,
            version,
            created_by,
            created_at,
            updated_at,
        } = customer;
        Self {
            id: id.uuid(),
            name: name.to_string(),
            company: company.as_ref().map(ToString::to_string),
            email: email.as_ref().map(ToString::to_string),
            phone: phone.as_ref().map(ToString::to_string),
            tags: tags.iter().map(ToString::to_string).collect(),
            assigned_to: owner.map(UserId::uuid),
            origin_lead: origin_lead.map(LeadId::uuid),
            is_archived: *is_archived,
            version: *version,
            created_by: created_by.map(UserId::uuid),
            created_at: *created_at,
            updated_at: *updated_at,
        }
    }
}

impl From<CustomerRow> for Customer {
    fn from(row: CustomerRow) -> Self {
        let CustomerRow {
            id,
            name,
            company,
            email,
            phone,
            tags,
            assigned_to,
            origin_lead,
            is_archived,
            version,
            created_by,
            created_at,
            updated_at,
        } = row;
        Self {
            id: CustomerId::from(id),
            name: Name::from_stored(name),
            company: company.map(Company::from_stored),
            email: email.map(Email::from_stored),
            phone: phone.map(Phone::from_stored),
            tags: Tags::from_stored(tags),
            owner: assigned_to.map(UserId::from),
            origin_lead: origin_lead.map(LeadId::from),
            is_archived,
            version,
            created_by: created_by.map(UserId::from),
            created_at,
            updated_at,
        }
    }
}
