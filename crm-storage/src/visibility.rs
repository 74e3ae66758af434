//! A scope as a condition in SQL. Every query on records takes one.

use crm_authz::{Reach, Scope};
use crm_domain::activity::Entry;
use crm_domain::api_key::ApiKey;
use crm_domain::customer::Customer;
use crm_domain::lead::Lead;
use crm_domain::permission::Record;
use crm_domain::task::Task;
use crm_domain::user::User;
use diesel::expression::{
    AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate,
};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, Bool, Uuid as SqlUuid};
use uuid::Uuid;

/// How SQL tells whose record a row is. Columns stand with their tables: `leads.owner_id`.
pub trait Owned: Record {
    /// Its table, in which `id` is its key.
    const TABLE: &'static str;
    /// The user it is assigned to, else its maker.
    const OWNER: &'static str;
    /// That nobody is assigned to it.
    const IS_UNASSIGNED: &'static str;
    /// The column that holds its name, as lists and the activity log show it.
    const NAME: Option<&'static str> = None;
}

impl Owned for Lead {
    const TABLE: &'static str = "leads";
    const OWNER: &'static str = "leads.owner_id";
    const IS_UNASSIGNED: &'static str = "leads.assigned_to is null";
}

impl Owned for Customer {
    const TABLE: &'static str = "customers";
    const OWNER: &'static str = "customers.owner_id";
    const IS_UNASSIGNED: &'static str = "customers.assigned_to is null";
}

impl Owned for Task {
    const TABLE: &'static str = "tasks";
    const OWNER: &'static str = "tasks.owner_id";
    const IS_UNASSIGNED: &'static str = "tasks.assigned_to is null";
}

impl Owned for User {
    const TABLE: &'static str = "users";
    const OWNER: &'static str = "users.id";
    const IS_UNASSIGNED: &'static str = "false";
}

impl Owned for ApiKey {
    const TABLE: &'static str = "api_keys";
    const OWNER: &'static str = "api_keys.user_id";
    const IS_UNASSIGNED: &'static str = "false";
}

impl Owned for Entry {
    const TABLE: &'static str = "activities";
    const OWNER: &'static str = "activities.actor_id";
    const IS_UNASSIGNED: &'static str = "false";
}

/// The rows of one table that a scope reaches.
#[derive(Debug, Clone)]
pub struct Within {
    owner: &'static str,
    is_unassigned: &'static str,
    /// The condition of every row.
    everything: &'static str,
    reach: Reach,
}

/// The rows that `scope` reaches.
#[must_use]
pub fn within<R: Owned>(scope: &Scope<R>) -> Within {
    Within {
        owner: R::OWNER,
        is_unassigned: R::IS_UNASSIGNED,
        everything: "true",
        reach: scope.reach().clone(),
    }
}

/// The counts of the leads that `scope` reaches. Those of all leads are kept as sums of their own.
pub(crate) fn within_counts(scope: &Scope<Lead>) -> Within {
    Within {
        owner: "lead_counts.owner_id",
        is_unassigned: "not lead_counts.is_assigned",
        everything: "lead_counts.owner_id = '00000000-0000-0000-0000-000000000000'",
        reach: scope.reach().clone(),
    }
}

/// The changes of those counts.
pub(crate) fn within_count_changes(scope: &Scope<Lead>) -> Within {
    Within {
        owner: "lead_count_changes.owner_id",
        is_unassigned: "lead_count_changes.assigned_to is null",
        everything: "true",
        reach: scope.reach().clone(),
    }
}

/// The rows whose column `owner` is a user that this reaches.
#[must_use]
pub fn within_owner(owner: &'static str, reach: &Reach) -> Within {
    Within {
        owner,
        is_unassigned: "false",
        everything: "true",
        reach: reach.clone(),
    }
}

/// The tags of records within this reach.
pub(crate) fn within_tagged(reach: &Reach) -> Within {
    Within {
        is_unassigned: "record_tags.is_unassigned",
        ..within_owner("record_tags.owner_id", reach)
    }
}

impl Within {
    /// Whether it is true of every row.
    pub(crate) fn is_everything(&self) -> bool {
        self.reach == Reach::All
    }
}

impl QueryFragment<Pg> for Within {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        match &self.reach {
            Reach::All => out.push_sql(self.everything),
            Reach::Own(user) => {
                out.push_sql(self.owner);
                out.push_sql(" = ");
                out.push_bind_param::<SqlUuid, _>(user.as_uuid())?;
            }
            Reach::Team(colleagues) => {
                // A plan for teams of any size would suit none.
                out.unsafe_to_cache_prepared();
                out.push_sql(self.owner);
                out.push_sql(" = any(");
                out.push_bind_param::<Array<SqlUuid>, [Uuid]>(colleagues)?;
                out.push_sql(")");
            }
            Reach::Queue(user, colleagues) => {
                out.unsafe_to_cache_prepared();
                // An `or` of two halves, each with an index of its own.
                out.push_sql("(");
                out.push_sql(self.owner);
                out.push_sql(" = ");
                out.push_bind_param::<SqlUuid, _>(user.as_uuid())?;
                out.push_sql(" or (");
                out.push_sql(self.is_unassigned);
                out.push_sql(" and ");
                out.push_sql(self.owner);
                out.push_sql(" = any(");
                out.push_bind_param::<Array<SqlUuid>, [Uuid]>(colleagues)?;
                out.push_sql(")))");
            }
        }
        Ok(())
    }
}

impl Expression for Within {
    type SqlType = Bool;
}

impl QueryId for Within {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q> SelectableExpression<Q> for Within {}
impl<Q> AppearsOnTable<Q> for Within {}

impl ValidGrouping<()> for Within {
    type IsAggregate = is_aggregate::No;
}
