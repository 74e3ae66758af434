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

mod matching;
mod row;

use crm_authz::Scope;
use crm_domain::ids::{LeadId, UserId};
use crm_domain::lead::{Lead, LeadFilter, LeadSort, StatusChange};
use crm_domain::page::{Slice, TOTAL_CAP, Total};
use crm_domain::user::UserRef;
use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::Error;
use crate::query::{Cached, Counted, Paged};
use crate::schema::{lead_status_changes, leads};
use crate::visibility::within;

use matching::{is_plain, matching, sorted, visible, with_agents};
use row::{AgentRow, LeadKeys, LeadRow};

/// A lead together with who works on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedLead {
    /// The lead.
    pub lead: Lead,
    /// The user of `lead.assigned_agent`.
    pub agent: Option<UserRef>,
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
    let row = with_agents(visible(scope).filter(leads::id.eq(id.uuid())))
        .select((LeadRow::as_select(), Option::<AgentRow>::as_select()))
        .first(conn)
        .await
        .optional()?;
    row.map(listed).transpose()
}

/// The lead `id`, where the scope reaches it, locked until the transaction ends.
///
/// # Errors
/// When the database fails, or the stored row makes no lead.
pub async fn lock(
    conn: &mut AsyncPgConnection,
    id: LeadId,
    scope: &Scope<Lead>,
) -> Result<Option<Lead>, Error> {
    let row: Option<LeadRow> = leads::table
        .filter(leads::id.eq(id.uuid()))
        .filter(within(scope))
        .select(LeadRow::as_select())
        .for_update()
        .first(conn)
        .await
        .optional()?;
    row.map(Lead::try_from).transpose()
}

/// One slice of the leads that match, in order, and whether there are more behind it.
///
/// # Errors
/// When the database fails, or a stored row makes no lead.
pub async fn list(
    conn: &mut AsyncPgConnection,
    filter: &LeadFilter,
    sort: LeadSort,
    slice: &Slice,
    scope: &Scope<Lead>,
) -> Result<(Vec<ListedLead>, bool), Error> {
    let (query, offset) = match slice {
        Slice::Page(page) => (matching(filter, scope), page.offset()),
        Slice::After(position, _) => (
            matching(filter, scope).filter(matching::after(sort, position)),
            0,
        ),
    };
    let query = with_agents(sorted(query, sort))
        .select((LeadRow::as_select(), Option::<AgentRow>::as_select()));
    let mut rows: Vec<(LeadRow, Option<AgentRow>)> = Paged {
        query,
        limit: slice.limit(),
        offset: offset.into(),
        is_kept: is_plain(filter),
    }
    .load(conn)
    .await?;
    let limit = slice.limit().rows().into();
    let goes_on = rows.len() > limit;
    rows.truncate(limit);
    let leads = rows.into_iter().map(listed).collect::<Result<_, _>>()?;
    Ok((leads, goes_on))
}

/// How many leads match: exactly, or up to [`TOTAL_CAP`].
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
    let cap = (!exact).then_some(TOTAL_CAP);
    let rows: i64 = Counted {
        query,
        cap,
        is_kept: is_plain(filter),
    }
    .get_result(conn)
    .await?;
    Ok(match cap {
        Some(cap) if rows > cap => Total {
            rows: cap,
            is_capped: true,
        },
        _ => Total {
            rows,
            is_capped: false,
        },
    })
}

/// Some lead at hand, within the scope, whose e-mail address has this key.
///
/// # Errors
/// When the database fails.
pub async fn find_by_email(
    conn: &mut AsyncPgConnection,
    email_key: &str,
    scope: &Scope<Lead>,
) -> Result<Option<LeadId>, Error> {
    let id: Option<uuid::Uuid> = visible(scope)
        .filter(leads::email_key.eq(email_key))
        .filter(diesel::dsl::not(leads::is_archived))
        .order(leads::id)
        .select(leads::id)
        .first(conn)
        .await
        .optional()?;
    Ok(id.map(LeadId::from))
}

/// Makes others who are about to use this e-mail key wait until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn lock_email(conn: &mut AsyncPgConnection, email_key: &str) -> Result<(), Error> {
    diesel::sql_query("select pg_advisory_xact_lock(hashtextextended($1, 0))")
        .bind::<Text, _>(format!("lead {email_key}"))
        .execute(conn)
        .await?;
    Ok(())
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
    let ids: Vec<uuid::Uuid> = visible(scope)
        .filter(leads::assigned_to.eq(agent.uuid()))
        .filter(leads::owner_id.eq(agent.uuid()))
        .filter(diesel::dsl::not(leads::is_archived))
        .order(leads::id)
        .limit(limit)
        .select(leads::id)
        .load(conn)
        .await?;
    Ok(ids.into_iter().map(LeadId::from).collect())
}

/// Whether any lead at hand has an e-mail address with this key, readable by the caller or not.
///
/// Without a scope: uniqueness does not end where sight does. It tells no more than that.
///
/// # Errors
/// When the database fails.
pub async fn is_email_taken(conn: &mut AsyncPgConnection, email_key: &str) -> Result<bool, Error> {
    let taken = leads::table
        .filter(leads::email_key.eq(email_key))
        .filter(diesel::dsl::not(leads::is_archived));
    Ok(diesel::select(diesel::dsl::exists(taken))
        .get_result(conn)
        .await?)
}

/// Stores a new lead.
///
/// # Errors
/// When the database refuses it.
pub async fn insert(conn: &mut AsyncPgConnection, lead: &Lead) -> Result<(), Error> {
    diesel::insert_into(leads::table)
        .values((LeadRow::from(lead), LeadKeys::from(lead)))
        .execute(conn)
        .await?;
    Ok(())
}

/// Stores the next version of a lead. False when the stored one is not the version before it, or out of the scope.
///
/// # Errors
/// When the database refuses it.
pub async fn update(
    conn: &mut AsyncPgConnection,
    lead: &Lead,
    scope: &Scope<Lead>,
) -> Result<bool, Error> {
    let previous = leads::table
        .filter(leads::id.eq(lead.id.uuid()))
        .filter(leads::version.eq(lead.version - 1))
        .filter(within(scope));
    let next = (LeadRow::from(lead), LeadKeys::from(lead));
    Ok(Cached(diesel::update(previous).set(next))
        .execute(conn)
        .await?
        == 1)
}

/// Adds a step to the status history of a lead.
///
/// # Errors
/// When the database refuses it.
pub async fn insert_status_change(
    conn: &mut AsyncPgConnection,
    lead: LeadId,
    change: StatusChange,
    by: Option<UserId>,
) -> Result<(), Error> {
    use lead_status_changes as table;
    diesel::insert_into(table::table)
        .values((
            table::lead_id.eq(lead.uuid()),
            table::from_status.eq(change.from.as_str()),
            table::to_status.eq(change.to.as_str()),
            table::changed_at.eq(change.at),
            table::changed_by.eq(by.map(UserId::uuid)),
            table::seconds.eq(change.seconds),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

fn listed((lead, agent): (LeadRow, Option<AgentRow>)) -> Result<ListedLead, Error> {
    Ok(ListedLead {
        lead: lead.try_into()?,
        agent: agent.map(UserRef::from),
    })
}
