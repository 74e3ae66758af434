//! Figures of customers.

use crm_authz::Scope;
use crm_domain::analytics::{Groups, TOP};
use crm_domain::customer::Customer;
use crm_domain::user::UserRef;
use diesel::sql_types::{BigInt, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::statement::Statement;
use super::{GroupRow, groups, of_users};
use crate::Error;
use crate::visibility::within;

/// The customers at hand, by who looks after them.
///
/// # Errors
/// When the database fails.
pub async fn by_owner(
    conn: &mut AsyncPgConnection,
    scope: &Scope<Customer>,
) -> Result<Groups<UserRef>, Error> {
    let statement: Statement<(Text, BigInt, BigInt, BigInt, BigInt)> = Statement::new(
        "with counted as (select assigned_to, count(*) as customers from customers where not is_archived and ",
    )
    .within(within(scope))
    .sql(" group by assigned_to) ")
    // The other groups are told by what is left.
    .sql("select coalesce(assigned_to::text, ''), customers, 0::bigint, (sum(customers) over ())::bigint, 0::bigint ")
    .sql("from counted order by assigned_to is null desc, customers desc, assigned_to limit ")
    .number(TOP + 1);
    let rows: Vec<GroupRow> = statement.load(conn).await?;
    of_users(conn, groups(rows, TOP)).await
}
