//! Leads: find, lock, list, count, insert, update. Every query carries the caller's scope.
//!
//! ```no_run
//! # use crm_authz::Scope; use crm_domain::{ids::LeadId, lead::Lead};
//! # async fn show(conn: &mut diesel_async::AsyncPgConnection, id: LeadId, scope: &Scope<Lead>) {
//! let found = crm_storage::leads::find(conn, id, scope).await;
//! # }
//! ```
//!
//! Without one, or with one of another kind of record, it does not build:
//!
//! ```compile_fail
//! # use crm_authz::Scope; use crm_domain::{ids::LeadId, lead::Lead};
//! # async fn show(conn: &mut diesel_async::AsyncPgConnection, id: LeadId, scope: &Scope<Lead>) {
//! let found = crm_storage::leads::find(conn, id).await;
//! # }
//! ```
//!
//! ```compile_fail
//! # use crm_authz::Scope; use crm_domain::{customer::Customer, ids::LeadId};
//! # async fn show(conn: &mut diesel_async::AsyncPgConnection, id: LeadId, scope: &Scope<Customer>) {
//! let found = crm_storage::leads::find(conn, id, scope).await;
//! # }
//! ```

mod history;
mod matching;
mod row;
mod search;

use crm_authz::Scope;
use crm_domain::custom_field::{FieldKey, FieldResource};
use crm_domain::ids::{LeadId, UserId};
use crm_domain::lead::{Lead, LeadFilter, LeadSort};
use crm_domain::list::SortField as _;
use crm_domain::page::{Slice, Total};
use crm_domain::text::{Name, SearchTerm};
use crm_domain::user::UserRef;
use diesel::prelude::*;
use diesel::sql_types::Integer;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::Error;
use crate::cursor;
use crate::custom_fields::{self, Hidden};
use crate::query::{self, Part};
use crate::record::{imported, in_order, matched, merged, named, stored, unique_by_email, walked};
use crate::schema::leads;
use crate::users::UserRefRow;

pub use history::{ListedStatusChange, insert_status_change, list_status_changes};
use matching::{
    at_hand, is_plain, matching, order, sliced, visible, visible_of, with_assignee, words,
};
use row::{LeadKeys, LeadRow};
pub use search::{newest, newest_with_words, search};

stored!(leads: Lead (LeadId) as LeadRow and LeadKeys, read by Lead::try_from);
walked!(leads: Lead (LeadId) by LeadFilter);
named!(leads: Lead);
unique_by_email!(leads: Lead (LeadId));
matched!(leads(LeadId));
imported!(leads: Lead as LeadRow and LeadKeys, read by Lead::try_from);
in_order!(leads: Lead as LeadRow by LeadFilter and LeadSort);
merged!(leads: Lead);

/// A lead together with who works on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedLead {
    /// The lead.
    pub lead: Lead,
    /// The user of `lead.assigned_agent`.
    pub agent: Option<UserRef>,
    /// The keys of the custom fields that are put away, whose values are not shown.
    pub hidden: Vec<FieldKey>,
}

/// The lead `id`, where the scope reaches it.
///
/// # Errors
/// When the database fails, or the stored row makes no lead.
pub async fn find(
    conn: &mut AsyncPgConnection,
    id: LeadId,
    scope: &Scope<Lead>,
) -> Result<Option<ListedLead>, Error> {
    let row = with_assignee(visible(scope).filter(leads::id.eq(id.uuid())))
        .select((
            LeadRow::as_select(),
            Option::<UserRefRow>::as_select(),
            HIDDEN,
        ))
        .first(conn)
        .await
        .optional()?;
    row.map(listed).transpose()
}

/// One slice of the leads that match, in order.
///
/// # Errors
/// When the database fails, or a stored row makes no lead.
pub async fn list(
    conn: &mut AsyncPgConnection,
    filter: &LeadFilter,
    sort: LeadSort,
    slice: &Slice,
    scope: &Scope<Lead>,
) -> Result<Part<ListedLead>, Error> {
    let Part {
        records: rows,
        goes_on,
        total,
    } = page(conn, filter, sort, slice, scope).await?;
    Ok(Part {
        records: rows.into_iter().map(listed).collect::<Result<_, _>>()?,
        goes_on,
        total,
    })
}

/// The next of the leads that [`open`] began to read; none at the end.
///
/// # Errors
/// When the database fails, or a stored row makes no lead.
pub async fn fetch(conn: &mut AsyncPgConnection, rows: u16) -> Result<Vec<ListedLead>, Error> {
    let rows = cursor::fetch::<Selection, _>(conn, rows).await?;
    rows.into_iter().map(listed).collect()
}

/// How many leads match: exactly, or up to a cap.
///
/// # Errors
/// When the database fails.
pub async fn count(
    conn: &mut AsyncPgConnection,
    filter: &LeadFilter,
    exact: bool,
    scope: &Scope<Lead>,
) -> Result<Total, Error> {
    let query = matching(filter, scope).select(1.into_sql::<Integer>());
    let cap = query::total_cap(exact, words(filter).is_some());
    query::total(conn, query, cap, is_plain(filter)).await
}

/// Some leads at hand that are assigned to this user, within the scope, in the order of their ids.
///
/// # Errors
/// When the database fails.
pub async fn list_assigned(
    conn: &mut AsyncPgConnection,
    agent: UserId,
    limit: i64,
    scope: &Scope<Lead>,
) -> Result<Vec<LeadId>, Error> {
    let ids: Vec<uuid::Uuid> = visible_of(Some(agent), scope)
        .filter(diesel::dsl::not(leads::is_archived))
        .order(leads::id)
        .limit(limit)
        .select(leads::id)
        .load(conn)
        .await?;
    Ok(ids.into_iter().map(LeadId::from).collect())
}

/// The leads within the scope that became any of these customers.
///
/// # Errors
/// When the database fails.
pub async fn list_became(
    conn: &mut AsyncPgConnection,
    customers: &[uuid::Uuid],
    max: usize,
    scope: &Scope<Lead>,
) -> Result<Vec<uuid::Uuid>, Error> {
    Ok(visible(scope)
        .filter(leads::converted_customer_id.eq_any(customers.to_vec()))
        .order(leads::id)
        .limit(i64::try_from(max).unwrap_or(i64::MAX))
        .select(leads::id)
        .load(conn)
        .await?)
}

/// The lead with who works on it.
///
/// # Errors
/// When the database fails.
pub async fn shown(conn: &mut AsyncPgConnection, lead: Lead) -> Result<ListedLead, Error> {
    let agent = lead.assigned_agent;
    let beside = custom_fields::beside(conn, agent, FieldResource::Lead, &lead.custom);
    let (agent, hidden) = beside.await?;
    Ok(ListedLead {
        lead,
        agent,
        hidden,
    })
}

const HIDDEN: Hidden = Hidden("lead");

fn listed((lead, agent, hidden): Row) -> Result<ListedLead, Error> {
    Ok(ListedLead {
        lead: lead.try_into()?,
        agent: agent.map(UserRef::from),
        hidden: custom_fields::field_keys(&hidden),
    })
}
