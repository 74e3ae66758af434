//! What deals need to know of customers.

use crm_authz::Scope;
use crm_domain::customer::Customer;
use crm_domain::ids::CustomerId;
use crm_storage::Error;
use crm_storage::plugin::within;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::schema::customers;

/// Whether the customer, if the scope reaches them, is put away: as it will still be when the transaction ends. A merge of the
/// customer waits, and then finds what this transaction refers to them with.
pub(crate) async fn lock_shared(
    conn: &mut AsyncPgConnection,
    id: CustomerId,
    scope: &Scope<Customer>,
) -> Result<Option<bool>, Error> {
    Ok(customers::table
        .find(id.uuid())
        .filter(within(scope))
        .select(customers::is_archived)
        .for_key_share()
        .first(conn)
        .await
        .optional()?)
}
