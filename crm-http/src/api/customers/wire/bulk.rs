//! The body of the bulk of customers.

use crm_domain::customer::{CustomerEdit, CustomerFilter};
use crm_domain::ids::CustomerId;

use super::{EditCustomer, FilterCustomers};
use crate::bulk::bulk_body;

bulk_body! {
    /// What is done to many customers.
    pub(in crate::api::customers) BulkCustomers of CustomerId by FilterCustomers as CustomerFilter and EditCustomer as CustomerEdit,
    given by owner
}
