//! What was done last.

use chrono::{DateTime, Utc};
use crm_authz::Scope;
use crm_domain::customer::Customer;
use crm_domain::ids::{ActivityId, UserId};
use crm_domain::lead::Lead;
use crm_domain::permission::Resource;
use crm_domain::task::Task;
use diesel::sql_types::{Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::statement::Statement;
use crate::Error;
use crate::visibility::within;

/// An entry of the activity log about a lead, a customer or a task, without what was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecentActivity {
    /// Which entry.
    pub id: ActivityId,
    /// When.
    pub at: DateTime<Utc>,
    /// Which user did it, by themselves or by a key, and their name.
    pub actor: Option<(UserId, String)>,
    /// Which part of the program did it, when no user did.
    pub actor_name: Option<String>,
    /// What was done: the name of the event.
    pub action: String,
    /// To what kind of record.
    pub resource: Resource,
    /// To which one.
    pub record: Uuid,
    /// The name of the record, or the title of the task.
    pub record_name: String,
}

/// The records that somebody may read; of a kind without a scope none.
#[derive(Debug, Clone, Default)]
pub struct Scopes {
    /// The leads.
    pub leads: Option<Scope<Lead>>,
    /// The customers.
    pub customers: Option<Scope<Customer>>,
    /// The tasks.
    pub tasks: Option<Scope<Task>>,
}

type Columns = (
    SqlUuid,
    Timestamptz,
    Nullable<SqlUuid>,
    Nullable<Text>,
    Nullable<Text>,
    Text,
    Text,
    SqlUuid,
    Text,
);

type Row = (
    Uuid,
    DateTime<Utc>,
    Option<Uuid>,
    Option<String>,
    Option<String>,
    String,
    String,
    Uuid,
    String,
);

/// The ten newest entries about records within these scopes, put away or not, among the 2,000 newest of the log: whoever
/// may read few records does not make Postgres look through all of it.
///
/// # Errors
/// When the database fails, or a row is about an unknown kind of record.
pub async fn recent(
    conn: &mut AsyncPgConnection,
    scopes: &Scopes,
) -> Result<Vec<RecentActivity>, Error> {
    let statement: Statement<Columns> = Statement::new(
        "select newest.id, newest.at, newest.actor_id, users.name, newest.actor_name, newest.action, newest.resource, \
         newest.resource_id, coalesce(leads.name, customers.name, tasks.title) \
         from (select id, at, actor_id, actor_name, action, resource, resource_id from activities \
         order by at desc, id desc limit 2000) as newest \
         left join users on users.id = newest.actor_id \
         left join leads on newest.resource = 'lead' and leads.id = newest.resource_id and ",
    );
    let statement = reached(statement, scopes.leads.as_ref().map(within))
        .sql(" left join customers on newest.resource = 'customer' and customers.id = newest.resource_id and ");
    let statement = reached(statement, scopes.customers.as_ref().map(within))
        .sql(" left join tasks on newest.resource = 'task' and tasks.id = newest.resource_id and ");
    let statement = reached(statement, scopes.tasks.as_ref().map(within))
        .sql(" where coalesce(leads.id, customers.id, tasks.id) is not null ")
        .sql("order by newest.at desc, newest.id desc limit 10");
    let rows: Vec<Row> = statement.load(conn).await?;
    rows.into_iter().map(activity).collect()
}

fn reached<R>(statement: Statement<R>, within: Option<crate::visibility::Within>) -> Statement<R> {
    match within {
        Some(within) => statement.within(within),
        None => statement.sql("false"),
    }
}

fn activity(row: Row) -> Result<RecentActivity, Error> {
    let (id, at, actor, name, actor_name, action, resource, record, record_name) = row;
    Ok(RecentActivity {
        id: id.into(),
        at,
        actor: actor.map(UserId::from).zip(name),
        actor_name,
        action,
        resource: Resource::of_core(&resource).ok_or_else(|| Error::Corrupt {
            table: "activities",
            id,
            reason: "about an unknown kind of record".to_owned(),
        })?,
        record,
        record_name,
    })
}
